//! Warning lights (亮灯预警) of the double monitoring: execution against the expected rate, results against interim values.

mod along;
mod classes;
mod steady;

use hengji_kernel::{Date, FiscalYear, Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::effective::{EffectivePack, required};
use crate::exact::{Exact, HUNDRED, plain};
use crate::explanation::Explanation;
use crate::outcome::Refusal;
use crate::pack::{Cited, ExecutionLightRule, Light, ResultLightRule};
use crate::progress::{self, Expected};
use crate::word::Operator;

pub use self::along::{Annual, along_progress};
pub use self::classes::{Achievement, ClassFacts, Classified, IdleMoney, OverdueReading, achieved, classify};
pub use self::steady::{Line, Standing, flapping, steady};

/// Money of a project at a day. Amounts in yuan, rates in percent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionProgress {
    pub year: FiscalYear,
    pub as_of: Date,
    /// Adjusted annual budget.
    pub budget: Money,
    /// Paid net of refunds.
    pub paid: Money,
    /// Planned rate at this day, where a payment plan exists.
    pub planned_percent: Option<Decimal>,
    pub suspended: bool,
}

impl ExecutionProgress {
    /// Paid over the adjusted annual budget, percent; none without a budget.
    fn rate(&self, exact: Exact<'_>) -> Result<Option<Decimal>, Refusal> {
        if self.budget <= Money::ZERO {
            return Ok(None);
        }
        exact.ratio(self.paid.yuan(), HUNDRED, self.budget.yuan()).map(Some)
    }

    /// The rate expected by now, percent, and how it was found.
    fn expected(&self, rule: &ExecutionLightRule, pack: &EffectivePack) -> Result<Expected, Refusal> {
        match self.planned_percent {
            Some(percent) => Ok(Expected { percent, how: "按用款计划" }),
            None => progress::expected(self.year, self.as_of, rule.expected, pack),
        }
    }
}

/// Readings of a project's indicators against their interim values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ResultProgress {
    pub suspended: bool,
    pub indicators: Vec<IndicatorProgress>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorProgress {
    pub code: String,
    pub name: String,
    /// ≤ and ＜ mean less is better.
    pub operator: Operator,
    /// Value expected by now; absent where nothing is due yet.
    pub interim: Option<Decimal>,
    /// How it was found where it is no interim value of the target, such as 按时间进度 50%.
    #[serde(default)]
    pub along: Option<String>,
    /// Latest reading, absent where none came.
    pub latest: Option<Decimal>,
}

impl IndicatorProgress {
    /// `阶段值 40，读数 30，落后 25%`
    fn told(&self, interim: Decimal, latest: Decimal, behind: Decimal) -> String {
        let due = match &self.along {
            Some(how) => format!("应达值（{how}）"),
            None => "阶段值".to_owned(),
        };
        format!("{due} {}，读数 {}，落后 {}%", plain(interim), plain(latest), plain(behind))
    }
}

/// A light with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lit {
    pub light: Light,
    /// Percentage points (execution) or percent of the interim value (results) behind; negative is ahead.
    pub behind: Option<Decimal>,
    pub explanation: Explanation,
}

/// Light of the execution rate.
pub fn execution(progress: &ExecutionProgress, pack: &EffectivePack) -> Result<Lit, Refusal> {
    const EXACT: Exact<'static> = Exact("light.execution");
    let rule = required(pack.rules.light_execution.as_ref(), "资金执行亮灯", EXACT.0)?;
    let explanation = Explanation::of(rule)
        .input("截止日期", progress.as_of)
        .input("全年预算数", format!("{} 元", progress.budget))
        .input("已支付", format!("{} 元", progress.paid));
    if progress.suspended {
        return Ok(lit(Light::Suspended, None, explanation.step("项目资金已暂停支付", "")));
    }
    let Some(rate) = progress.rate(EXACT)? else {
        return Ok(lit(Light::Unlit, None, explanation.step("没有预算，执行率无从计算", "")));
    };
    let Expected { percent: expected, how } = progress.expected(&rule.rule, pack)?;
    let behind = EXACT.sub(expected, rate)?;
    let arithmetic = format!("{}% − {}% = {} 个百分点", plain(expected), plain(rate), plain(behind));
    let explanation = explanation.step(format!("应达执行率（{how}）减实际执行率"), arithmetic);
    Ok(colour_execution(rule, rate, behind, explanation))
}

