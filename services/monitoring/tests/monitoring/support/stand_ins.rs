//! Stand-ins for targets and catalog: they know three projects, their targets and the national rules.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use hengji_proto::catalog::v1::rule_pack_service_server::{RulePackService, RulePackServiceServer};
use hengji_proto::catalog::v1::{self as catalog};
use hengji_proto::common::v1::journal_service_server::{JournalService, JournalServiceServer};
use hengji_proto::common::v1::{self as common, JournalEntry, ObjectKind, WatchRequest, WatchResponse};
use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::addition_service_server::{AdditionService, AdditionServiceServer};
use hengji_proto::targets::v1::ex_ante_service_server::{ExAnteService, ExAnteServiceServer};
use hengji_proto::targets::v1::gate_service_server::{GateService, GateServiceServer};
use hengji_proto::targets::v1::project_service_server::{ProjectService, ProjectServiceServer};
use hengji_proto::targets::v1::reduction_service_server::{ReductionService, ReductionServiceServer};
use hengji_proto::targets::v1::target_service_server::{TargetService, TargetServiceServer};
use hengji_rpc::Link;
use hengji_rules::pack::RulePack;
use hengji_rules::{EffectivePack, ObjectType};
use tokio::sync::broadcast;
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

use super::{P1, P2, P3, day, yuan};

#[derive(Clone)]
pub struct StandIns(Arc<World>);

struct World {
    canned: Mutex<Canned>,
    news: broadcast::Sender<WatchResponse>,
}

pub struct Canned {
    pub targets: HashMap<(String, i32), pb::PerformanceTarget>,
    pub projects: HashMap<String, pb::Project>,
    pub additions: HashMap<String, pb::BudgetAddition>,
    pub reductions: Vec<pb::BudgetReduction>,
    pub assessments: HashMap<String, pb::ExAnteAssessment>,
    /// Targets is away.
    pub away: bool,
    /// Resume tokens watchers came with.
    pub watched_from: Vec<String>,
}

impl StandIns {
    pub fn new() -> Self {
        let mut canned = Canned {
            targets: HashMap::new(),
            projects: HashMap::new(),
            additions: HashMap::new(),
            reductions: vec![],
            assessments: HashMap::new(),
            away: false,
            watched_from: vec![],
        };
        for (project, unit) in [(P1, "219001"), (P2, "219002"), (P3, "220001")] {
            canned.projects.insert(project.into(), self::project(project, unit, "1000", "0"));
        }
        for project in [P1, P2] {
            canned.approve(target(project, 1, "90"));
        }
        let news = broadcast::channel(64).0;
        Self(Arc::new(World { canned: Mutex::new(canned), news }))
    }

    /// Changes what is answered from now on.
    pub fn change<T>(&self, change: impl FnOnce(&mut Canned) -> T) -> T {
        change(&mut self.0.canned.lock().unwrap())
    }

    /// Tells every watcher; false if nobody watches yet.
    pub fn tell(&self, entry: JournalEntry) -> bool {
        let resume_token = entry.position.to_string();
        let news = Some(common::watch_response::News::Entry(entry));
        self.0.news.send(WatchResponse { news, resume_token }).is_ok()
    }

    pub fn targets(&self) -> Routes {
        Routes::new(TargetServiceServer::new(self.clone()))
            .add_service(GateServiceServer::new(self.clone()))
            .add_service(ProjectServiceServer::new(self.clone()))
            .add_service(AdditionServiceServer::new(self.clone()))
            .add_service(ReductionServiceServer::new(self.clone()))
            .add_service(ExAnteServiceServer::new(self.clone()))
            .add_service(JournalServiceServer::new(self.clone()))
    }

    pub fn catalog(&self) -> Routes {
        Routes::new(RulePackServiceServer::new(self.clone()))
    }

    pub fn routes(&self) -> Vec<(&'static str, Routes)> {
        vec![("targets", self.targets()), ("catalog", self.catalog())]
    }

