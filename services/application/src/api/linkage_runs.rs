//! Linkage runs: create (or what-if), apply, get.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use hengji_db::{Filter, Record, Stored};
use hengji_kernel::{Date, FiscalYear, RegionCode};
use hengji_proto::application::v1 as pb;
use hengji_proto::common::v1::ObjectKind;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use hengji_rules::{EffectivePack, ObjectType};
use serde_json::{Value, json};

use super::{State, convert, whole_region};
use crate::access::READS_OF_LINKAGE;
use crate::domain::facts::{Task, project_key};
use crate::domain::linkage::{self, Material, ProjectKey};
use crate::domain::{LinkageProposal, LinkageRun, Rectification};
use crate::error::Refusal;
use crate::store;
use crate::store::proposals::totals;

/// How many years back a run looks for results of the same project.
const YEARS_BACK: i32 = 4;

pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::CreateLinkageRunRequest,
) -> Result<pb::CreateLinkageRunResponse, Fault> {
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    call.reach(&request.parent, &region, None)?;
    whole_region(call, &region, READS_OF_LINKAGE)?;
    let material = material(state, call, &region, year).await?;
    let (run, proposals) = linkage::run(&request.run_id, &material)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let run = act.insert(&run).await?;
    let new = act.tx.insert_many(&proposals, act.now).await?;
    if let Some((_, taken)) = new.iter().zip(&proposals).find(|(new, _)| !**new) {
        return Err(Fault::exists(taken.name()));
    }
    let totals = totals(&mut act.tx, &run.record.name).await?;
    let payload = json!({ "proposals": proposals.len(), "proposed_cut_yuan": totals.cut });
    journal(&mut act, "linkage_run.created", &run, payload).await?;
    let stored = |record| Stored { record, version: 1, created_at: act.now, updated_at: act.now };
    let proposals: Vec<_> = proposals.into_iter().map(stored).collect();
    let answer = pb::CreateLinkageRunResponse {
        run: Some(convert::run(&run, totals)),
        proposals: proposals.iter().map(convert::proposal).collect(),
    };
    act.finish(answer).await
}

/// Asks everybody whatever the rules may want to know.
async fn material(
    state: &State,
    call: &Call,
    region: &RegionCode,
    year: FiscalYear,
) -> Result<Material, Fault> {
    let peers = &state.peers;
    let tasks = peers.tasks(call, region, year, true).await?;
    let projects = peers.projects(call, region, year).await?;
    let positions = peers.positions(call, region, year).await?;
    let next = peers.projects(call, region, year.next()).await?;
    let requests = next.iter().filter_map(|project| Some((owned(&project.name)?, project.request))).collect();
    Ok(Material {
        earlier: earlier(state, call, region, year).await?,
        packs: packs(state, call, region, year, &tasks).await?,
        overdue: overdue(state, region, year).await?,
        region: region.clone(),
        year,
        tasks,
        projects: projects.into_iter().map(|project| (project.name.clone(), project)).collect(),
        positions: positions.into_iter().map(|position| (position.project.clone(), position)).collect(),
        requests,
    })
}

fn owned(project: &str) -> Option<ProjectKey> {
    project_key(project).map(|(region, code)| (region, code.to_owned()))
}

/// Final results of the years before, until a year has none.
async fn earlier(
    state: &State,
    call: &Call,
    region: &RegionCode,
    year: FiscalYear,
) -> Result<Vec<Vec<Task>>, Fault> {
    let mut years = Vec::new();
    for back in 1..=YEARS_BACK {
        let Ok(before) = FiscalYear::try_from(year.number() - back) else { break };
        let tasks = state.peers.tasks(call, region, before, true).await?;
        if tasks.is_empty() {
            break;
        }
        years.push(tasks);
    }
    Ok(years)
}

/// The rules in force at the end of the year evaluated, for each kind of object there is.
async fn packs(
    state: &State,
    call: &Call,
    region: &RegionCode,
    year: FiscalYear,
    tasks: &[Task],
) -> Result<BTreeMap<ObjectType, Arc<EffectivePack>>, Fault> {
    let end = Date::new(year.number(), 12, 31).map_err(Fault::internal)?;
    let kinds: BTreeSet<_> = linkage::strongest(tasks).into_values().map(|task| task.object_type).collect();
    let mut packs = BTreeMap::new();
    for kind in kinds {
        packs.insert(kind, state.peers.rule_book.effective(call, region, end, object_kind(kind)).await?);
    }
    Ok(packs)
}

