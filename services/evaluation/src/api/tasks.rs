//! Evaluation tasks: open, get, list.

use futures::future::try_join_all;
use hengji_db::{Filter, Record, Stored, Value};
use hengji_kernel::{FiscalYear, RegionCode, UnitCode};
use hengji_proto::evaluation::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Begun, Call, Fault, convert as words};
use serde_json::json;

use super::{State, convert, demand_run};
use crate::domain::{EvaluationKind, EvaluationTask, Opening, Organization, Subject};
use crate::error::{Refusal, in_rows};

/// Rows for which other services are asked at the same time.
const ASKED_AT_ONCE: usize = 32;

/// One row of the batch, read.
struct Row {
    id: String,
    kind: EvaluationKind,
    object: String,
    target: String,
    evaluator: Option<Organization>,
}

pub(crate) async fn batch_create(
    state: &State,
    call: &Call,
    request: pb::BatchCreateEvaluationTasksRequest,
) -> Result<pb::BatchCreateEvaluationTasksResponse, Fault> {
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    let rows = parse_rows(&request.tasks, &region, year)?;
    let tasks = open(state, call, &region, year, rows).await?;
    for task in &tasks {
        call.reach(&task.subject.object, &task.region, Some(&task.subject.unit))?;
        demand_run(call, task)?;
    }
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let inserted = act.tx.insert_many(&tasks, act.now).await?;
    if let Some((task, _)) = tasks.iter().zip(inserted).find(|(_, inserted)| !inserted) {
        return Err(Fault::exists(task.name()));
    }
    for task in &tasks {
        act.journal(News {
            kind: "evaluation_task.opened",
            subject: &task.resource_name(),
            region: Some(&task.region),
            unit: Some(&task.subject.unit),
            payload: json!({
                "kind": task.kind,
                "object": task.subject.object,
                "target": task.subject.target,
                "evaluator": task.evaluator,
                "amount_yuan": task.subject.amount,
            }),
            reason: "",
        })
        .await?;
    }
    let now = act.now;
    let stored = |record| Stored { record, version: 1, created_at: now, updated_at: now };
    let tasks = tasks.into_iter().map(|task| convert::task(&stored(task))).collect();
    act.finish(pb::BatchCreateEvaluationTasksResponse { tasks }).await
}

fn parse_rows(
    drafts: &[pb::EvaluationTaskDraft],
    region: &RegionCode,
    year: FiscalYear,
) -> Result<Vec<Row>, Fault> {
    let mut refusals = Vec::new();
    let mut rows: Vec<Row> = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        match parse_row(draft, region, year) {
            Ok(row) if rows.iter().any(|earlier| earlier.id == row.id) => {
                refusals.push((index, Refusal::field("task_id", "同一批次内编号重复")));
            }
            Ok(row) => rows.push(row),
            Err(refusal) => refusals.push((index, refusal)),
        }
    }
    if refusals.is_empty() { Ok(rows) } else { Err(in_rows("tasks", refusals)) }
}

fn parse_row(draft: &pb::EvaluationTaskDraft, region: &RegionCode, year: FiscalYear) -> Result<Row, Refusal> {
    let kind = convert::parse_kind(draft.kind).ok_or_else(|| Refusal::field("kind", "必填"))?;
    let (target_region, target_year, _) = hengji_kernel::name::parse_yearly(&draft.target, "targets")
        .map_err(|invalid| Refusal::field("target", invalid.message))?;
    if target_region != *region || target_year != year {
        return Err(Refusal::field("target", "绩效目标须与任务属于同一财政区划和年度"));
    }
    let evaluator = match draft.evaluator.as_str() {
        "" => None,
        text => Some(
            text.parse()
                .map_err(|invalid: hengji_kernel::Invalid| Refusal::field("evaluator", invalid.message))?,
        ),
    };
    Ok(Row {
        id: draft.task_id.clone(),
        kind,
        object: draft.object.clone(),
        target: draft.target.clone(),
        evaluator,
    })
}

