//! The content the suite ships with goes in whole, and the past is scored by it.

use std::collections::HashSet;

use hengji_proto::catalog::v1 as pb;
use hengji_proto::catalog::v1::code_list_service_client::CodeListServiceClient;
use hengji_proto::catalog::v1::formula_service_client::FormulaServiceClient;
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

fn text_of(entry: &Value, field: &str) -> String {
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

/// The execution rate is a row of its own in the contract.
fn template_of(entry: &Value) -> pb::TargetTemplate {
    let row = |row: &Value| pb::TemplateRow {
        level1: text_of(row, "level1"),
        level2: row["level2"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(Into::into)
            .collect(),
        weight: decimal(&text_of(row, "weight")),
    };
    let execution = pb::TemplateRow {
        level1: "预算执行率".into(),
        level2: vec![],
        weight: decimal(&text_of(entry, "execution_weight")),
    };
    pb::TargetTemplate {
        code: text_of(entry, "code"),
        title: text_of(entry, "title"),
        object_kind: kind(entry),
        layer: NATION.into(),
        year_from: entry["year_from"].as_i64().and_then(|year| year.try_into().ok()).unwrap_or_default(),
        generation: text_of(entry, "generation"),
        rows: entry["rows"].as_array().into_iter().flatten().map(row).chain([execution]).collect(),
        document: text_of(entry, "document"),
        note: text_of(entry, "note"),
        ..Default::default()
    }
}

#[tokio::test]
async fn every_shipped_indicator_file_is_imported_and_every_indicator_found() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut codes = HashSet::new();
        for (file, content_json) in shipped("indicators") {
            let lines: Vec<Value> = serde_json::from_str(&content_json)?;
            let import = pb::ImportIndicatorsRequest {
                request_id: request_id(),
                validate_only: false,
                layer: NATION.into(),
                content_json,
                reason: "国家共性指标".into(),
            };
            let answer = indicators(bench).import_indicators(bench.by(&keeper(), import)).await;
            let answer = answer.map_err(|status| anyhow::anyhow!("{file}: {status:?}"))?.into_inner();
            assert_eq!(usize::try_from(answer.new_count)?, lines.len(), "{file}");
            let stored = reviewed(bench, new_ones(answer)).await?;
            for one in stored {
                assert!(one.common && one.confidence() != pb::Confidence::Unspecified, "{}", one.code);
                let search = pb::SearchIndicatorsRequest { query: one.title.clone(), ..Default::default() };
                let found =
                    indicators(bench).search_indicators(bench.by(&reader(), search)).await?.into_inner();
                assert!(found.indicators.iter().any(|other| other.code == one.code), "{}", one.title);
                codes.insert(one.name);
            }
        }
        let mut client = FormulaServiceClient::new(bench.link());
        let formulas = client.list_formulas(bench.by(&reader(), pb::ListFormulasRequest::default())).await?;
        for formula in formulas.into_inner().formulas {
            for indicator in &formula.indicators {
                assert!(
                    codes.contains(indicator),
                    "{} computes {indicator}, which is not shipped",
                    formula.code
                );
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_shipped_template_adds_up_and_comes_into_force() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut names = Vec::new();
        for entry in entries("templates") {
            let create = pb::CreateTemplateRequest {
                request_id: request_id(),
                validate_only: false,
                template: Some(template_of(&entry)),
            };
            let created = templates(bench).create_template(bench.by(&keeper(), create)).await?.into_inner();
            names.push(created.template.unwrap_or_default().name);
        }
        let submit = pb::SubmitTemplatesRequest {
            request_id: request_id(),
            validate_only: false,
            names: names.clone(),
        };
        templates(bench).submit_templates(bench.by(&keeper(), submit)).await?;
        let activate = pb::ActivateTemplatesRequest { request_id: request_id(), validate_only: false, names };
        templates(bench).activate_templates(bench.by(&keeper(), activate)).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_shipped_code_list_comes_into_force_and_a_renamed_account_keeps_its_name_of_the_year()
-> anyhow::Result<()> {
    on_each(async |bench| {
        let mut client = CodeListServiceClient::new(bench.link());
        for (file, content_json) in shipped("code-lists") {
            let import = pb::ImportCodeListRequest {
                request_id: request_id(),
                validate_only: false,
                layer: NATION.into(),
                content_json,
                reason: "国家代码表".into(),
            };
            let answer = client.import_code_list(bench.by(&keeper(), import)).await;
            let answer = answer.map_err(|status| anyhow::anyhow!("{file}: {status:?}"))?.into_inner();
            let list = answer.code_list.unwrap_or_default();
            assert_ne!(list.confidence(), pb::Confidence::Unspecified, "{file}");
            let names = vec![list.name];
            let submit = pb::SubmitCodeListsRequest {
                request_id: request_id(),
                validate_only: false,
                names: names.clone(),
            };
            client.submit_code_lists(bench.by(&keeper(), submit)).await?;
            let activate =
                pb::ActivateCodeListsRequest { request_id: request_id(), validate_only: false, names };
            client.activate_code_lists(bench.by(&keeper(), activate)).await?;
        }
        for (year, title) in [(2021, "扶贫"), (2022, "巩固脱贫攻坚成果衔接乡村振兴")] {
            let asked = pb::ListCodesRequest {
                code_list: "codeLists/functional-accounts".into(),
                region: COUNTY.into(),
                year,
                parent: "213".into(),
                ..Default::default()
            };
            let codes = client.list_codes(bench.by(&reader(), asked)).await?.into_inner().codes;
            assert_eq!(codes[0].code.clone().unwrap_or_default().title, title, "{year}");
        }
        Ok(())
    })
    .await
}

#[test]
fn the_shipped_units_are_those_the_rules_can_read() {
    let (_, text) =
        shipped("code-lists").into_iter().find(|(file, _)| file.ends_with("units-of-measure.json")).unwrap();
    let list: Value = serde_json::from_str(&text).unwrap();
    let units: Vec<_> = list["codes"].as_array().unwrap().iter().map(|code| text_of(code, "code")).collect();
    let (_, text) =
        shipped("rule-packs").into_iter().find(|(file, _)| file.ends_with("national-2021.json")).unwrap();
    let pack = hengji_rules::RulePack::from_json(&text).unwrap();
    let readable = pack.sections.target_quality.iter().find_map(|rule| match &rule.rule.check {
        hengji_rules::pack::QualityCheck::Readable { units, .. } => Some(units.clone()),
        _ => None,
    });
    assert_eq!(Some(units), readable);
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
                    budget_yuan: decimal("100"),
                    executed_yuan: decimal("80"),
                    ..Default::default()
                }),
                adjustments: vec![],
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