const fn object_kind(object_type: ObjectType) -> ObjectKind {
    match object_type {
        ObjectType::Project => ObjectKind::Project,
        ObjectType::Policy => ObjectKind::Policy,
        ObjectType::Department => ObjectKind::Department,
        ObjectType::SocialInsuranceFund => ObjectKind::SocialInsuranceFund,
        ObjectType::Bond => ObjectKind::SpecialBond,
        ObjectType::Transfer => ObjectKind::Transfer,
    }
}

/// Projects with a rectification of this or an earlier year that is past its date and not closed.
async fn overdue(state: &State, region: &RegionCode, year: FiscalYear) -> Result<HashSet<ProjectKey>, Fault> {
    let today = state.acts.clock.today();
    let open = Filter::new()
        .region_subtree(region)
        .at_most("year", year)
        .one_of("state", ["issued", "planned", "progressing"]);
    let mut tx = state.acts.db.read().await?;
    let rectifications: Vec<Rectification> = store::all(&mut tx, &open).await?;
    let overdue = rectifications.iter().filter(|one| one.overdue(today));
    Ok(overdue.filter_map(|one| owned(&one.object)).collect())
}

pub(crate) async fn apply(
    state: &State,
    call: &Call,
    request: pb::ApplyLinkageRunRequest,
) -> Result<pb::ApplyLinkageRunResponse, Fault> {
    let expected = words::parse_money("expected_total_yuan", request.expected_total_yuan.as_ref())?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut run = act.load_fresh::<LinkageRun>(call, &request.name, &request.etag).await?;
    let name = run.record.name.clone();
    let mut stored = proposals_of(&mut act, &name).await?;
    let mut records: Vec<_> = stored.iter().map(|one| one.record.clone()).collect();
    let total = crate::domain::linkage_apply(&mut run.record, &mut records, expected, &request.document)?;
    if let Some((project, other)) = store::proposals::applied_elsewhere(&mut act.tx, &name).await? {
        return Err(Refusal::AppliedBefore { project, run: other }.into());
    }
    for (stored, record) in stored.iter_mut().zip(records) {
        stored.record = record;
    }
    let run = act.save(&run).await?;
    let applied = act.save_many(&stored).await?;
    let totals = totals(&mut act.tx, &name).await?;
    crate::domain::ties_out(&name, "逐项核减之和", total, totals.cut)?;
    let payload = json!({
        "document": run.record.document,
        "budget_year": run.record.budget_year,
        "total_cut_yuan": total,
        "cuts": cuts(&applied),
    });
    journal(&mut act, "linkage_run.applied", &run, payload).await?;
    let answer = pb::ApplyLinkageRunResponse {
        run: Some(convert::run(&run, totals)),
        proposals: applied.iter().map(convert::proposal).collect(),
    };
    act.finish(answer).await
}

/// All of them, whatever units the caller sees: a total is of the whole run.
async fn proposals_of(act: &mut Act, run: &str) -> Result<Vec<Stored<LinkageProposal>>, Fault> {
    let names: Vec<String> = store::all::<LinkageProposal>(&mut act.tx, &Filter::new().eq("run", run))
        .await?
        .iter()
        .map(Record::name)
        .collect();
    Ok(act.tx.load_many(&names, &hengji_kernel::DataScope::Everything).await?)
}

fn cuts(applied: &[Stored<LinkageProposal>]) -> Value {
    let cuts = applied.iter().map(|one| &one.record).filter(|one| one.action().takes_money());
    cuts.map(|one| json!({ "project": one.project, "action": one.action(), "cut_yuan": one.cut() })).collect()
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetLinkageRunRequest,
) -> Result<pb::GetLinkageRunResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let stored = tx.load::<LinkageRun>(&request.name, &call.scope()).await?;
    let stored = stored.ok_or_else(|| Fault::not_found(&request.name))?;
    let totals = totals(&mut tx, &request.name).await?;
    Ok(pb::GetLinkageRunResponse { run: Some(convert::run(&stored, totals)) })
}

async fn journal(
    act: &mut Act,
    kind: &'static str,
    stored: &Stored<LinkageRun>,
    payload: Value,
) -> Result<(), Fault> {
    let LinkageRun { name, region, .. } = &stored.record;
    act.journal(News { kind, subject: name, region: Some(region), unit: None, payload, reason: "" }).await
}
