use hengji_kernel::{Date, RegionCode};
use hengji_rules::{Direction, Nature, ObjectType};
use serde::{Deserialize, Serialize};

use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IndicatorState {
    /// 草稿
    Draft,
    /// 审核中
    InReview,
    /// 启用
    Active,
    /// 停用
    Retired,
}

/// An indicator of the library (绩效指标).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Indicator {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) level1: String,
    pub(crate) level2: String,
    /// 共性 (true) or 个性 (false).
    pub(crate) common: bool,
    pub(crate) object_type: ObjectType,
    /// Region that owns it.
    pub(crate) layer: RegionCode,
    pub(crate) industry: String,
    pub(crate) functional_account: String,
    /// Always there where it is quantitative.
    pub(crate) direction: Option<Direction>,
    pub(crate) nature: Nature,
    pub(crate) unit: String,
    pub(crate) definition: String,
    pub(crate) formula: String,
    pub(crate) document: String,
    pub(crate) state: IndicatorState,
    /// 1, 2, ... with each change put in force.
    pub(crate) revision: u32,
    pub(crate) valid_from: Option<Date>,
    pub(crate) valid_to: Option<Date>,
    /// Code of the indicator of an upper layer that this one refines; empty if none.
    pub(crate) refines: String,
    /// Code of the one to be used instead, once retired; empty if none.
    pub(crate) successor: String,
    /// Code it was promoted from; empty if none.
    pub(crate) promoted_from: String,
    /// A change on its way: its state is the change's, the record's own stays active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pending: Option<Box<Self>>,
    /// What was in force before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) history: Vec<Self>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) proposal: Option<Proposal>,
}

/// An indicator proved locally, proposed to an upper layer (上报入库).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Proposal {
    pub(crate) to: RegionCode,
    pub(crate) reason: String,
    pub(crate) by: String,
}

impl Indicator {
    pub(crate) fn resource_name(&self) -> String {
        format!("indicators/{}", self.code)
    }

    /// The change on its way, else the record itself.
    fn moving(&mut self) -> &mut Self {
        match self.pending {
            Some(ref mut change) => change,
            None => self,
        }
    }

    /// Hands a draft in for review.
    pub(crate) fn submit(&mut self) -> Result<(), Refusal> {
        let name = self.resource_name();
        self.moving().step(IndicatorState::Draft, IndicatorState::InReview, Refusal::IndicatorNotDraft(name))
    }

    /// Sends what is in review back to its draft.
    pub(crate) fn send_back(&mut self) -> Result<(), Refusal> {
        let name = self.resource_name();
        let refusal = Refusal::IndicatorNotInReview(name);
        self.moving().step(IndicatorState::InReview, IndicatorState::Draft, refusal)
    }

    /// Puts what was reviewed in force. What was in force before stays as it was, under its revision.
    pub(crate) fn activate(&mut self) -> Result<(), Refusal> {
        let name = self.resource_name();
        let refusal = Refusal::IndicatorNotInReview(name);
        self.moving().step(IndicatorState::InReview, IndicatorState::Active, refusal)?;
        if let Some(next) = self.pending.take() {
            let revision = self.revision + 1;
            let mut before = std::mem::replace(self, *next);
            self.revision = revision;
            self.history = std::mem::take(&mut before.history);
            self.proposal = before.proposal.take();
            self.promoted_from.clone_from(&before.promoted_from);
            self.history.push(before);
        }
        Ok(())
    }

    fn step(&mut self, from: IndicatorState, to: IndicatorState, refusal: Refusal) -> Result<(), Refusal> {
        if self.state != from {
            return Err(refusal);
        }
        self.state = to;
        Ok(())
    }

    /// Drafts a change to an active indicator, in place of a draft made before.
    pub(crate) fn revise(&mut self, change: Self) -> Result<(), Refusal> {
        let in_review =
            self.pending.as_ref().is_some_and(|pending| pending.state == IndicatorState::InReview);
        if self.state != IndicatorState::Active || in_review {
            return Err(Refusal::IndicatorNotActive(self.resource_name()));
        }
        if change.code != self.code || change.layer != self.layer {
            return Err(Refusal::AnotherIndicator(self.resource_name()));
        }
        self.pending = Some(Box::new(change));
        Ok(())
    }

    /// As it was in force under that revision; 0 is the present one.
    pub(crate) fn at_revision(&self, revision: u32) -> Option<&Self> {
        if revision == 0 || revision == self.revision {
            return Some(self);
        }
        self.history.iter().find(|past| past.revision == revision)
    }

    /// Proposes it to an upper layer.
    pub(crate) fn propose(&mut self, to: RegionCode, reason: String, by: String) -> Result<(), Refusal> {
        if self.state != IndicatorState::Active || self.proposal.is_some() {
            return Err(Refusal::NotProposable(self.resource_name()));
        }
        if to == self.layer || !to.contains(&self.layer) {
            return Err(Refusal::NotAbove { layer: to.to_string(), below: self.layer.to_string() });
        }
        self.proposal = Some(Proposal { to, reason, by });
        Ok(())
    }

    /// The draft of the upper layer that a proposal becomes.
    pub(crate) fn promote(&mut self, code: String, document: String) -> Result<Self, Refusal> {
        let Some(proposal) = self.proposal.take() else {
            return Err(Refusal::NotProposed(self.resource_name()));
        };
        Ok(Self {
            code,
            document,
            layer: proposal.to,
            state: IndicatorState::Draft,
            revision: 1,
            refines: String::new(),
            promoted_from: self.code.clone(),
            pending: None,
            history: Vec::new(),
            ..self.clone()
        })
    }

    /// Takes the proposal back out.
    pub(crate) fn decline(&mut self) -> Result<Proposal, Refusal> {
        self.proposal.take().ok_or_else(|| Refusal::NotProposed(self.resource_name()))
    }

    /// Takes it out of use for new targets; old ones keep it.
    pub(crate) fn retire(&mut self, successor: String) -> Result<(), Refusal> {
        if self.state != IndicatorState::Active {
            return Err(Refusal::IndicatorNotActive(self.resource_name()));
        }
        self.state = IndicatorState::Retired;
        self.successor = successor;
        self.pending = None;
        self.proposal = None;
        Ok(())
    }
}

/// Text as it is compared in a search.
pub(crate) fn fold(text: &str) -> String {
    text.to_lowercase()
}
