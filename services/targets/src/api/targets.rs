//! Targets: draft, change, adjust, get, list.

use hengji_db::{Stored, Tx, Value};
use hengji_kernel::{DataScope, UnitCode};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, Reason, convert as words};
use hengji_rules::{EffectivePack, ObjectType};
use serde_json::json;

use super::convert::{self, Fields};
use super::{State, library, projects, suggestions};
use crate::domain::{Contents, Object, Project, Quality, Target, TargetVersion};
use crate::store::{listed, usage};

pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::CreateTargetRequest,
) -> Result<pb::CreateTargetResponse, Fault> {
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    let given = request.target.clone().unwrap_or_default();
    let contents = parse_contents(&given, year)?;
    let object = object(state, call, &request.parent, &given).await?;
    let target = Target::draft(region, year, request.target_id.clone(), object, contents, call.account());
    call.reach(&target.resource_name(), &target.region, Some(&target.object.unit))?;
    let wanted = state.rules_for_target(&target);
    state.catalog.demand_offered(call, &wanted).await?;
    let named = library::named_by("target.", None, &target.contents);
    library::demand(state, call, &target.region, named).await?;
    let pack = state.catalog.rules(call, &wanted).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let findings = examine(&mut act.tx, &target, &pack, "target.").await?;
    let stored = act.insert(&target).await?;
    usage::keep(&mut act.tx, &target).await?;
    journal(&mut act, "target.created", &target, json!({ "object": target.object.name }), "").await?;
    let target = Some(convert::target(&stored, &stored.record));
    let mut answer = act.finish(pb::CreateTargetResponse { target, findings }).await?;
    if request.validate_only {
        suggestions::add(state, call, &stored.record, &mut answer.findings).await?;
    }
    Ok(answer)
}

pub(super) fn parse_contents(
    given: &pb::PerformanceTarget,
    year: hengji_kernel::FiscalYear,
) -> Result<Contents, Fault> {
    let mut fields = Fields::below("target.");
    let contents = convert::parse_contents(given, year, &mut fields);
    fields.done()?;
    contents.ok_or_else(|| Fault::field("target", "必填"))
}

/// What the target is about: a project of the library in the same year, or an organization as a whole.
pub(super) async fn object(
    state: &State,
    call: &Call,
    parent: &str,
    given: &pb::PerformanceTarget,
) -> Result<Object, Fault> {
    let kind = convert::parse_object_kind(given.object_kind)
        .ok_or_else(|| Fault::field("target.object_kind", "必填"))?;
    if kind == ObjectType::Department {
        let (region, unit) = words::parse_organization("target.object", &given.object)?;
        if !parent.starts_with(&format!("regions/{region}/")) {
            return Err(Fault::field("target.object", "不在同一区划"));
        }
        let mut fields = Fields::below("target.");
        let title = fields.filled("title", &given.title, 200);
        fields.done()?;
        return Ok(Object { kind, name: given.object.clone(), title, unit, states_cost: false });
    }
    words::parse_yearly("target.object", &given.object, "projects")?;
    if !given.object.starts_with(&format!("{parent}/")) {
        return Err(Fault::field("target.object", "不是同一区划和年度的项目"));
    }
    let project = state.find::<Project>(&call.scope(), &given.object).await?.record;
    project.demand_open()?;
    if !project.admits_target_of(kind) {
        return Err(Fault::field("target.object_kind", "与项目的资金性质或标识不符"));
    }
    Ok(project.as_object(kind))
}

/// Refuses errors, all of them at once with the warnings behind; answers the warnings otherwise.
pub(super) async fn examine(
    tx: &mut Tx,
    target: &Target,
    pack: &EffectivePack,
    prefix: &str,
) -> Result<Vec<pb::QualityFinding>, Fault> {
    let quality = Quality::of(target, pack, &usage::with(tx, target).await?);
    if quality.errors().next().is_none() {
        return Ok(convert::findings(&quality.remarks));
    }
    let reason = if quality.weights_wrong { Reason::WeightsWrong } else { Reason::FieldInvalid };
    let told = quality
        .remarks
        .iter()
        .map(|remark| &remark.finding)
        .map(|found| (format!("{prefix}{}", found.path), format!("{}（{}）", found.message, found.code)));
    Err(Fault::fields(reason, told.collect()))
}

