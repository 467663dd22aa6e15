//! A transaction of either database, spoken to in one SQL.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Postgres, SqlSafeStr, SqlStr, Sqlite, Transaction};

use crate::db::Signals;
use crate::row::Source;
use crate::statement::{Statement, placeholder};
use crate::value::bind;
use crate::{DbError, Dialect, Row, Value};

/// Binds a statement may have: hundreds of rows a statement, far below what either database allows.
const BULK_BINDS: usize = 3000;

/// Ends with [`Tx::commit`]; dropped before that, nothing happened. After an error it can only be dropped.
pub struct Tx {
    connection: Connection,
    signals: Arc<Signals>,
    pub(crate) appended: bool,
}

pub(crate) enum Connection {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(crate) const fn new(connection: Connection, signals: Arc<Signals>) -> Self {
        Self { connection, signals, appended: false }
    }

    pub const fn dialect(&self) -> Dialect {
        match self.connection {
            Connection::Sqlite(_) => Dialect::Sqlite,
            Connection::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement and says how many rows it touched. The text is never made of a caller's words: those are arguments.
    pub async fn exec(&mut self, sql: &str, args: &[Value]) -> Result<u64, DbError> {
        self.execute(AssertSqlSafe(sql).into_sql_str(), &args.iter().collect::<Vec<_>>(), true).await
    }

    /// The first row, if there is one.
    pub async fn one(&mut self, sql: &str, args: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// All rows; the statement says how many at most.
    pub async fn all(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>, DbError> {
        self.fetch(AssertSqlSafe(sql).into_sql_str(), &args.iter().collect::<Vec<_>>(), true).await
    }

    /// Many rows in few statements: `head` such as `insert into t (a, b) values`, the rows, then `tail` such as
    /// `on conflict (a) do nothing`. Says how many rows were touched.
    pub async fn bulk(&mut self, head: &str, rows: &[Vec<Value>], tail: &str) -> Result<u64, DbError> {
        let mut touched = 0;
        let size = chunk_size(rows);
        for chunk in rows.chunks(size) {
            let (sql, args) = bulk_statement(self.dialect(), head, chunk, tail)?;
            touched += self.execute(sql, &args, chunk.len() == 1 || chunk.len() == size).await?;
        }
        Ok(touched)
    }

    /// As [`Tx::bulk`], with the rows that `tail` returns.
    pub(crate) async fn bulk_returning(
        &mut self,
        head: &str,
        rows: &[Vec<Value>],
        tail: &str,
    ) -> Result<Vec<Row>, DbError> {
        let mut returned = Vec::new();
        let size = chunk_size(rows);
        for chunk in rows.chunks(size) {
            let (sql, args) = bulk_statement(self.dialect(), head, chunk, tail)?;
            returned.extend(self.fetch(sql, &args, chunk.len() == 1 || chunk.len() == size).await?);
        }
        Ok(returned)
    }

    pub async fn commit(self) -> Result<(), DbError> {
        match self.connection {
            Connection::Sqlite(tx) => tx.commit().await?,
            Connection::Postgres(tx) => tx.commit().await?,
        }
        if self.appended {
            self.signals.appended.notify_one();
        }
        Ok(())
    }

    pub(crate) async fn select(&mut self, statement: Statement) -> Result<Vec<Row>, DbError> {
        let (sql, args, keep) = statement.parts();
        self.fetch(sql, &args.iter().collect::<Vec<_>>(), keep).await
    }

    pub(crate) async fn change(&mut self, statement: Statement) -> Result<u64, DbError> {
        let (sql, args, keep) = statement.parts();
        self.execute(sql, &args.iter().collect::<Vec<_>>(), keep).await
    }

    pub(crate) const fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// `keep` prepares the statement for next time. Of bulk statements that pays for one row and for a full chunk; other
    /// sizes would only crowd the cache.
    async fn execute(&mut self, sql: SqlStr, args: &[&Value], keep: bool) -> Result<u64, DbError> {
        Ok(match &mut self.connection {
            Connection::Sqlite(tx) => {
                bind::<Sqlite>(sql, args).persistent(keep).execute(&mut **tx).await?.rows_affected()
            }
            Connection::Postgres(tx) => {
                bind::<Postgres>(sql, args).persistent(keep).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    async fn fetch(&mut self, sql: SqlStr, args: &[&Value], keep: bool) -> Result<Vec<Row>, DbError> {
        Ok(match &mut self.connection {
            Connection::Sqlite(tx) => {
                let rows = bind::<Sqlite>(sql, args).persistent(keep).fetch_all(&mut **tx).await?;
                rows.into_iter().map(|row| Row(Source::Sqlite(row))).collect()
            }
            Connection::Postgres(tx) => {
                let rows = bind::<Postgres>(sql, args).persistent(keep).fetch_all(&mut **tx).await?;
                rows.into_iter().map(|row| Row(Source::Postgres(row))).collect()
            }
        })
    }
}

/// Rows that fit one statement.
fn chunk_size(rows: &[Vec<Value>]) -> usize {
    let width = rows.first().map_or(1, Vec::len).max(1);
    (BULK_BINDS / width).max(1)
}

fn bulk_statement<'a>(
    dialect: Dialect,
    head: &str,
    rows: &'a [Vec<Value>],
    tail: &str,
) -> Result<(SqlStr, Vec<&'a Value>), DbError> {
    let width = rows.first().map_or(0, Vec::len);
    let mut text = head.to_owned();
    let mut args = Vec::with_capacity(rows.len() * width);
    for row in rows {
        if row.len() != width {
            return Err(DbError::other("rows of one bulk statement differ in width"));
        }
        text.push_str(if args.is_empty() { " (" } else { "), (" });
        for (column, value) in row.iter().enumerate() {
            if column > 0 {
                text.push_str(", ");
            }
            args.push(value);
            placeholder(dialect, args.len(), &mut text);
        }
    }
    text.push_str(") ");
    text.push_str(tail);
    Ok((AssertSqlSafe(text).into_sql_str(), args))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bulk_statement_numbers_its_values_across_rows() {
        let rows: Vec<Vec<Value>> = (0..2_i64).map(|n| vec![n.into(), "x".into()]).collect();
        let text =
            |dialect| bulk_statement(dialect, "insert into t (a, b) values", &rows, "returning a").unwrap().0;
        assert_eq!(
            text(Dialect::Postgres).as_str(),
            "insert into t (a, b) values ($1, $2), ($3, $4) returning a"
        );
        assert_eq!(text(Dialect::Sqlite).as_str(), "insert into t (a, b) values (?, ?), (?, ?) returning a");
    }

    #[test]
    fn refuses_rows_of_different_width() {
        let rows = vec![vec![1_i64.into()], vec![1_i64.into(), 2_i64.into()]];
        assert!(bulk_statement(Dialect::Sqlite, "insert into t (a) values", &rows, "").is_err());
    }
}
