//! Projects, and targets declared, reviewed and approved with the budget.

use anyhow::{Context, ensure};
use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::gate_service_client::GateServiceClient;
use hengji_proto::targets::v1::project_service_client::ProjectServiceClient;
use hengji_proto::targets::v1::target_service_client::TargetServiceClient;
use hengji_rpc::Link;

use super::county::{County, DepartmentLine, IndicatorLine, ProjectLine};
use super::say::{decimal, request_id, there, word};
use super::{Actor, People, Stage, assessments, budget, quality, reviews};

pub(crate) async fn play(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    file_projects(stage, people).await?;
    budget::play(stage, people).await?;
    assessments::play(stage, people).await?;
    let desk = Desk { stage, people, targets: TargetServiceClient::new(stage.link.clone()) };
    declare(&desk).await?;
    quality::play(&desk).await?;
    reviews::withdraw(&desk).await?;
    reviews::play(&desk).await?;
    approve(&desk).await?;
    gates(stage, people).await
}

pub(crate) fn target_id(code: &str) -> String {
    format!("T-{code}")
}

/// The project as it is filed.
pub(crate) fn project(line: &ProjectLine, advisers: Vec<String>) -> anyhow::Result<pb::Project> {
    let marks = line.marks.iter().map(|mark| word("targets.v1.ProjectMark", mark));
    Ok(pb::Project {
        code: line.code.clone(),
        title: line.title.clone(),
        unit: line.unit.clone(),
        category: pb::ProjectCategory::Specific.into(),
        nature: word("targets.v1.ProjectNature", &line.nature)?,
        fund_kind: word("targets.v1.FundKind", &line.fund_kind)?,
        marks: marks.collect::<anyhow::Result<_>>()?,
        industry: line.industry.clone(),
        request_yuan: decimal(&line.budget_yuan),
        ex_ante_required: line.ex_ante.is_some(),
        advisers,
        amount_source: line.amount_source.clone(),
        ..Default::default()
    })
}

/// The indicators as they are declared.
pub(crate) fn indicators(lines: &[IndicatorLine]) -> anyhow::Result<Vec<pb::TargetIndicator>> {
    lines.iter().map(indicator).collect()
}

fn indicator(line: &IndicatorLine) -> anyhow::Result<pb::TargetIndicator> {
    let interim = line
        .interim
        .iter()
        .map(|(month, value)| Ok(pb::InterimValue { month: month.parse()?, value: decimal(value) }));
    let mut interim_values: Vec<_> = interim.collect::<anyhow::Result<_>>()?;
    interim_values.sort_by_key(|value| value.month);
    Ok(pb::TargetIndicator {
        code: line.code.clone(),
        level1: line.level1.clone(),
        level2: line.level2.clone(),
        title: line.title.clone(),
        catalog_indicator: line.catalog_indicator.clone(),
        operator: word("targets.v1.Operator", &line.operator)?,
        value: line.value.as_deref().and_then(decimal),
        value_text: line.value_text.clone(),
        unit: line.unit.clone(),
        direction: word("targets.v1.Direction", &line.direction)?,
        weight: decimal(&line.weight),
        interim_values,
        evidence_plan: "验收单、统计台账、满意度问卷".into(),
    })
}

/// The project of the county as it is filed, with the institution that advised it.
pub(crate) fn filed_project(county: &County, line: &ProjectLine) -> anyhow::Result<pb::Project> {
    let advised = county.advised.project == line.code;
    let advisers = advised.then(|| county.organization(&county.advised.institution));
    project(line, advisers.into_iter().collect())
}

async fn file_projects(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let county = stage.county;
    let mut client = ProjectServiceClient::new(stage.link.clone());
    for line in county.projects.iter().chain([&county.refused_project]) {
        let declarer = people.get(&format!("unit-{}", line.unit))?;
        client
            .batch_create_projects(declarer.ask(pb::BatchCreateProjectsRequest {
                request_id: request_id(),
                parent: county.parent(),
                projects: vec![filed_project(county, line)?],
                ..Default::default()
            }))
            .await
            .with_context(|| line.title.clone())?;
    }
    stage.say(format!("项目库：{} 个项目入库", county.projects.len() + 1));
    Ok(())
}

/// Where targets are worked on.
pub(crate) struct Desk<'a> {
    pub(crate) stage: &'a Stage<'a>,
    pub(crate) people: &'a People,
    pub(crate) targets: TargetServiceClient<Link>,
}

