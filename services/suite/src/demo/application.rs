//! Feedback and rectification, next year's cuts, an explanation and its hold, disclosure, the annual report.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use hengji_kernel::{Decimal, Money};
use hengji_proto::application::v1 as pb;
use hengji_proto::application::v1::annual_report_service_client::AnnualReportServiceClient;
use hengji_proto::application::v1::disclosure_service_client::DisclosureServiceClient;
use hengji_proto::application::v1::feedback_service_client::FeedbackServiceClient;
use hengji_proto::application::v1::linkage_service_client::LinkageServiceClient;

use super::cases::Cases;
use super::say::{date, decimal, request_id, there, value};
use super::{Outcome, People, Stage, explanation};

pub(crate) async fn play(stage: &Stage<'_>, people: &People, cases: Cases) -> anyhow::Result<Outcome> {
    feedback(stage, people).await?;
    explanation::play(stage, people).await?;
    let run = linkage(stage, people).await?;
    let report = report(stage, people).await?;
    disclose(stage, people, &run, &report.name).await?;
    let figures = figures(stage, people, &report).await?;
    Ok(Outcome {
        report_text: report.text,
        report_name: report.name,
        figures,
        reproduced: cases.reproduced,
        printed: cases.printed,
        deviations: cases.deviations,
    })
}

/// Every problem found in a project goes back to its unit and is put right.
async fn feedback(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let county = stage.county;
    let finance = people.get("finance-performance")?;
    let mut client = FeedbackServiceClient::new(stage.link.clone());
    let mut closed = 0;
    for line in county.projects.iter().filter(|line| line.evaluation.is_some()) {
        let issue = pb::IssueFeedbackRequest {
            request_id: request_id(),
            task: county.name("evaluationTasks", &format!("P-{}", line.code)),
            feedback_id: format!("F-{}", line.code),
            due_date: date("2022-03-31")?,
            ..Default::default()
        };
        let answer = client.issue_feedback(finance.ask(issue)).await.with_context(|| line.title.clone())?;
        let unit = people.get(&format!("unit-{}", line.unit))?;
        for rectification in answer.into_inner().rectifications {
            let plan = pb::FileRectificationPlanRequest {
                request_id: request_id(),
                name: rectification.name,
                etag: rectification.etag,
                plan: rectification.suggestion.clone(),
                ..Default::default()
            };
            let planned =
                there(client.file_rectification_plan(unit.ask(plan)).await?.into_inner().rectification)?;
            let progress = pb::ReportRectificationProgressRequest {
                request_id: request_id(),
                name: planned.name,
                etag: planned.etag,
                progress: "已按方案完成整改".into(),
                ..Default::default()
            };
            let answer = client.report_rectification_progress(unit.ask(progress)).await?.into_inner();
            let done = there(answer.rectification)?;
            let verify = pb::VerifyRectificationRequest {
                request_id: request_id(),
                name: done.name,
                etag: done.etag,
                verification: "经核验整改到位".into(),
                ..Default::default()
            };
            client.verify_rectification(finance.ask(verify)).await?;
            closed += 1;
        }
    }
    stage.say(format!("反馈整改：{closed} 个问题整改销号"));
    Ok(())
}

/// The nine cuts of the report: proposed by rule, decided by people, applied, tied out.
async fn linkage(stage: &Stage<'_>, people: &People) -> anyhow::Result<String> {
    let county = stage.county;
    let (finance, line_office) = (people.get("finance-performance")?, people.get("finance-line")?);
    let mut client = LinkageServiceClient::new(stage.link.clone());
    let create = |validate_only| pb::CreateLinkageRunRequest {
        request_id: request_id(),
        validate_only,
        parent: county.parent(),
        run_id: "L1".into(),
    };
    let what_if = client.create_linkage_run(finance.ask(create(true))).await?.into_inner();
    let created = client.create_linkage_run(finance.ask(create(false))).await?.into_inner();
    ensure!(what_if.proposals.len() == created.proposals.len(), "the what-if proposes something else");
    let run = there(created.run)?;
    let (mut cuts, mut total) = (0, Money::ZERO);
    for proposal in created.proposals {
        let code = proposal.project.rsplit('/').next().unwrap_or_default().to_owned();
        let (action, cut, reason) = decision(stage, &proposal, &code)?;
        let line = county.project(&code)?;
        if action == pb::LinkageAction::Cut {
            (cuts, total) = (cuts + 1, total + cut);
            stage.say(format!("结果挂钩：{} 核减 {cut} 元", line.title));
        }
        let decide = pb::DecideProposalRequest {
            request_id: request_id(),
            name: proposal.name,
            etag: proposal.etag,
            action: action.into(),
            cut_yuan: (!cut.is_zero()).then(|| decimal(&cut.to_string())).flatten(),
            reason,
            ..Default::default()
        };
        client.decide_proposal(line_office.ask(decide)).await.with_context(|| line.title.clone())?;
    }
    ensure!(cuts == 9, "the report has nine cuts, the run {cuts}");
    let get = pb::GetLinkageRunRequest { name: run.name.clone() };
    let run = there(client.get_linkage_run(line_office.ask(get)).await?.into_inner().run)?;
    let apply = pb::ApplyLinkageRunRequest {
        request_id: request_id(),
        name: run.name.clone(),
        etag: run.etag,
        expected_total_yuan: decimal(&total.to_string()),
        document: "盐财预〔2022〕示意1号".into(),
        ..Default::default()
    };
    client.apply_linkage_run(line_office.ask(apply)).await?;
    stage.say(format!("结果挂钩：九项共核减 {total} 元，逐项与总数核对一致"));
    Ok(run.name)
}

