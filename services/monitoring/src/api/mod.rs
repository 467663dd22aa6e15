//! Table of contents: one file a family of calls.

mod allotment_changes;
mod allotments;
mod attempts;
mod bonds;
mod conditions;
mod convert;
mod corrective_actions;
mod forms;
mod group;
mod idle;
mod import;
mod lanes;
mod news;
mod payments;
mod positions;
mod posting;
mod readings;
mod reconciliation;
mod refresh;
mod rollups;
mod rounds;
mod stream;
mod suspensions;

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use hengji_chassis::{Built, Deps};
use hengji_db::Gather;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::allotment_service_server::{AllotmentService, AllotmentServiceServer};
use hengji_proto::monitoring::v1::bond_service_server::{BondService, BondServiceServer};
use hengji_proto::monitoring::v1::condition_service_server::{ConditionService, ConditionServiceServer};
use hengji_proto::monitoring::v1::corrective_action_service_server::{
    CorrectiveActionService, CorrectiveActionServiceServer,
};
use hengji_proto::monitoring::v1::monitoring_form_service_server::{
    MonitoringFormService, MonitoringFormServiceServer,
};
use hengji_proto::monitoring::v1::payment_service_server::{PaymentService, PaymentServiceServer};
use hengji_proto::monitoring::v1::position_service_server::{PositionService, PositionServiceServer};
use hengji_proto::monitoring::v1::reading_service_server::{ReadingService, ReadingServiceServer};
use hengji_proto::monitoring::v1::round_service_server::{RoundService, RoundServiceServer};
use hengji_proto::monitoring::v1::suspension_service_server::{SuspensionService, SuspensionServiceServer};
use hengji_rpc::call::open_unchecked;
use hengji_rpc::{Acts, Fault, Pages, answer, open};
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming};

use crate::follow::{self, Follower};
use crate::peers::Targets;
use crate::rules::Rules;
use crate::timekeeper::{self, Timekeeper};

use lanes::Lanes;

pub(crate) use attempts::{hold, keep};
pub(crate) use corrective_actions::tell as tell_of_action;
pub(crate) use news::{Told, entry, lights};
pub(crate) use positions::places;
pub(crate) use refresh::look_again;

/// What every handler works with.
pub(crate) struct State {
    pub(crate) acts: Acts,
    pub(crate) pages: Pages,
    pub(crate) rules: Rules,
    pub(crate) targets: Targets,
    pub(crate) lanes: Lanes,
    pub(crate) funds: Gather<String, positions::FundsByName>,
}

#[derive(Clone)]
struct Api(Arc<State>);

