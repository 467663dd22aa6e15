//! Runs a test on both databases, each time on an empty store of its own that is gone afterwards.

use std::io::{Write, stderr};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use futures::FutureExt;
use hengji_db::{Db, OpenOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::fixture::MIGRATIONS;

const POSTGRES: &str = "HENGJI_TEST_POSTGRES";

/// An empty, migrated store and the URL to open it a second time, as another replica would.
pub struct Store {
    pub db: Db,
    pub url: String,
}

impl Store {
    async fn open(url: String) -> Self {
        let db = open(&url).await;
        db.migrate(MIGRATIONS).await.unwrap();
        Self { db, url }
    }

    pub async fn replica(&self) -> Db {
        open(&self.url).await
    }
}

/// On SQLite, and on PostgreSQL where a server is given.
pub async fn on_both(test: impl AsyncFn(&Store)) {
    on_sqlite(&test).await;
    on_postgres(&test).await;
}

pub async fn on_sqlite(test: impl AsyncFn(&Store)) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(sqlite_url(&folder)).await;
    test(&store).await;
    store.db.close().await;
}

pub async fn on_postgres(test: impl AsyncFn(&Store)) {
    on_empty_schema(async |url| {
        let store = Store::open(url).await;
        test(&store).await;
        store.db.close().await;
    })
    .await;
}

/// Hands out a URL with a schema that does not exist yet, and drops the schema also after a failure.
pub async fn on_empty_schema(test: impl AsyncFn(String)) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Some(server) = postgres_url() else { return };
    let schema = format!("db_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let outcome = AssertUnwindSafe(test(format!("{server}?hengji_schema={schema}"))).catch_unwind().await;
    let mut connection = PgConnection::connect(&server).await.unwrap();
    connection.execute(AssertSqlSafe(format!("drop schema if exists {schema} cascade"))).await.unwrap();
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

pub fn sqlite_url(folder: &tempfile::TempDir) -> String {
    format!("sqlite://{}/stores/test.sqlite", folder.path().display())
}

/// A few connections only: tests run side by side.
pub async fn open(url: &str) -> Db {
    Db::open_with("test", url, OpenOptions { postgres_connections: 8, ..OpenOptions::default() })
        .await
        .unwrap()
}

/// The server to test on, as a superuser; where there is none, says so once, past the capture of test output.
#[expect(clippy::disallowed_methods, reason = "tests are told their server by the environment")]
fn postgres_url() -> Option<String> {
    static TOLD: Once = Once::new();
    let url = std::env::var(POSTGRES).ok();
    if url.is_none() {
        TOLD.call_once(|| {
            let notice = format!("postgresql half not run: {POSTGRES} is not set\n");
            stderr().write_all(notice.as_bytes()).unwrap();
        });
    }
    url
}
