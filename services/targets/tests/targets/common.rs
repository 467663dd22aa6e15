//! One bench for each database, callers with rights, and the steps of the story that most tests begin with.

use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::addition_service_client::AdditionServiceClient;
use hengji_proto::targets::v1::ex_ante_service_client::ExAnteServiceClient;
use hengji_proto::targets::v1::gate_service_client::GateServiceClient;
use hengji_proto::targets::v1::hold_service_client::HoldServiceClient;
use hengji_proto::targets::v1::project_service_client::ProjectServiceClient;
use hengji_proto::targets::v1::publication_service_client::PublicationServiceClient;
use hengji_proto::targets::v1::quality_service_client::QualityServiceClient;
use hengji_proto::targets::v1::review_delegation_service_client::ReviewDelegationServiceClient;
use hengji_proto::targets::v1::target_service_client::TargetServiceClient;
use hengji_rpc::Link;
use hengji_targets::SERVICE;
use hengji_testkit::{Bench, Rights, databases, request_id};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::catalog;
use crate::words::*;

pub const COUNTY: &str = "640323000";
pub const NEIGHBOUR: &str = "640324000";
/// A county whose chain asks unit, department and both finance offices.
pub const JOINT: &str = "640381000";
/// A county whose chain has a step without reviewers.
pub const BROKEN: &str = "640382000";
pub const PARENT: &str = "regions/640323000/years/2026";

