//! One project's form of a round (项目支出绩效目标执行监控表, 财预〔2019〕136号): figures and readings are prefilled, forecast, causes
//! and measures are given by people and never derived.

use std::collections::BTreeSet;

use hengji_kernel::{Date, Money, UnitCode};
use hengji_rules::pack::Light;
use serde::{Deserialize, Serialize};

use super::{FundKind, Indicator, Mark, Position, ProjectKey, Round};
use crate::error::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FormState {
    /// 待填报
    Pending,
    /// 已报送
    Filed,
    /// 已退回
    Returned,
    /// 已审核
    Accepted,
}

use FormState::{Accepted, Filed, Pending, Returned};

impl FormState {
    const fn chinese(self) -> &'static str {
        match self {
            Pending => "待填报",
            Filed => "已报送",
            Returned => "已退回",
            Accepted => "已审核",
        }
    }
}

/// 完成目标可能性
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Likelihood {
    /// 确定能
    Certain,
    /// 有可能
    Possible,
    /// 完全不可能
    Impossible,
}

impl Likelihood {
    pub(crate) const ALL: [Self; 3] = [Self::Certain, Self::Possible, Self::Impossible];

    pub(crate) const fn chinese(self) -> &'static str {
        match self {
            Self::Certain => "确定能",
            Self::Possible => "有可能",
            Self::Impossible => "完全不可能",
        }
    }
}

/// 偏差原因分析
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Cause {
    /// 经费保障
    Funding,
    /// 制度保障
    Rules,
    /// 人员保障
    Staff,
    /// 硬件条件保障
    Facilities,
    /// 其他
    Other,
}

impl Cause {
    pub(crate) const ALL: [Self; 5] =
        [Self::Funding, Self::Rules, Self::Staff, Self::Facilities, Self::Other];

    pub(crate) const fn chinese(self) -> &'static str {
        match self {
            Self::Funding => "经费保障",
            Self::Rules => "制度保障",
            Self::Staff => "人员保障",
            Self::Facilities => "硬件条件保障",
            Self::Other => "其他",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MonitoringForm {
    /// Name of the round.
    pub(crate) round: String,
    pub(crate) round_title: String,
    pub(crate) name: String,
    pub(crate) project: ProjectKey,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    pub(crate) cut_off: Date,
    pub(crate) due: Date,
    pub(crate) state: FormState,
    pub(crate) figures: Figures,
    /// 全年预计执行数
    pub(crate) forecast: Option<Money>,
    pub(crate) rows: Vec<FormRow>,
    /// Accounts that filled it in; none of them reviews it.
    pub(crate) fillers: Vec<String>,
    pub(crate) opinion: String,
    pub(crate) reviewer: String,
}

/// What the ledger and the rules say at the cut-off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) fund_kind: Option<FundKind>,
    pub(crate) marks: Vec<Mark>,
    pub(crate) initial: Money,
    pub(crate) budget: Money,
    pub(crate) paid: Money,
    pub(crate) money: Light,
    pub(crate) result: Light,
    /// Baseline target and its version.
    pub(crate) target: String,
    pub(crate) target_version: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FormRow {
    pub(crate) code: String,
    pub(crate) level1: String,
    pub(crate) level2: String,
    pub(crate) title: String,
    pub(crate) target_text: String,
    pub(crate) actual_text: String,
    pub(crate) reading_date: Option<Date>,
    pub(crate) light: Light,
    pub(crate) entry: Entry,
}

/// What people give of one indicator.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) forecast_text: String,
    pub(crate) likelihood: Option<Likelihood>,
    pub(crate) causes: BTreeSet<Cause>,
    pub(crate) cause_text: String,
    pub(crate) measure: String,
    pub(crate) note: String,
}

/// What is given at one time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Given {
    /// As it was if none.
    pub(crate) forecast: Option<Money>,
    /// Where the caller finds it, such as `entries[3]`; code of the indicator; what is given of it.
    pub(crate) entries: Vec<(String, String, Entry)>,
}

/// Findings with the place they are about.
pub(crate) type Findings = Vec<(String, Refusal)>;

/// A review as somebody gives it.
pub(crate) struct Verdict {
    pub(crate) accepted: bool,
    pub(crate) opinion: String,
    /// New due date of a form that is sent back.
    pub(crate) due: Option<Date>,
}

impl MonitoringForm {
    /// `position` as it was at the cut-off.
    pub(crate) fn prefilled(round: &Round, position: &Position) -> Self {
        Self {
            round: round.resource_name(),
            round_title: round.title.clone(),
            name: round.form_name(&position.project),
            project: position.project.clone(),
            title: position.title.clone(),
            unit: position.unit.clone(),
            cut_off: round.cut_off,
            due: round.due,
            state: Pending,
            figures: Figures::of(position),
            forecast: None,
            rows: position.indicators.iter().map(FormRow::of).collect(),
            fillers: vec![],
            opinion: String::new(),
            reviewer: String::new(),
        }
    }

    /// Late vouchers and readings, and a newer baseline, come in until the form is filed; what people gave stays with its
    /// indicator.
    pub(crate) fn refill(&mut self, position: &Position) {
        self.figures = Figures::of(position);
        let given = std::mem::take(&mut self.rows);
        self.rows = position.indicators.iter().map(FormRow::of).collect();
        for row in &mut self.rows {
            if let Some(known) = given.iter().find(|known| known.code == row.code) {
                row.entry.clone_from(&known.entry);
            }
        }
    }

