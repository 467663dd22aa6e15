//! Aggregates stored whole: JSON in `body`, beside it the columns they are searched, scoped and summed by. One whose parts
//! change at different times may keep each part in a column of its own.
//!
//! Every record table has `name text primary key, version bigint, body text, created_at bigint, updated_at bigint` and the
//! noun's own columns. The version counts saves: it is the etag, and the reason why no update is ever lost.

use std::collections::HashSet;

use hengji_kernel::{DataScope, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::scope_sql::restrict;
use crate::statement::Statement;
use crate::{Db, DbError, Dialect, Filter, Row, Scoping, Tx, Value};

/// Names looked up by one statement.
const NAMES_A_STATEMENT: usize = 500;

/// How an aggregate becomes text and back. Whatever serde knows is one JSON in `body`.
pub trait Body: Sized {
    /// Columns that hold it.
    const COLUMNS: &'static [&'static str];
    /// A text for each of the columns.
    fn encode(&self) -> Result<Vec<String>, serde_json::Error>;
    fn decode(texts: &[String]) -> Result<Self, serde_json::Error>;
}

impl<T: Serialize + DeserializeOwned> Body for T {
    const COLUMNS: &'static [&'static str] = &["body"];

    fn encode(&self) -> Result<Vec<String>, serde_json::Error> {
        Ok(vec![serde_json::to_string(self)?])
    }

    fn decode(texts: &[String]) -> Result<Self, serde_json::Error> {
        serde_json::from_str(texts.first().map_or("", String::as_str))
    }
}

pub trait Record: Body + Send + Sync {
    const TABLE: &'static str;
    const SCOPED: Scoping;
    fn name(&self) -> String;
    /// The noun's own columns, the same ones for every record.
    fn columns(&self) -> Vec<(&'static str, Value)>;
}

/// A record as the store holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored<T> {
    pub record: T,
    /// 1 at first, one more with each save.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl<T> Stored<T> {
    pub const fn as_ref(&self) -> Stored<&T> {
        let Self { record, version, created_at, updated_at } = self;
        Stored { record, version: *version, created_at: *created_at, updated_at: *updated_at }
    }

    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Stored<U> {
        let Self { record, version, created_at, updated_at } = self;
        Stored { record: change(record), version, created_at, updated_at }
    }
}

impl Db {
    /// As [`Tx::load_many`], asked by itself: one round trip a statement.
    pub async fn find_many<T: Record>(
        &self,
        names: &[String],
        scope: &DataScope,
    ) -> Result<Vec<Stored<T>>, DbError> {
        let mut found = Vec::with_capacity(names.len());
        for statement in named::<T>(self.dialect(), names, scope, "") {
            for row in self.ask(statement).await? {
                found.push(read(&row)?);
            }
        }
        Ok(found)
    }
}

impl Tx {
    /// Stores a new record; [`DbError::Exists`] if its name is taken.
    pub async fn insert<T: Record>(&mut self, record: &T, now: Timestamp) -> Result<Stored<T>, DbError> {
        let row = NewRow::of(record, now)?;
        let mut statement = Statement::new(self.dialect(), row.insert_head::<T>());
        for (index, value) in row.values.into_iter().enumerate() {
            statement.push(if index == 0 { " (" } else { ", " }).bind(value);
        }
        statement.push(") on conflict (name) do nothing");
        if self.change(statement).await? == 0 {
            return Err(DbError::Exists { table: T::TABLE, name: record.name() });
        }
        Ok(Stored {
            record: decode(&row.body, &record.name())?,
            version: 1,
            created_at: now,
            updated_at: now,
        })
    }

    /// Stores many new records; says for each whether it was stored (true) or its name was taken (false).
    pub async fn insert_many<'a, T: Record + 'a>(
        &mut self,
        records: impl IntoIterator<Item = &'a T>,
        now: Timestamp,
    ) -> Result<Vec<bool>, DbError> {
        let records: Vec<&T> = records.into_iter().collect();
        let rows = records.iter().map(|record| NewRow::of(*record, now)).collect::<Result<Vec<_>, _>>()?;
        let Some(first) = alike::<T>(&rows)? else { return Ok(Vec::new()) };
        let head = first.insert_head::<T>();
        let values: Vec<_> = rows.into_iter().map(|row| row.values).collect();
        let stored =
            self.bulk_returning(&head, &values, "on conflict (name) do nothing returning name").await?;
        let mut stored = stored.iter().map(|row| row.text("name")).collect::<Result<HashSet<_>, _>>()?;
        // taken out once found: of two records with one name, the first is the one stored
        Ok(records.iter().map(|record| stored.remove(&record.name())).collect())
    }

    /// The record, if it exists and lies in the scope.
    pub async fn load<T: Record>(
        &mut self,
        name: &str,
        scope: &DataScope,
    ) -> Result<Option<Stored<T>>, DbError> {
        if !storable(name) {
            return Ok(None);
        }
        let mut statement = Statement::new(self.dialect(), select::<T>());
        statement.and().push("name = ").bind(name);
        restrict(&mut statement, T::SCOPED, scope);
        self.select(statement).await?.first().map(read).transpose()
    }

