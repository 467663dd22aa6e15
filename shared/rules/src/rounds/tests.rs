use super::*;
use crate::fixture::{decimal, effective, money, region, variant};
use crate::pack::RulePack;

fn of(code: &str, at: &str) -> EffectivePack {
    let mut packs = crate::fixture::packs();
    packs.push(RulePack { layer: region(), ..variant(code) });
    EffectivePack::resolve(&packs, &region(), at.parse().unwrap(), ObjectType::Project)
}

fn days(pack: &EffectivePack, year: i32) -> Vec<(String, String)> {
    let rounds = rounds(year.try_into().unwrap(), ObjectType::Project, pack).unwrap();
    rounds.iter().map(|round| (round.cut_off.to_string(), round.due.to_string())).collect()
}

#[test]
fn the_nation_looks_once_a_year_and_a_district_each_quarter() {
    let national = effective(ObjectType::Project);
    assert_eq!(days(&national, 2022), [("2022-07-31".to_owned(), "2022-08-31".to_owned())]);
    let quarterly = days(&of("quarterly-monitoring", "2022-12-31"), 2022);
    let cut_offs: Vec<_> = quarterly.iter().map(|(cut_off, _)| cut_off.as_str()).collect();
    assert_eq!(cut_offs, ["2022-03-31", "2022-06-30", "2022-09-30", "2022-12-31"]);
    assert_eq!(quarterly[3].1, "2023-01-15");
}

#[test]
fn day_31_is_the_last_day_of_any_month() {
    let mut pack = effective(ObjectType::Project);
    pack.rules.monitoring_calendar[0].rule.rounds[0].cut_off.month = 2;
    assert_eq!(days(&pack, 2024)[0].0, "2024-02-29");
    assert_eq!(days(&pack, 2023)[0].0, "2023-02-28");
    pack.rules.monitoring_calendar[0].rule.rounds[0].cut_off.month = 13;
    assert!(rounds(2023.try_into().unwrap(), ObjectType::Project, &pack).is_err());
}

#[test]
fn units_report_to_their_department_before_it_reports_on() {
    let pack = of("special-funds-monitoring", "2022-12-31");
    let rounds = rounds(2022.try_into().unwrap(), ObjectType::Transfer, &pack).unwrap();
    let round = &rounds[0];
    assert_eq!(round.unit_due, Some("2022-10-20".parse().unwrap()));
    assert_eq!(round.due, "2022-10-31".parse().unwrap());
    assert!(days(&pack, 2022).is_empty(), "a calendar for transfers is none for projects");
}

#[test]
fn a_key_round_takes_large_and_slow_projects_only() {
    let pack = of("taiyuan-monitoring", "2022-12-31");
    let selected = |budget: &str, rate: Option<&str>| {
        let facts = RoundFacts {
            object_type: ObjectType::Project,
            budget: money(budget),
            rate_percent: rate.map(decimal),
            marks: vec![],
        };
        selects("monitoring.key", &facts, &pack).unwrap()
    };
    assert!(selected("2000000.01", Some("59.99")).0);
    assert!(!selected("2000000", Some("10")).0, "above is not from");
    assert!(!selected("3000000", Some("60")).0);
    let (taken, why) = selected("3000000", None);
    assert!(!taken && why.to_chinese().contains("没有预算"));
    assert!(
        selects(
            "nowhere",
            &RoundFacts {
                object_type: ObjectType::Project,
                budget: money("1"),
                rate_percent: None,
                marks: vec![],
            },
            &pack
        )
        .is_err()
    );
}
