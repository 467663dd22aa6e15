//! Additions, reductions, control figures, holds and verdicts.

use hengji_db::Stored;
use hengji_kernel::Date;
use hengji_proto::targets::v1 as pb;
use hengji_rpc::convert as words;

use crate::domain::{Addition, AdditionState, ControlFigure, Hold, Reduction, SignedClaims, Spent};

pub(crate) fn addition(stored: &Stored<Addition>) -> pb::BudgetAddition {
    let record = &stored.record;
    pb::BudgetAddition {
        name: record.resource_name(),
        project: record.project.clone(),
        unit: record.unit.to_string(),
        amount_yuan: Some(words::money(record.amount)),
        target: record.target.clone(),
        reason: record.reason.clone(),
        state: super::addition_state(record.state).into(),
        declarer: record.declarer.clone(),
        etag: words::etag(stored),
        create_time: Some(words::timestamp(stored.created_at)),
        update_time: Some(words::timestamp(stored.updated_at)),
        approve_date: approve_date(stored).map(words::date),
    }
}

/// Approval is the last change of an addition, which tells the day where none was kept.
fn approve_date(stored: &Stored<Addition>) -> Option<Date> {
    let approved = stored.record.state == AdditionState::Approved;
    approved.then(|| stored.record.approve_date.unwrap_or_else(|| stored.updated_at.date()))
}

pub(crate) fn reduction(stored: &Stored<Reduction>) -> pb::BudgetReduction {
    let record = &stored.record;
    pb::BudgetReduction {
        name: record.resource_name(),
        project: record.project.clone(),
        unit: record.unit.to_string(),
        amount_yuan: Some(words::money(record.amount)),
        target: record.target.clone(),
        reason: record.reason.clone(),
        state: super::reduction_state(record.state).into(),
        declarer: record.declarer.clone(),
        issued_yuan: record.issued.map(words::money),
        document: record.document.clone(),
        approve_date: record.approve_date.map(words::date),
        etag: words::etag(stored),
        create_time: Some(words::timestamp(stored.created_at)),
        update_time: Some(words::timestamp(stored.updated_at)),
    }
}

pub(crate) fn control_figure(stored: &Stored<ControlFigure>, spent: Spent) -> pb::ControlFigure {
    let record = &stored.record;
    pb::ControlFigure {
        name: record.resource_name(),
        unit: record.unit.to_string(),
        initial_yuan: Some(words::money(record.initial)),
        cut_yuan: Some(words::money(spent.cut)),
        reduced_yuan: Some(words::money(spent.reduced)),
        available_yuan: Some(words::money(record.available(spent))),
        approved_yuan: Some(words::money(spent.approved)),
        remaining_yuan: Some(words::money(record.remaining(spent))),
        document: record.document.clone(),
        etag: words::etag(stored),
        create_time: Some(words::timestamp(stored.created_at)),
        update_time: Some(words::timestamp(stored.updated_at)),
    }
}

pub(crate) fn hold(stored: &Stored<Hold>) -> pb::Hold {
    let record = &stored.record;
    pb::Hold {
        name: record.resource_name(),
        project_code: record.project_code.clone(),
        unit: record.unit.to_string(),
        cause: record.cause.clone(),
        authority: record.authority.clone(),
        state: super::hold_state(record.state).into(),
        release_reason: record.release_reason.clone(),
        placed_by: record.placed_by.clone(),
        released_by: record.released.as_ref().map(|released| released.by.clone()).unwrap_or_default(),
        release_time: record.released.as_ref().map(|released| words::timestamp(released.at)),
        etag: words::etag(stored),
        create_time: Some(words::timestamp(stored.created_at)),
        update_time: Some(words::timestamp(stored.updated_at)),
    }
}

pub(crate) fn signed_verdict(claims: &SignedClaims, signed_verdict: String) -> pb::GateVerdict {
    let verdict = &claims.verdict;
    let reasons = verdict.reasons.iter().map(|look| pb::GateReason {
        code: look.code.clone(),
        passed: look.passed,
        message: look.message.clone(),
    });
    pb::GateVerdict {
        allowed: verdict.allowed,
        project: verdict.project.clone(),
        kind: super::gate_kind(verdict.kind).into(),
        target: verdict.target.clone(),
        target_version: verdict.target_version,
        budget_yuan: Some(words::money(verdict.budget_yuan)),
        reasons: reasons.collect(),
        explanation: Some(words::explanation(&claims.conclusion, &claims.explanation)),
        decide_time: Some(words::timestamp(claims.decide_time)),
        expire_time: Some(words::timestamp(claims.expire_time)),
        signed_verdict,
    }
}
