//! Indicators: create, activate, retire, get, list, search.

use std::collections::HashSet;

use hengji_db::{Filter, Stored, Value};
use hengji_kernel::{DataScope, RegionCode};
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::{Act, Begun, Call, Fault, Reason, convert as words};

use super::fields::Fields;
use super::life::{self, Step, stepped};
use super::{State, convert, refinements};
use crate::domain::{Indicator, Living};
use crate::store;

pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::BatchCreateIndicatorsRequest,
) -> Result<pb::BatchCreateIndicatorsResponse, Fault> {
    let indicators = parse(&request.indicators, "indicators")?;
    for indicator in &indicators {
        call.reach(&indicator.resource_name(), &indicator.layer, None)?;
    }
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let stored = act.tx.insert_many(&indicators, act.now).await?;
    let taken: Vec<_> = indicators
        .iter()
        .zip(stored)
        .filter(|(_, stored)| !stored)
        .map(|(row, _)| row.resource_name())
        .collect();
    refuse_taken(&taken)?;
    let now = act.now;
    let stored: Vec<_> = indicators
        .into_iter()
        .map(|record| Stored { record, version: 1, created_at: now, updated_at: now })
        .collect();
    told(&mut act, "indicator.created", &stored, "").await?;
    act.finish(pb::BatchCreateIndicatorsResponse {
        indicators: stored.iter().map(convert::indicator).collect(),
    })
    .await
}

/// Every indicator, or every fault; `list` is where they stand.
pub(super) fn parse(messages: &[pb::Indicator], list: &str) -> Result<Vec<Indicator>, Fault> {
    let mut fields = Fields::default();
    let mut codes = HashSet::new();
    let mut indicators = Vec::with_capacity(messages.len());
    for (index, message) in messages.iter().enumerate() {
        fields.enter(format!("{list}[{index}]."));
        if !codes.insert(message.code.as_str()) {
            fields.wrong("code", format!("代码 {} 在本批中重复", message.code));
        }
        indicators.extend(convert::parse_indicator(&mut fields, message));
    }
    fields.done()?;
    Ok(indicators)
}

fn refuse_taken(names: &[String]) -> Result<(), Fault> {
    match names {
        [] => Ok(()),
        [name] => Err(Fault::exists(name)),
        [first, ..] => {
            Err(Fault::reused(Reason::AlreadyExists, format!("{first} 等 {} 个指标已存在", names.len())))
        }
    }
}

pub(crate) async fn submit(
    state: &State,
    call: &Call,
    request: pb::SubmitIndicatorsRequest,
) -> Result<pb::SubmitIndicatorsResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let step = Step { kind: "indicator.submitted", word: "送审", take: Indicator::submit };
    let found = stepped(&mut act, call, &request.names, &step).await?;
    let saved = saved(&mut act, step.kind, &found, "").await?;
    act.finish(pb::SubmitIndicatorsResponse { indicators: saved.iter().map(convert::indicator).collect() })
        .await
}

pub(crate) async fn send_back(
    state: &State,
    call: &Call,
    request: pb::ReturnIndicatorsRequest,
) -> Result<pb::ReturnIndicatorsResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let step = Step { kind: "indicator.returned", word: "退回", take: Indicator::send_back };
    let found = stepped(&mut act, call, &request.names, &step).await?;
    let saved = saved(&mut act, step.kind, &found, &request.reason).await?;
    act.finish(pb::ReturnIndicatorsResponse { indicators: saved.iter().map(convert::indicator).collect() })
        .await
}

pub(crate) async fn activate(
    state: &State,
    call: &Call,
    request: pb::ActivateIndicatorsRequest,
) -> Result<pb::ActivateIndicatorsResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let step = Step { kind: "indicator.activated", word: "启用", take: Indicator::activate };
    let found = stepped(&mut act, call, &request.names, &step).await?;
    refinements::check(&mut act.tx, found.iter().map(|stored| &stored.record)).await?;
    let saved = saved(&mut act, step.kind, &found, "").await?;
    act.finish(pb::ActivateIndicatorsResponse { indicators: saved.iter().map(convert::indicator).collect() })
        .await
}

/// Saves the indicators, tells of each, and leaves word for the search indexes.
async fn saved(
    act: &mut Act,
    kind: &'static str,
    found: &[Stored<Indicator>],
    reason: &str,
) -> Result<Vec<Stored<Indicator>>, Fault> {
    let saved = life::saved(act, kind, found, reason).await?;
    touch(act, &saved).await?;
    Ok(saved)
}

