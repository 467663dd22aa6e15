//! Monitoring rounds (监控批次): opened with a prefilled form for each project, closed, get, list, statistics.

use std::collections::HashMap;

use hengji_db::{Filter, Stored, Tx, Value};
use hengji_kernel::{DataScope, FiscalYear, RegionCode};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, Reason, convert as words};
use hengji_rules::{ObjectType, rounds as calendar};
use serde_json::json;

use super::attempts::attempts;
use super::payments::within_subtree;
use super::positions::{all_under, places};
use super::{State, Told, convert, entry};
use crate::domain::{MonitoringForm, Packs, Position, Reading, Round, RoundState};
use crate::error::{Refusal, Trouble};
use crate::store::{form_counts, paid_by_position};

/// Readings of a region and year a round is filled from, at most.
const MOST_READINGS: usize = 1_000_000;

pub(crate) async fn open(
    state: &State,
    call: &Call,
    request: pb::OpenRoundRequest,
) -> Result<pb::OpenRoundResponse, Fault> {
    let planned = planned(state, call, &request).await?;
    let mut round = parse(call, &request, planned.as_ref())?;
    round.check_dates(state.acts.clock.today())?;
    call.reach(&request.parent, &round.region, round.scope.unit.as_ref())?;
    let found = positions(&mut state.acts.db.read().await?, &round).await?;
    let places = places(&found, round.year);
    attempts!(state, call, &request, &places, |act, packs| {
        let positions = positions(&mut act.tx, &round).await?;
        if state.rules.learn(packs, positions.iter().map(|stored| &stored.record.funds)) {
            return Err(Trouble::Again);
        }
        let forms = forms(&mut act.tx, &round, &positions, packs).await?;
        if forms.is_empty() {
            return Err(Refusal::field("scope", "范围内没有截止日前已下达资金的项目").into());
        }
        round.form_count = i32::try_from(forms.len()).unwrap_or(i32::MAX);
        let stored = act.insert(&round).await?;
        let now = act.now;
        act.tx.insert_many(&forms, now).await?;
        let news = forms.iter().map(|form| opened(act, form)).collect();
        act.tx.append_many(news).await?;
        tell(act, "round.opened", &stored, "").await?;
        Ok(pb::OpenRoundResponse { round: Some(convert::monitoring_round(&stored)) })
    })
}

/// The round of the pack's calendar that the request names, if it names one.
async fn planned(
    state: &State,
    call: &Call,
    request: &pb::OpenRoundRequest,
) -> Result<Option<calendar::Round>, Fault> {
    if request.calendar_round.is_empty() {
        return Ok(None);
    }
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    let mut rounds = year_rounds(state, call, &region, year).await?;
    let Some(index) = rounds.iter().position(|round| round.name == request.calendar_round) else {
        let known: Vec<_> = rounds.iter().map(|round| round.name.as_str()).collect();
        return Err(Fault::field("calendar_round", format!("监控日历中只有：{}", known.join("、"))));
    };
    Ok(Some(rounds.swap_remove(index)))
}

async fn year_rounds(
    state: &State,
    call: &Call,
    region: &RegionCode,
    year: FiscalYear,
) -> Result<Vec<calendar::Round>, Fault> {
    let pack = state.rules.of_year(call, region, year).await?;
    calendar::rounds(year, ObjectType::Project, &pack)
        .map_err(|refusal| Fault::precondition(Reason::RulePackUnfit, refusal.rule, refusal.message))
}

pub(crate) async fn calendar(
    state: &State,
    call: &Call,
    request: pb::GetRoundCalendarRequest,
) -> Result<pb::GetRoundCalendarResponse, Fault> {
    let region: RegionCode = words::word("region", &request.region)?;
    let year = words::year("year", request.year)?;
    let rounds = year_rounds(state, call, &region, year).await?;
    Ok(pb::GetRoundCalendarResponse { rounds: rounds.iter().map(convert::calendar_round).collect() })
}

fn parse(
    call: &Call,
    request: &pb::OpenRoundRequest,
    planned: Option<&calendar::Round>,
) -> Result<Round, Fault> {
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    let cut_off = words::parse_date_or_none("cut_off_date", request.cut_off_date.as_ref())?;
    let due = words::parse_date_or_none("due_date", request.due_date.as_ref())?;
    let missing = |field: &str| Fault::field(field, "必填，或由 calendar_round 指明监控日历中的批次");
    Ok(Round {
        region,
        year,
        id: request.round_id.clone(),
        title: request.title.clone(),
        scope: convert::parse_round_scope(request.scope.as_ref())?,
        cut_off: cut_off.or(planned.map(|round| round.cut_off)).ok_or_else(|| missing("cut_off_date"))?,
        due: due.or(planned.map(|round| round.due)).ok_or_else(|| missing("due_date"))?,
        state: RoundState::Open,
        form_count: 0,
        opener: call.account().to_owned(),
        conclusion: String::new(),
    })
}

/// Region and unit subtree and year of a round.
fn within(round: &Round) -> Filter {
    let filter = Filter::new().region_subtree(&round.region).eq("year", round.year);
    match &round.scope.unit {
        Some(unit) => filter.unit_subtree(unit),
        None => filter,
    }
}

