//! A county with a few projects, its people, and evaluation mounted before them.

use hengji_evaluation::SERVICE;
use hengji_proto::common::v1::journal_service_client::JournalServiceClient;
use hengji_proto::common::v1::{ListEntriesRequest, ObjectKind};
use hengji_proto::evaluation::v1 as pb;
use hengji_proto::evaluation::v1::evaluation_service_client::EvaluationServiceClient;
use hengji_proto::evaluation::v1::institution_service_client::InstitutionServiceClient;
use hengji_proto::monitoring::v1 as monitoring;
use hengji_proto::targets::v1 as targets;
use hengji_rpc::Link;
use hengji_testkit::{Bench, Database, Rights, databases, request_id};
use tonic::Status;
use tonic_types::StatusExt;

use crate::stand_ins::{StandIns, decimal};

pub const REGION: &str = "640323000";
pub const YEAR: &str = "regions/640323000/years/2021";

pub struct Stage {
    pub bench: Bench,
    pub others: StandIns,
    pub database: Database,
}

/// The stage on each database.
pub async fn stages() -> Vec<Stage> {
    let mut stages = Vec::new();
    for database in databases().await.expect("databases") {
        let others = county();
        let bench = Bench::start(&SERVICE, &database, others.routes()).await.expect("evaluation starts");
        stages.push(Stage { bench, others, database });
    }
    stages
}

pub fn name(collection: &str, id: &str) -> String {
    format!("{YEAR}/{collection}/{id}")
}

pub fn organization(unit: &str) -> String {
    format!("regions/{REGION}/organizations/{unit}")
}

/// The finance department's performance unit (绩效股).
pub fn finance() -> Rights {
    let all = [
        "evaluation.manage",
        "evaluation.finance",
        "evaluation.institutions",
        "evaluation.read",
        "targets.read",
        "journal.read",
    ];
    Rights::of("finance").from(&organization("101")).may(&all, REGION)
}

/// Someone of a unit or department, for its own branch.
pub fn unit(code: &str) -> Rights {
    Rights::of(&format!("unit-{code}")).from(&organization(code)).may_for_unit(
        &["evaluation.evaluate", "evaluation.read"],
        REGION,
        code,
    )
}

pub fn institution(code: &str) -> Rights {
    Rights::of(&format!("institution-{code}"))
        .from(&organization(code))
        .may(&["evaluation.evaluate", "evaluation.read"], REGION)
}

/// Finance of the neighbouring county.
pub fn neighbour() -> Rights {
    let all = [
        "evaluation.manage",
        "evaluation.finance",
        "evaluation.institutions",
        "evaluation.read",
        "targets.read",
    ];
    Rights::of("neighbour").from("regions/640324000/organizations/101").may(&all, "640324000")
}

impl Stage {
    pub fn evaluations(&self) -> EvaluationServiceClient<Link> {
        EvaluationServiceClient::new(self.bench.link())
    }

    pub fn institutions(&self) -> InstitutionServiceClient<Link> {
        InstitutionServiceClient::new(self.bench.link())
    }

    pub async fn open(
        &self,
        by: &Rights,
        drafts: Vec<pb::EvaluationTaskDraft>,
    ) -> Result<Vec<pb::EvaluationTask>, Status> {
        let request = pb::BatchCreateEvaluationTasksRequest {
            request_id: request_id(),
            validate_only: false,
            parent: YEAR.into(),
            tasks: drafts,
        };
        let answer = self.evaluations().batch_create_evaluation_tasks(self.bench.by(by, request)).await?;
        Ok(answer.into_inner().tasks)
    }

    pub async fn opened(&self, by: &Rights, draft: pb::EvaluationTaskDraft) -> pb::EvaluationTask {
        self.open(by, vec![draft]).await.expect("a task").remove(0)
    }

    pub async fn score(
        &self,
        by: &Rights,
        task: &pb::EvaluationTask,
        given_scores: Vec<pb::GivenScore>,
    ) -> Result<pb::EvaluationTask, Status> {
        let request = pb::ScoreEvaluationTaskRequest {
            request_id: request_id(),
            name: task.name.clone(),
            etag: task.etag.clone(),
            given_scores,
            conclusion: "总体良好".into(),
            ..Default::default()
        };
        let answer = self.evaluations().score_evaluation_task(self.bench.by(by, request)).await?;
        Ok(answer.into_inner().task.expect("a task"))
    }

    pub async fn record_opinions(
        &self,
        by: &Rights,
        task: &pb::EvaluationTask,
    ) -> Result<pb::EvaluationTask, Status> {
        let request = pb::RecordOpinionsRequest {
            request_id: request_id(),
            validate_only: false,
            name: task.name.clone(),
            etag: task.etag.clone(),
            opinions: "无不同意见".into(),
        };
        let answer = self.evaluations().record_opinions(self.bench.by(by, request)).await?;
        Ok(answer.into_inner().task.expect("a task"))
    }

    pub async fn finalize(
        &self,
        by: &Rights,
        task: &pb::EvaluationTask,
    ) -> Result<pb::EvaluationTask, Status> {
        let request = pb::FinalizeEvaluationTaskRequest {
            request_id: request_id(),
            validate_only: false,
            name: task.name.clone(),
            etag: task.etag.clone(),
        };
        let answer = self.evaluations().finalize_evaluation_task(self.bench.by(by, request)).await?;
        Ok(answer.into_inner().task.expect("a task"))
    }

    /// Kinds of the journal's entries about a record, oldest first.
    pub async fn journal(&self, subject: &str) -> Vec<String> {
        let request = ListEntriesRequest {
            service: "evaluation".into(),
            subject: subject.to_owned(),
            ..Default::default()
        };
        let mut journal = JournalServiceClient::new(self.bench.link());
        let answer = journal.list_entries(self.bench.by(&finance(), request)).await.expect("entries");
        answer.into_inner().entries.into_iter().map(|entry| entry.kind).collect()
    }

