//! Makes regions of ten thousand projects with their targets: one of each is made by the service, the others are its copies.

use hengji_db::Db;
use hengji_proto::targets::v1 as pb;
use hengji_testkit::{Bench, Database, Rights, request_id};

use crate::common::{COUNTY, PARENT, approve, creation, passed, projects, targets};
use crate::words::{decimal, indicator, project as filled_in, target as drafted};

/// Projects of one region, each with a target of ten indicators.
pub const PER_REGION: u64 = 10_000;
/// Targets of one filing.
pub const FILED_AT_ONCE: u64 = 500;
const UNITS: u64 = 200;

/// `219001` is one of 20 departments with 10 units each.
pub fn unit(number: u64) -> String {
    let number = number % UNITS;
    format!("2{:02}{:03}", 10 + number / 10, 1 + number % 10)
}

/// `regions/640323000/years/2026/projects/Q17`
pub fn project(number: u64) -> String {
    format!("{PARENT}/projects/Q{number}")
}

/// Drafts kept for one round.
pub fn drafts(round: u64) -> impl Iterator<Item = String> {
    (0..FILED_AT_ONCE).map(move |number| format!("{PARENT}/targets/T-D{}", round * FILED_AT_ONCE + number))
}

pub fn declarer() -> Rights {
    Rights::of("unit").may(&["targets.declare", "targets.read"], COUNTY)
}

/// A department's budget of one round: projects with their targets, none of which is there yet.
pub fn budget(round: u64) -> pb::FileBudgetRequest {
    let row = |number: u64| {
        let code = format!("B{}", round * FILED_AT_ONCE + number);
        let project = pb::Project { unit: format!("2190{:02}", 1 + number % 10), ..filled_in(&code) };
        let target = pb::PerformanceTarget { indicators: indicators(), object: String::new(), ..drafted("") };
        pb::BudgetRow { project: Some(project), target_id: format!("T-{code}"), target: Some(target) }
    };
    pb::FileBudgetRequest {
        request_id: request_id(),
        validate_only: false,
        parent: PARENT.into(),
        unit: "219".into(),
        total_yuan: Some(decimal(&format!("{FILED_AT_ONCE}000000"))),
        rows: (0..FILED_AT_ONCE).map(row).collect(),
    }
}

/// Ten indicators of 90 points.
fn indicators() -> Vec<pb::TargetIndicator> {
    let output = ["产出指标", "数量指标"];
    let benefit = ["效益指标", "社会效益指标"];
    let rows = [
        (output, "养护里程", "≥120公里", "10"),
        (output, "修补坑槽面积", "≥3000平方米", "10"),
        (output, "更换标志牌数量", "≥45个", "5"),
        (["产出指标", "质量指标"], "路面技术状况优良率", "≥85%", "10"),
        (["产出指标", "质量指标"], "工程验收合格率", "≥98%", "10"),
        (["产出指标", "时效指标"], "养护任务按期完成率", "≥95%", "5"),
        (benefit, "受益村数", "≥30个", "10"),
        (benefit, "事故起数下降率", "≥5%", "10"),
        (benefit, "应急通行保障天数", "≥360天", "10"),
        (["满意度指标", "服务对象满意度指标"], "沿线群众满意度", "≥90%", "10"),
    ];
    let numbered = rows.into_iter().enumerate();
    numbered
        .map(|(number, (levels, title, text, weight))| {
            indicator(&(number + 1).to_string(), levels, title, text, weight)
        })
        .collect()
}

/// An approved target `T-P` of the project `P`, and a draft `T-S` of the project `S`.
async fn originals(bench: &Bench) -> anyhow::Result<()> {
    let request = pb::BatchCreateProjectsRequest {
        request_id: request_id(),
        parent: PARENT.into(),
        projects: vec![filled_in("P"), filled_in("S")],
        ..Default::default()
    };
    projects(bench).batch_create_projects(bench.by(&declarer(), request)).await?;
    for code in ["P", "S"] {
        let contents = pb::PerformanceTarget {
            indicators: indicators(),
            ..drafted(&format!("{PARENT}/projects/{code}"))
        };
        let request = creation(&format!("T-{code}"), contents);
        targets(bench).create_target(bench.by(&declarer(), request)).await?;
    }
    let names = vec![format!("{PARENT}/targets/T-P")];
    let request = pb::FileTargetsRequest { request_id: request_id(), validate_only: false, names };
    let filed = targets(bench).file_targets(bench.by(&declarer(), request)).await?.into_inner();
    let reviewed = passed(bench, filed.targets[0].clone()).await?;
    approve(bench, &[(&reviewed, "1000000")]).await?;
    Ok(())
}

