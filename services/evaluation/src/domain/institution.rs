use hengji_kernel::{RegionCode, UnitCode};
use serde::{Deserialize, Serialize};

use super::Organization;
use crate::error::Refusal;

/// Life in the pool (能进能出).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InstitutionState {
    Applied,
    Admitted,
    Suspended,
}

/// A third-party institution in the pool (第三方机构, 财监〔2021〕4号).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Institution {
    pub(crate) region: RegionCode,
    /// Code of its organization in the region.
    pub(crate) unit: UnitCode,
    pub(crate) title: String,
    pub(crate) fields: Vec<String>,
    /// Units it is bookkeeper, auditor or consultant of.
    pub(crate) related_units: Vec<UnitCode>,
    /// How many tasks it may hold at once.
    pub(crate) capacity: i32,
    pub(crate) qualification: String,
    pub(crate) state: InstitutionState,
    /// How often it was drawn. Counting makes two draws at once see each other.
    pub(crate) drawn: u32,
}

impl Institution {
    pub(crate) fn resource_name(&self) -> String {
        format!("regions/{}/institutions/{}", self.region, self.unit)
    }

    pub(crate) fn organization(&self) -> Organization {
        Organization { region: self.region.clone(), unit: self.unit.clone() }
    }

    /// Into the pool, also again after a suspension.
    pub(crate) fn admit(&mut self, by: Option<&Organization>) -> Result<(), Refusal> {
        if by.is_some_and(|by| *by == self.organization()) {
            return Err(Refusal::OwnAdmission(self.organization().to_string()));
        }
        if self.state == InstitutionState::Admitted {
            return Err(Refusal::State { name: self.resource_name(), message: "该机构已在库" });
        }
        self.state = InstitutionState::Admitted;
        Ok(())
    }

    /// Out of draws; tasks it holds stay with it.
    pub(crate) fn suspend(&mut self) -> Result<(), Refusal> {
        if self.state != InstitutionState::Admitted {
            return Err(Refusal::State {
                name: self.resource_name(), message: "该机构不在库，不能暂停"
            });
        }
        self.state = InstitutionState::Suspended;
        Ok(())
    }
}
