//! What monitoring asks of targets, in its own words.

use std::collections::BTreeMap;

use hengji_kernel::{Date, Money};
use hengji_proto::common::v1::ObjectKind;
use hengji_proto::common::v1::journal_service_client::JournalServiceClient;
use hengji_proto::common::v1::{WatchRequest, WatchResponse};
use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::addition_service_client::AdditionServiceClient;
use hengji_proto::targets::v1::ex_ante_service_client::ExAnteServiceClient;
use hengji_proto::targets::v1::gate_service_client::GateServiceClient;
use hengji_proto::targets::v1::project_service_client::ProjectServiceClient;
use hengji_proto::targets::v1::reduction_service_client::ReductionServiceClient;
use hengji_proto::targets::v1::target_service_client::TargetServiceClient;
use hengji_rpc::{Call, Fault, Link, Peers, Reason, convert as words};
use hengji_rules::{Direction, ObjectType, Operator};
use tonic::Streaming;

use crate::domain::{Addition, Baseline, FundKind, Indicator, Mark, ProjectFacts};

#[derive(Clone)]
pub(crate) struct Targets(Link);

/// The gate's word that money may be issued.
pub(crate) struct Passed {
    pub(crate) target: String,
    pub(crate) target_version: i32,
    pub(crate) budget: Money,
    pub(crate) signed_verdict: String,
}

/// What an assessment asks to be amended.
pub(crate) struct Assessed {
    pub(crate) project: String,
    pub(crate) unit: String,
    pub(crate) conditions: Vec<AssessedCondition>,
}

pub(crate) struct AssessedCondition {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) due_date: Option<Date>,
}

/// The kinds of targets' news that concern monitoring.
pub(crate) const TARGET_APPROVED: &str = "target.approved";
pub(crate) const EX_ANTE_CONCLUDED: &str = "ex_ante.concluded";
pub(crate) const ADDITION_APPROVED: &str = "addition.approved";

impl Targets {
    pub(crate) fn new(peers: &Peers) -> Result<Self, Fault> {
        Ok(Self(peers.link("targets")?))
    }

    /// Whether money may be issued to the project; a refusal names every reason.
    pub(crate) async fn pass_fund_issue(&self, call: &Call, project: &str) -> Result<Passed, Fault> {
        let request =
            pb::CheckGateRequest { project: project.to_owned(), kind: pb::GateKind::FundIssue.into() };
        let mut client = GateServiceClient::new(self.0.clone());
        let answer = client.check_gate(call.onward(request)).await?.into_inner();
        let verdict = answer.verdict.unwrap_or_default();
        if !verdict.allowed {
            return Err(gate_refused(project, verdict.reasons));
        }
        Ok(Passed {
            target: verdict.target,
            target_version: verdict.target_version,
            budget: words::parse_money("budget_yuan", verdict.budget_yuan.as_ref()).map_err(garbled)?,
            signed_verdict: verdict.signed_verdict,
        })
    }

    /// An approved version of a target as baseline, with the object it is about; version 0 is the latest approved one.
    pub(crate) async fn baseline(
        &self,
        call: &Call,
        name: &str,
        version: i32,
    ) -> Result<(String, Baseline), Fault> {
        let mut target = self.target(call, name, version).await?;
        if version == 0 {
            let approved = target.approved_version;
            if approved < 1 {
                return Err(Fault::not_found(name));
            }
            target = self.target(call, name, approved).await?;
            target.target_version = approved;
        } else {
            target.target_version = version;
        }
        let indicators = target.indicators.into_iter().map(indicator).collect::<Result<_, _>>()?;
        let object = object_type(target.object_kind)
            .ok_or_else(|| Fault::internal(format!("{name} is about no known kind of object")))?;
        let baseline = Baseline { target: target.name, version: target.target_version, object, indicators };
        Ok((target.object, baseline))
    }

    async fn target(&self, call: &Call, name: &str, version: i32) -> Result<pb::PerformanceTarget, Fault> {
        let request = pb::GetTargetRequest { name: name.to_owned(), target_version: version };
        let mut client = TargetServiceClient::new(self.0.clone());
        let answer = client.get_target(call.onward(request)).await?.into_inner();
        Ok(answer.target.unwrap_or_default())
    }

    /// The annual goal (年度总体目标) of an approved version.
    pub(crate) async fn goal(&self, call: &Call, name: &str, version: i32) -> Result<String, Fault> {
        Ok(self.target(call, name, version).await?.goal_text)
    }