pub async fn fill(bench: &Bench, database: &Database, targets: u64, rounds: u64) -> anyhow::Result<()> {
    originals(bench).await?;
    let db = database.open("targets").await?;
    for number in 0..targets.div_ceil(PER_REGION) {
        let region = region(number);
        copy(&db, &region, ("P", "Q"), PER_REGION).await?;
        eprintln!("{} targets", (number + 1) * PER_REGION);
    }
    copy(&db, COUNTY, ("S", "D"), rounds * FILED_AT_ONCE).await?;
    // a database that has come to rest: otherwise every call pays for pages of the filling that are still to be written
    for settle in [
        "vacuum (analyze) project",
        "vacuum (analyze) target",
        "vacuum (analyze) indicator_name",
        "checkpoint",
    ] {
        db.ask(db.statement(settle)).await?;
    }
    db.close().await;
    Ok(())
}

/// The county of the originals first, then others before and behind it.
fn region(number: u64) -> String {
    match number {
        0 => COUNTY.to_owned(),
        n => format!("{}{:02}{:02}000", if n % 2 == 0 { 63 } else { 65 }, 10 + n / 90, 1 + n % 90),
    }
}

/// So many copies of the original project, its target and the names of its indicators.
async fn copy(db: &Db, region: &str, (from, to): (&str, &str), count: u64) -> anyhow::Result<()> {
    let unit =
        format!("'2' || lpad((10 + n % {UNITS} / 10)::text, 2, '0') || lpad((1 + n % 10)::text, 3, '0')");
    let renamed = |column: &str| {
        let moved = format!("replace({column}, '{COUNTY}', '{region}')");
        let project = format!("replace({moved}, 'projects/{from}', 'projects/{to}' || n)");
        let code = format!("replace({project}, '\"code\":\"{from}\"', '\"code\":\"{to}' || n || '\"')");
        let id = format!("replace({code}, 'T-{from}', 'T-{to}' || n)");
        format!("replace({id}, '219001', {unit})")
    };
    let (name, body, object) = (renamed("name"), renamed("body"), renamed("object"));
    let numbers = "generate_series(0, $1 - 1) as numbers(n)";
    let statements = [
        format!(
            "insert into project (name, version, body, created_at, updated_at, region, unit, year, code, fund_kind, state, \
             request_fen, approved_fen, added_fen) \
             select {name}, version, {body}, created_at, updated_at, '{region}', {unit}, year, '{to}' || n, fund_kind, \
             state, request_fen, approved_fen, added_fen from project, {numbers} where name = '{PARENT}/projects/{from}'"
        ),
        format!(
            "insert into target (name, version, body, created_at, updated_at, region, unit, year, object_kind, object, state, \
             target_version, approved_version, budget_fen, approved_at) \
             select {name}, version, {body}, created_at, updated_at, '{region}', {unit}, year, object_kind, {object}, \
             state, target_version, approved_version, budget_fen, approved_at \
             from target, {numbers} where name = '{PARENT}/targets/T-{from}'"
        ),
        // every fifth target uses the names as they are, the others have names of their own
        format!(
            "insert into indicator_name (target, name, region, year) \
             select replace(replace(target, '{COUNTY}', '{region}'), 'T-{from}', 'T-{to}' || n), \
             name || case when n % 5 = 0 then '' else n::text end, '{region}', year \
             from indicator_name, {numbers} where target = '{PARENT}/targets/T-{from}'"
        ),
    ];
    let mut tx = db.write().await?;
    for statement in statements {
        tx.exec(&statement, &[i64::try_from(count)?.into()]).await?;
    }
    Ok(tx.commit().await?)
}
