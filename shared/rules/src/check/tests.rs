use super::*;
use crate::pack::{
    Band, ExecutionRule, IndicatorMethod, Light, LightClass, QuantitativeMethod, Reviewer, RulePack,
};

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

#[test]
fn finds_the_faults_of_standards_and_totals() {
    let mut pack = crate::fixture::variant("department-overall-yueyang");
    assert!(codes(&pack).is_empty());
    let rules = &mut pack.sections.indicator_rules;
    rules[0].rule.method =
        IndicatorMethod::PerStep { step: 0.into(), points: 6.into(), part: crate::pack::PartStep::Free };
    rules[1].rule.names.push("财政供养人员控制率".into());
    if let IndicatorMethod::Table { bands, .. } = &mut rules[3].rule.method {
        bands[0].points = 9.into();
        bands[1].to = Some(85.into());
    }
    if let IndicatorMethod::Table { bands, .. } = &mut rules[4].rule.method {
        bands[0].from = Some(0.into());
    }
    pack.sections.alternatives[0].rule.names.pop();
    let expected = [
        "indicator_rules.step",
        "indicator_rules.points",
        "indicator_rules.overlap",
        "indicator_rules.points",
        "bands.gap",
        "bands.end",
        "bands.order",
        "indicator_rules.names",
    ];
    let found = codes(&pack);
    for code in expected {
        assert!(found.iter().any(|one| one == code), "{code} not in {found:?}");
    }
}

#[test]
fn finds_the_faults_of_steps_caps_and_adjustments() {
    let mut pack = crate::fixture::variant("stepped-execution");
    assert!(codes(&pack).is_empty());
    if let Some(rule) = &mut pack.sections.execution {
        rule.rule = ExecutionRule::Stepped {
            weight: 10.into(),
            full_at: 0.into(),
            step_percent: 5.into(),
            points: 11.into(),
        };
    }
    let caps = &mut pack.sections.total_cap.as_mut().unwrap().rule.bands;
    caps[1].from = 61.into();
    caps[2].at_most = (-1).into();
    assert_eq!(
        codes(&pack),
        ["execution.full_at", "execution.step", "execution.points", "bands.gap", "points.range"]
    );
    let mut pack = crate::fixture::variant("consolidation-evaluation-yunnan");
    assert!(codes(&pack).is_empty());
    pack.sections.adjustments[0].rule.points_max = Decimal::new(5, 1);
    pack.sections.quantitative[0].rule.method = QuantitativeMethod::Direct;
    assert_eq!(codes(&pack), ["quantitative.tolerance", "adjustments.max"]);
}

#[test]
fn finds_rules_that_never_come_to_hold() {
    let text = include_str!("../../../../data/rule-packs/demo-linkage.json");
    let mut pack = RulePack::from_json(text).unwrap();
    assert!(codes(&pack).is_empty());
    let mut always = pack.sections.linkage[0].clone();
    always.id = "always".into();
    always.rule.rank = 1;
    always.rule.condition = crate::pack::LinkageCondition::default();
    pack.sections.linkage.push(always);
    let unreachable = codes(&pack).iter().filter(|code| *code == "rule.unreachable").count();
    assert!(unreachable > 3, "{unreachable}");

    let mut pack = national();
    if let Some(rule) = &mut pack.sections.grades {
        rule.rule.bands[0].to = Some(101.into());
        rule.rule.bands.push(crate::pack::GradeBand {
            grade: hengji_kernel::Grade::Excellent,
            name: "特优".into(),
            from: 101.into(),
            to: None,
        });
    }
    if let Some(rule) = &mut pack.sections.target_review {
        rule.rule.marks[0].at_least = 0;
        rule.rule.marks[0].none_of.clear();
    }
    pack.sections.ex_ante[1].rule.object_types = pack.sections.ex_ante[0].rule.object_types.clone();
    pack.sections.applicability.as_mut().unwrap().rule.new_amount_min_yuan = Some((-1).into());
    assert_eq!(
        codes(&pack),
        [
            "grades.duplicate",
            "rule.unreachable",
            "rule.unreachable",
            "ex_ante.overlap",
            "applicability.limit"
        ]
    );
}

#[test]
fn numbers_beyond_all_measure_are_findings_and_never_panic() {
    let huge = Decimal::from(1_000_000_000_000_000_000_i64);
    let fine: Decimal = "0.0000000000000000000000000001".parse().unwrap();
    for number in [huge, -huge, fine, -fine, Decimal::MAX, Decimal::MIN] {
        let mut pack = national();
        let sections = &mut pack.sections;
        sections.execution.as_mut().unwrap().rule = ExecutionRule::Linear { weight: number };
        sections.weights[0].rule.level1[0].points = number;
        sections.grades.as_mut().unwrap().rule.full = number;
        sections.ex_ante[0].rule.aspects[0].points = number;
        let found = check(&pack);
        assert!(found.len() >= 2, "{number}: {found:?}");
        assert!(found.iter().all(|finding| !finding.path.is_empty() && !finding.message.is_empty()));
    }
}
