//! Faults of the scoring sections.

use rust_decimal::Decimal;

use super::Checker;
use crate::exact::HUNDRED;
use crate::pack::{
    AdjustmentRule, DeductionRule, ExecutionRule, IndicatorMethod, IndicatorRule, OverAchievementRule,
    QuantitativeMethod, QuantitativeRule, Sections, WeightTemplate,
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
        && rule.rule.row_places.max(rule.rule.total_places).max(rule.rule.rate_places.unwrap_or(0)) > 6
    {
        checker.fault("sections.rounding.rule", "rounding.places", "小数位数不得超过 6 位");
    }
    if let Some(rule) = &sections.grades {
        checker.points("sections.grades.rule.full", rule.rule.full);
        checker.grade_bands("sections.grades.rule.bands", &rule.rule.bands, rule.rule.full);
    }
    totals(checker, sections);
    for (index, rule) in sections.weights.iter().enumerate() {
        weights(checker, &format!("sections.weights[{index}].rule"), &rule.rule);
    }
}

fn execution(checker: &mut Checker, rule: &ExecutionRule) {
    const PATH: &str = "sections.execution.rule";
    checker.points(&format!("{PATH}.weight"), rule.weight());
    let mut full_at = |full_at: Decimal| {
        if full_at <= Decimal::ZERO || full_at > HUNDRED {
            checker.fault(format!("{PATH}.full_at"), "execution.full_at", "满分执行率须大于 0 且不超过 100");
        }
    };
    match rule {
        ExecutionRule::Linear { .. } => {}
        ExecutionRule::Banded { full_at: top, bands, .. } => {
            full_at(*top);
            checker.share_bands(&format!("{PATH}.bands"), bands, Some(*top));
        }
        ExecutionRule::Stepped { weight, full_at: top, step_percent, points } => {
            full_at(*top);
            if *step_percent <= Decimal::ZERO || *step_percent > *top {
                let message = "扣分步长须大于 0 且不超过满分执行率";
                checker.fault(format!("{PATH}.step_percent"), "execution.step", message);
            }
            if *points <= Decimal::ZERO || points > weight {
                checker.fault(format!("{PATH}.points"), "execution.points", "每步扣分须大于 0 且不超过分值");
            }
        }
    }
}

/// Standards, alternatives, plus and minus points, the cap, and the grade of a re-check.
fn totals(checker: &mut Checker, sections: &Sections) {
    for (index, rule) in sections.indicator_rules.iter().enumerate() {
        let path = format!("sections.indicator_rules[{index}].rule");
        standard(checker, &path, &rule.rule);
        names(checker, &path, &rule.rule.names, 1);
        let taken = |name: &String| {
            sections.indicator_rules[..index].iter().any(|other| other.rule.names.contains(name))
        };
        if let Some(name) = rule.rule.names.iter().find(|name| taken(name)) {
            checker.fault(format!("{path}.names"), "indicator_rules.overlap", format!("“{name}”重复规定"));
        }
    }
    for (index, rule) in sections.alternatives.iter().enumerate() {
        names(checker, &format!("sections.alternatives[{index}].rule"), &rule.rule.names, 2);
    }
    for (index, rule) in sections.adjustments.iter().enumerate() {
        adjustment(checker, &format!("sections.adjustments[{index}].rule"), &rule.rule);
    }
    if let Some(rule) = &sections.total_cap {
        const PATH: &str = "sections.total_cap.rule.bands";
        checker.cover(PATH, rule.rule.bands.iter().map(|band| (band.from, band.to)).collect(), None);
        for (index, band) in rule.rule.bands.iter().enumerate() {
            if band.at_most < Decimal::ZERO || band.at_most > Decimal::ONE_THOUSAND {
                checker.fault(
                    format!("{PATH}[{index}].at_most"),
                    "points.range",
                    "最高分须在 0 至 1000 之间",
                );
            }
        }
    }
    if let Some(rule) = &sections.recheck_quality {
        checker.grade_bands("sections.recheck_quality.rule.bands", &rule.rule.bands, HUNDRED);
    }
}

fn names(checker: &mut Checker, path: &str, names: &[String], at_least: usize) {
    if names.len() < at_least || names.iter().any(|name| name.trim().is_empty() || name.trim() != name) {
        let message = format!("须列出至少 {at_least} 个指标名称，前后不带空格");
        checker.fault(format!("{path}.names"), "indicator_rules.names", message);
    }
}

fn standard(checker: &mut Checker, path: &str, rule: &IndicatorRule) {
    checker.points(&format!("{path}.points"), rule.points);
    let within = |points: Decimal| points >= Decimal::ZERO && points <= rule.points;
    match &rule.method {
        IndicatorMethod::PerStep { step, points, .. } => {
            if *step <= Decimal::ZERO {
                checker.fault(format!("{path}.method.step"), "indicator_rules.step", "扣分步长须大于 0");
            }
            if points.is_zero() || !within(*points) {
                let message = "每步扣分须大于 0 且不超过分值";
                checker.fault(format!("{path}.method.points"), "indicator_rules.points", message);
            }
        }
        IndicatorMethod::Table { bands, .. } => {
            if !bands.iter().all(|band| within(band.points)) {
                let message = "各档得分须在 0 与分值之间";
                checker.fault(format!("{path}.method.bands"), "indicator_rules.points", message);
            }
            checker.line(&format!("{path}.method.bands"), bands);
        }
    }
}

fn adjustment(checker: &mut Checker, path: &str, rule: &AdjustmentRule) {
    if rule.title.trim().is_empty() {
        checker.fault(format!("{path}.title"), "adjustments.title", "加减分须有名称");
    }
    checker.points(&format!("{path}.points_each"), rule.points_each);
    checker.points(&format!("{path}.points_max"), rule.points_max);
    if rule.points_max < rule.points_each {
        checker.fault(format!("{path}.points_max"), "adjustments.max", "最多分值不得小于每次分值");
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
    if let Some(tolerance) = rule.tolerance_percent {
        if rule.method != QuantitativeMethod::TwoSided {
            let message = "允许偏差只用于双向计分（two_sided）";
            checker.fault(format!("{path}.tolerance_percent"), "quantitative.tolerance", message);
        }
        checker.percent(&format!("{path}.tolerance_percent"), tolerance);
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
