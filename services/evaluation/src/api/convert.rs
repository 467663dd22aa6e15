//! The only place that knows both the contract and the domain.

use hengji_db::Stored;
use hengji_proto::evaluation::v1 as pb;
use hengji_rpc::convert;

use crate::domain::{
    CardRow, Correction, Coverage, Draw, EvaluationKind, EvaluationTask, Institution, InstitutionState,
    Problem, Scorecard, TaskState,
};
use crate::peers;

pub(crate) fn task(stored: &Stored<EvaluationTask>) -> pb::EvaluationTask {
    let record = &stored.record;
    pb::EvaluationTask {
        name: record.resource_name(),
        kind: kind(record.kind).into(),
        object_kind: peers::object_kind(record.subject.object_kind).into(),
        object: record.subject.object.clone(),
        title: record.subject.title.clone(),
        unit: record.subject.unit.to_string(),
        target: record.subject.target.clone(),
        target_version: record.subject.target_version,
        evaluator: record.evaluator.clone(),
        draw: record.draw.clone(),
        amount_yuan: Some(convert::money(record.subject.amount)),
        executed_yuan: record.executed.map(convert::money),
        scorecard: record.scorecard.as_ref().map(scorecard),
        opinions: record.opinions.clone(),
        problems: record.problems.iter().map(problem).collect(),
        conclusion: record.conclusion.clone(),
        target_missed: record.target_missed,
        state: state(record.state).into(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

fn scorecard(card: &Scorecard) -> pb::Scorecard {
    let explanation = std::slice::from_ref(&card.explanation);
    pb::Scorecard {
        rows: card.rows.iter().map(row).collect(),
        total: Some(convert::decimal(card.total)),
        grade: convert::grade(card.grade).into(),
        explanation: Some(convert::explanation(
            &format!("总分 {}，等级“{}”", card.total, card.grade_name),
            explanation,
        )),
        findings: card.findings.iter().map(|found| format!("{}（{}）", found.message, found.code)).collect(),
        rule_pack_sha256: card.rule_pack_sha256.clone(),
        corrections: card.corrections.iter().map(correction).collect(),
    }
}

fn correction(correction: &Correction) -> pb::ScoredCorrection {
    pb::ScoredCorrection {
        name: correction.name.clone(),
        finding: correction.finding.clone(),
        state: peers::action_state(correction.state).into(),
        due_date: Some(convert::date(correction.due_date)),
        overdue: correction.overdue,
        effect: correction.effect.clone(),
    }
}

fn row(row: &CardRow) -> pb::ScoreRow {
    let conclusion = match row.given {
        Some(given) => format!("“{}”得 {given} 分（分值 {}）", row.title, row.weight),
        None => format!("“{}”不适用，不计分", row.title),
    };
    pb::ScoreRow {
        code: row.code.clone(),
        title: row.title.clone(),
        target_text: row.target_text.clone(),
        actual_text: row.actual_text.clone(),
        weight: Some(convert::decimal(row.weight)),
        computed_score: row.computed.map(convert::decimal),
        given_score: row.given.map(convert::decimal),
        given_reason: row.given_reason.clone(),
        missed: row.missed,
        explanation: Some(convert::explanation(&conclusion, std::slice::from_ref(&row.explanation))),
    }
}

fn problem(problem: &Problem) -> pb::EvaluationProblem {
    pb::EvaluationProblem {
        problem_id: problem.id.clone(),
        text: problem.text.clone(),
        suggestion: problem.suggestion.clone(),
    }
}

pub(crate) fn coverage(coverage: Coverage) -> pb::Coverage {
    pb::Coverage {
        expected: i32::try_from(coverage.expected).unwrap_or(i32::MAX),
        evaluated: i32::try_from(coverage.evaluated).unwrap_or(i32::MAX),
        rate_percent: Some(convert::decimal(coverage.rate_percent)),
        expected_yuan: Some(convert::money(coverage.expected_amount)),
        evaluated_yuan: Some(convert::money(coverage.evaluated_amount)),
        amount_rate_percent: Some(convert::decimal(coverage.amount_rate_percent)),
        missing: coverage.missing,
    }
}

pub(crate) fn institution(stored: &Stored<Institution>) -> pb::Institution {
    let record = &stored.record;
    pb::Institution {
        name: record.resource_name(),
        organization: record.organization().to_string(),
        title: record.title.clone(),
        fields: record.fields.clone(),
        related_units: record.related_units.iter().map(ToString::to_string).collect(),
        capacity: record.capacity,
        qualification: record.qualification.clone(),
        state: institution_state(record.state).into(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

pub(crate) fn draw(stored: &Stored<Draw>) -> pb::Draw {
    let record = &stored.record;
    let recusals = record.recusals.iter().map(|recusal| pb::Recusal {
        institution: recusal.institution.clone(),
        reason: recusal.reason.clone(),
    });
    pb::Draw {
        name: record.resource_name(),
        task: record.task.clone(),
        seed: record.seed.clone(),
        pool: record.pool.clone(),
        recusals: recusals.collect(),
        drawn: record.drawn.clone(),
        create_time: Some(convert::timestamp(stored.created_at)),
    }
}

const fn kind(kind: EvaluationKind) -> pb::EvaluationKind {
    match kind {
        EvaluationKind::Own => pb::EvaluationKind::Self_,
        EvaluationKind::Department => pb::EvaluationKind::Department,
        EvaluationKind::Finance => pb::EvaluationKind::Finance,
        EvaluationKind::DepartmentOverall => pb::EvaluationKind::DepartmentOverall,
        EvaluationKind::SocialInsuranceFund => pb::EvaluationKind::SocialInsuranceFund,
    }
}

/// `None` for unspecified; the contract's rules have refused unknown numbers before.
pub(crate) fn parse_kind(number: i32) -> Option<EvaluationKind> {
    match pb::EvaluationKind::try_from(number).ok()? {
        pb::EvaluationKind::Unspecified => None,
        pb::EvaluationKind::Self_ => Some(EvaluationKind::Own),
        pb::EvaluationKind::Department => Some(EvaluationKind::Department),
        pb::EvaluationKind::Finance => Some(EvaluationKind::Finance),
        pb::EvaluationKind::DepartmentOverall => Some(EvaluationKind::DepartmentOverall),
        pb::EvaluationKind::SocialInsuranceFund => Some(EvaluationKind::SocialInsuranceFund),
    }
}

const fn state(state: TaskState) -> pb::TaskState {
    match state {
        TaskState::Open => pb::TaskState::Open,
        TaskState::Scored => pb::TaskState::Scored,
        TaskState::OpinionsExchanged => pb::TaskState::OpinionsExchanged,
        TaskState::Final => pb::TaskState::Final,
    }
}

pub(crate) fn parse_state(number: i32) -> Option<TaskState> {
    match pb::TaskState::try_from(number).ok()? {
        pb::TaskState::Unspecified => None,
        pb::TaskState::Open => Some(TaskState::Open),
        pb::TaskState::Scored => Some(TaskState::Scored),
        pb::TaskState::OpinionsExchanged => Some(TaskState::OpinionsExchanged),
        pb::TaskState::Final => Some(TaskState::Final),
    }
}

const fn institution_state(state: InstitutionState) -> pb::InstitutionState {
    match state {
        InstitutionState::Applied => pb::InstitutionState::Applied,
        InstitutionState::Admitted => pb::InstitutionState::Admitted,
        InstitutionState::Suspended => pb::InstitutionState::Suspended,
    }
}

pub(crate) fn parse_institution_state(number: i32) -> Option<InstitutionState> {
    match pb::InstitutionState::try_from(number).ok()? {
        pb::InstitutionState::Unspecified => None,
        pb::InstitutionState::Applied => Some(InstitutionState::Applied),
        pb::InstitutionState::Admitted => Some(InstitutionState::Admitted),
        pb::InstitutionState::Suspended => Some(InstitutionState::Suspended),
    }
}
