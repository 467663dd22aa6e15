//! The life of a target: draft, submitted, reviewed twice, approved; returned, rejected, adjusting on the way.

use std::collections::BTreeSet;

use hengji_kernel::{Date, FiscalYear, Money, RegionCode, Timestamp, UnitCode, name};
use hengji_rules::ObjectType;
use hengji_rules::chain::Chain;
use hengji_rules::pack::{Decision, ReviewStep};
use serde::{Deserialize, Serialize};

use super::change::{self, Change};
use super::{Indicator, Review, Reviewing, Stage, chain};
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TargetState {
    Draft,
    Submitted,
    DepartmentReviewed,
    FinanceReviewed,
    Approved,
    Returned,
    Rejected,
    Adjusting,
}

impl TargetState {
    pub(crate) const fn chinese(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::Submitted => "已申报",
            Self::DepartmentReviewed => "主管部门审核通过",
            Self::FinanceReviewed => "财政审核通过",
            Self::Approved => "已批复",
            Self::Returned => "退回修改",
            Self::Rejected => "不得进入预算",
            Self::Adjusting => "调整中",
        }
    }

    /// Declared and neither returned nor rejected.
    pub(crate) const fn is_filed(self) -> bool {
        matches!(self, Self::Submitted | Self::DepartmentReviewed | Self::FinanceReviewed | Self::Approved)
    }
}

/// What a target says; what its declarer may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Contents {
    pub(crate) goal_text: String,
    pub(crate) mid_term_goal_text: String,
    pub(crate) indicators: Vec<Indicator>,
    /// 中长期指标: of the whole period, not scored this year.
    #[serde(default)]
    pub(crate) mid_term: Vec<Indicator>,
    /// `templates/...`; empty where the weights follow one of the rule pack's own.
    pub(crate) template: String,
    pub(crate) budget: Money,
}

/// What a target is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Object {
    pub(crate) kind: ObjectType,
    /// A project, or the organization of a department overall (部门整体).
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    /// 基本建设、大型修缮、购置: its target states the cost.
    #[serde(default)]
    pub(crate) states_cost: bool,
}

/// A performance target (绩效目标).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) id: String,
    pub(crate) object: Object,
    /// The version being worked on.
    pub(crate) target_version: i32,
    /// The baseline; 0 if none.
    pub(crate) approved_version: i32,
    /// When the baseline was approved.
    pub(crate) approved_at: Option<Timestamp>,
    pub(crate) contents: Contents,
    pub(crate) state: TargetState,
    pub(crate) declarer: String,
    /// Everyone who wrote or filed this version; none of them may review it.
    pub(crate) authors: Vec<String>,
    pub(crate) reviews: Vec<Review>,
    /// The mid-year addition it travels with.
    pub(crate) addition: Option<String>,
    /// The mid-year reduction it travels with.
    #[serde(default)]
    pub(crate) reduction: Option<String>,
    /// Who reviews this version; fixed when it is filed.
    #[serde(default)]
    pub(crate) chain: Option<Chain>,
    /// Last day of the open step.
    #[serde(default)]
    pub(crate) review_due: Option<Date>,
    /// What the next filing is compared with: as it was returned, withdrawn or approved.
    #[serde(default)]
    pub(crate) compared_with: Option<Contents>,
    /// What differed at the last filing.
    #[serde(default)]
    pub(crate) changes: Vec<Change>,
}

