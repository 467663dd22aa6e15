//! Expected progress of a year (序时进度): what share should be reached by a day.

use hengji_kernel::{Date, FiscalYear};
use rust_decimal::Decimal;

use crate::effective::EffectivePack;
use crate::exact::{Exact, HUNDRED};
use crate::outcome::Refusal;
use crate::pack::ExpectedBy;

const EXACT: Exact<'static> = Exact("progress");

/// Share of the year's money or work expected by a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// 0 to 100.
    pub percent: Decimal,
    /// How it was found (zh-CN), such as 按时间进度.
    pub how: &'static str,
}

/// Along the pack's curve where it has one, otherwise evenly over the year. Days before the year expect nothing, days after
/// it everything.
pub fn expected(
    year: FiscalYear,
    as_of: Date,
    counted: ExpectedBy,
    pack: &EffectivePack,
) -> Result<Expected, Refusal> {
    let (months, part, whole) = elapsed(year, as_of, counted)?;
    match &pack.rules.progress_curve {
        Some(curve) => {
            let at = |month: usize| match month {
                0 => Ok(Decimal::ZERO),
                month => curve.rule.month_end_percent.get(month - 1).copied().ok_or_else(|| {
                    Refusal::new("progress.curve", EXACT.0, format!("月度进度要求没有 {month} 月的数值"))
                }),
            };
            let reached = at(months)?;
            let percent = if part == 0 {
                reached
            } else {
                let rise = EXACT.sub(at(months + 1)?, reached)?;
                EXACT.add(reached, EXACT.ratio(rise, part.into(), whole.into())?)?
            };
            Ok(Expected { percent, how: "按月度进度要求" })
        }
        None => Ok(Expected { percent: evenly(year, as_of, counted, months)?, how: "按时间进度" }),
    }
}

/// Completed months, then the days begun of the next one and its length; no days where only months count.
fn elapsed(year: FiscalYear, as_of: Date, counted: ExpectedBy) -> Result<(usize, i64, i64), Refusal> {
    let number = year.number();
    if as_of.year() != number {
        return Ok((if as_of.year() > number { 12 } else { 0 }, 0, 1));
    }
    let last_of_month = as_of.plus_days(1).month() != as_of.month();
    let months = usize::from(as_of.month() - u8::from(!last_of_month));
    if last_of_month || counted == ExpectedBy::CompletedMonths {
        return Ok((months, 0, 1));
    }
    let first = day(number, as_of.month(), 1)?;
    let next = if as_of.month() == 12 { day(number + 1, 1, 1)? } else { day(number, as_of.month() + 1, 1)? };
    Ok((months, as_of.days_since(first) + 1, next.days_since(first)))
}

fn evenly(year: FiscalYear, as_of: Date, counted: ExpectedBy, months: usize) -> Result<Decimal, Refusal> {
    let number = year.number();
    if as_of.year() != number || counted == ExpectedBy::CompletedMonths {
        return EXACT.ratio(Decimal::from(months), HUNDRED, 12.into());
    }
    let first = day(number, 1, 1)?;
    let elapsed = as_of.days_since(first) + 1;
    EXACT.ratio(elapsed.into(), HUNDRED, (day(number, 12, 31)?.days_since(first) + 1).into())
}

fn day(year: i32, month: u8, day: u8) -> Result<Date, Refusal> {
    Date::new(year, month, day).map_err(|invalid| Refusal::new(invalid.rule, EXACT.0, invalid.message))
}

#[cfg(test)]
mod tests;
