//! Indicators: create, activate, retire, get, list, search.

use std::collections::HashSet;

use hengji_db::{Filter, NewEntry, Stored, Value};
use hengji_kernel::{DataScope, RegionCode};
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, Reason, convert as words};
use serde_json::json;

use super::fields::Fields;
use super::{State, convert};
use crate::domain::Indicator;
use crate::store;

pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::BatchCreateIndicatorsRequest,
) -> Result<pb::BatchCreateIndicatorsResponse, Fault> {
    let indicators = parse(&request.indicators)?;
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
    told(&mut act, "indicator.created", &stored).await?;
    act.finish(pb::BatchCreateIndicatorsResponse {
        indicators: stored.iter().map(convert::indicator).collect(),
    })
    .await
}

fn parse(messages: &[pb::Indicator]) -> Result<Vec<Indicator>, Fault> {
    let mut fields = Fields::default();
    let mut codes = HashSet::new();
    let mut indicators = Vec::with_capacity(messages.len());
    for (index, message) in messages.iter().enumerate() {
        fields.enter(format!("indicators[{index}]."));
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

pub(crate) async fn activate(
    state: &State,
    call: &Call,
    request: pb::ActivateIndicatorsRequest,
) -> Result<pb::ActivateIndicatorsResponse, Fault> {
    let names: HashSet<_> = request.names.iter().collect();
    if names.len() < request.names.len() {
        return Err(Fault::field("names", "名称重复"));
    }
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut found = act.tx.load_many::<Indicator>(&request.names, &call.scope()).await?;
    let known: HashSet<_> = found.iter().map(|stored| stored.record.resource_name()).collect();
    if let Some(missing) = request.names.iter().find(|name| !known.contains(*name)) {
        return Err(Fault::not_found(missing));
    }
    let refused: Vec<_> = found
        .iter_mut()
        .filter_map(|stored| stored.record.activate().err().map(|refusal| (stored, refusal.to_string())))
        .map(|(stored, message)| (stored.record.resource_name(), message))
        .collect();
    if !refused.is_empty() {
        let message = format!("{} 个指标不是草稿，不能启用", refused.len());
        return Err(Fault::preconditions(Reason::StateForbids, message, refused));
    }
    let mut saved = Vec::with_capacity(found.len());
    for stored in &found {
        saved.push(act.save(stored).await?);
    }
    told(&mut act, "indicator.activated", &saved).await?;
    act.finish(pb::ActivateIndicatorsResponse { indicators: saved.iter().map(convert::indicator).collect() })
        .await
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
    indicator.record.retire()?;
    let stored = act.save(&indicator).await?;
    store::touch(&mut act.tx, [&request.name]).await?;
    act.journal(News {
        kind: "indicator.retired",
        subject: &request.name,
        region: Some(&stored.record.layer),
        unit: None,
        payload: json!({ "title": stored.record.title }),
        reason: &request.reason,
    })
    .await?;
    act.finish(pb::RetireIndicatorResponse { indicator: Some(convert::indicator(&stored)) }).await
}

/// One entry for each indicator, written at once, and the word to the search indexes.
async fn told(act: &mut Act, kind: &'static str, indicators: &[Stored<Indicator>]) -> Result<(), Fault> {
    let names: Vec<_> = indicators.iter().map(|stored| stored.record.resource_name()).collect();
    store::touch(&mut act.tx, &names).await?;
    let entry = |stored: &Stored<Indicator>| NewEntry {
        entry_id: act.new_id(),
        at: act.now,
        account: act.account.clone(),
        method: act.method.to_owned(),
        request_id: act.request_id.clone(),
        kind,
        subject: stored.record.resource_name(),
        region: Some(stored.record.layer.clone()),
        unit: None,
        payload: json!({ "title": stored.record.title, "object_type": stored.record.object_type }),
        reason: String::new(),
    };
    let entries = indicators.iter().map(entry).collect();
    Ok(act.tx.append_many(entries).await?)
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
    Ok(pb::GetIndicatorResponse { indicator: Some(convert::indicator(&stored)) })
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
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Indicator>(&DataScope::Everything, &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListIndicatorsResponse {
        indicators: rows.iter().map(convert::indicator).collect(),
        next_page_token,
    })
}
