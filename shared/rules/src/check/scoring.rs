//! Faults of the scoring sections.

use rust_decimal::Decimal;

use super::Checker;
use crate::exact::HUNDRED;
use crate::pack::{
    DeductionRule, ExecutionRule, OverAchievementRule, QuantitativeMethod, QuantitativeRule, Sections,
    WeightTemplate,
};
use crate::word::Operator;

pub(super) fn check(checker: &mut Checker, sections: &Sections) {
    if let Some(rule) = &sections.execution {
        execution(checker, &rule.rule);
    }
    for (index, rule) in sections.quantitative.iter().enumerate() {
        quantitative(checker, &format!("sections.quantitative[{index}].rule"), &rule.rule);
        for other in &sections.quantitative[..index] {
            if other.rule.direction == rule.rule.direction
                && other.rule.operators.iter().any(|operator| rule.rule.operators.contains(operator))
            {
                let message = format!("与规则“{}”适用于同一符号和方向", other.id);
                checker.fault(format!("sections.quantitative[{index}]"), "quantitative.overlap", message);
            }
        }
    }
    if let Some(rule) = &sections.direct {
        checker.percent("sections.direct.rule.unmet_share_percent", rule.rule.unmet_share_percent);
    }
    if let Some(rule) = &sections.graded {
        checker.levels("sections.graded.rule.levels", &rule.rule.levels);
    }
    if let Some(rule) = &sections.satisfaction {
        checker.share_bands("sections.satisfaction.rule.bands", &rule.rule.bands, None);
    }
    if let Some(rule) = &sections.deduction {
        deduction(checker, &rule.rule);
    }
    if let Some(rule) = &sections.over_achievement {
        over_achievement(checker, &rule.rule);
    }
    if let Some(rule) = &sections.rounding
        && rule.rule.row_places.max(rule.rule.total_places) > 6
    {
        checker.fault("sections.rounding.rule", "rounding.places", "小数位数不得超过 6 位");
    }
    if let Some(rule) = &sections.grades {
        checker.points("sections.grades.rule.full", rule.rule.full);
        checker.grade_bands("sections.grades.rule.bands", &rule.rule.bands);
    }
    for (index, rule) in sections.weights.iter().enumerate() {
        weights(checker, &format!("sections.weights[{index}].rule"), &rule.rule);
    }
}

fn execution(checker: &mut Checker, rule: &ExecutionRule) {
    const PATH: &str = "sections.execution.rule";
    checker.points(&format!("{PATH}.weight"), rule.weight());
    if let ExecutionRule::Banded { full_at, bands, .. } = rule {
        if *full_at <= Decimal::ZERO || *full_at > HUNDRED {
            checker.fault(format!("{PATH}.full_at"), "execution.full_at", "满分执行率须大于 0 且不超过 100");
        }
        checker.share_bands(&format!("{PATH}.bands"), bands, Some(*full_at));
    }
}

fn quantitative(checker: &mut Checker, path: &str, rule: &QuantitativeRule) {
    if rule.operators.is_empty() {
        checker.fault(format!("{path}.operators"), "quantitative.operators", "须列出适用的计算符号");
    }
    let ranged = rule.operators.contains(&Operator::Range);
    let plain = rule.operators.iter().any(|operator| *operator != Operator::Range);
    let within = rule.method == QuantitativeMethod::WithinRange;
    if (within && plain) || (ranged && !within && rule.method != QuantitativeMethod::Direct) {
        checker.fault(format!("{path}.method"), "quantitative.range", "区间指标与区间算法须配套");
    }
    // completion of 100 % would divide by zero
    if rule.pass.is_some_and(|pass| pass.at_percent < Decimal::ZERO || pass.at_percent >= HUNDRED) {
        checker.fault(format!("{path}.pass.at_percent"), "pass.range", "及格门槛须在 0 至 100（不含）之间");
    }
}

fn deduction(checker: &mut Checker, rule: &DeductionRule) {
    const PATH: &str = "sections.deduction.rule";
    checker.percent(&format!("{PATH}.points_percent"), rule.points_percent);
    checker.percent(&format!("{PATH}.step_percent"), rule.step_percent);
    if rule.step_percent <= Decimal::ZERO {
        checker.fault(format!("{PATH}.step_percent"), "deduction.step", "扣分步长须大于 0");
    }
    if rule.points_percent.is_zero() {
        checker.fault(format!("{PATH}.points_percent"), "deduction.points", "每步扣分为 0，规则不会起作用");
    }
}

fn over_achievement(checker: &mut Checker, rule: &OverAchievementRule) {
    const PATH: &str = "sections.over_achievement.rule";
    let trigger = match rule {
        OverAchievementRule::None {} => return,
        OverAchievementRule::Explain { trigger_percent } => *trigger_percent,
        OverAchievementRule::Reduce { trigger_percent, points_percent, floor_percent } => {
            checker.percent(&format!("{PATH}.floor_percent"), *floor_percent);
            checker.percent(&format!("{PATH}.points_percent"), *points_percent);
            *trigger_percent
        }
    };
    if trigger < HUNDRED {
        checker.fault(
            format!("{PATH}.trigger_percent"),
            "over_achievement.trigger",
            "超额触发比例不得低于 100",
        );
    }
}

fn weights(checker: &mut Checker, path: &str, rule: &WeightTemplate) {
    let parts = rule.level1.iter().map(|level| level.points).chain([rule.execution]);
    let sum = parts.clone().try_fold(Decimal::ZERO, Decimal::checked_add);
    if sum != Some(rule.full) {
        let sum = sum.map_or_else(|| "过大".to_owned(), |sum| sum.to_string());
        checker.fault(path, "weights.sum", format!("各项分值合计 {sum}，应为 {}", rule.full));
    }
    if rule.execution < Decimal::ZERO || rule.level1.iter().any(|level| level.points <= Decimal::ZERO) {
        checker.fault(path, "weights.positive", "一级指标分值须大于 0，预算执行率分值不得为负");
    }
}