    pub async fn close(self) {
        self.bench.stop().await;
        self.database.remove().await.expect("removed");
    }
}

/// Code, reason and first field or subject of a refusal.
pub fn refusal(status: &Status) -> (String, String, String) {
    let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
    let field = status
        .get_details_bad_request()
        .and_then(|bad| bad.field_violations.into_iter().next())
        .map(|violation| violation.field)
        .or_else(|| {
            let failed = status.get_details_precondition_failure()?;
            failed.violations.into_iter().next().map(|violation| violation.subject)
        });
    (format!("{:?}", status.code()), reason, field.unwrap_or_default())
}

pub fn reason(status: &Status) -> String {
    refusal(status).1
}

pub fn draft(
    id: &str,
    kind: pb::EvaluationKind,
    object: &str,
    target: &str,
    evaluator: &str,
) -> pb::EvaluationTaskDraft {
    pb::EvaluationTaskDraft {
        task_id: id.into(),
        kind: kind.into(),
        object: object.into(),
        target: name("targets", target),
        evaluator: evaluator.into(),
    }
}

/// Self-evaluation of `P001` by its unit.
pub fn own_draft(id: &str) -> pb::EvaluationTaskDraft {
    draft(id, pb::EvaluationKind::Self_, &name("projects", "P001"), "T001", &organization("219001"))
}

/// Evaluation of `P001` by finance or an institution.
pub fn finance_draft(id: &str) -> pb::EvaluationTaskDraft {
    draft(id, pb::EvaluationKind::Finance, &name("projects", "P001"), "T001", "")
}

pub fn indicator(
    code: &str,
    operator: targets::Operator,
    text: &str,
    weight: &str,
) -> targets::TargetIndicator {
    targets::TargetIndicator {
        code: code.into(),
        level1: "产出指标".into(),
        level2: "数量指标".into(),
        title: format!("指标{code}"),
        operator: operator.into(),
        value_text: text.into(),
        weight: decimal(weight),
        ..Default::default()
    }
}

fn county() -> StandIns {
    let others = StandIns::default();
    let project = ObjectKind::Project;
    store_project(&others, "P001", "219001", "1000", "200");
    store_target(&others, "T001", project, &name("projects", "P001"), "219001", (1, 1));
    store_project(&others, "P002", "219002", "800", "0");
    store_target(&others, "T002", project, &name("projects", "P002"), "219002", (2, 1));
    store_project(&others, "P003", "220001", "0", "0");
    store_target(&others, "T003", project, &name("projects", "P003"), "220001", (1, 1));
    store_project(&others, "P004", "220001", "0", "0");
    store_target(&others, "T004", project, &name("projects", "P004"), "220001", (1, 0));
    store_project(&others, "F001", "301", "3000", "0");
    let fund = ObjectKind::SocialInsuranceFund;
    store_target(&others, "TF01", fund, &name("projects", "F001"), "301", (1, 1));
    store_target(&others, "TD219", ObjectKind::Department, &organization("219"), "219", (1, 1));
    {
        let mut known = others.known();
        known.page = 2;
        for (id, budget, paid) in [("P001", "1200", "1140"), ("P002", "800", "400"), ("F001", "3000", "3000")]
        {
            let position = monitoring::Position {
                initial_yuan: decimal("1000"),
                budget_yuan: decimal(budget),
                paid_yuan: decimal(paid),
                ..Default::default()
            };
            known.positions.insert(name("projects", id), position);
        }
        let rollup = monitoring::Rollup {
            budget_yuan: decimal("2000"),
            paid_yuan: decimal("1540"),
            ..Default::default()
        };
        known.rollups.insert("219".into(), rollup);
        let project = known.projects.get_mut(&name("projects", "P001")).expect("P001");
        project.advisers = vec![organization("901")];
    }
    for object in
        [name("projects", "P001"), name("projects", "P002"), name("projects", "F001"), organization("219")]
    {
        others.report(&object, "A", "60次");
        others.report(&object, "B", "8天");
        others.report(&object, "A", "80次");
    }
    others
}

fn store_project(others: &StandIns, id: &str, unit: &str, approved: &str, added: &str) {
    let project = targets::Project {
        name: name("projects", id),
        code: id.into(),
        unit: unit.into(),
        approved_yuan: decimal(approved),
        added_yuan: decimal(added),
        ..Default::default()
    };
    others.known().projects.insert(project.name.clone(), project);
}

/// `versions`: the one worked on and the approved one.
fn store_target(
    others: &StandIns,
    id: &str,
    kind: ObjectKind,
    object: &str,
    unit: &str,
    versions: (i32, i32),
) {
    let (present, approved) = versions;
    let state = match (present == approved, approved) {
        (_, 0) => targets::TargetState::Draft,
        (true, _) => targets::TargetState::Approved,
        (false, _) => targets::TargetState::Adjusting,
    };
    let target = targets::PerformanceTarget {
        name: name("targets", id),
        object_kind: kind.into(),
        object: object.into(),
        title: format!("对象{id}"),
        unit: unit.into(),
        target_version: present,
        approved_version: approved,
        indicators: vec![
            indicator("A", targets::Operator::Ge, "≥100次", "50"),
            indicator("B", targets::Operator::Le, "≤10天", "40"),
        ],
        budget_yuan: decimal("500"),
        state: state.into(),
        ..Default::default()
    };
    let mut known = others.known();
    if approved > 0 {
        known.targets.insert((target.name.clone(), approved), target.clone());
    }
    known.targets.insert((target.name.clone(), 0), target);
}
