//! Ex-ante assessments and their coverage.

use hengji_db::Stored;
use hengji_kernel::{Decimal, Grade};
use hengji_proto::common::v1::ObjectKind;
use hengji_proto::targets::v1 as pb;
use hengji_rpc::convert as words;

use crate::domain::{Aspect, Assessment, Condition, Coverage, ScorerKind, Share};

pub(crate) fn assessment(stored: &Stored<Assessment>) -> pb::ExAnteAssessment {
    let record = &stored.record;
    let outcome = record.outcome.as_ref();
    let scores = record.scores.iter().map(|score| pb::AspectScore {
        aspect: score.aspect.clone(),
        expert: score.expert.clone(),
        points: Some(words::decimal(score.points)),
    });
    let state = if outcome.is_some() { pb::ExAnteState::Concluded } else { pb::ExAnteState::Draft };
    pb::ExAnteAssessment {
        name: record.resource_name(),
        project: record.project.clone(),
        unit: record.unit.to_string(),
        scores: scores.collect(),
        total: outcome.map(|outcome| words::decimal(outcome.total)),
        grade: outcome.map_or(0, |outcome| words::grade(outcome.grade).into()),
        conclusion: outcome.map_or(0, |outcome| super::conclusion(outcome.conclusion).into()),
        conditions: outcome
            .map(|outcome| outcome.conditions.iter().map(condition).collect())
            .unwrap_or_default(),
        cut_yuan: outcome.map(|outcome| words::money(outcome.cut)),
        state: state.into(),
        explanation: outcome.map(|outcome| {
            words::explanation(&outcome.explanation.result, std::slice::from_ref(&outcome.explanation))
        }),
        etag: words::etag(stored),
        create_time: Some(words::timestamp(stored.created_at)),
        update_time: Some(words::timestamp(stored.updated_at)),
        object_kind: record.object_type.map_or(ObjectKind::Unspecified, super::object_kind).into(),
        aspects: record.aspects.iter().map(aspect).collect(),
        scorers: scorers(record),
        total_spread: total_spread(record).map(words::decimal),
        requested_yuan: outcome.and_then(|outcome| outcome.requested).map(words::money),
        ceiling_yuan: outcome.and_then(|outcome| Some(outcome.requested? - outcome.cut)).map(words::money),
        superseded: record.superseded,
    }
}

fn condition(condition: &Condition) -> pb::Condition {
    pb::Condition {
        condition_id: condition.id.clone(),
        text: condition.text.clone(),
        due_date: condition.due.map(words::date),
    }
}

fn aspect(aspect: &Aspect) -> pb::AspectSummary {
    let points = aspect.points.as_ref();
    pb::AspectSummary {
        aspect: aspect.name.clone(),
        full_points: Some(words::decimal(aspect.full)),
        questions: aspect.questions.clone(),
        mean_points: points.map(|points| words::decimal(points.mean)),
        lowest_points: points.map(|points| words::decimal(points.lowest)),
        highest_points: points.map(|points| words::decimal(points.highest)),
        spread_points: points.map(|points| words::decimal(points.spread())),
    }
}

fn scorers(record: &Assessment) -> Vec<pb::ScorerSummary> {
    let summary = |(name, total): (&str, Decimal)| {
        let known = record.scorers.iter().find(|scorer| scorer.name == name);
        let kind = known.map_or(ScorerKind::Expert, |scorer| scorer.kind);
        pb::ScorerSummary {
            scorer: name.to_owned(),
            kind: super::scorer_kind(kind).into(),
            institution: known.and_then(|scorer| scorer.institution.clone()).unwrap_or_default(),
            total_points: Some(words::decimal(total)),
        }
    };
    record.totals().into_iter().map(summary).collect()
}

fn total_spread(record: &Assessment) -> Option<Decimal> {
    let totals = record.totals();
    let points = || totals.iter().map(|(_, total)| *total);
    Some(points().max()?.saturating_sub(points().min()?))
}

pub(crate) fn coverage(coverage: &Coverage) -> pb::ExAnteCoverage {
    let money = |money| Some(words::money(money));
    let of_grade = |(grade, share): &(Grade, Share)| pb::ExAnteGradeCount {
        grade: words::grade(*grade).into(),
        count: share.count,
        requested_yuan: money(share.requested),
        cut_yuan: money(share.cut),
    };
    pb::ExAnteCoverage {
        required_count: coverage.required.count,
        required_yuan: money(coverage.required.requested),
        assessed_count: coverage.assessed.count,
        assessed_yuan: money(coverage.assessed.requested),
        count_percent: coverage.count_percent().map(words::decimal),
        amount_percent: coverage.amount_percent().map(words::decimal),
        voluntary_count: coverage.voluntary.count,
        voluntary_yuan: money(coverage.voluntary.requested),
        grades: coverage.grades.iter().map(of_grade).collect(),
        cut_yuan: money(coverage.cut),
    }
}