pub(crate) async fn revise(
    state: &State,
    call: &Call,
    request: pb::ReviseIndicatorRequest,
) -> Result<pb::ReviseIndicatorResponse, Fault> {
    let mut fields = Fields::default();
    fields.enter("indicator.");
    let message = request.indicator.clone().unwrap_or_default();
    let change = convert::parse_indicator(&mut fields, &message);
    fields.done()?;
    let change = change.ok_or_else(|| Fault::field("indicator", "必填"))?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut indicator = act.load_fresh::<Indicator>(call, &request.name, &request.etag).await?;
    indicator.record.revise(change)?;
    let saved = saved(&mut act, "indicator.revised", &[indicator], &request.reason).await?;
    act.finish(pb::ReviseIndicatorResponse { indicator: saved.first().map(convert::indicator) }).await
}

pub(crate) async fn retire(
    state: &State,
    call: &Call,
    request: pb::RetireIndicatorRequest,
) -> Result<pb::RetireIndicatorResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut indicator = act.load_fresh::<Indicator>(call, &request.name, &request.etag).await?;
    let successor = life::successor::<Indicator>(&mut act, &request.name, &request.successor).await?;
    indicator.record.withdraw(successor)?;
    let saved = saved(&mut act, "indicator.retired", &[indicator], &request.reason).await?;
    act.finish(pb::RetireIndicatorResponse { indicator: saved.first().map(convert::indicator) }).await
}

/// One entry for each indicator, and the word to the search indexes.
pub(super) async fn told(
    act: &mut Act,
    kind: &'static str,
    indicators: &[Stored<Indicator>],
    reason: &str,
) -> Result<(), Fault> {
    life::tell(act, kind, indicators, reason).await?;
    touch(act, indicators).await
}

async fn touch(act: &mut Act, indicators: &[Stored<Indicator>]) -> Result<(), Fault> {
    let names: Vec<_> = indicators.iter().map(|stored| stored.record.resource_name()).collect();
    Ok(store::touch(&mut act.tx, &names).await?)
}

pub(crate) async fn get(
    state: &State,
    _: &Call,
    request: pb::GetIndicatorRequest,
) -> Result<pb::GetIndicatorResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let stored = tx
        .load::<Indicator>(&request.name, &DataScope::Everything)
        .await?
        .ok_or_else(|| Fault::not_found(&request.name))?;
    let revision = u32::try_from(request.revision).unwrap_or_default();
    let record = stored.record.at_revision(revision).cloned();
    let record = record.ok_or_else(|| Fault::not_found(format!("{}@{revision}", request.name)))?;
    Ok(pb::GetIndicatorResponse { indicator: Some(convert::indicator(&Stored { record, ..stored })) })
}

pub(crate) async fn get_many(
    state: &State,
    _: &Call,
    request: pb::BatchGetIndicatorsRequest,
) -> Result<pb::BatchGetIndicatorsResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let found = tx.load_many::<Indicator>(&request.names, &DataScope::Everything).await?;
    let indicators: Vec<_> = found.iter().map(convert::indicator).collect();
    let known: HashSet<_> = indicators.iter().map(|indicator| &indicator.name).collect();
    let not_found = request.names.iter().filter(|name| !known.contains(name)).cloned().collect();
    Ok(pb::BatchGetIndicatorsResponse { indicators, not_found })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListIndicatorsRequest,
) -> Result<pb::ListIndicatorsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = Filter::new();
    if let Some(layer) = words::word_or_none::<RegionCode>("layer", &request.layer)? {
        filter = filter.one_of("region", layer.layers());
    }
    if let Some(object_type) = convert::parse_object_type(request.object_kind) {
        filter = filter.eq("object_type", Value::word(&object_type));
    }
    if !request.industry.is_empty() {
        let mut fields = Fields::default();
        filter = filter.eq("industry", fields.text("industry", &request.industry, 60));
        fields.done()?;
    }
    if let Some(state) = convert::parse_indicator_state(request.state) {
        filter = filter.eq("state", Value::word(&state));
    }
    if !request.proposed_to.is_empty() {
        filter = filter.eq("proposed_to", request.proposed_to.as_str());
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Indicator>(&DataScope::Everything, &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListIndicatorsResponse {
        indicators: rows.iter().map(convert::indicator).collect(),
        next_page_token,
    })
}
