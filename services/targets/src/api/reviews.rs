//! Review (一同审核): department, then finance.

use hengji_kernel::DataScope;
use hengji_proto::targets::v1 as pb;
use hengji_rpc::{Begun, Call, Fault, Reason, convert as words};
use serde_json::json;

use super::convert::{self, Fields};
use super::{State, load_fresh_within, project_history as history, scope_with, targets};
use crate::access::{REVIEW_DEPARTMENT, REVIEW_FINANCE};
use crate::domain::{NaturePoints, Project, Review, Stage, Target, TargetState, Ungraded, grade};
use crate::store::usage;

pub(crate) async fn review(
    state: &State,
    call: &Call,
    request: pb::ReviewTargetRequest,
) -> Result<pb::ReviewTargetResponse, Fault> {
    let stage = convert::parse_stage(request.stage).ok_or_else(|| Fault::field("stage", "必填"))?;
    let (_, year, _) = words::parse_yearly("name", &request.name, "targets")?;
    let points = parse_points(&request)?;
    let mut fields = Fields::default();
    let corrected = (!request.corrected_indicators.is_empty()).then(|| {
        convert::parse_indicators("corrected_indicators", &request.corrected_indicators, year, &mut fields)
    });
    fields.done()?;
    let scope = scope_with(
        call,
        match stage {
            Stage::Department => REVIEW_DEPARTMENT,
            Stage::Finance => REVIEW_FINANCE,
        },
    )?;
    let present = state.find::<Target>(&scope, &request.name).await?.record;
    let pack = state.catalog.rules(call, &state.rules_for_target(&present)).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = load_fresh_within::<Target>(&mut act, &scope, &request.name, &request.etag).await?;
    stored.record.demand_turn(stage, call.account())?;
    let result = grade(&points, &pack).map_err(|ungraded| refuse(ungraded, &request.name))?;
    let review = Review {
        stage,
        reviewer: call.account().to_owned(),
        points,
        grade: result.grade,
        decision: result.decision,
        opinion: request.opinion.clone(),
        explanation: result.explanation,
        at: act.now,
    };
    let is_corrected = corrected.is_some();
    stored.record.review(review, corrected)?;
    if is_corrected {
        targets::examine(&mut act.tx, &stored.record, &pack, "corrected_").await?;
        usage::keep(&mut act.tx, &stored.record).await?;
    }
    if stored.record.refuses_project() {
        refuse_project(&mut act, &stored.record).await?;
    }
    let stored = act.save(&stored).await?;
    let target = &stored.record;
    let payload = json!({
        "object": target.object.name,
        "version": target.target_version,
        "stage": stage,
        "grade": result.grade,
        "state": target.state,
    });
    targets::journal(&mut act, news_of(target.state), target, payload, &request.opinion).await?;
    act.finish(pb::ReviewTargetResponse { target: Some(convert::target(&stored, target)) }).await
}

const fn news_of(state: TargetState) -> &'static str {
    match state {
        TargetState::Returned => "target.returned",
        TargetState::Rejected => "target.rejected",
        _ => "target.reviewed",
    }
}

fn parse_points(request: &pb::ReviewTargetRequest) -> Result<NaturePoints, Fault> {
    let mut fields = Fields::default();
    let mut take = |field: &str, value: Option<&hengji_proto::google::r#type::Decimal>| {
        let points = fields.decimal(field, value);
        fields.required(field, points).unwrap_or_default()
    };
    let points = NaturePoints {
        completeness: take("completeness_points", request.completeness_points.as_ref()),
        relevance: take("relevance_points", request.relevance_points.as_ref()),
        suitability: take("suitability_points", request.suitability_points.as_ref()),
        feasibility: take("feasibility_points", request.feasibility_points.as_ref()),
    };
    fields.done()?;
    Ok(points)
}

fn refuse(ungraded: Ungraded, name: &str) -> Fault {
    match ungraded {
        Ungraded::Fields(fields) => Fault::fields(Reason::FieldInvalid, fields),
        Ungraded::Pack(message) => Fault::precondition(Reason::RulePackUnfit, name, message),
    }
}

/// 差: the project stays out of the budget.
async fn refuse_project(act: &mut hengji_rpc::Act, target: &Target) -> Result<(), Fault> {
    let Some(name) = target.project() else { return Ok(()) };
    let found = act.tx.load::<Project>(name, &DataScope::Everything).await?;
    let mut project = found.ok_or_else(|| Fault::not_found(name))?;
    project.record.refuse();
    history::save(act, &project).await?;
    Ok(())
}
