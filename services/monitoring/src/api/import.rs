//! Readings of many projects, row by row: what is refused is named, the rest is stored and moves its lights.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hengji_db::Stored;
use hengji_kernel::Date;
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::{Act, Call, Fault, convert as words};

use super::attempts::attempts;
use super::readings::{Owner, corrected, parse, reading, store};
use super::{State, convert, lights};
use crate::domain::{Packs, Position, ProjectKey, Reading, ReadingRow};
use crate::error::{Refusal, Trouble};

type Row = Result<(ProjectKey, ReadingRow), Refusal>;

/// Positions by the names of their projects.
type Held = BTreeMap<String, Stored<Position>>;

pub(crate) async fn import(
    state: &State,
    call: &Call,
    request: pb::ImportReadingsRequest,
) -> Result<pb::ImportReadingsResponse, Fault> {
    let place = words::parse_parent("parent", &request.parent)?;
    let rows: Vec<Row> = request.readings.iter().map(|row| parse_under(&request.parent, row)).collect();
    let names: BTreeSet<String> = rows.iter().flatten().map(|(project, _)| project.position()).collect();
    let names: Vec<String> = names.into_iter().collect();
    attempts!(state, call, &request, std::slice::from_ref(&place), |act, packs| {
        let held = act.tx.hold_many::<Position>(&names, &call.scope()).await?;
        if state.rules.learn(packs, held.iter().map(|stored| &stored.record.funds)) {
            return Err(Trouble::Again);
        }
        let mut held: Held = held.into_iter().map(|stored| (stored.record.project.name(), stored)).collect();
        let known = corrected(act, rows.iter().flatten().map(|(_, row)| row)).await?;
        let today = act.today();
        let decided: Vec<Result<Reading, Refusal>> =
            rows.iter().map(|row| take_in(row, &mut held, &known, today, act.new_id())).collect();
        keep(act, &decided, held, packs).await?;
        let now = act.now;
        let outcomes = decided.iter().map(|decided| convert::reading_outcome(decided, now)).collect();
        Ok(pb::ImportReadingsResponse { outcomes })
    })
}

fn parse_under(parent: &str, row: &pb::ImportedReading) -> Row {
    let project = ProjectKey::parse(&row.project).map_err(|invalid| Refusal::invalid("project", invalid))?;
    if project.parent() != parent {
        return Err(Refusal::field("project", format!("不在 {parent} 之内")));
    }
    Ok((project, parse(&row.reading.clone().unwrap_or_default())?))
}

fn take_in(
    row: &Row,
    held: &mut Held,
    known: &HashMap<String, Reading>,
    today: Date,
    id: String,
) -> Result<Reading, Refusal> {
    let (project, row) = row.as_ref().map_err(Clone::clone)?;
    let project = project.name();
    let stored = held.get_mut(&project).ok_or_else(|| Refusal::NotFound(project.clone()))?;
    row.corrects(&project, known.get(&row.corrects))?;
    let value = row.against(&stored.record, today)?;
    let reading = reading(id, Owner::of(&stored.record), row, value);
    stored.record.take_in(&reading);
    Ok(reading)
}

/// Stores what was taken in, with the lights it moved.
async fn keep(
    act: &mut Act,
    decided: &[Result<Reading, Refusal>],
    mut held: Held,
    packs: &Packs,
) -> Result<(), Trouble> {
    let readings: Vec<Reading> = decided.iter().flatten().cloned().collect();
    let causes: BTreeMap<&str, String> =
        readings.iter().map(|reading| (reading.object.as_str(), reading.resource_name())).collect();
    held.retain(|project, _| causes.contains_key(project.as_str()));
    let mut news = Vec::new();
    let mut moved = Vec::with_capacity(held.len());
    for (project, mut stored) in held {
        let changes = packs.of(&stored.record).map(|pack| stored.record.relight(&pack)).unwrap_or_default();
        news.extend(lights(act, &stored.record, &changes, &causes[project.as_str()]));
        moved.push(Stored { version: stored.version + 1, updated_at: act.now, ..stored });
    }
    if !act.tx.save_held(moved.iter().map(Stored::as_ref), act.now).await? {
        return Err(Trouble::Again);
    }
    store(act, &readings).await?;
    Ok(act.tx.append_many(news).await?)
}
