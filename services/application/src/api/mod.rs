//! Table of contents: one file a family of calls.

mod annual_reports;
mod convert;
mod disclosures;
mod explanations;
mod feedbacks;
mod linkage_runs;
mod proposals;
mod rectifications;
mod report_rows;

use std::sync::Arc;

use async_trait::async_trait;
use hengji_chassis::{Built, Deps};
use hengji_db::{Filter, Record, Stored};
use hengji_kernel::{FiscalYear, RegionCode, UnitCode};
use hengji_proto::application::v1 as pb;
use hengji_proto::application::v1::annual_report_service_server::{
    AnnualReportService, AnnualReportServiceServer,
};
use hengji_proto::application::v1::disclosure_service_server::{DisclosureService, DisclosureServiceServer};
use hengji_proto::application::v1::feedback_service_server::{FeedbackService, FeedbackServiceServer};
use hengji_proto::application::v1::linkage_service_server::{LinkageService, LinkageServiceServer};
use hengji_proto::application::v1::unmet_explanation_service_server::{
    UnmetExplanationService, UnmetExplanationServiceServer,
};
use hengji_rpc::{Acts, Call, Fault, Pages, answer, convert as words};
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::peers::Peers;

/// What every handler works with.
pub(crate) struct State {
    pub(crate) acts: Acts,
    pub(crate) pages: Pages,
    pub(crate) peers: Peers,
}

#[derive(Clone)]
struct Api(Arc<State>);

pub(crate) async fn build(deps: Deps) -> Result<Built, Fault> {
    let bytes = deps.message_bytes;
    let peers = Peers::new(&deps.peers)?;
    let api = Api(Arc::new(State { acts: deps.acts, pages: deps.pages, peers }));
    let routes = Routes::new(FeedbackServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(LinkageServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(UnmetExplanationServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(DisclosureServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(AnnualReportServiceServer::new(api).max_decoding_message_size(bytes));
    Ok(Built { routes, jobs: vec![] })
}

impl State {
    /// A record the caller may see.
    async fn read<T: Record>(&self, call: &Call, name: &str) -> Result<Stored<T>, Fault> {
        let mut tx = self.acts.db.read().await?;
        tx.load::<T>(name, &call.scope()).await?.ok_or_else(|| Fault::not_found(name))
    }
}

/// Refuses unless the caller holds each of `permissions` in the whole region: what another service lists for the caller
/// would else be a part told as the whole.
fn whole_region(call: &Call, region: &RegionCode, permissions: &[&str]) -> Result<(), Fault> {
    match permissions.iter().find(|permission| !call.scope_of(permission).covers_region(region)) {
        Some(missing) => Err(Fault::permission_missing(missing)),
        None => Ok(()),
    }
}

/// The filter every list has: region subtree, unit subtree, year.
fn filter(region: &str, unit: &str, year: i32) -> Result<Filter, Fault> {
    let mut filter = Filter::new();
    if let Some(region) = words::word_or_none::<RegionCode>("region", region)? {
        filter = filter.region_subtree(&region);
    }
    if let Some(unit) = words::word_or_none::<UnitCode>("unit", unit)? {
        filter = filter.unit_subtree(&unit);
    }
    if year != 0 {
        filter = filter.eq("year", words::year("year", year)?);
    }
    Ok(filter)
}

/// Of one region subtree and year.
fn within(region: &RegionCode, year: FiscalYear) -> Filter {
    Filter::new().region_subtree(region).eq("year", year)
}

answer::service! {
    impl FeedbackService for Api {
        #[once]
        issue_feedback(IssueFeedbackRequest) -> IssueFeedbackResponse = feedbacks::issue;
        file_rectification_plan(FileRectificationPlanRequest) -> FileRectificationPlanResponse = rectifications::file_plan;
        report_rectification_progress(ReportRectificationProgressRequest) -> ReportRectificationProgressResponse = rectifications::report;
        verify_rectification(VerifyRectificationRequest) -> VerifyRectificationResponse = rectifications::verify;
        get_feedback(GetFeedbackRequest) -> GetFeedbackResponse = feedbacks::get;
        list_feedbacks(ListFeedbacksRequest) -> ListFeedbacksResponse = feedbacks::list;
        list_rectifications(ListRectificationsRequest) -> ListRectificationsResponse = rectifications::list;
    }
    impl LinkageService for Api {
        #[once]
        create_linkage_run(CreateLinkageRunRequest) -> CreateLinkageRunResponse = linkage_runs::create;
        decide_proposal(DecideProposalRequest) -> DecideProposalResponse = proposals::decide;
        apply_linkage_run(ApplyLinkageRunRequest) -> ApplyLinkageRunResponse = linkage_runs::apply;
        get_linkage_run(GetLinkageRunRequest) -> GetLinkageRunResponse = linkage_runs::get;
        list_linkage_proposals(ListLinkageProposalsRequest) -> ListLinkageProposalsResponse = proposals::list;
    }
    impl UnmetExplanationService for Api {
        #[once]
        require_explanation(RequireExplanationRequest) -> RequireExplanationResponse = explanations::require;
        file_explanation(FileExplanationRequest) -> FileExplanationResponse = explanations::file;
        #[once]
        accept_explanation(AcceptExplanationRequest) -> AcceptExplanationResponse = explanations::accept;
        list_explanations(ListExplanationsRequest) -> ListExplanationsResponse = explanations::list;
    }
    impl DisclosureService for Api {
        #[once]
        publish_disclosure(PublishDisclosureRequest) -> PublishDisclosureResponse = disclosures::publish;
        get_disclosure(GetDisclosureRequest) -> GetDisclosureResponse = disclosures::get;
        list_disclosures(ListDisclosuresRequest) -> ListDisclosuresResponse = disclosures::list;
    }
    impl AnnualReportService for Api {
        #[once]
        create_annual_report(CreateAnnualReportRequest) -> CreateAnnualReportResponse = annual_reports::create;
        get_annual_report(GetAnnualReportRequest) -> GetAnnualReportResponse = annual_reports::get;
        list_annual_reports(ListAnnualReportsRequest) -> ListAnnualReportsResponse = annual_reports::list;
        list_figure_rows(ListFigureRowsRequest) -> ListFigureRowsResponse = report_rows::list;
        render_annual_report(RenderAnnualReportRequest) -> RenderAnnualReportResponse = report_rows::render;
    }
}
