//! What a list asks for beyond the caller's scope.

use hengji_kernel::{RegionCode, UnitCode};

use crate::Value;
use crate::statement::Statement;

/// Conditions that must all hold, built up in one expression:
/// `Filter::new().eq("state", "approved").at_least("year", 2021)`.
#[derive(Debug, Clone, Default)]
pub struct Filter(Vec<Condition>);

#[derive(Debug, Clone)]
enum Condition {
    Compare(&'static str, &'static str, Value),
    OneOf(&'static str, Vec<Value>),
    Begins(&'static str, String),
    Holds(&'static str, String),
}

impl Filter {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// A null value matches null.
    pub fn eq(self, column: &'static str, value: impl Into<Value>) -> Self {
        self.with(Condition::Compare(column, " = ", value.into()))
    }

    /// No value matches nothing.
    pub fn one_of<V: Into<Value>>(self, column: &'static str, values: impl IntoIterator<Item = V>) -> Self {
        self.with(Condition::OneOf(column, values.into_iter().map(Into::into).collect()))
    }

    pub fn at_least(self, column: &'static str, value: impl Into<Value>) -> Self {
        self.with(Condition::Compare(column, " >= ", value.into()))
    }

    pub fn at_most(self, column: &'static str, value: impl Into<Value>) -> Self {
        self.with(Condition::Compare(column, " <= ", value.into()))
    }

    /// A column of words between blanks, such as ` transfer policy `, holds `word`.
    pub fn holds(self, column: &'static str, word: &str) -> Self {
        self.with(Condition::Holds(column, word.to_owned()))
    }

    /// The region itself and everything under it, by the column `region`.
    pub fn region_subtree(self, region: &RegionCode) -> Self {
        match region.prefix() {
            "" => self,
            prefix => self.with(Condition::Begins("region", prefix.to_owned())),
        }
    }

    /// The unit itself and everything under it, by the column `unit`.
    pub fn unit_subtree(self, unit: &UnitCode) -> Self {
        self.with(Condition::Begins("unit", unit.to_string()))
    }

    /// Records whose names lie under `parent`, such as `regions/640323000/years/2021`.
    pub fn under(self, parent: &str) -> Self {
        self.with(Condition::Begins("name", format!("{parent}/")))
    }

    /// Records whose names begin so, such as `regions/6403`. Pages go by name: where the names of a region lie together, this
    /// spares a walk through those of every other region.
    pub fn named(self, prefix: String) -> Self {
        self.with(Condition::Begins("name", prefix))
    }

    fn with(mut self, condition: Condition) -> Self {
        self.0.push(condition);
        self
    }

    pub(crate) fn restrict(&self, statement: &mut Statement) {
        for condition in &self.0 {
            statement.and();
            match condition {
                Condition::Compare(column, " = ", value) if value.is_null() => {
                    statement.push(column).push(" is null")
                }
                Condition::Compare(column, operator, value) => {
                    statement.push(column).push(operator).bind(value.clone())
                }
                Condition::OneOf(column, values) => statement.one_of(column, values.iter().cloned()),
                Condition::Begins(column, prefix) => statement.begins(column, prefix),
                Condition::Holds(column, word) => {
                    let word = word.replace('!', "!!").replace('%', "!%").replace('_', "!_");
                    statement.push(column).push(" like ").bind(format!("% {word} %")).push(" escape '!'")
                }
            };
        }
    }
}
