//! The only place that knows both the contract and the domain.

mod assessment;
mod fields;
mod money;
mod project;
mod quality;
mod review;
mod target;

use hengji_proto::common::v1::ObjectKind;
use hengji_proto::targets::v1 as pb;
use hengji_rules::pack::Conclusion;
use hengji_rules::{Direction, ObjectType, ProjectNature};

pub(crate) use assessment::{assessment, coverage};
pub(crate) use fields::Fields;
pub(crate) use money::{addition, control_figure, hold, reduction, signed_verdict};
pub(crate) use project::{parse_project, project, project_version};
pub(crate) use quality::{findings, published, quality_report, quality_run, quality_statistic};
pub(crate) use review::{delegation, parse_comment};
pub(crate) use target::{parse_contents, parse_indicators, target};

use crate::domain::{
    AdditionState, Category, DelegationState, FundKind, FundSource, GateKind, HoldState, Level, Mark,
    ProjectState, ReductionState, RunState, ScorerKind, Stage, TargetState,
};

/// Closed words that are spelled alike on both sides. `None` for unspecified; the contract's rules have refused unknown
/// numbers before.
macro_rules! alike {
    ($($to:ident, $from:ident: $domain:ident = $contract:ident { $($word:ident),+ })+) => {$(
        #[allow(dead_code, reason = "not every word travels both ways")]
        pub(crate) const fn $to(word: $domain) -> pb::$contract {
            match word { $($domain::$word => pb::$contract::$word),+ }
        }

        #[allow(dead_code, reason = "not every word travels both ways")]
        pub(crate) fn $from(number: i32) -> Option<$domain> {
            match pb::$contract::try_from(number).ok()? {
                pb::$contract::Unspecified => None,
                $(pb::$contract::$word => Some($domain::$word)),+
            }
        }
    )+};
}

alike! {
    category, parse_category: Category = ProjectCategory {
        Personnel, Operation, Specific, PublicExpense, OtherOperation
    }
    nature, parse_nature: ProjectNature = ProjectNature { Recurrent, Continuing, OneOff, MultiYear, New }
    fund_kind, parse_fund_kind: FundKind =
        FundKind { GeneralPublic, GovernmentFund, StateCapital, SocialInsurance, SpecialBond }
    fund_source, parse_fund_source: FundSource =
        FundSource { Central, Provincial, City, Local, CarryOver, Bond, Own, Other }
    level, parse_level: Level = ProjectLevel { First, Second }
    mark, parse_mark: Mark = ProjectMark {
        DirectFunds, Consolidation, Transfer, MajorDecision, Emergency, UpperMandated, Livelihood, Policy,
        ExpiredContinued, Construction
    }
    scorer_kind, parse_scorer_kind: ScorerKind = ScorerKind { Expert, Institution }
    project_state, parse_project_state: ProjectState = ProjectState { Stored, InBudget, Refused }
    conclusion, parse_conclusion: Conclusion =
        ExAnteConclusion { Support, SupportAfterAmendment, Resubmit, Refuse }
    target_state, parse_target_state: TargetState = TargetState {
        Draft, Submitted, DepartmentReviewed, FinanceReviewed, Approved, Returned, Rejected, Adjusting
    }
    stage, parse_stage: Stage =
        ReviewStage { Unit, SuperiorUnit, Department, FinanceLine, Finance, ThirdParty, Expert }
    delegation_state, parse_delegation_state: DelegationState = DelegationState { Standing, Revoked }
    run_state, parse_run_state: RunState = QualityRunState { Running, Finished, Cancelled }
    addition_state, parse_addition_state: AdditionState = AdditionState { Filed, Approved }
    reduction_state, parse_reduction_state: ReductionState = ReductionState { Filed, Approved }
    hold_state, parse_hold_state: HoldState = HoldState { Standing, Released }
    gate_kind, parse_gate_kind: GateKind = GateKind { BudgetEntry, MidYearAddition, FundIssue }
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

pub(crate) fn parse_object_kind(number: i32) -> Option<ObjectType> {
    match ObjectKind::try_from(number).ok()? {
        ObjectKind::Unspecified => None,
        ObjectKind::Project => Some(ObjectType::Project),
        ObjectKind::Policy => Some(ObjectType::Policy),
        ObjectKind::Department => Some(ObjectType::Department),
        ObjectKind::SocialInsuranceFund => Some(ObjectType::SocialInsuranceFund),
        ObjectKind::SpecialBond => Some(ObjectType::Bond),
        ObjectKind::Transfer => Some(ObjectType::Transfer),
    }
}

const fn direction(direction: Option<Direction>) -> pb::Direction {
    match direction {
        None => pb::Direction::Unspecified,
        Some(Direction::Positive) => pb::Direction::HigherBetter,
        Some(Direction::Negative) => pb::Direction::LowerBetter,
    }
}

fn parse_direction(number: i32) -> Option<Direction> {
    match pb::Direction::try_from(number).ok()? {
        pb::Direction::Unspecified => None,
        pb::Direction::HigherBetter => Some(Direction::Positive),
        pb::Direction::LowerBetter => Some(Direction::Negative),
    }
}
