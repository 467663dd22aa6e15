use hengji_kernel::{RegionCode, UnitCode};
use serde::{Deserialize, Serialize};

/// What an organization is to the budget (机构类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OrganizationKind {
    FinanceDepartment,
    CompetentDepartment,
    BudgetUnit,
    ThirdParty,
    Platform,
    OversightBody,
}

/// An organization inside one region (单位).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Organization {
    pub(crate) region: RegionCode,
    pub(crate) code: UnitCode,
    pub(crate) title: String,
    pub(crate) kind: OrganizationKind,
}

impl Organization {
    pub(crate) fn resource_name(&self) -> String {
        format!("regions/{}/organizations/{}", self.region, self.code)
    }
}