/// Points of a review that earn a grade: completeness, relevance, suitability, feasibility.
fn review_points(grade: &str) -> [&'static str; 4] {
    match grade {
        "excellent" => ["19", "28", "28", "18"],
        "good" => ["17", "26", "25", "17"],
        "fair" => ["14", "21", "21", "14"],
        _ => ["8", "14", "13", "9"],
    }
}

pub(crate) fn review_request(
    name: &str,
    etag: String,
    stage: pb::ReviewStage,
    grade: &str,
) -> pb::ReviewTargetRequest {
    let [completeness, relevance, suitability, feasibility] = review_points(grade);
    pb::ReviewTargetRequest {
        request_id: request_id(),
        name: name.to_owned(),
        etag,
        stage: stage.into(),
        completeness_points: decimal(completeness),
        relevance_points: decimal(relevance),
        suitability_points: decimal(suitability),
        feasibility_points: decimal(feasibility),
        opinion: "按四性审核".into(),
        ..Default::default()
    }
}

impl Desk<'_> {
    pub(crate) async fn get(&self, actor: &Actor, name: &str) -> anyhow::Result<pb::PerformanceTarget> {
        let get = pb::GetTargetRequest { name: name.to_owned(), ..Default::default() };
        there(self.targets.clone().get_target(actor.ask(get)).await?.into_inner().target)
    }

    pub(crate) async fn create(
        &self,
        actor: &Actor,
        parent: String,
        id: String,
        target: pb::PerformanceTarget,
    ) -> anyhow::Result<pb::CreateTargetResponse> {
        let create = pb::CreateTargetRequest {
            request_id: request_id(),
            parent,
            target_id: id,
            target: Some(target),
            ..Default::default()
        };
        Ok(self.targets.clone().create_target(actor.ask(create)).await?.into_inner())
    }

    pub(crate) async fn file(&self, actor: &Actor, names: Vec<String>) -> anyhow::Result<()> {
        let file = pb::FileTargetsRequest { request_id: request_id(), names, ..Default::default() };
        self.targets.clone().file_targets(actor.ask(file)).await?;
        Ok(())
    }

    pub(crate) async fn review(
        &self,
        actor: &Actor,
        name: &str,
        stage: pb::ReviewStage,
        grade: &str,
    ) -> anyhow::Result<pb::PerformanceTarget> {
        let etag = self.get(actor, name).await?.etag;
        let review = review_request(name, etag, stage, grade);
        there(self.targets.clone().review_target(actor.ask(review)).await?.into_inner().target)
    }

    /// The last step, decided by a delegate of the performance office.
    pub(crate) async fn review_for(
        &self,
        actor: &Actor,
        name: &str,
        delegation: &str,
    ) -> anyhow::Result<pb::PerformanceTarget> {
        let etag = self.get(actor, name).await?.etag;
        let review = pb::ReviewTargetRequest {
            delegation: delegation.to_owned(),
            ..review_request(name, etag, pb::ReviewStage::Finance, "excellent")
        };
        there(self.targets.clone().review_target(actor.ask(review)).await?.into_inner().target)
    }

    /// The whole chain: department, line office, performance office; each finds it excellent.
    pub(crate) async fn pass(&self, reviewers: [&Actor; 3], name: &str) -> anyhow::Result<()> {
        let stages = [pb::ReviewStage::Department, pb::ReviewStage::FinanceLine, pb::ReviewStage::Finance];
        for (reviewer, stage) in reviewers.into_iter().zip(stages) {
            self.review(reviewer, name, stage, "excellent").await?;
        }
        Ok(())
    }

    /// Approves targets with their money in one act.
    pub(crate) async fn approve(
        &self,
        actor: &Actor,
        lines: &[(String, String)],
        document: &str,
    ) -> anyhow::Result<()> {
        let mut approvals = Vec::with_capacity(lines.len());
        for (name, yuan) in lines {
            let etag = self.get(actor, name).await?.etag;
            approvals.push(pb::TargetApproval { name: name.clone(), etag, approved_yuan: decimal(yuan) });
        }
        let approve = pb::ApproveTargetsRequest {
            request_id: request_id(),
            approvals,
            document: document.to_owned(),
            ..Default::default()
        };
        self.targets.clone().approve_targets(actor.ask(approve)).await?;
        Ok(())
    }

    pub(crate) fn name(&self, code: &str) -> String {
        self.stage.county.name("targets", &target_id(code))
    }
}

