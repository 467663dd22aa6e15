use hengji_kernel::{Date, Decimal, FiscalYear, Money, Timestamp};
use hengji_rules::score::table::Measure;
use hengji_rules::value::{self, Reading as Read};
use hengji_rules::{Direction, Operator};
use serde::{Deserialize, Serialize};

use super::Correction;

/// What a scoring looks at: the baseline, what was reported, the money, and what had to be corrected.
pub(crate) struct Material {
    pub(crate) year: FiscalYear,
    pub(crate) baseline: Baseline,
    pub(crate) readings: Vec<Reading>,
    pub(crate) money: MoneyFacts,
    /// What monitoring ordered to be corrected, in name order.
    pub(crate) corrections: Vec<Correction>,
}

/// An approved target as it was approved.
pub(crate) struct Baseline {
    pub(crate) version: i32,
    pub(crate) indicators: Vec<Indicator>,
}

pub(crate) struct Indicator {
    pub(crate) code: String,
    pub(crate) level1: String,
    pub(crate) level2: String,
    pub(crate) title: String,
    /// Absent for a qualitative one.
    pub(crate) operator: Option<Operator>,
    pub(crate) qualitative: bool,
    pub(crate) value: Option<Decimal>,
    pub(crate) value_text: String,
    pub(crate) unit: String,
    pub(crate) direction: Option<Direction>,
    pub(crate) weight: Decimal,
}

impl Indicator {
    /// The target as a number; the text leads, the fields fill in what it leaves out. Nothing for dates and words.
    pub(crate) fn measure(&self, year: FiscalYear) -> Option<Measure> {
        let unit = (!self.unit.is_empty()).then(|| self.unit.clone());
        match value::read_in_year(&self.value_text, year) {
            Ok(Read::Number(read)) => {
                Some(Measure { operator: read.operator.or(self.operator), unit: read.unit.or(unit), ..read })
            }
            Ok(Read::Blank) => {
                self.value.map(|value| Measure { operator: self.operator, value, high: None, unit })
            }
            _ => None,
        }
    }

    /// The target as it is shown.
    pub(crate) fn shown(&self) -> String {
        match (&*self.value_text, self.value) {
            ("", Some(value)) => {
                format!("{}{}{}", self.operator.map_or("", Operator::sign), value.normalize(), self.unit)
            }
            (text, _) => text.to_owned(),
        }
    }

    /// True if a person judges it inside a band; everything else is computed.
    pub(crate) fn is_judged(&self, year: FiscalYear) -> bool {
        self.qualitative || matches!(value::read_in_year(&self.value_text, year), Ok(Read::Words { .. }))
    }
}

/// An actual value (完成值) at a date.
pub(crate) struct Reading {
    pub(crate) code: String,
    /// As reported; may be empty where a ratio is given.
    pub(crate) text: String,
    pub(crate) ratio: Option<(Decimal, Decimal)>,
    pub(crate) date: Date,
    pub(crate) stored_at: Timestamp,
    pub(crate) has_evidence: bool,
}

impl Reading {
    /// The ratio as a number in percent or, for other targets, as a plain quotient.
    pub(crate) fn quotient(&self, target: Option<&Measure>) -> Option<Measure> {
        let (numerator, denominator) = self.ratio.filter(|_| self.text.is_empty())?;
        let unit = target.and_then(|target| target.unit.as_deref()).filter(|unit| matches!(*unit, "%" | "‰"));
        let factor = if unit.is_some() { Decimal::ONE_HUNDRED } else { Decimal::ONE };
        let value = numerator.checked_mul(factor)?.checked_div(denominator)?;
        Some(Measure { operator: None, value, high: None, unit: unit.map(|_| "%".to_owned()) })
    }

    pub(crate) fn shown(&self) -> String {
        match self.ratio {
            Some((numerator, denominator)) if self.text.is_empty() => format!("{numerator}/{denominator}"),
            _ => self.text.clone(),
        }
    }
}

/// The latest reading of an indicator: by date, then by when it was stored, then by its place in the list.
pub(crate) fn latest<'a>(readings: &'a [Reading], code: &str) -> Option<&'a Reading> {
    readings
        .iter()
        .filter(|reading| reading.code == code)
        .max_by_key(|reading| (reading.date, reading.stored_at))
}

/// Money of the year (预算执行情况).
#[derive(Debug, Clone, Copy)]
pub(crate) struct MoneyFacts {
    /// 年初预算数
    pub(crate) initial: Option<Money>,
    /// 全年预算数, after adjustment
    pub(crate) budget: Money,
    /// 全年执行数
    pub(crate) executed: Money,
}

/// A person's part in scoring one row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given {
    pub(crate) code: String,
    /// Chosen share inside a qualitative band, percent.
    pub(crate) share_percent: Option<Decimal>,
    /// In place of the computed score.
    pub(crate) score: Option<Decimal>,
    /// Why the score differs, or why the target was missed.
    pub(crate) reason: String,
    pub(crate) not_applicable: bool,
}

/// A problem found, to be rectified (存在问题).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Problem {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) suggestion: String,
}
