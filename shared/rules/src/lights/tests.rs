use super::*;
use crate::fixture::{decimal, effective, money};
use crate::pack::LightClassKind;
use crate::word::ObjectType;

fn progress(as_of: &str, paid: &str) -> ExecutionProgress {
    ExecutionProgress {
        year: 2022.try_into().unwrap(),
        as_of: as_of.parse().unwrap(),
        budget: money("1000000"),
        paid: money(paid),
        planned_percent: None,
        suspended: false,
    }
}

fn colour(progress: &ExecutionProgress) -> Light {
    execution(progress, &effective(ObjectType::Project)).unwrap().light
}

#[test]
fn the_light_turns_with_the_points_behind_the_time() {
    for (as_of, paid, light) in [
        ("2022-06-30", "500000", Light::Green),
        ("2022-06-30", "400000.01", Light::Green),
        ("2022-06-30", "400000", Light::Yellow),
        ("2022-06-30", "300000", Light::Red),
        ("2022-06-29", "320000", Light::Green),
        ("2023-01-05", "850000", Light::Yellow),
        ("2021-12-31", "0", Light::Green),
        ("2022-06-30", "1000001", Light::Red),
    ] {
        assert_eq!(colour(&progress(as_of, paid)), light, "{as_of} {paid}");
    }
}

#[test]
fn a_payment_plan_goes_before_the_calendar_and_suspension_before_both() {
    let mut planned = progress("2022-06-30", "0");
    planned.planned_percent = Some(decimal("5"));
    assert_eq!(colour(&planned), Light::Green);
    planned.suspended = true;
    assert_eq!(colour(&planned), Light::Suspended);
    let unfunded = ExecutionProgress { budget: money("0"), ..progress("2022-06-30", "0") };
    assert_eq!(colour(&unfunded), Light::Unlit);
}

fn indicator(operator: Operator, interim: Option<&str>, latest: Option<&str>) -> IndicatorProgress {
    IndicatorProgress {
        code: "1".into(),
        name: "养护里程".into(),
        operator,
        interim: interim.map(decimal),
        along: None,
        latest: latest.map(decimal),
    }
}

#[test]
fn the_worst_indicator_decides_the_result_light() {
    let lit = |indicators: Vec<IndicatorProgress>| {
        result(&ResultProgress { suspended: false, indicators }, &effective(ObjectType::Project)).unwrap()
    };
    let good = indicator(Operator::Ge, Some("100"), Some("100"));
    assert_eq!(lit(vec![]).light, Light::Unlit);
    assert_eq!(lit(vec![good.clone(), indicator(Operator::Ge, None, None)]).light, Light::Green);
    assert_eq!(lit(vec![good.clone(), indicator(Operator::Ge, Some("100"), None)]).light, Light::Yellow);
    assert_eq!(lit(vec![good.clone(), indicator(Operator::Le, Some("0"), Some("1"))]).light, Light::Red);
    let lit = lit(vec![good, indicator(Operator::Ge, Some("100"), Some("85"))]);
    assert_eq!((lit.light, lit.behind), (Light::Yellow, Some(decimal("15"))));
    assert!(lit.explanation.to_chinese().contains("阶段值 100，读数 85，落后 15%"));
}

fn facts(as_of: &str, paid: &str) -> ClassFacts {
    ClassFacts {
        execution: progress(as_of, paid),
        results: ResultProgress::default(),
        overdue: vec![],
        achieved_percent: None,
        idle: None,
    }
}

fn classes(facts: &ClassFacts) -> Vec<(LightClassKind, Light)> {
    let found = classify(facts, &effective(ObjectType::Project)).unwrap();
    found.into_iter().map(|found| (found.class, found.light)).collect()
}

#[test]
fn what_is_wrong_is_told_apart_and_each_once_with_its_worst_light() {
    assert_eq!(classes(&facts("2022-06-30", "500000")), []);
    assert_eq!(classes(&facts("2022-06-30", "400000")), [(LightClassKind::SlowExecution, Light::Yellow)]);
    assert_eq!(classes(&facts("2022-06-30", "300000")), [(LightClassKind::SlowExecution, Light::Red)]);
    assert_eq!(classes(&facts("2022-06-30", "1000000.01")), [(LightClassKind::Overspending, Light::Red)]);
    let late = ClassFacts {
        overdue: vec![OverdueReading { name: "养护里程".into(), due: "2022-06-19".parse().unwrap() }],
        results: ResultProgress {
            suspended: false,
            indicators: vec![indicator(Operator::Ge, Some("100"), Some("79"))],
        },
        achieved_percent: Some(decimal("49.99")),
        ..facts("2022-06-30", "800000")
    };
    assert_eq!(
        classes(&late),
        [
            (LightClassKind::ResultBehind, Light::Red),
            (LightClassKind::ReadingOverdue, Light::Yellow),
            (LightClassKind::MoneyWithoutResults, Light::Red),
        ]
    );
    let early = ClassFacts { achieved_percent: Some(decimal("80")), ..facts("2022-03-31", "299999.99") };
    assert_eq!(classes(&early), [(LightClassKind::ResultsWithoutMoney, Light::Yellow)]);
}

#[test]
fn idle_money_shows_after_its_days_but_not_while_suspended() {
    let mut idle = ClassFacts {
        idle: Some(IdleMoney { amount: money("10000"), since: "2022-01-01".parse().unwrap() }),
        ..facts("2022-03-31", "250000")
    };
    assert_eq!(classes(&idle), []);
    idle.execution.as_of = "2022-04-01".parse().unwrap();
    assert_eq!(classes(&idle), [(LightClassKind::IdleMoney, Light::Yellow)]);
    idle.execution.as_of = "2022-06-30".parse().unwrap();
    idle.execution.paid = money("500000");
    assert_eq!(classes(&idle), [(LightClassKind::IdleMoney, Light::Red)]);
    idle.execution.suspended = true;
    assert_eq!(classes(&idle), []);
}

