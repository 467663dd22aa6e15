//! Nouns and rules of targets, pure.

mod accounts;
mod addition;
mod chain;
mod change;
mod control_figure;
mod coverage;
mod delegation;
mod ex_ante;
mod funding;
mod gate;
mod hold;
mod indicator;
#[cfg(test)]
mod life;
#[cfg(test)]
mod life_model;
mod project;
mod project_code;
mod quality;
mod quality_run;
mod reduction;
mod review;
mod rule_day;
#[cfg(test)]
mod sample;
mod standing;
mod target;
mod words;

pub(crate) use accounts::Accounts;
pub(crate) use addition::{Addition, AdditionState};
pub(crate) use chain::chosen as chosen_chain;
pub(crate) use chain::{needed, opinions as opinions_by_step, stages};
pub(crate) use change::Change;
pub(crate) use control_figure::{ControlFigure, Spent};
pub(crate) use coverage::{Assessed, Coverage, Share};
pub(crate) use delegation::{Delegation, DelegationState};
pub(crate) use ex_ante::{Assessment, Condition, Scorer, ScorerKind, Unfit};
pub(crate) use funding::{Funding, MoneyRow, Period};
pub(crate) use gate::{GateFacts, GateKind, SignedClaims, Verdict, decide};
pub(crate) use hold::{Hold, HoldState};
pub(crate) use indicator::{Indicator, Interim, Listing};
pub(crate) use project::{Before, Bounds, Details, Project, ProjectStanding, ProjectVersion};
pub(crate) use project_code::fault as code_fault;
pub(crate) use quality::{Concern, Quality, Remark, Usage, common_name, indicator_at};
pub(crate) use quality_run::{QualityReport, QualityRun, QualityStatistic, RunState};
pub(crate) use reduction::{Reduction, ReductionState};
pub(crate) use review::{Comment, Graded, NaturePoints, Review, Reviewing, Stage, Ungraded, grade};
pub(crate) use rule_day::rule_day;
pub(crate) use standing::Aspect;
pub(crate) use target::{Contents, Object, Standing, Target, TargetState, TargetVersion};
pub(crate) use words::{Category, FundKind, FundSource, Level, Mark, ProjectState};