    /// Those of the named records that exist and lie in the scope, by name.
    pub async fn load_many<T: Record>(
        &mut self,
        names: &[String],
        scope: &DataScope,
    ) -> Result<Vec<Stored<T>>, DbError> {
        self.named(names, scope, "").await
    }

    /// As [`Tx::load_many`], and nobody else changes them until this transaction ends. They are taken in name order, so that
    /// two writers wait instead of deadlocking. SQLite admits one writer anyway.
    pub async fn hold_many<T: Record>(
        &mut self,
        names: &[String],
        scope: &DataScope,
    ) -> Result<Vec<Stored<T>>, DbError> {
        let lock = if self.dialect() == Dialect::Postgres { " for update" } else { "" };
        self.named(names, scope, lock).await
    }

    async fn named<T: Record>(
        &mut self,
        names: &[String],
        scope: &DataScope,
        lock: &str,
    ) -> Result<Vec<Stored<T>>, DbError> {
        let mut found = Vec::with_capacity(names.len());
        for statement in named::<T>(self.dialect(), names, scope, lock) {
            for row in self.select(statement).await? {
                found.push(read(&row)?);
            }
        }
        Ok(found)
    }

    /// Saves over the version that was loaded; [`DbError::Stale`] if somebody else saved in between.
    pub async fn save<T: Record>(
        &mut self,
        stored: &Stored<T>,
        now: Timestamp,
    ) -> Result<Stored<T>, DbError> {
        let name = stored.record.name();
        let body = encode(&stored.record)?;
        let version = stored.version + 1;
        let mut statement = Statement::new(self.dialect(), format!("update {} set version = ", T::TABLE));
        statement.bind(version).push(", updated_at = ").bind(now);
        for (column, text) in T::COLUMNS.iter().zip(&body) {
            statement.push(", ").push(column).push(" = ").bind(text);
        }
        for (column, value) in stored.record.columns() {
            statement.push(", ").push(column).push(" = ").bind(value);
        }
        statement.and().push("name = ").bind(&name).and().push("version = ").bind(stored.version);
        if self.change(statement).await? == 0 {
            return Err(DbError::Stale { table: T::TABLE, name });
        }
        Ok(Stored { record: decode(&body, &name)?, version, created_at: stored.created_at, updated_at: now })
    }

    /// As [`Tx::save`] for many records in few statements, all or none; answered in their order. [`DbError::Stale`] names the
    /// first that somebody else saved in between.
    pub async fn save_many<T: Record>(
        &mut self,
        stored: &[Stored<T>],
        now: Timestamp,
    ) -> Result<Vec<Stored<T>>, DbError> {
        let mut rows = stored.iter().map(|one| NewRow::again(one, now)).collect::<Result<Vec<_>, _>>()?;
        let saved = stored.iter().zip(&rows).map(|(one, row)| {
            let record = decode(&row.body, &one.record.name())?;
            Ok(Stored { record, version: one.version + 1, created_at: one.created_at, updated_at: now })
        });
        let saved = saved.collect::<Result<Vec<_>, DbError>>()?;
        let Some(first) = alike::<T>(&rows)? else { return Ok(saved) };
        let (head, tail) = first.update_around::<T>("= given.version - 1");
        // two writers wait for each other in one order
        rows.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        let values: Vec<_> = rows.into_iter().map(|row| row.values).collect();
        let returning = format!("{tail} returning {}.name as name", T::TABLE);
        let written = self.bulk_returning(&head, &values, &returning).await?;
        let written = written.iter().map(|row| row.text("name")).collect::<Result<HashSet<_>, _>>()?;
        let stale = stored.iter().map(|one| one.record.name()).find(|name| !written.contains(name));
        stale.map_or(Ok(saved), |name| Err(DbError::Stale { table: T::TABLE, name }))
    }

    /// Saves records that this transaction holds, each as the version it has become; false if one of them was not held and
    /// somebody else saved it in between.
    pub async fn save_held<'a, T: Record + 'a>(
        &mut self,
        held: impl IntoIterator<Item = Stored<&'a T>>,
        now: Timestamp,
    ) -> Result<bool, DbError> {
        let rows = held.into_iter().map(|one| NewRow::apart(one.record, one.version, one.created_at, now));
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let Some(first) = alike::<T>(&rows)? else { return Ok(true) };
        let (head, tail) = first.update_around::<T>("< given.version");
        let values: Vec<_> = rows.into_iter().map(|row| row.values).collect();
        Ok(self.bulk(&head, &values, &tail).await? == values.len() as u64)
    }

