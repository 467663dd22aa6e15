//! Rounds of monitoring (监控批次): when a year is looked at and what is looked at.

use hengji_kernel::{Date, FiscalYear, Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::effective::EffectivePack;
use crate::exact::plain;
use crate::explanation::Explanation;
use crate::outcome::Refusal;
use crate::pack::{Cited, MonitoringCalendarRule, MonthDay};
use crate::word::ObjectType;

/// One round with its days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Id of the calendar rule it belongs to.
    pub rule: String,
    /// Title of the calendar.
    pub title: String,
    /// As printed, such as 1-7月.
    pub name: String,
    /// 数据截止日: what happened later does not count.
    pub cut_off: Date,
    /// Units report to their department by then, where it is told apart.
    pub unit_due: Option<Date>,
    /// The forms are with the finance department by then.
    pub due: Date,
}

/// An object as a round sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundFacts {
    pub object_type: ObjectType,
    /// Adjusted annual budget.
    pub budget: Money,
    /// Execution rate at the cut-off, percent; absent without a budget.
    pub rate_percent: Option<Decimal>,
    pub marks: Vec<String>,
}

/// The rounds of a year for one kind of object, in order of the cut-off.
pub fn rounds(
    year: FiscalYear,
    object_type: ObjectType,
    pack: &EffectivePack,
) -> Result<Vec<Round>, Refusal> {
    let mut rounds = Vec::new();
    for calendar in pack.rules.monitoring_calendar.iter().filter(|calendar| covers(calendar, object_type)) {
        for round in &calendar.rule.rounds {
            rounds.push(Round {
                rule: calendar.id.clone(),
                title: calendar.rule.title.clone(),
                name: round.name.clone(),
                cut_off: day(year, round.cut_off, &calendar.id)?,
                unit_due: round.unit_due.map(|due| day(year, due, &calendar.id)).transpose()?,
                due: day(year, round.due, &calendar.id)?,
            });
        }
    }
    rounds.sort_by(|one, other| (one.cut_off, &one.rule).cmp(&(other.cut_off, &other.rule)));
    Ok(rounds)
}

/// Whether a calendar's rounds look at an object, and why. Without a rule of that id the refusal says so.
pub fn selects(rule: &str, facts: &RoundFacts, pack: &EffectivePack) -> Result<(bool, Explanation), Refusal> {
    let calendar =
        pack.rules.monitoring_calendar.iter().find(|calendar| calendar.id == rule).ok_or_else(|| {
            Refusal::new("rounds.unknown", rule, format!("当前生效的规则包没有监控日历“{rule}”"))
        })?;
    let mut explanation = Explanation::of(calendar).input("全年预算数", format!("{} 元", facts.budget));
    if let Some(rate) = facts.rate_percent {
        explanation = explanation.input("执行率", format!("{}%", plain(rate)));
    }
    let outside = outside(calendar, facts);
    let selected = outside.is_none();
    let text = outside.unwrap_or_else(|| "符合监控范围".to_owned());
    let result = if selected { "纳入监控" } else { "不纳入本批次" };
    Ok((selected, explanation.step(text, "").result(result)))
}

/// What keeps an object out, if anything.
fn outside(calendar: &Cited<MonitoringCalendarRule>, facts: &RoundFacts) -> Option<String> {
    if !covers(calendar, facts.object_type) {
        return Some("对象类型不在监控范围内".into());
    }
    let selection = calendar.rule.selection.as_ref()?;
    if let Some(over) = selection.amount_over_yuan.filter(|over| facts.budget.yuan() <= *over) {
        return Some(format!("预算不超过 {} 元", plain(over)));
    }
    if let Some(below) = selection.rate_below_percent {
        match facts.rate_percent {
            Some(rate) if rate < below => {}
            Some(_) => return Some(format!("执行率不低于 {}%", plain(below))),
            None => return Some("没有预算，执行率无从计算".into()),
        }
    }
    let marked = selection.marks.is_empty() || facts.marks.iter().any(|mark| selection.marks.contains(mark));
    (!marked).then(|| format!("没有标记“{}”", selection.marks.join("”或“")))
}

fn covers(calendar: &Cited<MonitoringCalendarRule>, object_type: ObjectType) -> bool {
    calendar.rule.object_types.is_empty() || calendar.rule.object_types.contains(&object_type)
}

/// The day in its year; a day past the end of the month is its last one.
fn day(year: FiscalYear, day: MonthDay, subject: &str) -> Result<Date, Refusal> {
    let number = year.number() + i32::from(day.next_year);
    (28..=day.day.max(28))
        .rev()
        .map(|last| Date::new(number, day.month, day.day.min(last)))
        .find(Result::is_ok)
        .unwrap_or_else(|| Date::new(number, day.month, day.day))
        .map_err(|invalid| Refusal::new(invalid.rule, subject, invalid.message))
}

#[cfg(test)]
mod tests;
