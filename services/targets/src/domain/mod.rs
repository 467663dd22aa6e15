//! Nouns and rules of targets, pure.

mod addition;
mod control_figure;
mod coverage;
mod ex_ante;
mod funding;
mod gate;
mod hold;
mod indicator;
#[cfg(test)]
mod life;
mod project;
mod project_code;
mod quality;
mod review;
mod rule_day;
#[cfg(test)]
mod sample;
mod standing;
mod target;
mod words;

pub(crate) use addition::{Addition, AdditionState};
pub(crate) use control_figure::{ControlFigure, Spent};
pub(crate) use coverage::{Assessed, Coverage, Share};
pub(crate) use ex_ante::{Assessment, Condition, Scorer, ScorerKind, Unfit};
pub(crate) use funding::{Funding, MoneyRow, Period};
pub(crate) use gate::{GateFacts, GateKind, SignedClaims, decide};
pub(crate) use hold::{Hold, HoldState};
pub(crate) use indicator::{Indicator, Interim};
pub(crate) use project::{Before, Bounds, Details, Project, ProjectVersion};
pub(crate) use project_code::fault as code_fault;
pub(crate) use quality::{Quality, Usage, common_name};
pub(crate) use review::{NaturePoints, Review, Stage, Ungraded, grade};
pub(crate) use rule_day::rule_day;
pub(crate) use standing::Aspect;
pub(crate) use target::{Contents, Object, Target, TargetState, TargetVersion};
pub(crate) use words::{Category, FundKind, FundSource, Level, Mark, ProjectState};
