//! Indicators: create, activate, retire, get, list, search.

use std::collections::HashSet;

use hengji_db::{Filter, NewEntry, Stored, Value};
use hengji_kernel::{DataScope, RegionCode};
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::{Act, Begun, Call, Fault, Reason, convert as words};
use serde_json::json;

use super::fields::Fields;
use super::{State, convert, refinements};
use crate::domain::{Indicator, IndicatorState};
use crate::error::Refusal;
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
    told(&mut act, "indicator.created", &stored, "").await?;
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

pub(crate) async fn submit(
    state: &State,
    call: &Call,
    request: pb::SubmitIndicatorsRequest,
) -> Result<pb::SubmitIndicatorsResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let found = stepped(&mut act, call, &request.names, "送审", Indicator::submit).await?;
    let saved = saved(&mut act, "indicator.submitted", &found, "").await?;
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
    let found = stepped(&mut act, call, &request.names, "退回", Indicator::send_back).await?;
    let saved = saved(&mut act, "indicator.returned", &found, &request.reason).await?;
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
    let found = stepped(&mut act, call, &request.names, "启用", Indicator::activate).await?;
    refinements::check(&mut act.tx, found.iter().map(|stored| &stored.record)).await?;
    let saved = saved(&mut act, "indicator.activated", &found, "").await?;
    act.finish(pb::ActivateIndicatorsResponse { indicators: saved.iter().map(convert::indicator).collect() })
        .await
}

/// Loads all and takes each a step further, or refuses naming every one that cannot.
async fn stepped(
    act: &mut Act,
    call: &Call,
    names: &[String],
    step: &str,
    take: fn(&mut Indicator) -> Result<(), Refusal>,
) -> Result<Vec<Stored<Indicator>>, Fault> {
    if names.iter().collect::<HashSet<_>>().len() < names.len() {
        return Err(Fault::field("names", "名称重复"));
    }
    let mut found = act.tx.load_many::<Indicator>(names, &call.scope()).await?;
    let known: HashSet<_> = found.iter().map(|stored| stored.record.resource_name()).collect();
    if let Some(missing) = names.iter().find(|name| !known.contains(*name)) {
        return Err(Fault::not_found(missing));
    }
    let refused: Vec<_> = found
        .iter_mut()
        .filter_map(|stored| take(&mut stored.record).err().map(|refusal| (stored, refusal.to_string())))
        .map(|(stored, message)| (stored.record.resource_name(), message))
        .collect();
    if refused.is_empty() {
        return Ok(found);
    }
    let message = format!("{} 个指标不能{step}", refused.len());
    Err(Fault::preconditions(Reason::StateForbids, message, refused))
}

async fn saved(
    act: &mut Act,
    kind: &'static str,
    found: &[Stored<Indicator>],
    reason: &str,
) -> Result<Vec<Stored<Indicator>>, Fault> {
    let mut saved = Vec::with_capacity(found.len());
    for stored in found {
        saved.push(act.save(stored).await?);
    }
    told(act, kind, &saved, reason).await?;
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
    let successor = successor(&mut act, &request).await?;
    indicator.record.retire(successor)?;
    let saved = saved(&mut act, "indicator.retired", &[indicator], &request.reason).await?;
    act.finish(pb::RetireIndicatorResponse { indicator: saved.first().map(convert::indicator) }).await
}

/// Code of the one to be used instead, which must be in force.
async fn successor(act: &mut Act, request: &pb::RetireIndicatorRequest) -> Result<String, Fault> {
    if request.successor.is_empty() {
        return Ok(String::new());
    }
    let stored = act.tx.load::<Indicator>(&request.successor, &DataScope::Everything).await?;
    match stored.map(|stored| stored.record) {
        Some(other) if other.state == IndicatorState::Active && other.resource_name() != request.name => {
            Ok(other.code)
        }
        _ => Err(Fault::field("successor", "须是另一个启用中的指标")),
    }
}

/// One entry for each indicator, written at once, and the word to the search indexes.
pub(super) async fn told(
    act: &mut Act,
    kind: &'static str,
    indicators: &[Stored<Indicator>],
    reason: &str,
) -> Result<(), Fault> {
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
        payload: json!({
            "title": stored.record.title,
            "object_type": stored.record.object_type,
            "revision": stored.record.revision,
        }),
        reason: reason.to_owned(),
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
    let revision = u32::try_from(request.revision).unwrap_or_default();
    let record = stored.record.at_revision(revision).cloned();
    let record = record.ok_or_else(|| Fault::not_found(format!("{}@{revision}", request.name)))?;
    Ok(pb::GetIndicatorResponse { indicator: Some(convert::indicator(&Stored { record, ..stored })) })
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
