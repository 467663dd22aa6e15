//! Opening a service's database and beginning transactions on it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use tokio::sync::{Notify, watch};

use crate::error::is_busy;
use crate::row::Source;
use crate::statement::{Arg, Statement};
use crate::tx::Connection;
use crate::value::{bind_postgres, bind_sqlite};
use crate::{DbError, Row, Tx};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// How many connections a service holds.
#[derive(Debug, Clone, Copy)]
pub struct OpenOptions {
    /// Six services of three replicas take 18 times as many of a server's connections: 288 at 16.
    pub postgres_connections: u32,
    /// SQLite readers beside the one writer. A second writer only adds waiting.
    pub sqlite_readers: u32,
    /// How long a transaction waits for its connection before the call fails as unavailable.
    pub acquire_timeout: Duration,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { postgres_connections: 16, sqlite_readers: 4, acquire_timeout: Duration::from_secs(30) }
    }
}

/// A connection used within this time is taken to be alive; if it is not, the call fails as unavailable.
const IDLE_WITHOUT_DOUBT: Duration = Duration::from_secs(1);

/// How soon a file that somebody else is making is asked for again.
const TURNED_AWAY: Duration = Duration::from_millis(10);

/// One service's database. Clones share the connections.
#[derive(Clone)]
pub struct Db {
    pub(crate) service: &'static str,
    pub(crate) pools: Pools,
    pub(crate) signals: Arc<Signals>,
}

#[derive(Clone)]
pub(crate) enum Pools {
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    Postgres { pool: PgPool, schema: Option<String> },
}

/// News inside this process; other replicas find out by polling.
pub(crate) struct Signals {
    /// A transaction with journal entries committed.
    pub(crate) appended: Notify,
    /// The position sealed last.
    pub(crate) sealed: watch::Sender<i64>,
}

impl Db {
    /// `sqlite:///folder/file.sqlite` (the folder is made) or `postgres://..`, where the query parameter
    /// `hengji_schema=targets` gives the service a schema of its own.
    pub async fn open(service: &'static str, url: &str) -> Result<Self, DbError> {
        Self::open_with(service, url, OpenOptions::default()).await
    }

    pub async fn open_with(service: &'static str, url: &str, options: OpenOptions) -> Result<Self, DbError> {
        if !is_identifier(service) {
            return Err(DbError::other(format!("service name {service} is not an identifier")));
        }
        let pools = if let Some(path) = url.strip_prefix("sqlite://") {
            open_sqlite(Path::new(path), options).await?
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url, options).await?
        } else {
            return Err(DbError::other("database url begins with neither sqlite:// nor postgres://"));
        };
        let signals = Arc::new(Signals { appended: Notify::new(), sealed: watch::Sender::new(0) });
        Ok(Self { service, pools, signals })
    }

    pub const fn service(&self) -> &'static str {
        self.service
    }

    pub const fn dialect(&self) -> Dialect {
        match self.pools {
            Pools::Sqlite { .. } => Dialect::Sqlite,
            Pools::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// A transaction that sees one state throughout and cannot write.
    pub async fn read(&self) -> Result<Tx, DbError> {
        let connection = match &self.pools {
            Pools::Sqlite { readers, .. } => Connection::Sqlite(readers.begin().await?),
            Pools::Postgres { pool, .. } => Connection::Postgres(
                pool.begin_with("begin isolation level repeatable read, read only").await?,
            ),
        };
        Ok(Tx::new(connection, self.signals.clone()))
    }

    /// A transaction that writes. SQLite admits one at a time; PostgreSQL many, so that what was read may have changed
    /// before it is saved: the version in `Tx::save` finds out.
    pub async fn write(&self) -> Result<Tx, DbError> {
        let connection = match &self.pools {
            Pools::Sqlite { writer, .. } => Connection::Sqlite(writer.begin_with("begin immediate").await?),
            Pools::Postgres { pool, .. } => Connection::Postgres(pool.begin().await?),
        };
        Ok(Tx::new(connection, self.signals.clone()))
    }

    /// A statement for [`Db::ask`], begun with `text`.
    pub fn statement(&self, text: &str) -> Statement {
        Statement::new(self.dialect(), text)
    }

    /// The rows of one `select` that stands alone: it sees one state by itself, so that no transaction is needed around it
    /// and PostgreSQL is asked once.
    pub async fn ask(&self, statement: Statement) -> Result<Vec<Row>, DbError> {
        let (sql, args, keep) = statement.parts();
        let args: Vec<_> = args.iter().map(Arg::bind).collect();
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => {
                let rows = bind_sqlite(sql, &args).persistent(keep).fetch_all(readers).await?;
                rows.into_iter().map(|row| Row(Source::Sqlite(row))).collect()
            }
            Pools::Postgres { pool, .. } => {
                let rows = bind_postgres(sql, &args).persistent(keep).fetch_all(pool).await?;
                rows.into_iter().map(|row| Row(Source::Postgres(row))).collect()
            }
        })
    }

    /// The value all replicas share under `name`: the first one offered, made by `fresh`.
    pub async fn secret(&self, name: &str, fresh: &[u8]) -> Result<Vec<u8>, DbError> {
        let mut tx = self.write().await?;
        let value = tx.first_secret(name, fresh).await?;
        tx.commit().await?;
        Ok(value)
    }

    /// Answers if the database does.
    pub async fn ping(&self) -> Result<(), DbError> {
        self.read().await?.one("select 1 as alive", &[]).await.map(|_| ())
    }

    /// Waits for transactions in progress and lets go of every connection.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await; // last, so that it folds the write-ahead log into the file
            }
            Pools::Postgres { pool, .. } => pool.close().await,
        }
    }
}

