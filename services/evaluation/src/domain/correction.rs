use hengji_kernel::Date;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CorrectionState {
    /// 已发整改通知
    Noticed,
    /// 已报整改方案
    Planned,
    /// 整改中
    Progressing,
    /// 已核验销号
    Closed,
    /// 已退回重新整改
    Reopened,
}

/// A correction that monitoring ordered (纠偏整改), as it stood when its project was scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Correction {
    /// In monitoring.
    pub(crate) name: String,
    /// 存在问题
    pub(crate) finding: String,
    pub(crate) state: CorrectionState,
    pub(crate) due_date: Date,
    pub(crate) overdue: bool,
    /// 整改成效; empty until closed.
    pub(crate) effect: String,
}
