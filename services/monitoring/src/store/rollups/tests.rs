use hengji_db::Stored;
use hengji_kernel::{Date, Timestamp};
use hengji_rules::ObjectType;
use hengji_rules::pack::Light;
use hengji_testkit::{Database, databases};

use super::*;
use crate::MIGRATIONS;
use crate::domain::{Baseline, FundKind, Mark, Position, ProjectFacts, ProjectKey};

const NOW: Timestamp = Timestamp(0);

fn region() -> RegionCode {
    "640323000".parse().unwrap()
}

fn year() -> FiscalYear {
    2021.try_into().unwrap()
}

fn position(number: usize) -> Position {
    let facts = ProjectFacts {
        title: "项目".into(),
        unit: format!("219{:03}", number % 3).parse().unwrap(),
        initial: Money::from_fen(100_000),
        budget: Money::from_fen(100_000),
        additions: vec![],
        fund_kind: Some(if number.is_multiple_of(2) {
            FundKind::GeneralPublic
        } else {
            FundKind::SpecialBond
        }),
        marks: if number.is_multiple_of(3) { vec![Mark::Transfer, Mark::DirectFunds] } else { vec![] },
    };
    let target = "regions/640323000/years/2021/targets/T1".into();
    let baseline = Baseline { target, version: 1, object: ObjectType::Project, indicators: vec![] };
    let project = format!("regions/640323000/years/2021/projects/P{number}");
    Position::open(ProjectKey::parse(&project).unwrap(), &facts, &baseline, day("2021-01-10"))
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

async fn total(db: &hengji_db::Db) -> Vec<Rollup> {
    let mut tx = db.read().await.unwrap();
    rollups(&mut tx, &region(), None, year(), Grouping::Total).await.unwrap()
}

/// The same sums, counted from the positions.
async fn counted(db: &hengji_db::Db) -> (i64, i64, i64) {
    let sql = "select count(*) as projects, cast(coalesce(sum(paid_fen), 0) as bigint) as paid_fen, \
               cast(coalesce(sum(case when money_light = 'red' then budget_fen else 0 end), 0) as bigint) as red_fen \
               from position";
    let row = db.read().await.unwrap().one(sql, &[]).await.unwrap().unwrap();
    (row.int("projects").unwrap(), row.int("paid_fen").unwrap(), row.int("red_fen").unwrap())
}

async fn agree(db: &hengji_db::Db, database: &Database) {
    let rows = total(db).await;
    let sums = rows.first().map_or((0, 0, 0), |row| {
        let red = row.money_lights.iter().find(|(light, _)| *light == "red").unwrap().1;
        (row.all.projects, row.all.paid.fen(), red.budget.fen())
    });
    assert_eq!(sums, counted(db).await, "{}", database.label());
}

#[tokio::test]
async fn sums_are_those_of_the_positions_before_and_after_every_fold() {
    for database in databases().await.unwrap() {
        let db = database.open("monitoring").await.unwrap();
        db.migrate(MIGRATIONS).await.unwrap();
        let mut stored: Vec<Stored<Position>> = Vec::new();
        for number in 0..12 {
            let mut tx = db.write().await.unwrap();
            stored.push(tx.insert(&position(number), NOW).await.unwrap());
            tx.commit().await.unwrap();
        }
        agree(&db, &database).await;
        for round in 0..30_usize {
            for (index, position) in stored.iter_mut().enumerate() {
                if (round + index).is_multiple_of(3) {
                    continue;
                }
                position.version += 1;
                position.record.paid += Money::from_fen((round * 7 + index) as i64);
                position.record.money.light =
                    [Light::Green, Light::Yellow, Light::Red][(round / 2 + index) % 3];
            }
            let mut tx = db.write().await.unwrap();
            tx.save_held(stored.iter().map(Stored::as_ref), NOW).await.unwrap();
            tx.commit().await.unwrap();
            agree(&db, &database).await;
            if round.is_multiple_of(4) {
                let mut tx = db.write().await.unwrap();
                while fold(&mut tx).await.unwrap() {}
                tx.commit().await.unwrap();
                agree(&db, &database).await;
            }
        }
        let mut tx = db.read().await.unwrap();
        let by_mark = rollups(&mut tx, &region(), None, year(), Grouping::Mark).await.unwrap();
        let counts: Vec<_> = by_mark.iter().map(|row| (row.key.as_str(), row.all.projects)).collect();
        assert_eq!(counts, [("direct_funds", 4), ("transfer", 4)]);
        let unit = "219001".parse().unwrap();
        let by_kind = rollups(&mut tx, &region(), Some(&unit), year(), Grouping::FundKind).await.unwrap();
        let counts: Vec<_> = by_kind.iter().map(|row| (row.key.as_str(), row.all.projects)).collect();
        assert_eq!(counts, [("general_public", 2), ("special_bond", 2)]);
        drop(tx);
        db.close().await;
        database.remove().await.unwrap();
    }
}

#[tokio::test]
async fn what_changes_nothing_that_is_summed_moves_nothing() {
    for database in databases().await.unwrap() {
        let db = database.open("monitoring").await.unwrap();
        db.migrate(MIGRATIONS).await.unwrap();
        let mut tx = db.write().await.unwrap();
        let mut stored = tx.insert(&position(1), NOW).await.unwrap();
        while fold(&mut tx).await.unwrap() {}
        stored.version += 1;
        stored.record.title = "另一名称".into();
        tx.save_held([stored.as_ref()], NOW).await.unwrap();
        assert!(!fold(&mut tx).await.unwrap());
        let row = tx.one("select count(*) as moves from rollup_move", &[]).await.unwrap().unwrap();
        assert_eq!(row.int("moves").unwrap(), 0);
        drop(tx);
        db.close().await;
        database.remove().await.unwrap();
    }
}

#[tokio::test]
async fn positions_of_before_are_summed_and_know_since_when_their_money_lies() {
    for database in databases().await.unwrap() {
        let db = database.open("monitoring").await.unwrap();
        let before: Vec<_> = MIGRATIONS.iter().filter(|step| step.version <= 3).copied().collect();
        db.migrate(Vec::leak(before)).await.unwrap();
        let mut position = position(1);
        position.issue(Money::from_fen(60_000), day("2021-02-01")).unwrap();
        position.paid = Money::from_fen(500);
        let mut body = serde_json::to_value(&position.funds).unwrap();
        body["indicators"] = serde_json::to_value(&position.indicators).unwrap();
        for field in
            ["last_paid", "fund_kind", "marks", "warnings", "money_history", "result_history", "results"]
        {
            body.as_object_mut().unwrap().remove(field);
        }
        let mut tx = db.write().await.unwrap();
        let insert = "insert into position (name, version, body, created_at, updated_at, region, unit, year, initial_fen, \
                      budget_fen, allotted_fen, paid_fen, money_light, result_light) \
                      values ($1, 1, $2, 0, 0, '640323000', '219001', 2021, 100000, 100000, 60000, 500, 'green', 'unlit')";
        tx.exec(insert, &[position.resource_name().into(), body.to_string().into()]).await.unwrap();
        let pay = "insert into payment (name, version, body, created_at, updated_at, region, unit, year, project, pay_date, \
                   amount_fen) values ($1, 1, '{}', 0, 0, '640323000', '219001', 2021, $2, $3, $4)";
        for (voucher, date, fen) in [("V1", "2021-05-01", 700_i64), ("V2", "2021-06-01", -200)] {
            let name = format!("regions/640323000/years/2021/payments/{voucher}");
            let args = [name.into(), position.project.name().into(), date.into(), fen.into()];
            tx.exec(pay, &args).await.unwrap();
        }
        tx.commit().await.unwrap();
        db.migrate(MIGRATIONS).await.unwrap();
        agree(&db, &database).await;
        let mut tx = db.read().await.unwrap();
        let read =
            tx.load::<Position>(&position.resource_name(), &hengji_kernel::DataScope::Everything).await;
        let read = read.unwrap().unwrap().record;
        assert_eq!((read.last_paid, read.idle_since()), (Some(day("2021-05-01")), Some(day("2021-05-01"))));
        let row = tx.one("select idle_since from position", &[]).await.unwrap().unwrap();
        assert_eq!(row.text("idle_since").unwrap(), "2021-05-01");
        drop(tx);
        db.close().await;
        database.remove().await.unwrap();
    }
}
