//! Table of contents: one file a family of calls.

mod accounts;
mod additions;
mod approvals;
mod assessments;
mod baselines;
mod budgets;
mod control_figures;
mod convert;
mod delegations;
mod filing;
mod gates;
mod holds;
mod inspection;
mod library;
mod project_history;
mod project_import;
mod projects;
mod publication;
mod quality;
mod reductions;
mod reviews;
mod suggestions;
mod targets;

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use hengji_chassis::{Built, Deps};
use hengji_db::{Record, Stored};
use hengji_kernel::DataScope;
use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::addition_service_server::{AdditionService, AdditionServiceServer};
use hengji_proto::targets::v1::budget_service_server::{BudgetService, BudgetServiceServer};
use hengji_proto::targets::v1::control_figure_service_server::{
    ControlFigureService, ControlFigureServiceServer,
};
use hengji_proto::targets::v1::ex_ante_service_server::{ExAnteService, ExAnteServiceServer};
use hengji_proto::targets::v1::gate_service_server::{GateService, GateServiceServer};
use hengji_proto::targets::v1::hold_service_server::{HoldService, HoldServiceServer};
use hengji_proto::targets::v1::project_service_server::{ProjectService, ProjectServiceServer};
use hengji_proto::targets::v1::publication_service_server::{PublicationService, PublicationServiceServer};
use hengji_proto::targets::v1::quality_service_server::{QualityService, QualityServiceServer};
use hengji_proto::targets::v1::reduction_service_server::{ReductionService, ReductionServiceServer};
use hengji_proto::targets::v1::review_delegation_service_server::{
    ReviewDelegationService, ReviewDelegationServiceServer,
};
use hengji_proto::targets::v1::target_service_server::{TargetService, TargetServiceServer};
use hengji_rpc::call::open_unchecked;
use hengji_rpc::{Acts, Fault, Pages, Peers, Signer, answer};
use tokio::sync::Notify;
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming};

use crate::domain::{Project, Target, rule_day};
use crate::peers::{Catalog, RulesFor};
use crate::store::gate::{Gates, gates};
use crate::tell::Teller;

/// What every handler works with.
pub(crate) struct State {
    pub(crate) acts: Acts,
    pub(crate) pages: Pages,
    pub(crate) catalog: Catalog,
    pub(crate) gates: Gates,
    /// Signs verdicts of the gate.
    pub(crate) signer: Signer,
    /// For work in the background, which has a token of its own.
    pub(crate) peers: Peers,
    /// A quality run was started.
    pub(crate) inspections: Notify,
}

#[derive(Clone)]
struct Api(Arc<State>);

