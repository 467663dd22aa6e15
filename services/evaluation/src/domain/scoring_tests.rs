use hengji_kernel::{Date, Timestamp};
use hengji_rules::{Direction, ObjectType, Operator, RulePack};
use proptest::prelude::*;

use super::super::Baseline;
use super::*;

fn pack() -> EffectivePack {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/rule-packs/national-2021.json"));
    let packs = [RulePack::from_json(text).unwrap()];
    let year_end = "2021-12-31".parse().unwrap();
    EffectivePack::resolve(&packs, &"640323000".parse().unwrap(), year_end, ObjectType::Project)
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn indicator(code: &str, value_text: &str, weight: &str) -> Indicator {
    Indicator {
        code: code.into(),
        level1: "产出指标".into(),
        level2: "数量指标".into(),
        title: format!("指标{code}"),
        operator: None,
        qualitative: false,
        value: None,
        value_text: value_text.into(),
        unit: String::new(),
        direction: None,
        weight: decimal(weight),
    }
}

fn reading(code: &str, text: &str) -> Reading {
    Reading {
        code: code.into(),
        text: text.into(),
        ratio: None,
        date: "2021-12-20".parse().unwrap(),
        stored_at: Timestamp(0),
        has_evidence: true,
    }
}

fn material(indicators: Vec<Indicator>, readings: Vec<Reading>, budget: &str, executed: &str) -> Material {
    Material {
        year: "2021".parse().unwrap(),
        baseline: Baseline { version: 1, indicators },
        readings,
        money: MoneyFacts {
            initial: None,
            budget: budget.parse().unwrap(),
            executed: executed.parse().unwrap(),
        },
        corrections: vec![],
    }
}

fn given(code: &str, score: Option<&str>, reason: &str) -> Given {
    Given { code: code.into(), score: score.map(decimal), reason: reason.into(), ..Given::default() }
}

fn report(given: Vec<Given>) -> Report {
    Report { given, ..Report::default() }
}

fn row<'a>(scored: &'a Scored, code: &str) -> &'a CardRow {
    scored.card.rows.iter().find(|row| row.code == code).unwrap()
}

#[test]
fn scores_indicators_and_execution_and_explains_each() {
    let indicators = vec![indicator("A", "≥100次", "50"), indicator("B", "≤10天", "40")];
    let readings = vec![reading("A", "80次"), reading("B", "8天")];
    let scored = score(&material(indicators, readings, "1000", "950"), Report::default(), &pack()).unwrap();
    assert_eq!(scored.card.total, decimal("89.50"));
    assert_eq!(scored.card.grade_name, "良");
    assert_eq!(row(&scored, "A").given, Some(decimal("40.00")));
    assert!(row(&scored, "A").missed);
    assert!(!row(&scored, "B").missed);
    assert!(scored.target_missed);
    let execution = row(&scored, "execution");
    assert_eq!(execution.given, Some(decimal("9.50")));
    assert_eq!(execution.actual_text, "全年执行数 950.00 元，执行率 95%");
    for row in &scored.card.rows {
        assert!(!row.explanation.document.is_empty() && !row.explanation.steps.is_empty(), "{}", row.code);
        assert_eq!(row.explanation.pack, "national-2021");
    }
    assert_eq!(scored.card.rule_pack_sha256.len(), 64);
}

#[test]
fn every_row_that_cannot_be_scored_is_told_at_once() {
    let mut judged = indicator("C", "效果明显", "20");
    judged.qualitative = true;
    let indicators = vec![indicator("A", "≥100次", "50"), indicator("B", "≤10天", "20"), judged];
    let material = material(indicators, vec![reading("B", "按期完成")], "0", "0");
    let refused = score(&material, Report::default(), &pack()).unwrap_err();
    let Refusal::NotScorable(refusals) = refused else { panic!("{refused}") };
    let told: Vec<_> =
        refusals.iter().map(|refusal| (refusal.subject.as_str(), refusal.rule.as_str())).collect();
    assert_eq!(
        told,
        [
            ("A", "actual.missing"),
            ("B", "actual.not_a_number"),
            ("C", "graded.share"),
            ("execution", "execution.no_budget")
        ]
    );
}

#[test]
fn computed_and_given_scores_stand_side_by_side() {
    let indicators = vec![indicator("A", "≥100次", "50"), indicator("B", "≥10天", "40")];
    let readings = vec![reading("A", "100次"), reading("B", "10天")];
    let given = vec![given("A", Some("45"), "佐证资料不全"), given("execution", Some("8"), "年底突击支出")];
    let scored = score(&material(indicators, readings, "1000", "1000"), report(given), &pack()).unwrap();
    let overridden = row(&scored, "A");
    assert_eq!((overridden.computed, overridden.given), (Some(decimal("50.00")), Some(decimal("45"))));
    assert_eq!(overridden.given_reason, "佐证资料不全");
    assert!(!overridden.missed);
    assert_eq!(row(&scored, "execution").given, Some(decimal("8")));
    assert_eq!(scored.card.total, decimal("93.00"));
}

