//! Review (一同审核) along the chain the target was filed under, and taking a filed target back.

use hengji_db::Stored;
use hengji_kernel::DataScope;
use hengji_proto::targets::v1 as pb;
use hengji_rpc::{Act, Begun, Call, Fault, Reason, convert as words};
use hengji_rules::EffectivePack;
use hengji_rules::pack::Decision;
use serde_json::json;

use super::convert::{self, Fields};
use super::{State, library, project_history as history, targets};
use crate::access::{REVIEW_DEPARTMENT, REVIEW_EXPERT, REVIEW_FINANCE, REVIEW_FINANCE_LINE, REVIEW_UNIT};
use crate::domain::{
    Comment, Delegation, Graded, Indicator, NaturePoints, Project, Review, Reviewing, Stage, Target,
    TargetState, Ungraded, grade,
};
use crate::error::Refusal;
use crate::store::usage;

pub(crate) async fn review(
    state: &State,
    call: &Call,
    request: pb::ReviewTargetRequest,
) -> Result<pb::ReviewTargetResponse, Fault> {
    let said = parse(&request)?;
    let present = state.find::<Target>(&call.scope(), &request.name).await?.record;
    if let Some(corrected) = &said.corrected {
        let named = library::named("corrected_indicators", &present.contents.indicators, corrected);
        library::demand(state, call, &present.region, named).await?;
    }
    let pack = state.catalog.rules(call, &state.rules_for_target(&present)).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Target>(call, &request.name, &request.etag).await?;
    let delegator = authorize(&mut act, call, &stored.record, said.stage, &request.delegation).await?;
    take_in(&mut act, &mut stored.record, said, delegator, &pack).await?;
    let stored = keep(&mut act, &stored).await?;
    act.finish(pb::ReviewTargetResponse { target: Some(convert::target(&stored, &stored.record)) }).await
}

pub(crate) async fn send_back(
    state: &State,
    call: &Call,
    request: pb::ReturnTargetRequest,
) -> Result<pb::ReturnTargetResponse, Fault> {
    let stage = convert::parse_stage(request.stage).ok_or_else(|| Fault::field("stage", "必填"))?;
    let comments = request.comments.iter().map(convert::parse_comment).collect();
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Target>(call, &request.name, &request.etag).await?;
    let on_behalf_of = authorize(&mut act, call, &stored.record, stage, &request.delegation).await?;
    let review = Review {
        stage,
        reviewer: act.account.clone(),
        graded: None,
        decision: Decision::Return,
        opinion: request.opinion,
        at: act.now,
        comments,
        on_behalf_of,
    };
    stored.record.demand_fields(&review.comments)?;
    stored.record.review(review, None)?;
    let stored = keep(&mut act, &stored).await?;
    act.finish(pb::ReturnTargetResponse { target: Some(convert::target(&stored, &stored.record)) }).await
}

/// Saves what the last review made of the target, and tells of it.
async fn keep(act: &mut Act, reviewed: &Stored<Target>) -> Result<Stored<Target>, Fault> {
    let stored = act.save(reviewed).await?;
    let target = &stored.record;
    let last = target.reviews.last().ok_or_else(|| Fault::internal("a review left no trace"))?;
    let payload = json!({
        "object": target.object.name,
        "version": target.target_version,
        "stage": last.stage,
        "grade": last.graded.as_ref().map(|graded| graded.grade),
        "state": target.state,
        "on_behalf_of": last.on_behalf_of,
        "review_due": target.review_due,
    });
    targets::journal(act, news_of(target.state), target, payload, &last.opinion).await?;
    Ok(stored)
}

/// What a reviewer says.
struct Said {
    stage: Stage,
    points: NaturePoints,
    opinion: String,
    comments: Vec<Comment>,
    corrected: Option<Vec<Indicator>>,
}

fn parse(request: &pb::ReviewTargetRequest) -> Result<Said, Fault> {
    let (_, year, _) = words::parse_yearly("name", &request.name, "targets")?;
    let stage = convert::parse_stage(request.stage).ok_or_else(|| Fault::field("stage", "必填"))?;
    let points = parse_points(request)?;
    let mut fields = Fields::default();
    let corrected = (!request.corrected_indicators.is_empty()).then(|| {
        convert::parse_indicators("corrected_indicators", &request.corrected_indicators, year, &mut fields)
    });
    fields.done()?;
    let comments = request.comments.iter().map(convert::parse_comment).collect();
    Ok(Said { stage, points, opinion: request.opinion.clone(), comments, corrected })
}