pub(crate) async fn build(deps: Deps) -> Result<Built, Fault> {
    let catalog = Catalog::new(&deps.peers)?;
    let teller = Teller {
        acts: deps.acts.clone(),
        journal: deps.journal,
        peers: deps.peers.clone(),
        catalog: catalog.clone(),
    };
    let seed = deps.acts.db.secret("verdict_seed", &(deps.entropy)()).await?;
    let state = State {
        catalog,
        gates: gates(&deps.acts.db),
        signer: Signer::from_seed(&seed)?,
        peers: deps.peers,
        inspections: Notify::new(),
        acts: deps.acts,
        pages: deps.pages,
    };
    let bytes = deps.message_bytes;
    let api = Api(Arc::new(state));
    let jobs = vec![teller.job(), inspection::job(Arc::clone(&api.0))];
    let routes = Routes::new(ProjectServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(BudgetServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(ControlFigureServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(ExAnteServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(TargetServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(AdditionServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(ReductionServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(GateServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(HoldServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(PublicationServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(QualityServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(ReviewDelegationServiceServer::new(api).max_decoding_message_size(bytes));
    Ok(Built { routes, jobs })
}

impl State {
    /// A record as it is now; what may not be seen does not exist.
    async fn find<T: Record>(&self, scope: &DataScope, name: &str) -> Result<Stored<T>, Fault> {
        let found = self.acts.db.read().await?.load::<T>(name, scope).await?;
        found.ok_or_else(|| Fault::not_found(name))
    }

    /// Which rules a target is judged by.
    fn rules_for_target(&self, target: &Target) -> RulesFor {
        RulesFor {
            region: target.region.clone(),
            year: target.year,
            day: rule_day(target.year, self.acts.clock.today()),
            object_kind: convert::object_kind(target.object.kind),
            template: target.contents.template.clone(),
        }
    }

    /// Which rules a project's assessment follows.
    fn rules_for_project(&self, project: &Project) -> RulesFor {
        RulesFor {
            region: project.region.clone(),
            year: project.year,
            day: rule_day(project.year, self.acts.clock.today()),
            object_kind: convert::object_kind(project.object_type()),
            template: String::new(),
        }
    }
}

answer::service! {
    impl ProjectService for Api {
        #[once]
        batch_create_projects(BatchCreateProjectsRequest) -> BatchCreateProjectsResponse = projects::batch_create;
        #[once]
        update_project(UpdateProjectRequest) -> UpdateProjectResponse = projects::update;
        list_project_versions(ListProjectVersionsRequest) -> ListProjectVersionsResponse = project_history::list;
        get_project(GetProjectRequest) -> GetProjectResponse = projects::get;
        list_projects(ListProjectsRequest) -> ListProjectsResponse = projects::list;
        @also {
            async fn import_projects(
                &self,
                request: Request<Streaming<pb::ImportProjectsRequest>>,
            ) -> Result<Response<BoxStream<'static, Result<pb::ImportProjectsResponse, Status>>>, Status> {
                let (call, rows) = open_unchecked(request)?;
                Ok(Response::new(project_import::answer(Arc::clone(&self.0), call.streaming(), rows)))
            }
        }
    }
    impl BudgetService for Api {
        #[once]
        file_budget(FileBudgetRequest) -> FileBudgetResponse = budgets::file;
    }
    impl ControlFigureService for Api {
        issue_control_figure(IssueControlFigureRequest) -> IssueControlFigureResponse = control_figures::issue;
        adjust_control_figure(AdjustControlFigureRequest) -> AdjustControlFigureResponse = control_figures::adjust;
        get_control_figure(GetControlFigureRequest) -> GetControlFigureResponse = control_figures::get;
        list_control_figures(ListControlFiguresRequest) -> ListControlFiguresResponse = control_figures::list;
    }
    impl ExAnteService for Api {
        #[once]
        create_ex_ante_assessment(CreateExAnteAssessmentRequest) -> CreateExAnteAssessmentResponse = assessments::create;
        #[once]
        score_ex_ante_assessment(ScoreExAnteAssessmentRequest) -> ScoreExAnteAssessmentResponse = assessments::score;
        #[once]
        conclude_ex_ante_assessment(ConcludeExAnteAssessmentRequest) -> ConcludeExAnteAssessmentResponse = assessments::conclude;
        get_ex_ante_assessment(GetExAnteAssessmentRequest) -> GetExAnteAssessmentResponse = assessments::get;
        get_ex_ante_coverage(GetExAnteCoverageRequest) -> GetExAnteCoverageResponse = assessments::coverage;
        list_ex_ante_assessments(ListExAnteAssessmentsRequest) -> ListExAnteAssessmentsResponse = assessments::list;
    }
    impl TargetService for Api {
        #[once]
        create_target(CreateTargetRequest) -> CreateTargetResponse = targets::create;
        #[once]
        update_target(UpdateTargetRequest) -> UpdateTargetResponse = targets::update;
        #[once]
        file_targets(FileTargetsRequest) -> FileTargetsResponse = filing::file;
        #[once]
        review_target(ReviewTargetRequest) -> ReviewTargetResponse = reviews::review;
        return_target(ReturnTargetRequest) -> ReturnTargetResponse = reviews::send_back;
        withdraw_target(WithdrawTargetRequest) -> WithdrawTargetResponse = reviews::withdraw;
        approve_targets(ApproveTargetsRequest) -> ApproveTargetsResponse = approvals::approve;
        adjust_target(AdjustTargetRequest) -> AdjustTargetResponse = targets::adjust;
        get_target(GetTargetRequest) -> GetTargetResponse = targets::get;
        get_baseline(GetBaselineRequest) -> GetBaselineResponse = baselines::get;
        list_target_versions(ListTargetVersionsRequest) -> ListTargetVersionsResponse = baselines::list;
        list_targets(ListTargetsRequest) -> ListTargetsResponse = targets::list;
    }
    impl AdditionService for Api {
        file_addition(FileAdditionRequest) -> FileAdditionResponse = additions::file;
        approve_addition(ApproveAdditionRequest) -> ApproveAdditionResponse = additions::approve;
        get_addition(GetAdditionRequest) -> GetAdditionResponse = additions::get;
        list_additions(ListAdditionsRequest) -> ListAdditionsResponse = additions::list;
    }
    impl ReductionService for Api {
        file_reduction(FileReductionRequest) -> FileReductionResponse = reductions::file;
        approve_reduction(ApproveReductionRequest) -> ApproveReductionResponse = reductions::approve;
        get_reduction(GetReductionRequest) -> GetReductionResponse = reductions::get;
        list_reductions(ListReductionsRequest) -> ListReductionsResponse = reductions::list;
    }
    impl GateService for Api {
        check_gate(CheckGateRequest) -> CheckGateResponse = gates::check;
        batch_check_gates(BatchCheckGatesRequest) -> BatchCheckGatesResponse = gates::check_many;
        get_verdict_keys(GetVerdictKeysRequest) -> GetVerdictKeysResponse = gates::keys;
    }
    impl HoldService for Api {
        place_hold(PlaceHoldRequest) -> PlaceHoldResponse = holds::place;
        release_hold(ReleaseHoldRequest) -> ReleaseHoldResponse = holds::release;
        get_hold(GetHoldRequest) -> GetHoldResponse = holds::get;
        list_holds(ListHoldsRequest) -> ListHoldsResponse = holds::list;
    }
    impl PublicationService for Api {
        get_published_target(GetPublishedTargetRequest) -> GetPublishedTargetResponse = publication::get;
        list_published_targets(ListPublishedTargetsRequest) -> ListPublishedTargetsResponse = publication::list;
    }
    impl QualityService for Api {
        check_target(CheckTargetRequest) -> CheckTargetResponse = quality::check;
        start_quality_run(StartQualityRunRequest) -> StartQualityRunResponse = quality::start;
        cancel_quality_run(CancelQualityRunRequest) -> CancelQualityRunResponse = quality::cancel;
        get_quality_run(GetQualityRunRequest) -> GetQualityRunResponse = quality::get;
        list_quality_runs(ListQualityRunsRequest) -> ListQualityRunsResponse = quality::list;
        list_quality_statistics(ListQualityStatisticsRequest) -> ListQualityStatisticsResponse = quality::statistics;
        list_quality_reports(ListQualityReportsRequest) -> ListQualityReportsResponse = quality::reports;
    }
    impl ReviewDelegationService for Api {
        create_review_delegation(CreateReviewDelegationRequest) -> CreateReviewDelegationResponse = delegations::create;
        revoke_review_delegation(RevokeReviewDelegationRequest) -> RevokeReviewDelegationResponse = delegations::revoke;
        list_review_delegations(ListReviewDelegationsRequest) -> ListReviewDelegationsResponse = delegations::list;
    }
}
