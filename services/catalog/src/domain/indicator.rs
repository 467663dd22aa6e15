use hengji_kernel::RegionCode;
use hengji_rules::{Direction, Nature, ObjectType};
use serde::{Deserialize, Serialize};

use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IndicatorState {
    /// 草稿
    Draft,
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
}

impl Indicator {
    pub(crate) fn resource_name(&self) -> String {
        format!("indicators/{}", self.code)
    }

    /// Puts a draft in force.
    pub(crate) fn activate(&mut self) -> Result<(), Refusal> {
        if self.state != IndicatorState::Draft {
            return Err(Refusal::IndicatorNotDraft(self.resource_name()));
        }
        self.state = IndicatorState::Active;
        Ok(())
    }

    /// Takes it out of use for new targets; old ones keep it.
    pub(crate) fn retire(&mut self) -> Result<(), Refusal> {
        if self.state != IndicatorState::Active {
            return Err(Refusal::IndicatorNotActive(self.resource_name()));
        }
        self.state = IndicatorState::Retired;
        Ok(())
    }
}

/// Text as it is compared in a search.
pub(crate) fn fold(text: &str) -> String {
    text.to_lowercase()
}