impl Tx {
    pub(crate) async fn first_secret(&mut self, name: &str, fresh: &[u8]) -> Result<Vec<u8>, DbError> {
        let insert = "insert into service_secret (name, value) values ($1, $2) on conflict (name) do nothing";
        self.exec(insert, &[name.into(), fresh.into()]).await?;
        let stored = self.one("select value from service_secret where name = $1", &[name.into()]).await?;
        let row = stored.ok_or_else(|| DbError::other("a secret vanished in its own transaction"))?;
        row.bytes("value").map_err(|error| error.in_row("service_secret", name))
    }
}

async fn open_sqlite(path: &Path, options: OpenOptions) -> Result<Pools, DbError> {
    if let Some(folder) = path.parent() {
        // the files hold signing seeds: a folder made here is its owner's alone
        let mut builder = tokio::fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(folder).await.map_err(sqlx::Error::Io)?;
    }
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full) // a committed payment survives power loss
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(30));
    let pool = SqlitePoolOptions::new()
        .acquire_timeout(options.acquire_timeout)
        .idle_timeout(None)
        .max_lifetime(None);
    // the writer first: it makes the file
    let writer = open_writer(&pool.clone().max_connections(1), &connect, options.acquire_timeout).await?;
    let read_only = connect.pragma("query_only", "on");
    let readers = pool.max_connections(options.sqlite_readers).connect_with(read_only).await?;
    Ok(Pools::Sqlite { readers, writer })
}

/// Of those who make a file at the same moment one switches it to the write-ahead log; SQLite turns the others away at once,
/// whatever their busy timeout, and they try again.
async fn open_writer(
    pool: &SqlitePoolOptions,
    connect: &SqliteConnectOptions,
    within: Duration,
) -> Result<SqlitePool, DbError> {
    let began = tokio::time::Instant::now();
    loop {
        match pool.clone().connect_with(connect.clone()).await {
            Err(sqlx::Error::Database(busy)) if is_busy(busy.as_ref()) && began.elapsed() < within => {
                tokio::time::sleep(TURNED_AWAY).await;
            }
            opened => return Ok(opened?),
        }
    }
}

async fn open_postgres(url: &str, options: OpenOptions) -> Result<Pools, DbError> {
    let (url, schema) = split_schema(url)?;
    let mut connect: PgConnectOptions = url.parse()?;
    if let Some(schema) = &schema {
        connect = connect.options([("search_path", schema)]);
    }
    let pool = PgPoolOptions::new()
        .max_connections(options.postgres_connections)
        .acquire_timeout(options.acquire_timeout)
        // asking before each use doubles the round trips of a short read: only what has lain idle may have gone away
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for >= IDLE_WITHOUT_DOUBT {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(connect)
        .await?;
    Ok(Pools::Postgres { pool, schema })
}

/// Takes `hengji_schema=..` out of the URL's query.
fn split_schema(url: &str) -> Result<(String, Option<String>), DbError> {
    let Some((base, query)) = url.split_once('?') else {
        return Ok((url.to_owned(), None));
    };
    let (ours, theirs): (Vec<&str>, Vec<&str>) =
        query.split('&').partition(|pair| pair.starts_with("hengji_schema="));
    let schema = ours.last().map(|pair| pair["hengji_schema=".len()..].to_owned());
    match &schema {
        Some(name) if !is_identifier(name) => {
            Err(DbError::other(format!("schema name {name} is not an identifier")))
        }
        _ if theirs.is_empty() => Ok((base.to_owned(), schema)),
        _ => Ok((format!("{base}?{}", theirs.join("&")), schema)),
    }
}

/// Safe inside SQL text: lower-case letters, digits and underscores, a letter first.
fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= 48
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_taken_out_of_the_url() {
        let split = |url| split_schema(url).unwrap();
        let bare = "postgres://db/hengji";
        assert_eq!(split(bare), (bare.to_owned(), None));
        assert_eq!(
            split("postgres://db/hengji?hengji_schema=targets"),
            (bare.to_owned(), Some("targets".to_owned()))
        );
        assert_eq!(
            split("postgres://db/hengji?sslmode=require&hengji_schema=targets&user=x"),
            (format!("{bare}?sslmode=require&user=x"), Some("targets".to_owned()))
        );
        assert!(split_schema("postgres://db/hengji?hengji_schema=a;drop").is_err());
    }

    #[tokio::test]
    async fn refuses_other_databases() {
        assert!(matches!(Db::open("targets", "mysql://db/hengji").await, Err(DbError::Other(_))));
    }
}
