//! Draws (抽取): make one, show it, run it again.

use hengji_db::{Filter, Stored, Tx, Value};
use hengji_kernel::{DataScope, RegionCode};
use hengji_proto::evaluation::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use serde_json::json;

use super::{State, convert, demand_run, tasks};
use crate::domain::{Case, Draw, EvaluationTask, Institution, InstitutionState};
use crate::store;

/// Institutions read by one statement.
const READ_AT_ONCE: usize = 1000;

pub(crate) async fn draw(
    state: &State,
    call: &Call,
    request: pb::DrawInstitutionRequest,
) -> Result<pb::DrawInstitutionResponse, Fault> {
    let seen = tasks::load(state, call, &request.task).await?;
    words::check_etag(&request.task, &request.task_etag, &seen)?;
    demand_run(call, &seen.record)?;
    seen.record.check_drawable()?;
    let object = &seen.record.subject.object;
    let advisers =
        if tasks::is_project(object) { state.peers.project(call, object).await?.advisers } else { vec![] };
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut task = act.load_fresh::<EvaluationTask>(call, &request.task, &request.task_etag).await?;
    let pool = pool(&mut act.tx, &task.record.region).await?;
    let open_tasks = store::open_tasks(&mut act.tx, &task.record.region).await?;
    let case = Case { advisers: &advisers, open_tasks: &open_tasks };
    let institutions: Vec<_> = pool.iter().map(|stored| &stored.record).collect();
    let draw = Draw::make(&request.draw_id, &task.record, &institutions, &case, (state.entropy)())?;
    let drawn = take(&mut act, pool, &draw.drawn).await?;
    task.record.take_evaluator(&draw.resource_name(), &drawn.record.organization())?;
    let task = act.save(&task).await?;
    let stored = act.insert(&draw).await?;
    journal(&mut act, &draw).await?;
    act.finish(pb::DrawInstitutionResponse {
        draw: Some(convert::draw(&stored)),
        task: Some(convert::task(&task)),
    })
    .await
}

/// The admitted institutions of a region in name order.
async fn pool(tx: &mut Tx, region: &RegionCode) -> Result<Vec<Stored<Institution>>, Fault> {
    let filter = Filter::new().eq("region", region).eq("state", Value::word(&InstitutionState::Admitted));
    let mut pool: Vec<Stored<Institution>> = Vec::new();
    loop {
        let after = pool.last().map(|stored| stored.record.resource_name());
        let page = tx.page(&DataScope::Everything, &filter, after.as_deref(), READ_AT_ONCE).await?;
        let is_last = page.len() < READ_AT_ONCE;
        pool.extend(page);
        if is_last {
            return Ok(pool);
        }
    }
}

/// Counts the draw at the institution, so that of two draws at once only one can fill its last place.
async fn take(
    act: &mut Act,
    pool: Vec<Stored<Institution>>,
    drawn: &str,
) -> Result<Stored<Institution>, Fault> {
    let mut institution = pool
        .into_iter()
        .find(|stored| stored.record.resource_name() == drawn)
        .ok_or_else(|| Fault::internal("an institution was drawn that is not in the pool"))?;
    institution.record.drawn += 1;
    act.save(&institution).await
}

async fn journal(act: &mut Act, draw: &Draw) -> Result<(), Fault> {
    act.journal(News {
        kind: "draw.made",
        subject: &draw.resource_name(),
        region: Some(&draw.region),
        unit: Some(&draw.unit),
        payload: json!({
            "task": draw.task,
            "seed": draw.seed,
            "pool": draw.pool,
            "recusals": draw.recusals,
            "drawn": draw.drawn,
        }),
        reason: "",
    })
    .await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetDrawRequest,
) -> Result<pb::GetDrawResponse, Fault> {
    let stored = load(state, call, &request.name).await?;
    Ok(pb::GetDrawResponse { draw: Some(convert::draw(&stored)) })
}

pub(crate) async fn replay(
    state: &State,
    call: &Call,
    request: pb::ReplayDrawRequest,
) -> Result<pb::ReplayDrawResponse, Fault> {
    let stored = load(state, call, &request.name).await?;
    let drawn = stored.record.replay().unwrap_or_default();
    Ok(pb::ReplayDrawResponse { same: drawn == stored.record.drawn, drawn })
}

async fn load(state: &State, call: &Call, name: &str) -> Result<Stored<Draw>, Fault> {
    let mut tx = state.acts.db.read().await?;
    tx.load(name, &call.scope()).await?.ok_or_else(|| Fault::not_found(name))
}
