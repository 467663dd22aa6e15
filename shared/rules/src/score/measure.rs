//! Target and actual of one indicator as comparable values.

use hengji_kernel::{Date, FiscalYear};
use rust_decimal::Decimal;

use super::table::{Measure, ScoreIndicator};
use crate::effective::EffectivePack;
use crate::outcome::{Finding, Refusal, Severity};
use crate::value::{self, Reading};
use crate::word::{Direction, Operator};

/// What an indicator asks for.
pub(super) enum Target {
    Number {
        operator: Operator,
        measure: Measure,
    },
    /// Done on or before this day.
    Deadline(Date),
    Words,
}

/// A reported date: all of it lies in `from..=to`.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) from: Date,
    pub(super) to: Date,
}

fn reading(text: &str, indicator: &ScoreIndicator, pack: &EffectivePack) -> Result<Reading, Refusal> {
    let read = match FiscalYear::try_from(pack.date.year()) {
        Ok(year) => value::read_in_year(text, year),
        Err(_) => value::read(text),
    };
    read.map_err(|refusal| Refusal { subject: indicator.code.clone(), ..refusal })
}

pub(super) fn target(indicator: &ScoreIndicator, pack: &EffectivePack) -> Result<Target, Refusal> {
    let measure = match &indicator.target {
        Some(measure) => measure.clone(),
        None => match reading(&indicator.target_text, indicator, pack)? {
            Reading::Number(measure) => measure,
            Reading::Deadline { by } => return Ok(Target::Deadline(by)),
            Reading::Period { to, .. } => return Ok(Target::Deadline(to)),
            Reading::Words { .. } => return Ok(Target::Words),
            Reading::Blank => return Err(Refusal::new("target.missing", &indicator.code, "没有填写指标值")),
        },
    };
    let operator = match (measure.operator, indicator.direction) {
        (Some(operator), _) => operator,
        (None, Some(Direction::Positive)) => Operator::Ge,
        (None, Some(Direction::Negative)) => Operator::Le,
        (None, None) => {
            if let Some(refusal) = serial_date(&measure, "指标值", indicator) {
                return Err(refusal);
            }
            let message = format!("指标值“{}”没有比较符号，也没有指标方向，无法判断是否完成", measure.value);
            return Err(Refusal::new("target.operator", &indicator.code, message));
        }
    };
    Ok(Target::Number { operator, measure })
}

/// The reported number in the target's unit.
pub(super) fn actual_number(
    indicator: &ScoreIndicator,
    target: &Measure,
    pack: &EffectivePack,
    findings: &mut Vec<Finding>,
) -> Result<Decimal, Refusal> {
    let refuse = |rule: &str, message: String| Refusal::new(rule, &indicator.code, message);
    let actual = match &indicator.actual {
        Some(actual) => actual.clone(),
        None => match reading(&indicator.actual_text, indicator, pack)? {
            Reading::Number(measure) => measure,
            _ => return Err(refuse("actual.not_a_number", "指标值是数值，完成值也须填写数值".into())),
        },
    };
    match actual.operator {
        Some(Operator::Range) => {
            return Err(refuse("actual.range", "完成值是一个区间，须填写确定的数".into()));
        }
        Some(operator) => findings.push(Finding::new(
            "actual.bound",
            Severity::Warning,
            format!("{}.actual", indicator.code),
            format!("完成值写成“{operator}{}”，不是确定的数，按 {} 计分", actual.value, actual.value),
        )),
        None => {}
    }
    in_unit_of(&actual, target, &refuse)
}

fn in_unit_of(
    actual: &Measure,
    target: &Measure,
    refuse: &dyn Fn(&str, String) -> Refusal,
) -> Result<Decimal, Refusal> {
    match (actual.unit.as_deref(), target.unit.as_deref()) {
        (Some(from), Some(to)) if !value::same_unit(from, to) => value::factor(from, to)
            .and_then(|factor| actual.value.checked_mul(factor))
            .ok_or_else(|| refuse("actual.unit", format!("完成值的单位“{from}”与指标值的单位“{to}”不同"))),
        // 0.95 or 95: the commonest import error
        (None, Some("%"))
            if actual.value > Decimal::ZERO
                && actual.value <= Decimal::ONE
                && target.value > Decimal::ONE =>
        {
            Err(refuse("actual.fraction", format!("完成值 {} 是百分数还是小数？请写明单位 %", actual.value)))
        }
        // and the other way round: 95% or 95 against 0.95
        (from, None)
            if from.is_none_or(|unit| unit == "%")
                && target.value > Decimal::ZERO
                && target.value < Decimal::ONE
                && actual.value > Decimal::ONE =>
        {
            let message = format!(
                "指标值 {} 没有单位，完成值是 {}：是百分数还是小数？请写明指标值的单位",
                target.value, actual.value
            );
            Err(refuse("target.fraction", message))
        }
        _ => Ok(actual.value),
    }
}

/// A whole number that a spreadsheet may have made of a date between 2000 and 2099: days since 30 December 1899.
fn serial_date(measure: &Measure, what: &str, indicator: &ScoreIndicator) -> Option<Refusal> {
    let days = i64::try_from(measure.value).ok().filter(|_| measure.value.fract().is_zero())?;
    if measure.operator.is_some() || measure.unit.is_some() || !(36_526..=73_050).contains(&days) {
        return None;
    }
    let date = Date::new(1899, 12, 30).ok()?.plus_days(days);
    let message = format!("{what} {days} 像是表格软件存成数字的日期（{date}），请填写日期，或写明单位");
    Some(Refusal::new("value.spreadsheet_date", &indicator.code, message))
}

/// The reported date, if it is one.
pub(super) fn actual_span(indicator: &ScoreIndicator, pack: &EffectivePack) -> Result<Span, Refusal> {
    match reading(&indicator.actual_text, indicator, pack)? {
        Reading::Deadline { by } => Ok(Span { from: by, to: by }),
        Reading::Period { from, to } => Ok(Span { from, to }),
        other => {
            let serial = match other {
                Reading::Number(measure) => serial_date(&measure, "完成值", indicator),
                _ => None,
            };
            Err(serial.unwrap_or_else(|| {
                Refusal::new("actual.not_a_date", &indicator.code, "指标值是日期，完成值也须填写完成日期")
            }))
        }
    }
}

pub(super) fn met(operator: Operator, actual: Decimal, target: &Measure) -> bool {
    match operator {
        Operator::Ge => actual >= target.value,
        Operator::Gt => actual > target.value,
        Operator::Le => actual <= target.value,
        Operator::Lt => actual < target.value,
        Operator::Eq => actual == target.value,
        Operator::Range => actual >= target.value && target.high.is_none_or(|high| actual <= high),
    }
}
