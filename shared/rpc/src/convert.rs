//! Between the contract's words and the kernel's: decimals, dates, instants, etags, explanations.

use std::str::FromStr;

use hengji_db::Stored;
use hengji_kernel::{
    Date, Decimal, FiscalYear, Grade, Invalid, Money, RegionCode, Timestamp, UnitCode, name,
};
use hengji_proto::common::v1 as common;
use hengji_proto::google::r#type as google;
use hengji_rules::Explanation;

use crate::Fault;

// --- to the contract ---

pub fn decimal(value: Decimal) -> google::Decimal {
    google::Decimal { value: value.to_string() }
}

pub fn money(value: Money) -> google::Decimal {
    decimal(value.yuan())
}

pub fn date(value: Date) -> google::Date {
    google::Date { year: value.year(), month: value.month().into(), day: value.day().into() }
}

pub fn timestamp(value: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: value.seconds(),
        nanos: (value.micros().rem_euclid(1_000_000) * 1000) as i32,
    }
}

pub const fn grade(value: Grade) -> common::Grade {
    match value {
        Grade::Excellent => common::Grade::Excellent,
        Grade::Good => common::Grade::Good,
        Grade::Fair => common::Grade::Fair,
        Grade::Poor => common::Grade::Poor,
    }
}

/// Several explanations told as one: each keeps its rule, document, inputs and arithmetic.
pub fn explanation(conclusion: &str, parts: &[Explanation]) -> common::Explanation {
    common::Explanation {
        conclusion: conclusion.to_owned(),
        text: parts.iter().map(Explanation::to_chinese).collect::<Vec<_>>().join("\n"),
        steps: parts.iter().flat_map(explanation_steps).collect(),
    }
}

/// One step for each arithmetic step of a rule; the inputs stand with the first, rounding and result with the last.
fn explanation_steps(part: &Explanation) -> Vec<common::ExplanationStep> {
    let last = part.steps.len().saturating_sub(1);
    let steps = part.steps.iter().enumerate().map(|(index, step)| common::ExplanationStep {
        rule: part.rule.clone(),
        rule_pack: part.pack.clone(),
        rule_pack_revision: i32::try_from(part.revision).unwrap_or(i32::MAX),
        document: part.document.clone(),
        inputs: match index {
            0 => part.inputs.iter().map(explanation_input).collect(),
            _ => vec![],
        },
        arithmetic: step.arithmetic.clone(),
        rounding: if index == last { part.rounding.clone().unwrap_or_default() } else { String::new() },
        result: Decimal::from_str_exact(&part.result).ok().filter(|_| index == last).map(decimal),
        text: step.text.clone(),
    });
    steps.collect()
}

fn explanation_input(input: &hengji_rules::explanation::Input) -> common::ExplanationInput {
    common::ExplanationInput { name: input.name.clone(), value: input.value.clone() }
}

/// The etag of a stored record.
pub fn etag<T>(stored: &Stored<T>) -> String {
    format!("v{}", stored.version)
}

pub fn check_etag<T>(name: &str, given: &str, stored: &Stored<T>) -> Result<(), Fault> {
    if given == etag(stored) { Ok(()) } else { Err(Fault::stale(name)) }
}

// --- from the contract ---

/// A field parsed into a word of the domain.
pub fn word<T: FromStr<Err = Invalid>>(field: &str, text: &str) -> Result<T, Fault> {
    text.parse().map_err(|invalid| Fault::invalid(field, invalid))
}

/// An optional word: empty means none.
pub fn word_or_none<T: FromStr<Err = Invalid>>(field: &str, text: &str) -> Result<Option<T>, Fault> {
    if text.is_empty() { Ok(None) } else { word(field, text).map(Some) }
}

pub fn year(field: &str, number: i32) -> Result<FiscalYear, Fault> {
    FiscalYear::try_from(number).map_err(|invalid| Fault::invalid(field, invalid))
}

