//! Control figures (部门预算控制数): what a department's approved budgets may come to.

use hengji_kernel::{FiscalYear, Money, RegionCode, UnitCode, name};
use serde::{Deserialize, Serialize};

use crate::error::Refusal;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ControlFigure {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    /// The department, three digits.
    pub(crate) unit: UnitCode,
    /// 下达控制数
    pub(crate) initial: Money,
    pub(crate) document: String,
}

/// What a department's projects come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spent {
    /// 年初批复金额
    pub(crate) approved: Money,
    /// 事前评估核减金额
    pub(crate) cut: Money,
    /// 年中追减金额
    pub(crate) reduced: Money,
}

impl ControlFigure {
    pub(crate) fn resource_name(&self) -> String {
        Self::name_of(&self.region, self.year, &self.unit)
    }

    pub(crate) fn name_of(region: &RegionCode, year: FiscalYear, unit: &UnitCode) -> String {
        name::yearly(region, year, "controlFigures", unit.department().as_str())
    }

    /// 核减、追减: money cut by an assessment or taken back leaves the figure.
    pub(crate) fn available(&self, spent: Spent) -> Money {
        self.initial - spent.cut - spent.reduced
    }

    /// Money taken back has left the figure and the budgets alike: it does not make room for others.
    pub(crate) fn remaining(&self, spent: Spent) -> Money {
        self.available(spent) - (spent.approved - spent.reduced)
    }

    /// Refuses budgets above what is available.
    pub(crate) fn demand_room(&self, spent: Spent) -> Result<(), Refusal> {
        if !self.remaining(spent).is_negative() {
            return Ok(());
        }
        let message = format!(
            "部门 {} 批复合计 {} 元，超过可用控制数 {} 元（下达 {} 元，事前评估核减 {} 元，年中追减 {} 元）",
            self.unit,
            spent.approved - spent.reduced,
            self.available(spent),
            self.initial,
            spent.cut,
            spent.reduced
        );
        Err(Refusal::ControlFigureExceeded(self.resource_name(), message))
    }

    /// Another figure, not below what is approved already.
    pub(crate) fn set(&mut self, initial: Money, document: &str, spent: Spent) -> Result<(), Refusal> {
        self.initial = initial;
        document.clone_into(&mut self.document);
        if self.remaining(spent).is_negative() {
            let message = format!("低于已批复 {} 元与事前评估核减 {} 元之和", spent.approved, spent.cut);
            return Err(Refusal::Field("initial_yuan".into(), message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    fn spent(approved: &str, cut: &str) -> Spent {
        Spent { approved: approved.parse().unwrap(), cut: cut.parse().unwrap(), reduced: Money::ZERO }
    }

    #[test]
    fn money_cut_leaves_the_figure_and_is_not_left_for_other_use() {
        let project = sample::project();
        let mut figure = ControlFigure {
            region: project.region,
            year: project.year,
            unit: "219".parse().unwrap(),
            initial: "1000".parse().unwrap(),
            document: "盐财发〔2022〕1号".into(),
        };
        assert_eq!(figure.available(spent("0", "200")).to_string(), "800.00");
        for (approved, cut, fits) in
            [("1000", "0", true), ("1000.01", "0", false), ("800", "200", true), ("800", "200.01", false)]
        {
            assert_eq!(figure.demand_room(spent(approved, cut)).is_ok(), fits, "{approved} {cut}");
        }
        let reduced = Spent { reduced: "100".parse().unwrap(), ..spent("800", "0") };
        let told = (figure.available(reduced).to_string(), figure.remaining(reduced).to_string());
        assert_eq!(told, ("900.00".into(), "200.00".into()), "what is taken back makes no room");
        let lower = figure.set("999.99".parse().unwrap(), "二号", spent("800", "200"));
        assert!(matches!(lower, Err(Refusal::Field(..))));
    }
}
