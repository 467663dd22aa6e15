//! National indicators, templates, code lists and rule packs from their data files; a broken pack is refused.

use anyhow::ensure;
use hengji_proto::catalog::v1 as pb;
use hengji_proto::catalog::v1::indicator_service_client::IndicatorServiceClient;
use hengji_proto::catalog::v1::rule_pack_service_client::RulePackServiceClient;
use hengji_rpc::Reason;
use serde_json::Value;

use super::identity::NATION;
use super::say::{refused, request_id, there};
use super::{Actor, People, Stage, code_lists, county, library, templates, usage};

pub(crate) async fn play(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let manager = people.get("catalog-manager")?;
    let indicators = indicators(stage, manager).await?;
    let templates = templates::play(stage, manager).await?;
    let lists = code_lists::play(stage, manager).await?;
    usage::told_elsewhere(stage, manager).await?;
    let mut packs = 0;
    for (_, content) in county::files("rule-packs")? {
        activate(stage, manager, content).await?;
        packs += 1;
    }
    stage.say(format!(
        "指标库：{indicators} 个共性指标、{templates} 个模板、{lists} 个代码表、{packs} 个规则包已启用"
    ));
    broken_pack(stage, manager).await
}

async fn indicators(stage: &Stage<'_>, manager: &Actor) -> anyhow::Result<usize> {
    let mut client = IndicatorServiceClient::new(stage.link.clone());
    let mut active = Vec::new();
    for (_, text) in county::files("indicators")? {
        let import = pb::ImportIndicatorsRequest {
            request_id: request_id(),
            layer: NATION.into(),
            content_json: text.to_owned(),
            reason: "国家共性指标".into(),
            ..Default::default()
        };
        let imported = client.import_indicators(manager.ask(import)).await?.into_inner();
        let new = imported.rows.into_iter().filter(|row| row.action() == pb::ImportAction::New);
        let names = new.map(|row| row.name).collect();
        active.extend(library::put_in_force(&mut client, manager, names).await?);
    }
    retire(&mut client, manager, active.last()).await?;
    let search = pb::SearchIndicatorsRequest { query: "完成 率".into(), ..Default::default() };
    let found = client.search_indicators(manager.ask(search)).await?.into_inner().indicators;
    ensure!(!found.is_empty(), "no indicator is found by 完成 率");
    library::play(&mut client, manager).await?;
    Ok(active.len())
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
