//! Faults of the sections that decide: review, ex-ante, linkage, checks.

use hengji_kernel::Grade;
use rust_decimal::Decimal;

use super::Checker;
use crate::exact::HUNDRED;
use crate::pack::{
    ExAnteRule, LinkageAction, LinkageRule, PlausibilityCheck, QualityCheck, ReviewRule, Sections,
};

pub(super) fn check(checker: &mut Checker, sections: &Sections) {
    if let Some(rule) = &sections.target_review {
        review(checker, &rule.rule);
    }
    for (index, rule) in sections.ex_ante.iter().enumerate() {
        ex_ante(checker, &format!("sections.ex_ante[{index}].rule"), &rule.rule);
    }
    for (index, rule) in sections.linkage.iter().enumerate() {
        let path = format!("sections.linkage[{index}].rule");
        linkage(checker, &path, &rule.rule);
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
    checker.grade_bands(&format!("{PATH}.bands"), &rule.bands);
    let last_is_open = rule.marks.last().is_some_and(|last| last.at_least == 0 && last.none_of.is_empty());
    if !last_is_open {
        checker.fault(
            format!("{PATH}.marks"),
            "review.marks",
            "定性评判的最后一个等级不应有条件，否则有的结果没有等级",
        );
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
    checker.grade_bands(&format!("{path}.bands"), &rule.bands);
    let concluded: Vec<_> = rule.conclusions.iter().map(|conclusion| conclusion.grade).collect();
    missing_grades(
        checker,
        &format!("{path}.conclusions"),
        rule.bands.iter().map(|band| band.grade),
        &concluded,
    );
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
        PlausibilityCheck::OverAchievement { trigger_percent } if *trigger_percent < HUNDRED => {
            checker.fault(path, "over_achievement.trigger", "超额触发比例不得低于 100");
        }
        PlausibilityCheck::Recheck { limit_points } if *limit_points < Decimal::ZERO => {
            checker.fault(path, "recheck.limit", "复核差额界限不得为负");
        }
        _ => {}
    }
}
