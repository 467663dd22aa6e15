//! A caller's data scope (数据范围) as predicates, the same answer as `DataScope::contains`.

use hengji_kernel::{DataScope, ScopeRange};

use crate::statement::Statement;

/// Which of the columns `region` and `unit` a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scoping {
    /// Neither: its records belong to no place and no scope hides them.
    None,
    /// `region`: seen by those who reach the whole region, not only units of it.
    Region,
    /// `region` and `unit`.
    RegionAndUnit,
}

/// Adds the condition that the row lies in at least one of the ranges.
pub(crate) fn restrict(statement: &mut Statement, scoping: Scoping, scope: &DataScope) {
    let DataScope::Ranges(ranges) = scope else { return };
    if scoping == Scoping::None {
        return;
    }
    statement.and().push("(1 = 0");
    for range in ranges {
        statement.push(" or (");
        within(statement, scoping, range);
        statement.push(")");
    }
    statement.push(")");
}

fn within(statement: &mut Statement, scoping: Scoping, range: &ScopeRange) {
    match range.region.prefix() {
        "" => statement.push("1 = 1"), // the nation holds every region
        prefix => statement.begins("region", prefix),
    };
    match (&range.unit, scoping) {
        (None, _) => {}
        (Some(unit), Scoping::RegionAndUnit) => {
            statement.push(" and ").begins("unit", unit.as_str());
        }
        (Some(_), _) => {
            statement.push(" and 1 = 0");
        }
    }
}
