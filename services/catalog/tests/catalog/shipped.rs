//! The content the suite ships with goes in whole, and the past is scored by it.

use hengji_proto::catalog::v1 as pb;
use hengji_proto::common::v1::{Grade, ObjectKind};
use hengji_testkit::request_id;
use serde_json::Value;

use crate::common::*;

fn entries(folder: &str) -> Vec<Value> {
    let read = |(name, text): (String, String)| -> Vec<Value> {
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let entries: Vec<_> = shipped(folder).into_iter().flat_map(read).collect();
    assert!(!entries.is_empty(), "{folder} ships nothing");
    entries
}

fn text(entry: &Value, field: &str) -> String {
    entry[field].as_str().unwrap_or_default().to_owned()
}

fn kind(entry: &Value) -> i32 {
    match entry["object_type"].as_str() {
        Some("project") => ObjectKind::Project,
        Some("policy") => ObjectKind::Policy,
        Some("department") => ObjectKind::Department,
        Some("social_insurance_fund") => ObjectKind::SocialInsuranceFund,
        Some("bond") => ObjectKind::SpecialBond,
        Some("transfer") => ObjectKind::Transfer,
        other => panic!("object type {other:?}"),
    }
    .into()
}

fn indicator_of(entry: &Value) -> pb::Indicator {
    pb::Indicator {
        code: text(entry, "code"),
        title: text(entry, "name"),
        level1: text(entry, "level1"),
        level2: text(entry, "level2"),
        common: true,
        object_kind: kind(entry),
        layer: NATION.into(),
        direction: match entry["direction"].as_str() {
            Some("positive") => pb::Direction::HigherBetter,
            Some("negative") => pb::Direction::LowerBetter,
            _ => pb::Direction::Unspecified,
        }
        .into(),
        nature: match entry["nature"].as_str() {
            Some("quantitative") => pb::Nature::Quantitative,
            Some("qualitative") => pb::Nature::Qualitative,
            _ => pb::Nature::Unspecified,
        }
        .into(),
        unit: text(entry, "unit"),
        definition: text(entry, "definition"),
        formula: text(entry, "formula"),
        document: text(entry, "document"),
        ..Default::default()
    }
}

/// The execution rate is a row of its own in the contract.
fn template_of(entry: &Value) -> pb::TargetTemplate {
    let row = |row: &Value| pb::TemplateRow {
        level1: text(row, "level1"),
        level2: row["level2"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(Into::into)
            .collect(),
        weight: decimal(&text(row, "weight")),
    };
    let execution = pb::TemplateRow {
        level1: "预算执行率".into(),
        level2: vec![],
        weight: decimal(&text(entry, "execution_weight")),
    };
    pb::TargetTemplate {
        code: text(entry, "code"),
        title: text(entry, "title"),
        object_kind: kind(entry),
        layer: NATION.into(),
        year_from: entry["year_from"].as_i64().and_then(|year| year.try_into().ok()).unwrap_or_default(),
        generation: text(entry, "generation"),
        rows: entry["rows"].as_array().into_iter().flatten().map(row).chain([execution]).collect(),
        document: text(entry, "document"),
        ..Default::default()
    }
}

#[tokio::test]
async fn every_shipped_indicator_is_stored_and_found() -> anyhow::Result<()> {
    on_each(async |bench| {
        let list: Vec<_> = entries("indicators").iter().map(indicator_of).collect();
        let stored = activated(bench, list.clone()).await?;
        assert_eq!(stored.len(), list.len());
        for sent in &list {
            let search = pb::SearchIndicatorsRequest { query: sent.title.clone(), ..Default::default() };
            let found = indicators(bench).search_indicators(bench.by(&reader(), search)).await?.into_inner();
            assert!(found.indicators.iter().any(|one| one.code == sent.code), "{}", sent.title);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_shipped_template_adds_up() -> anyhow::Result<()> {
    on_each(async |bench| {
        for entry in entries("templates") {
            let create = pb::CreateTemplateRequest {
                request_id: request_id(),
                validate_only: false,
                template: Some(template_of(&entry)),
            };
            templates(bench).create_template(bench.by(&keeper(), create)).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_shipped_rule_pack_comes_into_force_byte_for_byte() -> anyhow::Result<()> {
    on_each(async |bench| {
        for (file, text) in shipped("rule-packs").into_iter().chain(shipped("rule-packs/variants")) {
            let draft = draft_text(bench, &text).await?;
            let active = rule_packs(bench).activate_rule_pack(bench.by(&keeper(), activation(&draft))).await;
            let active = active.map_err(|status| anyhow::anyhow!("{file}: {status:?}"))?;
            let active = active.into_inner().rule_pack.unwrap();
            assert_eq!((active.state(), &active.content_json), (pb::RulePackState::Active, &text));
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_national_rules_score_tables_of_2020_and_2021() -> anyhow::Result<()> {
    on_each(async |bench| {
        for (_, text) in shipped("rule-packs").iter().filter(|(file, _)| file.contains("national-")) {
            let draft = draft_text(bench, text).await?;
            rule_packs(bench).activate_rule_pack(bench.by(&keeper(), activation(&draft))).await?;
        }
        let row = |code: &str, target: &str, actual: &str| pb::ScoreInput {
            code: code.into(),
            level1: "产出指标".into(),
            title: format!("指标{code}"),
            target_text: target.into(),
            actual_text: actual.into(),
            weight: decimal("45"),
            ..Default::default()
        };
        let mut packs = Vec::new();
        for year in [2020, 2021] {
            let request = pb::ScoreTableRequest {
                region: COUNTY.into(),
                date: date(year, 12, 31),
                object_kind: ObjectKind::Project.into(),
                rule_packs: vec![],
                rows: vec![row("A", "≥90%", "81%"), row("B", "≤30天", "25天")],
                money: Some(pb::ScoreMoney {
                    initial_yuan: None,
                    budget_yuan: decimal("100"),
                    executed_yuan: decimal("80"),
                }),
            };
            let answer = rule_packs(bench).score_table(bench.by(&reader(), request)).await?.into_inner();
            let card = answer.scorecard.unwrap();
            assert_eq!((card.total, card.grade), (decimal("93.50"), Grade::Excellent.into()), "{year}");
            packs.push(card.rows[2].explanation.as_ref().unwrap().steps[0].rule_pack.clone());
        }
        assert_eq!(packs, ["national-2020", "national-2021"]);
        Ok(())
    })
    .await
}

fn described() -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rule-packs.md");
    std::fs::read_to_string(path).expect("the description of rule packs")
}

fn every_key(value: &Value, keys: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            keys.push(key.clone());
            every_key(value, keys);
        }),
        Value::Array(list) => list.iter().for_each(|value| every_key(value, keys)),
        _ => {}
    }
}

#[test]
fn every_field_of_the_shipped_packs_is_described() {
    let description = described();
    let mut keys = Vec::new();
    for (_, text) in shipped("rule-packs").iter().chain(&shipped("rule-packs/variants")) {
        every_key(&serde_json::from_str(text).expect("json"), &mut keys);
    }
    keys.sort();
    keys.dedup();
    let missing: Vec<_> = keys.iter().filter(|key| !description.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "not described: {missing:?}");
}

#[test]
fn the_described_example_is_a_fit_pack() {
    let description = described();
    let example =
        description.split("```json").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let pack = hengji_rules::RulePack::from_json(example).expect("a rule pack");
    assert_eq!(hengji_rules::check(&pack), []);
}
