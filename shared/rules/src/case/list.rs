//! Published lists of results (评价结果清单): how many, how much money, how many of each grade.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::compare::{Answer, Comparison};
use super::outcome::Verdict;
use crate::exact::{Exact, plain};
use crate::outcome::Refusal;
use crate::score::grade_of;

/// Items with their printed sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseList {
    /// Unit of the amounts as printed, such as 万元.
    pub unit: String,
    pub items: Vec<CaseListItem>,
    /// Items the page does not show.
    #[serde(default)]
    pub unseen: u32,
    /// Number of items as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Sum of the amounts as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
    /// Items of each grade as printed.
    #[serde(default)]
    pub grades: BTreeMap<String, u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseListItem {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<Decimal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
}

impl CaseList {
    /// The grade an item is printed with, or the one its printed score has under the pack.
    fn grade_of(&self, index: usize, comparison: &Comparison<'_>) -> Option<String> {
        let item = &self.items[index];
        let by_score = || {
            let band = grade_of(item.score?, &comparison.pack).ok()?;
            Some(band.name.clone())
        };
        item.grade.clone().or_else(by_score)
    }
}

impl Comparison<'_> {
    /// Sets the printed sums of a list against its items.
    pub(super) fn list(&mut self) -> Result<(), Refusal> {
        let Some(list) = &self.case.list else { return Ok(()) };
        if let Some(printed) = list.count {
            let listed = list.items.len() as u64 + u64::from(list.unseen);
            self.judge_sum("list.count", "项目个数", printed.into(), listed.into(), list.unseen > 0);
        }
        if let Some(printed) = list.amount {
            let amounts = list.items.iter().filter_map(|item| item.amount);
            let sum = Exact(&self.case.id).sum(amounts)?;
            let partly = list.unseen > 0 || list.items.iter().any(|item| item.amount.is_none());
            if partly && printed >= sum {
                self.in_reach("list.amount", "金额合计", printed, sum, None);
            } else {
                self.judge_sum("list.amount", "金额合计", printed, sum, false);
            }
        }
        self.grades(list);
        Ok(())
    }

    fn grades(&mut self, list: &super::CaseList) {
        if let (Some(count), false) = (list.count, list.grades.is_empty()) {
            let sum: u64 = list.grades.values().map(|number| u64::from(*number)).sum();
            self.judge_sum("list.grades", "各等级个数合计", count.into(), sum.into(), false);
        }
        let known: Vec<_> = (0..list.items.len()).map(|index| list.grade_of(index, self)).collect();
        let unknown = known.iter().filter(|grade| grade.is_none()).count() as u64 + u64::from(list.unseen);
        for (grade, printed) in &list.grades {
            let seen = known.iter().filter(|known| known.as_ref() == Some(grade)).count() as u64;
            let row = format!("list.grade.{grade}");
            let (low, high, printed) =
                (Decimal::from(seen), Decimal::from(seen + unknown), (*printed).into());
            if unknown > 0 && printed >= low && printed <= high {
                self.in_reach(&row, &format!("“{grade}”个数"), printed, low, Some(high));
            } else {
                self.judge_sum(&row, &format!("“{grade}”个数"), printed, low, false);
            }
        }
    }

    /// Items the page does not show make an equal sum less than a proof.
    fn judge_sum(&mut self, row: &str, name: &str, printed: Decimal, sum: Decimal, partly: bool) {
        if partly && printed == sum {
            return self.in_reach(row, name, printed, sum, Some(sum));
        }
        let text = format!("清单合计 {}", plain(sum));
        let answer = Answer { computed: Some(sum), rule: row.to_owned(), text };
        self.judge(row, name, printed, answer, None, false);
    }

    fn in_reach(&mut self, row: &str, name: &str, printed: Decimal, low: Decimal, high: Option<Decimal>) {
        let high = high.map(plain).unwrap_or_default();
        let reach = format!("{}~{high}", plain(low));
        self.push(row, name, printed.to_string(), Some(reach), Verdict::InReach);
    }
}
