//! How an indicator of the county comes into the library: drafted, sent back, revised, proposed upward, promoted.

use anyhow::ensure;
use hengji_proto::catalog::v1 as pb;
use hengji_proto::catalog::v1::indicator_service_client::IndicatorServiceClient;
use hengji_proto::common::v1::ObjectKind;
use hengji_rpc::Link;

use super::Actor;
use super::identity::NATION;
use super::say::{request_id, there};

/// The county of the story.
const COUNTY: &str = "640323000";

type Client = IndicatorServiceClient<Link>;

/// Through review into force.
pub(crate) async fn put_in_force(
    client: &mut Client,
    manager: &Actor,
    names: Vec<String>,
) -> anyhow::Result<Vec<pb::Indicator>> {
    let submit =
        pb::SubmitIndicatorsRequest { request_id: request_id(), names: names.clone(), ..Default::default() };
    client.submit_indicators(manager.ask(submit)).await?;
    let activate = pb::ActivateIndicatorsRequest { request_id: request_id(), names, ..Default::default() };
    Ok(client.activate_indicators(manager.ask(activate)).await?.into_inner().indicators)
}

pub(crate) async fn play(client: &mut Client, manager: &Actor) -> anyhow::Result<()> {
    let local = vec![local("YC-YZ-01", "滩羊养殖户参训率"), local("YC-YZ-02", "滩羊养殖户培训场次")];
    let create = pb::BatchCreateIndicatorsRequest {
        request_id: request_id(),
        indicators: local,
        ..Default::default()
    };
    let drafts = client.batch_create_indicators(manager.ask(create)).await?.into_inner().indicators;
    let names: Vec<String> = drafts.into_iter().map(|draft| draft.name).collect();
    sent_back(client, manager, &names).await?;
    let active = put_in_force(client, manager, names).await?;
    let [rate, count] = active.try_into().map_err(|_| anyhow::anyhow!("two indicators were put in force"))?;
    let rate = revised(client, manager, rate).await?;
    let rate = proposed(client, manager, rate).await?;
    promoted(client, manager, rate).await?;
    let count = proposed(client, manager, count).await?;
    declined(client, manager, count).await
}

fn local(code: &str, title: &str) -> pb::Indicator {
    pb::Indicator {
        code: code.into(),
        title: title.into(),
        level1: "产出指标".into(),
        level2: "数量指标".into(),
        object_kind: ObjectKind::Project.into(),
        layer: COUNTY.into(),
        direction: pb::Direction::HigherBetter.into(),
        nature: pb::Nature::Quantitative.into(),
        document: "local".into(),
        ..Default::default()
    }
}

async fn sent_back(client: &mut Client, manager: &Actor, names: &[String]) -> anyhow::Result<()> {
    let submit =
        pb::SubmitIndicatorsRequest { request_id: request_id(), names: names.to_vec(), ..Default::default() };
    client.submit_indicators(manager.ask(submit)).await?;
    let request = pb::ReturnIndicatorsRequest {
        request_id: request_id(),
        names: names.to_vec(),
        reason: "请核对指标名称".into(),
        ..Default::default()
    };
    let returned = client.return_indicators(manager.ask(request)).await?.into_inner().indicators;
    ensure!(returned.iter().all(|one| one.state() == pb::IndicatorState::Draft), "nothing came back");
    Ok(())
}

async fn revised(
    client: &mut Client,
    manager: &Actor,
    indicator: pb::Indicator,
) -> anyhow::Result<pb::Indicator> {
    let request = pb::ReviseIndicatorRequest {
        request_id: request_id(),
        name: indicator.name.clone(),
        etag: indicator.etag.clone(),
        indicator: Some(pb::Indicator {
            definition: "参加过至少一次培训的养殖户占全部养殖户的比例".into(),
            unit: "%".into(),
            ..indicator.clone()
        }),
        reason: "补充指标解释".into(),
        ..Default::default()
    };
    client.revise_indicator(manager.ask(request)).await?;
    let active = put_in_force(client, manager, vec![indicator.name]).await?;
    let second = there(active.into_iter().next())?;
    ensure!(second.revision == 2 && second.unit == "%", "the change is not in force");
    Ok(second)
}

async fn proposed(
    client: &mut Client,
    manager: &Actor,
    indicator: pb::Indicator,
) -> anyhow::Result<pb::Indicator> {
    let request = pb::ProposeIndicatorRequest {
        request_id: request_id(),
        name: indicator.name,
        etag: indicator.etag,
        to_layer: NATION.into(),
        reason: "连续使用，效果良好".into(),
        ..Default::default()
    };
    there(client.propose_indicator(manager.ask(request)).await?.into_inner().indicator)
}

async fn promoted(client: &mut Client, manager: &Actor, indicator: pb::Indicator) -> anyhow::Result<()> {
    let request = pb::PromoteIndicatorRequest {
        request_id: request_id(),
        name: indicator.name.clone(),
        etag: indicator.etag,
        code: "TZ-YZ-01".into(),
        document: "local".into(),
        reason: "可在养殖类项目中通用".into(),
        ..Default::default()
    };
    let promoted = there(client.promote_indicator(manager.ask(request)).await?.into_inner().indicator)?;
    ensure!(promoted.layer == NATION && promoted.promoted_from == indicator.name, "it was not promoted");
    Ok(())
}

async fn declined(client: &mut Client, manager: &Actor, indicator: pb::Indicator) -> anyhow::Result<()> {
    let request = pb::DeclineIndicatorProposalRequest {
        request_id: request_id(),
        name: indicator.name,
        etag: indicator.etag,
        reason: "只计场次，不反映效果".into(),
        ..Default::default()
    };
    let kept = there(client.decline_indicator_proposal(manager.ask(request)).await?.into_inner().indicator)?;
    ensure!(kept.proposed_to.is_empty(), "the proposal still stands");
    Ok(())
}
