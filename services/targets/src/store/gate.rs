//! What the gates look at, read in one statement: one round trip, one state, and no more of a target than its standing.

use std::collections::HashMap;

use hengji_db::{Db, DbError, Row, Scoping, Statement, Value};
use hengji_kernel::{DataScope, name};
use serde::de::DeserializeOwned;

use super::lookup::Surroundings;
use crate::domain::{GateFacts, GateKind, Project, Standing, TargetState, Verdict, decide};

/// Projects looked up by one statement.
const PROJECTS_A_STATEMENT: usize = 500;

/// Projects with everything beside them that a gate asks about.
#[derive(Default)]
pub(crate) struct GateBook {
    projects: HashMap<String, Project>,
    targets: HashMap<String, Vec<Standing>>,
    surroundings: Surroundings,
}

impl GateBook {
    /// Those of the named projects that lie in the scope. What stands beside them is looked up by the service itself: a hold
    /// placed by another department still holds.
    pub(crate) async fn open(db: &Db, names: &[String], scope: &DataScope) -> Result<Self, DbError> {
        let mut book = Self::default();
        let nameable = names.iter().filter(|name| name::parse_yearly(name, "projects").is_ok());
        let names: Vec<String> = nameable.cloned().collect();
        for chunk in names.chunks(PROJECTS_A_STATEMENT) {
            for row in db.ask(question(db, chunk, scope)).await? {
                book.take(&row)?;
            }
        }
        Ok(book)
    }

    fn take(&mut self, row: &Row) -> Result<(), DbError> {
        match row.text("kind")?.as_str() {
            "project" => {
                self.projects.insert(row.text("name")?, body(row)?);
            }
            "target" => {
                let standing = Standing {
                    target: row.text("name")?,
                    state: word(row, "state")?,
                    approved_version: i32::try_from(row.int("approved_version")?).unwrap_or(i32::MAX),
                    approved_at: row.get("approved_at")?,
                };
                self.targets.entry(row.text("about")?).or_default().push(standing);
            }
            "assessment" => {
                self.surroundings.assessments.insert(row.text("about")?, body(row)?);
            }
            _ => self.surroundings.holds.push(body(row)?),
        }
        Ok(())
    }

    /// None for a project that is not there.
    pub(crate) fn decide(&self, project: &str, kind: GateKind) -> Option<Verdict> {
        let record = self.projects.get(project)?;
        let facts = GateFacts {
            project: record,
            targets: self.targets.get(project).map(Vec::as_slice).unwrap_or_default(),
            holds: &self.surroundings.holds_on(record),
            assessment: self.surroundings.assessments.get(project),
        };
        Some(decide(kind, &facts))
    }
}

/// All four kinds of row have the same columns.
fn question(db: &Db, projects: &[String], scope: &DataScope) -> Statement {
    const NO_STANDING: &str = "'' as state, 0 as approved_version, cast(null as bigint) as approved_at";
    let codes = projects.iter().map(|project| Value::from(name::id(project)));
    let mut statement = db.statement("select 'project' as kind, name, '' as about, body, ");
    statement.push(NO_STANDING).push(" from project").and().one_of("name", projects);
    statement.within(Scoping::RegionAndUnit, scope);
    statement
        .union_all("select 'target', name, object, '', state, approved_version, approved_at from target");
    statement.and().one_of("object", projects);
    statement.union_all("select 'assessment', name, project, body, ").push(NO_STANDING);
    statement.push(" from ex_ante_assessment").and().push("latest = 1").and();
    statement.one_of("project", projects);
    statement.union_all("select 'hold', name, '', body, ").push(NO_STANDING);
    statement.push(" from hold").and().push("state = 'standing'").and().one_of("project_code", codes);
    statement
}

fn body<T: DeserializeOwned>(row: &Row) -> Result<T, DbError> {
    serde_json::from_str(&row.text("body")?).map_err(|cause| DbError::corrupt("body", cause))
}

fn word(row: &Row, column: &str) -> Result<TargetState, DbError> {
    let text = row.text(column)?;
    serde_json::from_value(text.into()).map_err(|cause| DbError::corrupt(column, cause))
}
