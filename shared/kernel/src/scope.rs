//! Data scope (数据范围): which regions and units a caller may see. Turned into SQL predicates by the store.

use serde::{Deserialize, Serialize};

use crate::{RegionCode, UnitCode};

/// One assignment's reach: a region subtree and, when given, a unit subtree inside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ScopeRange {
    pub region: RegionCode,
    pub unit: Option<UnitCode>,
}

/// The union of a caller's ranges. No range means nothing may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataScope {
    /// Everything: for records that belong to no place, and for the service itself.
    Everything,
    Ranges(Vec<ScopeRange>),
}

impl DataScope {
    pub fn contains(&self, region: &RegionCode, unit: Option<&UnitCode>) -> bool {
        match self {
            Self::Everything => true,
            Self::Ranges(ranges) => ranges.iter().any(|range| {
                range.region.contains(region)
                    && range.unit.as_ref().is_none_or(|own| unit.is_some_and(|unit| own.contains(unit)))
            }),
        }
    }

    /// True if the whole region is in reach, not only some of its units.
    pub fn covers_region(&self, region: &RegionCode) -> bool {
        self.contains(region, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_scope_does_not_cover_its_region() {
        let region: RegionCode = "640323000".parse().unwrap();
        let unit: UnitCode = "219".parse().unwrap();
        let scope = DataScope::Ranges(vec![ScopeRange { region: region.clone(), unit: Some(unit) }]);
        assert!(scope.contains(&region, Some(&"219001".parse().unwrap())));
        assert!(!scope.contains(&region, Some(&"220001".parse().unwrap())));
        assert!(!scope.covers_region(&region));
        assert!(!DataScope::Ranges(vec![]).contains(&region, None));
    }
}
