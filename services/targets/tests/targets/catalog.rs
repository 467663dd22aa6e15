//! Stands in for catalog: the national rules as shipped, a county pack that is stricter from July 2026 on, counties with
//! review chains of their own, and two templates with sums of their own.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use hengji_kernel::Date;
use hengji_proto::catalog::v1 as pb;
use hengji_proto::catalog::v1::code_list_service_server::{CodeListService, CodeListServiceServer};
use hengji_proto::catalog::v1::indicator_service_server::{IndicatorService, IndicatorServiceServer};
use hengji_proto::catalog::v1::indicator_usage_service_server::{
    IndicatorUsageService, IndicatorUsageServiceServer,
};
use hengji_proto::catalog::v1::rule_pack_service_server::{RulePackService, RulePackServiceServer};
use hengji_proto::catalog::v1::template_service_server::{TemplateService, TemplateServiceServer};
use hengji_proto::common::v1::ObjectKind;
use hengji_proto::google::r#type::Decimal;
use hengji_rules::{EffectivePack, ObjectType, RulePack, Severity};
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::common::{BROKEN, COUNTY, JOINT, NEIGHBOUR};

/// What a test changes in catalog, and hears of it.
#[derive(Default)]
pub struct Library {
    /// Every template is out of use.
    pub retired: AtomicBool,
    /// Indicators out of use; those called `indicators/unknown..` are not there, and `indicators/next-door` is of another
    /// county.
    pub out_of_use: Mutex<Vec<String>>,
    /// Catalog does not answer.
    pub away: AtomicBool,
    /// Uses of indicators it was told of, in order.
    pub told: Mutex<Vec<pb::RecordIndicatorUseRequest>>,
}

#[derive(Clone)]
struct Catalog {
    packs: Vec<RulePack>,
    library: Arc<Library>,
}

pub fn stand_in() -> Routes {
    with_library(Arc::default())
}

pub fn with_library(library: Arc<Library>) -> Routes {
    let mut packs: Vec<RulePack> = ["national-2020", "national-2021"].map(shipped).into();
    packs.extend([strict(), joint(JOINT), broken()]);
    let catalog = Catalog { packs, library };
    Routes::new(RulePackServiceServer::new(catalog.clone()))
        .add_service(CodeListServiceServer::new(catalog.clone()))
        .add_service(IndicatorServiceServer::new(catalog.clone()))
        .add_service(TemplateServiceServer::new(catalog.clone()))
        .add_service(IndicatorUsageServiceServer::new(catalog))
}

fn shipped(code: &str) -> RulePack {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/rule-packs");
    let text = std::fs::read_to_string(folder.join(format!("{code}.json"))).expect("a shipped pack");
    RulePack::from_json(&text).expect("a rule pack")
}

/// From July 2026 on a slogan (C7) is an error in the county.
fn strict() -> RulePack {
    let mut pack = shipped("national-2021");
    pack.code = "county-strict".into();
    pack.layer = COUNTY.parse().expect("a region");
    pack.valid_from = "2026-07-01".parse().expect("a date");
    let mut sections = hengji_rules::pack::Sections::default();
    sections.target_quality =
        pack.sections.target_quality.into_iter().filter(|rule| rule.id == "C7").collect();
    for rule in &mut sections.target_quality {
        rule.rule.severity = Severity::Error;
    }
    pack.sections = sections;
    pack
}

/// Unit, department, both finance offices side by side; from 5,000,000 yuan on with an expert or an institution.
fn joint(region: &str) -> RulePack {
    let mut pack = shipped("variants/joint-review-chain");
    pack.layer = region.parse().expect("a region");
    pack
}

/// What no activated pack says: a step without reviewers.
fn broken() -> RulePack {
    let mut pack = joint(BROKEN);
    for rule in &mut pack.sections.review_chain {
        rule.rule.steps[0].reviewers.clear();
    }
    pack
}

fn object_type(kind: ObjectKind) -> ObjectType {
    match kind {
        ObjectKind::Policy => ObjectType::Policy,
        ObjectKind::Department => ObjectType::Department,
        ObjectKind::SocialInsuranceFund => ObjectType::SocialInsuranceFund,
        ObjectKind::SpecialBond => ObjectType::Bond,
        ObjectKind::Transfer => ObjectType::Transfer,
        ObjectKind::Project | ObjectKind::Unspecified => ObjectType::Project,
    }
}

#[tonic::async_trait]
impl RulePackService for Catalog {
    async fn get_effective_rule_pack(
        &self,
        request: Request<pb::GetEffectiveRulePackRequest>,
    ) -> Result<Response<pb::GetEffectiveRulePackResponse>, Status> {
        let request = request.into_inner();
        let day = request.date.unwrap_or_default();
        let day = Date::new(day.year, day.month as u8, day.day as u8).expect("a date");
        let region = request.region.parse().expect("a region");
        let pack = EffectivePack::resolve(&self.packs, &region, day, object_type(request.object_kind()));
        let content_json = serde_json::to_string(&pack).expect("json");
        let rule_pack = Some(pb::EffectiveRulePack { content_json, ..Default::default() });
        Ok(Response::new(pb::GetEffectiveRulePackResponse { rule_pack }))
    }
}

