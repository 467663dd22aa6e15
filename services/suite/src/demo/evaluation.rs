//! Self-evaluation of every project, key projects by a drawn institution, departments overall, the pension fund.

use anyhow::{Context, ensure};
use hengji_proto::evaluation::v1 as pb;
use hengji_proto::evaluation::v1::evaluation_service_client::EvaluationServiceClient;
use hengji_proto::evaluation::v1::institution_service_client::InstitutionServiceClient;
use hengji_rpc::{Link, Reason};

use super::county::{DepartmentLine, EvaluationLine, ProjectLine};
use super::say::{decimal, refused, request_id, there, value, word};
use super::targets::target_id;
use super::{Actor, People, Stage};

/// The county's evaluations, its draws among them.
pub(crate) async fn play(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    self_evaluate(stage, people).await?;
    institutions(stage, people).await?;
    for line in &stage.county.projects {
        if let Some(evaluation) = &line.evaluation {
            evaluate(stage, people, line, evaluation).await.with_context(|| line.title.clone())?;
        }
    }
    for line in &stage.county.departments {
        overall(stage, people, line).await.with_context(|| line.title.clone())?;
    }
    suspend(stage, people).await
}

/// Where evaluations are worked on.
#[derive(Clone)]
pub(crate) struct Tasks(EvaluationServiceClient<Link>);

impl Tasks {
    pub(crate) fn new(link: &Link) -> Self {
        Self(EvaluationServiceClient::new(link.clone()))
    }

    pub(crate) async fn open(
        &self,
        actor: &Actor,
        parent: String,
        draft: pb::EvaluationTaskDraft,
    ) -> anyhow::Result<pb::EvaluationTask> {
        let create = pb::BatchCreateEvaluationTasksRequest {
            request_id: request_id(),
            parent,
            tasks: vec![draft],
            ..Default::default()
        };
        let answer = self.0.clone().batch_create_evaluation_tasks(actor.ask(create)).await?.into_inner();
        there(answer.tasks.into_iter().next())
    }

    pub(crate) async fn score(
        &self,
        actor: &Actor,
        task: &pb::EvaluationTask,
        given_scores: Vec<pb::GivenScore>,
        evaluation: Option<&EvaluationLine>,
    ) -> anyhow::Result<pb::EvaluationTask> {
        let problems = evaluation.map(|line| line.problems.as_slice()).unwrap_or_default();
        let score = pb::ScoreEvaluationTaskRequest {
            request_id: request_id(),
            name: task.name.clone(),
            etag: task.etag.clone(),
            given_scores,
            problems: problems
                .iter()
                .zip(1..)
                .map(|(problem, number)| pb::EvaluationProblem {
                    problem_id: number.to_string(),
                    text: problem.text.clone(),
                    suggestion: problem.suggestion.clone(),
                })
                .collect(),
            conclusion: evaluation.map(|line| line.conclusion.clone()).unwrap_or_default(),
            ..Default::default()
        };
        there(self.0.clone().score_evaluation_task(actor.ask(score)).await?.into_inner().task)
    }

    pub(crate) async fn finalize(
        &self,
        actor: &Actor,
        task: &pb::EvaluationTask,
    ) -> anyhow::Result<pb::EvaluationTask> {
        let finalize = pb::FinalizeEvaluationTaskRequest {
            request_id: request_id(),
            name: task.name.clone(),
            etag: task.etag.clone(),
            ..Default::default()
        };
        there(self.0.clone().finalize_evaluation_task(actor.ask(finalize)).await?.into_inner().task)
    }

    async fn opinions(&self, actor: &Actor, task: &pb::EvaluationTask) -> anyhow::Result<pb::EvaluationTask> {
        let record = pb::RecordOpinionsRequest {
            request_id: request_id(),
            name: task.name.clone(),
            etag: task.etag.clone(),
            opinions: "对评价结论无异议".into(),
            ..Default::default()
        };
        there(self.0.clone().record_opinions(actor.ask(record)).await?.into_inner().task)
    }
}

pub(crate) fn share(code: &str, percent: &str) -> pb::GivenScore {
    pb::GivenScore { code: code.to_owned(), share_percent: decimal(percent), ..Default::default() }
}

