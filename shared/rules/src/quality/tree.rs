//! Checks over the whole tree of indicators.

use rust_decimal::Decimal;

use super::weights::{level1_sums, level1_word, matching_template, templates};
use super::{Found, TargetDraft};
use crate::effective::EffectivePack;
use crate::exact::{HUNDRED, plain};
use crate::pack::QualityCheck;
use crate::value::{self, Reading};
use crate::word::Nature;

pub(super) fn check(target: &TargetDraft, pack: &EffectivePack, found: &mut Found<'_>) {
    match &found.rule.rule.check {
        QualityCheck::RequiredLevels { level1, cost } => required(target, level1, cost, found),
        QualityCheck::WeightSums {} => sums(target, pack, found),
        QualityCheck::LeafShare { max_percent } => leaf_share(target, *max_percent, found),
        QualityCheck::LeafCount { min, max, required_level2 } => {
            count(target, *min, *max, required_level2, found);
        }
        QualityCheck::AllFull {} => all_full(target, found),
        QualityCheck::QualitativeShare { max_percent } => qualitative(target, *max_percent, found),
        _ => {}
    }
}

fn required(target: &TargetDraft, level1: &[String], cost: &str, found: &mut Found<'_>) {
    let present = |word: &str| {
        target.indicators.iter().any(|indicator| {
            level1_word(&indicator.level1) == level1_word(word)
                || level1_word(&indicator.level2).contains(level1_word(word))
        })
    };
    for word in level1.iter().filter(|word| !present(word)) {
        found.add("indicators", format!("缺少“{word}”"));
    }
    if target.cost_required && !present(cost) {
        found.add("indicators", format!("工程基建、大型修缮、购置项目须设“{cost}”"));
    }
}

fn sums(target: &TargetDraft, pack: &EffectivePack, found: &mut Found<'_>) {
    for (index, indicator) in target.indicators.iter().enumerate() {
        if indicator.weight <= Decimal::ZERO {
            found.add(format!("indicators[{index}].weight"), "分值须大于 0");
        }
    }
    let sums = level1_sums(target.indicators.iter().map(|leaf| (leaf.level1.as_str(), leaf.weight)));
    if templates(pack).next().is_none() || matching_template(&sums, pack).is_some() {
        return;
    }
    let ours: Vec<_> = sums.iter().map(|(word, sum)| format!("{word} {}", plain(*sum))).collect();
    let titles: Vec<_> = templates(pack).map(|template| template.rule.title.as_str()).collect();
    found.add(
        "indicators",
        format!("一级指标分值（{}）与权重模板（{}）都不一致", ours.join("、"), titles.join("；")),
    );
}

fn leaf_share(target: &TargetDraft, max_percent: Decimal, found: &mut Found<'_>) {
    let sums = level1_sums(target.indicators.iter().map(|leaf| (leaf.level1.as_str(), leaf.weight)));
    for (index, leaf) in target.indicators.iter().enumerate() {
        let word = level1_word(&leaf.level1);
        let several = target.indicators.iter().filter(|other| level1_word(&other.level1) == word).count() > 1;
        let sum = sums.iter().find(|(known, _)| known == word).map_or(Decimal::ZERO, |(_, sum)| *sum);
        let over = leaf
            .weight
            .checked_mul(HUNDRED)
            .zip(sum.checked_mul(max_percent))
            .is_some_and(|(own, limit)| own > limit);
        if several && over {
            let message = format!("“{}”的分值超过所在一级指标的 {}%", leaf.name, plain(max_percent));
            found.add(format!("indicators[{index}].weight"), message);
        }
    }
}

fn count(target: &TargetDraft, min: u32, max: u32, required_level2: &[String], found: &mut Found<'_>) {
    let leaves = target.indicators.len() as u64;
    if leaves < u64::from(min) || leaves > u64::from(max) {
        found.add("indicators", format!("三级指标 {leaves} 个，宜为 {min} 至 {max} 个"));
    }
    for word in required_level2 {
        if !target.indicators.iter().any(|leaf| leaf.level2.contains(word.as_str())) {
            found.add("indicators", format!("宜至少设一个“{word}”指标"));
        }
    }
}

fn all_full(target: &TargetDraft, found: &mut Found<'_>) {
    let values: Vec<_> = target
        .indicators
        .iter()
        .filter(|leaf| leaf.nature == Nature::Quantitative)
        .filter_map(|leaf| match (&leaf.target, value::read(&leaf.target_text)) {
            (Some(measure), _) => Some(measure.value),
            (None, Ok(Reading::Number(measure))) => Some(measure.value),
            _ => None,
        })
        .collect();
    if values.len() > 1 && values.iter().all(|value| *value == HUNDRED) {
        found.add("indicators", "所有定量指标值都是 100，指标值可能没有结合项目内容测算");
    }
}

fn qualitative(target: &TargetDraft, max_percent: Decimal, found: &mut Found<'_>) {
    let all = Decimal::from(target.indicators.len());
    let words =
        Decimal::from(target.indicators.iter().filter(|leaf| leaf.nature == Nature::Qualitative).count());
    if words * HUNDRED > all * max_percent {
        found.add("indicators", format!("定性指标占比超过 {}%", plain(max_percent)));
    }
}