    fn gate(&self, request: pb::CheckGateRequest) -> Result<pb::CheckGateResponse, Status> {
        self.change(|canned| {
            canned.here()?;
            let project = canned.projects.get(&request.project).ok_or_else(|| missing(&request.project))?;
            let target = target_name(&request.project);
            let version =
                canned.targets.keys().filter(|(name, _)| *name == target).map(|(_, version)| *version).max();
            let sum = |text: Option<&hengji_proto::google::r#type::Decimal>| {
                text.map_or(0, |text| text.value.parse::<i64>().unwrap())
            };
            let budget = sum(project.approved_yuan.as_ref()) + sum(project.added_yuan.as_ref());
            let reason = |code: &str, passed, message: &str| pb::GateReason {
                code: code.into(),
                passed,
                message: message.into(),
            };
            let approved = version.is_some();
            let verdict = pb::GateVerdict {
                allowed: approved,
                project: request.project,
                kind: request.kind,
                target: if approved { target } else { String::new() },
                target_version: version.unwrap_or(0),
                budget_yuan: Some(yuan(&budget.to_string())),
                reasons: vec![
                    reason("target.not_approved", approved, "绩效目标尚未批复"),
                    reason("hold.standing", approved, "未达标情况尚未说明"),
                    reason("project.in_library", true, "已入库"),
                ],
                signed_verdict: "jws".into(),
                ..Default::default()
            };
            Ok(pb::CheckGateResponse { verdict: Some(verdict) })
        })
    }

    fn get_target(&self, request: pb::GetTargetRequest) -> Result<pb::GetTargetResponse, Status> {
        self.change(|canned| {
            canned.here()?;
            let latest = || canned.targets.keys().filter(|key| key.0 == request.name).map(|key| key.1).max();
            let version =
                if request.target_version == 0 { latest().unwrap_or(0) } else { request.target_version };
            let target = canned.targets.get(&(request.name.clone(), version)).cloned();
            Ok(pb::GetTargetResponse { target: Some(target.ok_or_else(|| missing(&request.name))?) })
        })
    }

    fn get_project(&self, request: pb::GetProjectRequest) -> Result<pb::GetProjectResponse, Status> {
        let project = self.change(|canned| canned.projects.get(&request.name).cloned());
        Ok(pb::GetProjectResponse { project: Some(project.ok_or_else(|| missing(&request.name))?) })
    }

    fn get_addition(&self, request: pb::GetAdditionRequest) -> Result<pb::GetAdditionResponse, Status> {
        let addition = self.change(|canned| canned.additions.get(&request.name).cloned());
        Ok(pb::GetAdditionResponse { addition: Some(addition.ok_or_else(|| missing(&request.name))?) })
    }

    fn list_additions(&self, request: pb::ListAdditionsRequest) -> Result<pb::ListAdditionsResponse, Status> {
        self.change(|canned| {
            canned.here()?;
            let of_project = |addition: &&pb::BudgetAddition| {
                addition.project == request.project && addition.state == request.state
            };
            let additions = canned.additions.values().filter(of_project).cloned().collect();
            Ok(pb::ListAdditionsResponse { additions, ..Default::default() })
        })
    }

    fn list_reductions(
        &self,
        request: pb::ListReductionsRequest,
    ) -> Result<pb::ListReductionsResponse, Status> {
        self.change(|canned| {
            canned.here()?;
            let of_project = |one: &&pb::BudgetReduction| one.project == request.project;
            let reductions = canned.reductions.iter().filter(of_project).cloned().collect();
            Ok(pb::ListReductionsResponse { reductions, ..Default::default() })
        })
    }

    fn get_assessment(
        &self,
        request: pb::GetExAnteAssessmentRequest,
    ) -> Result<pb::GetExAnteAssessmentResponse, Status> {
        let assessment = self.change(|canned| canned.assessments.get(&request.name).cloned());
        let assessment = assessment.ok_or_else(|| missing(&request.name))?;
        Ok(pb::GetExAnteAssessmentResponse { assessment: Some(assessment) })
    }

    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as the other answers")]
    fn effective(
        &self,
        request: catalog::GetEffectiveRulePackRequest,
    ) -> Result<catalog::GetEffectiveRulePackResponse, Status> {
        let pack =
            RulePack::from_json(include_str!("../../../../../data/rule-packs/national-2021.json")).unwrap();
        let date =
            request.date.as_ref().map(|date| format!("{}-{:02}-{:02}", date.year, date.month, date.day));
        let effective = EffectivePack::resolve(
            &[pack],
            &request.region.parse().unwrap(),
            date.unwrap_or_default().parse().unwrap(),
            ObjectType::Project,
        );
        let rule_pack = catalog::EffectiveRulePack {
            region: request.region,
            date: request.date,
            object_kind: request.object_kind,
            content_json: serde_json::to_string(&effective).unwrap(),
            ..Default::default()
        };
        Ok(catalog::GetEffectiveRulePackResponse { rule_pack: Some(rule_pack) })
    }
}

impl Canned {
    /// The target as approved; a newer version stands beside the older ones.
    pub fn approve(&mut self, target: pb::PerformanceTarget) {
        self.targets.insert((target.name.clone(), target.approved_version), target);
    }

    fn here(&self) -> Result<(), Status> {
        if self.away { Err(Status::unavailable("away")) } else { Ok(()) }
    }
}

pub fn target_name(project: &str) -> String {
    project.replace("/projects/P", "/targets/T")
}