#[test]
fn a_share_inside_the_band_scores_a_judged_row() {
    let mut judged = indicator("A", "效果明显", "90");
    judged.qualitative = true;
    let share = Given { code: "A".into(), share_percent: Some(decimal("85")), ..Given::default() };
    let scored = score(&material(vec![judged], vec![], "100", "100"), report(vec![share]), &pack()).unwrap();
    assert_eq!(row(&scored, "A").given, Some(decimal("76.50")));
    assert!(!scored.target_missed);
}

#[test]
fn what_does_not_apply_is_left_out_and_the_rest_rescaled() {
    let indicators = vec![indicator("A", "≥100次", "45"), indicator("B", "≥10天", "45")];
    let out = Given { code: "B".into(), not_applicable: true, ..Given::default() };
    let material = material(indicators, vec![reading("A", "80次")], "100", "100");
    let scored = score(&material, report(vec![out]), &pack()).unwrap();
    assert_eq!(row(&scored, "B").given, None);
    assert!(!row(&scored, "B").missed);
    assert_eq!(scored.card.total, decimal("82.00"));
}

#[test]
fn reached_or_not_is_exact_even_where_points_round_to_full() {
    let cases = [
        ("≥100%", "100%", false),
        ("≤1000人", "1000.1人", true),
        ("＞50次", "50次", true),
        ("＜50次", "50次", true),
        ("≥10000次", "9999.99次", true),
        ("=0次", "1次", true),
        ("≤0次", "0次", false),
        ("2021年11月底前", "2021年12月5日", true),
        ("2021年11月底前", "2021年11月5日", false),
    ];
    for (target, actual, missed) in cases {
        let material = material(vec![indicator("A", target, "90")], vec![reading("A", actual)], "100", "100");
        let scored = score(&material, Report::default(), &pack()).unwrap();
        assert_eq!(scored.target_missed, missed, "{target} {actual}");
    }
}

#[test]
fn the_latest_reading_counts_by_date_then_by_when_it_was_stored() {
    let at = |text: &str, date: &str, stored| Reading {
        date: date.parse::<Date>().unwrap(),
        stored_at: Timestamp(stored),
        ..reading("A", text)
    };
    let readings = vec![
        at("70次", "2021-12-20", 9),
        at("90次", "2021-12-31", 1),
        at("95次", "2021-12-31", 2),
        at("80次", "2021-06-30", 99),
    ];
    let material = material(vec![indicator("A", "≥100次", "90")], readings, "100", "100");
    let scored = score(&material, Report::default(), &pack()).unwrap();
    assert_eq!(row(&scored, "A").actual_text, "95次");
}

#[test]
fn a_ratio_is_read_in_percent_where_the_target_is() {
    let ratio = |numerator, denominator| Reading {
        ratio: Some((decimal(numerator), decimal(denominator))),
        ..reading("A", "")
    };
    let cases = [("≥90%", "19", "20", false), ("≥96%", "19", "20", true), ("≤1.5", "3", "2", false)];
    for (target, numerator, denominator, missed) in cases {
        let indicators = vec![indicator("A", target, "90")];
        let material = material(indicators, vec![ratio(numerator, denominator)], "100", "100");
        let scored = score(&material, Report::default(), &pack()).unwrap();
        assert_eq!(scored.target_missed, missed, "{target}");
        assert_eq!(row(&scored, "A").actual_text, format!("{numerator}/{denominator}"));
    }
}

#[test]
fn fields_fill_in_what_the_printed_value_leaves_out() {
    let mut printed = indicator("A", "90", "45");
    printed.operator = Some(Operator::Ge);
    printed.unit = "%".into();
    let mut unprinted = indicator("B", "", "45");
    unprinted.operator = Some(Operator::Le);
    unprinted.value = Some(decimal("10"));
    unprinted.unit = "天".into();
    unprinted.direction = Some(Direction::Negative);
    let material =
        material(vec![printed, unprinted], vec![reading("A", "95%"), reading("B", "8天")], "100", "100");
    let scored = score(&material, Report::default(), &pack()).unwrap();
    assert_eq!(scored.card.total, decimal("100.00"));
    assert_eq!(row(&scored, "B").target_text, "≤10天");
}

#[test]
fn a_table_that_fills_the_full_mark_has_no_execution_row() {
    let material = material(vec![indicator("A", "≥100次", "100")], vec![reading("A", "100次")], "0", "0");
    let scored = score(&material, Report::default(), &pack()).unwrap();
    assert_eq!((scored.card.rows.len(), scored.card.total), (1, decimal("100.00")));
    let refused = score(&material, report(vec![given("execution", Some("1"), "x")]), &pack()).unwrap_err();
    assert_eq!(refused, Refusal::field("given_scores[0].code", "本表没有预算执行率一行"));
}

