//! Readings: recorded all or none, with the lights they change; list.

use std::collections::HashMap;

use hengji_kernel::{DataScope, Date, FiscalYear, RegionCode, UnitCode};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::{Act, Call, Fault, convert as words};
use serde_json::json;

use super::attempts::{attempts, hold, keep};
use super::{State, Told, convert, entry, lights};
use crate::domain::{Position, ProjectKey, Reading, ReadingPart, ReadingRow, ReadingValue};
use crate::error::{Refusal, Trouble, all_refused};

pub(crate) async fn record(
    state: &State,
    call: &Call,
    request: pb::RecordReadingsRequest,
) -> Result<pb::RecordReadingsResponse, Fault> {
    let rows = every("readings", request.readings.iter().map(parse))?;
    match ProjectKey::parse(&request.project) {
        Ok(project) => of_project(state, call, &request, &project, &rows).await,
        Err(_) => of_department(state, call, &request, &rows).await,
    }
}

async fn of_project(
    state: &State,
    call: &Call,
    request: &pb::RecordReadingsRequest,
    project: &ProjectKey,
    rows: &[ReadingRow],
) -> Result<pb::RecordReadingsResponse, Fault> {
    let places = [(project.region.clone(), project.year)];
    attempts!(state, call, request, &places, |act, packs| {
        let held = hold(act, &call.scope(), project, &state.rules, packs).await?;
        let mut stored = held.ok_or_else(|| Fault::not_found(&request.project))?;
        let position = &mut stored.record;
        let today = act.today();
        let known = corrected(act, rows.iter()).await?;
        let values = rows.iter().map(|row| {
            row.corrects(&request.project, known.get(&row.corrects))?;
            row.against(position, today)
        });
        let values = every("readings", values)?;
        let readings: Vec<Reading> = rows
            .iter()
            .zip(values)
            .map(|(row, value)| reading(act.new_id(), Owner::of(position), row, value))
            .collect();
        for reading in &readings {
            position.take_in(reading);
        }
        let changes = packs.of(position).map(|pack| position.relight(&pack)).unwrap_or_default();
        let stored = keep(act, stored).await?;
        let cause = readings.last().map(Reading::resource_name).unwrap_or_default();
        let news = lights(act, &stored.record, &changes, &cause);
        let readings = store(act, &readings).await?;
        act.tx.append_many(news).await?;
        Ok(pb::RecordReadingsResponse { readings, position: Some(convert::position(&stored)) })
    })
}

/// A department's target is not a baseline here: its readings are kept for whoever evaluates it.
async fn of_department(
    state: &State,
    call: &Call,
    request: &pb::RecordReadingsRequest,
    rows: &[ReadingRow],
) -> Result<pb::RecordReadingsResponse, Fault> {
    let (region, unit) = words::parse_organization("project", &request.project)?;
    call.reach(&request.project, &region, Some(&unit))?;
    attempts!(state, call, request, &[], |act, _packs| {
        let today = act.today();
        let known = corrected(act, rows.iter()).await?;
        let read = |row: &ReadingRow| {
            row.corrects(&request.project, known.get(&row.corrects))?;
            let year = FiscalYear::try_from(row.date.year())
                .map_err(|invalid| Refusal::invalid("reading_date", invalid))?;
            Ok((year, row.on_its_own(year, today)?))
        };
        let values = every("readings", rows.iter().map(read))?;
        let readings: Vec<Reading> = rows
            .iter()
            .zip(values)
            .map(|(row, (year, value))| {
                let owner = Owner {
                    object: request.project.clone(),
                    region: region.clone(),
                    year,
                    unit: unit.clone(),
                };
                reading(act.new_id(), owner, row, value)
            })
            .collect();
        let readings = store(act, &readings).await?;
        Ok(pb::RecordReadingsResponse { readings, position: None })
    })
}

/// The readings that rows take the place of, by name.
pub(crate) async fn corrected(
    act: &mut Act,
    rows: impl Iterator<Item = &ReadingRow>,
) -> Result<HashMap<String, Reading>, Fault> {
    let names: Vec<String> =
        rows.map(|row| row.corrects.clone()).filter(|corrects| !corrects.is_empty()).collect();
    let found = act.tx.load_many::<Reading>(&names, &DataScope::Everything).await?;
    Ok(found.into_iter().map(|stored| (stored.record.resource_name(), stored.record)).collect())
}

