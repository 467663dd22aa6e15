use super::*;
use crate::fixture::{packs, region};

fn resolve(packs: &[RulePack], region: &RegionCode, date: &str) -> EffectivePack {
    EffectivePack::resolve(packs, region, date.parse().unwrap(), ObjectType::Project)
}

/// The banded variant as a county's own pack.
fn county() -> RulePack {
    let text = include_str!("../../../../data/rule-packs/variants/national-banded-101.json");
    let mut pack = RulePack::from_json(text).unwrap();
    pack.code = "county-banded".into();
    pack.layer = region();
    pack
}

#[test]
fn a_county_replaces_one_rule_and_keeps_the_others() {
    let mut all = vec![county()];
    all.extend(packs());
    let ours = resolve(&all, &region(), "2022-12-31");
    let execution = ours.rules.execution.unwrap();
    assert_eq!(execution.origin.unwrap().pack, "county-banded");
    assert_eq!(ours.rules.grades.unwrap().origin.unwrap().pack, "national-2021");
    let neighbour = resolve(&all, &"640324000".parse().unwrap(), "2022-12-31");
    assert_eq!(neighbour.rules.execution.unwrap().origin.unwrap().pack, "national-2021");
}

#[test]
fn the_order_of_packs_does_not_matter() {
    let mut all = vec![county()];
    all.extend(packs());
    let forward = resolve(&all, &region(), "2022-12-31");
    all.reverse();
    assert_eq!(forward, resolve(&all, &region(), "2022-12-31"));
}

#[test]
fn only_the_highest_revision_in_force_counts() {
    let (old, mut new) = (county(), county());
    new.revision = 2;
    new.valid_from = "2023-01-01".parse().unwrap();
    let all = [old, new];
    let revision =
        |date: &str| resolve(&all, &region(), date).rules.execution.map(|rule| rule.origin.unwrap().revision);
    assert_eq!(revision("2022-12-31"), Some(1));
    assert_eq!(revision("2023-01-01"), Some(2));
    assert_eq!(revision("2020-01-01"), None);
}

#[test]
fn a_list_rule_is_replaced_by_id_and_a_new_id_is_added() {
    let mut local = county();
    local.sections.target_quality = packs()[0].sections.target_quality[..1].to_vec();
    local.sections.target_quality.push(local.sections.target_quality[0].clone());
    local.sections.target_quality[1].id = "L1".into();
    let national = packs()[0].sections.target_quality.len();
    let mut all = packs();
    all.push(local);
    let rules = resolve(&all, &region(), "2022-12-31").rules.target_quality;
    assert_eq!(rules.len(), national + 1);
    assert_eq!(rules[0].origin.as_ref().unwrap().pack, "county-banded");
}
