//! Faults of the sections that decide: review, ex-ante, linkage, checks.

use hengji_kernel::Grade;
use rust_decimal::Decimal;

use super::{Checker, any_or_all};
use crate::exact::HUNDRED;
use crate::pack::{
    ApplicabilityRule, Cited, ExAnteRule, LinkageAction, LinkageRule, MarkRule, PlausibilityCheck,
    QualityCheck, ReviewRule, Sections,
};

pub(super) fn check(checker: &mut Checker, sections: &Sections) {
    if let Some(rule) = &sections.target_review {
        review(checker, &rule.rule);
    }
    for (index, rule) in sections.ex_ante.iter().enumerate() {
        ex_ante(checker, &format!("sections.ex_ante[{index}].rule"), &rule.rule);
        let shared = |other: &&Cited<ExAnteRule>| {
            other.rule.object_types.iter().any(|kind| rule.rule.object_types.contains(kind))
        };
        if let Some(other) = sections.ex_ante[..index].iter().find(shared) {
            let message = format!("与规则“{}”适用于同一对象类型", other.id);
            checker.fault(format!("sections.ex_ante[{index}]"), "ex_ante.overlap", message);
        }
    }
    if let Some(rule) = &sections.applicability {
        applicability(checker, &rule.rule);
    }
    for (index, rule) in sections.linkage.iter().enumerate() {
        let path = format!("sections.linkage[{index}].rule");
        linkage(checker, &path, &rule.rule);
        let first = |other: &&Cited<LinkageRule>| {
            other.rule.rank < rule.rule.rank && takes_all(&other.rule, &rule.rule)
        };
        if let Some(other) = sections.linkage.iter().find(first) {
            let message = format!("规则“{}”次序在前且适用于全部同样的情形，本规则不会起作用", other.id);
            checker.fault(&path, "rule.unreachable", message);
        }
        if sections.linkage[..index].iter().any(|other| other.rule.rank == rule.rule.rank) {
            checker.fault(format!("{path}.rank"), "linkage.rank", format!("次序 {} 重复", rule.rule.rank));
        }
    }
    for (index, rule) in sections.target_quality.iter().enumerate() {
        quality(checker, &format!("sections.target_quality[{index}].rule.check"), &rule.rule.check);
    }
    for (index, rule) in sections.plausibility.iter().enumerate() {
        plausibility(checker, &format!("sections.plausibility[{index}].rule.check"), &rule.rule.check);
    }
}

fn sum_is(checker: &mut Checker, path: &str, points: &[Decimal], total: Decimal) {
    let sum = points.iter().try_fold(Decimal::ZERO, |sum, points| sum.checked_add(*points));
    if sum != Some(total) {
        checker.fault(path, "points.sum", format!("各项分值合计须等于总分 {total}"));
    }
    for (index, points) in points.iter().enumerate() {
        checker.points(&format!("{path}[{index}].points"), *points);
    }
}

fn review(checker: &mut Checker, rule: &ReviewRule) {
    const PATH: &str = "sections.target_review.rule";
    let points: Vec<_> = rule.items.iter().map(|item| item.points).collect();
    sum_is(checker, &format!("{PATH}.items"), &points, rule.total);
    checker.grade_bands(&format!("{PATH}.bands"), &rule.bands, rule.total);
    let open = |mark: &MarkRule| mark.at_least == 0 && mark.none_of.is_empty();
    if !rule.marks.last().is_some_and(open) {
        checker.fault(
            format!("{PATH}.marks"),
            "review.marks",
            "定性评判的最后一个等级不应有条件，否则有的结果没有等级",
        );
    }
    if rule.marks.iter().rev().skip(1).any(open) {
        checker.fault(format!("{PATH}.marks"), "rule.unreachable", "没有条件的等级之后的等级不会用到");
    }
    if rule.marks.iter().any(|condition| condition.at_least as usize > rule.items.len()) {
        checker.fault(format!("{PATH}.marks"), "review.at_least", "定性条件要求的项数多于审核内容的项数");
    }
    let graded = rule.bands.iter().map(|band| band.grade).chain(rule.marks.iter().map(|mark| mark.grade));
    let decided: Vec<_> = rule.decisions.iter().map(|decision| decision.grade).collect();
    missing_grades(checker, &format!("{PATH}.decisions"), graded, &decided);
}

fn missing_grades(checker: &mut Checker, path: &str, graded: impl Iterator<Item = Grade>, decided: &[Grade]) {
    let mut missing: Vec<_> = graded.filter(|grade| !decided.contains(grade)).collect();
    missing.sort();
    missing.dedup();
    for grade in missing {
        checker.fault(path, "grades.undecided", format!("等级“{grade}”没有规定处理方式"));
    }
}

fn ex_ante(checker: &mut Checker, path: &str, rule: &ExAnteRule) {
    if rule.object_types.is_empty() {
        checker.fault(format!("{path}.object_types"), "ex_ante.object_types", "须写明适用的对象类型");
    }
    let points: Vec<_> = rule.aspects.iter().map(|aspect| aspect.points).collect();
    sum_is(checker, &format!("{path}.aspects"), &points, rule.total);
    checker.grade_bands(&format!("{path}.bands"), &rule.bands, rule.total);
    let concluded: Vec<_> = rule.conclusions.iter().map(|conclusion| conclusion.grade).collect();
    missing_grades(
        checker,
        &format!("{path}.conclusions"),
        rule.bands.iter().map(|band| band.grade),
        &concluded,
    );
}