#[test]
fn results_are_added_up_by_points_between_nothing_and_all() {
    let part = |operator, target: &str, latest: Option<&str>, weight: &str| Achievement {
        operator,
        target: decimal(target),
        latest: latest.map(decimal),
        weight: decimal(weight),
    };
    assert_eq!(achieved(&[]).unwrap(), None);
    let parts = [
        part(Operator::Ge, "100", Some("250"), "20"),
        part(Operator::Ge, "100", Some("50"), "20"),
        part(Operator::Le, "0", Some("1"), "10"),
        part(Operator::Ge, "100", None, "50"),
    ];
    assert_eq!(achieved(&parts).unwrap(), Some(decimal("30")));
}

fn steadied(standing: Light, since: &str, paid: &str) -> Light {
    let pack = effective(ObjectType::Project);
    let as_of = "2022-06-30".parse().unwrap();
    let lit = execution(&progress("2022-06-30", paid), &pack).unwrap();
    let standing = Standing { light: standing, since: since.parse().unwrap() };
    steady(lit, Line::Execution, &standing, as_of, &pack).light
}

#[test]
fn a_light_turns_worse_at_once_and_better_with_a_margin_and_time() {
    // half of 1,000,000 is expected; yellow from 10 points behind, red from 20, a margin of 2, three days
    for (standing, since, paid, light) in [
        (Light::Green, "2022-06-30", "400000", Light::Yellow),
        (Light::Green, "2022-06-30", "300000", Light::Red),
        (Light::Red, "2022-06-01", "310000", Light::Red),
        (Light::Red, "2022-06-01", "320000", Light::Red),
        (Light::Red, "2022-06-01", "320000.01", Light::Yellow),
        (Light::Red, "2022-06-01", "410000", Light::Yellow),
        (Light::Red, "2022-06-01", "420000.01", Light::Green),
        (Light::Red, "2022-06-28", "500000", Light::Red),
        (Light::Red, "2022-06-27", "500000", Light::Green),
        (Light::Yellow, "2022-06-01", "420000", Light::Yellow),
        (Light::Yellow, "2022-06-01", "430000", Light::Green),
        (Light::Suspended, "2022-06-30", "430000", Light::Green),
        (Light::Unlit, "2022-06-30", "430000", Light::Green),
    ] {
        assert_eq!(steadied(standing, since, paid), light, "{standing:?} since {since}, paid {paid}");
    }
}

#[test]
fn a_light_that_changes_often_flaps() {
    let pack = effective(ObjectType::Project);
    let as_of = "2022-06-30".parse().unwrap();
    let days = |days: &[&str]| days.iter().map(|day| day.parse().unwrap()).collect::<Vec<Date>>();
    assert!(flapping(&days(&["2022-06-01", "2022-06-10", "2022-06-30"]), as_of, &pack).is_some());
    assert!(flapping(&days(&["2022-05-31", "2022-06-10", "2022-06-30"]), as_of, &pack).is_none());
    assert!(flapping(&days(&["2022-06-01", "2022-06-10", "2022-07-01"]), as_of, &pack).is_none());
}

#[test]
fn what_adds_up_over_the_year_is_expected_at_its_progress_where_the_pack_says_so() {
    let pack = effective(ObjectType::Project);
    let annual =
        |level2, operator, target: &str, unit| Annual { level2, operator, target: decimal(target), unit };
    let length = annual("数量指标", Operator::Ge, "90", "公里");
    let due = |annual: &Annual<'_>, day: &str, pack: &EffectivePack| {
        along_progress(annual, 2022.try_into().unwrap(), day.parse().unwrap(), pack).unwrap()
    };
    for (day, value) in [
        ("2022-01-30", None),
        ("2022-01-31", Some(("7.5", "按时间进度 8.33%"))),
        ("2022-06-30", Some(("45", "按时间进度 50%"))),
        ("2022-07-31", Some(("52.5", "按时间进度 58.33%"))),
        ("2023-01-05", Some(("90", "按时间进度 100%"))),
        ("2021-12-31", None),
    ] {
        assert_eq!(
            due(&length, day, &pack),
            value.map(|(value, how)| (decimal(value), how.to_owned())),
            "{day}"
        );
    }
    for other in [
        annual("质量指标", Operator::Ge, "90", "公里"),
        annual("数量指标", Operator::Le, "90", "公里"),
        annual("数量指标", Operator::Ge, "90", "%"),
        annual("数量指标", Operator::Ge, "0", "公里"),
    ] {
        assert_eq!(due(&other, "2022-06-30", &pack), None, "{other:?}");
    }
    let mut silent = pack.clone();
    silent.rules.light_result.as_mut().unwrap().rule.without_interim = None;
    assert_eq!(due(&length, "2022-06-30", &silent), None);
    let late = IndicatorProgress {
        along: Some("按时间进度 50%".into()),
        ..indicator(Operator::Ge, Some("45"), Some("36"))
    };
    let results = ResultProgress { suspended: false, indicators: vec![late] };
    let lit = result(&results, &pack).unwrap();
    assert_eq!(lit.light, Light::Red);
    let told = lit.explanation.to_chinese();
    assert!(told.contains("应达值（按时间进度 50%） 45，读数 36，落后 20%"), "{told}");
    let behind = ClassFacts { results, ..facts("2022-06-30", "500000") };
    assert_eq!(classes(&behind), [(LightClassKind::ResultBehind, Light::Red)]);
}
