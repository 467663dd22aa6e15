//! Reviews, their chain and their delegates.

use hengji_db::Stored;
use hengji_proto::targets::v1 as pb;
use hengji_rpc::convert as words;

use crate::domain::{Change, Comment, Delegation, Review, Target, needed, opinions_by_step, stages};

pub(super) fn review(review: &Review) -> pb::TargetReview {
    let graded = review.graded.as_ref();
    let points = graded.map(|graded| graded.points);
    let explanation = graded.map(|graded| {
        words::explanation(&graded.explanation.result, std::slice::from_ref(&graded.explanation))
    });
    pb::TargetReview {
        stage: super::stage(review.stage).into(),
        reviewer: review.reviewer.clone(),
        completeness_points: points.map(|points| words::decimal(points.completeness)),
        relevance_points: points.map(|points| words::decimal(points.relevance)),
        suitability_points: points.map(|points| words::decimal(points.suitability)),
        feasibility_points: points.map(|points| words::decimal(points.feasibility)),
        grade: graded.map(|graded| words::grade(graded.grade).into()).unwrap_or_default(),
        opinion: review.opinion.clone(),
        explanation,
        review_time: Some(words::timestamp(review.at)),
        comments: review.comments.iter().map(comment).collect(),
        on_behalf_of: review.on_behalf_of.clone().unwrap_or_default(),
        returned: graded.is_none(),
    }
}

fn comment(comment: &Comment) -> pb::FieldComment {
    pb::FieldComment { field: comment.field.clone(), text: comment.text.clone() }
}

pub(crate) fn parse_comment(given: &pb::FieldComment) -> Comment {
    Comment { field: given.field.clone(), text: given.text.trim().to_owned() }
}

pub(super) fn change(change: Change) -> pb::FieldChange {
    let Change { field, indicator, before, after } = change;
    pb::FieldChange { field, indicator, before, after }
}

/// None before it is filed.
pub(super) fn chain(target: &Target) -> Option<pb::ReviewChain> {
    let chain = target.chain.as_ref()?;
    let given = opinions_by_step(&chain.steps, target.opinions_given());
    let steps = chain.steps.iter().zip(given).map(|(step, given)| pb::ReviewStep {
        title: step.name.clone(),
        stages: stages(step).map(|stage| super::stage(stage).into()).collect(),
        opinions_needed: count(needed(step)),
        opinions_given: count(given),
        delegable: step.delegable,
    });
    Some(pb::ReviewChain {
        rule: chain.explanation.rule.clone(),
        rule_pack: chain.explanation.pack.clone(),
        rule_pack_revision: i32::try_from(chain.explanation.revision).unwrap_or(i32::MAX),
        document: chain.explanation.document.clone(),
        steps: steps.collect(),
    })
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

pub(crate) fn delegation(stored: &Stored<Delegation>) -> pb::ReviewDelegation {
    let record = &stored.record;
    pb::ReviewDelegation {
        name: record.resource_name(),
        stage: super::stage(record.stage).into(),
        delegator: record.delegator.clone(),
        delegate: record.delegate.clone(),
        unit: record.unit.as_ref().map(ToString::to_string).unwrap_or_default(),
        from_date: Some(words::date(record.from)),
        to_date: Some(words::date(record.to)),
        reason: record.reason.clone(),
        state: super::delegation_state(record.state).into(),
        etag: words::etag(stored),
        create_time: Some(words::timestamp(stored.created_at)),
        update_time: Some(words::timestamp(stored.updated_at)),
    }
}