async fn open(
    state: &State,
    call: &Call,
    region: &RegionCode,
    year: FiscalYear,
    rows: Vec<Row>,
) -> Result<Vec<EvaluationTask>, Fault> {
    let mut subjects = Vec::with_capacity(rows.len());
    for chunk in rows.chunks(ASKED_AT_ONCE) {
        subjects.extend(try_join_all(chunk.iter().map(|row| subject(state, call, &row.target))).await?);
    }
    let mut tasks = Vec::with_capacity(rows.len());
    let mut refusals = Vec::new();
    for (index, (row, subject)) in rows.into_iter().zip(subjects).enumerate() {
        if subject.object != row.object {
            refusals.push((index, Refusal::field("object", "与绩效目标的对象不一致")));
            continue;
        }
        let Row { id, kind, evaluator, .. } = row;
        match EvaluationTask::open(Opening { region: region.clone(), year, id, kind, subject, evaluator }) {
            Ok(task) => tasks.push(task),
            Err(refusal) => refusals.push((index, refusal)),
        }
    }
    if refusals.is_empty() { Ok(tasks) } else { Err(in_rows("tasks", refusals)) }
}

/// What the target is about, with the money approved for it.
async fn subject(state: &State, call: &Call, target: &str) -> Result<Subject, Fault> {
    let target = state.peers.target(call, target).await?;
    let mut amount = target.budget;
    if is_project(&target.object) {
        let project = state.peers.project(call, &target.object).await?;
        if !project.budget.is_zero() {
            amount = project.budget;
        }
    }
    Ok(Subject {
        object_kind: target.object_kind,
        object: target.object,
        title: target.title,
        unit: target.unit,
        target: target.name,
        target_version: target.approved_version,
        amount,
    })
}

pub(super) fn is_project(object: &str) -> bool {
    hengji_kernel::name::parse_yearly(object, "projects").is_ok()
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetEvaluationTaskRequest,
) -> Result<pb::GetEvaluationTaskResponse, Fault> {
    let stored = load(state, call, &request.name).await?;
    Ok(pb::GetEvaluationTaskResponse { task: Some(convert::task(&stored)) })
}

pub(super) async fn load(state: &State, call: &Call, name: &str) -> Result<Stored<EvaluationTask>, Fault> {
    let mut tx = state.acts.db.read().await?;
    tx.load(name, &call.scope()).await?.ok_or_else(|| Fault::not_found(name))
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListEvaluationTasksRequest,
) -> Result<pb::ListEvaluationTasksResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let filter = filter(&request)?;
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<EvaluationTask>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (tasks, next_page_token) = state.pages.close_long(&page, rows, convert::task)?;
    Ok(pb::ListEvaluationTasksResponse { tasks, next_page_token })
}

fn filter(request: &pb::ListEvaluationTasksRequest) -> Result<Filter, Fault> {
    let mut filter = Filter::new();
    if let Some(region) = words::word_or_none::<RegionCode>("region", &request.region)? {
        filter = filter.region_subtree(&region);
    }
    if let Some(unit) = words::word_or_none::<UnitCode>("unit", &request.unit)? {
        filter = filter.unit_subtree(&unit);
    }
    if request.year != 0 {
        filter = filter.eq("year", words::year("year", request.year)?);
    }
    if let Some(kind) = convert::parse_kind(request.kind) {
        filter = filter.eq("kind", Value::word(&kind));
    }
    if let Some(grade) = words::parse_grade(request.grade) {
        filter = filter.eq("grade", Value::word(&grade));
    }
    if let Some(task_state) = convert::parse_state(request.state) {
        filter = filter.eq("state", Value::word(&task_state));
    }
    if !request.object.is_empty() {
        filter = filter.eq("object", request.object.as_str());
    }
    Ok(filter)
}
