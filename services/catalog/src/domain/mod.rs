//! Nouns and rules of catalog, pure.

mod effective;
mod formulas;
mod indicator;
mod refinement;
mod revision;
mod template;
mod what_if;

pub(crate) use effective::{Origin, Resolved, exactly, in_force, origins};
pub(crate) use formulas::formulas;
pub(crate) use indicator::{Indicator, IndicatorState, fold};
pub(crate) use refinement::{FieldOrigin, check as check_refinement, laid_over};
pub(crate) use revision::{PackRevision, RevisionState};
pub(crate) use template::{Template, TemplateRow};
pub(crate) use what_if::score;
