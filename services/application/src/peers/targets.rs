//! Asked of targets: projects, targets, additions, assessments; and commanded there: holds.

use hengji_kernel::{FiscalYear, RegionCode, name};
use hengji_proto::targets::v1::addition_service_client::AdditionServiceClient;
use hengji_proto::targets::v1::ex_ante_service_client::ExAnteServiceClient;
use hengji_proto::targets::v1::hold_service_client::HoldServiceClient;
use hengji_proto::targets::v1::project_service_client::ProjectServiceClient;
use hengji_proto::targets::v1::publication_service_client::PublicationServiceClient;
use hengji_proto::targets::v1::target_service_client::TargetServiceClient;
use hengji_proto::targets::v1::{self as pb, FieldClass};
use hengji_rpc::call::derived_request_id;
use hengji_rpc::convert::parse_grade;
use hengji_rpc::{Call, Fault, Link, Reason};
use hengji_rules::word::ProjectNature;

use super::{LARGEST_ANSWER, PAGE_OF_LARGE, PAGE_OF_SMALL, Peers, every_page, money, word};
use crate::domain::UnmetExplanation;
use crate::domain::facts::{Addition, Assessment, Hold, Project, Target, TargetLine};
use crate::error::Refusal;

/// Why a hold stands.
const CAUSE: &str = "上年绩效目标未完成且未说明原因";

/// A reason of another service is at most this long.
const LONGEST_REASON: usize = 500;

/// The request a hold is placed or lifted by: its own request in targets, the same one at each repeat.
pub(crate) struct HoldOrder<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) validate_only: bool,
}

impl Peers {
    pub(crate) async fn projects(
        &self,
        call: &Call,
        region: &RegionCode,
        year: FiscalYear,
    ) -> Result<Vec<Project>, Fault> {
        let request = pb::ListProjectsRequest {
            region: region.to_string(),
            year: year.number(),
            page_size: PAGE_OF_SMALL,
            ..Default::default()
        };
        let mut client =
            ProjectServiceClient::new(self.targets.clone()).max_decoding_message_size(LARGEST_ANSWER);
        let projects = every_page!(client, call, list_projects(request) -> projects);
        projects.into_iter().map(project).collect()
    }

    fn publication_client(&self) -> PublicationServiceClient<Link> {
        PublicationServiceClient::new(self.targets.clone()).max_decoding_message_size(LARGEST_ANSWER)
    }

    /// The approved version as it may be published; refused where none is approved.
    pub(crate) async fn published_target(&self, call: &Call, name: &str) -> Result<Target, Fault> {
        let classes = [FieldClass::Content, FieldClass::Money, FieldClass::Organization];
        let request = pb::GetPublishedTargetRequest {
            name: name.to_owned(),
            classes: classes.map(Into::into).to_vec(),
        };
        let published = self.publication_client().get_published_target(call.onward(request)).await;
        match published.map_err(Fault::from) {
            Ok(answer) => target(answer.into_inner().target.unwrap_or_default()),
            Err(fault) if fault.reason() == Reason::NotFound => {
                // one that is not approved is there and not published
                let request = pb::GetTargetRequest { name: name.to_owned(), target_version: 0 };
                let mut client =
                    TargetServiceClient::new(self.targets.clone()).max_decoding_message_size(LARGEST_ANSWER);
                client.get_target(call.onward(request)).await?;
                Err(Refusal::NotApproved(name.to_owned()).into())
            }
            Err(fault) => Err(fault),
        }
    }

    /// Approved targets of a region subtree and year, without their contents.
    pub(crate) async fn published_targets(
        &self,
        call: &Call,
        region: &RegionCode,
        year: FiscalYear,
    ) -> Result<Vec<Target>, Fault> {
        let request = pb::ListPublishedTargetsRequest {
            region: region.to_string(),
            year: year.number(),
            classes: [FieldClass::Money, FieldClass::Organization].map(Into::into).to_vec(),
            page_size: PAGE_OF_SMALL,
            ..Default::default()
        };
        let mut client = self.publication_client();
        let targets = every_page!(client, call, list_published_targets(request) -> targets);
        targets.into_iter().map(target).collect()
    }

    pub(crate) async fn approved_additions(
        &self,
        call: &Call,
        region: &RegionCode,
        year: FiscalYear,
    ) -> Result<Vec<Addition>, Fault> {
        let request = pb::ListAdditionsRequest {
            region: region.to_string(),
            year: year.number(),
            page_size: PAGE_OF_SMALL,
            ..Default::default()
        };
        let mut client = AdditionServiceClient::new(self.targets.clone());
        let additions = every_page!(client, call, list_additions(request) -> additions);
        let approved = additions.into_iter().filter(|one| one.state() == pb::AdditionState::Approved);
        approved
            .map(|one| {
                let amount = money(one.amount_yuan.as_ref())?;
                Ok(Addition { name: one.name, project: one.project, unit: one.unit, amount })
            })
            .collect()
    }

    pub(crate) async fn concluded_assessments(
        &self,
        call: &Call,
        region: &RegionCode,
        year: FiscalYear,
    ) -> Result<Vec<Assessment>, Fault> {
        let request = pb::ListExAnteAssessmentsRequest {
            region: region.to_string(),
            year: year.number(),
            page_size: PAGE_OF_LARGE,
            ..Default::default()
        };
        let mut client =
            ExAnteServiceClient::new(self.targets.clone()).max_decoding_message_size(LARGEST_ANSWER);
        let assessments = every_page!(client, call, list_ex_ante_assessments(request) -> assessments);
        let concluded = assessments.into_iter().filter(|one| one.state() == pb::ExAnteState::Concluded);
        concluded
            .map(|one| {
                Ok(Assessment {
                    grade: parse_grade(one.grade),
                    conclusion: conclusion(one.conclusion()),
                    cut: money(one.cut_yuan.as_ref())?,
                    name: one.name,
                    project: one.project,
                    unit: one.unit,
                })
            })
            .collect()
    }

