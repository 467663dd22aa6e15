//! Conditions, corrective actions and suspensions.

use hengji_db::Stored;
use hengji_kernel::Date;
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::convert::{date, etag, money, timestamp};

use crate::domain::{
    ConditionState, CorrectiveAction, CorrectiveActionState, Escalation, MonitoredCondition, Reopening,
    Report, Suspension, SuspensionState,
};

pub(crate) fn condition(stored: &Stored<MonitoredCondition>, today: Date) -> pb::MonitoredCondition {
    let record = &stored.record;
    pb::MonitoredCondition {
        name: record.resource_name(),
        project: record.project.clone(),
        assessment: record.assessment.clone(),
        unit: record.unit.to_string(),
        text: record.text.clone(),
        due_date: record.due_date.map(date),
        state: match record.state {
            ConditionState::Open => pb::ConditionState::Open,
            ConditionState::Closed => pb::ConditionState::Closed,
        }
        .into(),
        proof: record.proof.clone(),
        etag: etag(stored),
        create_time: Some(timestamp(stored.created_at)),
        update_time: Some(timestamp(stored.updated_at)),
        overdue: record.overdue(today),
        closer: record.closer.clone(),
        close_date: record.close_date.map(date),
    }
}

pub(crate) const fn parse_condition_state(state: pb::ConditionState) -> Option<ConditionState> {
    match state {
        pb::ConditionState::Unspecified => None,
        pb::ConditionState::Open => Some(ConditionState::Open),
        pb::ConditionState::Closed => Some(ConditionState::Closed),
    }
}

pub(crate) fn corrective_action(stored: &Stored<CorrectiveAction>, today: Date) -> pb::CorrectiveAction {
    let record = &stored.record;
    pb::CorrectiveAction {
        name: record.resource_name(),
        project: record.project.name(),
        unit: record.unit.to_string(),
        finding: record.finding.clone(),
        due_date: Some(date(record.due_date)),
        plan: record.plan.clone(),
        progress: record.reports.iter().map(|report| report.text.clone()).collect(),
        verification: record.verification.clone(),
        state: match record.state {
            CorrectiveActionState::Noticed => pb::CorrectiveActionState::Noticed,
            CorrectiveActionState::Planned => pb::CorrectiveActionState::Planned,
            CorrectiveActionState::Progressing => pb::CorrectiveActionState::Progressing,
            CorrectiveActionState::Closed => pb::CorrectiveActionState::Closed,
            CorrectiveActionState::Reopened => pb::CorrectiveActionState::Reopened,
        }
        .into(),
        opener: record.opener.clone(),
        etag: etag(stored),
        create_time: Some(timestamp(stored.created_at)),
        update_time: Some(timestamp(stored.updated_at)),
        reports: record.reports.iter().map(report).collect(),
        effect: record.effect.clone(),
        source: record.source.clone(),
        escalations: record.escalations.iter().map(escalation).collect(),
        reopenings: record.reopenings.iter().map(reopening).collect(),
        overdue: record.overdue(today),
    }
}

pub(crate) const fn parse_action_state(state: pb::CorrectiveActionState) -> Option<CorrectiveActionState> {
    match state {
        pb::CorrectiveActionState::Unspecified => None,
        pb::CorrectiveActionState::Noticed => Some(CorrectiveActionState::Noticed),
        pb::CorrectiveActionState::Planned => Some(CorrectiveActionState::Planned),
        pb::CorrectiveActionState::Progressing => Some(CorrectiveActionState::Progressing),
        pb::CorrectiveActionState::Closed => Some(CorrectiveActionState::Closed),
        pb::CorrectiveActionState::Reopened => Some(CorrectiveActionState::Reopened),
    }
}

fn report(report: &Report) -> pb::CorrectiveReport {
    pb::CorrectiveReport {
        text: report.text.clone(),
        evidence: report.evidence.clone(),
        account: report.account.clone(),
        report_date: report.date.map(date),
    }
}

fn escalation(escalation: &Escalation) -> pb::Escalation {
    pb::Escalation {
        organization: escalation.organization.clone(),
        reason: escalation.reason.clone(),
        account: escalation.account.clone(),
        escalate_date: Some(date(escalation.date)),
    }
}

fn reopening(reopening: &Reopening) -> pb::Reopening {
    pb::Reopening {
        reason: reopening.reason.clone(),
        account: reopening.account.clone(),
        reopen_date: Some(date(reopening.date)),
    }
}

pub(crate) fn suspension(stored: &Stored<Suspension>) -> pb::Suspension {
    let record = &stored.record;
    pb::Suspension {
        name: record.resource_name(),
        project: record.project.name(),
        unit: record.unit.to_string(),
        authority: record.authority.clone(),
        reason: record.reason.clone(),
        lift_condition: record.lift_condition.clone(),
        state: match record.state {
            SuspensionState::Standing => pb::SuspensionState::Standing,
            SuspensionState::Lifted => pb::SuspensionState::Lifted,
        }
        .into(),
        lift_reason: record.lift_reason.clone(),
        etag: etag(stored),
        create_time: Some(timestamp(stored.created_at)),
        update_time: Some(timestamp(stored.updated_at)),
        allotment: record.allotment.clone(),
        amount_yuan: record.amount.map(money),
        order_date: Some(date(record.order_date)),
        lift_date: record.lift_date.map(date),
    }
}

pub(crate) const fn parse_suspension_state(state: pb::SuspensionState) -> Option<SuspensionState> {
    match state {
        pb::SuspensionState::Unspecified => None,
        pb::SuspensionState::Standing => Some(SuspensionState::Standing),
        pb::SuspensionState::Lifted => Some(SuspensionState::Lifted),
    }
}
