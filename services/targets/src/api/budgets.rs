//! A department's budget filed with its targets in one act (一同申报).

use std::collections::{BTreeSet, HashMap, HashSet};

use hengji_db::Stored;
use hengji_kernel::{DataScope, Decimal, FiscalYear, Money, RegionCode, UnitCode};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use hengji_rules::ObjectType;

use super::convert::{self, Fields};
use super::{State, accounts, filing, library, projects};
use crate::domain::{Contents, Project, Target};
use crate::store::usage;

/// A project and its target as they were read.
struct Row {
    project: Project,
    kind: ObjectType,
    target_id: String,
    contents: Contents,
}

impl Row {
    /// The target as it is declared about the project that is stored.
    fn draft(&self, project: &Project, account: &str) -> Target {
        Target::draft(
            project.region.clone(),
            project.year,
            self.target_id.clone(),
            project.as_object(self.kind),
            self.contents.clone(),
            account,
        )
    }
}

pub(crate) async fn file(
    state: &State,
    call: &Call,
    request: pb::FileBudgetRequest,
) -> Result<pb::FileBudgetResponse, Fault> {
    let rows = parse(call, &request)?;
    let filed: Vec<Project> = rows.iter().map(|row| row.project.clone()).collect();
    for project in &filed {
        call.reach(&project.resource_name(), &project.region, Some(&project.unit))?;
    }
    accounts::demand(state, call, &filed, "rows[].project.").await?;
    let project_packs = projects::packs(state, call, &filed).await?;
    let wanted: BTreeSet<_> =
        rows.iter().map(|row| state.rules_for_target(&row.draft(&row.project, call.account()))).collect();
    for one in &wanted {
        state.catalog.demand_offered(call, one).await?;
    }
    let (region, _) = words::parse_parent("parent", &request.parent)?;
    let named = rows
        .iter()
        .enumerate()
        .flat_map(|(index, row)| library::named_by(&format!("rows[{index}].target."), None, &row.contents));
    library::demand(state, call, &region, named.collect()).await?;
    let target_packs = state.catalog.all_rules(call, wanted).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let stored = library(state, &mut act, filed, &project_packs).await?;
    let targets = rows.iter().zip(&stored).map(|(row, project)| row.draft(&project.record, call.account()));
    let mut targets: Vec<Target> = targets.collect();
    usage::keep_new(&mut act.tx, &targets).await?;
    filing::judge(state, &mut act, targets.iter_mut(), &target_packs, "rows[].target.").await?;
    let targets = declare(&mut act, targets).await?;
    act.finish(pb::FileBudgetResponse {
        projects: stored.iter().map(convert::project).collect(),
        targets: targets.iter().map(|stored| convert::target(stored, &stored.record)).collect(),
    })
    .await
}

fn parse(call: &Call, request: &pb::FileBudgetRequest) -> Result<Vec<Row>, Fault> {
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    let department: UnitCode = words::word("unit", &request.unit)?;
    let mut faults = Fields::default();
    let total = faults.money("total_yuan", request.total_yuan.as_ref());
    let mut seen = HashSet::new();
    let mut rows = Vec::with_capacity(request.rows.len());
    for (index, given) in request.rows.iter().enumerate() {
        let mut fields = Fields::below(format!("rows[{index}]."));
        let row = parse_row(call, &region, year, given, &mut fields);
        let code = given.project.as_ref().map(|project| project.code.as_str()).unwrap_or_default();
        for (field, value) in [("project.code", code), ("target_id", given.target_id.as_str())] {
            if !seen.insert((field, value)) {
                fields.refuse(field, "重复");
            }
        }
        if row.as_ref().is_some_and(|row| !department.contains(&row.project.unit)) {
            fields.refuse("project.unit", format!("不属于部门 {department}"));
        }
        faults.join(fields);
        rows.extend(row);
    }
    demand_total(total, &rows, &mut faults);
    faults.done()?;
    Ok(rows)
}

fn parse_row(
    call: &Call,
    region: &RegionCode,
    year: FiscalYear,
    given: &pb::BudgetRow,
    fields: &mut Fields,
) -> Option<Row> {
    let (project, target) = (given.project.clone()?, given.target.clone()?);
    let mut of_project = fields.inside("project.");
    let project = convert::parse_project(region, year, call.account(), &project, &mut of_project);
    let mut of_target = fields.inside("target.");
    let contents = convert::parse_contents(&target, year, &mut of_target);
    let kind = of_target.required("object_kind", convert::parse_object_kind(target.object_kind));
    if let (Some(project), Some(contents)) = (&project, &contents)
        && contents.budget != project.request
    {
        of_target.refuse("budget_yuan", format!("与项目申报金额 {} 元不符", project.request));
    }
    if let (Some(project), Some(kind)) = (&project, kind)
        && !project.admits_target_of(kind)
    {
        of_target.refuse("object_kind", "与项目的资金性质或标识不符");
    }
    fields.join(of_project);
    fields.join(of_target);
    Some(Row { project: project?, kind: kind?, target_id: given.target_id.clone(), contents: contents? })
}

/// The department's total is the sum of its projects, once every amount could be read.
fn demand_total(total: Option<Money>, rows: &[Row], faults: &mut Fields) {
    let Some(total) = total.filter(|_| faults.is_sound()) else { return };
    let sum: Decimal = rows.iter().map(|row| row.project.request.yuan()).sum();
    if sum != total.yuan() {
        faults.refuse("total_yuan", format!("各项目申报金额合计 {sum} 元，与部门申报总额 {total} 元不符"));
    }
}

/// Every project as the library has it: stored before with the same attributes, or stored now.
async fn library(
    state: &State,
    act: &mut Act,
    filed: Vec<Project>,
    packs: &crate::peers::Packs,
) -> Result<Vec<Stored<Project>>, Fault> {
    let names: Vec<_> = filed.iter().map(Project::resource_name).collect();
    let found = act.tx.load_many::<Project>(&names, &DataScope::Everything).await?;
    let mut known: HashMap<String, Stored<Project>> =
        found.into_iter().map(|stored| (stored.record.resource_name(), stored)).collect();
    let mut fresh = vec![];
    for project in filed {
        match known.get(&project.resource_name()) {
            Some(stored) if !stored.record.says_the_same(&project) => {
                return Err(Fault::exists(project.resource_name()));
            }
            Some(_) => {}
            None => fresh.push(project),
        }
    }
    projects::judge(state, act, &mut fresh, packs).await?;
    for stored in projects::store(act, fresh).await?.into_iter().flatten() {
        known.insert(stored.record.resource_name(), stored);
    }
    names.iter().map(|name| known.remove(name).ok_or_else(|| Fault::exists(name))).collect()
}

/// Stores filed targets that were not there before.
async fn declare(act: &mut Act, targets: Vec<Target>) -> Result<Vec<Stored<Target>>, Fault> {
    let fresh = act.tx.insert_many(&targets, act.now).await?;
    if let Some(taken) = fresh.iter().position(|fresh| !fresh) {
        return Err(Fault::exists(targets[taken].resource_name()));
    }
    for target in &targets {
        filing::journal(act, target).await?;
    }
    let now = act.now;
    let stored = |record| Stored { record, version: 1, created_at: now, updated_at: now };
    Ok(targets.into_iter().map(stored).collect())
}
