//! A statement put together from parts, its values bound in the order they are written.

use std::fmt::Write;

use hengji_kernel::DataScope;
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};

use crate::scope_sql::restrict;
use crate::value::{Bind, array_type};
use crate::{Dialect, Scoping, Value};

/// Text and arguments grow together. Table and column names come from `&'static str` only; everything else is bound.
pub struct Statement {
    dialect: Dialect,
    text: String,
    args: Vec<Arg>,
    conditions: usize,
    keep: bool,
}

/// What one placeholder stands for; a list on PostgreSQL only.
pub(crate) enum Arg {
    One(Value),
    List(Vec<Value>),
}

impl Arg {
    pub(crate) fn bind(&self) -> Bind<'_> {
        match self {
            Self::One(value) => Bind::One(value),
            Self::List(values) => Bind::Column(values.iter().collect()),
        }
    }
}

/// On SQLite longer lists come in too many lengths for their statements to be kept prepared.
const SHORT_LIST: usize = 8;

impl Statement {
    pub(crate) fn new(dialect: Dialect, text: impl Into<String>) -> Self {
        Self { dialect, text: text.into(), args: Vec::new(), conditions: 0, keep: true }
    }

    /// Adds to the text, which is never made of a caller's words: those are bound.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// The next argument, where it stands.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.args.push(Arg::One(value.into()));
        placeholder(self.dialect, self.args.len(), &mut self.text);
        self
    }

    /// `where` before the first condition, `and` before the others.
    pub fn and(&mut self) -> &mut Self {
        self.conditions += 1;
        self.push(if self.conditions == 1 { " where " } else { " and " })
    }

    /// `column in (..)`; no value, no row.
    pub fn one_of(&mut self, column: &str, values: impl IntoIterator<Item = impl Into<Value>>) -> &mut Self {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        if self.dialect == Dialect::Postgres
            && values.len() > 1
            && let Some(kind) = array_type(&values)
        {
            return self.any_of(column, values, kind);
        }
        self.keep &= values.len() <= SHORT_LIST;
        let mut values = values.into_iter();
        let Some(first) = values.next() else {
            return self.push("1 = 0");
        };
        self.push(column).push(" in (").bind(first);
        for value in values {
            self.push(", ").bind(value);
        }
        self.push(")")
    }

    /// One array for a list of any length: one prepared statement for all of them.
    fn any_of(&mut self, column: &str, values: Vec<Value>, kind: &str) -> &mut Self {
        self.push(column).push(" = any(");
        self.args.push(Arg::List(values));
        placeholder(self.dialect, self.args.len(), &mut self.text);
        self.push("::").push(kind).push(")")
    }

    /// Rows of another `select` besides, with conditions of its own.
    pub fn union_all(&mut self, select: &str) -> &mut Self {
        self.conditions = 0;
        self.push(" union all ").push(select)
    }

    /// Only rows of `scoping` that lie in the scope.
    pub fn within(&mut self, scoping: Scoping, scope: &DataScope) -> &mut Self {
        restrict(self, scoping, scope);
        self
    }

    /// Everything that begins with `prefix`, as a range an index can serve.
    pub(crate) fn begins(&mut self, column: &str, prefix: &str) -> &mut Self {
        self.push(column)
            .push(" >= ")
            .bind(prefix)
            .push(" and ")
            .push(column)
            .push(" < ")
            .bind(successor(prefix))
    }

    /// Text, arguments, and whether to keep it prepared.
    pub(crate) fn parts(self) -> (SqlStr, Vec<Arg>, bool) {
        (AssertSqlSafe(self.text).into_sql_str(), self.args, self.keep)
    }
}

/// Numbered on PostgreSQL; anonymous on SQLite, where looking up thousands of names costs more than the insert.
pub(crate) fn placeholder(dialect: Dialect, number: usize, text: &mut String) {
    match dialect {
        Dialect::Sqlite => text.push('?'),
        Dialect::Postgres => {
            let _ = write!(text, "${number}"); // writing to a String cannot fail
        }
    }
}

/// The smallest text above everything that begins with `prefix`, which ends in ASCII.
fn successor(prefix: &str) -> String {
    let mut text = prefix.to_owned();
    if let Some(last) = text.pop() {
        text.push(char::from_u32(u32::from(last) + 1).unwrap_or(char::MAX));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_range_ends_right_after_its_last_member() {
        assert_eq!(successor("64"), "65");
        assert_eq!(successor("99"), "9:");
        assert!("99999" < successor("99").as_str());
        assert_eq!(successor("projects/"), "projects0");
    }

    #[test]
    fn placeholders_follow_the_dialect() {
        for (dialect, expected, count) in [
            (Dialect::Sqlite, "select x from t where a in (?, ?) and b >= ? and b < ?", 4),
            (Dialect::Postgres, "select x from t where a = any($1::bigint[]) and b >= $2 and b < $3", 3),
        ] {
            let mut statement = Statement::new(dialect, "select x from t");
            statement.and().one_of("a", [1_i64, 2]).and().begins("b", "64");
            let (sql, args, keep) = statement.parts();
            assert_eq!(sql.as_str(), expected);
            assert_eq!((args.len(), keep), (count, true));
        }
    }
}
