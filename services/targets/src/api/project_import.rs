//! Streamed import of projects: what is waiting becomes one transaction, and every row its answer after the commit.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use hengji_db::Stored;
use hengji_kernel::{DataScope, FiscalYear, RegionCode};
use hengji_proto::targets::v1 as pb;
use hengji_rpc::call::check;
use hengji_rpc::fault::reason_text;
use hengji_rpc::{Act, Call, Fault, convert as words};
use tonic::Status;

use super::convert::{self, Fields};
use super::{State, accounts, projects};
use crate::domain::Project;

/// Rows of one transaction: large enough to share one commit, small enough to let others in.
const ROWS_A_CHUNK: usize = 200;

type Answer = Result<pb::ImportProjectsResponse, Status>;

/// A row as it was read, or why not.
struct Row {
    number: i64,
    code: String,
    parsed: Result<Project, Fault>,
}

/// Outcomes in the order of the rows. The stream ends at the first row that could not be taken in at all, such as when the
/// database is away; whatever was answered before is stored.
pub(crate) fn answer(
    state: Arc<State>,
    call: Call,
    rows: impl Stream<Item = Result<pb::ImportProjectsRequest, Status>> + Send + 'static,
) -> BoxStream<'static, Answer> {
    let call = Arc::new(call);
    rows.enumerate()
        .ready_chunks(ROWS_A_CHUNK)
        .then(move |chunk| {
            let (state, call) = (Arc::clone(&state), Arc::clone(&call));
            // a task of its own: the transport does not touch a stream whose answers nobody reads, and a transaction that
            // has begun must end all the same
            let storing = tokio::spawn(async move { answers(&state, &call, chunk).await });
            async move {
                stream::iter(storing.await.unwrap_or_else(|lost| vec![Err(Fault::internal(lost).into())]))
            }
        })
        .flatten()
        .boxed()
}

async fn answers(
    state: &State,
    call: &Call,
    chunk: Vec<(usize, Result<pb::ImportProjectsRequest, Status>)>,
) -> Vec<Answer> {
    let mut rows = Vec::with_capacity(chunk.len());
    let mut broken = None;
    for (index, request) in chunk {
        match request {
            Ok(request) => rows.push(read(call, index, request)),
            Err(status) => {
                broken = Some(status);
                break;
            }
        }
    }
    let mut answers: Vec<Answer> = match store(state, call, rows).await {
        Ok(outcomes) => outcomes
            .into_iter()
            .map(|outcome| Ok(pb::ImportProjectsResponse { outcome: Some(outcome) }))
            .collect(),
        Err(fault) => return vec![Err(fault.into())],
    };
    answers.extend(broken.map(Err));
    answers
}

fn read(call: &Call, index: usize, request: pb::ImportProjectsRequest) -> Row {
    let code = request.project.as_ref().map(|project| project.code.clone()).unwrap_or_default();
    let number = i64::try_from(index).unwrap_or(i64::MAX).saturating_add(1);
    Row { number, code, parsed: parse(call, &request) }
}

fn parse(call: &Call, request: &pb::ImportProjectsRequest) -> Result<Project, Fault> {
    check(request)?;
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    let given = request.project.clone().unwrap_or_default();
    let mut fields = Fields::default();
    let project = convert::parse_project(&region, year, call.account(), &given, &mut fields);
    fields.done()?;
    let project = project.ok_or_else(|| Fault::field("project", "必填"))?;
    call.reach(&project.resource_name(), &region, Some(&project.unit))?;
    Ok(project)
}

/// One chunk, one transaction; rows that are refused stand beside the others.
async fn store(state: &State, call: &Call, mut rows: Vec<Row>) -> Result<Vec<pb::ProjectOutcome>, Fault> {
    demand_accounts(state, call, &mut rows).await?;
    let filed: Vec<Project> = rows.iter().filter_map(|row| row.parsed.as_ref().ok().cloned()).collect();
    let packs = projects::packs(state, call, &filed).await?;
    let mut act = state.acts.background(call).await?;
    let mut known = known(&mut act, &filed).await?;
    for mut fresh in by_place(filed, &known) {
        projects::judge(state, &mut act, &mut fresh, &packs).await?;
        for stored in projects::store(&mut act, fresh).await?.into_iter().flatten() {
            known.insert(stored.record.resource_name(), (true, stored));
        }
    }
    act.done().await?;
    Ok(rows.into_iter().map(|row| outcome(row, &mut known)).collect())
}

async fn demand_accounts(state: &State, call: &Call, rows: &mut [Row]) -> Result<(), Fault> {
    for row in rows {
        let Ok(project) = &row.parsed else { continue };
        if let Some(message) = accounts::fault(state, call, project).await? {
            row.parsed = Err(Fault::field("functional_account", message));
        }
    }
    Ok(())
}

/// Projects by name, and whether they are new and not yet answered for.
type Known = HashMap<String, (bool, Stored<Project>)>;

async fn known(act: &mut Act, filed: &[Project]) -> Result<Known, Fault> {
    let names: Vec<_> = filed.iter().map(Project::resource_name).collect();
    let found = act.tx.load_many::<Project>(&names, &DataScope::Everything).await?;
    Ok(found.into_iter().map(|stored| (stored.record.resource_name(), (false, stored))).collect())
}

/// What is not stored yet, the first of each name, by region and year.
fn by_place(filed: Vec<Project>, known: &Known) -> Vec<Vec<Project>> {
    let mut places: BTreeMap<(RegionCode, FiscalYear), Vec<Project>> = BTreeMap::new();
    for project in filed {
        let place = places.entry((project.region.clone(), project.year)).or_default();
        let seen = known.contains_key(&project.resource_name());
        if !seen && place.iter().all(|other| other.code != project.code) {
            place.push(project);
        }
    }
    places.into_values().filter(|projects| !projects.is_empty()).collect()
}

fn outcome(row: Row, known: &mut Known) -> pb::ProjectOutcome {
    let told = pb::ProjectOutcome { row: row.number, code: row.code, ..Default::default() };
    let project = match row.parsed {
        Ok(project) => project,
        Err(fault) => return refused(told, &fault),
    };
    let name = project.resource_name();
    match known.get_mut(&name) {
        Some((fresh, stored)) if project.says_the_same(&stored.record) => pb::ProjectOutcome {
            stored: true,
            duplicate: !std::mem::take(fresh),
            project: Some(convert::project(stored)),
            ..told
        },
        _ => refused(told, &Fault::exists(name)),
    }
}

fn refused(told: pb::ProjectOutcome, fault: &Fault) -> pb::ProjectOutcome {
    let rules: Vec<_> = fault.violations().iter().map(|(field, rule)| format!("{field}：{rule}")).collect();
    pb::ProjectOutcome {
        reason: reason_text(fault.reason()).to_owned(),
        message: if rules.is_empty() { fault.message().to_owned() } else { rules.join("；") },
        fields: fault.violations().iter().map(|(field, _)| field.clone()).collect(),
        ..told
    }
}
