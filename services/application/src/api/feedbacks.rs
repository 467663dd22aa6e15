//! Feedbacks: issue, get, list.

use hengji_db::{Filter, Record, Stored};
use hengji_kernel::DataScope;
use hengji_proto::application::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Begun, Call, Fault, convert as words};
use serde_json::json;

use super::{State, convert, filter};
use crate::domain::{Feedback, Rectification};

pub(crate) async fn issue(
    state: &State,
    call: &Call,
    request: pb::IssueFeedbackRequest,
) -> Result<pb::IssueFeedbackResponse, Fault> {
    let (region, _, _) = words::parse_yearly("task", &request.task, "evaluationTasks")?;
    let due_date = words::parse_date("due_date", request.due_date.as_ref())?;
    let task = state.peers.task(call, &request.task).await?;
    call.reach(&request.task, &region, Some(&task.unit))?;
    let (feedback, rectifications) = crate::domain::feedback::issue(&task, &request.feedback_id, due_date)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let before = Filter::new().eq("task", &feedback.task);
    if let Some(other) = act.tx.page::<Feedback>(&DataScope::Everything, &before, None, 1).await?.first() {
        return Err(Fault::exists(&other.record.name));
    }
    let feedback = act.insert(&feedback).await?;
    let new = act.tx.insert_many(&rectifications, act.now).await?;
    if let Some((_, taken)) = new.iter().zip(&rectifications).find(|(new, _)| !**new) {
        return Err(Fault::exists(taken.name()));
    }
    let rectifications: Vec<_> = rectifications
        .into_iter()
        .map(|record| Stored { record, version: 1, created_at: act.now, updated_at: act.now })
        .collect();
    journal_issued(&mut act, &feedback).await?;
    act.finish(pb::IssueFeedbackResponse {
        feedback: Some(convert::feedback(&feedback)),
        rectifications: rectifications.iter().map(convert::rectification).collect(),
    })
    .await
}

async fn journal_issued(act: &mut hengji_rpc::Act, stored: &Stored<Feedback>) -> Result<(), Fault> {
    let Feedback { name, region, unit, task, grade, rectifications, .. } = &stored.record;
    let payload = json!({ "task": task, "grade": grade, "rectifications": rectifications });
    act.journal(News {
        kind: "feedback.issued",
        subject: name,
        region: Some(region),
        unit: Some(unit),
        payload,
        reason: "",
    })
    .await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetFeedbackRequest,
) -> Result<pb::GetFeedbackResponse, Fault> {
    let stored = state.read::<Feedback>(call, &request.name).await?;
    Ok(pb::GetFeedbackResponse { feedback: Some(convert::feedback(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListFeedbacksRequest,
) -> Result<pb::ListFeedbacksResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let filter = filter(&request.region, "", request.year)?;
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Feedback>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListFeedbacksResponse { feedbacks: rows.iter().map(convert::feedback).collect(), next_page_token })
}

/// What every change of a rectification tells.
pub(super) async fn journal_rectification(
    act: &mut hengji_rpc::Act,
    kind: &'static str,
    stored: &Stored<Rectification>,
    reason: &str,
) -> Result<(), Fault> {
    let Rectification { name, region, unit, feedback, state, .. } = &stored.record;
    let payload = json!({ "feedback": feedback, "state": state });
    act.journal(News { kind, subject: name, region: Some(region), unit: Some(unit), payload, reason }).await
}
