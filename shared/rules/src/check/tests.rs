use super::*;
use crate::pack::{Band, ExecutionRule, RulePack};

fn banded() -> RulePack {
    RulePack::from_json(include_str!("../../../../data/rule-packs/variants/national-banded-101.json"))
        .unwrap()
}

fn national() -> RulePack {
    RulePack::from_json(include_str!("../../../../data/rule-packs/national-2021.json")).unwrap()
}

fn codes(pack: &RulePack) -> Vec<String> {
    check(pack).into_iter().map(|finding| finding.code).collect()
}

fn with_bands(change: impl FnOnce(&mut Vec<Band>)) -> Vec<String> {
    let mut pack = banded();
    if let Some(rule) = &mut pack.sections.execution
        && let ExecutionRule::Banded { bands, .. } = &mut rule.rule
    {
        change(bands);
    }
    codes(&pack)
}

#[test]
fn finds_gaps_overlaps_and_open_ends_of_bands() {
    assert!(codes(&banded()).is_empty());
    assert_eq!(with_bands(|bands| bands[0].from = 85.into()), ["bands.gap"]);
    assert_eq!(with_bands(|bands| bands[0].from = 75.into()), ["bands.overlap"]);
    assert_eq!(with_bands(|bands| bands[2].from = 1.into()), ["bands.start"]);
    assert_eq!(with_bands(|bands| bands[0].to = Some(99.into())), ["bands.end"]);
    assert_eq!(with_bands(|bands| bands[0].share_percent = 101.into()), ["percent.range"]);
    assert_eq!(with_bands(Vec::clear), ["bands.empty"]);
}

#[test]
fn reports_every_fault_at_once() {
    let mut pack = national();
    pack.sections.weights[0].rule.level1[0].points = 21.into();
    pack.sections.weights[0].document = " ".into();
    if let Some(rule) = &mut pack.sections.grades {
        rule.rule.bands[0].to = Some(100.into());
    }
    if let Some(rule) = &mut pack.sections.target_review {
        rule.rule.items[0].points = 11.into();
        rule.rule.decisions.pop();
        rule.rule.marks.pop();
    }
    if let Some(rule) = &mut pack.sections.light_execution {
        rule.rule.red_behind = 5.into();
    }
    pack.sections.ex_ante[0].rule.aspects.pop();
    pack.sections.quantitative[0].rule.operators.push(crate::word::Operator::Eq);
    pack.sections.target_quality[1].id = "C1".into();
    let codes = codes(&pack);
    for code in [
        "weights.sum",
        "rule.document",
        "bands.end",
        "points.sum",
        "grades.undecided",
        "review.marks",
        "lights.order",
        "quantitative.overlap",
        "rule.duplicate",
    ] {
        assert!(codes.iter().any(|found| found == code), "{code} not in {codes:?}");
    }
}

#[test]
fn a_local_rule_says_where_it_comes_from() {
    let mut pack = national();
    if let Some(rule) = &mut pack.sections.rounding {
        rule.note = None;
    }
    assert_eq!(codes(&pack), ["rule.note"]);
}

#[test]
fn refuses_unknown_fields() {
    let text = include_str!("../../../../data/rule-packs/variants/national-banded-101.json");
    for (known, unknown) in
        [("\"title\"", "\"titel\""), ("\"full_at\"", "\"ful_at\""), ("\"execution\"", "\"exec\"")]
    {
        assert!(RulePack::from_json(&text.replacen(known, unknown, 1)).is_err(), "{unknown}");
    }
}
