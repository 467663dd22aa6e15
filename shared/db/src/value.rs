//! The three kinds of value that are the same in both databases, and how the domain's words become one.

use hengji_kernel::{Date, FiscalYear, Money, RegionCode, Timestamp, UnitCode};
use sqlx::query::Query;
use sqlx::{Database, Encode, Postgres, SqlStr, Sqlite, Type};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl Value {
    pub(crate) const fn is_null(&self) -> bool {
        matches!(self, Self::Int(None) | Self::Text(None) | Self::Bytes(None))
    }
}

/// `Into<Value>` for a type and for its `Option`, by way of the given kind.
macro_rules! value_from {
    ($kind:ident: $($source:ty => $convert:expr;)+) => {$(
        impl From<$source> for Value {
            fn from(source: $source) -> Self {
                Self::$kind(Some($convert(source)))
            }
        }

        impl From<Option<$source>> for Value {
            fn from(source: Option<$source>) -> Self {
                Self::$kind(source.map($convert))
            }
        }
    )+};
}

value_from! { Int:
    i64 => |number| number;
    i32 => i64::from;
    u32 => i64::from;
    bool => i64::from;
    Money => Money::fen;
    FiscalYear => |year: FiscalYear| i64::from(year.number());
    Timestamp => Timestamp::micros;
}

value_from! { Text:
    &str => str::to_owned;
    String => |text| text;
    &String => String::clone;
    Date => |date: Date| date.to_string();
    &Date => |date: &Date| date.to_string();
    RegionCode => |code: RegionCode| code.to_string();
    &RegionCode => |code: &RegionCode| code.to_string();
    UnitCode => |code: UnitCode| code.to_string();
    &UnitCode => |code: &UnitCode| code.to_string();
}

value_from! { Bytes:
    &[u8] => <[u8]>::to_vec;
    Vec<u8> => |bytes| bytes;
}

/// What is bound to one placeholder: a value, or on PostgreSQL a whole column of them as an array.
pub(crate) enum Bind<'q> {
    One(&'q Value),
    Column(Vec<&'q Value>),
}

impl Bind<'_> {
    pub(crate) fn each(args: &[Value]) -> Vec<Bind<'_>> {
        args.iter().map(Bind::One).collect()
    }
}

/// The type of an array of these values on PostgreSQL; none if they are of several kinds.
pub(crate) fn array_type<'a>(values: impl IntoIterator<Item = &'a Value>) -> Option<&'static str> {
    let kind = |value: &Value| match value {
        Value::Int(_) => "bigint[]",
        Value::Text(_) => "text[]",
        Value::Bytes(_) => "bytea[]",
    };
    let mut kinds = values.into_iter().map(kind);
    let first = kinds.next()?;
    kinds.all(|other| other == first).then_some(first)
}

/// A query with its arguments bound in order. SQLite knows no arrays: a column becomes its values.
pub(crate) fn bind_sqlite<'q>(
    sql: SqlStr,
    args: &[Bind<'q>],
) -> Query<'q, Sqlite, <Sqlite as Database>::Arguments> {
    args.iter().fold(sqlx::query(sql), |query, arg| match arg {
        Bind::One(value) => bind_one(query, value),
        Bind::Column(values) => values.iter().fold(query, |query, value| bind_one(query, value)),
    })
}

/// A query with its arguments bound in order; the values of a column are of one kind, see [`array_type`].
pub(crate) fn bind_postgres<'q>(
    sql: SqlStr,
    args: &[Bind<'q>],
) -> Query<'q, Postgres, <Postgres as Database>::Arguments> {
    args.iter().fold(sqlx::query(sql), |query, arg| match arg {
        Bind::One(value) => bind_one(query, value),
        Bind::Column(values) => match values.first() {
            None | Some(Value::Int(_)) => {
                query.bind(values.iter().map(|value| value.int()).collect::<Vec<_>>())
            }
            Some(Value::Text(_)) => query.bind(values.iter().map(|value| value.text()).collect::<Vec<_>>()),
            Some(Value::Bytes(_)) => query.bind(values.iter().map(|value| value.bytes()).collect::<Vec<_>>()),
        },
    })
}

fn bind_one<'q, DB: Database>(
    query: Query<'q, DB, DB::Arguments>,
    value: &'q Value,
) -> Query<'q, DB, DB::Arguments>
where
    Option<i64>: Encode<'q, DB> + Type<DB>,
    Option<&'q str>: Encode<'q, DB> + Type<DB>,
    Option<&'q [u8]>: Encode<'q, DB> + Type<DB>,
{
    match value {
        Value::Int(number) => query.bind(*number),
        Value::Text(text) => query.bind(text.as_deref()),
        Value::Bytes(bytes) => query.bind(bytes.as_deref()),
    }
}

impl Value {
    const fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => *number,
            _ => None,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.as_deref(),
            _ => None,
        }
    }

    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => bytes.as_deref(),
            _ => None,
        }
    }
}

impl Value {
    /// A closed word (an enum without data) as its JSON text, so that column and body say the same.
    pub fn word<T: serde::Serialize>(word: &T) -> Self {
        Self::Text(serde_json::to_value(word).ok().and_then(|value| value.as_str().map(str::to_owned)))
    }
}
