use hengji_kernel::Grade;

use super::table::{Measure, MoneyRow, MoneyTable, Override, ScoreIndicator, ScoreTable};
use super::*;
use crate::fixture::{decimal, effective, money, packs, region};
use crate::pack::{OverAchievementRule, PassShape, PassThreshold, RulePack};
use crate::word::{Nature, ObjectType, ScoringMethod};

fn leaf(target: &str, actual: &str) -> ScoreIndicator {
    ScoreIndicator {
        code: "1".into(),
        level1: "产出指标".into(),
        name: "完成率".into(),
        target_text: target.into(),
        actual_text: actual.into(),
        weight: decimal("10"),
        ..ScoreIndicator::default()
    }
}

fn computed(indicator: &ScoreIndicator) -> Result<String, String> {
    score_indicator(indicator, &effective(ObjectType::Project))
        .map(|(row, _)| row.computed.map_or_else(|| "none".into(), |score| score.to_string()))
        .map_err(|refusal| refusal.rule)
}

#[test]
fn scores_by_operator() {
    for (target, actual, expected) in [
        ("≥90%", "95%", "10.00"),
        ("≥15个", "6个", "4.00"),
        ("≤100万元", "125万元", "8.00"),
        ("≤100万元", "1250000元", "8.00"),
        ("=12次", "12次", "10.00"),
        ("=12次", "15次", "8.00"),
        ("=12次", "9次", "7.50"),
        ("80~90", "85", "10.00"),
        ("80~90", "100", "9.00"),
        ("80~90", "40", "5.00"),
        ("≤0起", "0起", "10.00"),
        ("≤0起", "2起", "0.00"),
        ("2022年12月底前", "2022-11-30", "10.00"),
        ("2022年11月底前", "2022年12月", "0.00"),
    ] {
        assert_eq!(computed(&leaf(target, actual)), Ok(expected.into()), "{target} {actual}");
    }
}

#[test]
fn refuses_by_name_what_it_cannot_decide() {
    for (target, actual, rule) in [
        ("≥90%", "", "actual.missing"),
        ("", "90", "target.missing"),
        ("90%", "95%", "target.operator"),
        ("≥90%", "0.95", "actual.fraction"),
        ("≥90%", "3人", "actual.unit"),
        ("≥90%", "较好", "actual.not_a_number"),
        ("效果明显", "效果明显", "graded.share"),
        ("2022年6月15日前", "2022年6月", "actual.date_span"),
        ("≥-5%", "-10%", "quantitative.ratio_undefined"),
        ("≥0.9", "95%", "target.fraction"),
        ("≥0.9", "95", "target.fraction"),
        ("44,561", "44561", "value.spreadsheet_date"),
        ("2022年12月底前", "44561", "value.spreadsheet_date"),
        ("2022年12月底前", "12人", "actual.not_a_date"),
    ] {
        assert_eq!(computed(&leaf(target, actual)), Err(rule.into()), "{target} {actual}");
    }
    let huge = Measure { operator: None, value: rust_decimal::Decimal::MAX, high: None, unit: None };
    let mut row = leaf("", "1");
    row.target = Some(Measure { operator: Some(crate::word::Operator::Le), ..huge.clone() });
    row.actual = Some(huge);
    assert_eq!(computed(&row), Ok("10.00".into()));
}

#[test]
fn a_bare_level_is_not_a_score() {
    let mut row = ScoreIndicator { nature: Nature::Qualitative, ..leaf("效果明显", "较好") };
    row.level = Some("达成预期指标".into());
    assert_eq!(computed(&row), Err("graded.share".into()));
    row.share_percent = Some(decimal("85"));
    assert_eq!(computed(&row), Ok("8.50".into()));
    row.share_percent = Some(decimal("79"));
    assert_eq!(computed(&row), Err("graded.level".into()));
}

#[test]
fn satisfaction_bands_include_their_lower_edge() {
    let mut row = ScoreIndicator { method: ScoringMethod::Satisfaction, ..leaf("≥90%", "90%") };
    for (actual, expected) in [("90%", "10.00"), ("89.9%", "8.00"), ("60%", "5.00"), ("59%", "0.00")] {
        row.actual_text = actual.into();
        assert_eq!(computed(&row), Ok(expected.into()), "{actual}");
    }
}

fn national_with(change: impl FnOnce(&mut RulePack)) -> crate::effective::EffectivePack {
    let mut packs = packs();
    change(&mut packs[0]);
    EffectivePack::resolve(&packs, &region(), "2022-12-31".parse().unwrap(), ObjectType::Project)
}

