//! National indicators, templates and rule packs from their data files; a broken pack is refused.

use anyhow::ensure;
use hengji_proto::catalog::v1 as pb;
use hengji_proto::catalog::v1::indicator_service_client::IndicatorServiceClient;
use hengji_proto::catalog::v1::rule_pack_service_client::RulePackServiceClient;
use hengji_proto::catalog::v1::template_service_client::TemplateServiceClient;
use hengji_rpc::Reason;
use serde::Deserialize;
use serde_json::Value;

use super::identity::NATION;
use super::say::{decimal, refused, request_id, there, word};
use super::{Actor, People, Stage, county, library};

pub(crate) async fn play(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let manager = people.get("catalog-manager")?;
    let indicators = indicators(stage, manager).await?;
    let templates = templates(stage, manager).await?;
    let mut packs = 0;
    for (_, content) in county::files("rule-packs")? {
        activate(stage, manager, content).await?;
        packs += 1;
    }
    stage.say(format!("指标库：{indicators} 个共性指标、{templates} 个模板、{packs} 个规则包已启用"));
    broken_pack(stage, manager).await
}

#[derive(Deserialize)]
struct IndicatorFile {
    code: String,
    name: String,
    level1: String,
    level2: String,
    object_type: String,
    #[serde(default)]
    industry: String,
    #[serde(default)]
    definition: String,
    #[serde(default)]
    formula: String,
    direction: String,
    nature: String,
    #[serde(default)]
    unit: String,
    document: String,
}

async fn indicators(stage: &Stage<'_>, manager: &Actor) -> anyhow::Result<usize> {
    let mut client = IndicatorServiceClient::new(stage.link.clone());
    let mut names = Vec::new();
    for (_, text) in county::files("indicators")? {
        let lines: Vec<IndicatorFile> = serde_json::from_str(text)?;
        let indicators = lines.into_iter().map(indicator).collect::<anyhow::Result<Vec<_>>>()?;
        let created = client
            .batch_create_indicators(manager.ask(pb::BatchCreateIndicatorsRequest {
                request_id: request_id(),
                indicators,
                ..Default::default()
            }))
            .await?
            .into_inner();
        names.extend(created.indicators.into_iter().map(|indicator| indicator.name));
    }
    let count = names.len();
    let active = library::put_in_force(&mut client, manager, names).await?;
    retire(&mut client, manager, active.last()).await?;
    let search = pb::SearchIndicatorsRequest { query: "完成 率".into(), ..Default::default() };
    let found = client.search_indicators(manager.ask(search)).await?.into_inner().indicators;
    ensure!(!found.is_empty(), "no indicator is found by 完成 率");
    library::play(&mut client, manager).await?;
    Ok(count)
}

/// An indicator out of use stays readable.
async fn retire(
    client: &mut IndicatorServiceClient<hengji_rpc::Link>,
    manager: &Actor,
    indicator: Option<&pb::Indicator>,
) -> anyhow::Result<()> {
    let indicator = there(indicator.cloned())?;
    let retired = client
        .retire_indicator(manager.ask(pb::RetireIndicatorRequest {
            request_id: request_id(),
            name: indicator.name,
            etag: indicator.etag,
            reason: "由新的共性指标体系替代".into(),
            ..Default::default()
        }))
        .await?
        .into_inner();
    ensure!(there(retired.indicator)?.state() == pb::IndicatorState::Retired, "the indicator is not retired");
    Ok(())
}

fn indicator(line: IndicatorFile) -> anyhow::Result<pb::Indicator> {
    let direction = if line.direction == "negative" { "lower_better" } else { "higher_better" };
    Ok(pb::Indicator {
        code: line.code,
        title: line.name,
        level1: line.level1,
        level2: line.level2,
        common: true,
        object_kind: object_kind(&line.object_type)?,
        layer: NATION.into(),
        industry: line.industry,
        direction: word("catalog.v1.Direction", direction)?,
        nature: word("catalog.v1.Nature", &line.nature)?,
        unit: line.unit,
        definition: line.definition,
        formula: line.formula,
        document: line.document,
        ..Default::default()
    })
}

