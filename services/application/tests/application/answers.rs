//! How the world answers what it is asked.

use hengji_proto::common::v1::ObjectKind;
use hengji_proto::evaluation::v1::{self as evaluation, EvaluationKind, TaskState};
use hengji_proto::monitoring::v1 as monitoring;
use hengji_proto::targets::v1::{self as targets, HoldState};
use hengji_proto::{Paged, catalog};
use hengji_rules::{EffectivePack, ObjectType, RulePack};
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt};

use crate::world::{World, yuan};

/// Two records a page, however many were asked for: whoever reads only the first page reads too little.
fn page<Q: Paged, T: Clone>(request: &Q, all: &[T]) -> (Vec<T>, String) {
    let from: usize = request.page_token().parse().unwrap_or(0);
    let next = if from + 2 < all.len() { (from + 2).to_string() } else { String::new() };
    (all.iter().skip(from).take(2).cloned().collect(), next)
}

fn refused(code: tonic::Code, reason: &str) -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info(reason, "hengji", std::collections::HashMap::new());
    Status::with_error_details(code, reason, details)
}

/// What the classes let through.
fn published(
    target: &targets::PerformanceTarget,
    classes: &[targets::FieldClass],
) -> targets::PublishedTarget {
    let of = |class| classes.contains(&class);
    let mut published = targets::PublishedTarget {
        name: target.name.clone(),
        target_version: target.approved_version,
        title: target.title.clone(),
        ..Default::default()
    };
    if of(targets::FieldClass::Content) {
        published.goal_text.clone_from(&target.goal_text);
        let indicators = target.indicators.iter().map(|one| targets::PublishedIndicator {
            level1: one.level1.clone(),
            level2: one.level2.clone(),
            title: one.title.clone(),
            value_text: one.value_text.clone(),
            unit: one.unit.clone(),
            ..Default::default()
        });
        published.indicators = indicators.collect();
    }
    if of(targets::FieldClass::Money) {
        published.budget_yuan.clone_from(&target.budget_yuan);
    }
    if of(targets::FieldClass::Organization) {
        published.object.clone_from(&target.object);
        published.unit.clone_from(&target.unit);
    }
    published
}

type Answer<T> = Result<T, Status>;

impl World {
    pub fn get_evaluation_task(
        &self,
        request: evaluation::GetEvaluationTaskRequest,
    ) -> Answer<evaluation::GetEvaluationTaskResponse> {
        let task = self.facts().tasks.iter().find(|task| task.name == request.name).cloned();
        let task = task.ok_or_else(|| refused(tonic::Code::NotFound, "NOT_FOUND"))?;
        Ok(evaluation::GetEvaluationTaskResponse { task: Some(task) })
    }

    pub fn list_evaluation_tasks(
        &self,
        request: evaluation::ListEvaluationTasksRequest,
    ) -> Answer<evaluation::ListEvaluationTasksResponse> {
        let year = format!("/years/{}/", request.year);
        let wanted = |task: &&evaluation::EvaluationTask| {
            task.name.contains(&year)
                && (request.state() == TaskState::Unspecified || task.state == request.state)
        };
        let all: Vec<_> = self.facts().tasks.iter().filter(wanted).cloned().collect();
        let (tasks, next_page_token) = page(&request, &all);
        Ok(evaluation::ListEvaluationTasksResponse { tasks, next_page_token })
    }

    pub fn get_coverage(&self, _: evaluation::GetCoverageRequest) -> Answer<evaluation::GetCoverageResponse> {
        let facts = self.facts();
        let own = |task: &&evaluation::EvaluationTask| {
            task.kind() == EvaluationKind::Self_ && task.state() == TaskState::Final
        };
        let counted = evaluation::Coverage {
            expected: i32::try_from(facts.targets.len()).expect("few"),
            evaluated: i32::try_from(facts.tasks.iter().filter(own).count()).expect("few"),
            ..Default::default()
        };
        Ok(evaluation::GetCoverageResponse { coverage: Some(facts.coverage.clone().unwrap_or(counted)) })
    }

    pub fn list_institutions(
        &self,
        request: evaluation::ListInstitutionsRequest,
    ) -> Answer<evaluation::ListInstitutionsResponse> {
        let (institutions, next_page_token) = page(&request, &self.facts().institutions);
        Ok(evaluation::ListInstitutionsResponse { institutions, next_page_token })
    }

    pub fn get_position(
        &self,
        request: monitoring::GetPositionRequest,
    ) -> Answer<monitoring::GetPositionResponse> {
        let mut facts = self.facts();
        let day = request.as_of.unwrap_or_default();
        facts.days.push(format!("{}-{}-{}", day.year, day.month, day.day));
        let mut position = facts.positions.iter().find(|one| one.project == request.project).cloned();
        if let Some(position) = &mut position {
            position.paid_yuan = yuan("500");
        }
        Ok(monitoring::GetPositionResponse { position })
    }

    pub fn list_positions(
        &self,
        request: monitoring::ListPositionsRequest,
    ) -> Answer<monitoring::ListPositionsResponse> {
        let (positions, next_page_token) = page(&request, &self.facts().positions);
        Ok(monitoring::ListPositionsResponse { positions, next_page_token })
    }

    pub fn list_projects(
        &self,
        request: targets::ListProjectsRequest,
    ) -> Answer<targets::ListProjectsResponse> {
        let year = format!("/years/{}/", request.year);
        let all: Vec<_> =
            self.facts().projects.iter().filter(|one| one.name.contains(&year)).cloned().collect();
        let (projects, next_page_token) = page(&request, &all);
        Ok(targets::ListProjectsResponse { projects, next_page_token })
    }