#[test]
fn nothing_is_earned_below_the_pass_threshold() {
    let pack = national_with(|pack| {
        pack.sections.quantitative[0].rule.pass =
            Some(PassThreshold { at_percent: decimal("60"), shape: PassShape::Shifted });
    });
    let scored = |actual: &str| score_indicator(&leaf("≥100个", actual), &pack).unwrap().0.computed.unwrap();
    assert_eq!(scored("80个"), decimal("5.00"));
    assert_eq!(scored("60个"), decimal("0.00"));
    assert_eq!(scored("59个"), decimal("0.00"));
}

#[test]
fn over_achievement_costs_points_only_where_a_pack_says_so() {
    let row = leaf("≥100个", "150个");
    let (scored, findings) = score_indicator(&row, &effective(ObjectType::Project)).unwrap();
    assert_eq!(
        (scored.computed, findings[0].code.as_str()),
        (Some(decimal("10.00")), "over_achievement.explain")
    );
    let pack = national_with(|pack| {
        if let Some(rule) = &mut pack.sections.over_achievement {
            rule.rule = OverAchievementRule::Reduce {
                trigger_percent: decimal("120"),
                points_percent: decimal("1"),
                floor_percent: decimal("50"),
            };
        }
    });
    assert_eq!(score_indicator(&row, &pack).unwrap().0.computed, Some(decimal("7.00")));
}

fn table(executed: &str) -> ScoreTable {
    let row = |source: &str| MoneyRow {
        source: source.into(),
        initial: None,
        annual: Some(money("1000000")),
        executed: Some(money(executed)),
    };
    let weighted = |weight: &str| ScoreIndicator { weight: decimal(weight), ..leaf("≥90%", "95%") };
    ScoreTable {
        indicators: vec![weighted("50"), weighted("30"), weighted("10")],
        money: Some(MoneyTable { total: row("合计"), rows: vec![row("当年财政拨款")] }),
        ..ScoreTable::default()
    }
}

#[test]
fn adds_up_grades_and_explains() {
    let card = score(&table("950000"), &effective(ObjectType::Project)).unwrap();
    assert_eq!((card.total, card.grade), (decimal("99.50"), Grade::Excellent));
    let text = card.execution.unwrap().explanation.to_chinese();
    assert!(text.contains("10 × 95% ÷ 100% = 9.5") && text.contains("财预〔2021〕101号"), "{text}");
    assert!(card.findings.is_empty());
}

#[test]
fn refuses_a_total_row_that_is_not_the_sum_of_its_rows() {
    let mut table = table("950000");
    if let Some(money) = &mut table.money {
        money.total.executed = Some(crate::fixture::money("0"));
    }
    let refusals = score(&table, &effective(ObjectType::Project)).unwrap_err();
    assert_eq!(refusals[0].rule, "money.total_equals_rows");
}

#[test]
fn paying_more_than_the_budget_earns_nothing_extra() {
    let card = score(&table("1100000"), &effective(ObjectType::Project)).unwrap();
    assert_eq!(card.total, decimal("100.00"));
    assert_eq!(card.findings[0].code, "execution.above_budget");
}

#[test]
fn rescales_what_does_not_apply() {
    let mut table = table("1000000");
    table.indicators[1].not_applicable = true;
    table.indicators[0].actual_text = "45%".into();
    let card = score(&table, &effective(ObjectType::Project)).unwrap();
    // 25 + 10 of 60, rescaled to 90, plus 10
    assert_eq!(card.total, decimal("62.50"));
}

#[test]
fn keeps_both_scores_of_an_override_and_asks_for_a_reason() {
    let mut table = table("1000000");
    table.indicators[0].overridden = Some(Override { score: decimal("45"), reason: String::new() });
    assert_eq!(score(&table, &effective(ObjectType::Project)).unwrap_err()[0].rule, "override.reason");
    table.indicators[0].overridden =
        Some(Override { score: decimal("45"), reason: "抽查发现数量不实".into() });
    let card = score(&table, &effective(ObjectType::Project)).unwrap();
    assert_eq!((card.rows[0].computed, card.rows[0].given), (Some(decimal("50.00")), Some(decimal("45"))));
    assert_eq!(card.total, decimal("95.00"));
    table.indicators[0].overridden = Some(Override { score: decimal("51"), reason: "高".into() });
    assert_eq!(score(&table, &effective(ObjectType::Project)).unwrap_err()[0].rule, "override.bounds");
}

#[test]
fn grades_by_half_open_bands() {
    let pack = effective(ObjectType::Project);
    for (total, grade) in [
        ("100", Grade::Excellent),
        ("90", Grade::Excellent),
        ("89.99", Grade::Good),
        ("60", Grade::Fair),
        ("0", Grade::Poor),
    ] {
        assert_eq!(grade_of(decimal(total), &pack).unwrap().grade, grade, "{total}");
    }
}
