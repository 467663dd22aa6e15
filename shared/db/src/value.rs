//! The three kinds of value that are the same in both databases, and how the domain's words become one.

use hengji_kernel::{Date, FiscalYear, Money, RegionCode, Timestamp, UnitCode};
use sqlx::query::Query;
use sqlx::{Database, Encode, SqlStr, Type};

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

/// A query of either driver with its arguments bound in order.
pub(crate) fn bind<'q, DB: Database>(sql: SqlStr, args: &[&'q Value]) -> Query<'q, DB, DB::Arguments>
where
    Option<i64>: Encode<'q, DB> + Type<DB>,
    Option<&'q str>: Encode<'q, DB> + Type<DB>,
    Option<&'q [u8]>: Encode<'q, DB> + Type<DB>,
{
    args.iter().fold(sqlx::query(sql), |query, value| match value {
        Value::Int(number) => query.bind(*number),
        Value::Text(text) => query.bind(text.as_deref()),
        Value::Bytes(bytes) => query.bind(bytes.as_deref()),
    })
}

impl Value {
    /// A closed word (an enum without data) as its JSON text, so that column and body say the same.
    pub fn word<T: serde::Serialize>(word: &T) -> Self {
        Self::Text(serde_json::to_value(word).ok().and_then(|value| value.as_str().map(str::to_owned)))
    }
}