    pub(crate) fn must_be_unfiled(&self, action: &'static str) -> Result<(), Refusal> {
        self.must_be(&[Pending, Returned], action)
    }

    pub(crate) fn fill(&mut self, account: &str, given: Given) -> Result<(), Findings> {
        let mut findings = Findings::new();
        if given.forecast.is_some_and(Money::is_negative) {
            let refusal = Refusal::field("forecast_yuan", "全年预计执行数不得为负");
            findings.push((String::new(), refusal));
        }
        for (place, code, entry) in given.entries {
            if let Some(row) = self.rows.iter_mut().find(|row| row.code == code) {
                row.entry = entry;
            } else {
                let message = format!("本表没有编号为 {code} 的指标");
                findings.push((place, Refusal::field("indicator_code", message)));
            }
        }
        self.forecast = given.forecast.or(self.forecast);
        self.filled_by(account);
        if findings.is_empty() { Ok(()) } else { Err(findings) }
    }

    /// Files it, or says everything that is still missing.
    pub(crate) fn file(&mut self, account: &str) -> Result<(), Findings> {
        let mut findings = Findings::new();
        if self.forecast.is_none() {
            findings.push((String::new(), Refusal::field("forecast_yuan", "全年预计执行数必填")));
        }
        for (index, row) in self.rows.iter().enumerate() {
            let missing = row.missing().into_iter().map(|(field, rule)| {
                let message = format!("{}（{}）：{rule}", row.title, row.code);
                (format!("rows[{index}].entry"), Refusal::field(field, message))
            });
            findings.extend(missing);
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        self.filled_by(account);
        self.state = Filed;
        Ok(())
    }

    pub(crate) fn review(&mut self, account: &str, verdict: Verdict) -> Result<(), Refusal> {
        self.must_be(&[Filed], if verdict.accepted { "审核通过" } else { "退回" })?;
        if self.fillers.iter().any(|filler| filler == account) {
            return Err(Refusal::ReviewedByFiller);
        }
        if let Some(due) = verdict.due {
            if verdict.accepted {
                return Err(Refusal::field("due_date", "审核通过的不再设报送期限"));
            }
            if due < self.cut_off {
                return Err(Refusal::date("due_date", "早于截止日期", due));
            }
            self.due = due;
        }
        self.state = if verdict.accepted { Accepted } else { Returned };
        self.opinion = verdict.opinion;
        account.clone_into(&mut self.reviewer);
        Ok(())
    }

    pub(crate) fn overdue(&self, today: Date) -> bool {
        matches!(self.state, Pending | Returned) && self.due < today
    }

    fn filled_by(&mut self, account: &str) {
        if !self.fillers.iter().any(|filler| filler == account) {
            self.fillers.push(account.to_owned());
        }
    }

    fn must_be(&self, states: &[FormState], action: &'static str) -> Result<(), Refusal> {
        if states.contains(&self.state) {
            return Ok(());
        }
        Err(Refusal::State { name: self.name.clone(), state: self.state.chinese(), action })
    }
}

impl Figures {
    fn of(position: &Position) -> Self {
        Self {
            fund_kind: position.fund_kind,
            marks: position.marks.clone(),
            initial: position.initial,
            budget: position.budget,
            paid: position.paid,
            money: position.money.light,
            result: position.result.light,
            target: position.target.clone(),
            target_version: position.target_version,
        }
    }
}

impl FormRow {
    fn of(indicator: &Indicator) -> Self {
        let latest = indicator.latest.as_ref();
        Self {
            code: indicator.code.clone(),
            level1: indicator.level1.clone(),
            level2: indicator.level2.clone(),
            title: indicator.title.clone(),
            target_text: indicator.value_text.clone(),
            actual_text: latest.map(|reading| reading.text.clone()).unwrap_or_default(),
            reading_date: latest.map(|reading| reading.date),
            light: indicator.lit.as_ref().map_or(Light::Unlit, |lit| lit.light),
            entry: Entry::default(),
        }
    }

    /// Fields that must be given before filing, each with its rule.
    fn missing(&self) -> Vec<(&'static str, &'static str)> {
        let entry = &self.entry;
        let mut missing = Vec::new();
        if entry.likelihood.is_none() {
            missing.push(("likelihood", "完成目标可能性必填"));
        }
        let doubtful = matches!(entry.likelihood, Some(Likelihood::Possible | Likelihood::Impossible));
        if doubtful || matches!(self.light, Light::Yellow | Light::Red) {
            const RULE: &str = "有偏差，或填“有可能”“完全不可能”的必填";
            let given = [
                ("causes", entry.causes.is_empty()),
                ("cause_text", entry.cause_text.trim().is_empty()),
                ("measure", entry.measure.trim().is_empty()),
            ];
            missing.extend(given.into_iter().filter(|(_, empty)| *empty).map(|(field, _)| (field, RULE)));
        }
        missing
    }
}

#[cfg(test)]
#[path = "monitoring_form_tests.rs"]
pub(crate) mod tests;
