//! Asked of evaluation: final results, coverage, the pool of institutions.

use hengji_kernel::{FiscalYear, RegionCode, name};
use hengji_proto::common::v1::ObjectKind;
use hengji_proto::evaluation::v1 as pb;
use hengji_proto::evaluation::v1::evaluation_service_client::EvaluationServiceClient;
use hengji_proto::evaluation::v1::institution_service_client::InstitutionServiceClient;
use hengji_rpc::convert::parse_grade;
use hengji_rpc::{Call, Fault, Link};
use hengji_rules::ObjectType;

use super::{LARGEST_ANSWER, PAGE_OF_LARGE, PAGE_OF_SMALL, Peers, decimal, every_page, money, word};
use crate::domain::facts::{Coverage, Institution, InstitutionState, Problem, ScoreLine, Task, TaskKind};

impl Peers {
    fn evaluations(&self) -> EvaluationServiceClient<Link> {
        EvaluationServiceClient::new(self.evaluation.clone()).max_decoding_message_size(LARGEST_ANSWER)
    }

    pub(crate) async fn task(&self, call: &Call, name: &str) -> Result<Task, Fault> {
        let request = pb::GetEvaluationTaskRequest { name: name.to_owned() };
        let answer = self.evaluations().get_evaluation_task(call.onward(request)).await?.into_inner();
        task(answer.task.unwrap_or_default())
    }

    /// All tasks of a region subtree and year; only the final ones if so asked.
    pub(crate) async fn tasks(
        &self,
        call: &Call,
        region: &RegionCode,
        year: FiscalYear,
        only_final: bool,
    ) -> Result<Vec<Task>, Fault> {
        let state = if only_final { pb::TaskState::Final } else { pb::TaskState::Unspecified };
        let request = pb::ListEvaluationTasksRequest {
            region: region.to_string(),
            year: year.number(),
            state: state.into(),
            page_size: PAGE_OF_LARGE,
            ..Default::default()
        };
        let mut client = self.evaluations();
        let tasks = every_page!(client, call, list_evaluation_tasks(request) -> tasks);
        tasks.into_iter().map(task).collect()
    }

    pub(crate) async fn coverage(
        &self,
        call: &Call,
        region: &RegionCode,
        year: FiscalYear,
    ) -> Result<Coverage, Fault> {
        let request = pb::GetCoverageRequest { region: region.to_string(), year: year.number() };
        let answer = self.evaluations().get_coverage(call.onward(request)).await?.into_inner();
        let coverage = answer.coverage.unwrap_or_default();
        Ok(Coverage { expected: coverage.expected, evaluated: coverage.evaluated })
    }

    pub(crate) async fn institutions(
        &self,
        call: &Call,
        region: &RegionCode,
    ) -> Result<Vec<Institution>, Fault> {
        let request = pb::ListInstitutionsRequest {
            region: region.to_string(),
            page_size: PAGE_OF_SMALL,
            ..Default::default()
        };
        let mut client = InstitutionServiceClient::new(self.evaluation.clone());
        let institutions = every_page!(client, call, list_institutions(request) -> institutions);
        Ok(institutions.into_iter().filter_map(institution).collect())
    }
}

fn task(task: pb::EvaluationTask) -> Result<Task, Fault> {
    let (region, year, _) = name::parse_yearly(&task.name, "evaluationTasks").map_err(Fault::internal)?;
    let card = task.scorecard.unwrap_or_default();
    let state = pb::TaskState::try_from(task.state).unwrap_or_default();
    Ok(Task {
        region,
        year,
        kind: kind(task.kind)?,
        object_type: object_type(task.object_kind),
        unit: word(&task.unit)?,
        amount: money(task.amount_yuan.as_ref())?,
        grade: parse_grade(card.grade),
        total: decimal(card.total.as_ref())?,
        lines: card.rows.into_iter().map(line).collect::<Result<_, _>>()?,
        problems: task
            .problems
            .into_iter()
            .map(|problem| Problem { text: problem.text, suggestion: problem.suggestion })
            .collect(),
        name: task.name,
        object: task.object,
        title: task.title,
        conclusion: task.conclusion,
        target_missed: task.target_missed,
        scored: !matches!(state, pb::TaskState::Unspecified | pb::TaskState::Open),
        is_final: state == pb::TaskState::Final,
    })
}

/// The given score counts where there is one.
fn line(row: pb::ScoreRow) -> Result<ScoreLine, Fault> {
    Ok(ScoreLine {
        weight: decimal(row.weight.as_ref())?,
        score: decimal(row.given_score.as_ref().or(row.computed_score.as_ref()))?,
        title: row.title,
        target: row.target_text,
        actual: row.actual_text,
        missed: row.missed,
    })
}

fn kind(number: i32) -> Result<TaskKind, Fault> {
    match pb::EvaluationKind::try_from(number) {
        Ok(pb::EvaluationKind::Self_) => Ok(TaskKind::SelfEvaluation),
        Ok(pb::EvaluationKind::Department) => Ok(TaskKind::Department),
        Ok(pb::EvaluationKind::Finance) => Ok(TaskKind::Finance),
        Ok(pb::EvaluationKind::DepartmentOverall) => Ok(TaskKind::DepartmentOverall),
        Ok(pb::EvaluationKind::SocialInsuranceFund) => Ok(TaskKind::SocialInsuranceFund),
        Ok(pb::EvaluationKind::Unspecified) | Err(_) => {
            Err(Fault::internal(format!("evaluation kind {number} is unknown")))
        }
    }
}

fn object_type(number: i32) -> ObjectType {
    match ObjectKind::try_from(number).unwrap_or_default() {
        ObjectKind::Unspecified | ObjectKind::Project => ObjectType::Project,
        ObjectKind::Policy => ObjectType::Policy,
        ObjectKind::Department => ObjectType::Department,
        ObjectKind::SocialInsuranceFund => ObjectType::SocialInsuranceFund,
        ObjectKind::SpecialBond => ObjectType::Bond,
        ObjectKind::Transfer => ObjectType::Transfer,
    }
}

fn institution(institution: pb::Institution) -> Option<Institution> {
    let state = match pb::InstitutionState::try_from(institution.state).ok()? {
        pb::InstitutionState::Unspecified => return None,
        pb::InstitutionState::Applied => InstitutionState::Applied,
        pb::InstitutionState::Admitted => InstitutionState::Admitted,
        pb::InstitutionState::Suspended => InstitutionState::Suspended,
    };
    Some(Institution {
        name: institution.name,
        title: institution.title,
        fields: institution.fields.join("、"),
        state,
    })
}
