//! Nouns and rules of monitoring, pure.

mod allotment;
mod condition;
mod corrective_action;
mod facet;
mod indicator;
mod lamp;
mod ledger;
mod monitoring_form;
mod payment;
mod position;
mod project;
mod reading;
mod round;
mod suspension;

pub(crate) use allotment::{Allotment, AllotmentState, Issue};
pub(crate) use condition::{ConditionState, MonitoredCondition};
pub(crate) use corrective_action::{CorrectiveAction, CorrectiveActionState};
pub(crate) use facet::{FundKind, Mark};
pub(crate) use indicator::{Indicator, LatestReading};
pub(crate) use lamp::{LightChange, PackKey, Packs};
pub(crate) use ledger::{Decision, Ledger, Outcome, Standing};
pub(crate) use monitoring_form::{
    Cause, Entry, Findings, FormRow, FormState, Given, Likelihood, MonitoringForm, Verdict,
};
pub(crate) use payment::{Payment, PaymentRow};
pub(crate) use position::{Baseline, Position, ProjectFacts, rate_percent};
pub(crate) use project::ProjectKey;
pub(crate) use reading::{Reading, ReadingRow, ReadingValue};
pub(crate) use round::{Round, RoundScope, RoundState};
pub(crate) use suspension::{Suspension, SuspensionState};

#[cfg(test)]
pub(crate) use monitoring_form::tests::sample_form;
