use super::*;
use crate::fixture::{decimal, effective, money};
use crate::score::score;
use crate::score::table::{MoneyRow, MoneyTable, ScoreIndicator};
use crate::word::ObjectType;

fn table(actual: &str, executed: &str) -> ScoreTable {
    let leaf = |code: &str, level1: &str, weight: &str| ScoreIndicator {
        code: code.into(),
        level1: level1.into(),
        name: "完成数".into(),
        target_text: "≥100个".into(),
        actual_text: actual.into(),
        weight: decimal(weight),
        ..ScoreIndicator::default()
    };
    let total =
        MoneyRow { annual: Some(money("1000")), executed: Some(money(executed)), ..MoneyRow::default() };
    ScoreTable {
        indicators: vec![leaf("1", "产出指标", "50"), leaf("2", "效益指标", "40")],
        money: Some(MoneyTable { total, rows: vec![] }),
        ..ScoreTable::default()
    }
}

fn codes(table: &ScoreTable, change: impl FnOnce(&mut SelfEvaluation<'_>)) -> Vec<String> {
    let pack = effective(ObjectType::Project);
    let card = score(table, &pack).unwrap();
    let note = |code: &str| RowNote { code: code.into(), has_evidence: true, ..RowNote::default() };
    let notes = [note("1"), note("2")];
    let mut evaluation = SelfEvaluation {
        table,
        card: &card,
        notes: &notes,
        reported_total: None,
        reported_grade: None,
        rechecked_total: None,
    };
    change(&mut evaluation);
    check(&evaluation, &pack).into_iter().map(|finding| finding.code).collect()
}

#[test]
fn a_plain_self_evaluation_has_no_findings() {
    assert!(codes(&table("100个", "1000"), |_| {}).is_empty());
}

#[test]
fn finds_each_implausibility_under_its_code() {
    assert_eq!(codes(&table("100个", "1000"), |own| own.notes = &[]), ["C16", "C16"]);
    assert_eq!(codes(&table("140个", "1000"), |_| {}), ["C17", "C17"]);
    assert_eq!(codes(&table("100个", "500"), |_| {}), ["C18"]);
    assert_eq!(codes(&table("100个", "1000"), |own| own.reported_total = Some(decimal("98"))), ["C19"]);
    assert_eq!(codes(&table("100个", "1000"), |own| own.reported_grade = Some(Grade::Good)), ["C19"]);
    assert_eq!(codes(&table("100个", "1000"), |own| own.rechecked_total = Some(decimal("90"))), ["C20"]);
    assert_eq!(codes(&table("50个", "1000"), |_| {}), ["C21", "C21"]);
    assert_eq!(codes(&table("100个", "1100"), |_| {}), ["C22"]);
    assert_eq!(codes(&table("≥100个", "1000"), |_| {}), ["C23"]);
}

#[test]
fn a_self_evaluation_far_from_its_recheck_is_marked_down() {
    let pack = effective(ObjectType::Project);
    for (own, rechecked, grade) in [
        ("98", "98", Grade::Excellent),
        ("98", "93.01", Grade::Excellent),
        ("98", "93", Grade::Good),
        ("88", "98", Grade::Fair),
        ("98", "60", Grade::Poor),
    ] {
        let marked = grade_recheck(decimal(own), decimal(rechecked), &pack).unwrap();
        assert_eq!(marked.grade, grade, "{own} against {rechecked}");
    }
}

#[test]
fn outputs_and_benefits_below_their_share_are_remarked_on() {
    let mut table = table("100个", "1000");
    assert_eq!(codes(&table, |_| {}), [""; 0]);
    table.indicators[0].level1 = "过程".into();
    table.indicators[0].weight = decimal("30");
    table.indicators[1].weight = decimal("60");
    assert_eq!(codes(&table, |_| {}), [""; 0], "60 of 100 are enough");
    table.indicators[0].weight = decimal("30.01");
    table.indicators[1].weight = decimal("59.99");
    assert_eq!(codes(&table, |_| {}), ["C24"]);
}
