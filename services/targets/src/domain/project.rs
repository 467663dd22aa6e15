//! A project of the library (项目库): what it says, what may change, and whether it must be assessed first.

use hengji_kernel::{FiscalYear, Money, RegionCode, UnitCode, name};
use hengji_rules::ex_ante::{ExAnteFacts, applicable, rule_for};
use hengji_rules::{EffectivePack, Explanation, ObjectType, ProjectNature};
use serde::{Deserialize, Serialize};

use super::Object;
use super::funding::{MoneyRow, Period};
use super::words::{Category, FundKind, Level, Mark, ProjectState};
use crate::error::Refusal;

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
    /// 年中追减金额
    #[serde(default)]
    pub(crate) reduced: Money,
    /// By rule or by hand.
    pub(crate) ex_ante_required: bool,
    pub(crate) advisers: Vec<String>,
    pub(crate) amount_source: String,
    pub(crate) state: ProjectState,
    pub(crate) declarer: String,
    /// Everyone who changed it after its declarer filed it.
    #[serde(default)]
    pub(crate) editors: Vec<String>,
    /// Institutions that scored an assessment of it.
    #[serde(default)]
    pub(crate) assessors: Vec<String>,
    #[serde(default)]
    pub(crate) ex_ante_by_hand: bool,
    /// What the rules say of an assessment; none where no rule speaks of such projects.
    #[serde(default)]
    pub(crate) ex_ante_need: Option<Explanation>,
    #[serde(default)]
    pub(crate) details: Details,
}

/// Attributes that no rule demands of every project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Details {
    pub(crate) level: Option<Level>,
    /// Code of the 一级项目 it belongs to.
    pub(crate) parent_code: String,
    pub(crate) period: Option<Period>,
    /// Over the whole period.
    pub(crate) total: Option<Money>,
    pub(crate) money: Vec<MoneyRow>,
    /// 部门预算支出经济分类
    pub(crate) department_account: String,
    /// 政府预算支出经济分类
    pub(crate) government_account: String,
    /// 立项依据
    pub(crate) basis: String,
    /// 项目概况
    pub(crate) summary: String,
}

/// As much of a project as a gate looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProjectStanding {
    pub(crate) name: String,
    pub(crate) region: RegionCode,
    pub(crate) unit: UnitCode,
    pub(crate) year: FiscalYear,
    pub(crate) code: String,
    pub(crate) state: ProjectState,
    pub(crate) ex_ante_required: bool,
    /// Initial budget with additions and reductions.
    pub(crate) budget: Money,
}

/// What the project with the same code was the year before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Before {
    pub(crate) budget: Money,
    /// Last year of its period.
    pub(crate) end: Option<FiscalYear>,
}

/// What stands in the way of changing a project.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bounds {
    /// A target of it is filed or reviewed.
    pub(crate) filed: bool,
    /// The request a supporting assessment was concluded over.
    pub(crate) assessed: Option<Money>,
}

