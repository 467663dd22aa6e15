//! The execution row (预算执行率): executed over adjusted annual budget.

use hengji_kernel::Money;
use rust_decimal::Decimal;

use super::card::ExecutionScore;
use super::indicator::checked_override;
use super::table::{MoneyRow, MoneyTable, Override};
use crate::effective::{EffectivePack, required};
use crate::exact::{self, Exact, HUNDRED, plain};
use crate::explanation::Explanation;
use crate::outcome::{Finding, Refusal, Severity};
use crate::pack::{Cited, ExecutionRule};

const SUBJECT: &str = "execution";
const EXACT: Exact<'static> = Exact(SUBJECT);

/// Scores the execution row. The total row must equal the sum of its source rows; a rate above 100 % earns nothing extra.
pub fn score_execution(
    money: &MoneyTable,
    overridden: Option<&Override>,
    pack: &EffectivePack,
) -> Result<(ExecutionScore, Vec<Finding>), Vec<Refusal>> {
    let unequal = unequal_sums(money);
    if !unequal.is_empty() {
        return Err(unequal);
    }
    scored(money, overridden, pack).map_err(|refusal| vec![refusal])
}

/// The columns whose total row is not the sum of the source rows.
fn unequal_sums(money: &MoneyTable) -> Vec<Refusal> {
    type Column = (&'static str, fn(&MoneyRow) -> Option<Money>);
    let columns: [Column; 3] = [
        ("年初预算数", |row| row.initial),
        ("全年预算数", |row| row.annual),
        ("全年执行数", |row| row.executed),
    ];
    let mut refusals = Vec::new();
    for (name, column) in columns {
        let parts: Vec<Decimal> = money.rows.iter().filter_map(column).map(Money::yuan).collect();
        if parts.is_empty() {
            continue;
        }
        let total = column(&money.total);
        match EXACT.sum(parts) {
            Ok(sum) if total.is_some_and(|total| total.yuan() == sum) => {}
            Ok(sum) => {
                let total = total.map_or_else(|| "未填".to_owned(), |total| total.to_string());
                let message = format!("{name}：合计 {total} 元不等于各来源之和 {sum} 元");
                refusals.push(Refusal::new("money.total_equals_rows", SUBJECT, message));
            }
            Err(refusal) => refusals.push(refusal),
        }
    }
    refusals
}

fn scored(
    money: &MoneyTable,
    overridden: Option<&Override>,
    pack: &EffectivePack,
) -> Result<(ExecutionScore, Vec<Finding>), Refusal> {
    let rule = required(pack.rules.execution.as_ref(), "预算执行率", SUBJECT)?;
    let rounding = required(pack.rules.rounding.as_ref(), "舍入", SUBJECT)?.rule;
    let weight = rule.rule.weight();
    if weight < Decimal::ZERO || weight > Decimal::ONE_THOUSAND {
        return Err(Refusal::new("execution.weight", SUBJECT, "预算执行率的分值须在 0 至 1000 之间"));
    }
    let (annual, executed) = amounts(&money.total)?;
    let rate = EXACT.ratio(executed, HUNDRED, annual)?;
    let money = Spent {
        annual,
        executed,
        rate,
        rounded: rounding.rate_places.map(|places| exact::round(rate, places, rounding.mode)),
    };
    let mut findings = Vec::new();
    if rate > HUNDRED {
        let message = format!("执行数超过全年预算数（{}%）：数据有误或有未登记的调整，不另加分", plain(rate));
        findings.push(Finding::new("execution.above_budget", Severity::Error, SUBJECT, message));
    }
    let (points, explanation) = points(rule, money)?;
    let computed = exact::round(points, rounding.row_places, rounding.mode).clamp(Decimal::ZERO, weight);
    let how = format!("得分保留 {} 位小数，{}", rounding.row_places, rounding.mode.chinese());
    let explanation = explanation.rounded(how).result(format!("{computed} 分（分值 {}）", plain(weight)));
    let given = match overridden {
        Some(overridden) => checked_override(overridden, weight, SUBJECT)?,
        None => computed,
    };
    let override_reason = overridden.map(|overridden| overridden.reason.clone());
    Ok((
        ExecutionScore { weight, rate_percent: rate, computed, given, override_reason, explanation },
        findings,
    ))
}

fn amounts(total: &MoneyRow) -> Result<(Decimal, Decimal), Refusal> {
    let refuse = |rule: &str, message: &str| Err(Refusal::new(rule, SUBJECT, message));
    match (total.annual, total.executed) {
        (None, _) => refuse("execution.no_budget", "没有填写全年预算数，执行率无法计算"),
        (Some(annual), _) if annual <= Money::ZERO => {
            refuse("execution.no_budget", "全年预算数须大于零，执行率无法计算")
        }
        (_, None) => refuse("execution.no_executed", "没有填写全年执行数：未填报不等于零"),
        (_, Some(executed)) if executed.is_negative() => {
            refuse("execution.negative", "全年执行数为负数，请核对退款")
        }
        (Some(annual), Some(executed)) => Ok((annual.yuan(), executed.yuan())),
    }
}

/// Amounts in yuan, the rate in percent and as the pack rounds it, where it does.
#[derive(Clone, Copy)]
struct Spent {
    annual: Decimal,
    executed: Decimal,
    rate: Decimal,
    rounded: Option<Decimal>,
}

impl Spent {
    /// `weight` times the rate, in percent of `weight`.
    fn share_of(self, weight: Decimal) -> Result<Decimal, Refusal> {
        match self.rounded {
            Some(rate) => EXACT.ratio(weight, rate, HUNDRED),
            None => EXACT.ratio(weight, self.executed, self.annual),
        }
    }

    /// Whole steps of `step` percent that the rate lies below `full_at`.
    fn steps_below(self, full_at: Decimal, step: Decimal) -> Result<Decimal, Refusal> {
        if step <= Decimal::ZERO {
            return Err(Refusal::new("execution.step", SUBJECT, "扣分步长须大于 0"));
        }
        if let Some(rate) = self.rounded {
            return Ok(EXACT.ratio(EXACT.sub(full_at, rate)?, Decimal::ONE, step)?.trunc());
        }
        let below = EXACT.sub(EXACT.mul(full_at, self.annual)?, EXACT.mul(HUNDRED, self.executed)?)?;
        Ok(EXACT.ratio(below, Decimal::ONE, EXACT.mul(step, self.annual)?)?.trunc())
    }
}

fn points(rule: &Cited<ExecutionRule>, money: Spent) -> Result<(Decimal, Explanation), Refusal> {
    let Spent { annual, executed, rate, rounded } = money;
    let weight = rule.rule.weight();
    let mut explanation = Explanation::of(rule)
        .input("全年预算数", format!("{annual} 元"))
        .input("全年执行数", format!("{executed} 元"))
        .input("分值", plain(weight))
        .step("执行率 = 全年执行数 ÷ 全年预算数", format!("{executed} ÷ {annual} = {}%", plain(rate)));
    if let Some(rounded) = rounded {
        explanation = explanation.step("执行率先舍入再计分", format!("{}%", plain(rounded)));
    }
    let rate = rounded.unwrap_or(rate);
    if rate >= HUNDRED {
        let text = if rate > HUNDRED {
            "执行率超过 100%，按 100% 计"
        } else {
            "执行率达到 100%，得满分"
        };
        return Ok((weight, explanation.step(text, plain(weight))));
    }
    match &rule.rule {
        ExecutionRule::Linear { .. } => {
            let points = money.share_of(weight)?;
            let arithmetic = format!("{} × {}% ÷ 100% = {}", plain(weight), plain(rate), plain(points));
            Ok((points, explanation.step("按执行率计分", arithmetic)))
        }
        ExecutionRule::Banded { full_at, .. } | ExecutionRule::Stepped { full_at, .. }
            if rate >= *full_at =>
        {
            Ok((
                weight,
                explanation.step(format!("执行率不低于 {}%，得满分", plain(*full_at)), plain(weight)),
            ))
        }
        ExecutionRule::Banded { bands, .. } => {
            let band = bands.iter().find(|band| band.contains(rate)).ok_or_else(|| {
                Refusal::new("execution.bands", SUBJECT, format!("执行率 {}% 不在任何一档之内", plain(rate)))
            })?;
            let points = EXACT.ratio(weight, band.share_percent, HUNDRED)?;
            let text = format!("执行率落在自 {}% 起的一档", plain(band.from));
            let arithmetic =
                format!("{} × {}% = {}", plain(weight), plain(band.share_percent), plain(points));
            Ok((points, explanation.step(text, arithmetic)))
        }
        ExecutionRule::Stepped { full_at, step_percent, points, .. } => {
            let steps = money.steps_below(*full_at, *step_percent)?;
            let left = EXACT.sub(weight, EXACT.mul(steps, *points)?)?.max(Decimal::ZERO);
            let (step, cost) = (plain(*step_percent), plain(*points));
            let text = format!("执行率低于 {}%，每满 {step} 个百分点扣 {cost} 分，扣完为止", plain(*full_at));
            let arithmetic = format!("{} − {} × {cost} = {}", plain(weight), plain(steps), plain(left));
            Ok((left, explanation.step(text, arithmetic)))
        }
    }
}