pub(crate) async fn build(deps: Deps) -> Result<Built, Fault> {
    let bytes = deps.message_bytes;
    let rules = Rules::new(&deps.peers, Arc::clone(&deps.acts.clock))?;
    let targets = Targets::new(&deps.peers)?;
    let follower = Follower::new(deps.acts.clone(), &deps.peers)?;
    let folding = rollups::job(deps.acts.db.clone());
    let keeper = Timekeeper::new(deps.acts.clone(), &deps.peers)?;
    let turns = deps.refresh_every.map(|every| timekeeper::job(keeper, every));
    let lanes = Lanes::start(&deps.acts, &rules);
    let funds = positions::gather(&deps.acts.db);
    let api = Api(Arc::new(State { acts: deps.acts, pages: deps.pages, rules, targets, lanes, funds }));
    let routes = Routes::new(AllotmentServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(PaymentServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(PositionServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(ReadingServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(ConditionServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(CorrectiveActionServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(BondServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(RoundServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(MonitoringFormServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(SuspensionServiceServer::new(api).max_decoding_message_size(bytes));
    Ok(Built { routes, jobs: [follow::job(follower), folding].into_iter().chain(turns).collect() })
}

answer::service! {
    impl AllotmentService for Api {
        #[once]
        issue_allotment(IssueAllotmentRequest) -> IssueAllotmentResponse = allotments::issue;
        #[once]
        adjust_allotment(AdjustAllotmentRequest) -> AdjustAllotmentResponse = allotment_changes::adjust;
        carry_over_allotment(CarryOverAllotmentRequest) -> CarryOverAllotmentResponse = allotment_changes::carry_over;
        withdraw_allotment(WithdrawAllotmentRequest) -> WithdrawAllotmentResponse = allotments::withdraw;
        get_allotment(GetAllotmentRequest) -> GetAllotmentResponse = allotments::get;
        list_allotments(ListAllotmentsRequest) -> ListAllotmentsResponse = allotments::list;
    }
    impl PaymentService for Api {
        post_payment(PostPaymentRequest) -> PostPaymentResponse = payments::post;
        batch_post_payments(BatchPostPaymentsRequest) -> BatchPostPaymentsResponse = payments::batch;
        get_payment(GetPaymentRequest) -> GetPaymentResponse = payments::get;
        list_payments(ListPaymentsRequest) -> ListPaymentsResponse = payments::list;
        reconcile_payments(ReconcilePaymentsRequest) -> ReconcilePaymentsResponse = reconciliation::reconcile;
        @also {
            async fn stream_payments(
                &self,
                request: Request<Streaming<pb::StreamPaymentsRequest>>,
            ) -> Result<Response<BoxStream<'static, Result<pb::StreamPaymentsResponse, Status>>>, Status> {
                let (call, rows) = open_unchecked(request)?;
                Ok(Response::new(stream::answer(Arc::clone(&self.0), call.streaming(), rows)))
            }
        }
    }
    impl PositionService for Api {
        get_position(GetPositionRequest) -> GetPositionResponse = positions::get;
        list_positions(ListPositionsRequest) -> ListPositionsResponse = positions::list;
        get_rollup(GetRollupRequest) -> GetRollupResponse = rollups::get;
        list_rollups(ListRollupsRequest) -> ListRollupsResponse = rollups::list;
        list_idle_money(ListIdleMoneyRequest) -> ListIdleMoneyResponse = idle::list;
        refresh_positions(RefreshPositionsRequest) -> RefreshPositionsResponse = refresh::refresh;
        @also {
            async fn watch_rollups(
                &self,
                request: Request<pb::WatchRollupsRequest>,
            ) -> Result<Response<BoxStream<'static, Result<pb::WatchRollupsResponse, Status>>>, Status> {
                let (call, request) = open(request)?;
                Ok(Response::new(rollups::watch(&self.0, &call, request)?))
            }
        }
    }
    impl ReadingService for Api {
        record_readings(RecordReadingsRequest) -> RecordReadingsResponse = readings::record;
        import_readings(ImportReadingsRequest) -> ImportReadingsResponse = import::import;
        list_readings(ListReadingsRequest) -> ListReadingsResponse = readings::list;
    }
    impl ConditionService for Api {
        close_condition(CloseConditionRequest) -> CloseConditionResponse = conditions::close;
        get_condition(GetConditionRequest) -> GetConditionResponse = conditions::get;
        list_conditions(ListConditionsRequest) -> ListConditionsResponse = conditions::list;
    }
    impl CorrectiveActionService for Api {
        open_corrective_action(OpenCorrectiveActionRequest) -> OpenCorrectiveActionResponse = corrective_actions::open;
        file_corrective_plan(FileCorrectivePlanRequest) -> FileCorrectivePlanResponse = corrective_actions::file_plan;
        report_corrective_progress(ReportCorrectiveProgressRequest) -> ReportCorrectiveProgressResponse =
            corrective_actions::report_progress;
        verify_corrective_action(VerifyCorrectiveActionRequest) -> VerifyCorrectiveActionResponse =
            corrective_actions::verify;
        reopen_corrective_action(ReopenCorrectiveActionRequest) -> ReopenCorrectiveActionResponse =
            corrective_actions::reopen;
        escalate_corrective_action(EscalateCorrectiveActionRequest) -> EscalateCorrectiveActionResponse =
            corrective_actions::escalate;
        get_corrective_action(GetCorrectiveActionRequest) -> GetCorrectiveActionResponse = corrective_actions::get;
        list_corrective_actions(ListCorrectiveActionsRequest) -> ListCorrectiveActionsResponse =
            corrective_actions::list;
    }
    impl BondService for Api {
        create_bond(CreateBondRequest) -> CreateBondResponse = bonds::create;
        revise_bond(ReviseBondRequest) -> ReviseBondResponse = bonds::revise;
        report_bond_income(ReportBondIncomeRequest) -> ReportBondIncomeResponse = bonds::report_income;
        get_bond(GetBondRequest) -> GetBondResponse = bonds::get;
        list_bonds(ListBondsRequest) -> ListBondsResponse = bonds::list;
    }
    impl RoundService for Api {
        open_round(OpenRoundRequest) -> OpenRoundResponse = rounds::open;
        close_round(CloseRoundRequest) -> CloseRoundResponse = rounds::close;
        get_round(GetRoundRequest) -> GetRoundResponse = rounds::get;
        list_rounds(ListRoundsRequest) -> ListRoundsResponse = rounds::list;
        get_round_calendar(GetRoundCalendarRequest) -> GetRoundCalendarResponse = rounds::calendar;
        get_round_statistics(GetRoundStatisticsRequest) -> GetRoundStatisticsResponse = rounds::statistics;
    }
    impl MonitoringFormService for Api {
        fill_monitoring_form(FillMonitoringFormRequest) -> FillMonitoringFormResponse = forms::fill;
        import_monitoring_form(ImportMonitoringFormRequest) -> ImportMonitoringFormResponse = forms::import;
        file_monitoring_form(FileMonitoringFormRequest) -> FileMonitoringFormResponse = forms::file;
        review_monitoring_form(ReviewMonitoringFormRequest) -> ReviewMonitoringFormResponse = forms::review;
        get_monitoring_form(GetMonitoringFormRequest) -> GetMonitoringFormResponse = forms::get;
        list_monitoring_forms(ListMonitoringFormsRequest) -> ListMonitoringFormsResponse = forms::list;
        export_monitoring_form(ExportMonitoringFormRequest) -> ExportMonitoringFormResponse = forms::export;
    }
    impl SuspensionService for Api {
        order_suspension(OrderSuspensionRequest) -> OrderSuspensionResponse = suspensions::order;
        lift_suspension(LiftSuspensionRequest) -> LiftSuspensionResponse = suspensions::lift;
        get_suspension(GetSuspensionRequest) -> GetSuspensionResponse = suspensions::get;
        list_suspensions(ListSuspensionsRequest) -> ListSuspensionsResponse = suspensions::list;
    }
}
