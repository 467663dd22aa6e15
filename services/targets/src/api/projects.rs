//! Projects: file, change, get, list.

use std::collections::HashSet;

use hengji_db::{Filter, Stored, Value};
use hengji_kernel::{DataScope, RegionCode, UnitCode};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use hengji_rules::Explanation;
use serde_json::{Value as Json, json};

use super::convert::{self, Fields};
use super::{State, accounts, project_history as history};
use crate::domain::{Bounds, Category, Project};
use crate::peers::Packs;
use crate::store::lookup;

pub(crate) async fn batch_create(
    state: &State,
    call: &Call,
    request: pb::BatchCreateProjectsRequest,
) -> Result<pb::BatchCreateProjectsResponse, Fault> {
    let mut projects = parse(call, &request)?;
    accounts::demand(state, call, &projects, "projects[].").await?;
    let packs = packs(state, call, &projects).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    judge(state, &mut act, &mut projects, &packs).await?;
    let names: Vec<_> = projects.iter().map(Project::resource_name).collect();
    let stored = store(&mut act, projects).await?;
    if let Some(taken) = stored.iter().position(Option::is_none) {
        return Err(Fault::exists(&names[taken]));
    }
    let projects = stored.iter().flatten().map(convert::project).collect();
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

/// The rules that say whether an assessment is due.
pub(super) async fn packs(state: &State, call: &Call, projects: &[Project]) -> Result<Packs, Fault> {
    let asked = projects.iter().filter(|project| project.category == Category::Specific);
    let wanted = asked.map(|project| state.rules_for_project(project)).collect();
    state.catalog.all_rules(call, wanted).await
}

/// Decides for each project, all of one region and year, whether it must be assessed first.
pub(super) async fn judge(
    state: &State,
    act: &mut Act,
    projects: &mut [Project],
    packs: &Packs,
) -> Result<(), Fault> {
    let last_year = lookup::last_year(&mut act.tx, projects).await?;
    for project in projects {
        if let Some(pack) = packs.get(&state.rules_for_project(project)) {
            project.judge_need(last_year.get(&project.code).copied(), pack);
        }
    }
    Ok(())
}

/// Stores new projects with their first versions; none for one whose name is taken.
pub(super) async fn store(
    act: &mut Act,
    projects: Vec<Project>,
) -> Result<Vec<Option<Stored<Project>>>, Fault> {
    let fresh = act.tx.insert_many(&projects, act.now).await?;
    let now = act.now;
    let stored = |(record, fresh): (Project, bool)| {
        let first = Stored { record, version: 1, created_at: now, updated_at: now };
        fresh.then_some(first)
    };
    let stored: Vec<_> = projects.into_iter().zip(fresh).map(stored).collect();
    history::begin(act, stored.iter().flatten()).await?;
    for project in stored.iter().flatten() {
        let project = &project.record;
        let need = project.ex_ante_need.as_ref().map(Explanation::to_chinese).unwrap_or_default();
        let payload = json!({
            "code": project.code,
            "title": project.title,
            "fund_kind": project.fund_kind,
            "request_yuan": project.request,
            "ex_ante_required": project.ex_ante_required,
            "ex_ante_cause": need,
        });
        journal(act, "project.created", project, payload, "").await?;
    }
    Ok(stored)
}

async fn journal(
    act: &mut Act,
    kind: &'static str,
    project: &Project,
    payload: Json,
    reason: &str,
) -> Result<(), Fault> {
    act.journal(News {
        kind,
        subject: &project.resource_name(),
        region: Some(&project.region),
        unit: Some(&project.unit),
        payload,
        reason,
    })
    .await
}

pub(crate) async fn update(
    state: &State,
    call: &Call,
    request: pb::UpdateProjectRequest,
) -> Result<pb::UpdateProjectResponse, Fault> {
    let wanted = parse_wanted(call, &request)?;
    accounts::demand(state, call, std::slice::from_ref(&wanted), "project.").await?;
    let packs = packs(state, call, std::slice::from_ref(&wanted)).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Project>(call, &request.name, &request.etag).await?;
    let before = stored.record.clone();
    let bounds = bounds(&mut act, &request.name).await?;
    stored.record.amend(call.account(), wanted, bounds)?;
    judge(state, &mut act, std::slice::from_mut(&mut stored.record), &packs).await?;
    let stored = history::save(&mut act, &stored).await?;
    let project = &stored.record;
    let payload = json!({
        "version": stored.version,
        "changed": changed(&before, project)?,
        "request_yuan_before": before.request,
        "request_yuan": project.request,
        "ex_ante_required": project.ex_ante_required,
    });
    journal(&mut act, "project.updated", project, payload, &request.reason).await?;
    act.finish(pb::UpdateProjectResponse { project: Some(convert::project(&stored)) }).await
}

fn parse_wanted(call: &Call, request: &pb::UpdateProjectRequest) -> Result<Project, Fault> {
    let (region, year, _) = words::parse_yearly("name", &request.name, "projects")?;
    let given = request.project.clone().unwrap_or_default();
    let mut fields = Fields::below("project.");
    let wanted = convert::parse_project(&region, year, call.account(), &given, &mut fields);
    fields.done()?;
    wanted.ok_or_else(|| Fault::field("project", "必填"))
}

async fn bounds(act: &mut Act, name: &str) -> Result<Bounds, Fault> {
    let targets = lookup::targets_of(&mut act.tx, name).await?;
    let assessment = lookup::assessment_of(&mut act.tx, name).await?;
    Ok(Bounds {
        filed: targets.iter().any(|target| target.state.is_filed()),
        assessed: assessment.and_then(|stored| stored.record.supported_request()),
    })
}

/// Names of the attributes that differ.
fn changed(before: &Project, after: &Project) -> Result<Vec<String>, Fault> {
    let fields = |project: &Project| serde_json::to_value(project).map_err(Fault::internal);
    let (before, after) = (fields(before)?, fields(after)?);
    let (Json::Object(before), Json::Object(after)) = (before, after) else { return Ok(vec![]) };
    Ok(after
        .into_iter()
        .filter(|(field, value)| before.get(field) != Some(value))
        .map(|(field, _)| field)
        .collect())
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
    let scope = call.scope();
    let filter = within_units(within(&request.region, request.year)?, &request.unit)?;
    let mut filter = within_scope(filter, &scope);
    filter = of_money(filter, request.fund_kind, request.mark);
    if let Some(wanted) = convert::parse_project_state(request.state) {
        filter = filter.eq("state", Value::word(&wanted));
    }
    if let Some(category) = convert::parse_category(request.category) {
        filter = filter.eq("category", Value::word(&category));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Project>(&scope, &filter, page.after(), page.limit + 1).await?;
    let (projects, next_page_token) = state.pages.close_long(&page, rows, convert::project)?;
    Ok(pb::ListProjectsResponse { projects, next_page_token })
}

/// A region subtree and a budget year, as every list here is narrowed.
pub(super) fn within(region: &str, year: i32) -> Result<Filter, Fault> {
    let mut filter = Filter::new();
    if let Some(region) = words::word_or_none::<RegionCode>("region", region)? {
        filter = filter.region_subtree(&region).named(names_of(&region));
    }
    if year != 0 {
        filter = filter.eq("year", words::year("year", year)?);
    }
    Ok(filter)
}

/// What the names of everything in a region subtree begin with.
fn names_of(region: &RegionCode) -> String {
    format!("regions/{}", region.prefix())
}

/// Projects, or what is about one, by kind of fund and by mark.
pub(super) fn of_money(filter: Filter, fund_kind: i32, mark: i32) -> Filter {
    let filter = match convert::parse_fund_kind(fund_kind) {
        Some(kind) => filter.eq("fund_kind", kind.word()),
        None => filter,
    };
    of_mark(filter, mark)
}

/// As [`of_money`] for what is about several projects: one of them is enough.
pub(super) fn of_any_money(filter: Filter, fund_kind: i32, mark: i32) -> Filter {
    let filter = match convert::parse_fund_kind(fund_kind) {
        Some(kind) => filter.holds("fund_kinds", kind.word()),
        None => filter,
    };
    of_mark(filter, mark)
}

fn of_mark(filter: Filter, mark: i32) -> Filter {
    match convert::parse_mark(mark) {
        Some(mark) => filter.holds("marks", mark.word()),
        None => filter,
    }
}

/// As [`within`] says it for the one range of a scope, for callers who name no region.
pub(super) fn within_scope(filter: Filter, scope: &DataScope) -> Filter {
    match scope {
        DataScope::Ranges(ranges) if ranges.len() == 1 => {
            ranges.iter().fold(filter, |filter, range| filter.named(names_of(&range.region)))
        }
        _ => filter,
    }
}

/// A unit subtree, if one is asked for.
pub(super) fn within_units(filter: Filter, unit: &str) -> Result<Filter, Fault> {
    let unit = words::word_or_none::<UnitCode>("unit", unit)?;
    Ok(match unit {
        Some(unit) => filter.unit_subtree(&unit),
        None => filter,
    })
}
