//! Faults of the monitoring sections: lights, their classes, expected progress, rounds, idle money.

use rust_decimal::Decimal;

use super::Checker;
use crate::exact::HUNDRED;
use crate::pack::{
    HysteresisRule, IdleMoneyRule, Light, LightClass, LightClassRule, MonitoringCalendarRule, MonthDay,
    ProgressCurve, Sections,
};

pub(super) fn check(checker: &mut Checker, sections: &Sections) {
    lights(checker, sections);
    for (index, rule) in sections.light_classes.iter().enumerate() {
        class(checker, &format!("sections.light_classes[{index}].rule"), &rule.rule);
        let kind = rule.rule.class.kind();
        let same = |other: &LightClassRule| other.class.kind() == kind && other.light == rule.rule.light;
        if sections.light_classes[..index].iter().any(|other| same(&other.rule)) {
            let message = format!("“{}”的{}重复规定", kind.chinese(), rule.rule.light.chinese());
            checker.fault(format!("sections.light_classes[{index}]"), "light_classes.duplicate", message);
        }
    }
    if let Some(rule) = &sections.light_hysteresis {
        hysteresis(checker, &rule.rule, sections);
    }
    if let Some(rule) = &sections.progress_curve {
        curve(checker, &rule.rule);
    }
    for (index, rule) in sections.monitoring_calendar.iter().enumerate() {
        calendar(checker, &format!("sections.monitoring_calendar[{index}].rule"), &rule.rule);
    }
    if let Some(rule) = &sections.idle_money {
        idle(checker, &rule.rule);
    }
}

fn lights(checker: &mut Checker, sections: &Sections) {
    let mut limits = |path: &str, yellow: Decimal, red: Decimal| {
        if yellow <= Decimal::ZERO || red <= yellow {
            checker.fault(path, "lights.order", "黄灯界限须大于 0，红灯界限须大于黄灯界限");
        }
    };
    if let Some(rule) = &sections.light_execution {
        limits("sections.light_execution.rule", rule.rule.yellow_behind, rule.rule.red_behind);
    }
    if let Some(rule) = &sections.light_result {
        limits("sections.light_result.rule", rule.rule.yellow_behind_percent, rule.rule.red_behind_percent);
    }
    if sections.light_result.as_ref().and_then(|rule| rule.rule.without_interim.as_ref()).is_some_and(
        |rule| rule.level2.is_empty() || rule.level2.iter().any(|level2| level2.trim().is_empty()),
    ) {
        checker.fault(
            "sections.light_result.rule.without_interim.level2",
            "lights.without_interim",
            "须列明按进度考核的二级指标",
        );
    }
    if let Some(rule) = &sections.light_execution
        && rule.rule.red_above_percent < HUNDRED
    {
        checker.fault(
            "sections.light_execution.rule.red_above_percent",
            "lights.above",
            "超预算红灯界限不得低于 100",
        );
    }
}

fn class(checker: &mut Checker, path: &str, rule: &LightClassRule) {
    if !matches!(rule.light, Light::Yellow | Light::Red) {
        checker.fault(format!("{path}.light"), "light_classes.light", "异常只亮黄灯或红灯");
    }
    let path = format!("{path}.class");
    match rule.class {
        LightClass::SlowExecution { behind_points: limit }
        | LightClass::ResultBehind { behind_percent: limit } => {
            if limit <= Decimal::ZERO {
                checker.fault(&path, "light_classes.limit", "落后界限须大于 0");
            }
            checker.percent(&path, limit);
        }
        LightClass::Overspending { above_percent } if above_percent < HUNDRED => {
            checker.fault(&path, "lights.above", "超预算界限不得低于 100");
        }
        LightClass::MoneyWithoutResults { rate_from_percent: from, achieved_below_percent: below }
        | LightClass::ResultsWithoutMoney { achieved_from_percent: from, rate_below_percent: below } => {
            checker.percent(&path, from);
            checker.percent(&path, below);
            if below.is_zero() {
                checker.fault(&path, "light_classes.limit", "上限为 0，规则不会起作用");
            }
        }
        LightClass::IdleMoney { from_yuan, .. } if from_yuan < Decimal::ZERO => {
            checker.fault(&path, "light_classes.limit", "金额下限不得为负");
        }
        LightClass::Overspending { .. }
        | LightClass::ReadingOverdue { .. }
        | LightClass::IdleMoney { .. } => {}
    }
}

