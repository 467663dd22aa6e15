//! Pure words of the domain: money, dates, codes, grades, names, scopes, clock and ids.
//!
//! Nothing here does I/O. A value that exists is valid: every type is parsed at the edge and cannot be wrong afterwards.

pub mod clock;
pub mod code;
pub mod date;
pub mod grade;
pub mod ids;
pub mod money;
pub mod name;
pub mod scope;

pub use clock::{Clock, FixedClock, SystemClock, Timestamp};
pub use code::{FiscalYear, RegionCode, RegionLevel, UnitCode};
pub use date::Date;
pub use grade::Grade;
pub use ids::{Ids, SeededIds, SystemIds};
pub use money::Money;
pub use rust_decimal::Decimal;
pub use scope::{DataScope, ScopeRange};

/// Why a text or number is not a valid word of the domain. The message is for officials (zh-CN).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// The rule that was broken, as a short stable word, such as `money.scale`.
    pub rule: &'static str,
    pub message: String,
}

impl Invalid {
    pub fn new(rule: &'static str, message: impl Into<String>) -> Self {
        Self { rule, message: message.into() }
    }
}
