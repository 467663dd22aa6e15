use hengji_kernel::{Date, Money, UnitCode};
use serde::{Deserialize, Serialize};

use super::{FundKind, ProjectKey};
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AllotmentState {
    /// 已下达
    Issued,
    /// 已收回
    Withdrawn,
}

/// 资金来源层级
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SourceLevel {
    /// 中央
    Central,
    /// 省级
    Province,
    /// 市级
    City,
    /// 县级
    County,
    /// 乡级
    Township,
}

/// Money issued to a project together with its target (预算指标).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Allotment {
    pub(crate) id: String,
    #[serde(flatten)]
    pub(crate) issue: Issue,
    pub(crate) state: AllotmentState,
    pub(crate) withdraw_date: Option<Date>,
    /// In the order in which they were made.
    #[serde(default)]
    pub(crate) changes: Vec<AmountChange>,
    /// Of what was carried over, issued again in later years.
    #[serde(default)]
    pub(crate) reissued: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Issue {
    pub(crate) project: ProjectKey,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    /// 指标文号
    pub(crate) document: String,
    pub(crate) amount: Money,
    pub(crate) issue_date: Date,
    /// The target issued with it.
    pub(crate) target: String,
    pub(crate) target_version: i32,
    pub(crate) signed_verdict: String,
    #[serde(default)]
    pub(crate) attributes: Attributes,
    /// The allotment of an earlier year whose carried-over money this is; empty for money of the year.
    #[serde(default)]
    pub(crate) carried_from: String,
}

/// What kind of money it is, as the platform says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attributes {
    /// 支出功能分类
    pub(crate) functional_account: String,
    /// 政府预算支出经济分类
    pub(crate) economic_account: String,
    pub(crate) fund_kind: Option<FundKind>,
    pub(crate) source_level: Option<SourceLevel>,
    /// 直达资金标识
    pub(crate) direct: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChangeKind {
    /// 调整
    Adjusted,
    /// 结转
    CarriedOver,
}

/// A change of the amount after the issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AmountChange {
    pub(crate) kind: ChangeKind,
    pub(crate) date: Date,
    /// Negative where money is taken away.
    pub(crate) change: Money,
    pub(crate) document: String,
    pub(crate) reason: String,
}

impl Allotment {
    pub(crate) fn resource_name(&self) -> String {
        self.issue.project.sibling("allotments", &self.id)
    }

    /// The amount with every change; nothing once withdrawn.
    pub(crate) fn current(&self) -> Money {
        match self.state {
            AllotmentState::Issued => {
                self.issue.amount + self.changes.iter().map(|change| change.change).sum()
            }
            AllotmentState::Withdrawn => Money::ZERO,
        }
    }

    pub(crate) fn carried_over(&self) -> Money {
        let carried = self.changes.iter().filter(|change| change.kind == ChangeKind::CarriedOver);
        carried.map(|change| -change.change).sum()
    }

    /// What stood on that day.
    pub(crate) fn amount_on(&self, day: Date) -> Money {
        let issued = self.issue.issue_date <= day;
        if !issued || self.withdraw_date.is_some_and(|withdrawn| withdrawn <= day) {
            return Money::ZERO;
        }
        let until = self.changes.iter().filter(|change| change.date <= day);
        self.issue.amount + until.map(|change| change.change).sum()
    }

    /// Another amount as of the date of the change, never below nothing.
    pub(crate) fn change(&mut self, field: &str, change: AmountChange, today: Date) -> Result<(), Refusal> {
        self.stands_on(field, change.date, today)?;
        if change.kind == ChangeKind::Adjusted && !self.issue.project.holds(change.date) {
            return Err(Refusal::date(field, "不在项目的预算年度内", change.date));
        }
        if (self.current() + change.change).is_negative() {
            return Err(Refusal::field(
                if change.kind == ChangeKind::Adjusted { "change_yuan" } else { "amount_yuan" },
                format!("减少 {} 元，多于该指标现有的 {} 元", -change.change, self.current()),
            ));
        }
        self.changes.push(change);
        Ok(())
    }

    /// Taken back as of `date`.
    pub(crate) fn withdraw(&mut self, date: Date, today: Date) -> Result<(), Refusal> {
        self.stands_on("withdraw_date", date, today)?;
        self.state = AllotmentState::Withdrawn;
        self.withdraw_date = Some(date);
        Ok(())
    }

    /// Carried-over money is issued again, never more than there is.
    pub(crate) fn reissue(&mut self, amount: Money) -> Result<(), Refusal> {
        let left = self.carried_over() - self.reissued;
        if amount > left {
            return Err(Refusal::AboveCarriedOver { allotment: self.resource_name(), amount, left });
        }
        self.reissued += amount;
        Ok(())
    }

    fn stands_on(&self, field: &str, date: Date, today: Date) -> Result<(), Refusal> {
        if date < self.issue.issue_date {
            return Err(Refusal::date(field, "早于下达日期", date));
        }
        if date > today {
            return Err(Refusal::date(field, "在今天之后", date));
        }
        if self.state == AllotmentState::Withdrawn {
            let name = self.resource_name();
            return Err(Refusal::State { name, state: "已收回", action: "再收回、调整或结转" });
        }
        Ok(())
    }
}