fn hysteresis(checker: &mut Checker, rule: &HysteresisRule, sections: &Sections) {
    const PATH: &str = "sections.light_hysteresis.rule";
    let execution = sections.light_execution.as_ref().map(|light| light.rule.yellow_behind);
    let result = sections.light_result.as_ref().map(|light| light.rule.yellow_behind_percent);
    for (name, margin, yellow) in [
        ("execution_margin_points", rule.execution_margin_points, execution),
        ("result_margin_percent", rule.result_margin_percent, result),
    ] {
        let path = format!("{PATH}.{name}");
        checker.percent(&path, margin);
        if yellow.is_some_and(|yellow| margin > yellow) {
            checker.fault(path, "hysteresis.margin", "回差大于黄灯界限，灯可能再也不能转绿");
        }
    }
    if rule.flapping_changes < 2 || rule.flapping_days == 0 {
        checker.fault(PATH, "hysteresis.flapping", "频繁变化须至少 2 次、至少 1 日");
    }
}

fn curve(checker: &mut Checker, rule: &ProgressCurve) {
    const PATH: &str = "sections.progress_curve.rule.month_end_percent";
    let months = &rule.month_end_percent;
    if months.len() != 12 {
        checker.fault(PATH, "progress_curve.months", format!("须有 12 个月的数值，现有 {} 个", months.len()));
    }
    for (index, percent) in months.iter().enumerate() {
        checker.percent(&format!("{PATH}[{index}]"), *percent);
        if index > 0 && *percent < months[index - 1] {
            checker.fault(format!("{PATH}[{index}]"), "progress_curve.order", "累计进度不得低于上月");
        }
    }
}

fn calendar(checker: &mut Checker, path: &str, rule: &MonitoringCalendarRule) {
    if rule.title.trim().is_empty() {
        checker.fault(format!("{path}.title"), "rounds.title", "监控日历须有名称");
    }
    if rule.rounds.is_empty() {
        checker.fault(format!("{path}.rounds"), "rounds.empty", "没有任何批次");
    }
    for (index, round) in rule.rounds.iter().enumerate() {
        let path = format!("{path}.rounds[{index}]");
        let days = [Some(round.cut_off), round.unit_due, Some(round.due)];
        let valid = |day: &MonthDay| (1..=12).contains(&day.month) && (1..=31).contains(&day.day);
        if !days.iter().flatten().all(valid) {
            checker.fault(&path, "rounds.day", "月份须在 1 至 12 之间，日须在 1 至 31 之间");
        }
        let order = |day: MonthDay| (day.next_year, day.month, day.day);
        let days: Vec<_> = days.into_iter().flatten().map(order).collect();
        if days.windows(2).any(|pair| pair[0] > pair[1]) {
            checker.fault(&path, "rounds.order", "须先截止数据，再由单位报送，最后报送财政部门");
        }
        if index > 0 && order(rule.rounds[index - 1].cut_off) >= order(round.cut_off) {
            checker.fault(format!("{path}.cut_off"), "rounds.sequence", "数据截止日须晚于上一批次");
        }
    }
    let Some(selection) = &rule.selection else { return };
    if let Some(percent) = selection.rate_below_percent {
        checker.percent(&format!("{path}.selection.rate_below_percent"), percent);
    }
    if selection.amount_over_yuan.is_some_and(|amount| amount < Decimal::ZERO) {
        checker.fault(format!("{path}.selection.amount_over_yuan"), "rounds.amount", "金额不得为负");
    }
}

fn idle(checker: &mut Checker, rule: &IdleMoneyRule) {
    const PATH: &str = "sections.idle_money.rule";
    if rule.from_yuan < Decimal::ZERO {
        checker.fault(format!("{PATH}.from_yuan"), "idle_money.from", "金额下限不得为负");
    }
    if rule.ages.iter().any(|age| age.name.trim().is_empty()) {
        checker.fault(format!("{PATH}.ages"), "idle_money.name", "账龄须有名称");
    }
    let edges = rule.ages.iter().map(|age| (age.from_days.into(), age.to_days.map(Decimal::from))).collect();
    checker.cover(&format!("{PATH}.ages"), edges, None);
}
