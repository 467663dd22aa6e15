use super::*;
use crate::fixture::{decimal, effective};
use crate::pack::{Cited, ProgressCurve};
use crate::word::ObjectType;

fn with_curve(months: &[&str]) -> EffectivePack {
    let mut pack = effective(ObjectType::Project);
    pack.rules.progress_curve = Some(Cited {
        id: "curve".into(),
        document: "local".into(),
        note: None,
        confidence: None,
        rule: ProgressCurve { month_end_percent: months.iter().map(|month| decimal(month)).collect() },
        origin: None,
    });
    pack
}

fn at(pack: &EffectivePack, day: &str, counted: ExpectedBy) -> Decimal {
    expected(2022.try_into().unwrap(), day.parse().unwrap(), counted, pack).unwrap().percent
}

#[test]
fn without_a_curve_the_year_is_expected_evenly() {
    let pack = effective(ObjectType::Project);
    for (day, months, days) in [
        ("2021-12-31", "0", "0"),
        ("2022-01-01", "0", "0.2739726027397260273972602740"),
        ("2022-06-30", "50", "49.589041095890410958904109589"),
        ("2022-12-31", "100", "100"),
        ("2023-01-01", "100", "100"),
    ] {
        assert_eq!(at(&pack, day, ExpectedBy::CompletedMonths), decimal(months), "{day}");
        assert_eq!(at(&pack, day, ExpectedBy::Days).round_dp(20), decimal(days).round_dp(20), "{day}");
    }
}

#[test]
fn a_curve_says_what_each_month_should_have_reached() {
    let pack = with_curve(&["5", "10", "20", "30", "40", "50", "60", "70", "80", "90", "95", "100"]);
    for (day, months, days) in [
        ("2021-12-31", "0", "0"),
        ("2022-01-30", "0", "4.84"),
        ("2022-01-31", "5", "5"),
        ("2022-02-14", "5", "7.5"),
        ("2022-11-30", "95", "95"),
        ("2022-12-30", "95", "99.84"),
        ("2022-12-31", "100", "100"),
        ("2023-02-01", "100", "100"),
    ] {
        assert_eq!(at(&pack, day, ExpectedBy::CompletedMonths), decimal(months), "{day}");
        assert_eq!(at(&pack, day, ExpectedBy::Days).round_dp(2), decimal(days), "{day}");
    }
}

#[test]
fn a_curve_that_misses_a_month_is_refused_by_name() {
    let refusal = expected(
        2022.try_into().unwrap(),
        "2022-12-31".parse().unwrap(),
        ExpectedBy::Days,
        &with_curve(&["50"]),
    )
    .unwrap_err();
    assert_eq!(refusal.rule, "progress.curve");
}
