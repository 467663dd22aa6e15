//! What can go wrong with a store, sorted by what the caller can do about it.

use std::error::Error;
use std::fmt::Display;
use std::sync::Arc;

use sqlx::error::DatabaseError;

type Cause = Arc<dyn Error + Send + Sync>;

#[derive(Clone, Debug, thiserror::Error)]
pub enum DbError {
    /// The name is taken.
    #[error("{table} already holds {name}")]
    Exists { table: &'static str, name: String },
    /// Somebody else saved in between: load again and decide again.
    #[error("{table} holds a newer version of {name}")]
    Stale { table: &'static str, name: String },
    /// A stored value does not read back as what it should be.
    #[error("{table}.{column} of {key} is not readable")]
    Corrupt { table: &'static str, column: String, key: String },
    /// The database cannot be reached, is full or overloaded, or chose this transaction as a victim: try again later.
    #[error("database unavailable")]
    Unavailable(#[source] Cause),
    /// A constraint or trigger refused the change; its name on PostgreSQL, its message on SQLite.
    #[error("refused by constraint {0}")]
    Constraint(String),
    #[error("{0}")]
    Other(Cause),
}

impl DbError {
    /// Something else failed while the database was being used.
    pub fn caused_by(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Other(Arc::new(cause))
    }

    pub(crate) fn other(message: impl Into<String>) -> Self {
        Self::Other(Arc::from(Box::<dyn Error + Send + Sync>::from(message.into())))
    }

    pub fn corrupt(column: &str, cause: impl Display) -> Self {
        tracing::error!(column, %cause, "stored value is not readable");
        Self::Corrupt { table: "row", column: column.to_owned(), key: String::new() }
    }

    /// Says in which row a value was not readable.
    pub fn in_row(self, row_table: &'static str, row_key: impl Display) -> Self {
        match self {
            Self::Corrupt { column, .. } => {
                Self::Corrupt { table: row_table, column, key: row_key.to_string() }
            }
            other => other,
        }
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(refusal) => match sort(refusal.as_ref()) {
                Sort::Unavailable => Self::Unavailable(Arc::new(error)),
                Sort::Constraint(name) => Self::Constraint(name),
                Sort::Other => Self::Other(Arc::new(error)),
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Self::Unavailable(Arc::new(error)),
            _ => Self::Other(Arc::new(error)),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for DbError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(error) => error.into(),
            error => Self::Other(Arc::new(error)),
        }
    }
}

enum Sort {
    Unavailable,
    Constraint(String),
    Other,
}

fn sort(refusal: &dyn DatabaseError) -> Sort {
    let code = refusal.code().unwrap_or_default();
    if refusal.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().is_some() {
        sort_postgres(&code, refusal)
    } else {
        sort_sqlite(&code, refusal)
    }
}

/// SQLSTATE: 40 serialization and deadlock, 08 connection, 53 resources, 57 intervention, 55P03 lock; 23 integrity.
fn sort_postgres(code: &str, refusal: &dyn DatabaseError) -> Sort {
    match code.get(..2) {
        _ if code == "55P03" => Sort::Unavailable,
        Some("40" | "08" | "53" | "57") => Sort::Unavailable,
        Some("23") => Sort::Constraint(refusal.constraint().unwrap_or_else(|| refusal.message()).to_owned()),
        _ => Sort::Other,
    }
}

/// Whether SQLite says that somebody else holds the file.
pub(crate) fn is_busy(refusal: &dyn DatabaseError) -> bool {
    matches!(primary(&refusal.code().unwrap_or_default()), Some(5))
}

/// The primary result code: an extended one holds it in its lowest byte.
fn primary(code: &str) -> Option<u32> {
    code.parse::<u32>().ok().map(|code| code & 0xff)
}

/// Primary result codes: 5 busy, 6 locked, 10 input/output, 13 full; 19 constraint.
fn sort_sqlite(code: &str, refusal: &dyn DatabaseError) -> Sort {
    match primary(code) {
        Some(5 | 6 | 10 | 13) => Sort::Unavailable,
        Some(19) => Sort::Constraint(refusal.message().to_owned()),
        _ => Sort::Other,
    }
}
