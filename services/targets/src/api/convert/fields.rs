//! Collects everything wrong with a message, so that all of it is told at once.

use std::str::FromStr;

use hengji_kernel::{Decimal, FiscalYear, Invalid, Money};
use hengji_proto::google::r#type as google;
use hengji_rpc::{Fault, Reason};

#[derive(Default)]
pub(crate) struct Fields {
    prefix: String,
    faults: Vec<(String, String)>,
}

impl Fields {
    /// Fields below `prefix`, such as `projects[3].`
    pub(crate) fn below(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), faults: vec![] }
    }

    /// Fields of a part, such as `project.`, to be joined again.
    pub(crate) fn inside(&self, part: &str) -> Self {
        Self::below(format!("{}{part}", self.prefix))
    }

    pub(crate) fn refuse(&mut self, field: &str, message: impl Into<String>) {
        self.faults.push((format!("{}{field}", self.prefix), message.into()));
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.faults.extend(other.faults);
    }

    pub(crate) fn word<T: FromStr<Err = Invalid>>(&mut self, field: &str, text: &str) -> Option<T> {
        text.parse().map_err(|invalid: Invalid| self.refuse(field, invalid.message)).ok()
    }

    pub(crate) fn required<T>(&mut self, field: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.refuse(field, "必填");
        }
        value
    }

    /// A text of at most `longest` characters.
    pub(crate) fn text(&mut self, field: &str, text: &str, longest: usize) -> String {
        if text.chars().count() > longest {
            self.refuse(field, format!("不得超过 {longest} 个字"));
        }
        text.trim().to_owned()
    }

    pub(crate) fn filled(&mut self, field: &str, text: &str, longest: usize) -> String {
        if text.trim().is_empty() {
            self.refuse(field, "必填");
        }
        self.text(field, text, longest)
    }

    /// An amount of 0 or more.
    pub(crate) fn money(&mut self, field: &str, value: Option<&google::Decimal>) -> Option<Money> {
        let value = self.required(field, value)?;
        let money = self.word::<Money>(field, &value.value)?;
        if money.is_negative() {
            self.refuse(field, "不得为负数");
            return None;
        }
        Some(money)
    }

    /// An exact number; absent or empty is none.
    pub(crate) fn decimal(&mut self, field: &str, value: Option<&google::Decimal>) -> Option<Decimal> {
        let value = value.filter(|value| !value.value.is_empty())?;
        Decimal::from_str_exact(&value.value)
            .map_err(|_| self.refuse(field, format!("“{}”不是数字", value.value)))
            .ok()
    }

    pub(crate) fn year(&mut self, field: &str, number: i32) -> Option<FiscalYear> {
        FiscalYear::try_from(number).map_err(|invalid| self.refuse(field, invalid.message)).ok()
    }

    /// True while nothing was wrong.
    pub(crate) fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    /// Refuses if anything was wrong.
    pub(crate) fn done(self) -> Result<(), Fault> {
        if self.faults.is_empty() { Ok(()) } else { Err(Fault::fields(Reason::FieldInvalid, self.faults)) }
    }
}
