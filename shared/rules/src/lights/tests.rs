use super::*;
use crate::fixture::{decimal, effective, money};
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
