//! Approval (一同批复): targets and the budget of their objects in one act.

use std::collections::{BTreeSet, HashMap};

use hengji_db::Stored;
use hengji_kernel::{DataScope, Money};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::{Act, Begun, Call, Fault, Reason, convert as words};
use serde_json::json;

use super::convert::{self, Fields};
use super::filing::{each_once, in_order};
use super::{State, project_history as history, targets};
use crate::domain::{ControlFigure, GateFacts, GateKind, Project, Target, TargetVersion, decide};
use crate::error::Refusal;
use crate::store::lookup::Surroundings;
use crate::store::tallies;

pub(crate) async fn approve(
    state: &State,
    call: &Call,
    request: pb::ApproveTargetsRequest,
) -> Result<pb::ApproveTargetsResponse, Fault> {
    let names: Vec<String> = request.approvals.iter().map(|approval| approval.name.clone()).collect();
    each_once("approvals", names.iter())?;
    let amounts = parse_amounts(&request)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let loaded = act.tx.load_many::<Target>(&names, &call.scope()).await?;
    let mut approved = in_order(&names, loaded, |stored: &Stored<Target>| stored.record.resource_name())?;
    for (approval, stored) in request.approvals.iter().zip(&approved) {
        words::check_etag(&approval.name, &approval.etag, stored)?;
    }
    let mut budget = Budget::gather(&mut act, &approved).await?;
    let mut versions = Vec::with_capacity(approved.len());
    let mut findings = Findings::default();
    let now = act.now;
    for (index, stored) in approved.iter_mut().enumerate() {
        budget.examine(index, &stored.record, amounts[index], &mut findings);
        let alone = stored.record.demand_without_reduction("批复");
        match alone.and_then(|()| stored.record.approve(call.account(), now)) {
            Ok(version) => versions.push(version),
            Err(refusal) => findings.refuse(&names[index], refusal),
        }
    }
    findings.done()?;
    let initial = budget.enter(&approved, &amounts)?;
    store(&mut act, &versions, &budget).await?;
    let mut answer = Vec::with_capacity(approved.len());
    for (stored, amount) in approved.iter().zip(initial) {
        let stored = act.save(stored).await?;
        journal(&mut act, &stored.record, amount, &request.document).await?;
        answer.push(convert::target(&stored, &stored.record));
    }
    act.finish(pb::ApproveTargetsResponse { targets: answer }).await
}

fn parse_amounts(request: &pb::ApproveTargetsRequest) -> Result<Vec<Money>, Fault> {
    let mut fields = Fields::default();
    let mut amounts = Vec::with_capacity(request.approvals.len());
    for (index, approval) in request.approvals.iter().enumerate() {
        let path = format!("approvals[{index}].approved_yuan");
        amounts.push(fields.money(&path, approval.approved_yuan.as_ref()).unwrap_or_default());
    }
    fields.done()?;
    Ok(amounts)
}

/// The projects whose money is decided, with what the budget gate looks at.
struct Budget {
    projects: HashMap<String, Stored<Project>>,
    surroundings: Surroundings,
}

impl Budget {
    async fn gather(act: &mut Act, approved: &[Stored<Target>]) -> Result<Self, Fault> {
        let names: Vec<String> =
            approved.iter().filter_map(|stored| stored.record.project().map(str::to_owned)).collect();
        let projects = act.tx.load_many::<Project>(&names, &DataScope::Everything).await?;
        let surroundings =
            Surroundings::of(&mut act.tx, projects.iter().map(|stored| &stored.record)).await?;
        let projects = projects.into_iter().map(|stored| (stored.record.resource_name(), stored)).collect();
        Ok(Self { projects, surroundings })
    }

    /// Entering the budget is a gate like any other; and money cut by the assessment is gone (核减).
    fn examine(&self, index: usize, target: &Target, amount: Money, findings: &mut Findings) {
        let Some(stored) = target.project().and_then(|project| self.projects.get(project)) else { return };
        let project = &stored.record;
        let assessment = self.surroundings.assessments.get(&project.resource_name());
        let standing = project.standing();
        let holds = self.surroundings.holds_on(&standing);
        let facts =
            GateFacts { project: &standing, targets: &[target.standing()], holds: &holds, assessment };
        let verdict = decide(GateKind::BudgetEntry, &facts);
        let about_target = |code: &str| code.starts_with("target.");
        for look in verdict.reasons.iter().filter(|look| !look.passed && !about_target(&look.code)) {
            findings.gate.push((target.resource_name(), look.message.clone()));
        }
        let ceiling = assessment.and_then(|assessment| assessment.ceiling(project));
        if let Some(ceiling) = ceiling.filter(|ceiling| target.addition.is_none() && amount > *ceiling) {
            let message = format!("事前评估核减后，批复金额不得超过 {ceiling} 元");
            findings.fields.push((format!("approvals[{index}].approved_yuan"), message));
        }
    }

