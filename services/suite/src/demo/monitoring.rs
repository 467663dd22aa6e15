//! Money issued with targets, payments, readings, lights, conditions, a correction, a suspension.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use hengji_kernel::Money;
use hengji_proto::common::v1::Explanation;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::allotment_service_client::AllotmentServiceClient;
use hengji_proto::monitoring::v1::payment_service_client::PaymentServiceClient;
use hengji_proto::monitoring::v1::position_service_client::PositionServiceClient;
use hengji_rpc::{Link, Reason};

use super::county::ProjectLine;
use super::say::{date, decimal, refused, request_id, there};
use super::{Actor, People, Stage, additions, bonds, readings, rounds, supervision};

pub(crate) async fn play(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    issue_all(stage, people).await?;
    additions::play(stage, people).await?;
    follow_adjustment(stage, people).await?;
    pay(stage, people).await?;
    readings::half_year(stage, people).await?;
    rounds::play(stage, people).await?;
    supervision::play(stage, people).await?;
    bonds::play(stage, people).await?;
    readings::year_end(stage, people).await?;
    roll_up(stage, people).await
}

/// The steps of an explanation with their arithmetic: why a light is what it is.
pub(crate) fn why(explanation: Option<&Explanation>) -> String {
    let steps = explanation.map(|told| told.steps.as_slice()).unwrap_or_default();
    let told = steps.iter().map(|step| match step.arithmetic.as_str() {
        "" => step.text.clone(),
        arithmetic => format!("{}（{arithmetic}）", step.text),
    });
    told.collect::<Vec<_>>().join("；")
}

/// Issues money to a project.
pub(crate) async fn issue(
    stage: &Stage<'_>,
    actor: &Actor,
    project: String,
    id: String,
    yuan: &str,
    day: &str,
) -> anyhow::Result<Result<tonic::Response<pb::IssueAllotmentResponse>, tonic::Status>> {
    let issue = pb::IssueAllotmentRequest {
        request_id: request_id(),
        project,
        document: format!("指标文 {id}"),
        allotment_id: id,
        amount_yuan: decimal(yuan),
        issue_date: date(day)?,
        ..Default::default()
    };
    Ok(AllotmentServiceClient::new(stage.link.clone()).issue_allotment(actor.ask(issue)).await)
}

async fn issue_all(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let (county, line_office) = (stage.county, people.get("finance-line")?);
    for line in &county.projects {
        let project = county.name("projects", &line.code);
        issue(stage, line_office, project, format!("Z-{}", line.code), &line.budget_yuan, "2021-02-10")
            .await?
            .with_context(|| line.title.clone())?;
    }
    let line = &county.refused_project;
    let project = county.name("projects", &line.code);
    let answer =
        issue(stage, line_office, project, format!("Z-{}", line.code), &line.budget_yuan, "2021-02-10")
            .await?;
    let message = refused(answer, Reason::GateRefused)?;
    stage.say(format!(
        "指标下达：{} 个项目资金与目标同时下达；未批复目标的被拒绝（{message}）",
        county.projects.len()
    ));
    take_back(stage, line_office).await
}

/// Unspent money is taken back and issued again.
async fn take_back(stage: &Stage<'_>, line_office: &Actor) -> anyhow::Result<()> {
    let county = stage.county;
    let line = county.projects.first().context("no project")?;
    let mut client = AllotmentServiceClient::new(stage.link.clone());
    let get = pb::GetAllotmentRequest { name: county.name("allotments", &format!("Z-{}", line.code)) };
    let allotment = there(client.get_allotment(line_office.ask(get)).await?.into_inner().allotment)?;
    let allotment = lower(&mut client, line_office, allotment).await?;
    client
        .withdraw_allotment(line_office.ask(pb::WithdrawAllotmentRequest {
            request_id: request_id(),
            name: allotment.name,
            etag: allotment.etag,
            reason: "指标文号登记有误，收回重下".into(),
            withdraw_date: date("2021-02-11")?,
            ..Default::default()
        }))
        .await?;
    let project = county.name("projects", &line.code);
    issue(stage, line_office, project, format!("Z-{}-2", line.code), &line.budget_yuan, "2021-02-11")
        .await??;
    stage.say(format!("指标收回：{}的指标收回后重新下达", line.title));
    Ok(())
}

