//! Linkage runs and their proposals (挂钩建议): proposed by rule, decided by a person, applied together.

use hengji_kernel::{Decimal, FiscalYear, Grade, Money, RegionCode, UnitCode, name};
use hengji_rules::Explanation;
use serde::{Deserialize, Serialize};

use crate::error::Refusal;

/// What is done to next year's money (挂钩措施).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    Keep,
    Priority,
    Cut,
    Cancel,
    Recover,
    ControlGrowth,
    Suspend,
    Merge,
    NoNewSameType,
    Reassess,
}

impl Action {
    pub(crate) const fn chinese(self) -> &'static str {
        match self {
            Self::Keep => "保持",
            Self::Priority => "优先保障",
            Self::Cut => "核减",
            Self::Cancel => "取消",
            Self::Recover => "收回统筹",
            Self::ControlGrowth => "从严控制新增",
            Self::Suspend => "暂缓安排",
            Self::Merge => "整合归并",
            Self::NoNewSameType => "不再安排同类项目",
            Self::Reassess => "重新评估",
        }
    }

    pub(crate) const fn takes_money(self) -> bool {
        matches!(self, Self::Cut | Self::Cancel | Self::Recover)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ProposalState {
    Proposed,
    Decided,
    Applied,
}

impl ProposalState {
    const fn chinese(self) -> &'static str {
        match self {
            Self::Proposed => "系统建议",
            Self::Decided => "已决定",
            Self::Applied => "已应用",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunState {
    Proposed,
    Applied,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LinkageRun {
    pub(crate) name: String,
    pub(crate) region: RegionCode,
    /// The year evaluated.
    pub(crate) year: FiscalYear,
    /// The year whose budget is changed.
    pub(crate) budget_year: FiscalYear,
    pub(crate) proposal_count: i32,
    /// Sum of the decided cuts, once applied.
    pub(crate) applied_total: Option<Money>,
    pub(crate) state: RunState,
    pub(crate) document: String,
    pub(crate) rule_pack_sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LinkageProposal {
    pub(crate) name: String,
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) run: String,
    pub(crate) project: String,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    /// The evaluation it rests on.
    pub(crate) task: String,
    pub(crate) grade: Option<Grade>,
    pub(crate) score: Option<Decimal>,
    /// e.g. 示意数
    pub(crate) amount_source: String,
    pub(crate) base: Money,
    pub(crate) proposed_action: Action,
    pub(crate) proposed_cut: Money,
    pub(crate) explanation: Explanation,
    pub(crate) decided: Option<Decision>,
    pub(crate) decider: String,
    pub(crate) state: ProposalState,
}

/// What a person decided on a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Decision {
    pub(crate) action: Action,
    pub(crate) cut: Money,
    pub(crate) reason: String,
}

impl LinkageProposal {
    /// Decided, or proposed while undecided.
    pub(crate) fn action(&self) -> Action {
        self.decided.as_ref().map_or(self.proposed_action, |decision| decision.action)
    }

    /// Decided, or proposed while undecided.
    pub(crate) fn cut(&self) -> Money {
        self.decided.as_ref().map_or(self.proposed_cut, |decision| decision.cut)
    }

    /// Accepts or changes the proposal; may be done again until it is applied.
    pub(crate) fn decide(
        &mut self,
        account: &str,
        organization: &str,
        decision: Decision,
    ) -> Result<(), Refusal> {
        if self.state == ProposalState::Applied {
            let (name, state) = (self.name.clone(), self.state.chinese());
            return Err(Refusal::WrongState { name, state, act: "再作决定" });
        }
        if self.concerns(organization) {
            return Err(Refusal::DecidesOnOwnUnit);
        }
        self.check_amount(&decision)?;
        let differs = decision.action != self.proposed_action || decision.cut != self.proposed_cut;
        if differs && decision.reason.trim().is_empty() {
            return Err(Refusal::ReasonMissing);
        }
        self.decided = Some(decision);
        account.clone_into(&mut self.decider);
        self.state = ProposalState::Decided;
        Ok(())
    }

    fn check_amount(&self, decision: &Decision) -> Result<(), Refusal> {
        let Decision { action, cut, .. } = decision;
        if !action.takes_money() {
            return if cut.is_zero() { Ok(()) } else { Err(Refusal::CutNotAllowed(action.chinese())) };
        }
        if cut.is_negative() || *cut > self.base {
            return Err(Refusal::CutOutOfRange { cut: *cut, base: self.base });
        }
        if *action == Action::Cut && cut.is_zero() {
            return Err(Refusal::CutMissing);
        }
        Ok(())
    }

    /// True of the unit itself, of its department and of the units under it.
    fn concerns(&self, organization: &str) -> bool {
        let Ok([region, code]) = name::parse(organization, ["regions", "organizations"]) else {
            return false;
        };
        region == self.region.as_str()
            && code
                .parse::<UnitCode>()
                .is_ok_and(|code| code.contains(&self.unit) || self.unit.contains(&code))
    }
}

/// Applies a run: every proposal decided, and their cuts the very total the caller holds.
pub(crate) fn apply(
    run: &mut LinkageRun,
    proposals: &mut [LinkageProposal],
    expected: Money,
    document: &str,
) -> Result<Money, Refusal> {
    if run.state == RunState::Applied {
        return Err(Refusal::WrongState {
            name: run.name.clone(),
            state: "已应用并核对一致",
            act: "再次应用",
        });
    }
    let undecided: Vec<_> =
        proposals.iter().filter(|one| one.decided.is_none()).map(|one| one.name.clone()).collect();
    if !undecided.is_empty() {
        return Err(Refusal::Undecided(undecided));
    }
    let total = proposals.iter().map(LinkageProposal::cut).sum();
    ties_out(&run.name, "核减合计", expected, total)?;
    for proposal in proposals {
        proposal.state = ProposalState::Applied;
    }
    run.state = RunState::Applied;
    run.applied_total = Some(total);
    document.clone_into(&mut run.document);
    Ok(total)
}

pub(crate) fn ties_out(subject: &str, what: &str, expected: Money, found: Money) -> Result<(), Refusal> {
    if expected == found {
        return Ok(());
    }
    Err(Refusal::TotalsDiffer {
        subject: subject.to_owned(),
        what: what.to_owned(),
        expected: format!("{expected} 元"),
        found: format!("{found} 元"),
    })
}