/// Tells the story on each database.
pub async fn on_each(story: impl AsyncFn(&Bench) -> anyhow::Result<()>) -> anyhow::Result<()> {
    for database in databases().await? {
        let bench = Bench::start(&SERVICE, &database, vec![("catalog", catalog::stand_in())]).await?;
        if let Err(error) = Box::pin(story(&bench)).await {
            anyhow::bail!("on {}: {error:?}", database.label());
        }
        bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

// --- callers ---

pub fn unit() -> Rights {
    Rights::of("unit").may_for_unit(&["targets.declare", "targets.read"], COUNTY, "219001")
}

pub fn department() -> Rights {
    Rights::of("department").may_for_unit(&["targets.review.department", "targets.read"], COUNTY, "219")
}

pub fn finance() -> Rights {
    let permissions = ["targets.review.finance", "targets.assess", "targets.hold", "targets.read"];
    Rights::of("finance").may(&permissions, COUNTY)
}

pub fn line_office() -> Rights {
    Rights::of("line").may(&["targets.review.finance_line", "targets.read"], COUNTY)
}

pub fn budget_office() -> Rights {
    Rights::of("budget").may(&["targets.approve", "targets.read"], COUNTY)
}

pub fn platform() -> Rights {
    Rights::of("platform").may(&["targets.gate"], COUNTY)
}

/// May do everything next door.
pub fn neighbour() -> Rights {
    let permissions = [
        "targets.declare",
        "targets.read",
        "targets.review.department",
        "targets.review.finance",
        "targets.assess",
        "targets.approve",
        "targets.hold",
        "targets.gate",
    ];
    Rights::of("neighbour").may(&permissions, NEIGHBOUR)
}

// --- clients ---

pub fn projects(bench: &Bench) -> ProjectServiceClient<Link> {
    ProjectServiceClient::new(bench.link())
}

pub fn assessments(bench: &Bench) -> ExAnteServiceClient<Link> {
    ExAnteServiceClient::new(bench.link())
}

pub fn targets(bench: &Bench) -> TargetServiceClient<Link> {
    TargetServiceClient::new(bench.link())
}

pub fn additions(bench: &Bench) -> AdditionServiceClient<Link> {
    AdditionServiceClient::new(bench.link())
}

pub fn gates(bench: &Bench) -> GateServiceClient<Link> {
    GateServiceClient::new(bench.link())
}

pub fn holds(bench: &Bench) -> HoldServiceClient<Link> {
    HoldServiceClient::new(bench.link())
}

pub fn delegations(bench: &Bench) -> ReviewDelegationServiceClient<Link> {
    ReviewDelegationServiceClient::new(bench.link())
}

pub fn qualities(bench: &Bench) -> QualityServiceClient<Link> {
    QualityServiceClient::new(bench.link())
}

pub fn publications(bench: &Bench) -> PublicationServiceClient<Link> {
    PublicationServiceClient::new(bench.link())
}

// --- answers ---

pub fn why(status: &Status) -> (Code, String) {
    (status.code(), status.get_details_error_info().map(|info| info.reason).unwrap_or_default())
}

pub fn fields(status: &Status) -> Vec<String> {
    let violations = status.get_details_bad_request().map(|bad| bad.field_violations).unwrap_or_default();
    violations.into_iter().map(|violation| violation.field).collect()
}

/// Subject and description of every precondition that failed.
pub fn preconditions(status: &Status) -> Vec<(String, String)> {
    let found =
        status.get_details_precondition_failure().map(|failure| failure.violations).unwrap_or_default();
    found.into_iter().map(|violation| (violation.subject, violation.description)).collect()
}

// --- steps ---

pub async fn create_projects(bench: &Bench, list: Vec<pb::Project>) -> Result<Vec<pb::Project>, Status> {
    let request = pb::BatchCreateProjectsRequest {
        request_id: request_id(),
        validate_only: false,
        parent: PARENT.into(),
        projects: list,
    };
    Ok(projects(bench).batch_create_projects(bench.by(&unit(), request)).await?.into_inner().projects)
}

pub fn creation(id: &str, target: pb::PerformanceTarget) -> pb::CreateTargetRequest {
    pb::CreateTargetRequest {
        request_id: request_id(),
        validate_only: false,
        parent: PARENT.into(),
        target_id: id.into(),
        target: Some(target),
    }
}

pub async fn create_target(
    bench: &Bench,
    id: &str,
    target: pb::PerformanceTarget,
) -> Result<pb::CreateTargetResponse, Status> {
    Ok(targets(bench).create_target(bench.by(&unit(), creation(id, target))).await?.into_inner())
}

pub async fn file(bench: &Bench, names: &[&str]) -> Result<Vec<pb::PerformanceTarget>, Status> {
    let names = names.iter().map(ToString::to_string).collect();
    let request = pb::FileTargetsRequest { request_id: request_id(), validate_only: false, names };
    Ok(targets(bench).file_targets(bench.by(&unit(), request)).await?.into_inner().targets)
}

pub fn review_of(
    target: &pb::PerformanceTarget,
    stage: pb::ReviewStage,
    total: u32,
) -> pb::ReviewTargetRequest {
    let part = |tenths: u32| Some(decimal(&format!("{}.{}", total * tenths / 10, total * tenths % 10)));
    pb::ReviewTargetRequest {
        request_id: request_id(),
        validate_only: false,
        name: target.name.clone(),
        etag: target.etag.clone(),
        stage: stage.into(),
        completeness_points: part(2),
        relevance_points: part(3),
        suitability_points: part(3),
        feasibility_points: part(2),
        opinion: "审核意见".into(),
        ..Default::default()
    }
}

pub async fn review(
    bench: &Bench,
    by: &Rights,
    request: pb::ReviewTargetRequest,
) -> Result<pb::PerformanceTarget, Status> {
    let answer = targets(bench).review_target(bench.by(by, request)).await?;
    Ok(answer.into_inner().target.unwrap_or_default())
}

pub fn approval(list: &[(&pb::PerformanceTarget, &str)]) -> pb::ApproveTargetsRequest {
    let approval = |(target, amount): &(&pb::PerformanceTarget, &str)| pb::TargetApproval {
        name: target.name.clone(),
        etag: target.etag.clone(),
        approved_yuan: Some(decimal(amount)),
    };
    pb::ApproveTargetsRequest {
        request_id: request_id(),
        validate_only: false,
        approvals: list.iter().map(approval).collect(),
        document: "盐财发〔2026〕1号".into(),
    }
}

pub async fn approve(
    bench: &Bench,
    list: &[(&pb::PerformanceTarget, &str)],
) -> Result<Vec<pb::PerformanceTarget>, Status> {
    let answer = targets(bench).approve_targets(bench.by(&budget_office(), approval(list))).await?;
    Ok(answer.into_inner().targets)
}

/// A stored project and its target, filed.
pub async fn filed(bench: &Bench, code: &str) -> Result<pb::PerformanceTarget, Status> {
    let project = create_projects(bench, vec![project(code)]).await?.remove(0);
    let target =
        create_target(bench, &format!("T-{code}"), target(&project.name)).await?.target.unwrap_or_default();
    Ok(file(bench, &[&target.name]).await?.remove(0))
}

/// Past department and line office, before the performance office.
pub async fn before_finance(
    bench: &Bench,
    filed: &pb::PerformanceTarget,
) -> Result<pb::PerformanceTarget, Status> {
    let first = review(bench, &department(), review_of(filed, pb::ReviewStage::Department, 95)).await?;
    review(bench, &line_office(), review_of(&first, pb::ReviewStage::FinanceLine, 95)).await
}

/// Through the whole national chain.
pub async fn passed(bench: &Bench, filed: pb::PerformanceTarget) -> Result<pb::PerformanceTarget, Status> {
    let before = before_finance(bench, &filed).await?;
    review(bench, &finance(), review_of(&before, pb::ReviewStage::Finance, 92)).await
}

/// A project in the budget with an approved target.
pub async fn in_budget(bench: &Bench, code: &str) -> Result<pb::PerformanceTarget, Status> {
    let reviewed = passed(bench, filed(bench, code).await?).await?;
    Ok(approve(bench, &[(&reviewed, "1000000")]).await?.remove(0))
}

pub fn adjustment(target: &pb::PerformanceTarget) -> pb::AdjustTargetRequest {
    pb::AdjustTargetRequest {
        request_id: request_id(),
        validate_only: false,
        name: target.name.clone(),
        etag: target.etag.clone(),
        reason: "水毁增加工程量".into(),
    }
}

pub async fn adjust(bench: &Bench, target: &pb::PerformanceTarget) -> Result<pb::PerformanceTarget, Status> {
    let answer = targets(bench).adjust_target(bench.by(&unit(), adjustment(target))).await?;
    Ok(answer.into_inner().target.unwrap_or_default())
}

pub async fn get_target(bench: &Bench, name: &str, version: i32) -> Result<pb::PerformanceTarget, Status> {
    let request = pb::GetTargetRequest { name: name.into(), target_version: version };
    Ok(targets(bench).get_target(bench.by(&unit(), request)).await?.into_inner().target.unwrap_or_default())
}

pub async fn get_project(bench: &Bench, name: &str) -> Result<pb::Project, Status> {
    let request = pb::GetProjectRequest { name: name.into() };
    Ok(projects(bench)
        .get_project(bench.by(&unit(), request))
        .await?
        .into_inner()
        .project
        .unwrap_or_default())
}

pub async fn gate(bench: &Bench, project: &str, kind: pb::GateKind) -> Result<pb::GateVerdict, Status> {
    let request = pb::CheckGateRequest { project: project.into(), kind: kind.into() };
    Ok(gates(bench)
        .check_gate(bench.by(&platform(), request))
        .await?
        .into_inner()
        .verdict
        .unwrap_or_default())
}

/// Codes of what refused.
pub fn refusals(verdict: &pb::GateVerdict) -> Vec<&str> {
    verdict.reasons.iter().filter(|reason| !reason.passed).map(|reason| reason.code.as_str()).collect()
}
