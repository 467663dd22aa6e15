//! One row of an answer, read by column name into the domain's words.

use std::fmt::Display;
use std::str::FromStr;

use hengji_kernel::{Date, FiscalYear, Money, RegionCode, Timestamp, UnitCode};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};

use crate::DbError;

/// An answer to `select`. A sum needs `cast(coalesce(sum(x), 0) as bigint)`: PostgreSQL widens it to numeric otherwise.
#[derive(Debug)]
pub struct Row(pub(crate) Source);

pub(crate) enum Source {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What a column can be read as; `Option` of it where the column may be null.
pub trait FromColumn: Sized {
    fn from_column(row: &Row, column: &str) -> Result<Self, DbError>;
}

impl Row {
    /// The column as any readable type: `row.get::<Money>("amount_fen")?`.
    pub fn get<T: FromColumn>(&self, column: &str) -> Result<T, DbError> {
        T::from_column(self, column)
    }

    pub fn int(&self, column: &str) -> Result<i64, DbError> {
        self.get(column)
    }

    pub fn text(&self, column: &str) -> Result<String, DbError> {
        self.get(column)
    }

    pub fn bytes(&self, column: &str) -> Result<Vec<u8>, DbError> {
        self.get(column)
    }

    pub fn money(&self, column: &str) -> Result<Money, DbError> {
        self.get(column)
    }

    /// A text column as anything written as text.
    pub fn parse<T: FromStr<Err: Display>>(&self, column: &str) -> Result<T, DbError> {
        self.text(column)?.parse().map_err(|cause| DbError::corrupt(column, cause))
    }

    fn read<'r, T>(&'r self, column: &str) -> Result<Option<T>, sqlx::Error>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>,
    {
        match &self.0 {
            Source::Sqlite(row) => row.try_get(column),
            Source::Postgres(row) => row.try_get(column),
        }
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = match self {
            Self::Sqlite(row) => row.len(),
            Self::Postgres(row) => row.len(),
        };
        write!(f, "{columns} columns")
    }
}

impl FromColumn for Option<i64> {
    /// Also takes the narrower integer that PostgreSQL makes of `case when .. then 1 else 0 end`.
    fn from_column(row: &Row, column: &str) -> Result<Self, DbError> {
        row.read::<i64>(column)
            .or_else(|wide| row.read::<i32>(column).map(|narrow| narrow.map(i64::from)).map_err(|_| wide))
            .map_err(|cause| DbError::corrupt(column, cause))
    }
}

impl FromColumn for Option<String> {
    fn from_column(row: &Row, column: &str) -> Result<Self, DbError> {
        row.read(column).map_err(|cause| DbError::corrupt(column, cause))
    }
}

impl FromColumn for Option<Vec<u8>> {
    fn from_column(row: &Row, column: &str) -> Result<Self, DbError> {
        row.read(column).map_err(|cause| DbError::corrupt(column, cause))
    }
}

/// A type read by way of a stored one, and the same where null is not expected.
macro_rules! from_column {
    ($($target:ty: $stored:ty => $convert:expr;)+) => {$(
        impl FromColumn for Option<$target> {
            fn from_column(row: &Row, column: &str) -> Result<Self, DbError> {
                let convert: fn($stored) -> Result<$target, String> = $convert;
                row.get::<Option<$stored>>(column)?
                    .map(|stored| convert(stored).map_err(|cause| DbError::corrupt(column, cause)))
                    .transpose()
            }
        }
        present!($target);
    )+};
}

macro_rules! present {
    ($target:ty) => {
        impl FromColumn for $target {
            fn from_column(row: &Row, column: &str) -> Result<Self, DbError> {
                row.get::<Option<$target>>(column)?.ok_or_else(|| DbError::corrupt(column, "unexpected null"))
            }
        }
    };
}

present!(i64);
present!(String);
present!(Vec<u8>);

from_column! {
    bool: i64 => |flag| Ok(flag != 0);
    Money: i64 => |fen| Ok(Money::from_fen(fen));
    Timestamp: i64 => |micros| Ok(Timestamp(micros));
    FiscalYear: i64 => |year| i32::try_from(year).map_err(|e| e.to_string())?.try_into().map_err(text);
    Date: String => |date| date.parse().map_err(text);
    RegionCode: String => |code| code.parse().map_err(text);
    UnitCode: String => |code| code.parse().map_err(text);
}

fn text(cause: hengji_kernel::Invalid) -> String {
    cause.to_string()
}
