use std::collections::{BTreeMap, BTreeSet};

use hengji_kernel::{Decimal, Money};
use rust_decimal::RoundingStrategy;

/// How far self-evaluation reaches (自评覆盖率), by count and by amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Coverage {
    pub(crate) expected: usize,
    pub(crate) evaluated: usize,
    pub(crate) rate_percent: Decimal,
    pub(crate) expected_amount: Money,
    pub(crate) evaluated_amount: Money,
    pub(crate) amount_rate_percent: Decimal,
    /// Names of the expected that were not evaluated.
    pub(crate) missing: Vec<String>,
}

impl Coverage {
    /// `expected` are the projects with an approved target and their money; others that were evaluated do not count.
    pub(crate) fn measure(expected: &BTreeMap<String, Money>, evaluated: &BTreeSet<String>) -> Self {
        let (done, missing): (Vec<_>, Vec<_>) =
            expected.iter().partition(|(name, _)| evaluated.contains(*name));
        let expected_amount = expected.values().copied().sum::<Money>();
        let evaluated_amount = done.iter().map(|(_, amount)| **amount).sum::<Money>();
        Self {
            expected: expected.len(),
            evaluated: done.len(),
            rate_percent: percent(Decimal::from(done.len()), Decimal::from(expected.len())),
            expected_amount,
            evaluated_amount,
            amount_rate_percent: percent(evaluated_amount.yuan(), expected_amount.yuan()),
            missing: missing.into_iter().map(|(name, _)| name.clone()).collect(),
        }
    }
}

/// Half up to two places. Where nothing is expected the rate is 0, never a boast of 100.
fn percent(part: Decimal, whole: Decimal) -> Decimal {
    let mut rate = part
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|part| part.checked_div(whole))
        .unwrap_or_default()
        .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rate.rescale(2);
    rate
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn counts_projects_and_money_apart_and_names_the_missing() {
        let expected = BTreeMap::from([
            ("a".to_owned(), money("100")),
            ("b".to_owned(), money("800")),
            ("c".to_owned(), money("100")),
        ]);
        let evaluated = BTreeSet::from(["a".to_owned(), "b".to_owned(), "not expected".to_owned()]);
        let coverage = Coverage::measure(&expected, &evaluated);
        assert_eq!((coverage.expected, coverage.evaluated), (3, 2));
        assert_eq!(coverage.rate_percent.to_string(), "66.67");
        assert_eq!(coverage.amount_rate_percent.to_string(), "90.00");
        assert_eq!(coverage.missing, ["c"]);
    }

    #[test]
    fn nothing_expected_is_no_full_coverage() {
        let coverage = Coverage::measure(&BTreeMap::new(), &BTreeSet::new());
        assert_eq!(coverage.rate_percent.to_string(), "0.00");
        assert_eq!(coverage.amount_rate_percent.to_string(), "0.00");
    }

    #[test]
    fn rounds_half_up() {
        assert_eq!(percent(Decimal::new(12345, 3), Decimal::ONE_HUNDRED).to_string(), "12.35");
    }
}