/// As proposed, but for two: the county changed one amount, and a finished one-off project is not cut.
fn decision(
    stage: &Stage<'_>,
    proposal: &pb::LinkageProposal,
    code: &str,
) -> anyhow::Result<(pb::LinkageAction, Money, String)> {
    let changed = &stage.county.changed_decision;
    if code == changed.project {
        return Ok((pb::LinkageAction::Cut, changed.cut_yuan.parse()?, changed.reason.clone()));
    }
    let proposed: Money = match &proposal.proposed_cut_yuan {
        Some(yuan) => yuan.value.parse()?,
        None => Money::ZERO,
    };
    if proposal.proposed_action() == pb::LinkageAction::Cut && stage.county.project(code)?.nature == "one_off"
    {
        let reason = "一次性建设项目，剩余工程按整改方案实施，不核减下年预算".to_owned();
        return Ok((pb::LinkageAction::Keep, Money::ZERO, reason));
    }
    Ok((proposal.proposed_action(), proposed, String::new()))
}

async fn report(stage: &Stage<'_>, people: &People) -> anyhow::Result<pb::AnnualReport> {
    let finance = people.get("finance-performance")?;
    let create = pb::CreateAnnualReportRequest {
        request_id: request_id(),
        parent: stage.county.parent(),
        report_id: "R1".into(),
        title: stage.county.title.clone(),
        cut_off: date("2021-12-31")?,
        ..Default::default()
    };
    let mut client = AnnualReportServiceClient::new(stage.link.clone());
    let report = there(client.create_annual_report(finance.ask(create)).await?.into_inner().report)?;
    for format in [pb::ReportFormat::Text, pb::ReportFormat::Html] {
        let render = pb::RenderAnnualReportRequest { name: report.name.clone(), format: format.into() };
        let rendered = client.render_annual_report(finance.ask(render)).await?.into_inner();
        ensure!(rendered.content.contains(&stage.county.title), "the rendered report lacks its title");
    }
    Ok(report)
}

/// Publishes report, cuts and one evaluation; anyone reads them without a token.
async fn disclose(stage: &Stage<'_>, people: &People, run: &str, report: &str) -> anyhow::Result<()> {
    let county = stage.county;
    let finance = people.get("finance-performance")?;
    let mut client = DisclosureServiceClient::new(stage.link.clone());
    let task = county
        .projects
        .iter()
        .find(|line| line.evaluation.is_some())
        .map(|line| county.name("evaluationTasks", &format!("P-{}", line.code)))
        .context("no project is evaluated")?;
    let subjects = [
        ("K-1", pb::DisclosureKind::AnnualReport, report, "年度预算绩效管理报告"),
        ("K-2", pb::DisclosureKind::Linkage, run, "评价结果应用情况"),
        ("K-3", pb::DisclosureKind::Evaluation, task.as_str(), "重点项目绩效评价结果"),
    ];
    for (id, kind, subject, title) in subjects {
        let publish = pb::PublishDisclosureRequest {
            request_id: request_id(),
            parent: county.parent(),
            disclosure_id: id.into(),
            kind: kind.into(),
            subject: subject.into(),
            title: title.into(),
            ..Default::default()
        };
        client.publish_disclosure(finance.ask(publish)).await.with_context(|| title.to_owned())?;
    }
    let list =
        pb::ListDisclosuresRequest { region: county.region.clone(), year: county.year, ..Default::default() };
    let published = client.list_disclosures(list).await?.into_inner().disclosures;
    ensure!(published.len() == 3, "{} disclosures are read without a token, not 3", published.len());
    stage.say(format!("信息公开：{} 项已公开，任何人无需令牌可读", published.len()));
    Ok(())
}

/// Opens every figure of the report to its rows; their sum or count is the figure.
async fn figures(
    stage: &Stage<'_>,
    people: &People,
    report: &pb::AnnualReport,
) -> anyhow::Result<BTreeMap<String, String>> {
    let auditor = people.get("auditor")?;
    let mut client = AnnualReportServiceClient::new(stage.link.clone());
    let mut figures = BTreeMap::new();
    for figure in &report.figures {
        let list = pb::ListFigureRowsRequest {
            report: report.name.clone(),
            figure_id: figure.figure_id.clone(),
            page_size: 1000,
            ..Default::default()
        };
        let rows = client.list_figure_rows(auditor.ask(list)).await?.into_inner().rows;
        ensure!(
            rows.len() == usize::try_from(figure.row_count)?,
            "{} does not open to its rows",
            figure.figure_id
        );
        let told = value(figure.value.as_ref())?;
        if figure.unit == "元" {
            let sum: Decimal =
                rows.iter().map(|row| value(row.value.as_ref())).sum::<anyhow::Result<Decimal>>()?;
            ensure!(sum == told, "{}: rows sum to {sum}, the figure is {told}", figure.figure_id);
        }
        figures.insert(figure.figure_id.clone(), told.normalize().to_string());
    }
    stage.say(format!("年度报告：{} 个数字均可逐一打开到明细，合计一致", figures.len()));
    Ok(figures)
}
