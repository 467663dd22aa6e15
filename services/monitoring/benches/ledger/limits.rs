//! What the database can do at best: bare tables by `pgbench` and in sets, and our own tables in sets.

use std::time::{Duration, Instant};

use futures::future::try_join_all;
use hengji_db::{Db, Value};
use sqlx::{Connection, Executor, PgConnection};

use crate::county::{self, PROJECTS, YEAR};

const ROWS: u64 = 500;
const CONNECTIONS: u64 = 2;

const SCHEMA: &str = include_str!("sql/bare.sql");
const POST_SET: &str = include_str!("sql/post_set.sql");

/// `pgbench` on bare tables in a database of their own.
pub struct Bare {
    /// The program, and where the server is.
    words: Vec<String>,
    url: String,
}

impl Bare {
    pub fn of(words: &[String], url: String) -> Self {
        Self { words: words.to_vec(), url }
    }

    /// Begins again with empty tables.
    pub async fn refresh(&self) -> anyhow::Result<()> {
        let mut connection = PgConnection::connect(&self.url).await?;
        for statement in ["drop schema public cascade", "create schema public"] {
            connection.execute(statement).await?;
        }
        connection.execute(SCHEMA).await?;
        connection.execute("checkpoint").await?;
        Ok(connection.close().await?)
    }

    /// Transactions a second of one of the scripts in `sql/`.
    pub fn pgbench(&self, run: &str, script: &str, clients: usize, seconds: u64) -> anyhow::Result<f64> {
        let file = format!("{}/benches/ledger/sql/{script}.pgbench", env!("CARGO_MANIFEST_DIR"));
        let threads = clients.min(2).to_string();
        let (clients, seconds) = (clients.to_string(), seconds.to_string());
        let run = format!("run={run}");
        let load = ["-n", "-M", "prepared", "-j", &threads, "-c", &clients, "-T", &seconds];
        hengji_testkit::pgbench(&self.words, &[&load[..], &["-D", "n=0", "-D", &run, "-f", &file]].concat())
    }

    /// Payments a second in sets of 500 by two connections, each with projects of its own.
    pub async fn sets(&self, run: &str, seconds: u64) -> anyhow::Result<f64> {
        let began = Instant::now();
        let end = began + Duration::from_secs(seconds);
        let lanes = (0..CONNECTIONS).map(|lane| {
            let (url, run) = (self.url.clone(), format!("{run}-{lane}"));
            tokio::spawn(async move {
                let mut connection = PgConnection::connect(&url).await?;
                let mut stored = 0;
                while Instant::now() < end {
                    let numbers = stored..stored + ROWS;
                    let vouchers: Vec<String> =
                        numbers.clone().map(|number| format!("V{run}-{number}")).collect();
                    let projects: Vec<i64> =
                        numbers.clone().map(|number| project(lane, number) as i64).collect();
                    let amounts: Vec<i64> =
                        numbers.map(|number| 100 + (number * 7919 % 99_900) as i64).collect();
                    let mut tx = connection.begin().await?;
                    let query = sqlx::query(POST_SET).bind(&vouchers).bind(&projects).bind(&amounts);
                    anyhow::ensure!(
                        query.execute(&mut *tx).await?.rows_affected() == ROWS,
                        "not all were stored"
                    );
                    tx.commit().await?;
                    stored += ROWS;
                }
                anyhow::Ok(stored)
            })
        });
        let mut stored = 0;
        for lane in try_join_all(lanes).await? {
            stored += lane?;
        }
        Ok(hengji_testkit::rate(stored, began.elapsed()))
    }
}

/// Spread over the projects of the lane.
const fn project(lane: u64, number: u64) -> u64 {
    (number * 7919 % (PROJECTS / CONNECTIONS)) * CONNECTIONS + lane
}

/// Payments a second in sets of 500 on our own tables: payments, positions and journal entries, ready made, with all their
/// indexes and triggers; nothing is decided, read or sealed.
pub async fn own(db: &Db, run: &str, seconds: u64) -> anyhow::Result<f64> {
    let lanes = if db.dialect() == hengji_db::Dialect::Sqlite { 1 } else { CONNECTIONS };
    let began = Instant::now();
    let end = began + Duration::from_secs(seconds);
    let tasks = (0..lanes).map(|lane| {
        let (db, run) = (db.clone(), format!("{run}-{lane}"));
        tokio::spawn(async move {
            let mut stored = 0;
            while Instant::now() < end {
                post_set(&db, &run, lane, stored).await?;
                stored += ROWS;
            }
            anyhow::Ok(stored)
        })
    });
    let mut stored = 0;
    for lane in try_join_all(tasks).await? {
        stored += lane?;
    }
    Ok(hengji_testkit::rate(stored, began.elapsed()))
}

async fn post_set(db: &Db, run: &str, lane: u64, from: u64) -> anyhow::Result<()> {
    let (mut payments, mut positions, mut entries) = (vec![], vec![], vec![]);
    for number in from..from + ROWS {
        let project = project(lane, number);
        let fen = 100 + (number * 7919 % 99_900) as i64;
        let (name, object) = (format!("{YEAR}/payments/{run}-{number}"), county::name(project));
        let body = format!(
            "{{\"voucher\":\"{run}-{number}\",\"project\":{{\"region\":\"640323000\",\"year\":2021,\"id\":\"Q{project}\"}},\
             \"amount\":\"{fen}\",\"pay_date\":\"2021-06-15\",\"payee\":\"收款单位\",\"note\":\"工程款\",\
             \"functional_account\":\"2140106\",\"economic_account\":\"\",\"corrects\":\"\",\"unit\":\"219001\"}}"
        );
        let payload = format!(
            "{{\"amount_yuan\":\"{fen}\",\"corrects\":\"\",\"economic_account\":\"\",\"functional_account\":\"2140106\",\
             \"pay_date\":\"2021-06-15\",\"project\":\"{object}\",\"voucher\":\"{run}-{number}\",\"allotted_yuan\":\"1000000000000.00\",\
             \"paid_yuan\":\"{fen}\"}}"
        );
        let at = Value::from(1_782_792_000_000_000_i64);
        payments.push(vec![
            (&name).into(),
            1_i64.into(),
            body.into(),
            at.clone(),
            at.clone(),
            "640323000".into(),
            "219001".into(),
            2021_i64.into(),
            object.into(),
            "2021-06-15".into(),
            fen.into(),
            "2140106".into(),
        ]);
        positions.push(vec![format!("{YEAR}/positions/Q{project}").into(), fen.into()]);
        entries.push(vec![
            hengji_testkit::request_id().into(),
            at,
            "accounts/finance".into(),
            "/hengji.monitoring.v1.PaymentService/StreamPayments".into(),
            "".into(),
            "payment.posted".into(),
            name.into(),
            "640323000".into(),
            "219001".into(),
            payload.into(),
            "".into(),
        ]);
    }
    let mut tx = db.write().await?;
    let head = "insert into payment (name, version, body, created_at, updated_at, region, unit, year, project, pay_date, \
                amount_fen, functional_account) values";
    let stored = tx.bulk(head, &payments, "on conflict (name) do nothing").await?;
    anyhow::ensure!(stored == ROWS, "not all were stored");
    let moved = ") update position set version = version + 1, body = body || '', paid_fen = paid_fen + amount \
                 from moved where position.name = moved.moving";
    tx.bulk("with moved (moving, amount) as (", &positions, moved).await?;
    let head = "insert into journal_pending (entry_id, at, account, method, request_id, kind, subject, region, unit, payload, \
                reason) values";
    tx.bulk(head, &entries, "").await?;
    Ok(tx.commit().await?)
}