/// Each stage has its own permission; a delegate decides in the place of somebody who holds it, who is answered.
async fn authorize(
    act: &mut Act,
    call: &Call,
    target: &Target,
    stage: Stage,
    delegation: &str,
) -> Result<Option<String>, Fault> {
    if delegation.is_empty() {
        let permission = permission(stage);
        let reach = call.scope_of(permission);
        let reaches = reach.contains(&target.region, Some(&target.object.unit));
        return if reaches { Ok(None) } else { Err(Fault::permission_missing(permission)) };
    }
    let found = act.tx.load::<Delegation>(delegation, &DataScope::Everything).await?;
    let found = found.filter(|found| found.record.delegate == call.account());
    let found = found.ok_or_else(|| Fault::not_found(delegation))?.record;
    found.demand_covers(target, stage, call.account(), act.today())?;
    Ok(Some(found.delegator))
}

pub(super) const fn permission(stage: Stage) -> &'static str {
    match stage {
        Stage::Unit | Stage::SuperiorUnit => REVIEW_UNIT,
        Stage::Department => REVIEW_DEPARTMENT,
        Stage::FinanceLine => REVIEW_FINANCE_LINE,
        Stage::Finance => REVIEW_FINANCE,
        Stage::ThirdParty | Stage::Expert => REVIEW_EXPERT,
    }
}

async fn take_in(
    act: &mut Act,
    target: &mut Target,
    said: Said,
    delegator: Option<String>,
    pack: &EffectivePack,
) -> Result<(), Fault> {
    let account = act.account.clone();
    target.demand_turn(said.stage, Reviewing { account: &account, on_behalf_of: delegator.as_deref() })?;
    target.demand_fields(&said.comments)?;
    let result = grade(&said.points, pack).map_err(|ungraded| refuse(ungraded, target))?;
    let review = Review {
        stage: said.stage,
        reviewer: account,
        graded: Some(Graded { points: said.points, grade: result.grade, explanation: result.explanation }),
        decision: result.decision,
        opinion: said.opinion,
        at: act.now,
        comments: said.comments,
        on_behalf_of: delegator,
    };
    let open = target.open_step();
    let is_corrected = said.corrected.is_some();
    target.review(review, said.corrected)?;
    if target.open_step() != open {
        target.begin_step(act.today(), pack);
    }
    if is_corrected {
        targets::examine(&mut act.tx, target, pack, "corrected_").await?;
        usage::keep(&mut act.tx, target).await?;
    }
    if target.refuses_project() {
        refuse_project(act, target).await?;
    }
    Ok(())
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

fn refuse(ungraded: Ungraded, target: &Target) -> Fault {
    match ungraded {
        Ungraded::Fields(fields) => Fault::fields(Reason::FieldInvalid, fields),
        Ungraded::Pack(message) => Refusal::ChainUnfit(target.resource_name(), message).into(),
    }
}

/// 差: the project stays out of the budget.
async fn refuse_project(act: &mut Act, target: &Target) -> Result<(), Fault> {
    let Some(name) = target.project() else { return Ok(()) };
    let found = act.tx.load::<Project>(name, &DataScope::Everything).await?;
    let mut project = found.ok_or_else(|| Fault::not_found(name))?;
    project.record.refuse();
    history::save(act, &project).await?;
    Ok(())
}

pub(crate) async fn withdraw(
    state: &State,
    call: &Call,
    request: pb::WithdrawTargetRequest,
) -> Result<pb::WithdrawTargetResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Target>(call, &request.name, &request.etag).await?;
    stored.record.withdraw(call.account())?;
    let stored = act.save(&stored).await?;
    let target = &stored.record;
    let payload = json!({ "object": target.object.name, "version": target.target_version });
    targets::journal(&mut act, "target.withdrawn", target, payload, &request.reason).await?;
    act.finish(pb::WithdrawTargetResponse { target: Some(convert::target(&stored, target)) }).await
}
