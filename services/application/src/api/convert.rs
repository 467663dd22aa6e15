//! The only place that knows both the contract and the domain.

use hengji_db::Stored;
use hengji_kernel::Money;
use hengji_proto::application::v1 as pb;
use hengji_rpc::{Fault, convert};

use crate::domain::{
    Action, AnnualReport, Decision, Disclosure, DisclosureKind, ExplanationState, Feedback, Figure,
    FigureRow, LinkageProposal, LinkageRun, ProposalState, Rectification, RectificationState, RunState,
    UnmetExplanation,
};
use crate::store::proposals::Totals;

pub(crate) fn feedback(stored: &Stored<Feedback>) -> pb::Feedback {
    let record = &stored.record;
    pb::Feedback {
        name: record.name.clone(),
        task: record.task.clone(),
        object: record.object.clone(),
        title: record.title.clone(),
        unit: record.unit.to_string(),
        grade: convert::grade(record.grade).into(),
        total: Some(convert::decimal(record.total)),
        rectifications: record.rectifications.clone(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

pub(crate) fn rectification(stored: &Stored<Rectification>) -> pb::Rectification {
    let record = &stored.record;
    pb::Rectification {
        name: record.name.clone(),
        feedback: record.feedback.clone(),
        unit: record.unit.to_string(),
        problem: record.problem.clone(),
        suggestion: record.suggestion.clone(),
        due_date: Some(convert::date(record.due_date)),
        plan: record.plan.clone(),
        progress: record.progress.clone(),
        verification: record.verification.clone(),
        planner: record.planner.clone(),
        state: match record.state {
            RectificationState::Issued => pb::RectificationState::Issued,
            RectificationState::Planned => pb::RectificationState::Planned,
            RectificationState::Progressing => pb::RectificationState::Progressing,
            RectificationState::Closed => pb::RectificationState::Closed,
        }
        .into(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

/// `None` for unspecified; the contract's rules have refused unknown numbers before.
pub(crate) fn parse_rectification_state(number: i32) -> Option<RectificationState> {
    match pb::RectificationState::try_from(number).ok()? {
        pb::RectificationState::Unspecified => None,
        pb::RectificationState::Issued => Some(RectificationState::Issued),
        pb::RectificationState::Planned => Some(RectificationState::Planned),
        pb::RectificationState::Progressing => Some(RectificationState::Progressing),
        pb::RectificationState::Closed => Some(RectificationState::Closed),
    }
}

pub(crate) fn run(stored: &Stored<LinkageRun>, totals: Totals) -> pb::LinkageRun {
    let record = &stored.record;
    pb::LinkageRun {
        name: record.name.clone(),
        region: record.region.to_string(),
        budget_year: record.budget_year.number(),
        proposal_count: record.proposal_count,
        cut_count: i32::try_from(totals.cut_count).unwrap_or(i32::MAX),
        total_cut_yuan: Some(convert::money(totals.cut)),
        state: match record.state {
            RunState::Proposed => pb::LinkageRunState::Proposed,
            RunState::Applied => pb::LinkageRunState::Applied,
        }
        .into(),
        document: record.document.clone(),
        rule_pack_sha256: record.rule_pack_sha256.clone(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

pub(crate) fn proposal(stored: &Stored<LinkageProposal>) -> pb::LinkageProposal {
    let record = &stored.record;
    let decided = record.decided.as_ref();
    pb::LinkageProposal {
        name: record.name.clone(),
        run: record.run.clone(),
        project: record.project.clone(),
        title: record.title.clone(),
        unit: record.unit.to_string(),
        base_yuan: Some(convert::money(record.base)),
        proposed_action: action(record.proposed_action).into(),
        proposed_cut_yuan: Some(convert::money(record.proposed_cut)),
        explanation: Some(convert::explanation(
            &record.explanation.result,
            std::slice::from_ref(&record.explanation),
        )),
        decided_action: decided
            .map_or(pb::LinkageAction::Unspecified, |decision| action(decision.action))
            .into(),
        decided_cut_yuan: decided.map(|decision| convert::money(decision.cut)),
        decision_reason: decided.map(|decision| decision.reason.clone()).unwrap_or_default(),
        decider: record.decider.clone(),
        state: match record.state {
            ProposalState::Proposed => pb::ProposalState::Proposed,
            ProposalState::Decided => pb::ProposalState::Decided,
            ProposalState::Applied => pb::ProposalState::Applied,
        }
        .into(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

const fn action(action: Action) -> pb::LinkageAction {
    match action {
        Action::Keep => pb::LinkageAction::Keep,
        Action::Priority => pb::LinkageAction::Priority,
        Action::Cut => pb::LinkageAction::Cut,
        Action::Cancel => pb::LinkageAction::Cancel,
        Action::Recover => pb::LinkageAction::Recover,
        Action::ControlGrowth => pb::LinkageAction::ControlGrowth,
        Action::Suspend => pb::LinkageAction::Suspend,
        Action::Merge => pb::LinkageAction::Merge,
        Action::NoNewSameType => pb::LinkageAction::NoNewSameType,
        Action::Reassess => pb::LinkageAction::Reassess,
    }
}

pub(crate) fn parse_action(number: i32) -> Option<Action> {
    match pb::LinkageAction::try_from(number).ok()? {
        pb::LinkageAction::Unspecified => None,
        pb::LinkageAction::Keep => Some(Action::Keep),
        pb::LinkageAction::Priority => Some(Action::Priority),
        pb::LinkageAction::Cut => Some(Action::Cut),
        pb::LinkageAction::Cancel => Some(Action::Cancel),
        pb::LinkageAction::Recover => Some(Action::Recover),
        pb::LinkageAction::ControlGrowth => Some(Action::ControlGrowth),
        pb::LinkageAction::Suspend => Some(Action::Suspend),
        pb::LinkageAction::Merge => Some(Action::Merge),
        pb::LinkageAction::NoNewSameType => Some(Action::NoNewSameType),
        pb::LinkageAction::Reassess => Some(Action::Reassess),
    }
}

/// Where money is decided on, the amount must be said.
pub(crate) fn parse_decision(request: &pb::DecideProposalRequest) -> Result<Decision, Fault> {
    let action = parse_action(request.action).ok_or_else(|| Fault::field("action", "必填"))?;
    let cut: Money = if action.takes_money() {
        convert::parse_money("cut_yuan", request.cut_yuan.as_ref())?
    } else {
        convert::parse_money_or_zero("cut_yuan", request.cut_yuan.as_ref())?
    };
    Ok(Decision { action, cut, reason: request.reason.clone() })
}

pub(crate) fn explanation(stored: &Stored<UnmetExplanation>) -> pb::UnmetExplanation {
    let record = &stored.record;
    pb::UnmetExplanation {
        name: record.name.clone(),
        task: record.task.clone(),
        project: record.project.clone(),
        unit: record.unit.to_string(),
        missed_indicators: record.missed_indicators.clone(),
        hold: record.hold.clone(),
        text: record.text.clone(),
        filer: record.filer.clone(),
        state: match record.state {
            ExplanationState::Required => pb::UnmetExplanationState::Required,
            ExplanationState::Filed => pb::UnmetExplanationState::Filed,
            ExplanationState::Accepted => pb::UnmetExplanationState::Accepted,
        }
        .into(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

pub(crate) fn parse_explanation_state(number: i32) -> Option<ExplanationState> {
    match pb::UnmetExplanationState::try_from(number).ok()? {
        pb::UnmetExplanationState::Unspecified => None,
        pb::UnmetExplanationState::Required => Some(ExplanationState::Required),
        pb::UnmetExplanationState::Filed => Some(ExplanationState::Filed),
        pb::UnmetExplanationState::Accepted => Some(ExplanationState::Accepted),
    }
}

pub(crate) fn disclosure(stored: &Stored<Disclosure>) -> pb::Disclosure {
    let record = &stored.record;
    pb::Disclosure {
        name: record.name.clone(),
        kind: match record.kind {
            DisclosureKind::Target => pb::DisclosureKind::Target,
            DisclosureKind::SelfEvaluation => pb::DisclosureKind::SelfEvaluation,
            DisclosureKind::Evaluation => pb::DisclosureKind::Evaluation,
            DisclosureKind::Linkage => pb::DisclosureKind::Linkage,
            DisclosureKind::AnnualReport => pb::DisclosureKind::AnnualReport,
        }
        .into(),
        subject: record.subject.clone(),
        title: record.title.clone(),
        text: record.text.clone(),
        text_sha256: record.text_sha256.clone(),
        publish_time: Some(convert::timestamp(record.published_at)),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

pub(crate) fn parse_disclosure_kind(number: i32) -> Option<DisclosureKind> {
    match pb::DisclosureKind::try_from(number).ok()? {
        pb::DisclosureKind::Unspecified => None,
        pb::DisclosureKind::Target => Some(DisclosureKind::Target),
        pb::DisclosureKind::SelfEvaluation => Some(DisclosureKind::SelfEvaluation),
        pb::DisclosureKind::Evaluation => Some(DisclosureKind::Evaluation),
        pb::DisclosureKind::Linkage => Some(DisclosureKind::Linkage),
        pb::DisclosureKind::AnnualReport => Some(DisclosureKind::AnnualReport),
    }
}

pub(crate) fn report(stored: &Stored<AnnualReport>) -> pb::AnnualReport {
    let record = &stored.record;
    pb::AnnualReport {
        name: record.name.clone(),
        region: record.region.to_string(),
        year: record.year.number(),
        cut_off: Some(convert::date(record.cut_off)),
        figures: record.figures.iter().map(figure).collect(),
        text: record.text.clone(),
        text_sha256: record.text_sha256.clone(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

fn figure(figure: &Figure) -> pb::Figure {
    pb::Figure {
        figure_id: figure.id.clone(),
        title: figure.title.clone(),
        value: figure.value.map(convert::decimal),
        unit: figure.unit.clone(),
        definition: figure.definition.clone(),
        row_count: i32::try_from(figure.row_count).unwrap_or(i32::MAX),
        note: figure.note.clone(),
    }
}

pub(crate) fn figure_row(row: &FigureRow) -> pb::FigureRow {
    pb::FigureRow {
        subject: row.subject.clone(),
        title: row.title.clone(),
        unit: row.unit.clone(),
        value: row.value.map(convert::money),
        detail: row.detail.clone(),
        note: row.note.clone(),
    }
}
