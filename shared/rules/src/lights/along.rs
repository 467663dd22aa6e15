//! What an indicator without interim values should have reached by now (序时进度).

use hengji_kernel::{Date, FiscalYear};
use rust_decimal::Decimal;

use crate::effective::EffectivePack;
use crate::exact::{Exact, HUNDRED, plain, round};
use crate::outcome::Refusal;
use crate::pack::RoundingMode;
use crate::progress;
use crate::word::Operator;

const EXACT: Exact<'static> = Exact("light.along_progress");

/// An indicator of a year, as its target says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annual<'a> {
    /// 二级指标
    pub level2: &'a str,
    pub operator: Operator,
    /// 年度指标值
    pub target: Decimal,
    /// Of the target value; empty if it has none.
    pub unit: &'a str,
}

/// The value expected by a day at the pack's progress and how it was found; nothing where the pack expects none, the indicator
/// does not add up over the year, or no progress is expected yet.
pub fn along_progress(
    annual: &Annual<'_>,
    year: FiscalYear,
    as_of: Date,
    pack: &EffectivePack,
) -> Result<Option<(Decimal, String)>, Refusal> {
    let rule = pack.rules.light_result.as_ref().and_then(|rule| rule.rule.without_interim.as_ref());
    let Some(rule) = rule.filter(|rule| rule.level2.iter().any(|level2| level2 == annual.level2)) else {
        return Ok(None);
    };
    let adds_up = matches!(annual.operator, Operator::Ge | Operator::Gt | Operator::Eq)
        && annual.target > Decimal::ZERO
        && !crate::value::same_unit(annual.unit, "%");
    let expected = progress::expected(year, as_of, rule.expected, pack)?;
    if !adds_up || expected.percent.is_zero() {
        return Ok(None);
    }
    let value = EXACT.ratio(annual.target, expected.percent, HUNDRED)?;
    let percent = round(expected.percent, 2, RoundingMode::HalfUp);
    Ok(Some((round(value, 4, RoundingMode::HalfUp), format!("{} {}%", expected.how, plain(percent)))))
}
