//! Faults of the sections that order a procedure: who files, who reviews, by when.

use hengji_kernel::Date;
use rust_decimal::Decimal;

use super::Checker;
use crate::pack::{
    Cited, Days, DeadlineRule, ProjectCategory, ReviewChainRule, ReviewStep, Sections, TargetNeedRule,
    WorkingDaysRule,
};

pub(super) fn check(checker: &mut Checker, sections: &Sections) {
    if let Some(rule) = &sections.target_need {
        target_need(checker, &rule.rule);
    }
    for (index, rule) in sections.review_chain.iter().enumerate() {
        let path = format!("sections.review_chain[{index}].rule");
        chain(checker, &path, &rule.rule);
        reachable(checker, &path, rule, &sections.review_chain);
    }
    for (index, rule) in sections.deadlines.iter().enumerate() {
        let path = format!("sections.deadlines[{index}].rule");
        days(checker, &format!("{path}.limit"), rule.rule.limit);
        once(checker, &path, &rule.rule, &sections.deadlines[..index]);
    }
    for (index, rule) in sections.working_days.iter().enumerate() {
        let path = format!("sections.working_days[{index}].rule");
        working_days(checker, &path, &rule.rule);
        if sections.working_days[..index].iter().any(|other| other.rule.year == rule.rule.year) {
            checker.fault(path, "working_days.year", format!("{} 年重复", rule.rule.year));
        }
    }
}

fn target_need(checker: &mut Checker, rule: &TargetNeedRule) {
    const PATH: &str = "sections.target_need.rule.needs";
    for category in ProjectCategory::ALL {
        let times = rule.needs.iter().filter(|need| need.category == category).count();
        if times != 1 {
            let message = format!("“{}”须规定且只规定一次", category.chinese());
            checker.fault(PATH, "target_need.category", message);
        }
    }
}

fn chain(checker: &mut Checker, path: &str, rule: &ReviewChainRule) {
    if rule.steps.is_empty() {
        checker.fault(format!("{path}.steps"), "review_chain.empty", "审核流程没有任何环节");
    }
    if rule.amount_from_yuan.zip(rule.amount_to_yuan).is_some_and(|(from, to)| from >= to) {
        checker.fault(path, "review_chain.amount", "金额下限须小于上限");
    }
    for (index, step) in rule.steps.iter().enumerate() {
        review_step(checker, &format!("{path}.steps[{index}]"), step);
    }
}

fn review_step(checker: &mut Checker, path: &str, step: &ReviewStep) {
    if step.name.trim().is_empty() {
        checker.fault(format!("{path}.name"), "review_chain.name", "审核环节须有名称");
    }
    if step.reviewers.is_empty() {
        checker.fault(format!("{path}.reviewers"), "review_chain.reviewers", "审核环节没有审核人");
    }
    let repeated = |(index, one)| step.reviewers[..index].contains(one);
    if step.reviewers.iter().enumerate().any(repeated) {
        checker.fault(format!("{path}.reviewers"), "review_chain.repeated", "同一环节的审核人重复");
    }
    if step.opinions_needed.is_some_and(|needed| needed == 0 || needed as usize > step.reviewers.len()) {
        let message = "须有的意见数应在 1 与审核人数之间";
        checker.fault(format!("{path}.opinions_needed"), "review_chain.opinions", message);
    }
    if let Some(limit) = step.limit {
        days(checker, &format!("{path}.limit"), limit);
    }
}

/// A chain that an earlier one always takes away is a mistake, and so is a rank given twice.
fn reachable(
    checker: &mut Checker,
    path: &str,
    rule: &Cited<ReviewChainRule>,
    all: &[Cited<ReviewChainRule>],
) {
    for other in all.iter().filter(|other| other.id != rule.id) {
        if other.rule.rank == rule.rule.rank {
            checker.fault(
                format!("{path}.rank"),
                "review_chain.rank",
                format!("次序 {} 重复", rule.rule.rank),
            );
        } else if other.rule.rank < rule.rule.rank && takes_all(&other.rule, &rule.rule) {
            let message = format!("规则“{}”次序在前且适用于全部同样的对象，本规则不会起作用", other.id);
            checker.fault(path, "rule.unreachable", message);
        }
    }
}

fn takes_all(first: &ReviewChainRule, second: &ReviewChainRule) -> bool {
    let from = |rule: &ReviewChainRule| rule.amount_from_yuan.unwrap_or(Decimal::MIN);
    let to = |rule: &ReviewChainRule| rule.amount_to_yuan.unwrap_or(Decimal::MAX);
    super::any_or_all(&first.object_types, &second.object_types)
        && super::any_or_all(&first.marks, &second.marks)
        && from(first) <= from(second)
        && to(first) >= to(second)
}

fn days(checker: &mut Checker, path: &str, limit: Days) {
    if !(1..=1000).contains(&limit.days) {
        checker.fault(format!("{path}.days"), "days.range", "天数须在 1 至 1000 之间");
    }
}

fn once(checker: &mut Checker, path: &str, rule: &DeadlineRule, before: &[Cited<DeadlineRule>]) {
    let same = |other: &DeadlineRule| {
        other.act == rule.act
            && (other.object_types == rule.object_types
                || other.object_types.iter().any(|kind| rule.object_types.contains(kind)))
    };
    if let Some(other) = before.iter().find(|other| same(&other.rule)) {
        let message = format!("与规则“{}”规定了同一时限", other.id);
        checker.fault(path, "deadlines.overlap", message);
    }
}

fn working_days(checker: &mut Checker, path: &str, rule: &WorkingDaysRule) {
    let mut each = |name: &str, days: &[Date], weekend: bool, message: &str| {
        for (index, day) in days.iter().enumerate() {
            let path = format!("{path}.{name}[{index}]");
            if day.year() != rule.year {
                checker.fault(&path, "working_days.year", format!("{day} 不在 {} 年", rule.year));
            }
            if (day.inner().weekday().number_from_monday() > 5) != weekend {
                checker.fault(&path, "working_days.weekday", format!("{day} {message}"));
            }
            if days[..index].contains(day) {
                checker.fault(&path, "working_days.repeated", format!("{day} 重复"));
            }
        }
    };
    each("off", &rule.off, false, "本是周六或周日，不必列为放假");
    each("on", &rule.on, true, "本是工作日，不必列为调休上班");
}
