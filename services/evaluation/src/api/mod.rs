//! Table of contents: one file a family of calls.

mod convert;
mod coverage;
mod draws;
mod institutions;
mod results;
mod scoring;
mod tasks;

use std::sync::Arc;

use async_trait::async_trait;
use hengji_chassis::{Built, Deps, Entropy};
use hengji_proto::evaluation::v1 as pb;
use hengji_proto::evaluation::v1::evaluation_service_server::{EvaluationService, EvaluationServiceServer};
use hengji_proto::evaluation::v1::institution_service_server::{
    InstitutionService, InstitutionServiceServer,
};
use hengji_rpc::{Acts, Call, Fault, Pages, RuleBook, answer};
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::access;
use crate::domain::{EvaluationTask, Organization};
use crate::peers::Peers;

/// What every handler works with.
pub(crate) struct State {
    pub(crate) acts: Acts,
    pub(crate) pages: Pages,
    pub(crate) peers: Peers,
    pub(crate) rule_book: RuleBook,
    pub(crate) entropy: Entropy,
}

#[derive(Clone)]
struct Api(Arc<State>);

pub(crate) fn build(deps: &Deps) -> Result<Built, Fault> {
    let bytes = deps.message_bytes;
    let api = Api(Arc::new(State {
        acts: deps.acts.clone(),
        pages: deps.pages.clone(),
        peers: Peers::new(&deps.peers)?,
        rule_book: RuleBook::new(&deps.peers)?,
        entropy: Arc::clone(&deps.entropy),
    }));
    let routes = Routes::new(EvaluationServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(InstitutionServiceServer::new(api).max_decoding_message_size(bytes));
    Ok(Built { routes, jobs: vec![] })
}

/// The caller's organization; none for operators and services.
fn organization(call: &Call) -> Option<Organization> {
    call.caller.organization.parse().ok()
}

/// Whoever manages evaluations there, and a unit for its own self-evaluations; everybody else lacks the permission.
fn demand_run(call: &Call, task: &EvaluationTask) -> Result<(), Fault> {
    let (region, unit) = (&task.region, Some(&task.subject.unit));
    let manages = call.scope_of(access::MANAGE).contains(region, unit);
    let own =
        task.is_own_of(organization(call).as_ref()) && call.scope_of(access::EVALUATE).contains(region, unit);
    if manages || own { Ok(()) } else { Err(Fault::permission_missing(access::MANAGE)) }
}

answer::service! {
    impl EvaluationService for Api {
        #[once]
        batch_create_evaluation_tasks(BatchCreateEvaluationTasksRequest) -> BatchCreateEvaluationTasksResponse
            = tasks::batch_create;
        #[once]
        score_evaluation_task(ScoreEvaluationTaskRequest) -> ScoreEvaluationTaskResponse = scoring::score;
        record_opinions(RecordOpinionsRequest) -> RecordOpinionsResponse = results::record_opinions;
        finalize_evaluation_task(FinalizeEvaluationTaskRequest) -> FinalizeEvaluationTaskResponse
            = results::finalize;
        get_evaluation_task(GetEvaluationTaskRequest) -> GetEvaluationTaskResponse = tasks::get;
        list_evaluation_tasks(ListEvaluationTasksRequest) -> ListEvaluationTasksResponse = tasks::list;
        get_coverage(GetCoverageRequest) -> GetCoverageResponse = coverage::get;
    }
    impl InstitutionService for Api {
        apply_institution(ApplyInstitutionRequest) -> ApplyInstitutionResponse = institutions::apply;
        admit_institution(AdmitInstitutionRequest) -> AdmitInstitutionResponse = institutions::admit;
        suspend_institution(SuspendInstitutionRequest) -> SuspendInstitutionResponse = institutions::suspend;
        get_institution(GetInstitutionRequest) -> GetInstitutionResponse = institutions::get;
        list_institutions(ListInstitutionsRequest) -> ListInstitutionsResponse = institutions::list;
        #[once]
        draw_institution(DrawInstitutionRequest) -> DrawInstitutionResponse = draws::draw;
        get_draw(GetDrawRequest) -> GetDrawResponse = draws::get;
        replay_draw(ReplayDrawRequest) -> ReplayDrawResponse = draws::replay;
    }
}