/// One yuan less by an adjustment (指标调整), one more carried over (结转).
async fn lower(
    client: &mut AllotmentServiceClient<Link>,
    line_office: &Actor,
    allotment: pb::Allotment,
) -> anyhow::Result<pb::Allotment> {
    let adjust = pb::AdjustAllotmentRequest {
        request_id: request_id(),
        name: allotment.name,
        etag: allotment.etag,
        change_yuan: decimal("-1"),
        adjust_date: date("2021-02-10")?,
        document: "指标调整文".into(),
        reason: "登记金额有误".into(),
        ..Default::default()
    };
    let allotment = there(client.adjust_allotment(line_office.ask(adjust)).await?.into_inner().allotment)?;
    let carry = pb::CarryOverAllotmentRequest {
        request_id: request_id(),
        name: allotment.name,
        etag: allotment.etag,
        amount_yuan: decimal("1"),
        carry_date: date("2021-02-10")?,
        document: "指标结转文".into(),
        reason: "尾款下年支付".into(),
        ..Default::default()
    };
    there(client.carry_over_allotment(line_office.ask(carry)).await?.into_inner().allotment)
}

/// The adjusted target becomes monitoring's baseline by itself; then what is left of the added money is issued.
async fn follow_adjustment(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let county = stage.county;
    let with = &county.additions.with_target;
    let project = county.name("projects", &with.project);
    let line_office = people.get("finance-line")?;
    let left: Money = county.reduction.left_yuan.parse()?;
    let more = (left - county.project(&with.project)?.budget_yuan.parse::<Money>()?).to_string();
    until("the adjusted target becomes the baseline", async || {
        let position = position(stage, line_office, &project).await?;
        let budget: Money = position.budget_yuan.map(|yuan| yuan.value).unwrap_or_default().parse()?;
        Ok(position.target_version == 3 && budget == left)
    })
    .await?;
    issue(stage, line_office, project, format!("Z-{}-2", with.project), &more, "2021-07-05").await??;
    stage.say("双监控：调整后的目标已自动成为监控基准，追加资金扣除追减后随目标下达");
    Ok(())
}

