//! A county of many projects with money: one is opened by the service, the others are its copies.

use hengji_db::Db;
use hengji_proto::targets::v1 as targets;
use hengji_testkit::Database;

use crate::support::{County, P1, StandIns, county as rights, project, reading, target};

/// Projects that are paid for, as many as the bare tables have.
pub const PROJECTS: u64 = 200_000;

pub const YEAR: &str = "regions/640323000/years/2021";

/// `regions/640323000/years/2021/projects/Q17`
pub fn name(number: u64) -> String {
    format!("{YEAR}/projects/Q{number}")
}

/// Ten indicators, three of them with readings.
fn ten_indicators() -> targets::PerformanceTarget {
    let mut approved = target(P1, 1, "90");
    for code in 4..=10 {
        let mut indicator = approved.indicators[code % 2].clone();
        indicator.code = code.to_string();
        indicator.title = format!("第{code}项养护任务完成率");
        approved.indicators.push(indicator);
    }
    approved
}

/// The service on `database` with so many projects, each with 10¹² yuan to be paid.
pub async fn open(database: &Database, projects: u64) -> anyhow::Result<County> {
    let stand_ins = StandIns::new();
    stand_ins.change(|canned| {
        canned.approve(ten_indicators());
        canned.projects.insert(P1.into(), project(P1, "219001", "1000000000000", "0"));
    });
    let bench =
        hengji_testkit::Bench::start(&hengji_monitoring::SERVICE, database, stand_ins.routes()).await?;
    let county = County { bench, stand_ins, rights: rights("finance") };
    county.issue(P1, "A1", "1000000000000", "2021-01-10").await?;
    let read =
        ["1", "2", "5"].map(|code| reading(code, if code == "1" { "45公里" } else { "96%" }, "2021-06-15"));
    county.read(P1, read.to_vec()).await?;
    let db = database.open("monitoring").await?;
    copy(&db, projects).await?;
    db.close().await;
    Ok(county)
}

/// 200 units share the copies.
async fn copy(db: &Db, projects: u64) -> anyhow::Result<()> {
    let renamed = |column: &str| format!("replace(replace({column}, 'P001', 'Q' || n), '219001', owner)");
    let copied = format!(
        "with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n + 1 < {projects}), \
         places as (select n, cast(219001 + n % 200 as text) as owner from numbers) \
         insert into position (name, version, body, created_at, updated_at, region, unit, year, initial_fen, budget_fen, \
         allotted_fen, paid_fen, money_light, result_light, fund_kind, marks, warnings, idle_since, indicators) \
         select {}, version, {}, created_at, updated_at, region, owner, year, initial_fen, budget_fen, allotted_fen, \
         paid_fen, money_light, result_light, fund_kind, marks, warnings, idle_since, indicators from position, places \
         where name = '{YEAR}/positions/P001'",
        renamed("name"),
        renamed("body"),
    );
    let mut tx = db.write().await?;
    tx.exec(&copied, &[]).await?;
    tx.exec("analyze", &[]).await?;
    Ok(tx.commit().await?)
}
