//! Nouns and rules of monitoring, pure.

mod allotment;
mod bond;
mod condition;
mod corrective_action;
mod facet;
mod funds;
mod indicator;
mod lamp;
mod ledger;
mod monitoring_form;
mod payment;
mod position;
mod project;
mod reading;
pub(crate) mod reconciliation;
mod round;
mod suspension;
mod warning;

pub(crate) use allotment::{
    Allotment, AllotmentState, AmountChange, Attributes, ChangeKind, Issue, SourceLevel,
};
pub(crate) use bond::{Bond, BondIncome, BondTerms, BondYear};
pub(crate) use condition::{ConditionState, MonitoredCondition};
pub(crate) use corrective_action::{CorrectiveAction, CorrectiveActionState, Escalation, Reopening, Report};
pub(crate) use facet::{FundKind, Mark};
pub(crate) use funds::{Addition, Funds, Results, rate_percent};
pub(crate) use indicator::{Indicator, LatestReading};
pub(crate) use lamp::{History, LightChange, PackKey, Packs, Which};
pub(crate) use ledger::{Decision, Held, Ledger, Outcome, Standing};
pub(crate) use monitoring_form::{
    Cause, Entry, Findings, FormRow, FormState, Given, Likelihood, MonitoringForm, Verdict,
};
pub(crate) use payment::{Payment, PaymentRow};
pub(crate) use position::{Baseline, Position, ProjectFacts};
pub(crate) use project::ProjectKey;
pub(crate) use reading::{Reading, ReadingPart, ReadingRow, ReadingValue};
pub(crate) use round::{Round, RoundScope, RoundState};
pub(crate) use suspension::{Freeze, Suspension, SuspensionState};
pub(crate) use warning::{Warning, WarningClass};

#[cfg(test)]
pub(crate) use monitoring_form::tests::sample_form;
