//! What evaluation asks of others, in its own words: targets for baselines and projects, monitoring for money and readings.

use hengji_kernel::{FiscalYear, Invalid, Money, RegionCode, Timestamp, UnitCode};
use hengji_proto::common::v1::ObjectKind;
use hengji_proto::monitoring::v1 as monitoring;
use hengji_proto::monitoring::v1::corrective_action_service_client::CorrectiveActionServiceClient;
use hengji_proto::monitoring::v1::position_service_client::PositionServiceClient;
use hengji_proto::monitoring::v1::reading_service_client::ReadingServiceClient;
use hengji_proto::targets::v1 as targets;
use hengji_proto::targets::v1::project_service_client::ProjectServiceClient;
use hengji_proto::targets::v1::target_service_client::TargetServiceClient;
use hengji_rpc::Peers as Links;
use hengji_rpc::{Call, Fault, Link, convert};
use hengji_rules::{Direction, ObjectType, Operator};
use tonic::Code;

use crate::domain::{Baseline, Correction, CorrectionState, Indicator, MoneyFacts, Reading};

const LARGEST_PAGE: i32 = 1000;
/// A page of targets with all their indicators is larger than what clients take by default.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

#[derive(Clone)]
pub(crate) struct Peers {
    targets: Link,
    monitoring: Link,
}

/// A target as it stands now.
pub(crate) struct TargetFacts {
    pub(crate) name: String,
    pub(crate) object_kind: ObjectType,
    pub(crate) object: String,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    /// 0 if no version is approved.
    pub(crate) approved_version: i32,
    pub(crate) budget: Money,
}

/// A project of the library.
pub(crate) struct ProjectFacts {
    pub(crate) name: String,
    /// Approved at the start of the year and added since.
    pub(crate) budget: Money,
    pub(crate) advisers: Vec<String>,
}

/// Where the money of an object is found.
pub(crate) enum Purse<'a> {
    Project(&'a str),
    /// 部门整体支出: everything its units spend.
    Department {
        region: &'a RegionCode,
        unit: &'a UnitCode,
        year: FiscalYear,
    },
}

impl Peers {
    pub(crate) fn new(peers: &Links) -> Result<Self, Fault> {
        Ok(Self { targets: peers.link("targets")?, monitoring: peers.link("monitoring")? })
    }

    fn target_calls(&self) -> TargetServiceClient<Link> {
        TargetServiceClient::new(self.targets.clone()).max_decoding_message_size(LARGEST_ANSWER)
    }

    fn project_calls(&self) -> ProjectServiceClient<Link> {
        ProjectServiceClient::new(self.targets.clone()).max_decoding_message_size(LARGEST_ANSWER)
    }

    pub(crate) async fn target(&self, call: &Call, name: &str) -> Result<TargetFacts, Fault> {
        target_facts(self.target_at(call, name, 0).await?)
    }

    /// The approved version of a target; the newest one if it was adjusted since.
    pub(crate) async fn baseline(&self, call: &Call, name: &str) -> Result<Baseline, Fault> {
        let present = self.target_at(call, name, 0).await?;
        let approved = present.approved_version;
        let target = self.target_at(call, name, approved).await?;
        let indicators = target.indicators.into_iter().map(indicator).collect::<Result<_, _>>()?;
        Ok(Baseline { version: approved, indicators })
    }

    async fn target_at(
        &self,
        call: &Call,
        name: &str,
        version: i32,
    ) -> Result<targets::PerformanceTarget, Fault> {
        let request = targets::GetTargetRequest { name: name.to_owned(), target_version: version };
        let answer = self.target_calls().get_target(call.onward(request)).await?;
        answer.into_inner().target.ok_or_else(|| Fault::not_found(name))
    }

    pub(crate) async fn project(&self, call: &Call, name: &str) -> Result<ProjectFacts, Fault> {
        let request = targets::GetProjectRequest { name: name.to_owned() };
        let answer = self.project_calls().get_project(call.onward(request)).await?;
        project_facts(answer.into_inner().project.ok_or_else(|| Fault::not_found(name))?)
    }

    /// Every target of a region subtree and year, whatever its state.
    pub(crate) async fn targets(
        &self,
        call: &Call,
        region: &RegionCode,
        year: FiscalYear,
    ) -> Result<Vec<TargetFacts>, Fault> {
        let mut client = self.target_calls();
        let mut request = targets::ListTargetsRequest {
            region: region.to_string(),
            year: year.number(),
            page_size: LARGEST_PAGE,
            ..Default::default()
        };
        let mut found = Vec::new();
        loop {
            let answer = client.list_targets(call.onward(request.clone())).await?.into_inner();
            for target in answer.targets {
                found.push(target_facts(target)?);
            }
            if answer.next_page_token.is_empty() {
                return Ok(found);
            }
            request.page_token = answer.next_page_token;
        }
    }

