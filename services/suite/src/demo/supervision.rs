//! What monitoring does when it finds something: conditions closed, a correction, a suspension.

use anyhow::ensure;
use hengji_kernel::Money;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::condition_service_client::ConditionServiceClient;
use hengji_proto::monitoring::v1::corrective_action_service_client::CorrectiveActionServiceClient;
use hengji_proto::monitoring::v1::payment_service_client::PaymentServiceClient;
use hengji_proto::monitoring::v1::suspension_service_client::SuspensionServiceClient;
use hengji_rpc::Reason;

use super::monitoring::{row, until};
use super::say::{date, refused, request_id, there};
use super::{Actor, People, Stage};

/// Paid once the suspension is lifted, beyond the project's instalments.
const AFTER_LIFT: &str = "1000";

pub(crate) fn extra_paid() -> anyhow::Result<Money> {
    Ok(AFTER_LIFT.parse()?)
}

pub(crate) async fn play(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    conditions(stage, people).await?;
    correction(stage, people).await?;
    suspension(stage, people).await
}

/// The conditions of the 良 assessments arrive from targets by themselves and are closed with a proof.
async fn conditions(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let county = stage.county;
    let finance = people.get("finance-performance")?;
    let expected: usize = county
        .projects
        .iter()
        .filter_map(|line| line.ex_ante.as_ref())
        .map(|line| line.conditions.len())
        .sum();
    let open = || pb::ListConditionsRequest {
        region: county.region.clone(),
        year: county.year,
        state: pb::ConditionState::Open.into(),
        ..Default::default()
    };
    let client = ConditionServiceClient::new(stage.link.clone());
    until("the conditions arrive in monitoring", async || {
        let found = client.clone().list_conditions(finance.ask(open())).await?.into_inner().conditions;
        Ok(found.len() == expected)
    })
    .await?;
    let found = client.clone().list_conditions(finance.ask(open())).await?.into_inner().conditions;
    for condition in found {
        let close = pb::CloseConditionRequest {
            request_id: request_id(),
            name: condition.name,
            etag: condition.etag,
            proof: "已提交细化后的目标表和工程进度月报".into(),
            ..Default::default()
        };
        let closed = there(client.clone().close_condition(finance.ask(close)).await?.into_inner().condition)?;
        stage.say(format!("条件销号：{}", closed.text));
    }
    Ok(())
}

async fn correction(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let (county, line) = (stage.county, &stage.county.corrective_action);
    let project = county.project(&line.project)?;
    let unit = people.get(&format!("unit-{}", project.unit))?;
    let finance = people.get("finance-performance")?;
    let mut client = CorrectiveActionServiceClient::new(stage.link.clone());
    let open = pb::OpenCorrectiveActionRequest {
        request_id: request_id(),
        project: county.name("projects", &line.project),
        action_id: "J-1".into(),
        finding: line.finding.clone(),
        due_date: date(&line.due)?,
        ..Default::default()
    };
    let action =
        there(client.open_corrective_action(finance.ask(open)).await?.into_inner().corrective_action)?;
    let plan = pb::FileCorrectivePlanRequest {
        request_id: request_id(),
        name: action.name,
        etag: action.etag,
        plan: line.plan.clone(),
        ..Default::default()
    };
    let action = there(client.file_corrective_plan(unit.ask(plan)).await?.into_inner().corrective_action)?;
    let action = report(stage, unit, action, &line.progress).await?;
    let action = verify(stage, finance, action).await?;
    let action = bring_up_again(stage, finance, action).await?;
    let action = report(stage, unit, action, "滞后节点已追平").await?;
    let action = verify(stage, finance, action).await?;
    stage.say(format!(
        "纠偏：{}“{}”整改、退回重改、提请督办后销号（{}）",
        project.title, line.finding, action.effect
    ));
    Ok(())
}