/// A project's target as its unit drafts it.
pub(crate) fn project_target(line: &ProjectLine, object: String) -> anyhow::Result<pb::PerformanceTarget> {
    let kind = if line.object_kind.is_empty() { "project" } else { &line.object_kind };
    Ok(pb::PerformanceTarget {
        object_kind: word("common.v1.ObjectKind", kind)?,
        object,
        goal_text: line.goal.clone(),
        indicators: indicators(&line.indicators)?,
        budget_yuan: decimal(&line.budget_yuan),
        ..Default::default()
    })
}

async fn declare(desk: &Desk<'_>) -> anyhow::Result<()> {
    let county = desk.stage.county;
    let mut findings = 0;
    let (together, others) = county.projects.split_last().context("no project")?;
    budget::file_together(desk, together).await.with_context(|| together.title.clone())?;
    for line in others.iter().chain([&county.refused_project]) {
        let declarer = desk.people.get(&format!("unit-{}", line.unit))?;
        let target = project_target(line, county.name("projects", &line.code))?;
        let created = desk
            .create(declarer, county.parent(), target_id(&line.code), target)
            .await
            .with_context(|| line.title.clone())?;
        findings += created.findings.len();
        desk.file(declarer, vec![desk.name(&line.code)]).await.with_context(|| line.title.clone())?;
    }
    for line in &county.departments {
        let declarer = desk.people.get(&format!("overall-{}", line.unit))?;
        let target = department_target(desk, line)?;
        let created = desk
            .create(declarer, county.parent(), target_id(&line.unit), target)
            .await
            .with_context(|| line.title.clone())?;
        findings += created.findings.len();
        desk.file(declarer, vec![desk.name(&line.unit)]).await.with_context(|| line.title.clone())?;
    }
    let count = county.projects.len() + 1 + county.departments.len();
    desk.stage.say(format!("绩效目标：{count} 个目标随预算一同申报，质量提示 {findings} 条"));
    Ok(())
}

fn department_target(desk: &Desk<'_>, line: &DepartmentLine) -> anyhow::Result<pb::PerformanceTarget> {
    let county = desk.stage.county;
    let money: hengji_kernel::Money = county
        .projects
        .iter()
        .filter(|project| project.unit.starts_with(&line.unit))
        .map(|project| project.budget_yuan.parse::<hengji_kernel::Money>())
        .sum::<Result<_, _>>()?;
    Ok(pb::PerformanceTarget {
        object_kind: hengji_proto::common::v1::ObjectKind::Department.into(),
        object: county.organization(&line.unit),
        title: line.title.clone(),
        goal_text: line.goal.clone(),
        indicators: indicators(&line.indicators)?,
        budget_yuan: decimal(&money.to_string()),
        ..Default::default()
    })
}

async fn approve(desk: &Desk<'_>) -> anyhow::Result<()> {
    let county = desk.stage.county;
    let line_office = desk.people.get("finance-line")?;
    let mut lines: Vec<(String, String)> =
        county.projects.iter().map(|line| (desk.name(&line.code), line.budget_yuan.clone())).collect();
    for line in &county.departments {
        let budget = department_target(desk, line)?.budget_yuan.map(|yuan| yuan.value).unwrap_or_default();
        lines.push((desk.name(&line.unit), budget));
    }
    desk.approve(line_office, &lines, "盐财预〔2021〕示意1号").await?;
    desk.stage.say(format!("预算批复：{} 个目标与预算一同批复", lines.len()));
    Ok(())
}

async fn gates(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let platform = people.get("platform")?;
    let mut client = GateServiceClient::new(stage.link.clone());
    let keys = client.get_verdict_keys(pb::GetVerdictKeysRequest {}).await?.into_inner().jwks_json;
    let keys = hengji_rpc::KeySet::from_jwks(&keys).map_err(crate::run::told)?;
    for (code, allowed) in
        [(&stage.county.projects[0].code, true), (&stage.county.refused_project.code, false)]
    {
        let check = pb::CheckGateRequest {
            project: stage.county.name("projects", code),
            kind: pb::GateKind::FundIssue.into(),
        };
        let verdict = there(client.check_gate(platform.ask(check)).await?.into_inner().verdict)?;
        ensure!(verdict.allowed == allowed, "the gate said {} of {code}", verdict.allowed);
        let signed: Option<serde_json::Value> = keys.open(&verdict.signed_verdict);
        ensure!(signed.is_some(), "the verdict on {code} does not verify with the published keys");
    }
    stage.say("关口：有批复目标的放行，未批复的拒绝；裁定签名可离线验证");
    Ok(())
}