pub fn project(name: &str, unit: &str, approved: &str, added: &str) -> pb::Project {
    pb::Project {
        name: name.into(),
        title: "农村公路养护".into(),
        unit: unit.into(),
        approved_yuan: Some(yuan(approved)),
        added_yuan: Some(yuan(added)),
        ..Default::default()
    }
}

/// Length of road (40 by June), rate of acceptance (percent), satisfaction in words.
pub fn target(project: &str, version: i32, length: &str) -> pb::PerformanceTarget {
    let month = |month, value: &str| pb::InterimValue { month, value: Some(yuan(value)) };
    let indicator =
        |code: &str, title: &str, value: &str, value_text: String, unit: &str| pb::TargetIndicator {
            code: code.into(),
            title: title.into(),
            operator: pb::Operator::Ge.into(),
            value: (!value.is_empty()).then(|| yuan(value)),
            value_text,
            unit: unit.into(),
            direction: pb::Direction::HigherBetter.into(),
            ..Default::default()
        };
    pb::PerformanceTarget {
        name: target_name(project),
        object_kind: ObjectKind::Project.into(),
        object: project.into(),
        title: "农村公路养护".into(),
        unit: "219001".into(),
        target_version: version,
        approved_version: version,
        indicators: vec![
            pb::TargetIndicator {
                interim_values: vec![month(6, "40"), month(9, "70")],
                ..indicator("1", "养护里程", length, format!("≥{length}公里"), "公里")
            },
            indicator("2", "验收合格率", "95", "≥95%".into(), "%"),
            pb::TargetIndicator {
                operator: pb::Operator::Qualitative.into(),
                ..indicator("3", "群众满意", "", "较好".into(), "")
            },
        ],
        ..Default::default()
    }
}

pub fn assessment(name: &str, conclusion: pb::ExAnteConclusion) -> pb::ExAnteAssessment {
    pb::ExAnteAssessment {
        name: name.into(),
        project: P1.into(),
        unit: "219001".into(),
        conclusion: conclusion.into(),
        conditions: vec![pb::Condition {
            condition_id: "1".into(),
            text: "细化绩效目标".into(),
            due_date: Some(day("2021-06-30")),
        }],
        ..Default::default()
    }
}

fn missing(name: &str) -> Status {
    hengji_rpc::Fault::not_found(name).into()
}

/// A link to routes without a guard.
pub fn link(routes: Routes) -> Link {
    let routes = routes.prepare();
    BoxCloneSyncService::new(tower::service_fn(move |request: http::Request<tonic::body::Body>| {
        let routes = routes.clone();
        async move { routes.oneshot(request).await.map_err(|never| match never {}) }
    }))
}

#[async_trait]
impl JournalService for StandIns {
    async fn watch(
        &self,
        request: Request<WatchRequest>,
    ) -> Result<Response<BoxStream<'static, Result<WatchResponse, Status>>>, Status> {
        let token = request.into_inner().resume_token;
        let news = self.0.news.subscribe();
        self.change(|canned| canned.watched_from.push(token));
        let news = futures::stream::unfold(news, |mut news| async move {
            let next = news.recv().await.ok()?;
            Some((Ok(next), news))
        });
        Ok(Response::new(news.boxed()))
    }
}

/// The calls monitoring makes.
macro_rules! stand_in {
    ($package:ident $service:ident {
        $($verb:ident($request:ident) -> $response:ident = $answer:ident;)+
    }) => {
        #[async_trait]
        impl $service for StandIns {
            $(async fn $verb(
                &self,
                request: Request<$package::$request>,
            ) -> Result<Response<$package::$response>, Status> {
                Ok(Response::new(self.$answer(request.into_inner())?))
            })+
        }
    };
}

stand_in!(pb GateService {
    check_gate(CheckGateRequest) -> CheckGateResponse = gate;
});
stand_in!(pb ProjectService {
    get_project(GetProjectRequest) -> GetProjectResponse = get_project;
});
stand_in!(pb AdditionService {
    get_addition(GetAdditionRequest) -> GetAdditionResponse = get_addition;
    list_additions(ListAdditionsRequest) -> ListAdditionsResponse = list_additions;
});
stand_in!(pb ReductionService {
    list_reductions(ListReductionsRequest) -> ListReductionsResponse = list_reductions;
});
stand_in!(pb ExAnteService {
    get_ex_ante_assessment(GetExAnteAssessmentRequest) -> GetExAnteAssessmentResponse = get_assessment;
});
stand_in!(pb TargetService {
    get_target(GetTargetRequest) -> GetTargetResponse = get_target;
});
stand_in!(catalog RulePackService {
    get_effective_rule_pack(GetEffectiveRulePackRequest) -> GetEffectiveRulePackResponse = effective;
});
