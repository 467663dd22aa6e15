//! Stand-ins for the services evaluation asks: canned answers that a test may change.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use hengji_proto::catalog::v1 as catalog;
use hengji_proto::catalog::v1::rule_pack_service_server::{RulePackService, RulePackServiceServer};
use hengji_proto::common::v1::ObjectKind;
use hengji_proto::google::r#type::{Date, Decimal};
use hengji_proto::monitoring::v1 as monitoring;
use hengji_proto::monitoring::v1::corrective_action_service_server::{
    CorrectiveActionService, CorrectiveActionServiceServer,
};
use hengji_proto::monitoring::v1::position_service_server::{PositionService, PositionServiceServer};
use hengji_proto::monitoring::v1::reading_service_server::{ReadingService, ReadingServiceServer};
use hengji_proto::targets::v1 as targets;
use hengji_proto::targets::v1::project_service_server::{ProjectService, ProjectServiceServer};
use hengji_proto::targets::v1::target_service_server::{TargetService, TargetServiceServer};
use hengji_rules::{EffectivePack, ObjectType, RulePack};
use tonic::service::Routes;
use tonic::{Request, Response, Status};

/// What the other services know.
#[derive(Default)]
pub struct Known {
    /// By name and version; version 0 is the present state.
    pub targets: BTreeMap<(String, i32), targets::PerformanceTarget>,
    pub projects: BTreeMap<String, targets::Project>,
    pub positions: BTreeMap<String, monitoring::Position>,
    /// By unit.
    pub rollups: BTreeMap<String, monitoring::Rollup>,
    pub readings: Vec<monitoring::Reading>,
    pub corrections: Vec<monitoring::CorrectiveAction>,
    /// Rows a page.
    pub page: usize,
    /// Calls answered.
    pub asked: usize,
}

#[derive(Clone, Default)]
pub struct StandIns(Arc<Mutex<Known>>);

#[expect(clippy::unnecessary_wraps, reason = "messages hold it so")]
pub fn decimal(text: &str) -> Option<Decimal> {
    Some(Decimal { value: text.to_owned() })
}

impl StandIns {
    pub fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().expect("no test has panicked here")
    }

    fn asked(&self) -> MutexGuard<'_, Known> {
        let mut known = self.known();
        known.asked += 1;
        known
    }

    pub fn routes(&self) -> Vec<(&'static str, Routes)> {
        let targets = Routes::new(TargetServiceServer::new(self.clone()))
            .add_service(ProjectServiceServer::new(self.clone()));
        let monitoring = Routes::new(PositionServiceServer::new(self.clone()))
            .add_service(ReadingServiceServer::new(self.clone()))
            .add_service(CorrectiveActionServiceServer::new(self.clone()));
        let catalog = Routes::new(RulePackServiceServer::new(self.clone()));
        vec![("targets", targets), ("monitoring", monitoring), ("catalog", catalog)]
    }

    /// A reading stored now, the last in the list.
    pub fn report(&self, object: &str, code: &str, text: &str) {
        let mut known = self.known();
        let count = known.readings.len();
        known.readings.push(monitoring::Reading {
            name: format!("regions/640323000/years/2021/readings/R{count}"),
            project: object.to_owned(),
            indicator_code: code.to_owned(),
            value_text: text.to_owned(),
            reading_date: Some(Date { year: 2021, month: 12, day: 20 }),
            evidence: "验收单".into(),
            create_time: Some(prost_types::Timestamp { seconds: 1_640_000_000, nanos: 0 }),
            ..Default::default()
        });
    }
}

/// One page of `rows` and the token of the next.
fn paged<T: Clone>(rows: &[T], page: usize, token: &str) -> (Vec<T>, String) {
    let from = token.parse().unwrap_or(0);
    let to = if page == 0 { rows.len() } else { rows.len().min(from + page) };
    let next = if to < rows.len() { to.to_string() } else { String::new() };
    (rows[from..to].to_vec(), next)
}

#[tonic::async_trait]
impl TargetService for StandIns {
    async fn get_target(
        &self,
        request: Request<targets::GetTargetRequest>,
    ) -> Result<Response<targets::GetTargetResponse>, Status> {
        let request = request.into_inner();
        let target = self.asked().targets.get(&(request.name.clone(), request.target_version)).cloned();
        if target.is_none() {
            return Err(Status::not_found(request.name));
        }
        Ok(Response::new(targets::GetTargetResponse { target }))
    }

    async fn list_targets(
        &self,
        request: Request<targets::ListTargetsRequest>,
    ) -> Result<Response<targets::ListTargetsResponse>, Status> {
        let request = request.into_inner();
        let known = self.asked();
        let parent = format!("regions/{}/years/{}/", request.region, request.year);
        let rows: Vec<_> = known
            .targets
            .iter()
            .filter(|((name, version), _)| *version == 0 && name.starts_with(&parent))
            .map(|(_, target)| target.clone())
            .collect();
        let (targets, next_page_token) = paged(&rows, known.page, &request.page_token);
        Ok(Response::new(targets::ListTargetsResponse { targets, next_page_token }))
    }
}