fn applicability(checker: &mut Checker, rule: &ApplicabilityRule) {
    const PATH: &str = "sections.applicability.rule";
    for (name, limit) in [
        ("new_amount_min_yuan", rule.new_amount_min_yuan),
        ("continuing_growth_over_percent", rule.continuing_growth_over_percent),
    ] {
        if limit.is_some_and(|limit| limit < Decimal::ZERO) {
            checker.fault(format!("{PATH}.{name}"), "applicability.limit", "界限不得为负");
        }
    }
}

/// Whether `first` holds wherever `second` does.
fn takes_all(first: &LinkageRule, second: &LinkageRule) -> bool {
    let (one, other) = (&first.condition, &second.condition);
    any_or_all(&first.object_types, &second.object_types)
        && any_or_all(&first.natures, &second.natures)
        && second.basis.iter().all(|basis| first.basis.contains(basis))
        && any_or_all(&one.grades, &other.grades)
        && implied(one.score_from, other.score_from, |one, other| other >= one)
        && implied(one.score_to, other.score_to, |one, other| other <= one)
        && implied(one.consecutive_years, other.consecutive_years, |one, other| other >= one)
        && implied(one.rectification_overdue, other.rectification_overdue, |one, other| one == other)
        && implied(one.execution_below_percent, other.execution_below_percent, |one, other| other <= one)
        && implied(one.idle_years, other.idle_years, |one, other| other >= one)
        && implied(one.overlapping, other.overlapping, |one, other| one == other)
}

/// A condition that is absent always holds; one that is there holds if the other one makes it.
fn implied<T>(one: Option<T>, other: Option<T>, makes: impl Fn(T, T) -> bool) -> bool {
    match (one, other) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(one), Some(other)) => makes(one, other),
    }
}

fn linkage(checker: &mut Checker, path: &str, rule: &LinkageRule) {
    if rule.basis.is_empty() {
        checker.fault(format!("{path}.basis"), "linkage.basis", "须写明依据哪类结果");
    }
    for (name, percent) in
        [("cut_min_percent", rule.cut_min_percent), ("cut_max_percent", rule.cut_max_percent)]
    {
        if let Some(percent) = percent {
            checker.percent(&format!("{path}.{name}"), percent);
        }
    }
    if let (Some(min), Some(max)) = (rule.cut_min_percent, rule.cut_max_percent)
        && max < min
    {
        checker.fault(path, "linkage.cut_order", "压减上限小于下限");
    }
    if rule.cut_min_percent.is_some() != rule.cut_base.is_some() {
        checker.fault(path, "linkage.cut_base", "压减比例和压减基数须同时写明");
    }
    if rule.action == LinkageAction::Cut && rule.cut_min_percent.is_none() {
        checker.fault(path, "linkage.cut_percent", "压减须写明不少于多少");
    }
    let costs = matches!(rule.action, LinkageAction::Cut | LinkageAction::Cancel | LinkageAction::Suspend);
    if costs && !rule.requires.reason {
        checker.fault(format!("{path}.requires.reason"), "linkage.reason", "压减、取消、暂停须要求写明理由");
    }
    if rule.condition.score_from.zip(rule.condition.score_to).is_some_and(|(from, to)| from >= to) {
        checker.fault(format!("{path}.condition"), "linkage.score_range", "得分下限须小于上限");
    }
}

fn quality(checker: &mut Checker, path: &str, check: &QualityCheck) {
    match check {
        QualityCheck::LeafShare { max_percent } | QualityCheck::QualitativeShare { max_percent } => {
            checker.percent(&format!("{path}.max_percent"), *max_percent);
        }
        QualityCheck::GenericName { max_share_percent } => {
            checker.percent(&format!("{path}.max_share_percent"), *max_share_percent);
        }
        QualityCheck::LeafCount { min, max, .. } if min > max => {
            checker.fault(path, "quality.count", "指标数下限大于上限");
        }
        QualityCheck::Slogans { words, .. } | QualityCheck::Inputs { words, .. } if words.is_empty() => {
            checker.fault(format!("{path}.words"), "quality.words", "须列出词语");
        }
        _ => {}
    }
}

fn plausibility(checker: &mut Checker, path: &str, check: &PlausibilityCheck) {
    match check {
        PlausibilityCheck::LowExecutionFullOutput { rate_below_percent: percent, .. }
        | PlausibilityCheck::IdenticalTexts { min_share_percent: percent } => checker.percent(path, *percent),
        PlausibilityCheck::LevelShare { level1_words, min_percent } => {
            checker.percent(&format!("{path}.min_percent"), *min_percent);
            if level1_words.iter().all(|word| word.trim().is_empty()) {
                checker.fault(format!("{path}.level1_words"), "quality.words", "须列出词语");
            }
        }
        PlausibilityCheck::OverAchievement { trigger_percent } if *trigger_percent < HUNDRED => {
            checker.fault(path, "over_achievement.trigger", "超额触发比例不得低于 100");
        }
        PlausibilityCheck::Recheck { limit_points } if *limit_points < Decimal::ZERO => {
            checker.fault(path, "recheck.limit", "复核差额界限不得为负");
        }
        _ => {}
    }
}
