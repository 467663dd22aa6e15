//! Allotments: money and target issued in one act, taken back, get, list.

use hengji_db::DbError;
use hengji_kernel::{DataScope, Date, Money};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::{Act, Call, Fault, Reason, convert as words};
use serde_json::json;

use super::attempts::{attempts, hold, insert_or_again, keep};
use super::payments::within_subtree;
use super::{State, Told, convert, entry, lights};
use crate::domain::{Allotment, AllotmentState, Baseline, Issue, Position, ProjectFacts, ProjectKey};
use crate::error::{Refusal, Trouble};
use crate::peers::Passed;
use crate::store::first_issue;

/// What targets says before money is issued.
pub(super) struct Asked {
    pub(super) passed: Passed,
    pub(super) facts: ProjectFacts,
    baseline: Baseline,
}

/// What the caller says.
struct Said {
    project: ProjectKey,
    amount: Money,
    date: Date,
}

pub(crate) async fn issue(
    state: &State,
    call: &Call,
    request: pb::IssueAllotmentRequest,
) -> Result<pb::IssueAllotmentResponse, Fault> {
    let said = parse(state, &request)?;
    let asked = ask(state, call, &said.project).await?;
    let allotment = allotment(&request, &said, &asked);
    call.reach(&request.project, &said.project.region, Some(&asked.facts.unit))?;
    let places = [(said.project.region.clone(), said.project.year)];
    attempts!(state, call, &request, &places, |act, packs| {
        let held = hold(act, &DataScope::Everything, &said.project, &state.rules, packs).await?;
        let mut position = match &held {
            Some(stored) => stored.record.clone(),
            None => Position::open(said.project.clone(), &asked.facts, &asked.baseline, said.date),
        };
        if asked.baseline.target != position.target || asked.baseline.version > position.target_version {
            position.rebase(&asked.baseline);
        }
        if state.rules.learn(packs, [&position.funds]) {
            return Err(Trouble::Again);
        }
        position.set_budget(&asked.facts, asked.passed.budget);
        position.classify(&asked.facts);
        position.issue(said.amount, said.date)?;
        let changes = packs.of(&position).map(|pack| position.relight(&pack)).unwrap_or_default();
        let stored = act.insert(&allotment).await?;
        reissue(act, call, &allotment.issue).await?;
        let position = match held {
            Some(held) => keep(act, hengji_db::Stored { record: position, ..held }).await?,
            None => insert_or_again(act, &position).await?,
        };
        let mut news = vec![entry(act, issued(&allotment, &position.record))];
        news.extend(lights(act, &position.record, &changes, &allotment.resource_name()));
        act.tx.append_many(news).await?;
        Ok(pb::IssueAllotmentResponse { allotment: Some(convert::allotment(&stored)) })
    })
}

fn parse(state: &State, request: &pb::IssueAllotmentRequest) -> Result<Said, Fault> {
    let project =
        ProjectKey::parse(&request.project).map_err(|invalid| Fault::invalid("project", invalid))?;
    let amount = words::parse_money("amount_yuan", request.amount_yuan.as_ref())?;
    if amount <= Money::ZERO {
        return Err(Fault::field("amount_yuan", "下达金额应大于 0"));
    }
    let date = words::parse_date("issue_date", request.issue_date.as_ref())?;
    if !project.holds(date) {
        return Err(Refusal::date("issue_date", "不在项目的预算年度内", date).into());
    }
    if date > state.acts.clock.today() {
        return Err(Refusal::date("issue_date", "在今天之后", date).into());
    }
    if !request.carried_from.is_empty() {
        let (region, year, _) = words::parse_yearly("carried_from", &request.carried_from, "allotments")?;
        if region != project.region || year >= project.year {
            return Err(Fault::field("carried_from", "应为本地区以前年度的指标"));
        }
    }
    Ok(Said { project, amount, date })
}

/// No target, no money: the gate decides, and names the version that is issued with the money.
pub(super) async fn ask(state: &State, call: &Call, project: &ProjectKey) -> Result<Asked, Fault> {
    let name = project.name();
    let passed = state.targets.pass_fund_issue(call, &name).await?;
    if passed.target_version < 1 {
        let message = format!("{name} 没有已批复的绩效目标");
        return Err(Fault::precondition(Reason::TargetRequired, name, message));
    }
    let (_, baseline) = state.targets.baseline(call, &passed.target, passed.target_version).await?;
    let facts = state.targets.project(call, &name).await?;
    Ok(Asked { passed, facts, baseline })
}

