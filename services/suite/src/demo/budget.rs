//! Control figures of the departments, a project that is completed before it is filed, and one filed with its target in one act.

use std::collections::BTreeMap;

use anyhow::Context;
use hengji_kernel::Money;
use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::budget_service_client::BudgetServiceClient;
use hengji_proto::targets::v1::control_figure_service_client::ControlFigureServiceClient;
use hengji_proto::targets::v1::project_service_client::ProjectServiceClient;

use super::county::ProjectLine;
use super::say::{decimal, request_id, there};
use super::targets::{Desk, filed_project, project_target, target_id};
use super::{People, Stage};

/// What the first department gets on top of its projects, for cases to come.
const RESERVE: &str = "100000";

pub(crate) async fn play(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    control_figures(stage, people).await?;
    complete(stage, people).await
}

async fn control_figures(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let line_office = people.get("finance-line")?;
    let mut client = ControlFigureServiceClient::new(stage.link.clone());
    let mut figures: BTreeMap<&str, Money> = BTreeMap::new();
    for line in &stage.county.projects {
        *figures.entry(&line.unit[..3]).or_default() += line.budget_yuan.parse::<Money>()?;
    }
    let mut issued = vec![];
    for (unit, amount) in &figures {
        let issue = pb::IssueControlFigureRequest {
            request_id: request_id(),
            parent: stage.county.parent(),
            unit: (*unit).to_owned(),
            initial_yuan: decimal(&amount.to_string()),
            document: "盐财预〔2020〕示意8号".into(),
            ..Default::default()
        };
        issued.push(there(
            client.issue_control_figure(line_office.ask(issue)).await?.into_inner().control_figure,
        )?);
    }
    let (figure, amount) = (issued.first().context("no department")?, figures.values().next());
    let raised = *amount.context("no department")? + RESERVE.parse::<Money>()?;
    let adjust = pb::AdjustControlFigureRequest {
        request_id: request_id(),
        name: figure.name.clone(),
        etag: figure.etag.clone(),
        initial_yuan: decimal(&raised.to_string()),
        document: "盐财预〔2020〕示意9号".into(),
        reason: "预留机动".into(),
        ..Default::default()
    };
    client.adjust_control_figure(line_office.ask(adjust)).await?;
    stage.say(format!("部门控制数：{} 个部门下达，1 个调整", issued.len()));
    Ok(())
}

/// The first project tells where its money comes from.
async fn complete(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let line = stage.county.projects.first().context("no project")?;
    let declarer = people.get(&format!("unit-{}", line.unit))?;
    let mut client = ProjectServiceClient::new(stage.link.clone());
    let get = pb::GetProjectRequest { name: stage.county.name("projects", &line.code) };
    let mut project = there(client.get_project(declarer.ask(get)).await?.into_inner().project)?;
    project.money = vec![pb::ProjectMoney {
        year: stage.county.year,
        source: pb::FundSource::Local.into(),
        amount_yuan: project.request_yuan.clone(),
    }];
    let update = pb::UpdateProjectRequest {
        request_id: request_id(),
        name: project.name.clone(),
        etag: project.etag.clone(),
        project: Some(project),
        reason: "补充资金来源".into(),
        ..Default::default()
    };
    client.update_project(declarer.ask(update)).await?;
    stage.say(format!("项目库：{}补充资金来源", line.title));
    Ok(())
}

/// A unit's budget of one project with its target.
pub(crate) async fn file_together(desk: &Desk<'_>, line: &ProjectLine) -> anyhow::Result<()> {
    let county = desk.stage.county;
    let declarer = desk.people.get(&format!("unit-{}", line.unit))?;
    let row = pb::BudgetRow {
        project: Some(filed_project(county, line)?),
        target_id: target_id(&line.code),
        target: Some(project_target(line, String::new())?),
    };
    let file = pb::FileBudgetRequest {
        request_id: request_id(),
        parent: county.parent(),
        unit: line.unit.clone(),
        total_yuan: decimal(&line.budget_yuan),
        rows: vec![row],
        ..Default::default()
    };
    BudgetServiceClient::new(desk.stage.link.clone()).file_budget(declarer.ask(file)).await?;
    Ok(())
}
