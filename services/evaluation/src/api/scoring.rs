//! Scoring: what stands elsewhere is asked first, then everything is decided and written at once.

use std::sync::Arc;

use hengji_db::Stored;
use hengji_kernel::Date;
use hengji_proto::evaluation::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Begun, Call, Fault, Reason, convert as words};
use hengji_rules::{EffectivePack, ObjectType};
use serde_json::{Value, json};

use super::{State, convert, organization, tasks};
use crate::access;
use crate::domain::{self, EvaluationTask, Given, Material, Problem, Report, Subject};
use crate::error::Refusal;
use crate::peers::{self, Purse};

/// Decimals a score given by a person may have, as the computed ones have.
const SCORE_PLACES: u32 = 2;

pub(crate) async fn score(
    state: &State,
    call: &Call,
    request: pb::ScoreEvaluationTaskRequest,
) -> Result<pb::ScoreEvaluationTaskResponse, Fault> {
    let report = parse(&request)?;
    let seen = tasks::load(state, call, &request.name).await?;
    words::check_etag(&request.name, &request.etag, &seen)?;
    check_scorer(call, &seen.record)?;
    let (material, pack) = gather(state, call, &seen.record).await?;
    let scored = domain::score(&material, report, &pack)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut task = act.load_fresh::<EvaluationTask>(call, &request.name, &request.etag).await?;
    check_scorer(call, &task.record)?;
    task.record.take_score(scored, organization(call).as_ref())?;
    let stored = act.save(&task).await?;
    act.journal(News {
        kind: "evaluation_task.scored",
        subject: &request.name,
        region: Some(&stored.record.region),
        unit: Some(&stored.record.subject.unit),
        payload: result(&stored),
        reason: "",
    })
    .await?;
    act.finish(pb::ScoreEvaluationTaskResponse { task: Some(convert::task(&stored)) }).await
}

fn check_scorer(call: &Call, task: &EvaluationTask) -> Result<(), Refusal> {
    let for_finance = call.scope_of(access::FINANCE).contains(&task.region, Some(&task.subject.unit));
    task.check_scorer(organization(call).as_ref(), for_finance)
}

/// What a follower needs to know of a result.
pub(super) fn result(stored: &Stored<EvaluationTask>) -> Value {
    let task = &stored.record;
    json!({
        "kind": task.kind,
        "object": task.subject.object,
        "target": task.subject.target,
        "target_version": task.subject.target_version,
        "evaluator": task.evaluator,
        "amount_yuan": task.subject.amount,
        "executed_yuan": task.executed,
        "total": task.scorecard.as_ref().map(|card| card.total),
        "grade": task.scorecard.as_ref().map(|card| card.grade),
        "target_missed": task.target_missed,
        "problems": task.problems.len(),
        "rule_pack_sha256": task.scorecard.as_ref().map(|card| &card.rule_pack_sha256),
    })
}

fn parse(request: &pb::ScoreEvaluationTaskRequest) -> Result<Report, Fault> {
    let mut given = Vec::with_capacity(request.given_scores.len());
    for (index, row) in request.given_scores.iter().enumerate() {
        given.push(parse_given(&format!("given_scores[{index}]"), row)?);
    }
    let mut problems: Vec<Problem> = Vec::with_capacity(request.problems.len());
    for (index, row) in request.problems.iter().enumerate() {
        let id = row.problem_id.trim();
        if id.is_empty() || problems.iter().any(|earlier| earlier.id == id) {
            return Err(Fault::field(format!("problems[{index}].problem_id"), "必填，且在任务内不得重复"));
        }
        if row.text.trim().is_empty() {
            return Err(Fault::field(format!("problems[{index}].text"), "必填"));
        }
        problems.push(Problem {
            id: id.to_owned(),
            text: row.text.clone(),
            suggestion: row.suggestion.clone(),
        });
    }
    Ok(Report { given, problems, conclusion: request.conclusion.clone() })
}

fn parse_given(path: &str, row: &pb::GivenScore) -> Result<Given, Fault> {
    let score = words::parse_decimal(&format!("{path}.score"), row.score.as_ref())?;
    if score.is_some_and(|score| score.normalize().scale() > SCORE_PLACES) {
        return Err(Fault::field(format!("{path}.score"), "得分最多两位小数"));
    }
    if score.is_some() && row.reason.trim().is_empty() {
        return Err(Fault::field(format!("{path}.reason"), "改动计算得分须写明理由"));
    }
    Ok(Given {
        code: row.code.clone(),
        share_percent: words::parse_decimal(&format!("{path}.share_percent"), row.share_percent.as_ref())?,
        score,
        reason: row.reason.clone(),
        not_applicable: row.not_applicable,
    })
}

/// Baseline, readings and money as they stand, and the rules in force on the last day of the year.
async fn gather(
    state: &State,
    call: &Call,
    task: &EvaluationTask,
) -> Result<(Material, Arc<EffectivePack>), Fault> {
    let Subject { object, object_kind, target, unit, .. } = &task.subject;
    let year_end = Date::new(task.year.number(), 12, 31).map_err(Fault::internal)?;
    let purse = match object_kind {
        ObjectType::Department => Purse::Department { region: &task.region, unit, year: task.year },
        _ => Purse::Project(object),
    };
    let (baseline, readings, money, corrections, pack) = futures::try_join!(
        state.peers.baseline(call, target),
        state.peers.readings(call, object, task.year),
        state.peers.money(call, purse),
        state.peers.corrections(call, *object_kind, object),
        state.rule_book.effective(call, &task.region, year_end, peers::object_kind(*object_kind)),
    )?;
    let money = money.ok_or_else(|| {
        let finding =
            (domain::EXECUTION.to_owned(), "没有下达和支付记录，执行数未知：未知不等于零".to_owned());
        Fault::preconditions(Reason::NotScorable, "无法计分：监控中没有该对象的资金情况", vec![finding])
    })?;
    Ok((Material { year: task.year, baseline, readings, money, corrections }, pack))
}
