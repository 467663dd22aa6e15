//! What a rule can say besides a number: a named refusal or a finding.

use serde::{Deserialize, Serialize};

/// A named "cannot be decided" (拒绝). The message is for officials (zh-CN) and says what is needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Short stable word, such as `execution.no_budget`.
    pub rule: String,
    /// Code of the indicator or part it concerns, such as `execution`.
    pub subject: String,
    pub message: String,
}

impl Refusal {
    pub fn new(rule: impl Into<String>, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self { rule: rule.into(), subject: subject.into(), message: message.into() }
    }

    /// The effective pack has no rule for a section the decision needs.
    pub fn missing_section(section: &str, subject: &str) -> Self {
        Self::new("pack.section_missing", subject, format!("当前生效的规则包没有“{section}”规则"))
    }
}

/// How grave a finding is (严重程度).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// 须改正
    Error,
    /// 可说明理由后保留
    Warning,
    /// 供审核人参考
    Notice,
}

/// A fault or remark found by a check (检查发现).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code, such as `C7` or `bands.gap`.
    pub code: String,
    pub severity: Severity,
    /// Where: a path in the checked document, such as `indicators[2].name`.
    pub path: String,
    /// For officials (zh-CN).
    pub message: String,
}

impl Finding {
    pub fn new(
        code: impl Into<String>,
        severity: Severity,
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self { code: code.into(), severity, path: path.into(), message: message.into() }
    }
}
