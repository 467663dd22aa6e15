//! Money of a project by year and source (分年度、分来源资金): what must add up.

use hengji_kernel::{Decimal, FiscalYear, Money};
use serde::{Deserialize, Serialize};

use super::FundSource;

/// Years a project runs, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Period {
    pub(crate) start: FiscalYear,
    pub(crate) end: FiscalYear,
}

impl Period {
    pub(crate) fn contains(self, year: FiscalYear) -> bool {
        (self.start..=self.end).contains(&year)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MoneyRow {
    pub(crate) year: FiscalYear,
    pub(crate) source: FundSource,
    pub(crate) amount: Money,
}

/// The money of one project as it is filed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Funding<'a> {
    pub(crate) year: FiscalYear,
    pub(crate) request: Money,
    pub(crate) period: Option<Period>,
    pub(crate) total: Option<Money>,
    pub(crate) rows: &'a [MoneyRow],
}

fn sum<'a>(rows: impl Iterator<Item = &'a MoneyRow>) -> Decimal {
    // decimals hold any sum of as many amounts as a message has room for
    rows.map(|row| row.amount.yuan()).sum()
}

impl Funding<'_> {
    /// Everything that does not fit together, as (field, message).
    pub(crate) fn faults(&self) -> Vec<(String, String)> {
        let mut faults = self.period_faults();
        let period = self.period.filter(|period| period.start <= period.end);
        for (index, row) in self.rows.iter().enumerate() {
            if period.is_some_and(|period| !period.contains(row.year)) {
                faults.push((format!("money[{index}].year"), "不在项目期限内".into()));
            }
            let same = |other: &MoneyRow| (other.year, other.source) == (row.year, row.source);
            if self.rows.iter().take(index).any(same) {
                faults.push((format!("money[{index}]"), "同一年度、同一来源重复".into()));
            }
        }
        faults.extend(self.sum_faults());
        faults
    }

    fn period_faults(&self) -> Vec<(String, String)> {
        match self.period {
            Some(period) if period.start > period.end => {
                vec![("period_end_year".into(), "不得早于起始年度".into())]
            }
            Some(period) if !period.contains(self.year) => {
                vec![("period_start_year".into(), format!("项目期限不含预算年度 {}", self.year.number()))]
            }
            _ => vec![],
        }
    }

    fn sum_faults(&self) -> Vec<(String, String)> {
        let mut faults = vec![];
        let this_year = sum(self.rows.iter().filter(|row| row.year == self.year));
        if !self.rows.is_empty() && this_year != self.request.yuan() {
            let message = format!("当年各来源资金合计 {this_year} 元，与申报金额 {} 元不符", self.request);
            faults.push(("money".into(), message));
        }
        let Some(total) = self.total else { return faults };
        let all = sum(self.rows.iter());
        if !self.rows.is_empty() && all != total.yuan() {
            faults.push(("total_yuan".into(), format!("各年度资金合计 {all} 元，与项目总额 {total} 元不符")));
        } else if self.rows.is_empty() && total < self.request {
            faults.push(("total_yuan".into(), format!("项目总额低于申报金额 {} 元", self.request)));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn year(number: i32) -> FiscalYear {
        number.try_into().unwrap()
    }

    fn row(number: i32, source: FundSource, fen: i64) -> MoneyRow {
        MoneyRow { year: year(number), source, amount: Money::from_fen(fen) }
    }

    fn fields(funding: Funding<'_>) -> Vec<String> {
        funding.faults().into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn what_does_not_add_up_is_named() {
        use FundSource::{Central, Local};
        let period = Some(Period { start: year(2021), end: year(2023) });
        let sound = [row(2021, Central, 50), row(2022, Central, 60), row(2022, Local, 40)];
        let of = |request, total: Option<i64>, period, rows| Funding {
            year: year(2022),
            request: Money::from_fen(request),
            period,
            total: total.map(Money::from_fen),
            rows,
        };
        assert!(fields(of(100, Some(150), period, &sound)).is_empty());
        assert!(fields(of(100, None, None, &[])).is_empty());
        assert_eq!(fields(of(101, Some(150), period, &sound)), ["money"]);
        assert_eq!(fields(of(100, Some(149), period, &sound)), ["total_yuan"]);
        assert_eq!(fields(of(100, Some(99), None, &[])), ["total_yuan"]);
        let backwards = Some(Period { start: year(2023), end: year(2022) });
        assert_eq!(fields(of(100, None, backwards, &[])), ["period_end_year"]);
        let over = Some(Period { start: year(2023), end: year(2024) });
        assert_eq!(fields(of(100, None, over, &[])), ["period_start_year"]);
        let twice = [row(2022, Local, 60), row(2022, Local, 40), row(2024, Local, 1)];
        assert_eq!(fields(of(100, None, period, &twice)), ["money[1]", "money[2].year"]);
    }

    proptest! {
        #[test]
        fn money_adds_up_exactly_when_the_request_is_the_sum_of_its_sources(
            fen in proptest::collection::vec(0_i64..=100_000_000_000_000_000, 1..8),
            off in -1_i64..=1,
        ) {
            let sources = [
                FundSource::Central, FundSource::Provincial, FundSource::City, FundSource::Local,
                FundSource::CarryOver, FundSource::Bond, FundSource::Own, FundSource::Other,
            ];
            let share = |index: usize| fen[index] / fen.len() as i64; // within an amount's bounds when added up
            let rows: Vec<_> = (0..fen.len()).map(|index| row(2022, sources[index], share(index))).collect();
            let sum: i64 = (0..fen.len()).map(share).sum();
            let funding = Funding {
                year: year(2022),
                request: Money::from_fen(sum + off),
                period: None,
                total: Some(Money::from_fen(sum)),
                rows: &rows,
            };
            prop_assert_eq!(fields(funding).is_empty(), off == 0);
        }
    }
}
