//! A transaction of either database, spoken to in one SQL.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Postgres, SqlSafeStr, SqlStr, Sqlite, Transaction};

use crate::db::Signals;
use crate::row::Source;
use crate::statement::{Arg, Statement, placeholder};
use crate::value::{Bind, array_type, bind_postgres, bind_sqlite};
use crate::{DbError, Dialect, Row, Value};

/// Binds a statement may have on SQLite: hundreds of rows a statement, far below what it allows.
const BULK_BINDS: usize = 3000;

/// Rows of a statement on PostgreSQL, where every column is one array: one prepared statement for any number of rows.
const BULK_ROWS: usize = 1000;

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
        self.execute(AssertSqlSafe(sql).into_sql_str(), &Bind::each(args), true).await
    }

    /// The first row, if there is one.
    pub async fn one(&mut self, sql: &str, args: &[Value]) -> Result<Option<Row>, DbError> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// All rows; the statement says how many at most.
    pub async fn all(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>, DbError> {
        self.fetch(AssertSqlSafe(sql).into_sql_str(), &Bind::each(args), true).await
    }

    /// Many rows in few statements: `head` such as `insert into t (a, b) values`, the rows, then `tail` such as
    /// `on conflict (a) do nothing`. Says how many rows were touched.
    pub async fn bulk(&mut self, head: &str, rows: &[Vec<Value>], tail: &str) -> Result<u64, DbError> {
        let mut touched = 0;
        for chunk in rows.chunks(self.chunk_size(rows)) {
            let (sql, args) = bulk_statement(self.dialect(), head, chunk, tail)?;
            touched += self.execute(sql, &args, self.worth_keeping(chunk, rows)).await?;
        }
        Ok(touched)
    }

    /// As [`Tx::bulk`], with the rows that the statement returns: `insert .. returning`, or a `select` whose head ends in
    /// `in (` and whose tail closes it.
    pub(crate) async fn bulk_returning(
        &mut self,
        head: &str,
        rows: &[Vec<Value>],
        tail: &str,
    ) -> Result<Vec<Row>, DbError> {
        let mut returned = Vec::new();
        for chunk in rows.chunks(self.chunk_size(rows)) {
            let (sql, args) = bulk_statement(self.dialect(), head, chunk, tail)?;
            returned.extend(self.fetch(sql, &args, self.worth_keeping(chunk, rows)).await?);
        }
        Ok(returned)
    }

    /// Rows that fit one statement.
    fn chunk_size(&self, rows: &[Vec<Value>]) -> usize {
        match self.dialect() {
            Dialect::Sqlite => {
                let width = rows.first().map_or(1, Vec::len).max(1);
                (BULK_BINDS / width).max(1)
            }
            Dialect::Postgres => BULK_ROWS,
        }
    }

    /// Whether to keep a bulk statement prepared. On SQLite that pays for one row and for a full chunk; other sizes would
    /// only crowd the cache.
    fn worth_keeping(&self, chunk: &[Vec<Value>], rows: &[Vec<Value>]) -> bool {
        self.dialect() == Dialect::Postgres || chunk.len() == 1 || chunk.len() == self.chunk_size(rows)
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
        self.fetch(sql, &args.iter().map(Arg::bind).collect::<Vec<_>>(), keep).await
    }

    pub(crate) async fn change(&mut self, statement: Statement) -> Result<u64, DbError> {
        let (sql, args, keep) = statement.parts();
        self.execute(sql, &args.iter().map(Arg::bind).collect::<Vec<_>>(), keep).await
    }

    pub(crate) const fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// `keep` prepares the statement for next time.
    async fn execute(&mut self, sql: SqlStr, args: &[Bind<'_>], keep: bool) -> Result<u64, DbError> {
        Ok(match &mut self.connection {
            Connection::Sqlite(tx) => {
                bind_sqlite(sql, args).persistent(keep).execute(&mut **tx).await?.rows_affected()
            }
            Connection::Postgres(tx) => {
                bind_postgres(sql, args).persistent(keep).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    async fn fetch(&mut self, sql: SqlStr, args: &[Bind<'_>], keep: bool) -> Result<Vec<Row>, DbError> {
        Ok(match &mut self.connection {
            Connection::Sqlite(tx) => {
                let rows = bind_sqlite(sql, args).persistent(keep).fetch_all(&mut **tx).await?;
                rows.into_iter().map(|row| Row(Source::Sqlite(row))).collect()
            }
            Connection::Postgres(tx) => {
                let rows = bind_postgres(sql, args).persistent(keep).fetch_all(&mut **tx).await?;
                rows.into_iter().map(|row| Row(Source::Postgres(row))).collect()
            }
        })
    }
}

/// `values (..), (..)` on SQLite, `select * from unnest(..)` on PostgreSQL between head and tail.
fn bulk_statement<'a>(
    dialect: Dialect,
    head: &str,
    rows: &'a [Vec<Value>],
    tail: &str,
) -> Result<(SqlStr, Vec<Bind<'a>>), DbError> {
    let width = rows.first().map_or(0, Vec::len);
    if rows.iter().any(|row| row.len() != width) {
        return Err(DbError::other("rows of one bulk statement differ in width"));
    }
    let mut text = head.trim_end().trim_end_matches("values").to_owned();
    let args = match dialect {
        Dialect::Sqlite => push_rows(&mut text, rows),
        Dialect::Postgres => push_columns(&mut text, rows, width)?,
    };
    text.push(' ');
    text.push_str(tail);
    Ok((AssertSqlSafe(text).into_sql_str(), args))
}

fn push_rows<'a>(text: &mut String, rows: &'a [Vec<Value>]) -> Vec<Bind<'a>> {
    text.push_str("values");
    let mut args = Vec::with_capacity(rows.len() * rows.first().map_or(0, Vec::len));
    for row in rows {
        text.push_str(if args.is_empty() { " (" } else { ", (" });
        for (column, value) in row.iter().enumerate() {
            if column > 0 {
                text.push_str(", ");
            }
            args.push(Bind::One(value));
            placeholder(Dialect::Sqlite, args.len(), text);
        }
        text.push(')');
    }
    args
}

fn push_columns<'a>(
    text: &mut String,
    rows: &'a [Vec<Value>],
    width: usize,
) -> Result<Vec<Bind<'a>>, DbError> {
    text.push_str("select * from unnest(");
    let mut args = Vec::with_capacity(width);
    for column in 0..width {
        let values = || rows.iter().filter_map(|row| row.get(column));
        let kind = array_type(values())
            .ok_or_else(|| DbError::other("a column of a bulk statement holds several kinds of values"))?;
        if column > 0 {
            text.push_str(", ");
        }
        placeholder(Dialect::Postgres, column + 1, text);
        text.push_str("::");
        text.push_str(kind);
        args.push(Bind::Column(values().collect()));
    }
    text.push(')');
    Ok(args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bulk_statement_takes_rows_on_sqlite_and_columns_on_postgresql() {
        let rows: Vec<Vec<Value>> = (0..2_i64).map(|n| vec![n.into(), "x".into()]).collect();
        let text =
            |dialect| bulk_statement(dialect, "insert into t (a, b) values", &rows, "returning a").unwrap().0;
        assert_eq!(
            text(Dialect::Postgres).as_str(),
            "insert into t (a, b) select * from unnest($1::bigint[], $2::text[]) returning a"
        );
        assert_eq!(text(Dialect::Sqlite).as_str(), "insert into t (a, b) values (?, ?), (?, ?) returning a");
    }

    #[test]
    fn refuses_rows_of_different_width_and_columns_of_different_kinds() {
        let head = "insert into t (a) values";
        let rows = vec![vec![1_i64.into()], vec![1_i64.into(), 2_i64.into()]];
        assert!(bulk_statement(Dialect::Sqlite, head, &rows, "").is_err());
        let rows = vec![vec![1_i64.into()], vec!["1".into()]];
        assert!(bulk_statement(Dialect::Postgres, head, &rows, "").is_err());
    }
}