    /// A project with the additions that are part of its budget.
    pub(crate) async fn project(&self, call: &Call, name: &str) -> Result<ProjectFacts, Fault> {
        // first, so that the budget lacks none of them
        let additions = self.additions(call, name).await?;
        let request = pb::GetProjectRequest { name: name.to_owned() };
        let mut client = ProjectServiceClient::new(self.0.clone());
        let answer = client.get_project(call.onward(request)).await?.into_inner();
        let project = answer.project.unwrap_or_default();
        let money = |field, value| words::parse_money_or_zero(field, value).map_err(garbled);
        let approved = money("approved_yuan", project.approved_yuan.as_ref())?;
        let added = money("added_yuan", project.added_yuan.as_ref())?;
        let reduced = money("reduced_yuan", project.reduced_yuan.as_ref())?;
        Ok(ProjectFacts {
            fund_kind: fund_kind(project.fund_kind()),
            marks: project.marks().filter_map(mark).collect(),
            title: project.title,
            unit: words::word("unit", &project.unit).map_err(garbled)?,
            initial: approved,
            budget: approved + added - reduced,
            additions,
        })
    }

    /// Approved additions, and approved reductions as money less.
    async fn additions(&self, call: &Call, project: &str) -> Result<Vec<Addition>, Fault> {
        let mut client = AdditionServiceClient::new(self.0.clone());
        let mut request = pb::ListAdditionsRequest {
            project: project.to_owned(),
            state: pb::AdditionState::Approved.into(),
            ..Default::default()
        };
        let mut found = Vec::new();
        loop {
            let page = client.list_additions(call.onward(request.clone())).await?.into_inner();
            for addition in page.additions {
                found.push(Addition {
                    date: words::parse_date("approve_date", addition.approve_date.as_ref())
                        .map_err(garbled)?,
                    amount: words::parse_money("amount_yuan", addition.amount_yuan.as_ref())
                        .map_err(garbled)?,
                });
            }
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        found.extend(self.reductions(call, project).await?);
        Ok(found)
    }

    async fn reductions(&self, call: &Call, project: &str) -> Result<Vec<Addition>, Fault> {
        let mut client = ReductionServiceClient::new(self.0.clone());
        let mut request = pb::ListReductionsRequest {
            project: project.to_owned(),
            state: pb::ReductionState::Approved.into(),
            ..Default::default()
        };
        let mut found = Vec::new();
        loop {
            let page = client.list_reductions(call.onward(request.clone())).await?.into_inner();
            for reduction in page.reductions {
                let amount = words::parse_money("amount_yuan", reduction.amount_yuan.as_ref());
                found.push(Addition {
                    date: words::parse_date("approve_date", reduction.approve_date.as_ref())
                        .map_err(garbled)?,
                    amount: Money::ZERO - amount.map_err(garbled)?,
                });
            }
            if page.next_page_token.is_empty() {
                return Ok(found);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// The project an addition is for.
    pub(crate) async fn added_to(&self, call: &Call, addition: &str) -> Result<String, Fault> {
        let request = pb::GetAdditionRequest { name: addition.to_owned() };
        let mut client = AdditionServiceClient::new(self.0.clone());
        let answer = client.get_addition(call.onward(request)).await?.into_inner();
        Ok(answer.addition.unwrap_or_default().project)
    }

    /// The conditions of an assessment; none unless it was concluded 调整完善后支持.
    pub(crate) async fn assessed(&self, call: &Call, assessment: &str) -> Result<Assessed, Fault> {
        let request = pb::GetExAnteAssessmentRequest { name: assessment.to_owned() };
        let mut client = ExAnteServiceClient::new(self.0.clone());
        let answer = client.get_ex_ante_assessment(call.onward(request)).await?.into_inner();
        let found = answer.assessment.unwrap_or_default();
        let conditions = match found.conclusion() {
            pb::ExAnteConclusion::SupportAfterAmendment => {
                found.conditions.iter().map(assessed_condition).collect::<Result<_, _>>()?
            }
            _ => vec![],
        };
        Ok(Assessed { project: found.project, unit: found.unit, conditions })
    }

    /// News of targets from a resume token on.
    pub(crate) async fn watch(
        &self,
        call: &Call,
        resume_token: String,
    ) -> Result<Streaming<WatchResponse>, Fault> {
        let kinds = [TARGET_APPROVED, EX_ANTE_CONCLUDED, ADDITION_APPROVED];
        let request = WatchRequest {
            service: "targets".into(),
            resume_token,
            kinds: kinds.iter().map(ToString::to_string).collect(),
        };
        let mut client = JournalServiceClient::new(self.0.clone());
        Ok(client.watch(call.onward(request)).await?.into_inner())
    }
}

/// What a peer answered is not what the contract says.
fn garbled(fault: Fault) -> Fault {
    Fault::internal(format!("targets answered: {}", fault.message()))
}

fn gate_refused(project: &str, reasons: Vec<pb::GateReason>) -> Fault {
    let refused: Vec<_> = reasons.into_iter().filter(|reason| !reason.passed).collect();
    let told: Vec<_> = refused.iter().map(|reason| reason.message.as_str()).collect();
    let message = format!("{project} 不得下达资金：{}", told.join("；"));
    let findings = refused.iter().map(|reason| (reason.code.clone(), reason.message.clone())).collect();
    Fault::preconditions(Reason::GateRefused, message, findings)
}

fn assessed_condition(condition: &pb::Condition) -> Result<AssessedCondition, Fault> {
    Ok(AssessedCondition {
        id: condition.condition_id.clone(),
        text: condition.text.clone(),
        due_date: words::parse_date_or_none("due_date", condition.due_date.as_ref()).map_err(garbled)?,
    })
}

fn indicator(said: pb::TargetIndicator) -> Result<Indicator, Fault> {
    let mut interim = BTreeMap::new();
    for value in &said.interim_values {
        let month = u8::try_from(value.month).map_err(Fault::internal)?;
        interim
            .insert(month, words::require_decimal("interim_values", value.value.as_ref()).map_err(garbled)?);
    }
    Ok(Indicator {
        operator: operator(said.operator()),
        direction: direction(said.direction()),
        value: words::parse_decimal("value", said.value.as_ref()).map_err(garbled)?,
        weight: words::parse_decimal("weight", said.weight.as_ref()).map_err(garbled)?,
        code: said.code,
        level1: said.level1,
        level2: said.level2,
        title: said.title,
        value_text: said.value_text,
        unit: said.unit,
        interim,
        latest: None,
        lit: None,
        along: None,
    })
}

pub(crate) const fn fund_kind(said: pb::FundKind) -> Option<FundKind> {
    match said {
        pb::FundKind::Unspecified => None,
        pb::FundKind::GeneralPublic => Some(FundKind::GeneralPublic),
        pb::FundKind::GovernmentFund => Some(FundKind::GovernmentFund),
        pb::FundKind::StateCapital => Some(FundKind::StateCapital),
        pb::FundKind::SocialInsurance => Some(FundKind::SocialInsurance),
        pb::FundKind::SpecialBond => Some(FundKind::SpecialBond),
    }
}

pub(crate) const fn mark(said: pb::ProjectMark) -> Option<Mark> {
    match said {
        pb::ProjectMark::Unspecified => None,
        pb::ProjectMark::DirectFunds => Some(Mark::DirectFunds),
        pb::ProjectMark::Consolidation => Some(Mark::Consolidation),
        pb::ProjectMark::Transfer => Some(Mark::Transfer),
        pb::ProjectMark::MajorDecision => Some(Mark::MajorDecision),
        pb::ProjectMark::Emergency => Some(Mark::Emergency),
        pb::ProjectMark::UpperMandated => Some(Mark::UpperMandated),
        pb::ProjectMark::Livelihood => Some(Mark::Livelihood),
        pb::ProjectMark::Policy => Some(Mark::Policy),
        pb::ProjectMark::ExpiredContinued => Some(Mark::ExpiredContinued),
        pb::ProjectMark::Construction => Some(Mark::Construction),
    }
}

const fn operator(said: pb::Operator) -> Option<Operator> {
    match said {
        pb::Operator::Ge => Some(Operator::Ge),
        pb::Operator::Le => Some(Operator::Le),
        pb::Operator::Eq => Some(Operator::Eq),
        pb::Operator::Gt => Some(Operator::Gt),
        pb::Operator::Lt => Some(Operator::Lt),
        pb::Operator::Qualitative | pb::Operator::Unspecified => None,
    }
}

const fn direction(said: pb::Direction) -> Option<Direction> {
    match said {
        pb::Direction::HigherBetter => Some(Direction::Positive),
        pb::Direction::LowerBetter => Some(Direction::Negative),
        pb::Direction::Unspecified => None,
    }
}

fn object_type(kind: i32) -> Option<ObjectType> {
    match ObjectKind::try_from(kind).ok()? {
        ObjectKind::Unspecified => None,
        ObjectKind::Project => Some(ObjectType::Project),
        ObjectKind::Policy => Some(ObjectType::Policy),
        ObjectKind::Department => Some(ObjectType::Department),
        ObjectKind::SocialInsuranceFund => Some(ObjectType::SocialInsuranceFund),
        ObjectKind::SpecialBond => Some(ObjectType::Bond),
        ObjectKind::Transfer => Some(ObjectType::Transfer),
    }
}

pub(crate) const fn object_kind(object: ObjectType) -> ObjectKind {
    match object {
        ObjectType::Project => ObjectKind::Project,
        ObjectType::Policy => ObjectKind::Policy,
        ObjectType::Department => ObjectKind::Department,
        ObjectType::SocialInsuranceFund => ObjectKind::SocialInsuranceFund,
        ObjectType::Bond => ObjectKind::SpecialBond,
        ObjectType::Transfer => ObjectKind::Transfer,
    }
}
