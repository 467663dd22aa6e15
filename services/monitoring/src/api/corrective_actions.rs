//! Corrective actions (纠偏整改): notice, plan, progress, verification, get, list.

use hengji_db::{Stored, Value};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use serde_json::json;

use super::payments::within_subtree;
use super::{State, convert};
use crate::domain::{
    CorrectiveAction, CorrectiveActionState, Escalation, Position, ProjectKey, Reopening, Report,
};

pub(crate) async fn open(
    state: &State,
    call: &Call,
    request: pb::OpenCorrectiveActionRequest,
) -> Result<pb::OpenCorrectiveActionResponse, Fault> {
    let project =
        ProjectKey::parse(&request.project).map_err(|invalid| Fault::invalid("project", invalid))?;
    let due_date = words::parse_date("due_date", request.due_date.as_ref())?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let position = act.tx.load::<Position>(&project.position(), &call.scope()).await?;
    let position = position.ok_or_else(|| Fault::not_found(&request.project))?;
    let action = CorrectiveAction {
        project,
        id: request.action_id.clone(),
        unit: position.record.funds.unit,
        finding: request.finding.clone(),
        source: request.source.clone(),
        due_date,
        plan: String::new(),
        reports: vec![],
        verification: String::new(),
        effect: String::new(),
        state: CorrectiveActionState::Noticed,
        opener: call.account().to_owned(),
        correctors: vec![],
        escalations: vec![],
        reopenings: vec![],
    };
    let stored = act.insert(&action).await?;
    tell(&mut act, "corrective_action.opened", &stored, &request.finding).await?;
    let action = Some(convert::corrective_action(&stored, act.today()));
    act.finish(pb::OpenCorrectiveActionResponse { corrective_action: action }).await
}

pub(crate) async fn file_plan(
    state: &State,
    call: &Call,
    request: pb::FileCorrectivePlanRequest,
) -> Result<pb::FileCorrectivePlanResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<CorrectiveAction>(call, &request.name, &request.etag).await?;
    stored.record.file_plan(call.account(), request.plan.clone())?;
    let stored = act.save(&stored).await?;
    tell(&mut act, "corrective_action.planned", &stored, &request.plan).await?;
    let action = Some(convert::corrective_action(&stored, act.today()));
    act.finish(pb::FileCorrectivePlanResponse { corrective_action: action }).await
}

pub(crate) async fn report_progress(
    state: &State,
    call: &Call,
    request: pb::ReportCorrectiveProgressRequest,
) -> Result<pb::ReportCorrectiveProgressResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<CorrectiveAction>(call, &request.name, &request.etag).await?;
    stored.record.report(Report {
        text: request.progress.clone(),
        evidence: request.evidence.clone(),
        account: call.account().to_owned(),
        date: Some(act.today()),
    })?;
    let stored = act.save(&stored).await?;
    tell(&mut act, "corrective_action.progressed", &stored, &request.progress).await?;
    let action = Some(convert::corrective_action(&stored, act.today()));
    act.finish(pb::ReportCorrectiveProgressResponse { corrective_action: action }).await
}

pub(crate) async fn verify(
    state: &State,
    call: &Call,
    request: pb::VerifyCorrectiveActionRequest,
) -> Result<pb::VerifyCorrectiveActionResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<CorrectiveAction>(call, &request.name, &request.etag).await?;
    stored.record.verify(call.account(), request.verification.clone(), request.effect.clone())?;
    let stored = act.save(&stored).await?;
    tell(&mut act, "corrective_action.closed", &stored, &request.verification).await?;
    let action = Some(convert::corrective_action(&stored, act.today()));
    act.finish(pb::VerifyCorrectiveActionResponse { corrective_action: action }).await
}

pub(crate) async fn reopen(
    state: &State,
    call: &Call,
    request: pb::ReopenCorrectiveActionRequest,
) -> Result<pb::ReopenCorrectiveActionResponse, Fault> {
    let due = words::parse_date("due_date", request.due_date.as_ref())?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<CorrectiveAction>(call, &request.name, &request.etag).await?;
    let (reason, account) = (request.reason.clone(), call.account().to_owned());
    stored.record.reopen(Reopening { reason, account, date: act.today() }, due)?;
    let stored = act.save(&stored).await?;
    tell(&mut act, "corrective_action.reopened", &stored, &request.reason).await?;
    let action = Some(convert::corrective_action(&stored, act.today()));
    act.finish(pb::ReopenCorrectiveActionResponse { corrective_action: action }).await
}

pub(crate) async fn escalate(
    state: &State,
    call: &Call,
    request: pb::EscalateCorrectiveActionRequest,
) -> Result<pb::EscalateCorrectiveActionResponse, Fault> {
    let (region, _) = words::parse_organization("organization", &request.organization)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<CorrectiveAction>(call, &request.name, &request.etag).await?;
    let escalation = Escalation {
        organization: request.organization.clone(),
        reason: request.reason.clone(),
        account: call.account().to_owned(),
        date: act.today(),
    };
    stored.record.escalate(escalation, &region)?;
    let stored = act.save(&stored).await?;
    tell(&mut act, "corrective_action.escalated", &stored, &request.reason).await?;
    let action = Some(convert::corrective_action(&stored, act.today()));
    act.finish(pb::EscalateCorrectiveActionResponse { corrective_action: action }).await
}

pub(crate) async fn tell(
    act: &mut Act,
    kind: &'static str,
    stored: &Stored<CorrectiveAction>,
    text: &str,
) -> Result<(), Fault> {
    let record = &stored.record;
    act.journal(News {
        kind,
        subject: &record.resource_name(),
        region: Some(&record.project.region),
        unit: Some(&record.unit),
        payload: json!({ "project": record.project.name(), "state": record.state, "text": text }),
        reason: "",
    })
    .await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetCorrectiveActionRequest,
) -> Result<pb::GetCorrectiveActionResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let stored = tx.load::<CorrectiveAction>(&request.name, &call.scope()).await?;
    let stored = stored.ok_or_else(|| Fault::not_found(&request.name))?;
    let action = Some(convert::corrective_action(&stored, state.acts.clock.today()));
    Ok(pb::GetCorrectiveActionResponse { corrective_action: action })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListCorrectiveActionsRequest,
) -> Result<pb::ListCorrectiveActionsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let today = state.acts.clock.today();
    let mut filter = within_subtree(&request.region, &request.unit, request.year)?;
    if !request.project.is_empty() {
        filter = filter.eq("project", &request.project);
    }
    if let Some(action) = convert::parse_action_state(request.state()) {
        filter = filter.eq("state", Value::word(&action));
    }
    if request.overdue {
        let unfinished = CorrectiveActionState::UNFINISHED.map(|state| Value::word(&state));
        filter = filter.one_of("state", unfinished).at_most("due_date", today.plus_days(-1));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<CorrectiveAction>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (corrective_actions, next_page_token) =
        state.pages.close_long(&page, rows, |stored| convert::corrective_action(stored, today))?;
    Ok(pb::ListCorrectiveActionsResponse { corrective_actions, next_page_token })
}
