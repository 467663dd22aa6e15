//! The shipped national content: packs fit to activate, indicators and templates complete and cited.

mod data;

use hengji_kernel::{Date, RegionCode};
use hengji_rules::{Confidence, Direction, EffectivePack, Nature, ObjectType, check};
use rust_decimal::Decimal;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "the shape itself is what is tested")]
struct Indicator {
    code: String,
    title: String,
    level1: String,
    level2: String,
    object_type: ObjectType,
    common: bool,
    industry: Option<String>,
    definition: String,
    #[serde(default)]
    formula: String,
    direction: Direction,
    nature: Nature,
    #[serde(default)]
    unit: String,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
    document: String,
    confidence: Confidence,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "the shape itself is what is tested")]
struct Template {
    code: String,
    title: String,
    object_type: ObjectType,
    year_from: i32,
    year_to: Option<i32>,
    generation: String,
    execution_weight: Decimal,
    rows: Vec<TemplateRow>,
    document: String,
    confidence: Confidence,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateRow {
    level1: String,
    level2: Vec<String>,
    weight: Decimal,
}

fn national(date: &str) -> EffectivePack {
    let region: RegionCode = "640323000".parse().expect("code");
    let date: Date = date.parse().expect("date");
    let packs: Vec<_> = data::documents("rule-packs")
        .iter()
        .map(|(_, text)| serde_json::from_str(text).expect("pack"))
        .collect();
    EffectivePack::resolve(&packs, &region, date, ObjectType::Project)
}

#[test]
fn every_shipped_pack_may_be_activated() {
    for pack in data::packs() {
        let findings = check(&pack);
        assert!(findings.is_empty(), "{}: {findings:#?}", pack.code);
    }
}

#[test]
fn each_year_has_one_national_pack_and_every_section() {
    for (date, expected) in
        [("2017-12-31", "national-2020"), ("2021-08-18", "national-2021"), ("2026-01-01", "national-2021")]
    {
        let pack = national(date);
        let codes: Vec<_> = pack.layers.iter().map(|origin| origin.pack.as_str()).collect();
        assert!(
            codes.contains(&expected)
                && codes.iter().filter(|code| code.starts_with("national")).count() == 1
        );
        let rules = &pack.rules;
        assert!(rules.execution.is_some() && rules.grades.is_some() && rules.rounding.is_some());
        assert!(rules.target_review.is_some() && rules.applicability.is_some());
        assert!(rules.light_execution.is_some() && rules.light_result.is_some());
        assert!(!rules.quantitative.is_empty() && !rules.weights.is_empty() && !rules.ex_ante.is_empty());
        assert!(!rules.target_quality.is_empty() && !rules.plausibility.is_empty());
    }
}

#[test]
fn the_linkage_preset_says_that_it_is_not_law() {
    let preset = data::packs().into_iter().find(|pack| pack.code == "demo-linkage").expect("shipped");
    assert!(preset.note.is_some_and(|note| note.contains("不是法规")));
    assert!(data::packs().iter().all(|pack| pack.code == "demo-linkage" || pack.sections.linkage.is_empty()));
}

#[test]
fn common_indicators_are_named_defined_and_cited() {
    let mut codes = Vec::new();
    for (name, text) in data::documents("indicators") {
        let indicators: Vec<Indicator> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        for indicator in indicators {
            assert!(!indicator.title.is_empty() && !indicator.definition.is_empty(), "{}", indicator.code);
            assert!(!indicator.document.is_empty() && !indicator.level2.is_empty(), "{}", indicator.code);
            // a count is what it is; a rate or a ratio says how it is computed
            let computed = matches!(indicator.unit.as_str(), "%" | "倍" | "月" | "元");
            assert_eq!(computed, !indicator.formula.is_empty(), "{}", indicator.code);
            assert_eq!(
                indicator.nature == Nature::Quantitative,
                !indicator.unit.is_empty(),
                "{}",
                indicator.code
            );
            assert!(!codes.contains(&indicator.code), "{} twice", indicator.code);
            codes.push(indicator.code);
        }
    }
    assert!(codes.len() >= 140, "{} indicators", codes.len());
}

#[test]
fn template_weights_make_a_hundred_with_the_execution_row() {
    let mut generations = Vec::new();
    for (name, text) in data::documents("templates") {
        let templates: Vec<Template> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        for template in templates {
            let sum: Decimal = template.rows.iter().map(|row| row.weight).sum();
            assert_eq!(sum + template.execution_weight, Decimal::ONE_HUNDRED, "{}", template.code);
            assert!(template.rows.iter().all(|row| !row.level1.is_empty() && !row.level2.is_empty()));
            generations.push(template.generation);
        }
    }
    assert!(generations.contains(&"2015".to_owned()) && generations.contains(&"2021".to_owned()));
}
