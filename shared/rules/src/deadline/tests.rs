use super::*;
use crate::fixture::{effective, working_days};

fn pack() -> EffectivePack {
    let mut pack = effective(ObjectType::Project);
    pack.rules.working_days = working_days();
    pack
}

fn last(from: &str, days: u32, counted: DayKind) -> String {
    last_day(Days { days, counted }, from.parse().unwrap(), &pack()).0.to_string()
}

#[test]
fn the_day_of_the_event_is_not_counted() {
    assert_eq!(last("2022-03-01", 1, DayKind::Calendar), "2022-03-02");
    assert_eq!(last("2022-02-20", 20, DayKind::Calendar), "2022-03-12");
    assert_eq!(last("2022-03-04", 1, DayKind::Working), "2022-03-07");
}

#[test]
fn holidays_are_left_out_and_weekends_that_are_worked_count() {
    // 2022: off from 1 to 7 October, worked on Saturday 8 and Sunday 9
    assert_eq!(last("2022-09-30", 1, DayKind::Working), "2022-10-08");
    assert_eq!(last("2022-09-30", 3, DayKind::Working), "2022-10-10");
}

#[test]
fn a_year_without_its_holidays_is_counted_by_weekends_and_says_so() {
    let from = "2026-12-31".parse().unwrap();
    let (date, unlisted) = last_day(Days { days: 1, counted: DayKind::Working }, from, &pack());
    assert_eq!((date.to_string().as_str(), unlisted), ("2027-01-01", Some(2027)));
    let due = due(Act::MonitoringAnswer, ObjectType::Project, from, &pack()).unwrap();
    assert!(due.explanation.to_chinese().contains("2027 年的节假日安排尚未列入规则包"));
}

#[test]
fn a_rule_for_the_object_type_goes_before_one_for_any() {
    let mut pack = pack();
    let from = "2022-03-01".parse().unwrap();
    let date =
        |pack: &EffectivePack| due(Act::Feedback, ObjectType::Bond, from, pack).unwrap().date.to_string();
    assert_eq!(date(&pack), "2022-03-21");
    let mut bonds = pack.rules.deadlines[0].clone();
    bonds.rule.object_types = vec![ObjectType::Bond];
    bonds.rule.limit.days = 10;
    pack.rules.deadlines.push(bonds);
    assert_eq!(date(&pack), "2022-03-11");
    pack.rules.deadlines.clear();
    let refusal = due(Act::Feedback, ObjectType::Bond, from, &pack).unwrap_err();
    assert_eq!(refusal.rule, "deadline.none");
}

#[test]
fn counting_ends_at_the_end_of_time() {
    let end: Date = "9999-12-31".parse().unwrap();
    assert_eq!(last_day(Days { days: 1000, counted: DayKind::Working }, end, &pack()).0, end);
}