/// Whose reading it is.
pub(crate) struct Owner {
    object: String,
    region: RegionCode,
    year: FiscalYear,
    unit: UnitCode,
}

impl Owner {
    pub(crate) fn of(position: &Position) -> Self {
        let project = &position.project;
        Self {
            object: project.name(),
            region: project.region.clone(),
            year: project.year,
            unit: position.unit.clone(),
        }
    }
}

pub(crate) fn reading(id: String, owner: Owner, row: &ReadingRow, value: ReadingValue) -> Reading {
    Reading {
        region: owner.region,
        year: owner.year,
        id,
        object: owner.object,
        unit: owner.unit,
        code: row.code.clone(),
        text: value.text,
        numerator: row.numerator,
        denominator: row.denominator,
        date: row.date,
        evidence: row.evidence.clone(),
        number: value.number,
        parts: row.parts.clone(),
        source: row.source.clone(),
        corrects: row.corrects.clone(),
        correction_reason: row.correction_reason.clone(),
    }
}

pub(crate) async fn store(act: &mut Act, readings: &[Reading]) -> Result<Vec<pb::Reading>, Trouble> {
    let now = act.now;
    act.tx.insert_many(readings, now).await?;
    let news = readings.iter().map(|reading| {
        let payload = json!({
            "object": reading.object,
            "indicator_code": reading.code,
            "value_text": reading.text,
            "reading_date": reading.date,
            "corrects": reading.corrects,
        });
        entry(
            act,
            Told {
                kind: "reading.recorded",
                subject: reading.resource_name(),
                region: &reading.region,
                unit: &reading.unit,
                payload,
                reason: &reading.correction_reason,
            },
        )
    });
    let news = news.collect();
    act.tx.append_many(news).await?;
    Ok(readings.iter().map(|reading| convert::reading(reading, now)).collect())
}

pub(crate) fn parse(row: &pb::ReadingRow) -> Result<ReadingRow, Refusal> {
    let number = |field: &'static str, value: Option<&_>| {
        words::parse_decimal(field, value).map_err(|_| Refusal::field(field, "不是数字"))
    };
    Ok(ReadingRow {
        code: row.indicator_code.clone(),
        text: row.value_text.clone(),
        numerator: number("numerator", row.numerator.as_ref())?,
        denominator: number("denominator", row.denominator.as_ref())?,
        date: date(row)?,
        evidence: row.evidence.clone(),
        parts: row.parts.iter().map(part).collect::<Result<_, _>>()?,
        source: row.source.clone(),
        corrects: row.corrects.clone(),
        correction_reason: row.correction_reason.clone(),
    })
}

fn part(part: &pb::ReadingPart) -> Result<ReadingPart, Refusal> {
    let value = words::require_decimal("parts", part.value.as_ref());
    let value = value.map_err(|_| Refusal::field("parts", format!("“{}”不是数字", part.title)))?;
    Ok(ReadingPart { title: part.title.clone(), value })
}

fn date(row: &pb::ReadingRow) -> Result<Date, Refusal> {
    words::parse_date("reading_date", row.reading_date.as_ref())
        .map_err(|_| Refusal::field("reading_date", "不是有效日期"))
}

/// All rows, or all their findings.
fn every<T>(list: &str, rows: impl Iterator<Item = Result<T, Refusal>>) -> Result<Vec<T>, Fault> {
    let mut good = Vec::new();
    let mut refused = Vec::new();
    for (index, row) in rows.enumerate() {
        match row {
            Ok(row) => good.push(row),
            Err(refusal) => refused.push((format!("{list}[{index}]"), refusal)),
        }
    }
    if refused.is_empty() { Ok(good) } else { Err(all_refused(refused)) }
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListReadingsRequest,
) -> Result<pb::ListReadingsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let filter = super::payments::within_subtree("", "", request.year)?.eq("project", &request.project);
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<Reading>(&call.scope(), &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    let readings = rows.iter().map(|stored| convert::reading(&stored.record, stored.created_at)).collect();
    Ok(pb::ListReadingsResponse { readings, next_page_token })
}
