use super::*;
use crate::pack::{Band, ExecutionRule, Light, LightClass, Reviewer, RulePack};

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

#[test]
fn finds_the_faults_of_monitoring_sections() {
    let mut pack = national();
    let sections = &mut pack.sections;
    sections.light_classes[1].rule.light = Light::Yellow;
    sections.light_classes[2].rule.class = LightClass::Overspending { above_percent: 99.into() };
    sections.light_classes[3].rule.light = Light::Green;
    sections.light_hysteresis.as_mut().unwrap().rule.execution_margin_points = 11.into();
    sections.light_hysteresis.as_mut().unwrap().rule.flapping_changes = 1;
    sections.idle_money.as_mut().unwrap().rule.ages[1].from_days = 91;
    let rounds = &mut sections.monitoring_calendar[0].rule.rounds;
    rounds.push(rounds[0].clone());
    rounds[1].due.month = 6;
    let codes = codes(&pack);
    let expected = [
        "light_classes.duplicate",
        "lights.above",
        "light_classes.light",
        "hysteresis.margin",
        "hysteresis.flapping",
        "rounds.order",
        "rounds.sequence",
        "bands.gap",
    ];
    assert_eq!(codes, expected);
}

#[test]
fn finds_the_faults_of_a_curve() {
    let mut pack = crate::fixture::variant("quarterly-monitoring");
    assert!(codes(&pack).is_empty());
    let months = &mut pack.sections.progress_curve.as_mut().unwrap().rule.month_end_percent;
    months[1] = 4.into();
    months.pop();
    assert_eq!(codes(&pack), ["progress_curve.months", "progress_curve.order"]);
}

#[test]
fn finds_chains_that_never_come_to_hold() {
    let mut pack = crate::fixture::variant("joint-review-chain");
    assert!(codes(&pack).is_empty());
    pack.sections.review_chain[0].rule.rank = 10;
    assert_eq!(codes(&pack), ["rule.unreachable"]);
    pack.sections.review_chain[0].rule.rank = 50;
    assert_eq!(codes(&pack), ["review_chain.rank", "review_chain.rank"]);
    pack.sections.review_chain[0].rule.rank = 60;
    pack.sections.review_chain[1].rule.steps[1].opinions_needed = Some(3);
    pack.sections.review_chain[1].rule.steps[2].reviewers[1] = Reviewer::FinanceLine;
    pack.sections.review_chain[1].rule.amount_to_yuan = Some(1.into());
    assert_eq!(codes(&pack), ["review_chain.amount", "review_chain.opinions", "review_chain.repeated"]);
}

#[test]
fn finds_days_that_are_not_what_they_are_listed_as() {
    let mut pack =
        RulePack::from_json(include_str!("../../../../data/rule-packs/working-days.json")).unwrap();
    let year = &mut pack.sections.working_days[0].rule;
    year.off.push("2021-10-02".parse().unwrap());
    year.on.push("2022-01-29".parse().unwrap());
    pack.sections.working_days[2].rule.year = 2022;
    let codes = codes(&pack);
    assert!(codes.contains(&"working_days.weekday".to_owned()), "{codes:?}");
    assert!(codes.iter().filter(|code| *code == "working_days.year").count() > 2, "{codes:?}");
}

#[test]
fn finds_two_limits_of_one_act_and_categories_left_out() {
    let mut pack = national();
    pack.sections.deadlines[1].rule.act = crate::pack::Act::Feedback;
    pack.sections.deadlines[2].rule.limit.days = 0;
    pack.sections.target_need.as_mut().unwrap().rule.needs.pop();
    assert_eq!(codes(&pack), ["target_need.category", "deadlines.overlap", "days.range"]);
}
