//! Ex-ante assessments: open, score, conclude, get, list.

use hengji_db::{DbError, Stored, Value};
use hengji_kernel::DataScope;
use hengji_proto::targets::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, Reason, convert as words};
use hengji_rules::EffectivePack;
use hengji_rules::ex_ante::AspectScore;
use hengji_rules::pack::Conclusion;
use serde_json::json;

use super::convert::{self, Fields};
use super::{State, project_history as history, projects};
use crate::domain::{Assessment, Condition, Coverage, Project, Scorer, ScorerKind, Unfit};
use crate::store::{listed, lookup, tallies};

pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::CreateExAnteAssessmentRequest,
) -> Result<pb::CreateExAnteAssessmentResponse, Fault> {
    let (region, year, _) = words::parse_yearly("project", &request.project, "projects")?;
    let present = state.find::<Project>(&call.scope(), &request.project).await?.record;
    let pack = state.catalog.rules(call, &state.rules_for_project(&present)).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let project = act.load::<Project>(call, &request.project).await?.record;
    project.demand_assessable()?;
    let mut assessment = Assessment {
        region,
        year,
        id: request.assessment_id.clone(),
        project: request.project.clone(),
        object_type: Some(project.object_type()),
        unit: project.unit,
        scores: vec![],
        scorers: vec![],
        aspects: vec![],
        outcome: None,
        superseded: false,
    };
    assessment.open(&pack).map_err(|unfit| unconcluded(unfit, &request.project))?;
    let stored = act.insert(&assessment).await?;
    journal(&mut act, "ex_ante.created", &stored, json!({ "project": assessment.project })).await?;
    act.finish(pb::CreateExAnteAssessmentResponse { assessment: Some(convert::assessment(&stored)) }).await
}

pub(crate) async fn score(
    state: &State,
    call: &Call,
    request: pb::ScoreExAnteAssessmentRequest,
) -> Result<pb::ScoreExAnteAssessmentResponse, Fault> {
    let scores = parse_scores(&request)?;
    let scorer = parse_scorer(&request)?;
    let pack = rules(state, call, &request.name).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Assessment>(call, &request.name, &request.etag).await?;
    let project = project_of(&mut act, &stored.record).await?.record;
    stored
        .record
        .score(&project, call.account(), scorer, scores, &pack)
        .map_err(|unfit| refuse(unfit, &request))?;
    let stored = act.save(&stored).await?;
    let payload = json!({ "project": stored.record.project, "expert": request.expert });
    journal(&mut act, "ex_ante.scored", &stored, payload).await?;
    act.finish(pb::ScoreExAnteAssessmentResponse { assessment: Some(convert::assessment(&stored)) }).await
}

fn parse_scores(request: &pb::ScoreExAnteAssessmentRequest) -> Result<Vec<AspectScore>, Fault> {
    let mut fields = Fields::default();
    let mut scores = Vec::with_capacity(request.scores.len());
    for (index, score) in request.scores.iter().enumerate() {
        let path = format!("scores[{index}].points");
        let points = fields.decimal(&path, score.points.as_ref());
        let points = fields.required(&path, points).unwrap_or_default();
        scores.push(AspectScore { aspect: score.aspect.clone(), points });
    }
    fields.done()?;
    Ok(scores)
}

fn parse_scorer(request: &pb::ScoreExAnteAssessmentRequest) -> Result<Scorer, Fault> {
    let kind = convert::parse_scorer_kind(request.scorer_kind).unwrap_or(ScorerKind::Expert);
    let institution = match kind {
        ScorerKind::Institution => {
            words::parse_organization("institution", &request.institution)?;
            Some(request.institution.clone())
        }
        ScorerKind::Expert if !request.institution.is_empty() => {
            return Err(Fault::field("institution", "专家打分不填机构"));
        }
        ScorerKind::Expert => None,
    };
    Ok(Scorer { name: request.expert.clone(), kind, institution })
}

