//! Published tables (公开的自评表) scored again: what the packs reproduce and what they do not, each with its reason.

mod compare;
mod list;
mod outcome;

use hengji_kernel::{Date, Money, RegionCode};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use self::list::{CaseList, CaseListItem};
pub use self::outcome::{CaseItem, CaseOutcome, Verdict};
use crate::effective::EffectivePack;
use crate::outcome::Refusal;
use crate::pack::RulePack;
use crate::score::table::{MoneyRow, MoneyTable, ScoreIndicator, ScoreTable};
use crate::word::{Direction, Nature, ObjectType};

/// One published table with its printed scores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedCase {
    pub id: String,
    pub source: CaseSource,
    /// Budget year.
    pub year: i32,
    pub region: RegionCode,
    pub place: String,
    pub project: String,
    /// Every row of the table is on the page.
    pub complete: bool,
    /// What the page does not show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// Points of the rows the page does not show.
    #[serde(default)]
    pub unseen_weight: Decimal,
    /// Codes of the packs to score with.
    pub packs: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<CaseMoney>,
    pub rows: Vec<CaseRow>,
    /// Results published as a list instead of, or beside, a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<CaseList>,
    pub printed: Printed,
    /// Printed figures the packs do not give, with the rule that stands against them.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseSource {
    pub url: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Date>,
}

/// Money rows as printed, in `unit` (元 or 万元).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseMoney {
    pub unit: String,
    /// Only the rate is legible: the amounts are the rate out of 100.
    #[serde(default)]
    pub from_rate: bool,
    pub total: CaseMoneyRow,
    #[serde(default)]
    pub rows: Vec<CaseMoneyRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CaseMoneyRow {
    pub source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initial: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annual: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executed: Option<Decimal>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRow {
    pub code: String,
    pub level1: String,
    #[serde(default)]
    pub level2: String,
    pub name: String,
    pub target: String,
    pub actual: String,
    /// Direction of a bare number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    #[serde(default)]
    pub nature: Nature,
    /// Share a judged row earns because its actual repeats its target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_percent: Option<Decimal>,
    #[serde(default)]
    pub not_applicable: bool,
    /// Absent in forms without points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Decimal>,
    /// The weight is not printed but recovered from the score: the row proves little.
    #[serde(default)]
    pub weight_recovered: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Decimal>,
}

/// Figures as printed, with the printed decimals.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Printed {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_weight: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution: Option<Decimal>,
    /// Percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<Decimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
}

/// A printed figure the rules do not give. `row` is a row code, `execution`, `rate`, `total`, `grade` or
/// of a list `list.count`, `list.amount`, `list.grades`, `list.grade.优`. `rule` is the
/// refusal's name where the engine refuses; `override` where only a person's score explains the figure;
/// `override.bounds` where no score may be so; `weights.sum` where the total leaves the execution row out; otherwise a rule id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    pub row: String,
    pub rule: String,
    pub reason: String,
}

impl PublishedCase {
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The rules to score with: the named packs at the end of the budget year.
    pub fn effective(&self, packs: &[RulePack]) -> Result<EffectivePack, Refusal> {
        let mut named = Vec::new();
        for code in &self.packs {
            let pack = packs
                .iter()
                .find(|pack| pack.code == *code)
                .ok_or_else(|| Refusal::new("case.pack", &self.id, format!("没有代码为“{code}”的规则包")))?;
            named.push(pack.clone());
        }
        let end = Date::new(self.year, 12, 31)
            .map_err(|invalid| Refusal::new(invalid.rule, &self.id, invalid.message))?;
        Ok(EffectivePack::resolve(&named, &self.region, end, ObjectType::Project))
    }

    /// The table as the engine takes it.
    pub fn to_table(&self) -> Result<ScoreTable, Refusal> {
        let money = self.money.as_ref().map(|money| self.money_table(money)).transpose()?;
        let indicators = self.rows.iter().map(CaseRow::to_indicator).collect();
        Ok(ScoreTable { indicators, money, ..ScoreTable::default() })
    }

    fn money_table(&self, money: &CaseMoney) -> Result<MoneyTable, Refusal> {
        let factor = if money.unit == "万元" { Decimal::from(10_000) } else { Decimal::ONE };
        let amount = |printed: Option<Decimal>| match printed.map(|printed| printed.checked_mul(factor)) {
            None => Ok(None),
            Some(yuan) => Money::from_yuan(yuan.unwrap_or(Decimal::MAX))
                .map(Some)
                .map_err(|invalid| Refusal::new(invalid.rule, &self.id, invalid.message)),
        };
        let row = |row: &CaseMoneyRow| {
            Ok(MoneyRow {
                source: row.source.clone(),
                initial: amount(row.initial)?,
                annual: amount(row.annual)?,
                executed: amount(row.executed)?,
            })
        };
        Ok(MoneyTable {
            total: row(&money.total)?,
            rows: money.rows.iter().map(row).collect::<Result<_, _>>()?,
        })
    }

    /// Scores the table again and sets every printed figure against it.
    pub fn compare(&self, packs: &[RulePack]) -> Result<CaseOutcome, Refusal> {
        compare::compare(self, packs)
    }
}

impl CaseRow {
    fn to_indicator(&self) -> ScoreIndicator {
        ScoreIndicator {
            code: self.code.clone(),
            level1: self.level1.clone(),
            level2: self.level2.clone(),
            name: self.name.clone(),
            target_text: self.target.clone(),
            actual_text: self.actual.clone(),
            direction: self.direction,
            nature: self.nature,
            weight: self.weight.unwrap_or_default(),
            share_percent: self.share_percent,
            not_applicable: self.not_applicable,
            ..ScoreIndicator::default()
        }
    }
}