async fn self_evaluate(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let county = stage.county;
    let tasks = Tasks::new(&stage.link);
    for line in &county.projects {
        let unit = people.get(&format!("unit-{}", line.unit))?;
        let draft = pb::EvaluationTaskDraft {
            task_id: format!("S-{}", line.code),
            kind: pb::EvaluationKind::Self_.into(),
            object: county.name("projects", &line.code),
            target: county.name("targets", &target_id(&line.code)),
            evaluator: county.organization(&line.unit),
        };
        let task = tasks.open(unit, county.parent(), draft).await.with_context(|| line.title.clone())?;
        let given = line
            .indicators
            .iter()
            .filter_map(|indicator| Some(share(&indicator.code, indicator.share_percent.as_deref()?)));
        let task =
            tasks.score(unit, &task, given.collect(), None).await.with_context(|| line.title.clone())?;
        tasks.finalize(unit, &task).await.with_context(|| line.title.clone())?;
    }
    let get = pb::GetCoverageRequest { region: county.region.clone(), year: county.year };
    let finance = people.get("finance-performance")?;
    let coverage = there(tasks.0.clone().get_coverage(finance.ask(get)).await?.into_inner().coverage)?;
    let rate = value(coverage.rate_percent.as_ref())?;
    ensure!(
        rate == hengji_kernel::Decimal::ONE_HUNDRED && coverage.missing.is_empty(),
        "self-evaluation covers {rate} %, missing {:?}",
        coverage.missing
    );
    stage.say(format!("绩效自评：{}/{} 个项目，覆盖率 {rate}%", coverage.evaluated, coverage.expected));
    Ok(())
}

async fn institutions(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let finance = people.get("finance-performance")?;
    let mut client = InstitutionServiceClient::new(stage.link.clone());
    for line in &stage.county.institutions {
        let title = stage.county.organizations.iter().find(|organization| organization.code == line.unit);
        let apply = pb::ApplyInstitutionRequest {
            request_id: request_id(),
            organization: stage.county.organization(&line.unit),
            title: title.map(|organization| organization.title.clone()).unwrap_or_default(),
            fields: line.fields.clone(),
            related_units: line.related_units.clone(),
            capacity: line.capacity,
            qualification: "信用管理平台登记、主评人资格、内部制度".into(),
            ..Default::default()
        };
        let institution =
            there(client.apply_institution(finance.ask(apply)).await?.into_inner().institution)?;
        let admit = pb::AdmitInstitutionRequest {
            request_id: request_id(),
            name: institution.name,
            etag: institution.etag,
            opinion: "符合入库条件".into(),
            ..Default::default()
        };
        client.admit_institution(finance.ask(admit)).await?;
    }
    stage.say(format!("机构库：{} 家第三方机构入库", stage.county.institutions.len()));
    Ok(())
}

/// Evaluates one project as the county did and expects the grade the report prints.
async fn evaluate(
    stage: &Stage<'_>,
    people: &People,
    line: &ProjectLine,
    evaluation: &EvaluationLine,
) -> anyhow::Result<()> {
    let county = stage.county;
    let (tasks, finance) = (Tasks::new(&stage.link), people.get("finance-performance")?);
    let by_department = evaluation.kind == "department";
    let department = &line.unit[..3];
    let draft = pb::EvaluationTaskDraft {
        task_id: format!("P-{}", line.code),
        kind: word("evaluation.v1.EvaluationKind", &evaluation.kind)?,
        object: county.name("projects", &line.code),
        target: county.name("targets", &target_id(&line.code)),
        evaluator: if by_department { county.organization(department) } else { String::new() },
    };
    let mut task = tasks.open(finance, county.parent(), draft).await?;
    let evaluator = if by_department {
        people.get(&format!("department-{department}"))?
    } else {
        task = draw(stage, finance, &line.code, task).await?;
        let unit = task.evaluator.rsplit('/').next().unwrap_or_default();
        people.get(&format!("institution-{unit}"))?
    };
    not_by_the_evaluated(&tasks, people, line, &task).await?;
    let given = line.indicators.iter().filter(|indicator| indicator.share_percent.is_some());
    let given = given.map(|indicator| share(&indicator.code, &evaluation.share)).collect();
    let task = tasks.score(evaluator, &task, given, Some(evaluation)).await?;
    conclude(stage, &tasks, finance, task, &line.title, &evaluation.grade).await
}