#[tonic::async_trait]
impl ProjectService for StandIns {
    async fn get_project(
        &self,
        request: Request<targets::GetProjectRequest>,
    ) -> Result<Response<targets::GetProjectResponse>, Status> {
        let name = request.into_inner().name;
        let project = self.asked().projects.get(&name).cloned();
        if project.is_none() {
            return Err(Status::not_found(name));
        }
        Ok(Response::new(targets::GetProjectResponse { project }))
    }

    async fn list_projects(
        &self,
        request: Request<targets::ListProjectsRequest>,
    ) -> Result<Response<targets::ListProjectsResponse>, Status> {
        let known = self.asked();
        let rows: Vec<_> = known.projects.values().cloned().collect();
        let (projects, next_page_token) = paged(&rows, known.page, &request.into_inner().page_token);
        Ok(Response::new(targets::ListProjectsResponse { projects, next_page_token }))
    }
}

#[tonic::async_trait]
impl PositionService for StandIns {
    async fn get_position(
        &self,
        request: Request<monitoring::GetPositionRequest>,
    ) -> Result<Response<monitoring::GetPositionResponse>, Status> {
        let name = request.into_inner().project;
        let position = self.asked().positions.get(&name).cloned();
        if position.is_none() {
            return Err(Status::not_found(name));
        }
        Ok(Response::new(monitoring::GetPositionResponse { position }))
    }

    async fn get_rollup(
        &self,
        request: Request<monitoring::GetRollupRequest>,
    ) -> Result<Response<monitoring::GetRollupResponse>, Status> {
        let request = request.into_inner();
        let rollup = self.asked().rollups.get(&request.unit).cloned();
        if request.region != "640323000" || request.year != 2021 || rollup.is_none() {
            return Err(Status::not_found(request.unit));
        }
        Ok(Response::new(monitoring::GetRollupResponse { rollup }))
    }
}

#[tonic::async_trait]
impl ReadingService for StandIns {
    async fn list_readings(
        &self,
        request: Request<monitoring::ListReadingsRequest>,
    ) -> Result<Response<monitoring::ListReadingsResponse>, Status> {
        let request = request.into_inner();
        let known = self.asked();
        let rows: Vec<_> =
            known.readings.iter().filter(|row| row.project == request.project).cloned().collect();
        let (readings, next_page_token) = paged(&rows, known.page, &request.page_token);
        Ok(Response::new(monitoring::ListReadingsResponse { readings, next_page_token }))
    }
}

#[tonic::async_trait]
impl CorrectiveActionService for StandIns {
    async fn list_corrective_actions(
        &self,
        request: Request<monitoring::ListCorrectiveActionsRequest>,
    ) -> Result<Response<monitoring::ListCorrectiveActionsResponse>, Status> {
        let request = request.into_inner();
        let known = self.asked();
        let rows: Vec<_> =
            known.corrections.iter().filter(|row| row.project == request.project).cloned().collect();
        let (corrective_actions, next_page_token) = paged(&rows, known.page, &request.page_token);
        Ok(Response::new(monitoring::ListCorrectiveActionsResponse { corrective_actions, next_page_token }))
    }
}

#[tonic::async_trait]
impl RulePackService for StandIns {
    async fn get_effective_rule_pack(
        &self,
        request: Request<catalog::GetEffectiveRulePackRequest>,
    ) -> Result<Response<catalog::GetEffectiveRulePackResponse>, Status> {
        let request = request.into_inner();
        drop(self.asked());
        let kind = match request.object_kind() {
            ObjectKind::Department => ObjectType::Department,
            ObjectKind::SocialInsuranceFund => ObjectType::SocialInsuranceFund,
            _ => ObjectType::Project,
        };
        let date = request.date.unwrap_or_default();
        let date = format!("{}-{:02}-{:02}", date.year, date.month, date.day);
        let pack = effective(&request.region, &date, kind);
        let content_json = serde_json::to_string(&pack).expect("a pack");
        let rule_pack = Some(catalog::EffectiveRulePack { content_json, ..Default::default() });
        Ok(Response::new(catalog::GetEffectiveRulePackResponse { rule_pack }))
    }
}

fn effective(region: &str, date: &str, kind: ObjectType) -> EffectivePack {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/rule-packs/national-2021.json"));
    let packs = [RulePack::from_json(text).expect("the shipped pack")];
    EffectivePack::resolve(&packs, &region.parse().expect("a code"), date.parse().expect("a date"), kind)
}
