//! Control figures: issue, adjust, get, list.

use hengji_db::Stored;
use hengji_proto::targets::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use serde_json::json;

use super::convert::{self, Fields};
use super::{State, projects};
use crate::domain::{ControlFigure, Spent};
use crate::store::{listed, tallies};

pub(crate) async fn issue(
    state: &State,
    call: &Call,
    request: pb::IssueControlFigureRequest,
) -> Result<pb::IssueControlFigureResponse, Fault> {
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    let initial = parse_amount(request.initial_yuan.as_ref())?;
    let unit = words::word("unit", &request.unit)?;
    let mut figure = ControlFigure { region, year, unit, initial, document: request.document.clone() };
    call.reach(&figure.resource_name(), &figure.region, Some(&figure.unit))?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let spent = tallies::spent(&mut act.tx, &figure).await?;
    figure.set(initial, &request.document, spent)?;
    let stored = act.insert(&figure).await?;
    journal(&mut act, "control_figure.issued", &stored, spent, "").await?;
    let control_figure = Some(convert::control_figure(&stored, spent));
    act.finish(pb::IssueControlFigureResponse { control_figure }).await
}

pub(crate) async fn adjust(
    state: &State,
    call: &Call,
    request: pb::AdjustControlFigureRequest,
) -> Result<pb::AdjustControlFigureResponse, Fault> {
    let initial = parse_amount(request.initial_yuan.as_ref())?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<ControlFigure>(call, &request.name, &request.etag).await?;
    let spent = tallies::spent(&mut act.tx, &stored.record).await?;
    stored.record.set(initial, &request.document, spent)?;
    let stored = act.save(&stored).await?;
    journal(&mut act, "control_figure.adjusted", &stored, spent, &request.reason).await?;
    let control_figure = Some(convert::control_figure(&stored, spent));
    act.finish(pb::AdjustControlFigureResponse { control_figure }).await
}

fn parse_amount(
    given: Option<&hengji_proto::google::r#type::Decimal>,
) -> Result<hengji_kernel::Money, Fault> {
    let mut fields = Fields::default();
    let amount = fields.money("initial_yuan", given);
    fields.done()?;
    amount.ok_or_else(|| Fault::field("initial_yuan", "必填"))
}

pub(super) async fn journal(
    act: &mut Act,
    kind: &'static str,
    stored: &Stored<ControlFigure>,
    spent: Spent,
    reason: &str,
) -> Result<(), Fault> {
    let figure = &stored.record;
    act.journal(News {
        kind,
        subject: &figure.resource_name(),
        region: Some(&figure.region),
        unit: Some(&figure.unit),
        payload: json!({
            "initial_yuan": figure.initial,
            "cut_yuan": spent.cut,
            "reduced_yuan": spent.reduced,
            "approved_yuan": spent.approved,
            "document": figure.document,
        }),
        reason,
    })
    .await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetControlFigureRequest,
) -> Result<pb::GetControlFigureResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let found = tx.load::<ControlFigure>(&request.name, &call.scope()).await?;
    let stored = found.ok_or_else(|| Fault::not_found(&request.name))?;
    let spent = tallies::spent(&mut tx, &stored.record).await?;
    Ok(pb::GetControlFigureResponse { control_figure: Some(convert::control_figure(&stored, spent)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListControlFiguresRequest,
) -> Result<pb::ListControlFiguresResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let filter = projects::within_units(projects::within(&request.region, request.year)?, &request.unit)?;
    let filter = projects::of_any_money(filter, request.fund_kind, request.mark);
    let mut tx = state.acts.db.read().await?;
    let rows = listed::page::<ControlFigure>(&mut tx, &call.scope(), &filter, &page).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    let mut control_figures = Vec::with_capacity(rows.len());
    for stored in &rows {
        let spent = tallies::spent(&mut tx, &stored.record).await?;
        control_figures.push(convert::control_figure(stored, spent));
    }
    Ok(pb::ListControlFiguresResponse { control_figures, next_page_token })
}
