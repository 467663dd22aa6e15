use crate::effective::EffectivePack;
use crate::fixture::{decimal, effective, money, packs, region, variant};
use crate::pack::RulePack;
use crate::score::score;
use crate::score::table::{Adjustment, MoneyRow, MoneyTable, ScoreIndicator, ScoreTable};
use crate::word::ObjectType;

fn with(code: &str, object_type: ObjectType) -> EffectivePack {
    let mut all = packs();
    all.push(RulePack { layer: region(), ..variant(code) });
    EffectivePack::resolve(&all, &region(), "2022-12-31".parse().unwrap(), object_type)
}

fn table(actual: &str, executed: &str) -> ScoreTable {
    let leaf = |code: &str, weight: &str, actual: &str| ScoreIndicator {
        code: code.into(),
        name: "完成率".into(),
        target_text: "≥100个".into(),
        actual_text: actual.into(),
        weight: decimal(weight),
        ..ScoreIndicator::default()
    };
    let total =
        MoneyRow { annual: Some(money("1000")), executed: Some(money(executed)), ..MoneyRow::default() };
    ScoreTable {
        indicators: vec![leaf("1", "60", actual), leaf("2", "30", "100个")],
        money: Some(MoneyTable { total, rows: vec![] }),
        ..ScoreTable::default()
    }
}

#[test]
fn each_whole_step_below_full_execution_costs_points() {
    let pack = with("stepped-execution", ObjectType::Project);
    for (executed, points) in [
        ("1000", "10"),
        ("999.99", "10"),
        ("950.01", "10"),
        ("950", "9"),
        ("800", "6"),
        ("549.99", "1"),
        ("500", "0"),
        ("0", "0"),
        ("1000.01", "10"),
    ] {
        let card = score(&table("100个", executed), &pack).unwrap();
        assert_eq!(card.execution.unwrap().computed, decimal(points), "{executed}");
    }
}

#[test]
fn slow_execution_caps_the_total_and_says_by_which_rule() {
    let pack = with("stepped-execution", ObjectType::Project);
    for (executed, total) in
        [("599.99", "79.99"), ("600", "89.99"), ("799.99", "89.99"), ("800", "96"), ("1000", "100")]
    {
        let card = score(&table("100个", executed), &pack).unwrap();
        assert_eq!(card.total, decimal(total), "{executed}");
    }
    let card = score(&table("100个", "100"), &pack).unwrap();
    assert_eq!(card.grade_name, "中");
    assert!(card.explanation.to_chinese().contains("总分最高 79.99 分（依据local，规则 total-cap）"));
    let low = score(&table("0个", "100"), &pack).unwrap();
    assert_eq!(low.total, decimal("30"), "a total below the cap stays");
}

#[test]
fn a_rate_is_rounded_before_it_is_scored_only_where_the_pack_says_so() {
    let mut pack = effective(ObjectType::Project);
    let points = |pack: &EffectivePack| {
        score(&table("100个", "956.78"), pack).unwrap().execution.unwrap().computed.to_string()
    };
    pack.rules.rounding.as_mut().unwrap().rule.row_places = 4;
    assert_eq!(points(&pack), "9.5678");
    pack.rules.rounding.as_mut().unwrap().rule.rate_places = Some(1);
    assert_eq!(points(&pack), "9.5700");
    pack.rules.rounding.as_mut().unwrap().rule.rate_places = Some(0);
    assert_eq!(points(&pack), "9.6000");
}

#[test]
fn plus_and_minus_points_come_after_rescaling_and_stay_within_the_full_mark() {
    let pack = with("consolidation-evaluation-yunnan", ObjectType::Transfer);
    let scored = |actual: &str, given: &[(&str, u32)]| {
        let adjustments = given
            .iter()
            .map(|(rule, times)| Adjustment {
                rule: format!("adjustment.{rule}"),
                times: *times,
                reason: "考核认定".into(),
            })
            .collect();
        let mut table = ScoreTable { adjustments, ..table(actual, "1000") };
        table.indicators[1].not_applicable = true;
        score(&table, &pack).map(|card| card.total.to_string()).map_err(|refusals| refusals[0].rule.clone())
    };
    // 30 of 60 rescaled to 90 are 45, and 10 for execution
    assert_eq!(scored("50个", &[]), Ok("55.00".into()));
    assert_eq!(scored("50个", &[("innovation", 2), ("discipline", 1)]), Ok("55.00".into()));
    assert_eq!(scored("50个", &[("innovation", 9)]), Ok("58.00".into()));
    assert_eq!(scored("50个", &[("discipline", 9), ("false-data", 1)]), Ok("44.00".into()));
    assert_eq!(scored("100个", &[("innovation", 1)]), Ok("100".into()));
    assert_eq!(scored("50个", &[("innovation", 1), ("innovation", 1)]), Err("adjustments.repeated".into()));
    assert_eq!(scored("50个", &[("luck", 1)]), Err("adjustments.unknown".into()));
}

#[test]
fn an_adjustment_without_a_reason_is_refused() {
    let pack = with("consolidation-evaluation-yunnan", ObjectType::Transfer);
    let adjustment = Adjustment { rule: "adjustment.innovation".into(), times: 1, reason: " ".into() };
    let table = ScoreTable { adjustments: vec![adjustment], ..table("50个", "1000") };
    assert_eq!(score(&table, &pack).unwrap_err()[0].rule, "adjustments.reason");
}

#[test]
fn a_small_deviation_to_either_side_is_met_where_the_rule_tolerates_it() {
    let pack = with("consolidation-evaluation-yunnan", ObjectType::Transfer);
    for (actual, points) in [
        ("95个", "60"),
        ("105个", "60"),
        ("100个", "60"),
        ("94个", "56.4"),
        ("120个", "50"),
        ("105.01个", "57.14"),
    ] {
        let mut table = table(actual, "1000");
        table.indicators[0].target_text = "=100个".into();
        let card = score(&table, &pack).unwrap();
        assert_eq!(card.rows[0].computed, Some(decimal(points)), "{actual}");
    }
}

#[test]
fn ten_thousand_indicators_in_one_table_are_added_up() {
    let mut table = table("100个", "1000");
    let leaf = ScoreIndicator { weight: decimal("0.009"), ..table.indicators[0].clone() };
    table.indicators = vec![leaf; 10_000];
    let mut pack = effective(ObjectType::Project);
    pack.rules.rounding.as_mut().unwrap().rule.row_places = 3;
    assert_eq!(score(&table, &pack).unwrap().total, decimal("100"));
}
