//! Rule packs (规则包): cited, dated, layered rules as one JSON document.

mod assessment;
mod calendar;
mod chain;
mod indicator;
mod linkage;
mod monitoring;
mod named;
mod quality;
mod read;
mod sections;

use hengji_kernel::{Date, RegionCode};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use self::assessment::*;
pub use self::calendar::*;
pub use self::chain::*;
pub use self::indicator::*;
pub use self::linkage::*;
pub use self::monitoring::*;
pub use self::named::*;
pub use self::quality::*;
pub use self::read::Unreadable;
pub use self::sections::*;
use crate::word::{Confidence, ObjectType};

/// Where an effective rule came from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// Pack code.
    pub pack: String,
    pub revision: u32,
}

/// One rule with its citation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cited<T> {
    /// Unique in its section; a lower layer replaces an upper rule by repeating its id.
    pub id: String,
    /// Document number (文号), or `local` with a note.
    pub document: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    pub rule: T,
    /// Filled when packs are resolved; never part of a pack file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A rule pack of one layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulePack {
    pub code: String,
    /// Rises with every change; a revision in force is never edited.
    pub revision: u32,
    pub title: String,
    /// Region whose layer this is; 000000000 is national.
    pub layer: RegionCode,
    /// First day in force.
    pub valid_from: Date,
    /// Last day in force; absent while open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// Empty means every object type.
    #[serde(default)]
    pub object_types: Vec<ObjectType>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub sections: Sections,
}

/// A half-open band `[from, to)` in percent; without `to` it is open above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    pub from: Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Decimal>,
    /// Share of the points, percent.
    pub share_percent: Decimal,
}

impl Band {
    pub fn contains(&self, value: Decimal) -> bool {
        value >= self.from && self.to.is_none_or(|to| value < to)
    }
}

/// How the last digit is found (舍入方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// 四舍五入
    #[default]
    HalfUp,
    /// 四舍六入五成双
    HalfEven,
    /// 去尾
    Down,
    /// 进一
    Up,
}

impl RoundingMode {
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::HalfUp => "四舍五入",
            Self::HalfEven => "四舍六入五成双",
            Self::Down => "去尾",
            Self::Up => "进一",
        }
    }
}

/// Places per step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoundingRule {
    pub mode: RoundingMode,
    /// Decimals of a row's score.
    pub row_places: u32,
    /// Decimals of the total.
    pub total_places: u32,
    /// Decimals of the execution rate before it is scored; absent means that it is not rounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_places: Option<u32>,
    /// How a proposed cut is rounded to the fen.
    pub cut_mode: RoundingMode,
}
