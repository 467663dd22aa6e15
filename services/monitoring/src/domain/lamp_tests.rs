use std::sync::Arc;

use hengji_kernel::Money;
use hengji_rules::pack::RulePack;
use proptest::prelude::*;

use super::*;
use crate::domain::{Baseline, ProjectFacts, ProjectKey, Reading};

const PROJECT: &str = "regions/640323000/years/2021/projects/P1";

fn pack() -> Arc<EffectivePack> {
    let pack = RulePack::from_json(include_str!("../../../../data/rule-packs/national-2021.json")).unwrap();
    let (region, day) = ("640323000".parse().unwrap(), "2021-12-31".parse().unwrap());
    Arc::new(EffectivePack::resolve(&[pack], &region, day, ObjectType::Project))
}

fn yuan(text: &str) -> Money {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// 900000 of 1000000 issued; 40 of 90 km due by June, 70 by September.
fn position() -> Position {
    let facts = ProjectFacts {
        title: "农村公路养护".into(),
        unit: "219001".parse().unwrap(),
        initial: yuan("1000000"),
        budget: yuan("1000000"),
        additions: vec![],
        fund_kind: None,
        marks: vec![],
    };
    let indicator = serde_json::json!({
        "code": "1", "title": "养护里程", "operator": "ge", "direction": "positive", "value": "90",
        "value_text": "≥90公里", "unit": "公里", "weight": "50", "interim": { "6": "40", "9": "70" },
    });
    let baseline = Baseline {
        target: "regions/640323000/years/2021/targets/T1".into(),
        version: 1,
        object: ObjectType::Project,
        indicators: vec![serde_json::from_value(indicator).unwrap()],
    };
    let mut position =
        Position::open(ProjectKey::parse(PROJECT).unwrap(), &facts, &baseline, day("2021-01-10"));
    position.issue(yuan("900000"), day("2021-01-10")).unwrap();
    position.relight(&pack());
    position
}

fn pay(position: &mut Position, amount: &str, date: &str) -> Vec<LightChange> {
    position.paid += yuan(amount);
    position.last_paid = position.last_paid.max(Some(day(date)));
    position.look_at(day(date), &pack())
}

fn read(position: &mut Position, number: i64, date: &str) -> Vec<LightChange> {
    position.take_in(&Reading {
        region: position.project.region.clone(),
        year: position.project.year,
        id: date.into(),
        object: PROJECT.into(),
        unit: position.unit.clone(),
        code: "1".into(),
        text: format!("{number}公里"),
        numerator: None,
        denominator: None,
        date: day(date),
        evidence: String::new(),
        number: Some(number.into()),
        parts: vec![],
        source: String::new(),
        corrects: String::new(),
        correction_reason: String::new(),
    });
    position.relight(&pack())
}

fn classes(position: &Position) -> Vec<(WarningClass, Light)> {
    position.warnings.iter().map(|warning| (warning.class, warning.light)).collect()
}

#[test]
fn a_new_version_of_the_target_tells_only_of_lights_that_turn() {
    let mut position = position();
    read(&mut position, 40, "2021-06-30");
    let mut indicator = position.indicators[0].clone();
    (indicator.latest, indicator.lit) = (None, None);
    let baseline = |version, indicator: &crate::domain::Indicator| Baseline {
        target: position.target.clone(),
        version,
        object: ObjectType::Project,
        indicators: vec![indicator.clone()],
    };
    let same = baseline(2, &indicator);
    indicator.interim = indicator.interim.into_keys().map(|month| (month, 400.into())).collect();
    let harder = baseline(3, &indicator);
    position.rebase(&same);
    assert_eq!(position.relight(&pack()), []);
    position.rebase(&harder);
    assert!(!position.relight(&pack()).is_empty());
}

#[test]
fn what_is_wrong_is_told_apart() {
    use WarningClass::*;
    let mut position = position();
    assert_eq!(classes(&position), []);
    // nothing happens: money lies, nothing is read
    position.look_at(day("2021-07-31"), &pack());
    assert_eq!(
        classes(&position),
        [(SlowExecution, Light::Red), (ReadingOverdue, Light::Red), (IdleMoney, Light::Red)]
    );
    assert!(position.warnings.iter().all(|warning| !warning.explanation.steps.is_empty()));
    // a suspension is no slowness
    position.suspension = "regions/640323000/years/2021/suspensions/S1".into();
    position.relight(&pack());
    assert_eq!(classes(&position), [(ReadingOverdue, Light::Red)]);
    position.suspension.clear();

    read(&mut position, 20, "2021-07-31");
    assert!(classes(&position).contains(&(ResultBehind, Light::Red)), "{:?}", classes(&position));
    pay(&mut position, "850000", "2021-08-31");
    let found = classes(&position);
    assert!(found.iter().any(|(class, _)| *class == MoneyWithoutResults), "{found:?}");
    assert!(!found.iter().any(|(class, _)| matches!(class, SlowExecution | IdleMoney)), "{found:?}");
}

#[test]
fn a_warning_that_goes_is_told_like_one_that_comes() {
    let mut position = position();
    let came = position.look_at(day("2021-07-31"), &pack());
    let overdue = Which::Warning(WarningClass::ReadingOverdue);
    let turned = |changes: &[LightChange]| {
        let found = changes.iter().find(|change| change.which == overdue);
        found.map(|change| (change.before, change.after))
    };
    assert_eq!(turned(&came), Some((Light::Unlit, Light::Red)));
    let went = read(&mut position, 45, "2021-07-31");
    assert_eq!(turned(&went), Some((Light::Red, Light::Unlit)));
    assert!(went.iter().any(|change| change.which == Which::Indicator("1".into())));
    assert_eq!(position.look_at(day("2021-07-31"), &pack()), []);
}

#[test]
fn a_light_turns_worse_at_once_and_better_only_after_a_while() {
    let mut position = position();
    position.look_at(day("2021-06-30"), &pack());
    assert_eq!(position.money.light, Light::Red);
    // what is put right on the same day has never been wrong
    pay(&mut position, "450000", "2021-06-30");
    assert_eq!((position.money.light, position.money_history.changes.len()), (Light::Green, 0));
    position.look_at(day("2021-08-31"), &pack());
    assert_eq!(position.money.light, Light::Red);
    pay(&mut position, "200000", "2021-09-01");
    assert_eq!(position.money.light, Light::Red, "{:?}", position.money.explanation);
    assert!(position.money.explanation.steps.iter().any(|step| step.text.contains("暂不转好")));
    position.look_at(day("2021-09-03"), &pack());
    assert_eq!(position.money.light, Light::Green);
    assert_eq!(position.money_history.changes, [day("2021-08-31"), day("2021-09-03")]);
}

#[test]
fn a_position_of_before_there_were_warnings_is_read_and_judged() {
    let mut old = serde_json::to_value(position().funds).unwrap();
    let fields = old.as_object_mut().unwrap();
    for field in ["money_history", "result_history", "warnings", "last_paid", "fund_kind", "marks", "results"]
    {
        fields.remove(field);
    }
    let mut read = Position { funds: serde_json::from_value(old).unwrap(), ..position() };
    read.look_at(day("2021-07-31"), &pack());
    assert_eq!(read.warnings.len(), 3);
}

proptest! {
    #[test]
    fn a_light_never_shows_better_than_the_rules_say(
        steps in proptest::collection::vec((0_i64..40, 0_i64..20_000_000, any::<bool>()), 1..25),
    ) {
        let pack = pack();
        let mut position = position();
        let mut date = day("2021-01-10");
        for (days, fen, refund) in steps {
            date = date.plus_days(days);
            let amount = Money::from_fen(if refund { -fen.min(position.paid.fen()) } else { fen });
            position.paid += amount;
            position.look_at(date, &pack);
            let plain = lights::execution(&position.execution(false), &pack).unwrap();
            prop_assert!(position.money.light >= plain.light);
            let mut ordered = position.money_history.changes.clone();
            ordered.sort_unstable();
            ordered.dedup();
            prop_assert_eq!(&ordered, &position.money_history.changes);
            let mut classes: Vec<_> = position.warnings.iter().map(|warning| warning.class).collect();
            classes.dedup();
            prop_assert_eq!(classes.len(), position.warnings.len());
        }
    }
}

#[test]
fn an_indicator_without_interim_values_is_held_against_the_progress_of_the_year_once_it_was_read() {
    let mut position = position();
    position.indicators[0].interim.clear();
    position.indicators[0].level2 = "数量指标".into();
    position.look_at(day("2021-06-30"), &pack());
    assert_eq!(position.result.light, Light::Unlit, "nothing was due to be read");
    read(&mut position, 36, "2021-06-30");
    assert_eq!((position.result.light, position.indicators[0].along), (Light::Red, Some(45.into())));
    assert!(position.warnings.iter().any(|warning| warning.class == WarningClass::ResultBehind));
    let told = position.result.explanation.to_chinese();
    assert!(told.contains("应达值（按时间进度 50%） 45，读数 36"), "{told}");
    read(&mut position, 90, "2021-12-31");
    assert_eq!((position.result.light, position.indicators[0].along), (Light::Green, None));
}