impl Target {
    pub(crate) fn draft(
        region: RegionCode,
        year: FiscalYear,
        id: String,
        object: Object,
        contents: Contents,
        declarer: &str,
    ) -> Self {
        Self {
            region,
            year,
            id,
            object,
            target_version: 1,
            approved_version: 0,
            approved_at: None,
            contents,
            state: TargetState::Draft,
            declarer: declarer.to_owned(),
            authors: vec![declarer.to_owned()],
            reviews: vec![],
            addition: None,
            reduction: None,
            chain: None,
            review_due: None,
            compared_with: None,
            changes: vec![],
        }
    }

    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "targets", &self.id)
    }

    /// The project it is about; none for a department overall.
    pub(crate) fn project(&self) -> Option<&str> {
        (self.object.kind != ObjectType::Department).then_some(self.object.name.as_str())
    }

    /// Names of the common indicators it uses (`indicators/..`), each once.
    pub(crate) fn catalog_indicators(&self) -> BTreeSet<String> {
        let named = self.contents.indicators.iter().map(|indicator| &indicator.catalog_indicator);
        named.filter(|name| name::parse(name, ["indicators"]).is_ok()).cloned().collect()
    }

    fn forbids(&self, what: &'static str) -> Refusal {
        Refusal::TargetState(self.resource_name(), self.state.chinese(), what)
    }

    const fn is_open(&self) -> bool {
        matches!(self.state, TargetState::Draft | TargetState::Returned | TargetState::Adjusting)
    }

    fn author(&mut self, account: &str) {
        if !self.authors.iter().any(|author| author == account) {
            self.authors.push(account.to_owned());
        }
    }

    pub(crate) fn edit(&mut self, editor: &str, contents: Contents) -> Result<(), Refusal> {
        if !self.is_open() {
            return Err(self.forbids("修改"));
        }
        self.contents = contents;
        self.author(editor);
        Ok(())
    }

    /// Declares it along `chain`; a returned one goes through the whole of it again.
    pub(crate) fn file(&mut self, declarer: &str, chain: Chain) -> Result<(), Refusal> {
        if !self.is_open() {
            return Err(self.forbids("申报"));
        }
        declarer.clone_into(&mut self.declarer);
        self.author(declarer);
        self.state = TargetState::Submitted;
        self.chain = Some(chain);
        self.changes = self.changes();
        self.compared_with = None;
        Ok(())
    }

    /// What differs from what was returned, withdrawn or approved.
    pub(crate) fn changes(&self) -> Vec<Change> {
        match &self.compared_with {
            Some(before) => change::between(before, &self.contents),
            None => self.changes.clone(),
        }
    }

    /// Takes it back (撤回) before anybody has reviewed it.
    pub(crate) fn withdraw(&mut self, account: &str) -> Result<(), Refusal> {
        if self.state != TargetState::Submitted || self.opinions_given() > 0 {
            return Err(self.forbids("撤回"));
        }
        if !self.authors.iter().any(|author| author == account) {
            return Err(Refusal::OthersWithdraw);
        }
        if let Some(addition) = &self.addition {
            return Err(Refusal::TravelsWithAddition(self.resource_name(), addition.clone()));
        }
        self.demand_without_reduction("撤回")?;
        self.go_back(TargetState::Returned);
        Ok(())
    }

    fn go_back(&mut self, state: TargetState) {
        self.state = state;
        self.compared_with = Some(self.contents.clone());
        self.review_due = None;
    }

    pub(crate) fn steps(&self) -> Vec<ReviewStep> {
        self.chain.as_ref().map_or_else(chain::before_chains, |chain| chain.steps.clone())
    }

    /// Whether this reviewer may decide at `stage` now: in turn, on nothing of their own, and at no second stage.
    pub(crate) fn demand_turn(&self, stage: Stage, who: Reviewing<'_>) -> Result<(), Refusal> {
        let steps = self.steps();
        let Some(turn) = self.turn(&steps).filter(|turn| turn.awaits(stage)) else {
            return Err(Refusal::OutOfTurn(self.resource_name(), self.state.chinese(), stage.chinese()));
        };
        if who.on_behalf_of.is_some() && !turn.step.delegable {
            return Err(Refusal::NotDelegable(self.resource_name(), turn.step.name.clone()));
        }
        if self.authors.iter().any(|author| who.is_or_stands_for(author)) {
            return Err(Refusal::DeclarerReviews);
        }
        let decided = |review: &Review| {
            let before = review.reviewing();
            who.is_or_stands_for(before.account)
                || before.on_behalf_of.is_some_and(|account| who.is_or_stands_for(account))
        };
        if self.reviews.iter().any(|review| review.stage != stage && decided(review)) {
            return Err(Refusal::SameReviewer);
        }
        Ok(())
    }

    /// Takes a review in. 优 passes, 良 passes with its corrections, 中 goes back, 差 stays out.
    pub(crate) fn review(
        &mut self,
        review: Review,
        corrected: Option<Vec<Indicator>>,
    ) -> Result<(), Refusal> {
        self.demand_turn(review.stage, review.reviewing())?;
        if corrected.is_some() && review.decision != Decision::CorrectInPlace {
            let grade =
                review.graded.as_ref().map_or_else(|| "退回".into(), |graded| graded.grade.to_string());
            let message = format!("审核为“{grade}”，不能直接完善指标");
            return Err(Refusal::Field("corrected_indicators".into(), message));
        }
        if let Some(indicators) = corrected {
            self.contents.indicators = indicators;
        }
        let decision = review.decision;
        self.reviews.push(review);
        match decision {
            Decision::Pass | Decision::CorrectInPlace => self.state = self.reviewed_state(&self.steps()),
            Decision::Return => self.go_back(TargetState::Returned),
            Decision::Reject => self.go_back(TargetState::Rejected),
        }
        Ok(())
    }

    /// A rejected first version keeps its project out of the budget; a rejected adjustment leaves the baseline standing.
    pub(crate) fn refuses_project(&self) -> bool {
        self.state == TargetState::Rejected && self.approved_version == 0
    }

    /// Approves the present version: it becomes the baseline.
    pub(crate) fn approve(&mut self, approver: &str, now: Timestamp) -> Result<TargetVersion, Refusal> {
        if self.state != TargetState::FinanceReviewed {
            return Err(self.forbids("批复"));
        }
        if self.authors.iter().any(|author| author == approver) {
            return Err(Refusal::DeclarerApproves);
        }
        if self.reviews.iter().all(|review| review.reviewing().is_or_stands_for(approver)) {
            return Err(Refusal::OnlyReviewerApproves);
        }
        self.approved_version = self.target_version;
        self.approved_at = Some(now);
        self.state = TargetState::Approved;
        self.review_due = None;
        Ok(TargetVersion(self.clone()))
    }

    /// Opens the next version; the approved one stays the baseline. A rejected adjustment may be taken up again. What was
    /// approved or rejected is what the next filing is compared with.
    pub(crate) fn adjust(&mut self, account: &str) -> Result<(), Refusal> {
        let rejected_adjustment = self.state == TargetState::Rejected && self.approved_version > 0;
        if self.state != TargetState::Approved && !rejected_adjustment {
            return Err(self.forbids("调整"));
        }
        self.target_version += 1;
        self.state = TargetState::Adjusting;
        self.compared_with = Some(self.contents.clone());
        self.changes.clear();
        self.chain = None;
        account.clone_into(&mut self.declarer);
        self.authors = vec![account.to_owned()];
        self.reviews.clear();
        self.addition = None;
        self.reduction = None;
        Ok(())
    }

    /// Takes it along with a mid-year addition: filed for it, and not yet approved for other money.
    pub(crate) fn travel_with(&mut self, addition: &str) -> Result<(), Refusal> {
        if !self.state.is_filed() || self.state == TargetState::Approved {
            return Err(Refusal::TargetRequired(self.resource_name(), "追加资金须随同已申报的绩效目标"));
        }
        self.demand_travels_alone()?;
        self.addition = Some(addition.to_owned());
        Ok(())
    }

    /// Takes it along with a mid-year reduction: a new version of what was approved, filed for the money that is left.
    pub(crate) fn travel_with_reduction(&mut self, reduction: &str) -> Result<(), Refusal> {
        if !self.state.is_filed() || self.state == TargetState::Approved || self.approved_version == 0 {
            return Err(Refusal::TargetRequired(self.resource_name(), "追减须随同已调整申报的绩效目标"));
        }
        self.demand_travels_alone()?;
        self.reduction = Some(reduction.to_owned());
        Ok(())
    }

    fn demand_travels_alone(&self) -> Result<(), Refusal> {
        if self.addition.is_some() || self.reduction.is_some() {
            return Err(Refusal::TargetRequired(self.resource_name(), "该目标已随另一笔追加或追减申报"));
        }
        Ok(())
    }

    /// What travels with a reduction is taken back or approved with it only.
    pub(crate) fn demand_without_reduction(&self, what: &'static str) -> Result<(), Refusal> {
        match &self.reduction {
            Some(reduction) => {
                Err(Refusal::TravelsWithReduction(self.resource_name(), reduction.clone(), what))
            }
            None => Ok(()),
        }
    }
}

/// As much of a target as a gate looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) target: String,
    pub(crate) state: TargetState,
    pub(crate) approved_version: i32,
    pub(crate) approved_at: Option<Timestamp>,
}

impl Target {
    pub(crate) fn standing(&self) -> Standing {
        Standing {
            target: self.resource_name(),
            state: self.state,
            approved_version: self.approved_version,
            approved_at: self.approved_at,
        }
    }
}

/// An approved version as it was (批复版本).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct TargetVersion(pub(crate) Target);

impl TargetVersion {
    pub(crate) fn resource_name(&self) -> String {
        Self::name_of(&self.0.resource_name(), self.0.target_version)
    }

    pub(crate) fn name_of(target: &str, version: i32) -> String {
        format!("{target}/versions/{version}")
    }
}
