//! What the gates look at, read in one statement: one round trip, one state, and no more of a record than its standing.

use std::collections::HashMap;

use hengji_db::{Db, DbError, Gather, Row, Statement, Value};
use hengji_kernel::{DataScope, name};
use serde::de::DeserializeOwned;

use super::lookup::Surroundings;
use crate::domain::{GateFacts, GateKind, ProjectStanding, Standing, Verdict, decide};

/// Projects looked up by one statement.
const PROJECTS_A_STATEMENT: usize = 500;

/// Single calls that wait at the same moment, asked together.
pub(crate) type Gates = Gather<String, GateBook>;

pub(crate) fn gates(db: &Db) -> Gates {
    let db = db.clone();
    Gather::new(move |names: Vec<String>| {
        let db = db.clone();
        async move { GateBook::open(&db, &names).await }
    })
}

/// Projects with everything beside them that a gate asks about, whoever asks: [`GateBook::decide`] looks at the scope.
#[derive(Default)]
pub(crate) struct GateBook {
    projects: HashMap<String, ProjectStanding>,
    targets: HashMap<String, Vec<Standing>>,
    surroundings: Surroundings,
}

impl GateBook {
    pub(crate) async fn open(db: &Db, names: &[String]) -> Result<Self, DbError> {
        let mut book = Self::default();
        let names: Vec<&String> = names.iter().filter(|name| is_name(name)).collect();
        for chunk in names.chunks(PROJECTS_A_STATEMENT) {
            for row in db.ask(question(db, chunk)).await? {
                book.take(&row)?;
            }
        }
        Ok(book)
    }

    fn take(&mut self, row: &Row) -> Result<(), DbError> {
        match row.int("kind")? {
            PROJECT => {
                let project = project(row)?;
                self.projects.insert(project.name.clone(), project);
            }
            TARGET => {
                let standing = Standing {
                    target: row.text("name")?,
                    state: word(row, "state")?,
                    approved_version: i32::try_from(row.int("number")?).unwrap_or(i32::MAX),
                    approved_at: row.get("approved_at")?,
                };
                self.targets.entry(row.text("about")?).or_default().push(standing);
            }
            ASSESSMENT => {
                self.surroundings.assessments.insert(row.text("about")?, body(row)?);
            }
            _ => self.surroundings.holds.push(body(row)?),
        }
        Ok(())
    }

    /// None for a project that is not there or lies outside the scope. What stands beside it counts whoever asks: a hold
    /// placed by another department still holds.
    pub(crate) fn decide(&self, project: &str, kind: GateKind, scope: &DataScope) -> Option<Verdict> {
        let project = self.projects.get(project)?;
        if !scope.contains(&project.region, Some(&project.unit)) {
            return None;
        }
        let facts = GateFacts {
            project,
            targets: self.targets.get(&project.name).map(Vec::as_slice).unwrap_or_default(),
            holds: &self.surroundings.holds_on(project),
            assessment: self.surroundings.assessments.get(&project.name),
        };
        Some(decide(kind, &facts))
    }
}

/// Whether it may be asked for at all.
pub(crate) fn is_name(name: &str) -> bool {
    name::parse_yearly(name, "projects").is_ok()
}

const PROJECT: i64 = 1;
const TARGET: i64 = 2;
const ASSESSMENT: i64 = 3;
const HOLD: i64 = 4;

/// All four kinds of row have the same columns.
fn question(db: &Db, projects: &[&String]) -> Statement {
    const REST: &str = "'', 0, cast(null as bigint), '', 0";
    let names = || projects.iter().copied();
    let codes = projects.iter().map(|project| Value::from(name::id(project)));
    let mut statement = db.statement(&format!(
        "select {PROJECT} as kind, name, '' as about, '' as body, state, ex_ante_required as number, \
         cast(null as bigint) as approved_at, unit, approved_fen + added_fen - reduced_fen as budget_fen from project"
    ));
    statement.and().one_of("name", names());
    statement.union_all(&format!(
        "select {TARGET}, name, object, '', state, approved_version, approved_at, '', 0 from target"
    ));
    statement.and().one_of("object", names());
    statement.union_all(&format!("select {ASSESSMENT}, name, project, body, {REST} from ex_ante_assessment"));
    statement.and().push("latest = 1").and().one_of("project", names());
    statement.union_all(&format!("select {HOLD}, name, '', body, {REST} from hold"));
    statement.and().push("state = 'standing'").and().one_of("project_code", codes);
    statement
}

fn project(row: &Row) -> Result<ProjectStanding, DbError> {
    let name = row.text("name")?;
    let (region, year, code) =
        name::parse_yearly(&name, "projects").map_err(|cause| DbError::corrupt("name", cause))?;
    Ok(ProjectStanding {
        region,
        year,
        code: code.to_owned(),
        unit: row.get("unit")?,
        state: word(row, "state")?,
        ex_ante_required: row.get("number")?,
        budget: row.money("budget_fen")?,
        name,
    })
}

fn body<T: DeserializeOwned>(row: &Row) -> Result<T, DbError> {
    serde_json::from_str(&row.text("body")?).map_err(|cause| DbError::corrupt("body", cause))
}

fn word<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T, DbError> {
    serde_json::from_value(row.text(column)?.into()).map_err(|cause| DbError::corrupt(column, cause))
}
