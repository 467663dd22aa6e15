//! What came of comparing one published table.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The pack gives the printed figure.
    Reproduced,
    /// As reproduced, but the weight was recovered from the score, so it proves little.
    Weak,
    /// Rows are missing on the page; the printed total lies within what they can add.
    InReach,
    /// The pack does not give it and a recorded deviation says why.
    Explained,
    /// The pack does not give it and nothing says why.
    Unexplained,
}

/// One printed figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseItem {
    /// Row code, `execution`, `rate`, `total`, `grade` or a figure of a list.
    pub row: String,
    pub name: String,
    pub printed: String,
    /// Absent where the engine refuses.
    pub computed: Option<String>,
    pub verdict: Verdict,
    /// The figure agrees only after rounding to the printed decimals.
    pub loose: bool,
    /// Rule and reason of the deviation, or what the engine says.
    pub rule: String,
    pub reason: String,
}

/// Every printed figure of one table with its verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseOutcome {
    pub id: String,
    /// Total under the named packs with the recorded overrides; absent where the engine refuses or rows are missing.
    pub total: Option<Decimal>,
    pub items: Vec<CaseItem>,
    /// Recorded deviations that in fact reproduce, name no figure or name the wrong rule.
    pub faults: Vec<String>,
}

impl CaseOutcome {
    fn with(&self, verdict: Verdict) -> impl Iterator<Item = &CaseItem> {
        self.items.iter().filter(move |item| item.verdict == verdict)
    }

    pub fn reproduced(&self) -> usize {
        self.with(Verdict::Reproduced).count()
    }

    pub fn weak(&self) -> usize {
        self.with(Verdict::Weak).count()
    }

    /// Recorded deviations, each with rule and reason.
    pub fn deviations(&self) -> Vec<&CaseItem> {
        self.with(Verdict::Explained).collect()
    }

    /// Silent mismatches; must be empty.
    pub fn unexplained(&self) -> Vec<&CaseItem> {
        self.with(Verdict::Unexplained).collect()
    }

    pub fn is_sound(&self) -> bool {
        self.faults.is_empty() && self.unexplained().is_empty()
    }
}