async fn report(
    stage: &Stage<'_>,
    unit: &Actor,
    action: pb::CorrectiveAction,
    progress: &str,
) -> anyhow::Result<pb::CorrectiveAction> {
    let report = pb::ReportCorrectiveProgressRequest {
        request_id: request_id(),
        name: action.name,
        etag: action.etag,
        progress: progress.to_owned(),
        evidence: "监理月报".into(),
        ..Default::default()
    };
    let mut client = CorrectiveActionServiceClient::new(stage.link.clone());
    there(client.report_corrective_progress(unit.ask(report)).await?.into_inner().corrective_action)
}

/// What did not hold is opened again and brought before the bureau's leaders.
async fn bring_up_again(
    stage: &Stage<'_>,
    finance: &Actor,
    action: pb::CorrectiveAction,
) -> anyhow::Result<pb::CorrectiveAction> {
    let mut client = CorrectiveActionServiceClient::new(stage.link.clone());
    let reopen = pb::ReopenCorrectiveActionRequest {
        request_id: request_id(),
        name: action.name,
        etag: action.etag,
        reason: "复核发现个别节点再次滞后".into(),
        // counted from today, whichever day the year is played
        due_date: date("2099-12-31")?,
        ..Default::default()
    };
    let action =
        there(client.reopen_corrective_action(finance.ask(reopen)).await?.into_inner().corrective_action)?;
    let escalate = pb::EscalateCorrectiveActionRequest {
        request_id: request_id(),
        name: action.name,
        etag: action.etag,
        organization: stage.county.organization("101"),
        reason: "提请局领导督办".into(),
        ..Default::default()
    };
    there(client.escalate_corrective_action(finance.ask(escalate)).await?.into_inner().corrective_action)
}

async fn verify(
    stage: &Stage<'_>,
    finance: &Actor,
    action: pb::CorrectiveAction,
) -> anyhow::Result<pb::CorrectiveAction> {
    let verify = pb::VerifyCorrectiveActionRequest {
        request_id: request_id(),
        name: action.name,
        etag: action.etag,
        verification: stage.county.corrective_action.verification.clone(),
        effect: "进度按新节点执行".into(),
        ..Default::default()
    };
    let mut client = CorrectiveActionServiceClient::new(stage.link.clone());
    let action =
        there(client.verify_corrective_action(finance.ask(verify)).await?.into_inner().corrective_action)?;
    ensure!(
        action.state() == pb::CorrectiveActionState::Closed,
        "the corrective action is {:?}",
        action.state()
    );
    Ok(action)
}

async fn suspension(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let (county, line) = (stage.county, &stage.county.suspension);
    let project = county.project(&line.project)?;
    let name = county.name("projects", &line.project);
    let (line_office, platform) = (people.get("finance-line")?, people.get("platform")?);
    let mut client = SuspensionServiceClient::new(stage.link.clone());
    let order = pb::OrderSuspensionRequest {
        request_id: request_id(),
        project: name.clone(),
        suspension_id: "S-1".into(),
        authority: line.authority.clone(),
        reason: line.reason.clone(),
        lift_condition: line.lift_condition.clone(),
        ..Default::default()
    };
    let suspension = there(client.order_suspension(line_office.ask(order)).await?.into_inner().suspension)?;
    let post = || {
        let payment = row(&name, "AFTER-LIFT-1", extra_paid()?, "2021-12-20")?;
        anyhow::Ok(pb::PostPaymentRequest {
            request_id: request_id(),
            payment: Some(payment),
            ..Default::default()
        })
    };
    let mut payments = PaymentServiceClient::new(stage.link.clone());
    let message = refused(payments.post_payment(platform.ask(post()?)).await, Reason::PaymentSuspended)?;
    let lift = pb::LiftSuspensionRequest {
        request_id: request_id(),
        name: suspension.name,
        etag: suspension.etag,
        reason: line.lift_reason.clone(),
        ..Default::default()
    };
    client.lift_suspension(line_office.ask(lift)).await?;
    payments.post_payment(platform.ask(post()?)).await?;
    stage.say(format!("暂停拨付：{}（{message}），整改核验后恢复", project.title));
    Ok(())
}
