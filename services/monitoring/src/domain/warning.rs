//! What is wrong with a position, told apart (异常类别): slow, overspent, behind, unread, idle, flapping.

use hengji_kernel::{Date, Decimal, Money};
use hengji_rules::lights::{self, Achievement, ClassFacts, IdleMoney, OverdueReading, ResultProgress};
use hengji_rules::pack::{Light, LightClassKind};
use hengji_rules::{EffectivePack, Explanation};
use serde::{Deserialize, Serialize};

use super::lamp::{LightChange, Which};
use super::{Funds, Position};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WarningClass {
    /// 资金执行缓慢
    SlowExecution,
    /// 超预算支付
    Overspending,
    /// 绩效滞后
    ResultBehind,
    /// 绩效信息逾期未报
    ReadingOverdue,
    /// 有支出无绩效
    MoneyWithoutResults,
    /// 有绩效无支出
    ResultsWithoutMoney,
    /// 资金闲置
    IdleMoney,
    /// 忽亮忽灭
    Flapping,
}

impl WarningClass {
    pub(crate) const fn chinese(self) -> &'static str {
        match self {
            Self::SlowExecution => LightClassKind::SlowExecution.chinese(),
            Self::Overspending => LightClassKind::Overspending.chinese(),
            Self::ResultBehind => LightClassKind::ResultBehind.chinese(),
            Self::ReadingOverdue => LightClassKind::ReadingOverdue.chinese(),
            Self::MoneyWithoutResults => LightClassKind::MoneyWithoutResults.chinese(),
            Self::ResultsWithoutMoney => LightClassKind::ResultsWithoutMoney.chinese(),
            Self::IdleMoney => LightClassKind::IdleMoney.chinese(),
            Self::Flapping => "忽亮忽灭",
        }
    }
}

impl From<LightClassKind> for WarningClass {
    fn from(kind: LightClassKind) -> Self {
        match kind {
            LightClassKind::SlowExecution => Self::SlowExecution,
            LightClassKind::Overspending => Self::Overspending,
            LightClassKind::ResultBehind => Self::ResultBehind,
            LightClassKind::ReadingOverdue => Self::ReadingOverdue,
            LightClassKind::MoneyWithoutResults => Self::MoneyWithoutResults,
            LightClassKind::ResultsWithoutMoney => Self::ResultsWithoutMoney,
            LightClassKind::IdleMoney => Self::IdleMoney,
        }
    }
}

/// One thing that is wrong, with its light and reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Warning {
    pub(crate) class: WarningClass,
    pub(crate) light: Light,
    pub(crate) explanation: Explanation,
}

/// What is looked at: after a payment, only what money can change.
pub(super) enum Seen {
    Money,
    All { results: ResultProgress, overdue: Vec<OverdueReading> },
}

impl Funds {
    /// Finds anew what is wrong; tells what came, went or turned.
    pub(super) fn warn(&mut self, seen: Seen, pack: &EffectivePack) -> Vec<LightChange> {
        let found = self.find(seen, pack);
        let before = std::mem::replace(&mut self.warnings, found);
        let light = |warnings: &[Warning], class| {
            warnings.iter().find(|warning| warning.class == class).map_or(Light::Unlit, |known| known.light)
        };
        let mut changes = Vec::new();
        for warning in &self.warnings {
            let stood = light(&before, warning.class);
            if stood != warning.light {
                let why = warning.explanation.to_chinese();
                changes.push(self.turned(Which::Warning(warning.class), stood, warning.light, why));
            }
        }
        for gone in before.iter().filter(|gone| light(&self.warnings, gone.class) == Light::Unlit) {
            let why = format!("{}：已消除", gone.class.chinese());
            changes.push(self.turned(Which::Warning(gone.class), gone.light, Light::Unlit, why));
        }
        changes
    }

    /// Nothing where the rules cannot decide: the lights then say so.
    fn find(&self, seen: Seen, pack: &EffectivePack) -> Vec<Warning> {
        let (results, overdue, kept) = match seen {
            Seen::Money => (ResultProgress::default(), vec![], self.of_results_alone()),
            Seen::All { results, overdue } => (results, overdue, vec![]),
        };
        let facts = ClassFacts {
            execution: self.execution(!self.suspension.is_empty()),
            results,
            overdue,
            achieved_percent: self.results.and_then(|results| results.achieved_percent),
            idle: self.idle(),
        };
        let mut found = kept;
        found.extend(lights::classify(&facts, pack).unwrap_or_default().into_iter().map(|found| Warning {
            class: found.class.into(),
            light: found.light,
            explanation: found.explanation,
        }));
        let flaps = [&self.money_history, &self.result_history]
            .into_iter()
            .find_map(|history| lights::flapping(&history.changes, self.as_of, pack));
        found.extend(flaps.map(|explanation| Warning {
            class: WarningClass::Flapping,
            light: Light::Yellow,
            explanation,
        }));
        found.sort_by_key(|warning| warning.class);
        found
    }

    fn of_results_alone(&self) -> Vec<Warning> {
        let alone = |warning: &&Warning| {
            matches!(warning.class, WarningClass::ResultBehind | WarningClass::ReadingOverdue)
        };
        self.warnings.iter().filter(alone).cloned().collect()
    }

    /// Money that arrived and is not paid.
    pub(crate) fn idle(&self) -> Option<IdleMoney> {
        let amount = self.allotted - self.paid;
        let since = self.idle_since()?;
        (amount > Money::ZERO).then_some(IdleMoney { amount, since })
    }

    /// Day of the last payment, or of the first issue before any.
    pub(crate) fn idle_since(&self) -> Option<Date> {
        self.last_paid.or(self.first_issue)
    }
}

impl Position {
    pub(super) fn overdue(&self) -> Vec<OverdueReading> {
        let (year, day) = (self.project.year, self.as_of);
        let overdue = self.indicators.iter().filter_map(|indicator| {
            let due = indicator.unread_since(year, day)?;
            Some(OverdueReading { name: indicator.title.clone(), due })
        });
        overdue.collect()
    }

    /// Nothing where the rules cannot measure it.
    pub(super) fn achieved_percent(&self) -> Option<Decimal> {
        let parts: Vec<Achievement> =
            self.indicators.iter().filter_map(super::Indicator::achievement).collect();
        lights::achieved(&parts).ok().flatten()
    }
}
