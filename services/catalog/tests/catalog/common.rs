//! One bench for each database, callers with rights, and short words for what every test sends.

use std::path::Path;

use hengji_catalog::SERVICE;
use hengji_proto::catalog::v1 as pb;
use hengji_proto::catalog::v1::indicator_service_client::IndicatorServiceClient;
use hengji_proto::catalog::v1::rule_pack_service_client::RulePackServiceClient;
use hengji_proto::catalog::v1::template_service_client::TemplateServiceClient;
use hengji_proto::common::v1::ObjectKind;
use hengji_proto::google::r#type as google;
use hengji_rpc::Link;
use hengji_testkit::{Bench, Rights, databases, request_id};
use serde_json::{Value, json};
use tonic::{Code, Status};
use tonic_types::StatusExt;

pub const NATION: &str = "000000000";
pub const PROVINCE: &str = "640000000";
pub const COUNTY: &str = "640323000";
pub const NEIGHBOUR: &str = "640324000";

/// Tells the story on each database.
pub async fn on_each(story: impl AsyncFn(&Bench) -> anyhow::Result<()>) -> anyhow::Result<()> {
    for database in databases().await? {
        let bench = Bench::start(&SERVICE, &database, vec![]).await?;
        if let Err(error) = story(&bench).await {
            anyhow::bail!("on {}: {error:?}", database.label());
        }
        bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

/// Keeps the catalog of the nation.
pub fn keeper() -> Rights {
    keeper_of(NATION)
}

pub fn keeper_of(region: &str) -> Rights {
    Rights::of("keeper").may(&["catalog.read", "catalog.manage", "catalog.activate"], region)
}

/// A budget unit of the county: reads only.
pub fn reader() -> Rights {
    Rights::of("reader").may_for_unit(&["catalog.read"], COUNTY, "219001")
}

pub fn indicators(bench: &Bench) -> IndicatorServiceClient<Link> {
    IndicatorServiceClient::new(bench.link())
}

pub fn templates(bench: &Bench) -> TemplateServiceClient<Link> {
    TemplateServiceClient::new(bench.link())
}

pub fn rule_packs(bench: &Bench) -> RulePackServiceClient<Link> {
    RulePackServiceClient::new(bench.link())
}

#[expect(clippy::unnecessary_wraps, reason = "as a message field holds it")]
pub fn decimal(text: &str) -> Option<google::Decimal> {
    Some(google::Decimal { value: text.into() })
}

#[expect(clippy::unnecessary_wraps, reason = "as a message field holds it")]
pub fn date(year: i32, month: i32, day: i32) -> Option<google::Date> {
    Some(google::Date { year, month, day })
}

/// The status' code and reason.
pub fn why(status: &Status) -> (Code, String) {
    (status.code(), status.get_details_error_info().map(|info| info.reason).unwrap_or_default())
}

/// The fields or subjects a refusal names.
pub fn subjects(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let fields =
        details.bad_request().into_iter().flat_map(|bad| bad.field_violations.iter().map(|one| &one.field));
    let conditions = details
        .precondition_failure()
        .into_iter()
        .flat_map(|all| all.violations.iter().map(|one| &one.subject));
    fields.chain(conditions).cloned().collect()
}

pub fn indicator(code: &str, title: &str) -> pb::Indicator {
    pb::Indicator {
        code: code.into(),
        title: title.into(),
        level1: "产出指标".into(),
        level2: "数量指标".into(),
        object_kind: ObjectKind::Project.into(),
        layer: NATION.into(),
        direction: pb::Direction::HigherBetter.into(),
        nature: pb::Nature::Quantitative.into(),
        document: "local".into(),
        ..pb::Indicator::default()
    }
}

/// Stores the indicators and puts them in force.
pub async fn activated(bench: &Bench, list: Vec<pb::Indicator>) -> anyhow::Result<Vec<pb::Indicator>> {
    let create =
        pb::BatchCreateIndicatorsRequest { request_id: request_id(), validate_only: false, indicators: list };
    let created =
        indicators(bench).batch_create_indicators(bench.by(&keeper(), create)).await?.into_inner().indicators;
    let names = created.iter().map(|one| one.name.clone()).collect();
    reviewed(bench, names).await
}

/// Names of what an import drafted anew.
pub fn new_ones(answer: pb::ImportIndicatorsResponse) -> Vec<String> {
    let new = answer.rows.into_iter().filter(|row| row.action() == pb::ImportAction::New);
    new.map(|row| row.name).collect()
}

/// Through review into force.
pub async fn reviewed(bench: &Bench, names: Vec<String>) -> anyhow::Result<Vec<pb::Indicator>> {
    let submit =
        pb::SubmitIndicatorsRequest { request_id: request_id(), validate_only: false, names: names.clone() };
    indicators(bench).submit_indicators(bench.by(&keeper(), submit)).await?;
    let activate = pb::ActivateIndicatorsRequest { request_id: request_id(), validate_only: false, names };
    Ok(indicators(bench).activate_indicators(bench.by(&keeper(), activate)).await?.into_inner().indicators)
}

/// A small pack that scores numbers, grades and the execution rate, `execution` points for the latter.
pub fn pack(code: &str, layer: &str, valid_from: &str, execution: &str) -> Value {
    json!({
        "code": code,
        "revision": 1,
        "title": "试用规则",
        "layer": layer,
        "valid_from": valid_from,
        "sections": {
            "execution": cited("execution.rate", json!({ "method": "linear", "weight": execution })),
            "quantitative": [cited("quantitative.at-least", json!({
                "operators": ["ge", "gt"],
                "method": "actual_over_target",
                "zero_target": "direct",
            }))],
            "missing_actual": cited("missing", json!({ "mode": "refuse" })),
            "rounding": cited("rounding", json!({
                "mode": "half_up", "row_places": 2, "total_places": 2, "cut_mode": "half_up",
            })),
            "grades": cited("grades", json!({
                "full": "100",
                "bands": [
                    { "grade": "excellent", "name": "优", "from": "90" },
                    { "grade": "good", "name": "良", "from": "80", "to": "90" },
                    { "grade": "fair", "name": "中", "from": "60", "to": "80" },
                    { "grade": "poor", "name": "差", "from": "0", "to": "60" },
                ],
            })),
            "plausibility": [cited("C18", json!({
                "severity": "warning",
                "check": { "kind": "low_execution_full_output", "rate_below_percent": "60", "output_words": ["产出"] },
            }))],
        },
    })
}

fn cited(id: &str, rule: Value) -> Value {
    json!({ "id": id, "document": "财预〔2020〕10号", "rule": rule })
}

/// A layer that only changes the points of the execution rate.
pub fn overlay(code: &str, layer: &str, valid_from: &str, execution: &str) -> Value {
    let mut overlay = pack(code, layer, valid_from, execution);
    let rule = overlay["sections"]["execution"].take();
    overlay["sections"] = json!({ "execution": rule });
    overlay
}

pub async fn draft(bench: &Bench, content: &Value) -> anyhow::Result<pb::RulePack> {
    draft_text(bench, &content.to_string()).await
}

pub async fn draft_text(bench: &Bench, content: &str) -> anyhow::Result<pb::RulePack> {
    let create = pb::CreateRulePackRequest {
        request_id: request_id(),
        validate_only: false,
        content_json: content.to_owned(),
    };
    let answer = rule_packs(bench).create_rule_pack(bench.by(&keeper(), create)).await?;
    answer.into_inner().rule_pack.ok_or_else(|| anyhow::anyhow!("no rule pack"))
}

pub fn activation(draft: &pb::RulePack) -> pb::ActivateRulePackRequest {
    pb::ActivateRulePackRequest {
        request_id: request_id(),
        validate_only: false,
        name: draft.name.clone(),
        etag: draft.etag.clone(),
    }
}

/// Drafts a pack and puts it in force.
pub async fn in_force(bench: &Bench, content: &Value) -> anyhow::Result<pb::RulePack> {
    let draft = draft(bench, content).await?;
    let answer = rule_packs(bench).activate_rule_pack(bench.by(&keeper(), activation(&draft))).await?;
    answer.into_inner().rule_pack.ok_or_else(|| anyhow::anyhow!("no rule pack"))
}

/// Name and text of every JSON document of a shipped folder, in order of name; an empty folder is a failure.
pub fn shipped(folder: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(folder);
    let mut documents: Vec<_> = std::fs::read_dir(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .map(|entry| entry.expect("readable entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("readable file")))
        .collect();
    assert!(!documents.is_empty(), "{} holds no documents", path.display());
    documents.sort();
    documents
}
