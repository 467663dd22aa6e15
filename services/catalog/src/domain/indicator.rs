use hengji_kernel::{Date, RegionCode};
use hengji_rules::{Confidence, Direction, Nature, ObjectType};
use serde::{Deserialize, Serialize};

use super::{LibraryState, Living, living};
use crate::error::Refusal;

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
    pub(crate) state: LibraryState,
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
    /// What is uncertain or differs elsewhere.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) note: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) confidence: Option<Confidence>,
}

/// An indicator proved locally, proposed to an upper layer (上报入库).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Proposal {
    pub(crate) to: RegionCode,
    pub(crate) reason: String,
    pub(crate) by: String,
}

living!(
    Indicator,
    "指标",
    "indicators",
    "indicator",
    fn keep_from(&mut self, before: &mut Self) {
        self.proposal = before.proposal.take();
        self.promoted_from.clone_from(&before.promoted_from);
    }
);

impl Indicator {
    /// Proposes it to an upper layer.
    pub(crate) fn propose(&mut self, to: RegionCode, reason: String, by: String) -> Result<(), Refusal> {
        if self.state != LibraryState::Active || self.proposal.is_some() {
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
            state: LibraryState::Draft,
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

    /// Takes it out of use for new targets, and a proposal with it.
    pub(crate) fn withdraw(&mut self, successor: String) -> Result<(), Refusal> {
        self.retire(successor)?;
        self.proposal = None;
        Ok(())
    }
}

/// Text as it is compared in a search.
pub(crate) fn fold(text: &str) -> String {
    text.to_lowercase()
}