/// An amount in yuan; absent is refused.
pub fn parse_money(field: &str, value: Option<&google::Decimal>) -> Result<Money, Fault> {
    let value = value.ok_or_else(|| Fault::field(field, "必填"))?;
    word(field, &value.value)
}

pub fn parse_money_or_zero(field: &str, value: Option<&google::Decimal>) -> Result<Money, Fault> {
    value.map_or(Ok(Money::ZERO), |value| word(field, &value.value))
}

/// An exact decimal, at most 28 digits; absent is `None`.
pub fn parse_decimal(field: &str, value: Option<&google::Decimal>) -> Result<Option<Decimal>, Fault> {
    value
        .filter(|value| !value.value.is_empty())
        .map(|value| {
            Decimal::from_str_exact(&value.value)
                .map_err(|_| Fault::field(field, format!("“{}”不是数字", value.value)))
        })
        .transpose()
}

pub fn require_decimal(field: &str, value: Option<&google::Decimal>) -> Result<Decimal, Fault> {
    parse_decimal(field, value)?.ok_or_else(|| Fault::field(field, "必填"))
}

pub fn parse_date(field: &str, value: Option<&google::Date>) -> Result<Date, Fault> {
    let value = value.ok_or_else(|| Fault::field(field, "必填"))?;
    let part = |number: i32| u8::try_from(number).map_err(|_| Fault::field(field, "不是有效日期"));
    Date::new(value.year, part(value.month)?, part(value.day)?)
        .map_err(|invalid| Fault::invalid(field, invalid))
}

pub fn parse_date_or_none(field: &str, value: Option<&google::Date>) -> Result<Option<Date>, Fault> {
    value.map(|value| parse_date(field, Some(value))).transpose()
}

pub fn parse_grade(value: i32) -> Option<Grade> {
    match common::Grade::try_from(value).ok()? {
        common::Grade::Unspecified => None,
        common::Grade::Excellent => Some(Grade::Excellent),
        common::Grade::Good => Some(Grade::Good),
        common::Grade::Fair => Some(Grade::Fair),
        common::Grade::Poor => Some(Grade::Poor),
    }
}

/// An instant to the microsecond; absent is `None`.
pub fn parse_timestamp_or_none(
    field: &str,
    value: Option<&prost_types::Timestamp>,
) -> Result<Option<Timestamp>, Fault> {
    let micros = |value: &prost_types::Timestamp| {
        value.seconds.checked_mul(1_000_000)?.checked_add(i64::from(value.nanos / 1000))
    };
    value
        .map(|value| micros(value).map(Timestamp).ok_or_else(|| Fault::field(field, "不是有效时刻")))
        .transpose()
}

/// `regions/640323000/years/2021`
pub fn parse_parent(field: &str, text: &str) -> Result<(RegionCode, FiscalYear), Fault> {
    let invalid = |invalid| Fault::invalid(field, invalid);
    let [region, year] = name::parse(text, ["regions", "years"]).map_err(invalid)?;
    Ok((region.parse().map_err(invalid)?, year.parse().map_err(invalid)?))
}

/// `regions/640323000/years/2021/{collection}/{id}`. A name of the wrong shape is refused as a field, not as missing.
pub fn parse_yearly<'a>(
    field: &str,
    text: &'a str,
    collection: &str,
) -> Result<(RegionCode, FiscalYear, &'a str), Fault> {
    name::parse_yearly(text, collection).map_err(|invalid| Fault::invalid(field, invalid))
}

/// `regions/640323000/organizations/219001`
pub fn parse_organization(field: &str, text: &str) -> Result<(RegionCode, UnitCode), Fault> {
    let invalid = |invalid| Fault::invalid(field, invalid);
    let [region, unit] = name::parse(text, ["regions", "organizations"]).map_err(invalid)?;
    Ok((region.parse().map_err(invalid)?, unit.parse().map_err(invalid)?))
}
