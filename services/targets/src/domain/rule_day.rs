//! The day whose rules a budget year is judged by.

use hengji_kernel::{Date, FiscalYear};

/// Today while the budget year runs; its first day before, its last day after.
pub(crate) fn rule_day(year: FiscalYear, today: Date) -> Date {
    let day = |month, day| Date::new(year.number(), month, day).unwrap_or(today);
    today.clamp(day(1, 1), day(12, 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_year_is_judged_by_a_day_of_its_own() {
        let year: FiscalYear = 2022.try_into().unwrap();
        for (today, day) in
            [("2021-11-05", "2022-01-01"), ("2022-06-30", "2022-06-30"), ("2026-06-30", "2022-12-31")]
        {
            assert_eq!(rule_day(year, today.parse().unwrap()).to_string(), day);
        }
    }
}
