//! Nouns and rules of result application. Pure: no contract, no store, no clock.

pub(crate) mod disclosure;
mod explanation;
pub(crate) mod facts;
pub(crate) mod feedback;
pub(crate) mod linkage;
pub(crate) mod mask;
mod proposal;
pub(crate) mod report;

pub(crate) use disclosure::{Disclosure, DisclosureKind};
pub(crate) use explanation::{ExplanationState, UnmetExplanation};
pub(crate) use feedback::{Feedback, Rectification, RectificationState};
pub(crate) use proposal::{
    Action, Decision, LinkageProposal, LinkageRun, ProposalState, RunState, apply as linkage_apply, ties_out,
};
pub(crate) use report::{AnnualReport, Figure, FigureRow};
