//! Review of targets (绩效目标审核) by points or by marks, and the decision each grade leads to.

use hengji_kernel::Grade;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::effective::{EffectivePack, required};
use crate::exact::{Exact, plain};
use crate::explanation::Explanation;
use crate::outcome::Refusal;
use crate::pack::{Cited, Decision, ReviewItem, ReviewRule};
use crate::score::band_of;

/// Points given to one review item, such as 规范完整性.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemPoints {
    pub item: String,
    pub points: Decimal,
}

/// A mark given to one review item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemMark {
    pub item: String,
    pub mark: Grade,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewResult {
    /// Absent where the review was by marks.
    pub total: Option<Decimal>,
    pub grade: Grade,
    pub decision: Decision,
    pub explanation: Explanation,
}

/// Quantitative review: points per item. Every item once, within its points.
pub fn grade(points: &[ItemPoints], pack: &EffectivePack) -> Result<ReviewResult, Vec<Refusal>> {
    let rule = rule(pack)?;
    let mut refusals = unmatched(rule, points.iter().map(|given| given.item.as_str()));
    for given in points {
        if let Some(item) = item(rule, &given.item)
            && (given.points < Decimal::ZERO || given.points > item.points)
        {
            let message = format!("“{}”的得分须在 0 至 {} 之间", item.item, item.points);
            refusals.push(Refusal::new("review.points", &item.item, message));
        }
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let explanation = points.iter().fold(Explanation::of(rule), |explanation, given| {
        explanation.input(&given.item, format!("{} 分", plain(given.points)))
    });
    by_points(points, rule, explanation).map_err(|refusal| vec![refusal])
}

fn by_points(
    points: &[ItemPoints],
    rule: &Cited<ReviewRule>,
    explanation: Explanation,
) -> Result<ReviewResult, Refusal> {
    let total = Exact("review").sum(points.iter().map(|given| given.points))?;
    let band = band_of(&rule.rule.bands, total)?;
    let explanation = explanation
        .step("合计", format!("{} 分属于“{}”（{} 分起）", plain(total), band.name, plain(band.from)));
    decide(Some(total), band.grade, rule, explanation)
}

/// Qualitative review: a mark per item.
pub fn grade_by_marks(marks: &[ItemMark], pack: &EffectivePack) -> Result<ReviewResult, Vec<Refusal>> {
    let rule = rule(pack)?;
    let refusals = unmatched(rule, marks.iter().map(|given| given.item.as_str()));
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let explanation = marks
        .iter()
        .fold(Explanation::of(rule), |explanation, given| explanation.input(&given.item, given.mark));
    let found = rule.rule.marks.iter().find(|condition| {
        let enough = marks.iter().filter(|given| given.mark <= condition.or_better).count();
        enough as u64 >= u64::from(condition.at_least)
            && !marks.iter().any(|given| condition.none_of.contains(&given.mark))
    });
    let condition =
        found.ok_or_else(|| vec![Refusal::new("review.marks", "review", "评判结果不符合任何等级的条件")])?;
    let explanation = explanation.step(
        format!(
            "{}及以上不少于 {} 项，符合“{}”的条件",
            condition.or_better, condition.at_least, condition.grade
        ),
        "",
    );
    decide(None, condition.grade, rule, explanation).map_err(|refusal| vec![refusal])
}

fn rule(pack: &EffectivePack) -> Result<&Cited<ReviewRule>, Vec<Refusal>> {
    required(pack.rules.target_review.as_ref(), "目标审核", "review").map_err(|refusal| vec![refusal])
}

fn item<'a>(rule: &'a Cited<ReviewRule>, name: &str) -> Option<&'a ReviewItem> {
    rule.rule.items.iter().find(|item| item.item == name)
}

fn unmatched<'a>(rule: &Cited<ReviewRule>, given: impl Iterator<Item = &'a str>) -> Vec<Refusal> {
    let given: Vec<&str> = given.collect();
    let mut refusals = Vec::new();
    for item in &rule.rule.items {
        if given.iter().filter(|name| **name == item.item).count() != 1 {
            let message = format!("“{}”须评判且只评一次", item.item);
            refusals.push(Refusal::new("review.item", &item.item, message));
        }
    }
    for name in given {
        if item(rule, name).is_none() {
            let message = format!("“{name}”不是当前规则的审核内容");
            refusals.push(Refusal::new("review.unknown_item", name, message));
        }
    }
    refusals
}

fn decide(
    total: Option<Decimal>,
    grade: Grade,
    rule: &Cited<ReviewRule>,
    explanation: Explanation,
) -> Result<ReviewResult, Refusal> {
    let decision = rule
        .rule
        .decisions
        .iter()
        .find(|decision| decision.grade == grade)
        .ok_or_else(|| Refusal::new("review.decision", "review", format!("等级“{grade}”没有对应的处理方式")))?
        .decision;
    let explanation = explanation.result(format!("{grade}，{}", decision.chinese()));
    Ok(ReviewResult { total, grade, decision, explanation })
}

#[cfg(test)]
mod tests;
