//! A special bond (专项债券) behind a project: forecast and actual income, repayment, coverage (财预〔2021〕61号).

use std::collections::BTreeMap;

use hengji_kernel::{Date, Decimal, Money, UnitCode};
use hengji_rules::exact::round;
use hengji_rules::pack::RoundingMode;
use serde::{Deserialize, Serialize};

use super::{Position, ProjectKey, rate_percent};
use crate::error::Refusal;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bond {
    pub(crate) project: ProjectKey,
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) unit: UnitCode,
    pub(crate) terms: BondTerms,
    /// By year.
    pub(crate) incomes: BTreeMap<i32, BondIncome>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BondTerms {
    /// 债券代码
    pub(crate) code: String,
    pub(crate) short_name: String,
    /// As far as it went to the project.
    pub(crate) amount: Money,
    /// A year, in percent.
    pub(crate) rate_percent: Decimal,
    pub(crate) term_years: i32,
    pub(crate) issue_date: Date,
    pub(crate) years: Vec<BondYear>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BondYear {
    pub(crate) year: i32,
    pub(crate) forecast_income: Money,
    pub(crate) principal: Money,
    pub(crate) interest: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BondIncome {
    pub(crate) income: Money,
    pub(crate) evidence: String,
    pub(crate) report_date: Date,
}

impl BondTerms {
    /// Amounts that are none, years told twice, principal that does not make the amount.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        if self.amount <= Money::ZERO {
            return Err(Refusal::field("terms.amount_yuan", "金额应大于 0"));
        }
        if self.rate_percent.is_sign_negative() {
            return Err(Refusal::field("terms.rate_percent", "票面利率不得为负"));
        }
        let mut seen = std::collections::BTreeSet::new();
        for (index, year) in self.years.iter().enumerate() {
            let field = |name: &str| format!("terms.years[{index}].{name}");
            if !seen.insert(year.year) {
                return Err(Refusal::field(field("year"), format!("{} 年填写了两次", year.year)));
            }
            let amounts = [
                ("forecast_income_yuan", year.forecast_income),
                ("principal_yuan", year.principal),
                ("interest_yuan", year.interest),
            ];
            if let Some((name, _)) = amounts.iter().find(|(_, amount)| amount.is_negative()) {
                return Err(Refusal::field(field(name), "金额不得为负"));
            }
        }
        let principal: Money = self.years.iter().map(|year| year.principal).sum();
        if principal != self.amount {
            let message = format!("各年还本合计 {principal} 元不等于债券金额 {} 元", self.amount);
            return Err(Refusal::field("terms.years", message));
        }
        Ok(())
    }
}

impl Bond {
    pub(crate) fn resource_name(&self) -> String {
        self.project.sibling("bonds", &self.id)
    }

    /// A project may be paid from bonds and from other funds, so that its own kind says nothing of it.
    pub(crate) fn registered(position: &Position, id: String, terms: BondTerms) -> Result<Self, Refusal> {
        terms.check()?;
        Ok(Self {
            project: position.project.clone(),
            id,
            title: position.title.clone(),
            unit: position.unit.clone(),
            terms,
            incomes: BTreeMap::new(),
        })
    }

    /// Another plan; what was reported stays, and has its year in the new plan too.
    pub(crate) fn revise(&mut self, terms: BondTerms) -> Result<(), Refusal> {
        terms.check()?;
        let lost = self.incomes.keys().find(|year| !terms.years.iter().any(|planned| planned.year == **year));
        if let Some(year) = lost {
            return Err(Refusal::field("terms.years", format!("{year} 年已报告收入，新的计划须包含该年")));
        }
        self.terms = terms;
        Ok(())
    }

    /// A later report of a year takes the place of the one before.
    pub(crate) fn report(&mut self, year: i32, income: BondIncome) -> Result<(), Refusal> {
        if !self.terms.years.iter().any(|planned| planned.year == year) {
            return Err(Refusal::field("year", format!("{year} 年不在收支计划内")));
        }
        if year > income.report_date.year() {
            return Err(Refusal::field("year", format!("{year} 年尚未到来")));
        }
        if income.income.is_negative() {
            return Err(Refusal::field("income_yuan", "收入不得为负"));
        }
        self.incomes.insert(year, income);
        Ok(())
    }

    /// Forecast for the years that were reported.
    pub(crate) fn forecast_so_far(&self) -> Money {
        let reported = self.terms.years.iter().filter(|year| self.incomes.contains_key(&year.year));
        reported.map(|year| year.forecast_income).sum()
    }

    pub(crate) fn actual_so_far(&self) -> Money {
        self.incomes.values().map(|income| income.income).sum()
    }

    /// 收入实现率, in percent.
    pub(crate) fn income_rate(&self) -> Option<Decimal> {
        rate_percent(self.actual_so_far(), self.forecast_so_far())
    }