/// What does not fit an aspect is told at the row that gave it.
fn refuse(unfit: Unfit, request: &pb::ScoreExAnteAssessmentRequest) -> Fault {
    match unfit {
        Unfit::Refused(refusal) => refusal.into(),
        Unfit::Pack(message) => Fault::precondition(Reason::RulePackUnfit, &request.name, message),
        Unfit::Aspects(faults) => {
            let path = |aspect: &str| {
                let row = request.scores.iter().position(|score| score.aspect == aspect);
                row.map_or_else(|| "scores".to_owned(), |row| format!("scores[{row}]"))
            };
            let faults = faults.into_iter().map(|(aspect, message)| (path(&aspect), message)).collect();
            Fault::fields(Reason::FieldInvalid, faults)
        }
    }
}

pub(crate) async fn conclude(
    state: &State,
    call: &Call,
    request: pb::ConcludeExAnteAssessmentRequest,
) -> Result<pb::ConcludeExAnteAssessmentResponse, Fault> {
    let conditions = parse_conditions(&request)?;
    let cut = words::parse_money_or_zero("cut_yuan", request.cut_yuan.as_ref())?;
    let pack = rules(state, call, &request.name).await?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Assessment>(call, &request.name, &request.etag).await?;
    let mut project = project_of(&mut act, &stored.record).await?;
    project.record.demand_assessable()?;
    let now = act.now;
    let outcome = stored.record.conclude(&project.record, conditions, cut, &pack, now);
    let outcome = outcome.map_err(|unfit| unconcluded(unfit, &request.name))?.clone();
    supersede(&mut act, &stored.record).await?;
    let stored = save_counting(&mut act, &stored).await?;
    bear_consequences(&mut act, &mut project, &stored.record).await?;
    let condition = |condition: &Condition| json!({ "condition_id": condition.id, "text": condition.text, "due_date": condition.due });
    let payload = json!({
        "project": stored.record.project,
        "total": outcome.total,
        "grade": outcome.grade,
        "conclusion": outcome.conclusion,
        "requested_yuan": outcome.requested,
        "cut_yuan": outcome.cut,
        "conditions": outcome.conditions.iter().map(condition).collect::<Vec<_>>(),
    });
    journal(&mut act, "ex_ante.concluded", &stored, payload).await?;
    act.finish(pb::ConcludeExAnteAssessmentResponse { assessment: Some(convert::assessment(&stored)) }).await
}

/// Of several assessments of one project the one concluded last counts.
async fn supersede(act: &mut Act, concluded: &Assessment) -> Result<(), Fault> {
    let Some(mut former) = lookup::assessment_of(&mut act.tx, &concluded.project).await? else {
        return Ok(());
    };
    former.record.superseded = true;
    act.save(&former).await?;
    Ok(())
}

/// Of two conclusions at once only one can count: the slower one has to read again.
async fn save_counting(act: &mut Act, stored: &Stored<Assessment>) -> Result<Stored<Assessment>, Fault> {
    match act.tx.save(stored, act.now).await {
        Err(DbError::Constraint(_)) => Err(Fault::stale(stored.record.resource_name())),
        saved => Ok(saved?),
    }
}

/// A refused project is out; institutions that scored may not evaluate it later.
async fn bear_consequences(
    act: &mut Act,
    project: &mut Stored<Project>,
    concluded: &Assessment,
) -> Result<(), Fault> {
    let before = project.record.clone();
    if concluded.outcome.as_ref().is_some_and(|outcome| outcome.conclusion == Conclusion::Refuse) {
        project.record.refuse();
    }
    project.record.assessed_by(concluded.institutions());
    if project.record != before {
        history::save(act, project).await?;
    }
    Ok(())
}

/// Points that fitted when they were filed may no longer fit the rules in force.
fn unconcluded(unfit: Unfit, name: &str) -> Fault {
    match unfit {
        Unfit::Refused(refusal) => refusal.into(),
        Unfit::Pack(message) => Fault::precondition(Reason::RulePackUnfit, name, message),
        Unfit::Aspects(faults) => {
            Fault::preconditions(Reason::RulePackUnfit, "打分与现行规则不符，请重新打分", faults)
        }
    }
}

