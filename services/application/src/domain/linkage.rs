//! From the year's final results to one proposal for each project.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use hengji_kernel::{FiscalYear, Grade, Money, RegionCode, name};
use hengji_rules::linkage::{LinkageFacts, Proposal, propose};
use hengji_rules::pack::LinkageAction;
use hengji_rules::{EffectivePack, ObjectType};
use sha2::{Digest, Sha256};

use super::facts::{Position, Project, Task, project_key};
use super::proposal::{Action, LinkageProposal, LinkageRun, ProposalState, RunState};
use crate::error::Refusal;

/// A project in every year: its region and its code.
pub(crate) type ProjectKey = (RegionCode, String);

/// Everything a run is made from.
pub(crate) struct Material {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    /// Final tasks of the year.
    pub(crate) tasks: Vec<Task>,
    /// Final tasks of the years before, latest year first.
    pub(crate) earlier: Vec<Vec<Task>>,
    pub(crate) projects: HashMap<String, Project>,
    pub(crate) positions: HashMap<String, Position>,
    /// What is asked for in the year whose budget is changed.
    pub(crate) requests: HashMap<ProjectKey, Money>,
    pub(crate) overdue: HashSet<ProjectKey>,
    pub(crate) packs: BTreeMap<ObjectType, Arc<EffectivePack>>,
}

fn key(object: &str) -> Option<ProjectKey> {
    project_key(object).map(|(region, code)| (region, code.to_owned()))
}

/// For each project the evaluation on the strongest basis; of two equally strong ones the first by name.
pub(crate) fn strongest(tasks: &[Task]) -> BTreeMap<&str, &Task> {
    let mut chosen: BTreeMap<&str, &Task> = BTreeMap::new();
    for task in tasks.iter().filter(|task| task.is_final && project_key(&task.object).is_some()) {
        let place = chosen.entry(&task.object).or_insert(task);
        let rank = |task: &Task| (u8::MAX - task.kind.basis().0, task.name.clone());
        if rank(task) < rank(place) {
            *place = task;
        }
    }
    chosen
}

/// The run and its proposals; every project the rules cannot decide is named at once.
pub(crate) fn run(run_id: &str, material: &Material) -> Result<(LinkageRun, Vec<LinkageProposal>), Refusal> {
    let run = LinkageRun {
        name: name::yearly(&material.region, material.year, "linkageRuns", run_id),
        region: material.region.clone(),
        year: material.year,
        budget_year: material.year.next(),
        proposal_count: 0,
        applied_total: None,
        state: RunState::Proposed,
        document: String::new(),
        rule_pack_sha256: digest(material.packs.values()),
    };
    let earlier: Vec<HashMap<ProjectKey, Grade>> =
        material.earlier.iter().map(|tasks| grades(tasks)).collect();
    let (mut proposals, mut findings) = (Vec::new(), Vec::new());
    for task in strongest(&material.tasks).into_values() {
        match one(&run, run_id, task, material, &earlier) {
            Ok(proposal) => proposals.push(proposal),
            Err(finding) => findings.push((task.object.clone(), finding)),
        }
    }
    if !findings.is_empty() {
        return Err(Refusal::RulesUnfit(findings));
    }
    proposals.sort_by(|a: &LinkageProposal, b| a.name.cmp(&b.name));
    Ok((LinkageRun { proposal_count: proposals.len().try_into().unwrap_or(i32::MAX), ..run }, proposals))
}