/// Government budgets as a whole are filed under department: the contract knows no kind of their own.
fn object_kind(text: &str) -> anyhow::Result<i32> {
    let kind = if text == "government" { "department" } else { text };
    word("common.v1.ObjectKind", kind)
}

#[derive(Deserialize)]
struct TemplateFile {
    code: String,
    title: String,
    object_type: String,
    year_from: i32,
    generation: String,
    execution_weight: Option<String>,
    rows: Vec<TemplateRowFile>,
    document: String,
}

#[derive(Deserialize)]
struct TemplateRowFile {
    level1: String,
    #[serde(default)]
    level2: Vec<String>,
    weight: String,
}

async fn templates(stage: &Stage<'_>, manager: &Actor) -> anyhow::Result<usize> {
    let mut client = TemplateServiceClient::new(stage.link.clone());
    let mut count = 0;
    for (_, text) in county::files("templates")? {
        for file in serde_json::from_str::<Vec<TemplateFile>>(text)? {
            let rows = file.rows.into_iter().map(|row| (row.level1, row.level2, row.weight));
            let execution = file.execution_weight.map(|weight| ("预算执行率".to_owned(), vec![], weight));
            let rows = rows.chain(execution).map(|(level1, level2, weight)| pb::TemplateRow {
                level1,
                level2,
                weight: decimal(&weight),
            });
            let template = pb::TargetTemplate {
                code: file.code,
                title: file.title,
                object_kind: object_kind(&file.object_type)?,
                layer: NATION.into(),
                year_from: file.year_from,
                generation: file.generation,
                rows: rows.collect(),
                document: file.document,
                ..Default::default()
            };
            let create = pb::CreateTemplateRequest {
                request_id: request_id(),
                template: Some(template),
                ..Default::default()
            };
            client.create_template(manager.ask(create)).await?;
            count += 1;
        }
    }
    Ok(count)
}

/// Stores a pack and puts it in force.
pub(crate) async fn activate(stage: &Stage<'_>, manager: &Actor, content: &str) -> anyhow::Result<()> {
    let mut client = RulePackServiceClient::new(stage.link.clone());
    let pack = draft(&mut client, manager, content).await?;
    client
        .activate_rule_pack(manager.ask(pb::ActivateRulePackRequest {
            request_id: request_id(),
            name: pack.name,
            etag: pack.etag,
            ..Default::default()
        }))
        .await?;
    Ok(())
}

async fn draft(
    client: &mut RulePackServiceClient<hengji_rpc::Link>,
    manager: &Actor,
    content: &str,
) -> anyhow::Result<pb::RulePack> {
    let create = pb::CreateRulePackRequest {
        request_id: request_id(),
        content_json: content.to_owned(),
        ..Default::default()
    };
    there(client.create_rule_pack(manager.ask(create)).await?.into_inner().rule_pack)
}

/// A pack whose grade bands leave a gap is told so and not activated.
async fn broken_pack(stage: &Stage<'_>, manager: &Actor) -> anyhow::Result<()> {
    let mut content: Value = serde_json::from_str(county::text("rule-packs/national-2021.json")?)?;
    content["code"] = "broken-grades".into();
    if let Some(bands) = content["sections"]["grades"]["rule"]["bands"].as_array_mut() {
        bands.remove(1);
    }
    let content = content.to_string();
    let mut client = RulePackServiceClient::new(stage.link.clone());
    let check = pb::CheckRulePackRequest { content_json: content.clone() };
    let findings = client.check_rule_pack(manager.ask(check)).await?.into_inner().findings;
    ensure!(!findings.is_empty(), "a pack with a gap in its bands has no finding");
    let pack = draft(&mut client, manager, &content).await?;
    let activate = pb::ActivateRulePackRequest {
        request_id: request_id(),
        name: pack.name,
        etag: pack.etag,
        ..Default::default()
    };
    let message = refused(client.activate_rule_pack(manager.ask(activate)).await, Reason::RulePackUnfit)?;
    stage.say(format!("规则包：有缺陷的规则包不能启用（{message}）"));
    Ok(())
}
