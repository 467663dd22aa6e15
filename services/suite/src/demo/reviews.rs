//! Review of targets: taken back and filed again, passed on along the chain, decided by a delegate, returned, refused.

use anyhow::{Context, ensure};
use hengji_kernel::Clock;
use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::review_delegation_service_client::ReviewDelegationServiceClient;
use hengji_rpc::{Reason, convert as words};

use super::Actor;
use super::county::ProjectLine;
use super::say::{refused, request_id, there};
use super::targets::{Desk, project_target, review_request};

/// 撤回: the first project's target is filed too early, taken back and filed again.
pub(crate) async fn withdraw(desk: &Desk<'_>) -> anyhow::Result<()> {
    let line = &desk.stage.county.projects[0];
    let declarer = desk.people.get(&format!("unit-{}", line.unit))?;
    let name = desk.name(&line.code);
    let withdraw = pb::WithdrawTargetRequest {
        request_id: request_id(),
        name: name.clone(),
        etag: desk.get(declarer, &name).await?.etag,
        reason: "补充佐证资料".into(),
        ..Default::default()
    };
    let answer = desk.targets.clone().withdraw_target(declarer.ask(withdraw)).await?.into_inner();
    let state = there(answer.target)?.state();
    ensure!(state == pb::TargetState::Returned, "{name} is {state:?}, not returned");
    desk.file(declarer, vec![name]).await
}

/// 委托审核: the performance office lets a deputy decide on one target, and ends it.
async fn by_delegate(desk: &Desk<'_>, finance: &Actor, name: &str) -> anyhow::Result<()> {
    let county = desk.stage.county;
    let deputy = desk.people.get("finance-deputy")?;
    let mut client = ReviewDelegationServiceClient::new(desk.stage.link.clone());
    let today = hengji_kernel::SystemClock.today();
    let created = client
        .create_review_delegation(finance.ask(pb::CreateReviewDelegationRequest {
            request_id: request_id(),
            parent: format!("regions/{}", county.region),
            delegation_id: "D1".into(),
            stage: pb::ReviewStage::Finance.into(),
            delegate: deputy.account.clone(),
            from_date: Some(words::date(today)),
            to_date: Some(words::date(today.plus_days(30))),
            reason: "集中审核期间出差".into(),
            ..Default::default()
        }))
        .await?
        .into_inner();
    let delegation = there(created.delegation)?;
    let target = desk.review_for(deputy, name, &delegation.name).await?;
    let told = target.reviews.last().map(|review| review.on_behalf_of.as_str());
    ensure!(told == Some(finance.account.as_str()), "the review does not say in whose place it was made");
    client
        .revoke_review_delegation(finance.ask(pb::RevokeReviewDelegationRequest {
            request_id: request_id(),
            name: delegation.name,
            etag: delegation.etag,
            reason: "已返岗".into(),
            ..Default::default()
        }))
        .await?;
    desk.stage.say(format!("目标审核：{}由受托人代为审核，委托随后撤销", target.title));
    Ok(())
}

/// The line's project as its department and finance see it: `(code or unit, department)`.
fn reviewed(desk: &Desk<'_>) -> Vec<(String, String)> {
    let county = desk.stage.county;
    let projects = county.projects.iter().map(|line| (line.code.clone(), line.unit[..3].to_owned()));
    let departments = county.departments.iter().map(|line| (line.unit.clone(), line.unit.clone()));
    projects.chain(departments).collect()
}

pub(crate) async fn play(desk: &Desk<'_>) -> anyhow::Result<()> {
    let county = desk.stage.county;
    let finance = desk.people.get("finance-performance")?;
    let line_office = desk.people.get("finance-line")?;
    let own = desk.people.get(&format!("unit-{}", county.projects[0].unit))?;
    let etag = desk.get(own, &desk.name(&county.projects[0].code)).await?.etag;
    let name = desk.name(&county.projects[0].code);
    let by_declarer = review_request(&name, etag, pb::ReviewStage::Department, "excellent");
    refused(desk.targets.clone().review_target(own.ask(by_declarer)).await, Reason::PermissionMissing)?;
    for (code, department) in reviewed(desk) {
        let name = desk.name(&code);
        let reviewer = desk.people.get(&format!("department-{department}"))?;
        desk.review(reviewer, &name, pb::ReviewStage::Department, "excellent").await.context(name.clone())?;
        desk.review(line_office, &name, pb::ReviewStage::FinanceLine, "excellent").await?;
        let returned = county.projects.iter().find(|line| line.code == code && line.first_review.is_some());
        if let Some(line) = returned {
            come_back(desk, line, &name).await.context(name.clone())?;
        }
        if code == county.projects[0].code {
            by_delegate(desk, finance, &name).await.context(name)?;
        } else {
            desk.review(finance, &name, pb::ReviewStage::Finance, "excellent").await.context(name)?;
        }
    }
    refuse_poor(desk, finance).await
}

/// 中: back to the unit, corrected, and through the whole chain again.
async fn come_back(desk: &Desk<'_>, line: &ProjectLine, name: &str) -> anyhow::Result<()> {
    let finance = desk.people.get("finance-performance")?;
    let grade = line.first_review.as_deref().unwrap_or("fair");
    let target = desk.review(finance, name, pb::ReviewStage::Finance, grade).await?;
    ensure!(target.state() == pb::TargetState::Returned, "{name} is {:?}, not returned", target.state());
    let declarer = desk.people.get(&format!("unit-{}", line.unit))?;
    let mut corrected = project_target(line, target.object.clone())?;
    corrected.goal_text = format!("{}（已细化分月进度）", line.goal);
    let update = pb::UpdateTargetRequest {
        request_id: request_id(),
        name: name.to_owned(),
        etag: target.etag,
        target: Some(corrected),
        ..Default::default()
    };
    desk.targets.clone().update_target(declarer.ask(update)).await?;
    desk.file(declarer, vec![name.to_owned()]).await?;
    let reviewer = desk.people.get(&format!("department-{}", &line.unit[..3]))?;
    desk.review(reviewer, name, pb::ReviewStage::Department, "excellent").await?;
    desk.review(desk.people.get("finance-line")?, name, pb::ReviewStage::FinanceLine, "excellent").await?;
    desk.stage.say(format!("目标审核：{}审核为“中”，退回修改后重新申报", line.title));
    Ok(())
}

/// 差: may not enter the budget.
async fn refuse_poor(desk: &Desk<'_>, finance: &Actor) -> anyhow::Result<()> {
    let line = &desk.stage.county.refused_project;
    let name = desk.name(&line.code);
    let reviewer = desk.people.get(&format!("department-{}", &line.unit[..3]))?;
    desk.review(reviewer, &name, pb::ReviewStage::Department, "good").await?;
    let line_office = desk.people.get("finance-line")?;
    desk.review(line_office, &name, pb::ReviewStage::FinanceLine, "good").await?;
    let target = desk.review(finance, &name, pb::ReviewStage::Finance, "poor").await?;
    ensure!(target.state() == pb::TargetState::Rejected, "{name} is {:?}, not rejected", target.state());
    desk.stage.say(format!("目标审核：{}审核为“差”，不得进入预算", line.title));
    Ok(())
}