    pub fn get_target(&self, request: targets::GetTargetRequest) -> Answer<targets::GetTargetResponse> {
        let target = self.facts().targets.iter().find(|one| one.name == request.name).cloned();
        let target = target.ok_or_else(|| refused(tonic::Code::NotFound, "NOT_FOUND"))?;
        Ok(targets::GetTargetResponse { target: Some(target) })
    }

    pub fn get_published_target(
        &self,
        request: targets::GetPublishedTargetRequest,
    ) -> Answer<targets::GetPublishedTargetResponse> {
        let classes: Vec<_> = request.classes().collect();
        let facts = self.facts();
        let found = facts.targets.iter().find(|one| one.name == request.name && one.approved_version > 0);
        let target = found.ok_or_else(|| refused(tonic::Code::NotFound, "NOT_FOUND"))?;
        Ok(targets::GetPublishedTargetResponse { target: Some(published(target, &classes)) })
    }

    pub fn list_published_targets(
        &self,
        request: targets::ListPublishedTargetsRequest,
    ) -> Answer<targets::ListPublishedTargetsResponse> {
        let classes: Vec<_> = request.classes().collect();
        let facts = self.facts();
        let approved = facts.targets.iter().filter(|one| one.approved_version > 0);
        let all: Vec<_> = approved.map(|one| published(one, &classes)).collect();
        let (targets, next_page_token) = page(&request, &all);
        Ok(targets::ListPublishedTargetsResponse { targets, next_page_token })
    }

    pub fn list_additions(
        &self,
        request: targets::ListAdditionsRequest,
    ) -> Answer<targets::ListAdditionsResponse> {
        let (additions, next_page_token) = page(&request, &self.facts().additions);
        Ok(targets::ListAdditionsResponse { additions, next_page_token })
    }

    pub fn list_ex_ante_assessments(
        &self,
        request: targets::ListExAnteAssessmentsRequest,
    ) -> Answer<targets::ListExAnteAssessmentsResponse> {
        let (assessments, next_page_token) = page(&request, &self.facts().assessments);
        Ok(targets::ListExAnteAssessmentsResponse { assessments, next_page_token })
    }

    pub fn place_hold(&self, request: targets::PlaceHoldRequest) -> Answer<targets::PlaceHoldResponse> {
        let mut facts = self.facts();
        let name = format!("{}/holds/{}", request.parent, request.hold_id);
        if facts.holds.iter().any(|hold| hold.name == name) {
            let again = facts.placed.contains(&(request.request_id, name));
            return if again {
                Ok(targets::PlaceHoldResponse { hold: None })
            } else {
                Err(refused(tonic::Code::AlreadyExists, "ALREADY_EXISTS"))
            };
        }
        let hold = targets::Hold {
            name: name.clone(),
            project_code: request.project_code,
            unit: request.unit,
            cause: request.cause,
            authority: request.authority,
            state: HoldState::Standing.into(),
            etag: "v1".into(),
            ..Default::default()
        };
        if !request.validate_only {
            facts.placed.push((request.request_id, name));
            facts.holds.push(hold.clone());
        }
        Ok(targets::PlaceHoldResponse { hold: Some(hold) })
    }

    pub fn release_hold(&self, request: targets::ReleaseHoldRequest) -> Answer<targets::ReleaseHoldResponse> {
        let mut facts = self.facts();
        let hold = facts.holds.iter_mut().find(|hold| hold.name == request.name);
        let hold = hold.ok_or_else(|| refused(tonic::Code::NotFound, "NOT_FOUND"))?;
        if hold.etag != request.etag {
            return Err(refused(tonic::Code::Aborted, "ETAG_MISMATCH"));
        }
        if !request.validate_only {
            hold.state = HoldState::Released.into();
            hold.etag = "v2".into();
        }
        Ok(targets::ReleaseHoldResponse { hold: Some(hold.clone()) })
    }

    pub fn list_holds(&self, request: targets::ListHoldsRequest) -> Answer<targets::ListHoldsResponse> {
        let (holds, next_page_token) = page(&request, &self.facts().holds);
        Ok(targets::ListHoldsResponse { holds, next_page_token })
    }

    /// The shipped packs, laid over one another as catalog does.
    pub fn get_effective_rule_pack(
        &self,
        request: catalog::v1::GetEffectiveRulePackRequest,
    ) -> Answer<catalog::v1::GetEffectiveRulePackResponse> {
        let packs = [
            include_str!("../../../../data/rule-packs/national-2021.json"),
            include_str!("../../../../data/rule-packs/demo-linkage.json"),
        ];
        let packs: Vec<_> =
            packs.iter().map(|text| RulePack::from_json(text).expect("a shipped pack")).collect();
        let object_type = match request.object_kind() {
            ObjectKind::SocialInsuranceFund => ObjectType::SocialInsuranceFund,
            _ => ObjectType::Project,
        };
        let day = request.date.unwrap_or_default();
        let day = hengji_kernel::Date::new(day.year, 12, 31).expect("a day");
        let region = request.region.parse().expect("a region");
        let mut pack = EffectivePack::resolve(&packs, &region, day, object_type);
        if self.facts().no_linkage_rules {
            pack.rules.linkage.clear();
        }
        let content_json = serde_json::to_string(&pack).expect("a pack");
        let rule_pack = catalog::v1::EffectiveRulePack { content_json, ..Default::default() };
        Ok(catalog::v1::GetEffectiveRulePackResponse { rule_pack: Some(rule_pack) })
    }
}
