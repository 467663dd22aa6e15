//! Numbered, forward-only migrations: first the common tables, then the service's own.
//!
//! A run is one transaction under a lock: all of it happens or none, and a second migrator waits and finds nothing to do.

use sqlx::SqlSafeStr;
use sqlx::migrate::{MigrationType, Migrator};

use crate::db::Pools;
use crate::tx::Connection;
use crate::{Db, DbError, Dialect, Tx};

/// A step in both dialects, with the same names and columns. Once landed it never changes.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub version: i64,
    pub name: &'static str,
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

/// `migration!(2, "library", "0002_library.sql")`: the file of that name in both folders of the crate's `migrations`.
#[macro_export]
macro_rules! migration {
    ($version:literal, $name:literal, $file:literal) => {
        $crate::Migration {
            version: $version,
            name: $name,
            sqlite: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite/", $file)),
            postgres: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres/", $file)),
        }
    };
}

const COMMON: &[Migration] = &[crate::migration!(1, "common", "0001_common.sql")];
const COMMON_TABLE: &str = "_migrations_common";

/// Lock of all migrators of a PostgreSQL database: the bytes of `hengji`.
const MIGRATION_LOCK: i64 = 0x6865_6e67_6a69;

impl Db {
    /// Brings the database up to date. Refuses landed migrations that changed since, and another service's database:
    /// two services in one would share a journal.
    pub async fn migrate(&self, service_migrations: &'static [Migration]) -> Result<(), DbError> {
        let mut tx = self.write().await?;
        if let Pools::Postgres { schema, .. } = &self.pools {
            tx.exec("select pg_advisory_xact_lock($1)", &[MIGRATION_LOCK.into()]).await?;
            if let Some(schema) = schema {
                tx.create_schema(schema).await?;
            }
        }
        tx.apply(COMMON_TABLE, COMMON).await?;
        let owner = tx.first_secret("service", self.service.as_bytes()).await?;
        if owner != self.service.as_bytes() {
            let owner = String::from_utf8_lossy(&owner);
            return Err(DbError::other(format!("database of {} already belongs to {owner}", self.service)));
        }
        tx.apply(&self.migration_table(), service_migrations).await?;
        tx.commit().await
    }

    /// Migrations not applied yet, such as `targets 0001_targets`.
    pub async fn pending(&self, service_migrations: &'static [Migration]) -> Result<Vec<String>, DbError> {
        let mut tx = self.read().await?;
        let mut pending = Vec::new();
        for (owner, table, migrations) in [
            ("common", COMMON_TABLE.to_owned(), COMMON),
            (self.service, self.migration_table(), service_migrations),
        ] {
            let applied = tx.applied(&table).await?;
            let missing = migrations.iter().filter(|migration| !applied.contains(&migration.version));
            pending.extend(
                missing.map(|migration| format!("{owner} {:04}_{}", migration.version, migration.name)),
            );
        }
        Ok(pending)
    }

    fn migration_table(&self) -> String {
        format!("_migrations_{}", self.service)
    }
}

impl Tx {
    /// Only if missing: `create schema if not exists` asks for the right to create it even when it is there.
    async fn create_schema(&mut self, schema: &str) -> Result<(), DbError> {
        let there = "select nspname from pg_catalog.pg_namespace where nspname = cast($1 as text)";
        if self.one(there, &[schema.into()]).await?.is_none() {
            self.exec(&format!("create schema {schema}"), &[]).await?;
        }
        Ok(())
    }

    async fn apply(&mut self, table: &str, migrations: &[Migration]) -> Result<(), DbError> {
        let dialect = self.dialect();
        let steps = migrations.iter().map(|migration| {
            let sql = match dialect {
                Dialect::Sqlite => migration.sqlite,
                Dialect::Postgres => migration.postgres,
            };
            let name = migration.name.into();
            sqlx::migrate::Migration::new(
                migration.version,
                name,
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        });
        let mut migrator = Migrator::with_migrations(steps.collect());
        migrator.dangerous_set_table_name(table.to_owned());
        migrator.set_locking(false); // the transaction around it holds the lock
        match self.connection() {
            Connection::Sqlite(tx) => migrator.run_direct(None, &mut **tx, false).await?,
            Connection::Postgres(tx) => migrator.run_direct(None, &mut **tx, false).await?,
        }
        Ok(())
    }

    async fn applied(&mut self, table: &str) -> Result<Vec<i64>, DbError> {
        let there = match self.dialect() {
            Dialect::Sqlite => "select name from sqlite_master where type = 'table' and name = $1",
            Dialect::Postgres => "select to_regclass($1)::text as name where to_regclass($1) is not null",
        };
        if self.one(there, &[table.into()]).await?.is_none() {
            return Ok(Vec::new());
        }
        let rows = self.all(&format!("select version from {table} order by version"), &[]).await?;
        rows.iter().map(|row| row.int("version")).collect()
    }
}