impl Project {
    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "projects", &self.code)
    }

    pub(crate) fn standing(&self) -> ProjectStanding {
        ProjectStanding {
            name: self.resource_name(),
            region: self.region.clone(),
            unit: self.unit.clone(),
            year: self.year,
            code: self.code.clone(),
            state: self.state,
            ex_ante_required: self.ex_ante_required,
            budget: self.budget(),
        }
    }

    /// The object type whose rules its assessment follows.
    pub(crate) fn object_type(&self) -> ObjectType {
        match self.fund_kind {
            FundKind::SpecialBond => ObjectType::Bond,
            FundKind::SocialInsurance => ObjectType::SocialInsuranceFund,
            _ if self.marks.contains(&Mark::Policy) => ObjectType::Policy,
            _ if self.marks.contains(&Mark::Transfer) => ObjectType::Transfer,
            _ => ObjectType::Project,
        }
    }

    /// A target of a fund is about a fund, one of a bond about a bond project, one of a policy or a transfer about a project
    /// marked as such.
    pub(crate) fn admits_target_of(&self, kind: ObjectType) -> bool {
        match kind {
            ObjectType::Department => false,
            ObjectType::SocialInsuranceFund => self.fund_kind == FundKind::SocialInsurance,
            ObjectType::Bond => self.fund_kind == FundKind::SpecialBond,
            ObjectType::Policy => {
                self.marks.contains(&Mark::Policy) || self.marks.contains(&Mark::MajorDecision)
            }
            ObjectType::Transfer => self.marks.contains(&Mark::Transfer),
            ObjectType::Project => self.fund_kind != FundKind::SocialInsurance,
        }
    }

    /// As a target is about it.
    pub(crate) fn as_object(&self, kind: ObjectType) -> Object {
        Object {
            kind,
            name: self.resource_name(),
            title: self.title.clone(),
            unit: self.unit.clone(),
            states_cost: self.marks.contains(&Mark::Construction),
        }
    }

    /// Its marks as rule packs write them.
    pub(crate) fn mark_words(&self) -> Vec<String> {
        self.marks.iter().map(|mark| mark.word().to_owned()).collect()
    }

    /// Initial budget with additions and reductions.
    pub(crate) fn budget(&self) -> Money {
        self.approved + self.added - self.reduced
    }

    /// True for whoever filed or changed it: they neither assess nor review it.
    pub(crate) fn is_written_by(&self, account: &str) -> bool {
        self.declarer == account || self.editors.iter().any(|editor| editor == account)
    }

    /// Decides whether an ex-ante assessment (事前绩效评估) is demanded. Staff and running costs (人员类、运转类) and objects for
    /// which the pack knows no assessment are never asked for one.
    pub(crate) fn judge_need(&mut self, before: Option<Before>, pack: &EffectivePack) {
        let found = (self.is_assessable(pack)).then(|| applicable(&self.facts(before), pack).ok()).flatten();
        self.ex_ante_required = self.ex_ante_by_hand || found.as_ref().is_some_and(|found| found.required);
        self.ex_ante_need = found.map(|found| found.explanation);
    }

    fn is_assessable(&self, pack: &EffectivePack) -> bool {
        self.category == Category::Specific && rule_for(pack.object_type, pack).is_ok()
    }

    fn facts(&self, before: Option<Before>) -> ExAnteFacts {
        let marked = |mark| self.marks.contains(&mark);
        let expired = before.and_then(|before| before.end).is_some_and(|end| end < self.year);
        ExAnteFacts {
            is_new: self.nature == ProjectNature::New,
            is_policy: marked(Mark::MajorDecision) || marked(Mark::Policy),
            expired_to_continue: expired || marked(Mark::ExpiredContinued),
            amount: self.request,
            last_amount: before.map(|before| before.budget),
            marks: self.mark_words(),
        }
    }

    /// Takes over what `wanted` says. What the service decides stays: state, approved money, who filed it.
    pub(crate) fn amend(&mut self, editor: &str, wanted: Self, bounds: Bounds) -> Result<(), Refusal> {
        self.demand_assessable()?;
        if bounds.filed {
            return Err(Refusal::ProjectFiled(self.resource_name()));
        }
        for (field, same) in [("code", wanted.code == self.code), ("unit", wanted.unit == self.unit)] {
            if !same {
                return Err(Refusal::Field(format!("project.{field}"), "不得变更".into()));
            }
        }
        if let Some(assessed) = bounds.assessed.filter(|assessed| wanted.request > *assessed) {
            let message = format!("不得高于事前评估所评的金额 {assessed} 元");
            return Err(Refusal::Field("project.request_yuan".into(), message));
        }
        // what the rules demanded before is not a wish of the caller who sends it back
        let by_hand = wanted.ex_ante_required && (self.ex_ante_by_hand || !self.ex_ante_required);
        if !self.is_written_by(editor) {
            self.editors.push(editor.to_owned());
        }
        *self = Self {
            approved: self.approved,
            added: self.added,
            reduced: self.reduced,
            state: self.state,
            declarer: self.declarer.clone(),
            editors: std::mem::take(&mut self.editors),
            advisers: self.without_assessors(&wanted.advisers),
            assessors: std::mem::take(&mut self.assessors),
            ex_ante_by_hand: by_hand,
            ex_ante_required: by_hand,
            ex_ante_need: None,
            ..wanted
        };
        Ok(())
    }

    /// True if `other` would file the same project again.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        let filed = |project: &Self| Self {
            approved: Money::ZERO,
            added: Money::ZERO,
            reduced: Money::ZERO,
            ex_ante_required: false,
            ex_ante_by_hand: false,
            ex_ante_need: None,
            state: ProjectState::Stored,
            declarer: String::new(),
            editors: vec![],
            advisers: project.without_assessors(&project.advisers),
            assessors: vec![],
            ..project.clone()
        };
        filed(self) == filed(other)
    }

    pub(crate) fn refuse(&mut self) {
        self.state = ProjectState::Refused;
    }

    /// Whoever scored its assessment may not evaluate it later.
    pub(crate) fn assessed_by(&mut self, institutions: impl IntoIterator<Item = String>) {
        for institution in institutions {
            if !self.assessors.contains(&institution) {
                self.assessors.push(institution);
            }
        }
    }

    /// Advisers and assessors together: none of them may evaluate it.
    pub(crate) fn all_advisers(&self) -> Vec<String> {
        let mut all = self.without_assessors(&self.advisers);
        all.extend(self.assessors.iter().cloned());
        all
    }

    /// Callers send back both kinds in one list.
    fn without_assessors(&self, advisers: &[String]) -> Vec<String> {
        advisers.iter().filter(|adviser| !self.assessors.contains(adviser)).cloned().collect()
    }

    pub(crate) fn demand_open(&self) -> Result<(), Refusal> {
        match self.state {
            ProjectState::Refused => Err(Refusal::ProjectRefused(self.resource_name())),
            ProjectState::Stored | ProjectState::InBudget => Ok(()),
        }
    }

    /// An assessment comes before the budget, and so does every change of what is asked for.
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
            if (initial + self.added - self.reduced).is_negative() {
                let message = format!("低于已追减的 {} 元", self.reduced);
                return Err(Refusal::Field("approved_yuan".into(), message));
            }
            self.approved = initial;
        }
        self.state = ProjectState::InBudget;
        Ok(())
    }

    pub(crate) fn demand_in_budget(&self) -> Result<(), Refusal> {
        match self.state {
            ProjectState::InBudget => Ok(()),
            ProjectState::Refused => Err(Refusal::ProjectRefused(self.resource_name())),
            ProjectState::Stored => Err(Refusal::ProjectNotInBudget(self.resource_name())),
        }
    }

    /// Takes money out of the budget, down to what was issued.
    pub(crate) fn reduce(&mut self, amount: Money, issued: Money) -> Result<(), Refusal> {
        self.demand_in_budget()?;
        let left = self.budget() - amount;
        if left < issued {
            let message = format!("追减后的预算 {left} 元低于已下达 {issued} 元");
            return Err(Refusal::Field("issued_yuan".into(), message));
        }
        self.reduced += amount;
        Ok(())
    }

    pub(crate) fn add(&mut self, amount: Money) -> Result<(), Refusal> {
        self.demand_open()?;
        self.added = Money::from_yuan(self.added.yuan() + amount.yuan())
            .map_err(|invalid| Refusal::Field("amount_yuan".into(), invalid.message))?;
        Ok(())
    }
}

/// A project as it was after one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProjectVersion {
    /// 1, 2, ...
    pub(crate) number: i64,
    pub(crate) account: String,
    /// The call that made the change.
    pub(crate) method: String,
    pub(crate) project: Project,
}

impl ProjectVersion {
    /// Names sort as numbers do.
    pub(crate) fn resource_name(&self) -> String {
        format!("{}/versions/{:08}", self.project.resource_name(), self.number)
    }
}

#[cfg(test)]
mod tests;
