//! Nouns and rules of evaluation, pure.

mod correction;
mod coverage;
mod draw;
mod institution;
mod material;
mod organization;
mod scorecard;
mod scoring;
mod task;

pub(crate) use correction::{Correction, CorrectionState};
pub(crate) use coverage::Coverage;
pub(crate) use draw::{Case, Draw};
pub(crate) use institution::{Institution, InstitutionState};
pub(crate) use material::{Baseline, Given, Indicator, Material, MoneyFacts, Problem, Reading};
pub(crate) use organization::Organization;
pub(crate) use scorecard::{CardRow, Scorecard};
pub(crate) use scoring::{EXECUTION, Report, Scored, score};
pub(crate) use task::{EvaluationKind, EvaluationTask, Opening, Subject, TaskState};