fn allotment(request: &pb::IssueAllotmentRequest, said: &Said, asked: &Asked) -> Allotment {
    Allotment {
        id: request.allotment_id.clone(),
        issue: Issue {
            project: said.project.clone(),
            title: asked.facts.title.clone(),
            unit: asked.facts.unit.clone(),
            document: request.document.clone(),
            amount: said.amount,
            issue_date: said.date,
            target: asked.baseline.target.clone(),
            target_version: asked.baseline.version,
            signed_verdict: asked.passed.signed_verdict.clone(),
            attributes: convert::attributes(request),
            carried_from: request.carried_from.clone(),
        },
        state: AllotmentState::Issued,
        withdraw_date: None,
        changes: vec![],
        reissued: Money::ZERO,
    }
}

/// Carried-over money (结转) comes from the allotment it was left on.
async fn reissue(act: &mut Act, call: &Call, issue: &Issue) -> Result<(), Trouble> {
    if issue.carried_from.is_empty() {
        return Ok(());
    }
    let mut source = act.load::<Allotment>(call, &issue.carried_from).await?;
    source.record.reissue(issue.amount)?;
    match act.tx.save(&source, act.now).await {
        Err(DbError::Stale { .. }) => Err(Trouble::Again),
        saved => Ok(saved.map(|_| ())?),
    }
}

fn issued<'a>(allotment: &'a Allotment, position: &'a Position) -> Told<'a> {
    let issue = &allotment.issue;
    Told {
        kind: "allotment.issued",
        subject: allotment.resource_name(),
        region: &issue.project.region,
        unit: &issue.unit,
        payload: json!({
            "project": issue.project.name(),
            "document": issue.document,
            "amount_yuan": issue.amount,
            "issue_date": issue.issue_date,
            "functional_account": issue.attributes.functional_account,
            "economic_account": issue.attributes.economic_account,
            "fund_kind": issue.attributes.fund_kind,
            "source_level": issue.attributes.source_level,
            "direct": issue.attributes.direct,
            "carried_from": issue.carried_from,
            "target": issue.target,
            "target_version": issue.target_version,
            "allotted_yuan": position.allotted,
            "budget_yuan": position.budget,
        }),
        reason: "",
    }
}

pub(crate) async fn withdraw(
    state: &State,
    call: &Call,
    request: pb::WithdrawAllotmentRequest,
) -> Result<pb::WithdrawAllotmentResponse, Fault> {
    let (region, year, _) = words::parse_yearly("name", &request.name, "allotments")?;
    let date = words::parse_date("withdraw_date", request.withdraw_date.as_ref())?;
    let places = [(region, year)];
    attempts!(state, call, &request, &places, |act, packs| {
        let mut stored = act.load_fresh::<Allotment>(call, &request.name, &request.etag).await?;
        let project = stored.record.issue.project.clone();
        let held = hold(act, &DataScope::Everything, &project, &state.rules, packs).await?;
        let mut position = held.ok_or_else(|| Fault::not_found(project.position()))?;
        let amount = stored.record.current();
        stored.record.withdraw(date, act.today())?;
        let first = first_issue(&mut act.tx, &project.name(), &request.name).await?;
        position.record.withdraw(&request.name, amount, first)?;
        let changes =
            packs.of(&position.record).map(|pack| position.record.relight(&pack)).unwrap_or_default();
        let stored = act.save(&stored).await?;
        let position = keep(act, position).await?;
        let told = Told {
            kind: "allotment.withdrawn",
            subject: request.name.clone(),
            region: &project.region,
            unit: &position.record.unit,
            payload: json!({
                "project": project.name(),
                "amount_yuan": amount,
                "withdraw_date": date,
                "allotted_yuan": position.record.allotted,
            }),
            reason: &request.reason,
        };
        let mut news = vec![entry(act, told)];
        news.extend(lights(act, &position.record, &changes, &request.name));
        act.tx.append_many(news).await?;
        Ok(pb::WithdrawAllotmentResponse { allotment: Some(convert::allotment(&stored)) })
    })
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetAllotmentRequest,
) -> Result<pb::GetAllotmentResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let stored = tx.load::<Allotment>(&request.name, &call.scope()).await?;
    let stored = stored.ok_or_else(|| Fault::not_found(&request.name))?;
    Ok(pb::GetAllotmentResponse { allotment: Some(convert::allotment(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListAllotmentsRequest,
) -> Result<pb::ListAllotmentsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = within_subtree(&request.region, &request.unit, request.year)?;
    if !request.project.is_empty() {
        filter = filter.eq("project", &request.project);
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Allotment>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListAllotmentsResponse {
        allotments: rows.iter().map(convert::allotment).collect(),
        next_page_token,
    })
}