fn colour_execution(
    rule: &Cited<ExecutionLightRule>,
    rate: Decimal,
    behind: Decimal,
    explanation: Explanation,
) -> Lit {
    let limits = &rule.rule;
    let (light, text) = if rate > limits.red_above_percent {
        (Light::Red, format!("执行率超过 {}%", plain(limits.red_above_percent)))
    } else if behind >= limits.red_behind {
        (Light::Red, format!("落后达到 {} 个百分点", plain(limits.red_behind)))
    } else if behind >= limits.yellow_behind {
        (Light::Yellow, format!("落后达到 {} 个百分点", plain(limits.yellow_behind)))
    } else {
        (Light::Green, "执行进度正常".to_owned())
    };
    lit(light, Some(behind), explanation.step(text, ""))
}

/// Light of the results: the worst indicator decides.
pub fn result(progress: &ResultProgress, pack: &EffectivePack) -> Result<Lit, Refusal> {
    let rule = required(pack.rules.light_result.as_ref(), "绩效目标亮灯", "light.result")?;
    let mut explanation = Explanation::of(rule);
    if progress.suspended {
        return Ok(lit(Light::Suspended, None, explanation.step("项目已暂停", "")));
    }
    let mut worst = (Light::Unlit, None);
    for indicator in &progress.indicators {
        let Some(interim) = indicator.interim else { continue };
        let (light, behind, arithmetic) = colour_indicator(indicator, interim, &rule.rule)?;
        explanation = explanation.step(format!("{}：{}", indicator.name, light.chinese()), arithmetic);
        if light > worst.0 || (light == worst.0 && behind > worst.1) {
            worst = (light, behind);
        }
    }
    if worst.0 == Light::Unlit {
        explanation = explanation.step("尚无到期的阶段值", "");
    }
    Ok(lit(worst.0, worst.1, explanation))
}

fn colour_indicator(
    indicator: &IndicatorProgress,
    interim: Decimal,
    rule: &ResultLightRule,
) -> Result<(Light, Option<Decimal>, String), Refusal> {
    let exact = Exact(&indicator.code);
    let Some(latest) = indicator.latest else {
        return Ok((rule.missing_reading, None, "阶段值已到期，尚无读数".into()));
    };
    let behind = behind_percent(indicator.operator, interim, latest, exact)?;
    let light = if behind >= rule.red_behind_percent {
        Light::Red
    } else if behind >= rule.yellow_behind_percent {
        Light::Yellow
    } else {
        Light::Green
    };
    Ok((light, Some(behind), indicator.told(interim, latest, behind)))
}

/// How far a value is behind, percent of the expected one; negative is ahead.
fn behind_percent(
    operator: Operator,
    expected: Decimal,
    latest: Decimal,
    exact: Exact<'_>,
) -> Result<Decimal, Refusal> {
    let less_is_better = matches!(operator, Operator::Le | Operator::Lt);
    let gap = if less_is_better { exact.sub(latest, expected)? } else { exact.sub(expected, latest)? };
    match (expected.is_zero(), gap > Decimal::ZERO) {
        (true, true) => Ok(HUNDRED),
        (true, false) => Ok(Decimal::ZERO),
        (false, _) => exact.ratio(gap, HUNDRED, expected.abs()),
    }
}

fn lit(light: Light, behind: Option<Decimal>, explanation: Explanation) -> Lit {
    Lit { light, behind, explanation: explanation.result(light.chinese()) }
}

#[cfg(test)]
mod tests;