    /// 本息覆盖倍数 as planned.
    pub(crate) fn planned_coverage(&self) -> Option<Decimal> {
        self.coverage(self.terms.years.iter().map(|year| year.forecast_income).sum())
    }

    /// 本息覆盖倍数 with the years reported at what came in.
    pub(crate) fn present_coverage(&self) -> Option<Decimal> {
        let income = |year: &BondYear| {
            self.incomes.get(&year.year).map_or(year.forecast_income, |reported| reported.income)
        };
        self.coverage(self.terms.years.iter().map(income).sum())
    }

    /// Two decimals, rounded down: a bond that is not quite covered is not shown as covered.
    fn coverage(&self, income: Money) -> Option<Decimal> {
        let repayment: Money = self.terms.years.iter().map(|year| year.principal + year.interest).sum();
        let times = income.yuan().checked_div(repayment.yuan())?;
        Some(round(times, 2, RoundingMode::Down))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn yuan(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn year(year: i32, income: &str, principal: &str, interest: &str) -> BondYear {
        let (forecast_income, principal, interest) = (yuan(income), yuan(principal), yuan(interest));
        BondYear { year, forecast_income, principal, interest }
    }

    fn bond() -> Bond {
        Bond {
            project: ProjectKey::parse("regions/640323000/years/2021/projects/P1").unwrap(),
            id: "B1".into(),
            title: "污水处理厂".into(),
            unit: "219001".parse().unwrap(),
            terms: BondTerms {
                code: "2105123".into(),
                short_name: "21宁夏债01".into(),
                amount: yuan("1000"),
                rate_percent: Decimal::new(35, 1),
                term_years: 3,
                issue_date: "2021-03-01".parse().unwrap(),
                years: vec![
                    year(2021, "0", "0", "35"),
                    year(2022, "600", "0", "35"),
                    year(2023, "900", "1000", "35"),
                ],
            },
            incomes: BTreeMap::new(),
        }
    }

    fn income(amount: &str, date: &str) -> BondIncome {
        BondIncome { income: yuan(amount), evidence: String::new(), report_date: date.parse().unwrap() }
    }

    #[test]
    fn income_is_measured_by_the_forecast_of_the_years_reported() {
        let mut bond = bond();
        bond.terms.check().unwrap();
        assert_eq!((bond.income_rate(), bond.planned_coverage()), (None, Some(Decimal::new(135, 2))));
        bond.report(2022, income("450", "2022-12-31")).unwrap();
        assert_eq!(bond.income_rate(), Some(Decimal::new(7500, 2)));
        assert_eq!(bond.present_coverage(), Some(Decimal::new(122, 2)));
        bond.report(2022, income("600", "2023-01-15")).unwrap();
        assert_eq!(bond.present_coverage(), bond.planned_coverage());
        assert!(bond.report(2024, income("1", "2024-12-31")).is_err());
        assert!(bond.report(2023, income("1", "2022-12-31")).is_err());
        assert!(bond.report(2023, income("-1", "2023-12-31")).is_err());
    }

    #[test]
    fn a_plan_repays_the_bond_and_keeps_the_years_reported() {
        let mut bond = bond();
        bond.report(2022, income("450", "2022-12-31")).unwrap();
        let plan = |years| BondTerms { years, ..bond.terms.clone() };
        for wrong in [
            plan(vec![year(2022, "1", "999.99", "0")]),
            plan(vec![year(2022, "1", "500", "0"), year(2022, "1", "500", "0")]),
            plan(vec![year(2022, "-1", "1000", "0")]),
            plan(vec![year(2023, "1", "1000", "0")]),
        ] {
            assert!(bond.clone().revise(wrong).is_err());
        }
        let longer = plan(vec![year(2022, "600", "0", "35"), year(2026, "2000", "1000", "35")]);
        bond.revise(longer).unwrap();
        assert_eq!(bond.actual_so_far(), yuan("450"));
    }

    proptest! {
        #[test]
        fn coverage_is_never_told_too_high(
            plan in proptest::collection::vec((0_i64..1_000_000_000, 0_i64..1_000_000_000, 0_i64..100_000_000), 1..20),
        ) {
            let years = plan.iter().zip(2021..).map(|((income, principal, interest), year)| BondYear {
                year,
                forecast_income: Money::from_fen(*income),
                principal: Money::from_fen(*principal),
                interest: Money::from_fen(*interest),
            });
            let mut bond = bond();
            bond.terms.years = years.collect();
            let (income, due) = plan.iter().fold((0, 0), |(income, due), (one, principal, interest)| {
                (income + one, due + principal + interest)
            });
            match bond.planned_coverage() {
                None => prop_assert_eq!(due, 0),
                Some(times) => {
                    prop_assert!(times * Decimal::from(due) <= Decimal::from(income));
                    prop_assert!((times + Decimal::new(1, 2)) * Decimal::from(due) > Decimal::from(income));
                }
            }
        }
    }
}
