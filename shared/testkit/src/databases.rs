//! Each database a store test runs on.

use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context;
use hengji_db::Db;
use hengji_kernel::{Ids, SystemIds};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;

/// One database of its own for one test, gone afterwards.
pub struct Database {
    kind: Kind,
}

enum Kind {
    Sqlite(TempDir),
    Postgres { server: String, database: String },
}

/// SQLite always; PostgreSQL where `HENGJI_TEST_POSTGRES` names a server, and a plain word to stderr where it does not.
pub async fn databases() -> anyhow::Result<Vec<Database>> {
    let mut databases = vec![Database::sqlite()?];
    match postgres_server() {
        Some(server) => databases.push(Database::postgres(server).await?),
        None => say_not_run()?,
    }
    Ok(databases)
}

/// Past the capture of test output: what was not run must be seen.
pub(crate) fn say_not_run() -> std::io::Result<()> {
    writeln!(std::io::stderr(), "postgresql half not run: HENGJI_TEST_POSTGRES is not set")
}

#[expect(clippy::disallowed_methods, reason = "tests learn of the private server by this variable")]
pub(crate) fn postgres_server() -> Option<String> {
    std::env::var("HENGJI_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

impl Database {
    /// SQLite files in a folder of their own.
    pub fn sqlite() -> anyhow::Result<Self> {
        Ok(Self { kind: Kind::Sqlite(tempfile::tempdir()?) })
    }

    /// A database of its own on the server with this URL, whose user may create one.
    pub async fn postgres(server: String) -> anyhow::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let id = SystemIds.next().simple().to_string();
        let database = format!("hengji_test_{id}_{}", COUNT.fetch_add(1, Ordering::SeqCst));
        admin(&server, &format!("create database {database} template template0")).await?;
        Ok(Self { kind: Kind::Postgres { server, database } })
    }

    /// `sqlite` or `postgresql`, for messages.
    pub const fn label(&self) -> &'static str {
        match self.kind {
            Kind::Sqlite(_) => "sqlite",
            Kind::Postgres { .. } => "postgresql",
        }
    }

    /// The URL of one service's own part of this database.
    pub fn url(&self, service: &str) -> String {
        match &self.kind {
            Kind::Sqlite(folder) => format!("sqlite://{}/{service}.sqlite", folder.path().display()),
            Kind::Postgres { server, database } => {
                let base = server.rsplit_once('/').map_or(server.as_str(), |(base, _)| base);
                format!("{base}/{database}?hengji_schema={service}")
            }
        }
    }

    /// Removes what was made on the server. SQLite files go with the value.
    pub async fn remove(self) -> anyhow::Result<()> {
        match self.kind {
            Kind::Sqlite(folder) => Ok(folder.close()?),
            Kind::Postgres { server, database } => {
                admin(&server, &format!("drop database {database} with (force)")).await
            }
        }
    }
}

async fn admin(server: &str, statement: &str) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(server).await.context("the test server is away")?;
    connection.execute(AssertSqlSafe(statement.to_owned())).await.context("the test server refused")?;
    Ok(connection.close().await?)
}

impl Database {
    pub async fn open(&self, service: &'static str) -> anyhow::Result<Db> {
        Ok(Db::open(service, &self.url(service)).await?)
    }
}
