//! Mid-year reductions: file, approve together with the target, get, list.

use hengji_kernel::DataScope;
use hengji_proto::targets::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use serde_json::json;

use super::additions::known;
use super::convert;
use super::{State, approvals, control_figures, project_history as history, projects};
use crate::domain::{ControlFigure, Project, Reduction, ReductionState, Target};
use crate::error::Refusal;
use crate::store::{listed, tallies};

pub(crate) async fn file(
    state: &State,
    call: &Call,
    request: pb::FileReductionRequest,
) -> Result<pb::FileReductionResponse, Fault> {
    let (region, year, _) = words::parse_yearly("project", &request.project, "projects")?;
    let amount = words::parse_money("amount_yuan", request.amount_yuan.as_ref())?;
    if amount.is_negative() || amount.is_zero() {
        return Err(Fault::field("amount_yuan", "须大于 0"));
    }
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let project = act.load::<Project>(call, &request.project).await?.record;
    project.demand_in_budget()?;
    let mut target = act.load::<Target>(call, &request.target).await?;
    if target.record.project() != Some(request.project.as_str()) {
        let message = "该目标不是本项目的绩效目标";
        return Err(Refusal::TargetRequired(request.target, message).into());
    }
    let reduction = Reduction {
        region,
        year,
        id: request.reduction_id.clone(),
        project: request.project.clone(),
        unit: project.unit.clone(),
        amount,
        target: request.target.clone(),
        reason: request.reason.clone(),
        state: ReductionState::Filed,
        declarer: call.account().to_owned(),
        issued: None,
        document: String::new(),
        approve_date: None,
    };
    reduction.demand_sums(&project, &target.record)?;
    target.record.travel_with_reduction(&reduction.resource_name())?;
    let stored = act.insert(&reduction).await?;
    act.save(&target).await?;
    journal(&mut act, "reduction.filed", &reduction, &request.reason).await?;
    act.finish(pb::FileReductionResponse { reduction: Some(convert::reduction(&stored)) }).await
}

pub(crate) async fn approve(
    state: &State,
    call: &Call,
    request: pb::ApproveReductionRequest,
) -> Result<pb::ApproveReductionResponse, Fault> {
    let issued = words::parse_money("issued_yuan", request.issued_yuan.as_ref())?;
    if issued.is_negative() {
        return Err(Fault::field("issued_yuan", "不得为负数"));
    }
    let day = words::parse_date_or_none("approve_date", request.approve_date.as_ref())?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut reduction = act.load_fresh::<Reduction>(call, &request.name, &request.etag).await?;
    let mut target = known::<Target>(&mut act, &reduction.record.target).await?;
    let mut project = known::<Project>(&mut act, &reduction.record.project).await?;
    let day = reduction.record.approval_day(day, act.today())?;
    let said = (issued, request.document.as_str(), day);
    reduction.record.approve(call.account(), said, &mut project.record, &target.record)?;
    let now = act.now;
    let version = target.record.approve(call.account(), now)?;
    approvals::keep(&mut act, std::slice::from_ref(&version)).await?;
    let project = history::save(&mut act, &project).await?;
    let target = act.save(&target).await?;
    let stored = act.save(&reduction).await?;
    approvals::journal(&mut act, &target.record, project.record.approved, &request.document).await?;
    journal(&mut act, "reduction.approved", &stored.record, "").await?;
    lower_figure(&mut act, &project.record, &stored.record).await?;
    act.finish(pb::ApproveReductionResponse {
        reduction: Some(convert::reduction(&stored)),
        target: Some(convert::target(&target, &target.record)),
    })
    .await
}

/// The money leaves the control figure of the department, too, and is not left for other use. The figure is saved, so that an
/// approval at the same moment counts it.
async fn lower_figure(act: &mut Act, project: &Project, reduction: &Reduction) -> Result<(), Fault> {
    let name = ControlFigure::name_of(&project.region, project.year, &project.unit);
    let Some(figure) = act.tx.load::<ControlFigure>(&name, &DataScope::Everything).await? else {
        return Ok(());
    };
    let figure = act.save(&figure).await?;
    let spent = tallies::spent(&mut act.tx, &figure.record).await?;
    let cause = format!("追减 {} 元（{}）", reduction.amount, reduction.resource_name());
    control_figures::journal(act, "control_figure.reduced", &figure, spent, &cause).await
}

async fn journal(
    act: &mut Act,
    kind: &'static str,
    reduction: &Reduction,
    reason: &str,
) -> Result<(), Fault> {
    act.journal(News {
        kind,
        subject: &reduction.resource_name(),
        region: Some(&reduction.region),
        unit: Some(&reduction.unit),
        payload: json!({
            "project": reduction.project,
            "amount_yuan": reduction.amount,
            "target": reduction.target,
            "issued_yuan": reduction.issued,
            "document": reduction.document,
            "approve_date": reduction.approve_date,
        }),
        reason,
    })
    .await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetReductionRequest,
) -> Result<pb::GetReductionResponse, Fault> {
    let stored = state.find::<Reduction>(&call.scope(), &request.name).await?;
    Ok(pb::GetReductionResponse { reduction: Some(convert::reduction(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListReductionsRequest,
) -> Result<pb::ListReductionsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = projects::within_units(projects::within(&request.region, request.year)?, &request.unit)?;
    if !request.project.is_empty() {
        filter = filter.eq("project", &request.project);
    }
    if let Some(wanted) = convert::parse_reduction_state(request.state) {
        filter = filter.eq("state", hengji_db::Value::word(&wanted));
    }
    filter = projects::of_money(filter, request.fund_kind, request.mark);
    let mut tx = state.acts.db.read().await?;
    let rows = listed::page::<Reduction>(&mut tx, &call.scope(), &filter, &page).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    let reductions = rows.iter().map(convert::reduction).collect();
    Ok(pb::ListReductionsResponse { reductions, next_page_token })
}
