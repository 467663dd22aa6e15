//! Table of contents: one file a family of calls.

mod code_lists;
mod convert;
mod effective;
mod fields;
mod formulas;
mod imports;
mod indicators;
mod life;
mod proposals;
mod refinements;
mod region;
mod rule_packs;
mod scoring;
mod search;
mod templates;
mod usage;

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use hengji_chassis::{Built, Deps};
use hengji_proto::catalog::v1 as pb;
use hengji_proto::catalog::v1::code_list_service_server::{CodeListService, CodeListServiceServer};
use hengji_proto::catalog::v1::formula_service_server::{FormulaService, FormulaServiceServer};
use hengji_proto::catalog::v1::indicator_service_server::{IndicatorService, IndicatorServiceServer};
use hengji_proto::catalog::v1::indicator_usage_service_server::{
    IndicatorUsageService, IndicatorUsageServiceServer,
};
use hengji_proto::catalog::v1::rule_pack_service_server::{RulePackService, RulePackServiceServer};
use hengji_proto::catalog::v1::template_service_server::{TemplateService, TemplateServiceServer};
use hengji_rpc::call::open_unchecked;
use hengji_rpc::{Acts, Fault, Pages, answer};
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming};

use crate::search::Library;

/// What every handler works with.
pub(crate) struct State {
    pub(crate) acts: Acts,
    pub(crate) pages: Pages,
    pub(crate) library: Library,
}

#[derive(Clone)]
struct Api(Arc<State>);

pub(crate) async fn build(deps: Deps) -> Result<Built, Fault> {
    let bytes = deps.message_bytes;
    let api = Api(Arc::new(State { acts: deps.acts, pages: deps.pages, library: Library::default() }));
    let routes = Routes::new(IndicatorServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(FormulaServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(TemplateServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(CodeListServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(IndicatorUsageServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(RulePackServiceServer::new(api).max_decoding_message_size(bytes));
    Ok(Built { routes, jobs: vec![] })
}

answer::service! {
    impl IndicatorService for Api {
        batch_create_indicators(BatchCreateIndicatorsRequest) -> BatchCreateIndicatorsResponse = indicators::create;
        import_indicators(ImportIndicatorsRequest) -> ImportIndicatorsResponse = imports::import;
        submit_indicators(SubmitIndicatorsRequest) -> SubmitIndicatorsResponse = indicators::submit;
        return_indicators(ReturnIndicatorsRequest) -> ReturnIndicatorsResponse = indicators::send_back;
        activate_indicators(ActivateIndicatorsRequest) -> ActivateIndicatorsResponse = indicators::activate;
        revise_indicator(ReviseIndicatorRequest) -> ReviseIndicatorResponse = indicators::revise;
        propose_indicator(ProposeIndicatorRequest) -> ProposeIndicatorResponse = proposals::propose;
        promote_indicator(PromoteIndicatorRequest) -> PromoteIndicatorResponse = proposals::promote;
        decline_indicator_proposal(DeclineIndicatorProposalRequest) -> DeclineIndicatorProposalResponse =
            proposals::decline;
        get_effective_indicator(GetEffectiveIndicatorRequest) -> GetEffectiveIndicatorResponse =
            refinements::effective;
        retire_indicator(RetireIndicatorRequest) -> RetireIndicatorResponse = indicators::retire;
        get_indicator(GetIndicatorRequest) -> GetIndicatorResponse = indicators::get;
        batch_get_indicators(BatchGetIndicatorsRequest) -> BatchGetIndicatorsResponse = indicators::get_many;
        list_indicators(ListIndicatorsRequest) -> ListIndicatorsResponse = indicators::list;
        search_indicators(SearchIndicatorsRequest) -> SearchIndicatorsResponse = search::search;
        suggest_indicators(SuggestIndicatorsRequest) -> SuggestIndicatorsResponse = search::suggest;
    }
    impl FormulaService for Api {
        list_formulas(ListFormulasRequest) -> ListFormulasResponse = formulas::list;
        compute_formula(ComputeFormulaRequest) -> ComputeFormulaResponse = formulas::compute;
    }
    impl TemplateService for Api {
        create_template(CreateTemplateRequest) -> CreateTemplateResponse = templates::create;
        revise_template(ReviseTemplateRequest) -> ReviseTemplateResponse = templates::revise;
        submit_templates(SubmitTemplatesRequest) -> SubmitTemplatesResponse = templates::submit;
        return_templates(ReturnTemplatesRequest) -> ReturnTemplatesResponse = templates::send_back;
        activate_templates(ActivateTemplatesRequest) -> ActivateTemplatesResponse = templates::activate;
        retire_template(RetireTemplateRequest) -> RetireTemplateResponse = templates::retire;
        get_template(GetTemplateRequest) -> GetTemplateResponse = templates::get;
        list_templates(ListTemplatesRequest) -> ListTemplatesResponse = templates::list;
    }
    impl CodeListService for Api {
        import_code_list(ImportCodeListRequest) -> ImportCodeListResponse = code_lists::import;
        submit_code_lists(SubmitCodeListsRequest) -> SubmitCodeListsResponse = code_lists::submit;
        return_code_lists(ReturnCodeListsRequest) -> ReturnCodeListsResponse = code_lists::send_back;
        activate_code_lists(ActivateCodeListsRequest) -> ActivateCodeListsResponse = code_lists::activate;
        retire_code_list(RetireCodeListRequest) -> RetireCodeListResponse = code_lists::retire;
        get_code_list(GetCodeListRequest) -> GetCodeListResponse = code_lists::get;
        list_code_lists(ListCodeListsRequest) -> ListCodeListsResponse = code_lists::list;
        list_codes(ListCodesRequest) -> ListCodesResponse = code_lists::codes;
    }
    impl IndicatorUsageService for Api {
        record_indicator_use(RecordIndicatorUseRequest) -> RecordIndicatorUseResponse = usage::record;
        list_indicator_usage(ListIndicatorUsageRequest) -> ListIndicatorUsageResponse = usage::list;
    }
    impl RulePackService for Api {
        create_rule_pack(CreateRulePackRequest) -> CreateRulePackResponse = rule_packs::create;
        check_rule_pack(CheckRulePackRequest) -> CheckRulePackResponse = rule_packs::check;
        activate_rule_pack(ActivateRulePackRequest) -> ActivateRulePackResponse = rule_packs::activate;
        get_rule_pack(GetRulePackRequest) -> GetRulePackResponse = rule_packs::get;
        list_rule_packs(ListRulePacksRequest) -> ListRulePacksResponse = rule_packs::list;
        get_effective_rule_pack(GetEffectiveRulePackRequest) -> GetEffectiveRulePackResponse = effective::get;
        score_table(ScoreTableRequest) -> ScoreTableResponse = scoring::score_table;
        compare_scores(CompareScoresRequest) -> CompareScoresResponse = scoring::compare;
        @also {
            async fn score_tables(
                &self,
                request: Request<Streaming<pb::ScoreTablesRequest>>,
            ) -> Result<Response<BoxStream<'static, Result<pb::ScoreTablesResponse, Status>>>, Status> {
                let (_, tables) = open_unchecked(request)?;
                Ok(Response::new(region::answer(&self.0, tables).await?))
            }
        }
    }
}