/// Who is evaluated may not evaluate.
async fn not_by_the_evaluated(
    tasks: &Tasks,
    people: &People,
    line: &ProjectLine,
    task: &pb::EvaluationTask,
) -> anyhow::Result<()> {
    let unit = people.get(&format!("unit-{}", line.unit))?;
    let score = pb::ScoreEvaluationTaskRequest {
        request_id: request_id(),
        name: task.name.clone(),
        etag: task.etag.clone(),
        ..Default::default()
    };
    refused(tasks.0.clone().score_evaluation_task(unit.ask(score)).await, Reason::DutiesNotSeparate)?;
    Ok(())
}

async fn conclude(
    stage: &Stage<'_>,
    tasks: &Tasks,
    finance: &Actor,
    task: pb::EvaluationTask,
    title: &str,
    grade: &str,
) -> anyhow::Result<()> {
    let task = tasks.opinions(finance, &task).await?;
    let task = tasks.finalize(finance, &task).await?;
    let card = task.scorecard.context("a final task without scorecard")?;
    let expected = word("common.v1.Grade", grade)?;
    let total = card.total.as_ref().map(|total| total.value.as_str()).unwrap_or_default();
    ensure!(card.grade == expected, "scored {total}: {:?}, and the report prints {grade}", card.grade());
    for row in &card.rows {
        ensure!(
            row.explanation.as_ref().is_some_and(|told| !told.steps.is_empty()),
            "row {} is unexplained",
            row.code
        );
    }
    let told = card.explanation.map(|told| told.conclusion).unwrap_or_default();
    stage.say(format!("评价：{title} {total} 分——{told}"));
    Ok(())
}

async fn draw(
    stage: &Stage<'_>,
    finance: &Actor,
    code: &str,
    task: pb::EvaluationTask,
) -> anyhow::Result<pb::EvaluationTask> {
    let mut client = InstitutionServiceClient::new(stage.link.clone());
    let draw = pb::DrawInstitutionRequest {
        request_id: request_id(),
        task: task.name,
        task_etag: task.etag,
        draw_id: format!("D-{code}"),
        ..Default::default()
    };
    let answer = client.draw_institution(finance.ask(draw)).await?.into_inner();
    let drawn = there(answer.draw)?;
    let replay =
        client.replay_draw(finance.ask(pb::ReplayDrawRequest { name: drawn.name })).await?.into_inner();
    ensure!(replay.same, "the draw does not replay");
    let mut recused: Vec<_> = drawn.recusals.iter().map(|recusal| recusal.reason.as_str()).collect();
    if recused.is_empty() {
        recused.push("无");
    }
    stage.say(format!("机构抽取：{code} 抽中 {}；回避：{}；重放一致", drawn.drawn, recused.join("；")));
    there(answer.task)
}

async fn overall(stage: &Stage<'_>, people: &People, line: &DepartmentLine) -> anyhow::Result<()> {
    let county = stage.county;
    let (tasks, finance) = (Tasks::new(&stage.link), people.get("finance-performance")?);
    let draft = pb::EvaluationTaskDraft {
        task_id: format!("O-{}", line.unit),
        kind: pb::EvaluationKind::DepartmentOverall.into(),
        object: county.organization(&line.unit),
        target: county.name("targets", &target_id(&line.unit)),
        evaluator: county.organization("101"),
    };
    let task = tasks.open(finance, county.parent(), draft).await?;
    let given = line
        .indicators
        .iter()
        .filter_map(|indicator| Some(share(&indicator.code, indicator.share_percent.as_deref()?)));
    let task = tasks.score(finance, &task, given.collect(), None).await?;
    conclude(stage, &tasks, finance, task, &line.title, &line.grade).await
}

/// An institution leaves the draws at the end of the year.
async fn suspend(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let finance = people.get("finance-performance")?;
    let mut client = InstitutionServiceClient::new(stage.link.clone());
    let name = format!("regions/{}/institutions/{}", stage.county.region, stage.county.advised.institution);
    let get = pb::GetInstitutionRequest { name };
    let institution = there(client.get_institution(finance.ask(get)).await?.into_inner().institution)?;
    let suspend = pb::SuspendInstitutionRequest {
        request_id: request_id(),
        name: institution.name,
        etag: institution.etag,
        reason: "年度考核期间暂停参与抽取".into(),
        ..Default::default()
    };
    client.suspend_institution(finance.ask(suspend)).await?;
    Ok(())
}
