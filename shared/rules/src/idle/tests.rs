use super::*;
use crate::fixture::{effective, money};
use crate::word::ObjectType;

fn aged(amount: &str, as_of: &str) -> Option<Aged> {
    let since = "2021-01-01".parse().unwrap();
    age(money(amount), since, as_of.parse().unwrap(), &effective(ObjectType::Project)).unwrap()
}

#[test]
fn money_grows_old_by_days() {
    for (as_of, days, light) in [
        ("2021-01-01", 0, Light::Green),
        ("2021-03-31", 89, Light::Green),
        ("2021-04-01", 90, Light::Yellow),
        ("2021-06-30", 180, Light::Red),
        ("2022-12-31", 729, Light::Red),
    ] {
        let aged = aged("10000", as_of).unwrap();
        assert_eq!((aged.days, aged.light), (days, light), "{as_of}");
    }
    assert_eq!(aged("10000", "2023-01-01").unwrap().name, "2 年以上");
}

#[test]
fn little_money_and_money_yet_to_come_are_not_listed() {
    assert_eq!(aged("9999.99", "2022-01-01"), None);
    assert_eq!(aged("-20000", "2022-01-01"), None);
    assert_eq!(aged("20000", "2020-12-31"), None);
}