async fn positions(tx: &mut Tx, round: &Round) -> Result<Vec<Stored<Position>>, Fault> {
    let under = (&round.region, round.scope.unit.as_ref(), round.year);
    all_under(tx, under, "scope.unit").await
}

/// A form for each project of the scope that had money by the cut-off, as it stood then.
async fn forms(
    tx: &mut Tx,
    round: &Round,
    positions: &[Stored<Position>],
    packs: &Packs,
) -> Result<Vec<MonitoringForm>, Fault> {
    let unit = round.scope.unit.as_ref();
    let paid = paid_by_position(tx, &round.region, unit, round.year, round.cut_off).await?;
    let readings = readings(tx, round).await?;
    let mut forms = Vec::new();
    for Stored { record, .. } in positions {
        if record.first_issue.is_none_or(|first| first > round.cut_off) {
            continue;
        }
        let of_project = readings.get(&record.project.name()).map(Vec::as_slice).unwrap_or_default();
        let paid = paid.get(&record.resource_name()).copied().unwrap_or_default();
        let mut then = record.at(round.cut_off, record.allotted, paid, &[], of_project);
        if let Some(pack) = packs.of(record) {
            then.relight(&pack);
        }
        if round.scope.takes(&then) {
            forms.push(MonitoringForm::prefilled(round, &then));
        }
    }
    Ok(forms)
}

/// Readings dated up to the cut-off, by project, oldest first.
async fn readings(tx: &mut Tx, round: &Round) -> Result<HashMap<String, Vec<Reading>>, Fault> {
    let filter = within(round).at_most("reading_date", round.cut_off);
    let mut found = tx.page::<Reading>(&DataScope::Everything, &filter, None, MOST_READINGS).await?;
    found.sort_by_key(|stored| (stored.record.date, stored.created_at));
    let mut by_project: HashMap<String, Vec<Reading>> = HashMap::new();
    for Stored { record, .. } in found {
        by_project.entry(record.object.clone()).or_default().push(record);
    }
    Ok(by_project)
}

fn opened(act: &Act, form: &MonitoringForm) -> hengji_db::NewEntry {
    let payload = json!({
        "round": form.round,
        "project": form.project.name(),
        "cut_off_date": form.cut_off,
        "due_date": form.due,
    });
    entry(
        act,
        Told {
            kind: "monitoring_form.opened",
            subject: form.name.clone(),
            region: &form.project.region,
            unit: &form.unit,
            payload,
            reason: "",
        },
    )
}

pub(crate) async fn close(
    state: &State,
    call: &Call,
    request: pb::CloseRoundRequest,
) -> Result<pb::CloseRoundResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut stored = act.load_fresh::<Round>(call, &request.name, &request.etag).await?;
    stored.record.close(request.conclusion.clone())?;
    let stored = act.save(&stored).await?;
    tell(&mut act, "round.closed", &stored, &request.conclusion).await?;
    act.finish(pb::CloseRoundResponse { round: Some(convert::monitoring_round(&stored)) }).await
}

async fn tell(act: &mut Act, kind: &'static str, stored: &Stored<Round>, reason: &str) -> Result<(), Fault> {
    let record = &stored.record;
    act.journal(News {
        kind,
        subject: &record.resource_name(),
        region: Some(&record.region),
        unit: record.scope.unit.as_ref(),
        payload: json!({
            "title": record.title,
            "cut_off_date": record.cut_off,
            "due_date": record.due,
            "form_count": record.form_count,
        }),
        reason,
    })
    .await
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetRoundRequest,
) -> Result<pb::GetRoundResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let stored = tx.load::<Round>(&request.name, &call.scope()).await?;
    let stored = stored.ok_or_else(|| Fault::not_found(&request.name))?;
    Ok(pb::GetRoundResponse { round: Some(convert::monitoring_round(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListRoundsRequest,
) -> Result<pb::ListRoundsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = within_subtree(&request.region, "", request.year)?;
    if let Some(round) = convert::parse_round_state(request.state()) {
        filter = filter.eq("state", Value::word(&round));
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Round>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListRoundsResponse {
        rounds: rows.iter().map(convert::monitoring_round).collect(),
        next_page_token,
    })
}

pub(crate) async fn statistics(
    state: &State,
    call: &Call,
    request: pb::GetRoundStatisticsRequest,
) -> Result<pb::GetRoundStatisticsResponse, Fault> {
    let (region, _, _) = words::parse_yearly("name", &request.name, "rounds")?;
    let unit = words::word_or_none("unit", &request.unit)?;
    let by = convert::parse_grouping(request.group_by());
    call.reach(&request.name, &region, unit.as_ref())?;
    let mut tx = state.acts.db.read().await?;
    if tx.load::<Round>(&request.name, &DataScope::Everything).await?.is_none() {
        return Err(Fault::not_found(&request.name));
    }
    let today = state.acts.clock.today();
    let counted = form_counts(&mut tx, &request.name, unit.as_ref(), by, today).await?;
    let rows = counted.iter().map(|counts| convert::statistic(by, counts)).collect();
    Ok(pb::GetRoundStatisticsResponse { rows })
}