#[test]
fn refuses_points_beyond_the_full_mark() {
    for weight in ["95", "101"] {
        let material = material(vec![indicator("A", "≥1次", weight)], vec![reading("A", "1次")], "1", "1");
        let refused = score(&material, Report::default(), &pack()).unwrap_err();
        assert!(matches!(&refused, Refusal::NotScorable(all) if all[0].rule == "weights.sum"), "{refused}");
    }
}

#[test]
fn a_persons_part_must_meet_the_target() {
    let material = material(vec![indicator("A", "≥100次", "90")], vec![reading("A", "100次")], "100", "100");
    let share = Some(decimal("80"));
    let wrong = [
        (vec![given("Z", None, "")], "given_scores[0].code"),
        (vec![given("A", None, ""), given("A", None, "")], "given_scores[1].code"),
        (vec![Given { share_percent: share, ..given("A", None, "") }], "given_scores[0].share_percent"),
        (
            vec![Given { share_percent: share, ..given("execution", None, "") }],
            "given_scores[0].share_percent",
        ),
        (
            vec![Given { not_applicable: true, ..given("execution", None, "") }],
            "given_scores[0].not_applicable",
        ),
        (
            vec![Given { not_applicable: true, ..given("A", Some("1"), "x") }],
            "given_scores[0].not_applicable",
        ),
    ];
    for (given, field) in wrong {
        let refused = score(&material, report(given), &pack()).unwrap_err();
        assert!(matches!(&refused, Refusal::Field { path, .. } if path == field), "{refused} {field}");
    }
    let beyond = score(&material, report(vec![given("A", Some("90.01"), "x")]), &pack()).unwrap_err();
    assert!(matches!(&beyond, Refusal::NotScorable(all) if all[0].rule == "override.bounds"), "{beyond}");
}

#[test]
fn doubts_are_remarked_and_a_told_cause_settles_one() {
    let facts = || material(vec![indicator("A", "≥100次", "90")], vec![reading("A", "50次")], "100", "40");
    let doubts = |report: Report| {
        let scored = score(&facts(), report, &pack()).unwrap();
        scored.card.findings.into_iter().filter(|found| found.path.starts_with("A.reason")).count()
    };
    assert_eq!(doubts(Report::default()), 1);
    assert_eq!(doubts(report(vec![given("A", None, "疫情影响，明年补做")])), 0);
    let problem = Problem { id: "A".into(), text: "进度滞后".into(), suggestion: "按月调度".into() };
    assert_eq!(doubts(Report { problems: vec![problem], ..Report::default() }), 0);
}

const SIGNS: [&str; 5] = ["≥", "≤", "＝", "＞", "＜"];

/// Weights that add up to `whole`, in whole points.
fn weights(whole: u32) -> impl Strategy<Value = Vec<u32>> {
    proptest::collection::btree_set(1..whole, 0..7).prop_map(move |cuts| {
        let mut last = 0;
        let mut parts = Vec::new();
        for cut in cuts.into_iter().chain([whole]) {
            parts.push(cut - last);
            last = cut;
        }
        parts
    })
}

proptest! {
    #[test]
    fn the_total_is_the_sum_of_the_given_scores_and_never_above_the_full_mark(
        parts in prop_oneof![weights(90), weights(100)],
        values in proptest::collection::vec((0..5_usize, 0..500_u32, 0..200_000_u32, proptest::option::of(0..=100_u32)), 8),
        budget in 1..1_000_000_u32,
        executed in 0..2_000_000_u32,
    ) {
        let mut indicators = Vec::new();
        let mut readings = Vec::new();
        let mut scores = Vec::new();
        for (place, (weight, (sign, target, actual, share))) in parts.iter().zip(values).enumerate() {
            let code = format!("I{place}");
            indicators.push(indicator(&code, &format!("{}{target}次", SIGNS[sign]), &weight.to_string()));
            readings.push(reading(&code, &format!("{}次", Decimal::new(actual.into(), 2))));
            if let Some(share) = share {
                let score = Decimal::new(i64::from(weight * share), 2).to_string();
                scores.push(given(&code, Some(&score), "复核调整"));
            }
        }
        let material = material(indicators, readings, &budget.to_string(), &executed.to_string());
        let scored = score(&material, report(scores), &pack()).unwrap();
        let sum: Decimal = scored.card.rows.iter().filter_map(|row| row.given).sum();
        prop_assert_eq!(scored.card.total, sum);
        prop_assert!(scored.card.total <= Decimal::ONE_HUNDRED && scored.card.total >= Decimal::ZERO);
        for row in &scored.card.rows {
            prop_assert!(row.given.is_some_and(|given| given <= row.weight && given >= Decimal::ZERO));
            prop_assert!(row.computed.is_some_and(|computed| computed <= row.weight));
        }
        let missed = scored.card.rows.iter().any(|row| row.missed);
        prop_assert_eq!(scored.target_missed, missed);
    }
}
