//! A small noun to store: a project (项目) with a budget.

use hengji_db::{Db, Migration, NewEntry, Record, Scoping, Value};
use hengji_kernel::{DataScope, Money, RegionCode, ScopeRange, Timestamp, UnitCode};
use serde::{Deserialize, Serialize};

pub const NOW: Timestamp = Timestamp(1_700_000_000_000_000);

pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "project",
    sqlite: "create table project (name text primary key, version bigint not null, body text not null,
        created_at bigint not null, updated_at bigint not null, region text not null, unit text, state text not null,
        budget_fen bigint not null check (budget_fen >= 0));
        create table catalog_item (name text primary key, version bigint not null, body text not null,
        created_at bigint not null, updated_at bigint not null, region text not null);
        create table amount (id bigint primary key, fen bigint, label text, raw blob);",
    postgres: "create table project (name text collate \"C\" primary key, version bigint not null, body text not null,
        created_at bigint not null, updated_at bigint not null, region text collate \"C\" not null,
        unit text collate \"C\", state text not null, budget_fen bigint not null check (budget_fen >= 0));
        create table catalog_item (name text collate \"C\" primary key, version bigint not null, body text not null,
        created_at bigint not null, updated_at bigint not null, region text collate \"C\" not null);
        create table amount (id bigint primary key, fen bigint, label text, raw bytea);",
}];

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    pub name: String,
    pub region: RegionCode,
    pub unit: Option<UnitCode>,
    pub state: String,
    pub budget: Money,
}

impl Record for Project {
    const TABLE: &'static str = "project";
    const SCOPED: Scoping = Scoping::RegionAndUnit;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("region", (&self.region).into()),
            ("unit", self.unit.as_ref().into()),
            ("state", (&self.state).into()),
            ("budget_fen", self.budget.into()),
        ]
    }
}

/// Belongs to a region as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogItem {
    pub name: String,
    pub region: RegionCode,
}

impl Record for CatalogItem {
    const TABLE: &'static str = "catalog_item";
    const SCOPED: Scoping = Scoping::Region;

    fn name(&self) -> String {
        self.name.clone()
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![("region", (&self.region).into())]
    }
}

pub fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
}

pub fn unit(code: &str) -> UnitCode {
    code.parse().unwrap()
}

pub fn project(name: &str) -> Project {
    Project {
        name: name.to_owned(),
        region: region("640323000"),
        unit: Some(unit("219001")),
        state: "draft".to_owned(),
        budget: Money::from_fen(1_234_500),
    }
}

pub fn project_of(name: &str, region_code: &str, unit_code: Option<&str>) -> Project {
    Project { region: region(region_code), unit: unit_code.map(unit), ..project(name) }
}

pub fn scope(ranges: &[(&str, Option<&str>)]) -> DataScope {
    let range = |&(code, unit_code): &(&str, Option<&str>)| ScopeRange {
        region: region(code),
        unit: unit_code.map(unit),
    };
    DataScope::Ranges(ranges.iter().map(range).collect())
}

pub fn entry(id: &str) -> NewEntry {
    NewEntry {
        entry_id: id.to_owned(),
        at: NOW,
        account: "accounts/finance".to_owned(),
        method: "/hengji.test.v1.ProjectService/SaveProject".to_owned(),
        request_id: format!("request-{id}"),
        kind: "project.saved",
        subject: format!("projects/{id}"),
        region: Some(region("640323000")),
        unit: Some(unit("219001")),
        payload: serde_json::json!({ "budget": "12345.00", "说明": "绩效目标" }),
        reason: "年中调整".to_owned(),
    }
}

/// Commits each entry in its own transaction.
pub async fn append_all(db: &Db, ids: impl IntoIterator<Item = String>) {
    for id in ids {
        let mut tx = db.write().await.unwrap();
        tx.append(entry(&id)).await.unwrap();
        tx.commit().await.unwrap();
    }
}
