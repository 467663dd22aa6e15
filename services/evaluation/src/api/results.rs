//! After scoring: the exchange of opinions (交换意见), and the final result.

use hengji_proto::evaluation::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Begun, Call, Fault};
use serde_json::json;

use super::scoring::result;
use super::{State, convert, demand_run};
use crate::domain::EvaluationTask;

pub(crate) async fn record_opinions(
    state: &State,
    call: &Call,
    request: pb::RecordOpinionsRequest,
) -> Result<pb::RecordOpinionsResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut task = act.load_fresh::<EvaluationTask>(call, &request.name, &request.etag).await?;
    demand_run(call, &task.record)?;
    task.record.record_opinions(&request.opinions)?;
    let stored = act.save(&task).await?;
    act.journal(News {
        kind: "evaluation_task.opinions_recorded",
        subject: &request.name,
        region: Some(&stored.record.region),
        unit: Some(&stored.record.subject.unit),
        payload: json!({ "object": stored.record.subject.object, "opinions": request.opinions }),
        reason: "",
    })
    .await?;
    act.finish(pb::RecordOpinionsResponse { task: Some(convert::task(&stored)) }).await
}

pub(crate) async fn finalize(
    state: &State,
    call: &Call,
    request: pb::FinalizeEvaluationTaskRequest,
) -> Result<pb::FinalizeEvaluationTaskResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut task = act.load_fresh::<EvaluationTask>(call, &request.name, &request.etag).await?;
    demand_run(call, &task.record)?;
    task.record.finalize()?;
    let stored = act.save(&task).await?;
    act.journal(News {
        kind: "evaluation_task.finalized",
        subject: &request.name,
        region: Some(&stored.record.region),
        unit: Some(&stored.record.subject.unit),
        payload: result(&stored),
        reason: "",
    })
    .await?;
    act.finish(pb::FinalizeEvaluationTaskResponse { task: Some(convert::task(&stored)) }).await
}
