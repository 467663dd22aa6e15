//! Readings (绩效信息采集): what was reported, and what is refused before it is stored.

use hengji_kernel::{Date, Decimal, FiscalYear, RegionCode, UnitCode, name};
use hengji_rules::value::{self, Reading as Said};
use serde::{Deserialize, Serialize};

use super::{Position, indicator};
use crate::error::Refusal;

/// An actual value at a date, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reading {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) id: String,
    /// Name of the project, or of the organization for a department overall.
    pub(crate) object: String,
    pub(crate) unit: UnitCode,
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) numerator: Option<Decimal>,
    pub(crate) denominator: Option<Decimal>,
    pub(crate) date: Date,
    pub(crate) evidence: String,
    /// In the target's unit, where it is a number.
    pub(crate) number: Option<Decimal>,
}

impl Reading {
    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "readings", &self.id)
    }
}

/// A reading as reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadingRow {
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) numerator: Option<Decimal>,
    pub(crate) denominator: Option<Decimal>,
    pub(crate) date: Date,
    pub(crate) evidence: String,
}

/// What a row says, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadingValue {
    pub(crate) text: String,
    pub(crate) number: Option<Decimal>,
}

impl ReadingRow {
    /// Against the baseline of a project.
    pub(crate) fn against(&self, position: &Position, today: Date) -> Result<ReadingValue, Refusal> {
        let year = position.project.year;
        if self.date.year() < year.number() {
            return Err(Refusal::date("reading_date", "早于预算年度", self.date));
        }
        self.not_in_future(today)?;
        let indicator =
            position.indicators.iter().find(|known| known.code == self.code).ok_or_else(|| {
                let message = format!("基准目标 {} 没有编号为 {} 的指标", position.target, self.code);
                Refusal::field("indicator_code", message)
            })?;
        let text = self.text(|numerator, denominator| indicator.ratio_text(year, numerator, denominator))?;
        let number = indicator.read(&text, year).map_err(|message| Refusal::field("value_text", message))?;
        Ok(ReadingValue { text, number })
    }

    /// For a department overall, whose target monitoring does not hold: readable is enough.
    pub(crate) fn on_its_own(&self, year: FiscalYear, today: Date) -> Result<ReadingValue, Refusal> {
        self.not_in_future(today)?;
        let text = self.text(indicator::percent_text)?;
        let unreadable = |message: String| Refusal::field("value_text", message);
        match value::read_in_year(&text, year).map_err(|refusal| unreadable(refusal.message))? {
            Said::Blank => Err(unreadable("没有填写完成值".into())),
            Said::Number(measure) => Ok(ReadingValue { text, number: Some(measure.value) }),
            _ => Ok(ReadingValue { text, number: None }),
        }
    }

    fn not_in_future(&self, today: Date) -> Result<(), Refusal> {
        if self.date > today {
            Err(Refusal::date("reading_date", "在今天之后", self.date))
        } else {
            Ok(())
        }
    }

    fn text(&self, ratio: impl Fn(Decimal, Decimal) -> Option<String>) -> Result<String, Refusal> {
        match (self.numerator, self.denominator) {
            (None, None) => Ok(self.text.clone()),
            (Some(_), None) => Err(Refusal::field("denominator", "填写了分子，分母必填")),
            (None, Some(_)) => Err(Refusal::field("numerator", "填写了分母，分子必填")),
            (Some(_), Some(denominator)) if denominator.is_zero() => {
                Err(Refusal::field("denominator", "分母不得为 0"))
            }
            (Some(numerator), Some(denominator)) => {
                if !self.text.is_empty() {
                    return Err(Refusal::field("value_text", "已填写分子分母，完成值由其计算，不得另填"));
                }
                ratio(numerator, denominator)
                    .ok_or_else(|| Refusal::field("numerator", "数值过大，无法精确计算"))
            }
        }
    }
}
