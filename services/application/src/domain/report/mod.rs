//! The annual report (年度预算绩效管理报告): figures, each with the rows it was counted from, frozen at the cut-off.

pub(crate) mod figures;
pub(crate) mod rows;
pub(crate) mod snapshot;
pub(crate) mod text;
pub(crate) mod words;

#[cfg(test)]
mod tests;

use hengji_kernel::{Date, Decimal, FiscalYear, Money, RegionCode};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AnnualReport {
    pub(crate) name: String,
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) title: String,
    pub(crate) cut_off: Date,
    pub(crate) figures: Vec<Figure>,
    pub(crate) text: String,
    pub(crate) text_sha256: String,
}

/// How a figure comes out of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Measure {
    /// The number of rows.
    Count,
    /// The sum of their amounts.
    Sum,
    /// Count or sum of the rows, as in the named figure, divided by that figure.
    ShareOf(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) measure: Measure,
    /// `None` where the denominator is 0.
    pub(crate) value: Option<Decimal>,
    /// 个, 元 or %
    pub(crate) unit: String,
    pub(crate) definition: String,
    pub(crate) row_count: i64,
    /// e.g. 含示意数
    pub(crate) note: String,
    /// It adds amounts whose source is noted: printed with ※.
    pub(crate) marked: bool,
    /// Its rows are printed in the report.
    pub(crate) listed: bool,
}

/// A record behind a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct FigureRow {
    pub(crate) subject: String,
    pub(crate) title: String,
    pub(crate) unit: String,
    pub(crate) value: Option<Money>,
    pub(crate) detail: String,
    pub(crate) note: String,
}