    /// Projects enter the budget. Money of a target that travels with an addition is counted when the addition is approved.
    /// Answers the initial budget each target stands for.
    fn enter(&mut self, approved: &[Stored<Target>], amounts: &[Money]) -> Result<Vec<Money>, Refusal> {
        let mut initial = Vec::with_capacity(approved.len());
        for (stored, amount) in approved.iter().zip(amounts) {
            let target = &stored.record;
            let Some(project) = target.project().and_then(|project| self.projects.get_mut(project)) else {
                initial.push(*amount);
                continue;
            };
            project.record.enter_budget(target.addition.is_none().then_some(*amount))?;
            initial.push(project.record.approved);
        }
        Ok(initial)
    }
}

/// Keeps approved versions as they are.
pub(super) async fn keep(act: &mut Act, versions: &[TargetVersion]) -> Result<(), Fault> {
    let kept = act.tx.insert_many(versions, act.now).await?;
    match kept.iter().position(|kept| !kept) {
        // somebody else has just approved it
        Some(taken) => Err(Fault::stale(versions[taken].0.resource_name())),
        None => Ok(()),
    }
}

async fn store(act: &mut Act, versions: &[TargetVersion], budget: &Budget) -> Result<(), Fault> {
    keep(act, versions).await?;
    for project in budget.projects.values() {
        history::save(act, project).await?;
    }
    demand_room(act, budget).await
}

/// Budgets stay within the control figure of their department. A figure is saved with each approval it limits, so that two
/// approvals at once cannot both fit.
async fn demand_room(act: &mut Act, budget: &Budget) -> Result<(), Fault> {
    let projects = budget.projects.values().map(|stored| &stored.record);
    let names: BTreeSet<_> = projects
        .map(|project| ControlFigure::name_of(&project.region, project.year, &project.unit))
        .collect();
    let names: Vec<_> = names.into_iter().collect();
    for figure in act.tx.load_many::<ControlFigure>(&names, &DataScope::Everything).await? {
        let figure = act.save(&figure).await?;
        let spent = tallies::spent(&mut act.tx, &figure.record).await?;
        figure.record.demand_room(spent)?;
    }
    Ok(())
}

pub(super) async fn journal(
    act: &mut Act,
    target: &Target,
    amount: Money,
    document: &str,
) -> Result<(), Fault> {
    let payload = json!({
        "object": target.object.name,
        "object_kind": target.object.kind,
        "title": target.object.title,
        "version": target.target_version,
        "amount_yuan": amount,
        "addition": target.addition,
        "reduction": target.reduction,
        "document": document,
    });
    targets::journal(act, "target.approved", target, payload, "").await
}

/// Everything that stands against an approval.
#[derive(Default)]
struct Findings {
    duties: Option<Refusal>,
    states: Vec<(String, String)>,
    gate: Vec<(String, String)>,
    fields: Vec<(String, String)>,
}

impl Findings {
    fn refuse(&mut self, name: &str, refusal: Refusal) {
        match refusal {
            Refusal::DeclarerApproves | Refusal::OnlyReviewerApproves => {
                self.duties.get_or_insert(refusal);
            }
            other => self.states.push((name.to_owned(), other.to_string())),
        }
    }

    fn done(self) -> Result<(), Fault> {
        if let Some(refusal) = self.duties {
            return Err(refusal.into());
        }
        let reason = if self.states.is_empty() { Reason::GateRefused } else { Reason::StateForbids };
        let all: Vec<_> = self.states.into_iter().chain(self.gate).collect();
        if let Some((name, found)) = all.first() {
            let message = format!("{name}：{found}");
            return Err(Fault::preconditions(reason, message, all));
        }
        if self.fields.is_empty() { Ok(()) } else { Err(Fault::fields(Reason::FieldInvalid, self.fields)) }
    }
}
