//! Conditions of ex-ante assessments: close, get, list. They arrive by following targets.

use hengji_db::Value;
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Begun, Call, Fault};
use serde_json::json;

use super::payments::within_subtree;
use super::{State, convert};
use crate::domain::MonitoredCondition;

pub(crate) async fn close(
    state: &State,
    call: &Call,
    request: pb::CloseConditionRequest,
) -> Result<pb::CloseConditionResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<MonitoredCondition>(call, &request.name, &request.etag).await?;
    stored.record.close(request.proof.clone())?;
    let stored = act.save(&stored).await?;
    let record = &stored.record;
    act.journal(News {
        kind: "condition.closed",
        subject: &request.name,
        region: Some(&record.region),
        unit: Some(&record.unit),
        payload: json!({ "project": record.project, "assessment": record.assessment, "proof": record.proof }),
        reason: "",
    })
    .await?;
    act.finish(pb::CloseConditionResponse { condition: Some(convert::condition(&stored)) }).await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetConditionRequest,
) -> Result<pb::GetConditionResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let stored = tx.load::<MonitoredCondition>(&request.name, &call.scope()).await?;
    let stored = stored.ok_or_else(|| Fault::not_found(&request.name))?;
    Ok(pb::GetConditionResponse { condition: Some(convert::condition(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListConditionsRequest,
) -> Result<pb::ListConditionsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = within_subtree(&request.region, "", request.year)?;
    if let Some(condition) = convert::parse_condition_state(request.state()) {
        filter = filter.eq("state", Value::word(&condition));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<MonitoredCondition>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListConditionsResponse {
        conditions: rows.iter().map(convert::condition).collect(),
        next_page_token,
    })
}
