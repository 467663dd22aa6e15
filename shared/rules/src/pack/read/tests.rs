use super::*;

const NATIONAL: &str = include_str!("../../../../../data/rule-packs/national-2021.json");

fn path_of(known: &str, wrong: &str) -> String {
    assert!(NATIONAL.contains(known), "{known}");
    RulePack::from_json(&NATIONAL.replacen(known, wrong, 1)).unwrap_err().path
}

#[test]
fn says_where_a_text_is_no_rule_pack() {
    assert_eq!(RulePack::from_json(NATIONAL).unwrap().code, "national-2021");
    assert_eq!(path_of("\"ge\"", "\"about\""), "sections.quantitative[0].rule.operators[0]");
    assert_eq!(path_of("\"cut_mode\"", "\"cutmode\""), "sections.rounding.rule.cutmode");
    assert_eq!(path_of("\"half_up\"", "\"banker\""), "sections.rounding.rule.mode");
    assert_eq!(path_of("\"2021-08-18\"", "\"2021-02-30\""), "valid_from");
    assert_eq!(path_of("\"000000000\"", "\"0\""), "layer");
    assert_eq!(RulePack::from_json(&format!("{NATIONAL} x")).unwrap_err().path, ".");
}

#[test]
fn a_fraction_must_be_a_string_so_that_nothing_is_lost() {
    assert_eq!(path_of("\"total\": \"100\"", "\"total\": 100.1"), "sections.target_review.rule.total");
    let long = "\"total\": 79228162514264337593543950336";
    assert_eq!(path_of("\"total\": \"100\"", long), "sections.target_review.rule.total");
    assert!(RulePack::from_json(&NATIONAL.replacen("\"total\": \"100\"", "\"total\": 100", 1)).is_ok());
}