/// Waits for news to travel, for twenty seconds at the most.
pub(crate) async fn until(what: &str, check: impl AsyncFn() -> anyhow::Result<bool>) -> anyhow::Result<()> {
    for _ in 0..400 {
        if check().await? {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("{what}: did not happen in twenty seconds")
}

pub(crate) async fn position(
    stage: &Stage<'_>,
    actor: &Actor,
    project: &str,
) -> anyhow::Result<pb::Position> {
    let get = pb::GetPositionRequest { project: project.to_owned(), as_of: None, ..Default::default() };
    there(
        PositionServiceClient::new(stage.link.clone())
            .get_position(actor.ask(get))
            .await?
            .into_inner()
            .position,
    )
}

pub(crate) fn row(project: &str, voucher: &str, amount: Money, day: &str) -> anyhow::Result<pb::PaymentRow> {
    Ok(pb::PaymentRow {
        voucher: voucher.to_owned(),
        project: project.to_owned(),
        amount_yuan: decimal(&amount.to_string()),
        pay_date: date(day)?,
        payee: "收款单位".into(),
        note: "按合同支付".into(),
        ..Default::default()
    })
}

/// Thirds in March, July and November; the last takes what is left.
fn instalments(line: &ProjectLine, project: &str) -> anyhow::Result<Vec<pb::PaymentRow>> {
    let whole: Money = line.executed_yuan.parse()?;
    let third = Money::from_fen(whole.fen() / 3);
    let parts =
        [("1", third, "2021-03-20"), ("2", third, "2021-07-20"), ("3", whole - third - third, "2021-11-20")];
    parts
        .into_iter()
        .map(|(number, amount, day)| row(project, &format!("{}-{number}", line.code), amount, day))
        .collect()
}

async fn pay(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let (county, platform) = (stage.county, people.get("platform")?);
    let mut client = PaymentServiceClient::new(stage.link.clone());
    let mut streamed = Vec::new();
    for (index, line) in county.projects.iter().enumerate() {
        let rows = instalments(line, &county.name("projects", &line.code))?;
        match index {
            0 => {
                for payment in rows {
                    let post = pb::PostPaymentRequest {
                        request_id: request_id(),
                        payment: Some(payment),
                        ..Default::default()
                    };
                    let outcome = there(client.post_payment(platform.ask(post)).await?.into_inner().outcome)?;
                    tell_light(stage, line, &outcome);
                }
            }
            1 => {
                let post = pb::BatchPostPaymentsRequest {
                    request_id: request_id(),
                    parent: county.parent(),
                    payments: rows,
                    ..Default::default()
                };
                client.batch_post_payments(platform.ask(post)).await?;
            }
            _ => streamed.extend(rows),
        }
    }
    odd_rows(stage, &mut streamed)?;
    stream(stage, platform, streamed).await
}

/// Among the good rows: one sent twice, one above the allotment, and one paid too much and refunded.
fn odd_rows(stage: &Stage<'_>, rows: &mut Vec<pb::PaymentRow>) -> anyhow::Result<()> {
    let county = stage.county;
    let again = rows.first().cloned().context("no rows")?;
    let roomy = county.project(&county.suspension.project)?;
    let project = county.name("projects", &roomy.code);
    rows.insert(1, again);
    rows.push(row(&project, "OVERDRAW-1", roomy.budget_yuan.parse()?, "2021-12-01")?);
    rows.push(row(&project, "REFUND-1", "5000".parse()?, "2021-12-02")?);
    rows.push(row(&project, "REFUND-2", "-5000".parse()?, "2021-12-05")?);
    Ok(())
}

async fn stream(stage: &Stage<'_>, platform: &Actor, rows: Vec<pb::PaymentRow>) -> anyhow::Result<()> {
    let sent = rows.len();
    let requests = rows.into_iter().map(|payment| pb::StreamPaymentsRequest { payment: Some(payment) });
    let mut answers = PaymentServiceClient::new(stage.link.clone())
        .stream_payments(platform.ask(tokio_stream::iter(requests.collect::<Vec<_>>())))
        .await?
        .into_inner();
    let (mut stored, mut duplicates, mut refusals) = (0, 0, Vec::new());
    while let Some(answer) = answers.message().await? {
        let outcome = there(answer.outcome)?;
        match (outcome.stored, outcome.duplicate) {
            (true, true) => duplicates += 1,
            (true, false) => stored += 1,
            (false, _) => refusals.push(format!("{}（{}）", outcome.message, outcome.reason)),
        }
    }
    ensure!(
        stored + duplicates + refusals.len() == sent,
        "{sent} rows were sent, and not every one was answered"
    );
    ensure!(duplicates == 1 && refusals.len() == 1, "{duplicates} duplicates, refusals: {refusals:?}");
    stage.say(format!(
        "支付：流式写入 {stored} 笔（含退款 1 笔），重复 {duplicates} 笔，拒绝：{}",
        refusals.join("；")
    ));
    Ok(())
}

fn tell_light(stage: &Stage<'_>, line: &ProjectLine, outcome: &pb::PaymentOutcome) {
    if let Some(position) = &outcome.position {
        let why = why(position.money_explanation.as_ref());
        stage.say(format!(
            "双监控：{} {} → 执行灯 {}：{why}",
            line.title,
            outcome.voucher,
            light(position.money_light())
        ));
    }
}

pub(crate) const fn light(light: pb::Light) -> &'static str {
    match light {
        pb::Light::Green => "绿",
        pb::Light::Yellow => "黄",
        pb::Light::Red => "红",
        pb::Light::Unspecified => "未亮",
    }
}

/// The county's sums equal what the data file says was paid.
async fn roll_up(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let county = stage.county;
    let get = pb::GetRollupRequest { region: county.region.clone(), unit: String::new(), year: county.year };
    let auditor = people.get("auditor")?;
    let answer =
        PositionServiceClient::new(stage.link.clone()).get_rollup(auditor.ask(get)).await?.into_inner();
    let rollup = there(answer.rollup)?;
    let paid: Money =
        county.projects.iter().map(|line| line.executed_yuan.parse::<Money>()).sum::<Result<Money, _>>()?
            + supervision::extra_paid()?;
    let told: Money = rollup.paid_yuan.map(|yuan| yuan.value).unwrap_or_default().parse()?;
    ensure!(told == paid, "the roll-up says {told} yuan paid, the vouchers {paid}");
    stage.say(format!("双监控：{} 个项目，已支付 {paid} 元，与支付凭证逐笔核对一致", rollup.project_count));
    Ok(())
}
