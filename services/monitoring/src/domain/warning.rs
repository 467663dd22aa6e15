//! What is wrong with a position, told apart (异常类别): slow, overspent, behind, unread, idle, flapping.

use hengji_kernel::{Date, Money};
use hengji_rules::lights::{self, Achievement, ClassFacts, IdleMoney, OverdueReading};
use hengji_rules::pack::{Light, LightClassKind};
use hengji_rules::{EffectivePack, Explanation};
use serde::{Deserialize, Serialize};

use super::Position;
use super::lamp::{LightChange, Which};

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

impl Position {
    /// Finds anew what is wrong; tells what came, went or turned.
    pub(super) fn warn(&mut self, pack: &EffectivePack) -> Vec<LightChange> {
        let found = self.find(pack);
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
    fn find(&self, pack: &EffectivePack) -> Vec<Warning> {
        let classified = self.facts().and_then(|facts| lights::classify(&facts, pack)).unwrap_or_default();
        let mut found: Vec<Warning> = classified
            .into_iter()
            .map(|found| Warning {
                class: found.class.into(),
                light: found.light,
                explanation: found.explanation,
            })
            .collect();
        let flaps = [&self.money_history, &self.result_history]
            .into_iter()
            .find_map(|history| lights::flapping(&history.changes, self.as_of, pack));
        found.extend(flaps.map(|explanation| Warning {
            class: WarningClass::Flapping,
            light: Light::Yellow,
            explanation,
        }));
        found
    }

    fn facts(&self) -> Result<ClassFacts, hengji_rules::Refusal> {
        let year = self.project.year;
        let overdue = self.indicators.iter().filter_map(|indicator| {
            let due = indicator.unread_since(year, self.as_of)?;
            Some(OverdueReading { name: indicator.title.clone(), due })
        });
        let parts: Vec<Achievement> =
            self.indicators.iter().filter_map(|indicator| indicator.achievement(year)).collect();
        Ok(ClassFacts {
            execution: self.execution(!self.suspension.is_empty()),
            results: self.results(),
            overdue: overdue.collect(),
            achieved_percent: lights::achieved(&parts)?,
            idle: self.idle(),
        })
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