    /// Every project of a region subtree and year.
    pub(crate) async fn projects(
        &self,
        call: &Call,
        region: &RegionCode,
        year: FiscalYear,
    ) -> Result<Vec<ProjectFacts>, Fault> {
        let mut client = self.project_calls();
        let mut request = targets::ListProjectsRequest {
            region: region.to_string(),
            year: year.number(),
            page_size: LARGEST_PAGE,
            ..Default::default()
        };
        let mut found = Vec::new();
        loop {
            let answer = client.list_projects(call.onward(request.clone())).await?.into_inner();
            for project in answer.projects {
                found.push(project_facts(project)?);
            }
            if answer.next_page_token.is_empty() {
                return Ok(found);
            }
            request.page_token = answer.next_page_token;
        }
    }

    /// Budget and execution. Nothing where monitoring knows no position yet: not known is not zero.
    pub(crate) async fn money(&self, call: &Call, purse: Purse<'_>) -> Result<Option<MoneyFacts>, Fault> {
        let mut client = PositionServiceClient::new(self.monitoring.clone());
        match purse {
            Purse::Project(name) => {
                let request = monitoring::GetPositionRequest {
                    project: name.to_owned(),
                    as_of: None,
                    ..Default::default()
                };
                match client.get_position(call.onward(request)).await {
                    Ok(answer) => position_money(answer.into_inner().position.unwrap_or_default()).map(Some),
                    Err(status) if status.code() == Code::NotFound => Ok(None),
                    Err(status) => Err(status.into()),
                }
            }
            Purse::Department { region, unit, year } => {
                let request = monitoring::GetRollupRequest {
                    region: region.to_string(),
                    unit: unit.to_string(),
                    year: year.number(),
                };
                let rollup =
                    client.get_rollup(call.onward(request)).await?.into_inner().rollup.unwrap_or_default();
                Ok(Some(MoneyFacts {
                    initial: None,
                    budget: told(convert::parse_money("budget_yuan", rollup.budget_yuan.as_ref()))?,
                    executed: told(convert::parse_money("paid_yuan", rollup.paid_yuan.as_ref()))?,
                }))
            }
        }
    }

    /// Every reading of an object in a year, in the order monitoring lists them.
    pub(crate) async fn readings(
        &self,
        call: &Call,
        object: &str,
        year: FiscalYear,
    ) -> Result<Vec<Reading>, Fault> {
        let mut client =
            ReadingServiceClient::new(self.monitoring.clone()).max_decoding_message_size(LARGEST_ANSWER);
        let mut request = monitoring::ListReadingsRequest {
            project: object.to_owned(),
            year: year.number(),
            page_size: LARGEST_PAGE,
            page_token: String::new(),
        };
        let mut found = Vec::new();
        loop {
            let answer = client.list_readings(call.onward(request.clone())).await?.into_inner();
            for row in answer.readings {
                found.push(reading(row)?);
            }
            if answer.next_page_token.is_empty() {
                return Ok(found);
            }
            request.page_token = answer.next_page_token;
        }
    }

    /// What monitoring ordered to be corrected of a project, in name order; of other objects it orders nothing.
    pub(crate) async fn corrections(
        &self,
        call: &Call,
        kind: ObjectType,
        object: &str,
    ) -> Result<Vec<Correction>, Fault> {
        if kind == ObjectType::Department {
            return Ok(vec![]);
        }
        let mut client = CorrectiveActionServiceClient::new(self.monitoring.clone())
            .max_decoding_message_size(LARGEST_ANSWER);
        let mut request = monitoring::ListCorrectiveActionsRequest {
            project: object.to_owned(),
            page_size: LARGEST_PAGE,
            ..Default::default()
        };
        let mut found = Vec::new();
        loop {
            let answer = client.list_corrective_actions(call.onward(request.clone())).await?.into_inner();
            for action in answer.corrective_actions {
                found.push(correction(action)?);
            }
            if answer.next_page_token.is_empty() {
                return Ok(found);
            }
            request.page_token = answer.next_page_token;
        }
    }
}

/// A peer's answer that breaks the contract is a defect of ours, not a wrong field of the caller.
fn told<T>(answer: Result<T, Fault>) -> Result<T, Fault> {
    answer.map_err(|fault| Fault::internal(format!("a peer's answer cannot be read: {}", fault.message())))
}

fn target_facts(target: targets::PerformanceTarget) -> Result<TargetFacts, Fault> {
    let object_kind = object_type(target.object_kind())
        .ok_or_else(|| Fault::internal(format!("{} has no object kind", target.name)))?;
    Ok(TargetFacts {
        object_kind,
        unit: target.unit.parse().map_err(|invalid: Invalid| Fault::internal(invalid))?,
        budget: told(convert::parse_money_or_zero("budget_yuan", target.budget_yuan.as_ref()))?,
        approved_version: target.approved_version,
        name: target.name,
        object: target.object,
        title: target.title,
    })
}

fn project_facts(project: targets::Project) -> Result<ProjectFacts, Fault> {
    let money = |field, value| told(convert::parse_money_or_zero(field, value));
    let approved = money("approved_yuan", project.approved_yuan.as_ref())?;
    let added = money("added_yuan", project.added_yuan.as_ref())?;
    let reduced = money("reduced_yuan", project.reduced_yuan.as_ref())?;
    Ok(ProjectFacts { name: project.name, budget: approved + added - reduced, advisers: project.advisers })
}