#[tonic::async_trait]
impl IndicatorService for Catalog {
    async fn batch_get_indicators(
        &self,
        request: Request<pb::BatchGetIndicatorsRequest>,
    ) -> Result<Response<pb::BatchGetIndicatorsResponse>, Status> {
        let there = |name: &String| name.starts_with("indicators/") && !name.contains("unknown");
        let (found, not_found): (Vec<_>, Vec<_>) = request.into_inner().names.into_iter().partition(there);
        let out_of_use = self.library.out_of_use.lock().expect("no panic");
        let indicator = |name: String| {
            let retired = out_of_use.contains(&name);
            let state = if retired { pb::IndicatorState::Retired } else { pb::IndicatorState::Active };
            let layer = if name.ends_with("next-door") { NEIGHBOUR } else { "000000000" };
            pb::Indicator { name, layer: layer.into(), state: state.into(), ..Default::default() }
        };
        let indicators = found.into_iter().map(indicator).collect();
        Ok(Response::new(pb::BatchGetIndicatorsResponse { indicators, not_found }))
    }

    async fn suggest_indicators(
        &self,
        request: Request<pb::SuggestIndicatorsRequest>,
    ) -> Result<Response<pb::SuggestIndicatorsResponse>, Status> {
        let level1 = request.into_inner().level1;
        let indicator = pb::Indicator {
            name: "indicators/GX-1".into(),
            title: "实际完成率".into(),
            level1,
            ..Default::default()
        };
        let suggestion = pb::IndicatorSuggestion { indicator: Some(indicator), ..Default::default() };
        Ok(Response::new(pb::SuggestIndicatorsResponse { suggestions: vec![suggestion] }))
    }
}

#[tonic::async_trait]
impl TemplateService for Catalog {
    async fn get_template(
        &self,
        request: Request<pb::GetTemplateRequest>,
    ) -> Result<Response<pb::GetTemplateResponse>, Status> {
        let request = request.into_inner();
        let (year_from, rows): (i32, &[(&str, &str)]) = match request.name.as_str() {
            "templates/execution-20" => {
                (2020, &[("产出指标", "50"), ("效益指标", "20"), ("满意度指标", "10")])
            }
            // as published in 2020: output 80, satisfaction 20
            "templates/no-benefit" => (2020, &[("产出指标", "80"), ("满意度指标", "20")]),
            "templates/later" => (2027, &[("产出指标", "50"), ("效益指标", "30"), ("满意度指标", "10")]),
            name => return Err(Status::not_found(name.to_owned())),
        };
        if year_from > request.year {
            return Err(Status::not_found(request.name));
        }
        let row = |(level1, points): &(&str, &str)| pb::TemplateRow {
            level1: (*level1).into(),
            weight: Some(Decimal { value: (*points).into() }),
            ..Default::default()
        };
        let template = pb::TargetTemplate {
            title: "本地样式".into(),
            object_kind: ObjectKind::Project.into(),
            year_from,
            rows: rows.iter().map(row).collect(),
            document: "local".into(),
            state: if self.library.retired.load(Ordering::Relaxed) {
                pb::LibraryState::Retired.into()
            } else {
                pb::LibraryState::Active.into()
            },
            ..Default::default()
        };
        Ok(Response::new(pb::GetTemplateResponse { template: Some(template) }))
    }
}

#[tonic::async_trait]
impl IndicatorUsageService for Catalog {
    async fn record_indicator_use(
        &self,
        request: Request<pb::RecordIndicatorUseRequest>,
    ) -> Result<Response<pb::RecordIndicatorUseResponse>, Status> {
        if self.library.away.load(Ordering::Relaxed) {
            return Err(Status::unavailable("away"));
        }
        self.library.told.lock().expect("no panic").push(request.into_inner());
        Ok(Response::new(pb::RecordIndicatorUseResponse { recorded: true, unknown: vec![] }))
    }
}

/// Functional accounts from 2026 on, one code a page.
const ACCOUNTS: [&str; 5] = ["214", "21401", "2140104", "2140106", "215"];

#[tonic::async_trait]
impl CodeListService for Catalog {
    async fn list_codes(
        &self,
        request: Request<pb::ListCodesRequest>,
    ) -> Result<Response<pb::ListCodesResponse>, Status> {
        let request = request.into_inner();
        if request.code_list != "codeLists/functional-accounts" || request.year < 2026 {
            return Err(Status::not_found(request.code_list));
        }
        let index: usize = request.page_token.parse().unwrap_or_default();
        let code = pb::Code { code: ACCOUNTS[index].into(), ..Default::default() };
        let next_page_token =
            if index + 1 < ACCOUNTS.len() { (index + 1).to_string() } else { String::new() };
        let codes = vec![pb::EffectiveCode { code: Some(code), ..Default::default() }];
        Ok(Response::new(pb::ListCodesResponse { codes, next_page_token }))
    }
}
