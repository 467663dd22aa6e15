//! What is wrong, told apart (异常类别): one project may be slow with its money and without results at the same time.

use hengji_kernel::{Date, Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{ExecutionProgress, ResultProgress, behind_percent};
use crate::effective::{EffectivePack, required};
use crate::exact::{Exact, HUNDRED, plain};
use crate::explanation::Explanation;
use crate::outcome::Refusal;
use crate::pack::{Cited, Light, LightClass, LightClassKind, LightClassRule};
use crate::word::Operator;

const EXACT: Exact<'static> = Exact("light.classes");

/// A project at a day, seen from both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassFacts {
    pub execution: ExecutionProgress,
    pub results: ResultProgress,
    /// Interim values that are due and have no reading.
    pub overdue: Vec<OverdueReading>,
    /// Share of the annual targets reached, as [`achieved`] gives it; absent where nothing can be measured.
    pub achieved_percent: Option<Decimal>,
    /// Money that arrived and is not paid, and since when; absent where nothing is left.
    pub idle: Option<IdleMoney>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverdueReading {
    pub name: String,
    /// Day the interim value was due.
    pub due: Date,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdleMoney {
    /// Yuan.
    pub amount: Money,
    /// Day of the last payment, or of the arrival where nothing was paid.
    pub since: Date,
}

/// One thing that is wrong, with its light and reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classified {
    pub class: LightClassKind,
    pub light: Light,
    pub explanation: Explanation,
}

/// An indicator's part in the results of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Achievement {
    pub operator: Operator,
    /// Annual target value.
    pub target: Decimal,
    /// Latest reading; absent counts as nothing reached.
    pub latest: Option<Decimal>,
    /// Points.
    pub weight: Decimal,
}

/// Completion of the annual targets weighted by points, each between 0 and 100 percent; none without any weight.
pub fn achieved(parts: &[Achievement]) -> Result<Option<Decimal>, Refusal> {
    let (mut reached, mut weights) = (Decimal::ZERO, Decimal::ZERO);
    for part in parts {
        let share = match part.latest {
            None => Decimal::ZERO,
            Some(latest) => {
                let behind = behind_percent(part.operator, part.target, latest, EXACT)?;
                EXACT.sub(HUNDRED, behind)?.clamp(Decimal::ZERO, HUNDRED)
            }
        };
        reached = EXACT.add(reached, EXACT.mul(part.weight, share)?)?;
        weights = EXACT.add(weights, part.weight)?;
    }
    if weights <= Decimal::ZERO {
        return Ok(None);
    }
    EXACT.ratio(reached, Decimal::ONE, weights).map(Some)
}

/// Everything that is wrong, each class once with its worst light, in order of class. Money that is suspended is neither
/// slow nor idle.
pub fn classify(facts: &ClassFacts, pack: &EffectivePack) -> Result<Vec<Classified>, Refusal> {
    let mut found: Vec<Classified> = Vec::new();
    for rule in &pack.rules.light_classes {
        let Some((text, arithmetic)) = applies(&rule.rule.class, facts, pack)? else { continue };
        let classified = classified(rule, facts, text, arithmetic);
        match found.iter_mut().find(|other| other.class == classified.class) {
            Some(other) if other.light < classified.light => *other = classified,
            Some(_) => {}
            None => found.push(classified),
        }
    }
    found.sort_by_key(|classified| classified.class);
    Ok(found)
}

fn classified(
    rule: &Cited<LightClassRule>,
    facts: &ClassFacts,
    text: String,
    arithmetic: String,
) -> Classified {
    let class = rule.rule.class.kind();
    let explanation = Explanation::of(rule)
        .input("截止日期", facts.execution.as_of)
        .step(text, arithmetic)
        .result(format!("{}，{}", class.chinese(), rule.rule.light.chinese()));
    Classified { class, light: rule.rule.light, explanation }
}

type Found = Result<Option<(String, String)>, Refusal>;

