//! Nouns and rules of targets, pure.

mod addition;
mod ex_ante;
mod gate;
mod hold;
mod indicator;
#[cfg(test)]
mod life;
mod project;
mod quality;
mod review;
mod rule_day;
#[cfg(test)]
mod sample;
mod target;

pub(crate) use addition::{Addition, AdditionState};
pub(crate) use ex_ante::{Assessment, Condition, Unfit};
pub(crate) use gate::{GateFacts, GateKind, SignedClaims, decide};
pub(crate) use hold::{Hold, HoldState};
pub(crate) use indicator::{Indicator, Interim};
pub(crate) use project::{Category, FundKind, Mark, Project, ProjectState};
pub(crate) use quality::{Quality, Usage, common_name};
pub(crate) use review::{NaturePoints, Review, Stage, Ungraded, grade};
pub(crate) use rule_day::rule_day;
pub(crate) use target::{Contents, Object, Target, TargetState, TargetVersion};