    /// The next records by name after `after`, at most `limit`.
    pub async fn page<T: Record>(
        &mut self,
        scope: &DataScope,
        filter: &Filter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Stored<T>>, DbError> {
        let mut statement = Statement::new(self.dialect(), select::<T>());
        if let Some(after) = after {
            statement.and().push("name > ").bind(after);
        }
        filter.restrict(&mut statement);
        restrict(&mut statement, T::SCOPED, scope);
        statement.push(" order by name limit ").bind(i64::try_from(limit).unwrap_or(i64::MAX));
        self.select(statement).await?.iter().map(read).collect()
    }

    pub async fn count<T: Record>(&mut self, scope: &DataScope, filter: &Filter) -> Result<i64, DbError> {
        let mut statement =
            Statement::new(self.dialect(), format!("select count(*) as records from {}", T::TABLE));
        filter.restrict(&mut statement);
        restrict(&mut statement, T::SCOPED, scope);
        self.select(statement).await?.first().map_or(Ok(0), |row| row.int("records"))
    }
}

/// A record taken apart.
struct NewRow {
    name: String,
    columns: Vec<&'static str>,
    values: Vec<Value>,
    body: Vec<String>,
}

impl NewRow {
    /// Of a record that is stored for the first time.
    fn of<T: Record>(record: &T, now: Timestamp) -> Result<Self, DbError> {
        Self::apart(record, 1, now, now)
    }

    /// Of a record that is saved over the version it was loaded at.
    fn again<T: Record>(stored: &Stored<T>, now: Timestamp) -> Result<Self, DbError> {
        Self::apart(&stored.record, stored.version + 1, stored.created_at, now)
    }

    fn apart<T: Record>(
        record: &T,
        version: i64,
        created_at: Timestamp,
        updated_at: Timestamp,
    ) -> Result<Self, DbError> {
        let (name, body) = (record.name(), encode(record)?);
        let mut columns = vec!["name", "version", "created_at", "updated_at"];
        let mut values = vec![(&name).into(), version.into(), created_at.into(), updated_at.into()];
        for (column, text) in T::COLUMNS.iter().zip(&body) {
            columns.push(column);
            values.push(text.into());
        }
        for (column, value) in record.columns() {
            columns.push(column);
            values.push(value);
        }
        Ok(Self { name, columns, values, body })
    }

    fn insert_head<T: Record>(&self) -> String {
        format!("insert into {} ({}) values", T::TABLE, self.columns.join(", "))
    }

    /// What stands before and after the rows where each is saved over a version that is so compared with its own.
    fn update_around<T: Record>(&self, version: &str) -> (String, String) {
        let table = T::TABLE;
        let head = format!("with given ({}) as (values", self.columns.join(", "));
        let moved = self.columns.iter().filter(|column| !["name", "created_at"].contains(column));
        let moved: Vec<_> = moved.map(|column| format!("{column} = given.{column}")).collect();
        let tail = format!(
            ") update {table} set {} from given \
             where {table}.name = given.name and {table}.version {version}",
            moved.join(", ")
        );
        (head, tail)
    }
}

/// The first of the rows, whose columns are those of all.
fn alike<T: Record>(rows: &[NewRow]) -> Result<Option<&NewRow>, DbError> {
    let first = rows.first();
    if first.is_some_and(|first| rows.iter().any(|row| row.columns != first.columns)) {
        return Err(DbError::other(format!("records of {} differ in their columns", T::TABLE)));
    }
    Ok(first)
}

/// PostgreSQL holds no text with a NUL and fails when asked for one.
fn storable(name: &str) -> bool {
    !name.contains('\0')
}

fn select<T: Record>() -> String {
    format!("select name, version, {}, created_at, updated_at from {}", T::COLUMNS.join(", "), T::TABLE)
}

/// Those of the named records that lie in the scope, in name order.
fn named<T: Record>(dialect: Dialect, names: &[String], scope: &DataScope, lock: &str) -> Vec<Statement> {
    let mut names: Vec<_> = names.iter().filter(|name| storable(name)).cloned().collect();
    names.sort_unstable();
    names.dedup();
    let statement = |chunk: &[String]| {
        let mut statement = Statement::new(dialect, select::<T>());
        statement.and().one_of("name", chunk);
        restrict(&mut statement, T::SCOPED, scope);
        statement.push(" order by name").push(lock);
        statement
    };
    names.chunks(NAMES_A_STATEMENT).map(statement).collect()
}

fn read<T: Record>(row: &Row) -> Result<Stored<T>, DbError> {
    let name = row.text("name")?;
    let stored = || {
        Ok(Stored {
            record: decode(&texts(row, T::COLUMNS)?, &name)?,
            version: row.int("version")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
        })
    };
    stored().map_err(|error: DbError| error.in_row(T::TABLE, &name))
}

fn texts(row: &Row, columns: &[&str]) -> Result<Vec<String>, DbError> {
    columns.iter().map(|column| row.text(column)).collect()
}

fn encode<T: Record>(record: &T) -> Result<Vec<String>, DbError> {
    record.encode().map_err(|cause| {
        DbError::other(format!("{} of {} is not writable: {cause}", record.name(), T::TABLE))
    })
}

/// Also run on what was just written, so that a body which cannot be read back is never committed.
fn decode<T: Record>(body: &[String], name: &str) -> Result<T, DbError> {
    T::decode(body).map_err(|cause| DbError::corrupt("body", cause).in_row(T::TABLE, name))
}
