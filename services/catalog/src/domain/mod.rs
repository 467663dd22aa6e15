//! Nouns and rules of catalog, pure.

mod code_list;
mod effective;
mod formulas;
mod import;
mod indicator;
mod life;
mod refinement;
mod revision;
mod template;
mod what_if;

pub(crate) use code_list::{
    Code, CodeList, Effective as EffectiveCode, check_extension, effective as effective_codes,
};
pub(crate) use effective::{Origin, Resolved, exactly, in_force, origins};
pub(crate) use formulas::formulas;
pub(crate) use import::{Change, CodeListFile, IndicatorRow, changes};
pub(crate) use indicator::{Indicator, fold};
pub(crate) use life::{LibraryState, Life, Living, Yearly, living};
pub(crate) use refinement::{FieldOrigin, check as check_refinement, laid_over};
pub(crate) use revision::{PackRevision, RevisionState};
pub(crate) use template::{Template, TemplateRow};
pub(crate) use what_if::score;