fn position_money(position: monitoring::Position) -> Result<MoneyFacts, Fault> {
    let initial = position.initial_yuan.as_ref();
    Ok(MoneyFacts {
        initial: initial.map(|value| told(convert::parse_money("initial_yuan", Some(value)))).transpose()?,
        budget: told(convert::parse_money("budget_yuan", position.budget_yuan.as_ref()))?,
        executed: told(convert::parse_money("paid_yuan", position.paid_yuan.as_ref()))?,
    })
}

fn correction(action: monitoring::CorrectiveAction) -> Result<Correction, Fault> {
    Ok(Correction {
        state: correction_state(action.state())
            .ok_or_else(|| Fault::internal(format!("{} has no state", action.name)))?,
        due_date: told(convert::parse_date("due_date", action.due_date.as_ref()))?,
        overdue: action.overdue,
        name: action.name,
        finding: action.finding,
        effect: action.effect,
    })
}

const fn correction_state(state: monitoring::CorrectiveActionState) -> Option<CorrectionState> {
    use monitoring::CorrectiveActionState as State;
    match state {
        State::Unspecified => None,
        State::Noticed => Some(CorrectionState::Noticed),
        State::Planned => Some(CorrectionState::Planned),
        State::Progressing => Some(CorrectionState::Progressing),
        State::Closed => Some(CorrectionState::Closed),
        State::Reopened => Some(CorrectionState::Reopened),
    }
}

pub(crate) const fn action_state(state: CorrectionState) -> monitoring::CorrectiveActionState {
    use monitoring::CorrectiveActionState as State;
    match state {
        CorrectionState::Noticed => State::Noticed,
        CorrectionState::Planned => State::Planned,
        CorrectionState::Progressing => State::Progressing,
        CorrectionState::Closed => State::Closed,
        CorrectionState::Reopened => State::Reopened,
    }
}

fn indicator(row: targets::TargetIndicator) -> Result<Indicator, Fault> {
    let (operator, qualitative) = match row.operator() {
        targets::Operator::Unspecified => (None, false),
        targets::Operator::Ge => (Some(Operator::Ge), false),
        targets::Operator::Le => (Some(Operator::Le), false),
        targets::Operator::Eq => (Some(Operator::Eq), false),
        targets::Operator::Gt => (Some(Operator::Gt), false),
        targets::Operator::Lt => (Some(Operator::Lt), false),
        targets::Operator::Qualitative => (None, true),
    };
    let direction = match row.direction() {
        targets::Direction::Unspecified => None,
        targets::Direction::HigherBetter => Some(Direction::Positive),
        targets::Direction::LowerBetter => Some(Direction::Negative),
    };
    Ok(Indicator {
        operator,
        qualitative,
        direction,
        value: told(convert::parse_decimal("value", row.value.as_ref()))?,
        weight: told(convert::require_decimal("weight", row.weight.as_ref()))?,
        code: row.code,
        level1: row.level1,
        level2: row.level2,
        title: row.title,
        value_text: row.value_text,
        unit: row.unit,
    })
}

fn reading(row: monitoring::Reading) -> Result<Reading, Fault> {
    let numerator = told(convert::parse_decimal("numerator", row.numerator.as_ref()))?;
    let denominator = told(convert::parse_decimal("denominator", row.denominator.as_ref()))?;
    let stored = row.create_time.unwrap_or_default();
    Ok(Reading {
        ratio: numerator.zip(denominator),
        date: told(convert::parse_date("reading_date", row.reading_date.as_ref()))?,
        stored_at: Timestamp(stored.seconds.saturating_mul(1_000_000) + i64::from(stored.nanos / 1000)),
        has_evidence: !row.evidence.trim().is_empty(),
        code: row.indicator_code,
        text: row.value_text,
    })
}

pub(crate) const fn object_type(kind: ObjectKind) -> Option<ObjectType> {
    match kind {
        ObjectKind::Unspecified => None,
        ObjectKind::Project => Some(ObjectType::Project),
        ObjectKind::Policy => Some(ObjectType::Policy),
        ObjectKind::Department => Some(ObjectType::Department),
        ObjectKind::SocialInsuranceFund => Some(ObjectType::SocialInsuranceFund),
        ObjectKind::SpecialBond => Some(ObjectType::Bond),
        ObjectKind::Transfer => Some(ObjectType::Transfer),
    }
}

pub(crate) const fn object_kind(kind: ObjectType) -> ObjectKind {
    match kind {
        ObjectType::Project => ObjectKind::Project,
        ObjectType::Policy => ObjectKind::Policy,
        ObjectType::Department => ObjectKind::Department,
        ObjectType::SocialInsuranceFund => ObjectKind::SocialInsuranceFund,
        ObjectType::Bond => ObjectKind::SpecialBond,
        ObjectType::Transfer => ObjectKind::Transfer,
    }
}
