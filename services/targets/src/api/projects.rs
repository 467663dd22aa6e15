//! Projects: file, get, list.

use std::collections::HashSet;

use hengji_db::{Filter, Value};
use hengji_kernel::{RegionCode, UnitCode};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use serde_json::json;

use super::State;
use super::convert::{self, Fields};
use crate::domain::{Category, Project};
use crate::peers::Packs;
use crate::store::lookup;

pub(crate) async fn batch_create(
    state: &State,
    call: &Call,
    request: pb::BatchCreateProjectsRequest,
) -> Result<pb::BatchCreateProjectsResponse, Fault> {
    let mut projects = parse(call, &request)?;
    let packs = packs(state, call, &projects).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let last_year = lookup::last_year(&mut act.tx, &projects).await?;
    let mut causes = Vec::with_capacity(projects.len());
    for project in &mut projects {
        let pack = packs.get(&state.rules_for_project(project));
        let due = pack.and_then(|pack| project.assessment_due(last_year.get(&project.code).copied(), pack));
        project.ex_ante_required |= due.is_some();
        causes.push(due);
    }
    let stored = act.tx.insert_many(&projects, act.now).await?;
    if let Some(taken) = stored.iter().position(|stored| !stored) {
        return Err(Fault::exists(projects[taken].resource_name()));
    }
    for (project, cause) in projects.iter().zip(&causes) {
        let cause = cause.as_ref().map(hengji_rules::Explanation::to_chinese);
        journal_created(&mut act, project, cause.as_deref().unwrap_or_default()).await?;
    }
    let now = act.now;
    let stored = projects.into_iter().map(|record| hengji_db::Stored {
        record,
        version: 1,
        created_at: now,
        updated_at: now,
    });
    let projects = stored.map(|stored| convert::project(&stored)).collect();
    act.finish(pb::BatchCreateProjectsResponse { projects }).await
}

fn parse(call: &Call, request: &pb::BatchCreateProjectsRequest) -> Result<Vec<Project>, Fault> {
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    let mut faults = Fields::default();
    let mut codes = HashSet::new();
    let mut projects = Vec::with_capacity(request.projects.len());
    for (index, given) in request.projects.iter().enumerate() {
        let mut fields = Fields::below(format!("projects[{index}]."));
        let project = convert::parse_project(&region, year, call.account(), given, &mut fields);
        if !codes.insert(&given.code) {
            fields.refuse("code", "项目代码重复");
        }
        faults.join(fields);
        projects.extend(project);
    }
    faults.done()?;
    for project in &projects {
        call.reach(&project.resource_name(), &region, Some(&project.unit))?;
    }
    Ok(projects)
}

/// The rules that say whether an assessment is due, for the projects of which it is not yet known.
async fn packs(state: &State, call: &Call, projects: &[Project]) -> Result<Packs, Fault> {
    let open = |project: &&Project| project.category == Category::Specific && !project.ex_ante_required;
    let wanted = projects.iter().filter(open).map(|project| state.rules_for_project(project)).collect();
    state.catalog.all_rules(call, wanted).await
}

async fn journal_created(act: &mut Act, project: &Project, cause: &str) -> Result<(), Fault> {
    act.journal(News {
        kind: "project.created",
        subject: &project.resource_name(),
        region: Some(&project.region),
        unit: Some(&project.unit),
        payload: json!({
            "code": project.code,
            "title": project.title,
            "fund_kind": project.fund_kind,
            "request_yuan": project.request,
            "ex_ante_required": project.ex_ante_required,
            "ex_ante_cause": cause,
        }),
        reason: "",
    })
    .await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetProjectRequest,
) -> Result<pb::GetProjectResponse, Fault> {
    let stored = state.find::<Project>(&call.scope(), &request.name).await?;
    Ok(pb::GetProjectResponse { project: Some(convert::project(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListProjectsRequest,
) -> Result<pb::ListProjectsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = within(&request.region, request.year)?;
    if let Some(unit) = words::word_or_none::<UnitCode>("unit", &request.unit)? {
        filter = filter.unit_subtree(&unit);
    }
    if let Some(kind) = convert::parse_fund_kind(request.fund_kind) {
        filter = filter.eq("fund_kind", Value::word(&kind));
    }
    if let Some(wanted) = convert::parse_project_state(request.state) {
        filter = filter.eq("state", Value::word(&wanted));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Project>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListProjectsResponse { projects: rows.iter().map(convert::project).collect(), next_page_token })
}

/// A region subtree and a budget year, as every list here is narrowed.
pub(super) fn within(region: &str, year: i32) -> Result<Filter, Fault> {
    let mut filter = Filter::new();
    if let Some(region) = words::word_or_none::<RegionCode>("region", region)? {
        filter = filter.region_subtree(&region);
    }
    if year != 0 {
        filter = filter.eq("year", words::year("year", year)?);
    }
    Ok(filter)
}
