use crate::effective::EffectivePack;
use crate::fixture::{decimal, packs, variant};
use crate::score::table::{ScoreIndicator, ScoreTable};
use crate::score::{score, score_indicator};
use crate::word::ObjectType;

/// The shipped standards of a city, in force there.
fn pack() -> EffectivePack {
    let mut all = packs();
    all.push(variant("department-overall-yueyang"));
    EffectivePack::resolve(
        &all,
        &"430600000".parse().unwrap(),
        "2018-12-31".parse().unwrap(),
        ObjectType::Department,
    )
}

fn row(name: &str, target: &str, actual: &str, weight: &str) -> ScoreIndicator {
    ScoreIndicator {
        code: name.into(),
        name: name.into(),
        target_text: target.into(),
        actual_text: actual.into(),
        weight: decimal(weight),
        ..ScoreIndicator::default()
    }
}

/// The shipped standards with the national rules of a later day below them.
fn in_force() -> EffectivePack {
    let mut pack = pack();
    let national = crate::fixture::effective(ObjectType::Department).rules;
    (pack.rules.rounding, pack.rules.grades) = (national.rounding, national.grades);
    pack.rules.quantitative = national.quantitative;
    pack.rules.not_applicable = national.not_applicable;
    pack
}

#[test]
fn each_point_over_costs_what_the_standard_says() {
    let pack = in_force();
    for (name, target, actual, weight, expected) in [
        ("财政供养人员控制率", "≤100%", "98%", "5", "5"),
        ("财政供养人员控制率", "≤100%", "100%", "5", "5"),
        ("财政供养人员控制率", "≤100%", "100.99%", "5", "5"),
        ("财政供养人员控制率", "≤100%", "101%", "5", "4.5"),
        ("财政供养人员控制率", "≤100%", "103.2%", "10", "7"),
        ("财政供养人员控制率", "≤100%", "200%", "5", "0"),
        ("“三公经费”变动率", "≤0%", "-12%", "5", "5"),
        ("三公经费变动率", "≤0%", "2%", "5", "4"),
        ("支付进度", "≤0项", "2项", "3", "2"),
    ] {
        let (scored, _) = score_indicator(&row(name, target, actual, weight), &pack).unwrap();
        assert_eq!(scored.computed, Some(decimal(expected)), "{name} {actual}");
        assert_eq!(scored.explanation.pack, "department-overall-yueyang");
    }
}

#[test]
fn parts_of_a_step_are_free_or_whole_or_shared_as_the_standard_says() {
    use crate::pack::{IndicatorMethod, PartStep};
    let mut pack = in_force();
    for (part, expected) in [(PartStep::Free, "4.5"), (PartStep::Whole, "4"), (PartStep::Share, "4.25")] {
        pack.rules.indicator_rules[0].rule.method =
            IndicatorMethod::PerStep { step: decimal("1"), points: decimal("0.5"), part };
        let row = row("财政供养人员控制率", "≤100%", "101.5%", "5");
        assert_eq!(score_indicator(&row, &pack).unwrap().0.computed, Some(decimal(expected)), "{part:?}");
    }
}

#[test]
fn a_table_includes_the_end_it_is_closed_at() {
    let pack = in_force();
    for (name, actual, expected) in [
        ("重点支出安排率", "90%", "5"),
        ("重点支出安排率", "89.99%", "4"),
        ("重点支出安排率", "60%", "2"),
        ("重点支出安排率", "0%", "0"),
        ("预算调整率", "-3%", "3"),
        ("预算调整率", "0%", "3"),
        ("预算调整率", "0.01%", "2"),
        ("预算调整率", "10%", "2"),
        ("预算调整率", "30%", "0.5"),
        ("预算调整率", "30.01%", "0"),
    ] {
        let weight = if name == "预算调整率" { "3" } else { "5" };
        let (scored, _) = score_indicator(&row(name, "≥0%", actual, weight), &pack).unwrap();
        assert_eq!(scored.computed, Some(decimal(expected)), "{name} {actual}");
    }
}

#[test]
fn of_two_alternatives_the_better_one_counts_and_both_are_shown() {
    let pack = in_force();
    let table = |rate: &str, change: &str, weight: &str| ScoreTable {
        indicators: vec![
            row("结转结余率", "≤9%", rate, "20"),
            row("结转结余变动率", "≤-30%", change, weight),
            row("其他", "≥1", "1", "80"),
        ],
        ..ScoreTable::default()
    };
    let card = score(&table("18%", "-31%", "20"), &pack).unwrap();
    assert_eq!((card.total, card.full), (decimal("100"), decimal("100")));
    assert_eq!(card.rows[0].replaced_by.as_deref(), Some("结转结余变动率"));
    assert_eq!((card.rows[0].computed, card.rows[0].given), (Some(decimal("10.00")), None));
    assert!(card.rows[1].explanation.to_chinese().contains("择其一计分，计“结转结余变动率”"));
    let card = score(&table("9%", "-31%", "20"), &pack).unwrap();
    assert_eq!(card.rows[1].replaced_by.as_deref(), Some("结转结余率"), "the first of equals counts");
    assert_eq!(score(&table("9%", "-31%", "10"), &pack).unwrap_err()[0].rule, "alternatives.weight");
    let mut unused = table("18%", "-31%", "20");
    unused.indicators[1].not_applicable = true;
    let card = score(&unused, &pack).unwrap();
    assert_eq!(card.rows[0].replaced_by, None);
}
