//! Level-1 sums of an indicator tree against the weight templates.

use rust_decimal::Decimal;

use crate::effective::EffectivePack;
use crate::pack::{Cited, WeightTemplate};

/// The level-1 word itself: `产出指标(50分)` and `产出` are the same group.
pub fn level1_word(level1: &str) -> &str {
    let head = level1.split(['(', '（']).next().unwrap_or(level1).trim();
    head.strip_suffix("指标").unwrap_or(head)
}

/// Points per level-1 group, in order of appearance; empty if they cannot be added.
pub fn level1_sums<'a>(leaves: impl Iterator<Item = (&'a str, Decimal)>) -> Vec<(String, Decimal)> {
    let mut sums: Vec<(String, Decimal)> = Vec::new();
    for (level1, weight) in leaves {
        let word = level1_word(level1);
        match sums.iter_mut().find(|(known, _)| known == word) {
            Some((_, sum)) => match sum.checked_add(weight) {
                Some(added) => *sum = added,
                None => return Vec::new(),
            },
            None => sums.push((word.to_owned(), weight)),
        }
    }
    sums
}

/// The template whose level-1 points are exactly these.
pub fn matching_template<'a>(
    sums: &[(String, Decimal)],
    pack: &'a EffectivePack,
) -> Option<&'a Cited<WeightTemplate>> {
    templates(pack).find(|template| {
        let levels = &template.rule.level1;
        levels.len() == sums.len()
            && levels.iter().all(|level| {
                sums.iter().any(|(word, sum)| *word == level1_word(&level.level1) && *sum == level.points)
            })
    })
}

/// Templates of the pack's object type.
pub fn templates(pack: &EffectivePack) -> impl Iterator<Item = &Cited<WeightTemplate>> {
    pack.rules.weights.iter().filter(|template| {
        template.rule.object_types.is_empty() || template.rule.object_types.contains(&pack.object_type)
    })
}