fn parse_conditions(request: &pb::ConcludeExAnteAssessmentRequest) -> Result<Vec<Condition>, Fault> {
    let mut fields = Fields::default();
    let mut conditions: Vec<Condition> = Vec::with_capacity(request.conditions.len());
    for (index, given) in request.conditions.iter().enumerate() {
        let id = fields.filled(&format!("conditions[{index}].condition_id"), &given.condition_id, 40);
        if conditions.iter().any(|other| other.id == id) {
            fields.refuse(&format!("conditions[{index}].condition_id"), "编号重复");
        }
        let text = fields.filled(&format!("conditions[{index}].text"), &given.text, 500);
        let due =
            words::parse_date_or_none(&format!("conditions[{index}].due_date"), given.due_date.as_ref())?;
        conditions.push(Condition { id, text, due });
    }
    fields.done()?;
    Ok(conditions)
}

async fn rules(state: &State, call: &Call, name: &str) -> Result<std::sync::Arc<EffectivePack>, Fault> {
    let assessment = state.find::<Assessment>(&call.scope(), name).await?.record;
    let project = state.find::<Project>(&DataScope::Everything, &assessment.project).await?.record;
    state.catalog.rules(call, &state.rules_for_project(&project)).await
}

/// Whoever may see an assessment may know its project.
async fn project_of(act: &mut Act, assessment: &Assessment) -> Result<Stored<Project>, Fault> {
    let found = act.tx.load::<Project>(&assessment.project, &DataScope::Everything).await?;
    found.ok_or_else(|| Fault::not_found(&assessment.project))
}

async fn journal(
    act: &mut Act,
    kind: &'static str,
    stored: &Stored<Assessment>,
    payload: serde_json::Value,
) -> Result<(), Fault> {
    act.journal(News {
        kind,
        subject: &stored.record.resource_name(),
        region: Some(&stored.record.region),
        unit: Some(&stored.record.unit),
        payload,
        reason: "",
    })
    .await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetExAnteAssessmentRequest,
) -> Result<pb::GetExAnteAssessmentResponse, Fault> {
    let stored = state.find::<Assessment>(&call.scope(), &request.name).await?;
    Ok(pb::GetExAnteAssessmentResponse { assessment: Some(convert::assessment(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListExAnteAssessmentsRequest,
) -> Result<pb::ListExAnteAssessmentsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = projects::within_units(projects::within(&request.region, request.year)?, &request.unit)?;
    if let Some(grade) = words::parse_grade(request.grade) {
        filter = filter.eq("grade", Value::word(&grade));
    }
    filter = match request.state() {
        pb::ExAnteState::Unspecified => filter,
        pb::ExAnteState::Draft => filter.eq("state", "draft"),
        pb::ExAnteState::Concluded => filter.eq("state", "concluded"),
    };
    if !request.project.is_empty() {
        filter = filter.eq("project", &request.project);
    }
    filter = projects::of_money(filter, request.fund_kind, request.mark);
    let mut tx = state.acts.db.read().await?;
    let rows = listed::page::<Assessment>(&mut tx, &call.scope(), &filter, &page).await?;
    let (assessments, next_page_token) = state.pages.close_long(&page, rows, convert::assessment)?;
    Ok(pb::ListExAnteAssessmentsResponse { assessments, next_page_token })
}

pub(crate) async fn coverage(
    state: &State,
    call: &Call,
    request: pb::GetExAnteCoverageRequest,
) -> Result<pb::GetExAnteCoverageResponse, Fault> {
    let filter = projects::within_units(projects::within(&request.region, request.year)?, &request.unit)?;
    let mut tx = state.acts.db.read().await?;
    let rows = tallies::assessed(&mut tx, &call.scope(), &filter).await?;
    let coverage = Some(convert::coverage(&Coverage::of(&rows)));
    Ok(pb::GetExAnteCoverageResponse { coverage })
}