fn applies(class: &LightClass, facts: &ClassFacts, pack: &EffectivePack) -> Found {
    let rate = facts.execution.rate(EXACT)?;
    match *class {
        LightClass::SlowExecution { behind_points } => slow(facts, rate, behind_points, pack),
        LightClass::Overspending { above_percent } => Ok(rate
            .filter(|rate| *rate > above_percent)
            .map(|rate| (format!("执行率超过 {}%", plain(above_percent)), format!("{}%", plain(rate))))),
        LightClass::ResultBehind { behind_percent } => lagging(facts, behind_percent),
        LightClass::ReadingOverdue { grace_days } => Ok(unread(facts, grace_days)),
        LightClass::MoneyWithoutResults { rate_from_percent, achieved_below_percent } => {
            let holds = |rate, achieved| rate >= rate_from_percent && achieved < achieved_below_percent;
            Ok(apart(rate, facts.achieved_percent, holds, "资金已支付，绩效没有跟上"))
        }
        LightClass::ResultsWithoutMoney { achieved_from_percent, rate_below_percent } => {
            let holds = |rate, achieved| achieved >= achieved_from_percent && rate < rate_below_percent;
            Ok(apart(rate, facts.achieved_percent, holds, "绩效已实现，资金没有支付"))
        }
        LightClass::IdleMoney { from_days, from_yuan } => Ok(idle(facts, from_days, from_yuan)),
    }
}

fn slow(facts: &ClassFacts, rate: Option<Decimal>, limit: Decimal, pack: &EffectivePack) -> Found {
    let Some(rate) = rate.filter(|_| !facts.execution.suspended) else { return Ok(None) };
    let rule = required(pack.rules.light_execution.as_ref(), "资金执行亮灯", EXACT.0)?;
    let expected = facts.execution.expected(&rule.rule, pack)?;
    let behind = EXACT.sub(expected.percent, rate)?;
    let arithmetic = format!("{}% − {}% = {} 个百分点", plain(expected.percent), plain(rate), plain(behind));
    Ok((behind >= limit)
        .then(|| (format!("落后应达执行率（{}）达到 {} 个百分点", expected.how, plain(limit)), arithmetic)))
}

fn lagging(facts: &ClassFacts, limit: Decimal) -> Found {
    let mut lagging = Vec::new();
    for indicator in &facts.results.indicators {
        let (Some(interim), Some(latest)) = (indicator.interim, indicator.latest) else { continue };
        let behind = behind_percent(indicator.operator, interim, latest, EXACT)?;
        if behind >= limit {
            lagging.push(format!("{}：{}", indicator.name, indicator.told(interim, latest, behind)));
        }
    }
    let text = format!("{} 项指标落后阶段值达到 {}%", lagging.len(), plain(limit));
    Ok((!lagging.is_empty()).then(|| (text, lagging.join("；"))))
}

fn unread(facts: &ClassFacts, grace_days: u32) -> Option<(String, String)> {
    let late: Vec<_> = facts
        .overdue
        .iter()
        .map(|reading| (&reading.name, facts.execution.as_of.days_since(reading.due)))
        .filter(|(_, days)| *days > i64::from(grace_days))
        .map(|(name, days)| format!("{name}：逾期 {days} 日"))
        .collect();
    let text = format!("{} 项阶段值到期超过 {grace_days} 日没有读数", late.len());
    (!late.is_empty()).then(|| (text, late.join("；")))
}

fn apart(
    rate: Option<Decimal>,
    achieved: Option<Decimal>,
    holds: impl Fn(Decimal, Decimal) -> bool,
    text: &str,
) -> Option<(String, String)> {
    let (rate, achieved) = rate.zip(achieved)?;
    holds(rate, achieved)
        .then(|| (text.to_owned(), format!("执行率 {}%，绩效目标完成 {}%", plain(rate), plain(achieved))))
}

fn idle(facts: &ClassFacts, from_days: u32, from_yuan: Decimal) -> Option<(String, String)> {
    let idle = facts.idle.filter(|idle| !facts.execution.suspended && idle.amount.yuan() >= from_yuan)?;
    let days = facts.execution.as_of.days_since(idle.since);
    (days >= i64::from(from_days)).then(|| {
        let text = format!("{} 元闲置达到 {from_days} 日", idle.amount);
        (text, format!("自 {} 起 {days} 日", idle.since))
    })
}