fn one(
    run: &LinkageRun,
    run_id: &str,
    task: &Task,
    material: &Material,
    earlier: &[HashMap<ProjectKey, Grade>],
) -> Result<LinkageProposal, String> {
    let (region, code) = key(&task.object).ok_or("评价对象不是项目")?;
    let project = material.projects.get(&task.object).ok_or("项目库中没有该项目")?;
    let pack = material.packs.get(&task.object_type).ok_or("没有该类对象的规则")?;
    let facts = facts(task, project, material, earlier, &(region.clone(), code.clone()));
    let proposal = propose(&facts, pack).map_err(|refusal| refusal.message)?;
    let action = measure(proposal.action);
    let base = proposal.base.unwrap_or_else(|| project.budget());
    // a township's project of the same code keeps apart from the county's
    let id =
        if region == run.region { format!("{run_id}-{code}") } else { format!("{run_id}-{region}-{code}") };
    Ok(LinkageProposal {
        name: name::yearly(&run.region, run.year, "linkageProposals", &id),
        region,
        year: run.year,
        run: run.name.clone(),
        project: project.name.clone(),
        title: project.title.clone(),
        unit: project.unit.clone(),
        task: task.name.clone(),
        grade: task.grade,
        score: task.total,
        amount_source: project.amount_source.clone(),
        base,
        proposed_action: action,
        proposed_cut: proposed_cut(action, &proposal, base),
        explanation: proposal.explanation,
        decided: None,
        decider: String::new(),
        state: ProposalState::Proposed,
    })
}

/// Idle money, overlaps and marks such as 民生 are not in the project library, so no rule on them applies by itself.
fn facts(
    task: &Task,
    project: &Project,
    material: &Material,
    earlier: &[HashMap<ProjectKey, Grade>],
    key: &ProjectKey,
) -> LinkageFacts {
    let position = material.positions.get(&task.object);
    LinkageFacts {
        object_type: task.object_type,
        nature: project.nature,
        basis: task.kind.basis().1,
        grade: task.grade,
        score: task.total,
        consecutive_years: task.grade.map_or(0, |grade| consecutive(grade, key, earlier)),
        rectification_overdue: material.overdue.contains(key),
        execution_rate_percent: position.and_then(|position| position.rate),
        idle_years: 0,
        idle_balance: None,
        overlapping: false,
        marks: vec![],
        last_budget: Some(project.budget()),
        request: material.requests.get(key).copied(),
        last_executed: position.map(|position| position.paid),
    }
}

/// Years running at this grade or worse, this one included.
fn consecutive(grade: Grade, key: &ProjectKey, earlier: &[HashMap<ProjectKey, Grade>]) -> u32 {
    let before = earlier.iter().take_while(|year| year.get(key).is_some_and(|before| *before >= grade));
    1 + u32::try_from(before.count()).unwrap_or(u32::MAX - 1)
}

fn grades(tasks: &[Task]) -> HashMap<ProjectKey, Grade> {
    strongest(tasks).into_values().filter_map(|task| Some((key(&task.object)?, task.grade?))).collect()
}

/// A rule's measure in the words of a proposal. Those that take no money leave the base as it is.
const fn measure(action: LinkageAction) -> Action {
    match action {
        LinkageAction::Keep => Action::Keep,
        LinkageAction::Priority => Action::Priority,
        LinkageAction::Cut => Action::Cut,
        LinkageAction::Cancel => Action::Cancel,
        LinkageAction::RecoverBalance => Action::Recover,
        LinkageAction::ControlGrowth => Action::ControlGrowth,
        LinkageAction::Suspend => Action::Suspend,
        LinkageAction::Merge => Action::Merge,
        LinkageAction::NoNewSameType => Action::NoNewSameType,
        LinkageAction::Reassess => Action::Reassess,
    }
}

/// A cancelled project loses its whole base where the rule names no share.
fn proposed_cut(action: Action, proposal: &Proposal, base: Money) -> Money {
    match (action.takes_money(), proposal.cut) {
        (false, _) => Money::ZERO,
        (true, Some(cut)) => cut.min(base),
        (true, None) if action == Action::Cancel => base,
        (true, None) => Money::ZERO,
    }
}

/// Digest of the rules as resolved; of several object types, over their digests in order.
fn digest<'a>(packs: impl Iterator<Item = &'a Arc<EffectivePack>>) -> String {
    let one = |pack: &Arc<EffectivePack>| {
        hex::encode(Sha256::digest(serde_json::to_string(pack.as_ref()).unwrap_or_default()))
    };
    let digests: Vec<_> = packs.map(one).collect();
    match digests.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        several => hex::encode(Sha256::digest(several.join(""))),
    }
}