    /// Holds that block a year, standing or released.
    pub(crate) async fn holds(
        &self,
        call: &Call,
        region: &RegionCode,
        year: FiscalYear,
    ) -> Result<Vec<Hold>, Fault> {
        let request = pb::ListHoldsRequest {
            region: region.to_string(),
            year: year.number(),
            page_size: PAGE_OF_SMALL,
            ..Default::default()
        };
        let mut client = HoldServiceClient::new(self.targets.clone());
        let holds = every_page!(client, call, list_holds(request) -> holds);
        let holds = holds.into_iter().map(|hold| Hold {
            standing: hold.state() == pb::HoldState::Standing,
            name: hold.name,
            project_code: hold.project_code,
            unit: hold.unit,
            cause: hold.cause,
            etag: hold.etag,
        });
        Ok(holds.collect())
    }

    async fn hold_of(&self, call: &Call, explanation: &UnmetExplanation) -> Result<Option<Hold>, Fault> {
        let holds = self.holds(call, &explanation.region, explanation.year.next()).await?;
        Ok(holds.into_iter().find(|hold| hold.name == explanation.hold))
    }

    /// Places the hold an explanation is owed under. One that stands already, such as from a call that broke off, is it.
    pub(crate) async fn place_hold(
        &self,
        call: &Call,
        order: HoldOrder<'_>,
        explanation: &UnmetExplanation,
    ) -> Result<(), Fault> {
        let request = pb::PlaceHoldRequest {
            request_id: derived_request_id(order.request_id, "place-hold"),
            validate_only: order.validate_only,
            parent: format!("regions/{}/years/{}", explanation.region, explanation.year.next()),
            hold_id: name::id(&explanation.hold).to_owned(),
            project_code: explanation.project_code.clone(),
            unit: explanation.unit.to_string(),
            cause: CAUSE.to_owned(),
            authority: format!("{} 年度绩效评价结果应用", explanation.year),
        };
        let placed = HoldServiceClient::new(self.targets.clone()).place_hold(call.onward(request)).await;
        let Err(fault) = placed.map_err(Fault::from) else { return Ok(()) };
        if fault.reason() == Reason::AlreadyExists
            && self.hold_of(call, explanation).await?.is_some_and(|hold| hold.standing)
        {
            return Ok(());
        }
        Err(fault)
    }

    /// Lifts the hold; one that was lifted before, such as by a call that broke off, stays lifted.
    pub(crate) async fn release_hold(
        &self,
        call: &Call,
        order: HoldOrder<'_>,
        explanation: &UnmetExplanation,
        reason: &str,
    ) -> Result<(), Fault> {
        let hold =
            self.hold_of(call, explanation).await?.ok_or_else(|| Fault::not_found(&explanation.hold))?;
        if !hold.standing {
            return Ok(());
        }
        let request = pb::ReleaseHoldRequest {
            request_id: derived_request_id(order.request_id, "release-hold"),
            validate_only: order.validate_only,
            name: hold.name,
            etag: hold.etag,
            reason: reason.chars().take(LONGEST_REASON).collect(),
        };
        HoldServiceClient::new(self.targets.clone()).release_hold(call.onward(request)).await?;
        Ok(())
    }
}

fn project(project: pb::Project) -> Result<Project, Fault> {
    Ok(Project {
        unit: word(&project.unit)?,
        nature: nature(project.nature()),
        request: money(project.request_yuan.as_ref())?,
        approved: money(project.approved_yuan.as_ref())?,
        added: money(project.added_yuan.as_ref())?,
        reduced: money(project.reduced_yuan.as_ref())?,
        in_budget: project.state() == pb::ProjectState::InBudget,
        name: project.name,
        title: project.title,
        amount_source: project.amount_source,
    })
}

const fn nature(nature: pb::ProjectNature) -> Option<ProjectNature> {
    match nature {
        pb::ProjectNature::Unspecified => None,
        pb::ProjectNature::Recurrent => Some(ProjectNature::Recurrent),
        pb::ProjectNature::Continuing => Some(ProjectNature::Continuing),
        pb::ProjectNature::OneOff => Some(ProjectNature::OneOff),
        pb::ProjectNature::MultiYear => Some(ProjectNature::MultiYear),
        pb::ProjectNature::New => Some(ProjectNature::New),
    }
}

fn target(target: pb::PublishedTarget) -> Result<Target, Fault> {
    Ok(Target {
        unit: word(&target.unit)?,
        budget: money(target.budget_yuan.as_ref())?,
        lines: target
            .indicators
            .into_iter()
            .map(|one| TargetLine {
                value: with_unit(one.value_text, &one.unit),
                level1: one.level1,
                level2: one.level2,
                title: one.title,
            })
            .collect(),
        name: target.name,
        object: target.object,
        title: target.title,
        approved_version: target.target_version,
        goal: target.goal_text,
        mid_term_goal: target.mid_term_goal_text,
    })
}

/// `≥95%` stays, `≥10` becomes `≥10个`.
fn with_unit(value: String, unit: &str) -> String {
    if value.ends_with(unit) { value } else { value + unit }
}

const fn conclusion(conclusion: pb::ExAnteConclusion) -> &'static str {
    match conclusion {
        pb::ExAnteConclusion::Unspecified => "",
        pb::ExAnteConclusion::Support => "予以支持",
        pb::ExAnteConclusion::SupportAfterAmendment => "调整完善后支持",
        pb::ExAnteConclusion::Resubmit => "部分支持、重新申报",
        pb::ExAnteConclusion::Refuse => "不予支持",
    }
}
