//! Money in mid-year: what carries its own target is added, what does not is refused; what is taken back leaves with its target.

use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::addition_service_client::AdditionServiceClient;
use hengji_proto::targets::v1::reduction_service_client::ReductionServiceClient;
use hengji_proto::targets::v1::target_service_client::TargetServiceClient;
use hengji_rpc::Reason;

use super::county::ProjectLine;
use super::say::{date, decimal, refused, request_id, there};
use super::targets::{Desk, project_target};
use super::{Actor, People, Stage};

/// Money in mid-year, once the year's money is issued.
pub(crate) async fn play(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let desk = Desk { stage, people, targets: TargetServiceClient::new(stage.link.clone()) };
    additions(&desk).await?;
    reduction(&desk).await
}

async fn additions(desk: &Desk<'_>) -> anyhow::Result<()> {
    let county = desk.stage.county;
    let mut client = AdditionServiceClient::new(desk.stage.link.clone());

    let without = &county.additions.without_target;
    let unit = &county.project(&without.project)?.unit;
    let bare = pb::FileAdditionRequest {
        request_id: request_id(),
        project: county.name("projects", &without.project),
        addition_id: format!("A-{}", without.project),
        amount_yuan: decimal(&without.amount_yuan),
        reason: without.reason.clone(),
        ..Default::default()
    };
    let declarer = desk.people.get(&format!("unit-{unit}"))?;
    let message = refused(client.file_addition(declarer.ask(bare)).await, Reason::TargetRequired)?;
    desk.stage.say(format!("年中追加：没有绩效目标的申请被拒绝（{message}）"));

    let with = &county.additions.with_target;
    let line = county.project(&with.project)?;
    let declarer = desk.people.get(&format!("unit-{}", line.unit))?;
    let name = desk.name(&with.project);
    adjust(desk, declarer, line, &name).await?;
    let filed = client
        .file_addition(declarer.ask(pb::FileAdditionRequest {
            request_id: request_id(),
            project: county.name("projects", &with.project),
            addition_id: format!("A-{}", with.project),
            amount_yuan: decimal(&with.amount_yuan),
            target: name.clone(),
            reason: with.reason.clone(),
            ..Default::default()
        }))
        .await?
        .into_inner();
    let addition = there(filed.addition)?;
    let reviewer = desk.people.get(&format!("department-{}", &line.unit[..3]))?;
    let line_office = desk.people.get("finance-line")?;
    desk.pass([reviewer, line_office, desk.people.get("finance-performance")?], &name).await?;
    desk.approve(line_office, &[(name, line.budget_yuan.clone())], "盐财预〔2021〕示意2号").await?;
    client
        .approve_addition(line_office.ask(pb::ApproveAdditionRequest {
            request_id: request_id(),
            name: addition.name,
            etag: addition.etag,
            document: "盐财预〔2021〕示意2号".into(),
            approve_date: date(&with.approve_date)?,
            ..Default::default()
        }))
        .await?;
    desk.stage.say(format!("年中追加：{}追加 {} 元，目标随资金一同调整批复", line.title, with.amount_yuan));
    Ok(())
}

/// 年中追减: the target is declared for the money that is left, sent back once, and approved together with the reduction.
async fn reduction(desk: &Desk<'_>) -> anyhow::Result<()> {
    let told = &desk.stage.county.reduction;
    let line = desk.stage.county.project(&told.project)?;
    let declarer = desk.people.get(&format!("unit-{}", line.unit))?;
    let reviewer = desk.people.get(&format!("department-{}", &line.unit[..3]))?;
    let line_office = desk.people.get("finance-line")?;
    let name = desk.name(&told.project);
    declare_less(desk, declarer, &name).await?;
    desk.targets
        .clone()
        .return_target(reviewer.ask(pb::ReturnTargetRequest {
            request_id: request_id(),
            name: name.clone(),
            etag: desk.get(reviewer, &name).await?.etag,
            stage: pb::ReviewStage::Department.into(),
            opinion: told.opinion.clone(),
            comments: vec![pb::FieldComment { field: "budget_yuan".into(), text: told.opinion.clone() }],
            ..Default::default()
        }))
        .await?;
    desk.file(declarer, vec![name.clone()]).await?;
    let mut client = ReductionServiceClient::new(desk.stage.link.clone());
    let filed = client
        .file_reduction(declarer.ask(pb::FileReductionRequest {
            request_id: request_id(),
            project: desk.stage.county.name("projects", &told.project),
            reduction_id: format!("R-{}", told.project),
            amount_yuan: decimal(&told.amount_yuan),
            target: name.clone(),
            reason: told.reason.clone(),
            ..Default::default()
        }))
        .await?
        .into_inner();
    let reduction = there(filed.reduction)?;
    desk.pass([reviewer, line_office, desk.people.get("finance-performance")?], &name).await?;
    client
        .approve_reduction(line_office.ask(pb::ApproveReductionRequest {
            request_id: request_id(),
            name: reduction.name,
            etag: reduction.etag,
            document: "盐财预〔2021〕示意3号".into(),
            issued_yuan: decimal(&told.issued_yuan),
            approve_date: date(&told.approve_date)?,
            ..Default::default()
        }))
        .await?;
    desk.stage
        .say(format!("年中追减：{}追减 {} 元，目标退回补正后随资金一同批复", line.title, told.amount_yuan));
    Ok(())
}

/// The next version of an approved target, declared as it is for less money.
async fn declare_less(desk: &Desk<'_>, declarer: &Actor, name: &str) -> anyhow::Result<()> {
    let told = &desk.stage.county.reduction;
    let adjust = pb::AdjustTargetRequest {
        request_id: request_id(),
        name: name.to_owned(),
        etag: desk.get(declarer, name).await?.etag,
        reason: told.reason.clone(),
        ..Default::default()
    };
    let target = there(desk.targets.clone().adjust_target(declarer.ask(adjust)).await?.into_inner().target)?;
    let update = pb::UpdateTargetRequest {
        request_id: request_id(),
        name: name.to_owned(),
        etag: target.etag.clone(),
        target: Some(pb::PerformanceTarget { budget_yuan: decimal(&told.left_yuan), ..target }),
        ..Default::default()
    };
    desk.targets.clone().update_target(declarer.ask(update)).await?;
    desk.file(declarer, vec![name.to_owned()]).await
}

/// The next version of an approved target: one indicator grows with the money.
async fn adjust(desk: &Desk<'_>, declarer: &Actor, line: &ProjectLine, name: &str) -> anyhow::Result<()> {
    let with = &desk.stage.county.additions.with_target;
    let adjust = pb::AdjustTargetRequest {
        request_id: request_id(),
        name: name.to_owned(),
        etag: desk.get(declarer, name).await?.etag,
        reason: with.reason.clone(),
        ..Default::default()
    };
    let target = there(desk.targets.clone().adjust_target(declarer.ask(adjust)).await?.into_inner().target)?;
    let mut changed = project_target(line, target.object.clone())?;
    for indicator in changed.indicators.iter_mut().filter(|indicator| indicator.code == with.indicator) {
        indicator.value = decimal(&with.value);
        indicator.value_text.clone_from(&with.value_text);
        indicator.interim_values.clear();
    }
    let update = pb::UpdateTargetRequest {
        request_id: request_id(),
        name: name.to_owned(),
        etag: target.etag,
        target: Some(changed),
        ..Default::default()
    };
    desk.targets.clone().update_target(declarer.ask(update)).await?;
    desk.file(declarer, vec![name.to_owned()]).await
}
