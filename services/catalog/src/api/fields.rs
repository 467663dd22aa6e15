//! Reads a message's fields and keeps every fault, so that all are told at once.

use std::str::FromStr;

use hengji_kernel::{Date, FiscalYear, Invalid, Money, name};
use hengji_proto::google::r#type as google;
use hengji_rpc::{Fault, Reason, convert as words};
use hengji_rules::ObjectType;
use rust_decimal::Decimal;

use super::convert;

/// The faults of one message. Readers answer a stand-in where a field is wrong: after [`Fields::done`] nobody sees it.
#[derive(Default)]
pub(crate) struct Fields {
    faults: Vec<(String, String)>,
    /// e.g. `indicators[3].`
    at: String,
}

impl Fields {
    pub(crate) fn enter(&mut self, at: impl Into<String>) {
        self.at = at.into();
    }

    pub(crate) fn wrong(&mut self, field: &str, rule: impl Into<String>) {
        self.faults.push((format!("{}{field}", self.at), rule.into()));
    }

    pub(crate) fn done(self) -> Result<(), Fault> {
        if self.faults.is_empty() { Ok(()) } else { Err(Fault::fields(Reason::FieldInvalid, self.faults)) }
    }

    /// A text that may be empty, in one line or several, without control characters.
    pub(crate) fn text(&mut self, field: &str, text: &str, longest: usize) -> String {
        if text.chars().count() > longest {
            self.wrong(field, format!("不得超过 {longest} 字"));
        }
        if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
            self.wrong(field, "含有不可见的控制字符");
        }
        text.to_owned()
    }

    pub(crate) fn required(&mut self, field: &str, text: &str, longest: usize) -> String {
        if text.trim().is_empty() {
            self.wrong(field, "必填");
        }
        self.text(field, text, longest)
    }

    /// The last part of a resource name.
    pub(crate) fn code(&mut self, field: &str, code: &str) -> String {
        if !is_code(code) {
            self.wrong(field, CODE_RULE);
        }
        code.to_owned()
    }

    /// A word of the kernel.
    pub(crate) fn word<T: FromStr<Err = Invalid>>(&mut self, field: &str, text: &str) -> Option<T> {
        self.keep(field, text.parse())
    }

    pub(crate) fn keep<T>(&mut self, field: &str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.wrong(field, invalid.message)).ok()
    }

    /// 0 is an open end.
    pub(crate) fn year_or_open(&mut self, field: &str, number: i32) -> Option<FiscalYear> {
        if number == 0 { None } else { self.keep(field, number.try_into()) }
    }

    pub(crate) fn object_type(&mut self, field: &str, number: i32) -> Option<ObjectType> {
        let parsed = convert::parse_object_type(number);
        if parsed.is_none() {
            self.wrong(field, "必填");
        }
        parsed
    }

    pub(crate) fn decimal(&mut self, field: &str, value: Option<&google::Decimal>) -> Option<Decimal> {
        let text = &value?.value;
        Decimal::from_str_exact(text).map_err(|_| self.wrong(field, format!("“{text}”不是数字"))).ok()
    }

    pub(crate) fn required_decimal(&mut self, field: &str, value: Option<&google::Decimal>) -> Decimal {
        if value.is_none() {
            self.wrong(field, "必填");
        }
        self.decimal(field, value).unwrap_or_default()
    }

    pub(crate) fn date(&mut self, field: &str, value: Option<&google::Date>) -> Option<Date> {
        words::parse_date(field, Some(value?)).map_err(|_| self.wrong(field, "不是日历上的日期")).ok()
    }

    pub(crate) fn money(&mut self, field: &str, value: Option<&google::Decimal>) -> Option<Money> {
        self.word(field, &value?.value)
    }
}

pub(crate) const CODE_RULE: &str = "须为 1 至 128 个字母、汉字、数字或 - _ . ~";

/// True if the text may be the last part of a resource name.
pub(crate) fn is_code(code: &str) -> bool {
    name::parse(&format!("codes/{code}"), ["codes"]).is_ok()
}
