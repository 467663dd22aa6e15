use hengji_kernel::{FiscalYear, Money, RegionCode, UnitCode, name};
use hengji_rules::ex_ante::{ExAnteFacts, applicable, rule_for};
use hengji_rules::{EffectivePack, Explanation, ObjectType, ProjectNature};
use serde::{Deserialize, Serialize};

use crate::error::Refusal;

/// 项目类别
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Category {
    /// 人员类
    Personnel,
    /// 运转类
    Operation,
    /// 特定目标类
    Specific,
}

/// 资金性质
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FundKind {
    GeneralPublic,
    GovernmentFund,
    StateCapital,
    SocialInsurance,
    SpecialBond,
}

/// 项目标识
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mark {
    DirectFunds,
    Consolidation,
    Transfer,
    MajorDecision,
}

impl Mark {
    /// As rule packs write it.
    const fn word(self) -> &'static str {
        match self {
            Self::DirectFunds => "direct_funds",
            Self::Consolidation => "consolidation",
            Self::Transfer => "transfer",
            Self::MajorDecision => "major_decision",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProjectState {
    /// 入库
    Stored,
    /// 纳入预算
    InBudget,
    /// 不予安排
    Refused,
}

/// A project of the library (项目库).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Project {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    pub(crate) category: Category,
    pub(crate) nature: ProjectNature,
    pub(crate) fund_kind: FundKind,
    pub(crate) marks: Vec<Mark>,
    pub(crate) industry: String,
    pub(crate) functional_account: String,
    pub(crate) request: Money,
    /// 年初批复金额
    pub(crate) approved: Money,
    /// 年中追加金额
    pub(crate) added: Money,
    pub(crate) ex_ante_required: bool,
    pub(crate) advisers: Vec<String>,
    pub(crate) amount_source: String,
    pub(crate) state: ProjectState,
    pub(crate) declarer: String,
}

impl Project {
    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "projects", &self.code)
    }

    /// The object type whose rules its assessment follows.
    pub(crate) fn object_type(&self) -> ObjectType {
        match self.fund_kind {
            FundKind::SpecialBond => ObjectType::Bond,
            FundKind::SocialInsurance => ObjectType::SocialInsuranceFund,
            _ if self.marks.contains(&Mark::Transfer) => ObjectType::Transfer,
            _ => ObjectType::Project,
        }
    }

    /// A target of a fund is about a fund, one of a bond about a bond project.
    pub(crate) fn admits_target_of(&self, kind: ObjectType) -> bool {
        match kind {
            ObjectType::Department => false,
            ObjectType::SocialInsuranceFund => self.fund_kind == FundKind::SocialInsurance,
            ObjectType::Bond => self.fund_kind == FundKind::SpecialBond,
            _ => self.fund_kind != FundKind::SocialInsurance,
        }
    }

    /// Initial budget plus additions.
    pub(crate) fn budget(&self) -> Money {
        self.approved + self.added
    }

    /// Whether the rules demand an ex-ante assessment (事前绩效评估). Staff and running costs (人员类、运转类) and objects for
    /// which the pack knows no assessment are never asked for one.
    pub(crate) fn assessment_due(
        &self,
        last_year: Option<Money>,
        pack: &EffectivePack,
    ) -> Option<Explanation> {
        if self.category != Category::Specific || rule_for(pack.object_type, pack).is_err() {
            return None;
        }
        let facts = ExAnteFacts {
            is_new: self.nature == ProjectNature::New,
            is_policy: self.marks.contains(&Mark::MajorDecision),
            expired_to_continue: false,
            amount: self.request,
            last_amount: last_year,
            marks: self.marks.iter().map(|mark| mark.word().to_owned()).collect(),
        };
        let found = applicable(&facts, pack).ok()?;
        found.required.then_some(found.explanation)
    }

    pub(crate) fn refuse(&mut self) {
        self.state = ProjectState::Refused;
    }

    pub(crate) fn demand_open(&self) -> Result<(), Refusal> {
        match self.state {
            ProjectState::Refused => Err(Refusal::ProjectRefused(self.resource_name())),
            ProjectState::Stored | ProjectState::InBudget => Ok(()),
        }
    }

    /// An assessment comes before the budget.
    pub(crate) fn demand_assessable(&self) -> Result<(), Refusal> {
        match self.state {
            ProjectState::Stored => Ok(()),
            ProjectState::InBudget => Err(Refusal::ProjectInBudget(self.resource_name())),
            ProjectState::Refused => Err(Refusal::ProjectRefused(self.resource_name())),
        }
    }

    /// Enters the budget. Money that came as an addition is counted by the addition, not here.
    pub(crate) fn enter_budget(&mut self, initial: Option<Money>) -> Result<(), Refusal> {
        self.demand_open()?;
        if let Some(initial) = initial {
            self.approved = initial;
        }
        self.state = ProjectState::InBudget;
        Ok(())
    }

    pub(crate) fn add(&mut self, amount: Money) -> Result<(), Refusal> {
        self.demand_open()?;
        self.added = Money::from_yuan(self.added.yuan() + amount.yuan())
            .map_err(|invalid| Refusal::Field("amount_yuan".into(), invalid.message))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    #[test]
    fn new_projects_for_a_purpose_are_assessed_first() {
        let pack = sample::pack(ObjectType::Project);
        let mut project = sample::project();
        for (category, nature, due) in [
            (Category::Specific, ProjectNature::New, true),
            (Category::Specific, ProjectNature::Recurrent, false),
            (Category::Personnel, ProjectNature::New, false),
        ] {
            (project.category, project.nature) = (category, nature);
            assert_eq!(project.assessment_due(None, &pack).is_some(), due, "{category:?} {nature:?}");
        }
        project.marks = vec![Mark::MajorDecision];
        (project.category, project.nature) = (Category::Specific, ProjectNature::Recurrent);
        assert!(project.assessment_due(None, &pack).is_some());
    }

    #[test]
    fn keeps_initial_money_and_additions_apart() {
        let mut project = sample::project();
        project.enter_budget(Some("100".parse().unwrap())).unwrap();
        project.add("30.50".parse().unwrap()).unwrap();
        project.enter_budget(None).unwrap();
        assert_eq!(project.approved.to_string(), "100.00");
        assert_eq!(project.added.to_string(), "30.50");
        assert_eq!(project.budget().to_string(), "130.50");
    }

    #[test]
    fn a_refused_project_gets_no_money_and_no_assessment() {
        let mut project = sample::project();
        project.refuse();
        assert!(project.enter_budget(Some(Money::ZERO)).is_err());
        assert!(project.add("1".parse().unwrap()).is_err());
        assert!(project.demand_assessable().is_err());
    }

    #[test]
    fn a_fund_target_is_about_a_fund() {
        let mut project = sample::project();
        assert!(project.admits_target_of(ObjectType::Project));
        assert!(!project.admits_target_of(ObjectType::SocialInsuranceFund));
        assert!(!project.admits_target_of(ObjectType::Department));
        project.fund_kind = FundKind::SocialInsurance;
        assert!(project.admits_target_of(ObjectType::SocialInsuranceFund));
        assert!(!project.admits_target_of(ObjectType::Project));
    }
}
