use std::fmt;
use std::str::FromStr;

use hengji_kernel::{Invalid, RegionCode, UnitCode, name};

/// An organization by its place and code: `regions/640323000/organizations/219001`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Organization {
    pub(crate) region: RegionCode,
    pub(crate) unit: UnitCode,
}

impl Organization {
    /// True if both stand under one competent department (主管部门).
    pub(crate) fn shares_department(&self, other: &Self) -> bool {
        self.region == other.region && self.unit.department() == other.unit.department()
    }

    /// True if this organization stands above the other in the same branch.
    pub(crate) fn is_above(&self, other: &Self) -> bool {
        self.region == other.region && self.unit != other.unit && self.unit.contains(&other.unit)
    }
}

impl FromStr for Organization {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let [region, unit] = name::parse(text, ["regions", "organizations"])?;
        Ok(Self { region: region.parse()?, unit: unit.parse()? })
    }
}

impl fmt::Display for Organization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "regions/{}/organizations/{}", self.region, self.unit)
    }
}
