//! Rectifications: plan, progress, verification, list.

use hengji_db::Value;
use hengji_proto::application::v1 as pb;
use hengji_rpc::{Begun, Call, Fault};

use super::feedbacks::journal_rectification;
use super::{State, convert, filter};
use crate::domain::Rectification;

pub(crate) async fn file_plan(
    state: &State,
    call: &Call,
    request: pb::FileRectificationPlanRequest,
) -> Result<pb::FileRectificationPlanResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Rectification>(call, &request.name, &request.etag).await?;
    stored.record.file_plan(call.account(), &request.plan)?;
    let stored = act.save(&stored).await?;
    journal_rectification(&mut act, "rectification.planned", &stored, "").await?;
    act.finish(pb::FileRectificationPlanResponse { rectification: Some(convert::rectification(&stored)) })
        .await
}

pub(crate) async fn report(
    state: &State,
    call: &Call,
    request: pb::ReportRectificationProgressRequest,
) -> Result<pb::ReportRectificationProgressResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Rectification>(call, &request.name, &request.etag).await?;
    stored.record.report(call.account(), &request.progress)?;
    let stored = act.save(&stored).await?;
    journal_rectification(&mut act, "rectification.progressed", &stored, "").await?;
    let rectification = Some(convert::rectification(&stored));
    act.finish(pb::ReportRectificationProgressResponse { rectification }).await
}

pub(crate) async fn verify(
    state: &State,
    call: &Call,
    request: pb::VerifyRectificationRequest,
) -> Result<pb::VerifyRectificationResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Rectification>(call, &request.name, &request.etag).await?;
    stored.record.verify(call.account(), &request.verification)?;
    let stored = act.save(&stored).await?;
    journal_rectification(&mut act, "rectification.closed", &stored, &request.verification).await?;
    act.finish(pb::VerifyRectificationResponse { rectification: Some(convert::rectification(&stored)) }).await
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListRectificationsRequest,
) -> Result<pb::ListRectificationsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = filter(&request.region, &request.unit, request.year)?;
    if let Some(state) = convert::parse_rectification_state(request.state) {
        filter = filter.eq("state", Value::word(&state));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Rectification>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    let rectifications = rows.iter().map(convert::rectification).collect();
    Ok(pb::ListRectificationsResponse { rectifications, next_page_token })
}
