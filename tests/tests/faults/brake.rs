//! Stops payments right before their commit, by means of the database alone: the suite runs as it is delivered.

use std::time::Duration;

use anyhow::Context;
use hengji_testkit::Database;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

/// Longest wait for somebody to come to a stop; met in a fraction of it.
const PATIENCE: Duration = Duration::from_mins(1);

/// A number nobody else locks by.
const LOCK: i64 = 20_211_231;

/// On PostgreSQL a deferred trigger, run by the commit, waits for a lock that is held here.
const PULL_POSTGRES: &str = "
    create function monitoring.brake() returns trigger language plpgsql as $$
    begin
        perform pg_advisory_xact_lock_shared(20211231);
        return null;
    end
    $$;
    create constraint trigger brake after insert on monitoring.payment deferrable initially deferred
    for each row execute function monitoring.brake();";

/// Waits for the end of whatever the brake has stopped.
const RELEASE_POSTGRES: &str = "drop trigger brake on monitoring.payment; drop function monitoring.brake();";

/// On SQLite the journal entry, the last thing a payment writes, is never done with.
const PULL_SQLITE: &str = "
    create view endless as with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) as n from n;
    create trigger brake after insert on journal_pending when new.kind = 'payment.posted'
    begin
        select n from endless;
    end;";

const RELEASE_SQLITE: &str = "drop trigger brake; drop view endless;";

/// So often in a row is SQLite's only writer found at work before it is taken to be stopped.
const LOOKS: usize = 20;

pub(crate) enum Brake {
    Sqlite(Box<SqliteConnectOptions>),
    Postgres(PgConnection),
}

impl Brake {
    /// From now on whoever posts payments comes to a stop.
    pub(crate) async fn pull(database: &Database) -> anyhow::Result<Self> {
        let url = database.url("monitoring");
        if let Some(file) = url.strip_prefix("sqlite://") {
            let options = SqliteConnectOptions::new().filename(file).busy_timeout(PATIENCE);
            SqliteConnection::connect_with(&options).await?.execute(PULL_SQLITE).await?;
            return Ok(Self::Sqlite(Box::new(options)));
        }
        let server = url.split('?').next().unwrap_or_default();
        let mut connection = PgConnection::connect(server).await?;
        connection.execute(PULL_POSTGRES).await?;
        sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut connection).await?;
        Ok(Self::Postgres(connection))
    }

    /// Waits until somebody has come to a stop.
    pub(crate) async fn reached(&mut self) -> anyhow::Result<()> {
        let waiting = async {
            let mut looks = 0;
            while looks < LOOKS {
                let (stopped, doubt) = match self {
                    Self::Sqlite(options) => (writes(options).await?, 1),
                    Self::Postgres(connection) => (waits(connection).await?, LOOKS),
                };
                looks = if stopped { looks + doubt } else { 0 };
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, waiting).await.context("nobody comes to a stop")?
    }

    /// Whoever was stopped is dead, and the database has found out: what was not committed is rolled back.
    pub(crate) async fn roll_back(self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(options) => {
                SqliteConnection::connect_with(&options).await?.execute(RELEASE_SQLITE).await?;
            }
            Self::Postgres(mut connection) => {
                let cut = "select pg_terminate_backend(pid) from pg_locks \
                           where locktype = 'advisory' and not granted and objid = $1::bigint";
                sqlx::query(cut).bind(LOCK).execute(&mut connection).await?;
                connection.execute(RELEASE_POSTGRES).await?;
            }
        }
        Ok(())
    }

    /// Whoever was stopped is dead, and the database was told to commit before that: it does. Nobody hears of it. SQLite
    /// commits in the process that is dead.
    pub(crate) async fn commit(self) -> anyhow::Result<()> {
        let Self::Postgres(mut connection) = self else { return self.roll_back().await };
        sqlx::query("select pg_advisory_unlock($1)").bind(LOCK).execute(&mut connection).await?;
        connection.execute(RELEASE_POSTGRES).await?;
        Ok(())
    }
}

/// Whether somebody holds SQLite's only write lock.
async fn writes(options: &SqliteConnectOptions) -> anyhow::Result<bool> {
    let impatient = options.clone().busy_timeout(Duration::ZERO);
    let mut connection = SqliteConnection::connect_with(&impatient).await?;
    let free = connection.execute("begin immediate").await.is_ok();
    connection.close().await?;
    Ok(!free)
}

/// Whether a commit waits for the lock.
async fn waits(connection: &mut PgConnection) -> anyhow::Result<bool> {
    let waiting = "select count(*) > 0 from pg_locks \
                   where locktype = 'advisory' and not granted and objid = $1::bigint";
    Ok(sqlx::query_scalar(waiting).bind(LOCK).fetch_one(connection).await?)
}