pub(crate) async fn update(
    state: &State,
    call: &Call,
    request: pb::UpdateTargetRequest,
) -> Result<pb::UpdateTargetResponse, Fault> {
    let (_, year, _) = words::parse_yearly("name", &request.name, "targets")?;
    let contents = parse_contents(&request.target.clone().unwrap_or_default(), year)?;
    let mut wanted = state.find::<Target>(&call.scope(), &request.name).await?.record;
    let another_template = contents.template != wanted.contents.template;
    let named = library::named_by("target.", Some(&wanted.contents), &contents);
    library::demand(state, call, &wanted.region, named).await?;
    wanted.contents = contents.clone();
    let wanted = state.rules_for_target(&wanted);
    if another_template {
        state.catalog.demand_offered(call, &wanted).await?;
    }
    let pack = state.catalog.rules(call, &wanted).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Target>(call, &request.name, &request.etag).await?;
    stored.record.edit(call.account(), contents)?;
    let findings = examine(&mut act.tx, &stored.record, &pack, "target.").await?;
    let stored = act.save(&stored).await?;
    usage::keep(&mut act.tx, &stored.record).await?;
    let payload = json!({ "object": stored.record.object.name, "version": stored.record.target_version });
    journal(&mut act, "target.updated", &stored.record, payload, "").await?;
    let target = Some(convert::target(&stored, &stored.record));
    let mut answer = act.finish(pb::UpdateTargetResponse { target, findings }).await?;
    if request.validate_only {
        suggestions::add(state, call, &stored.record, &mut answer.findings).await?;
    }
    Ok(answer)
}

pub(crate) async fn adjust(
    state: &State,
    call: &Call,
    request: pb::AdjustTargetRequest,
) -> Result<pb::AdjustTargetResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Target>(call, &request.name, &request.etag).await?;
    stored.record.adjust(call.account())?;
    let stored = act.save(&stored).await?;
    let payload = json!({
        "object": stored.record.object.name,
        "version": stored.record.target_version,
        "approved_version": stored.record.approved_version,
    });
    journal(&mut act, "target.adjusting", &stored.record, payload, &request.reason).await?;
    act.finish(pb::AdjustTargetResponse { target: Some(convert::target(&stored, &stored.record)) }).await
}

pub(super) async fn journal(
    act: &mut Act,
    kind: &'static str,
    target: &Target,
    payload: serde_json::Value,
    reason: &str,
) -> Result<(), Fault> {
    act.journal(News {
        kind,
        subject: &target.resource_name(),
        region: Some(&target.region),
        unit: Some(&target.object.unit),
        payload,
        reason,
    })
    .await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetTargetRequest,
) -> Result<pb::GetTargetResponse, Fault> {
    let scope: DataScope = call.scope();
    let target = if request.target_version == 0 {
        let stored = state.find::<Target>(&scope, &request.name).await?;
        convert::target(&stored, &stored.record)
    } else {
        let name = TargetVersion::name_of(&request.name, request.target_version);
        let stored: Stored<TargetVersion> = state.find(&scope, &name).await?;
        convert::target(&stored, &stored.record.0)
    };
    Ok(pb::GetTargetResponse { target: Some(target) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListTargetsRequest,
) -> Result<pb::ListTargetsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let scope = call.scope();
    let filter = projects::within(&request.region, request.year)?;
    let mut filter = projects::within_scope(filter, &scope);
    if let Some(unit) = words::word_or_none::<UnitCode>("unit", &request.unit)? {
        filter = filter.unit_subtree(&unit);
    }
    if let Some(wanted) = convert::parse_target_state(request.state) {
        filter = filter.eq("state", Value::word(&wanted));
    }
    if let Some(kind) = convert::parse_object_kind(request.object_kind) {
        filter = filter.eq("object_kind", Value::word(&kind));
    }
    if !request.object.is_empty() {
        filter = filter.eq("object", &request.object);
    }
    if let Some(day) = words::parse_date_or_none("review_due_before", request.review_due_before.as_ref())? {
        filter = filter.at_most("review_due", day.plus_days(-1).to_string());
    }
    filter = projects::of_money(filter, request.fund_kind, request.mark);
    let mut tx = state.acts.db.read().await?;
    let rows = listed::page::<Target>(&mut tx, &scope, &filter, &page).await?;
    let told = |stored: &Stored<Target>| convert::target(stored, &stored.record);
    let (targets, next_page_token) = state.pages.close_long(&page, rows, told)?;
    Ok(pb::ListTargetsResponse { targets, next_page_token })
}
