//! Numbers as the report prints them. The one declared rounding: half up to two decimals.

use hengji_kernel::{Decimal, Money};
use rust_decimal::RoundingStrategy;

/// In 万元 with two decimals.
pub(crate) fn wan(money: Money) -> String {
    format!("{:.2}", half_up(money.wan()))
}

/// Two decimals, half up.
pub(crate) fn half_up(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// Part of whole in percent, two decimals; `None` where the whole is 0.
pub(crate) fn percent(part: Decimal, whole: Decimal) -> Option<Decimal> {
    let ratio = part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)?;
    let mut percent = half_up(ratio);
    percent.rescale(2);
    Some(percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_half_up_and_never_divides_by_zero() {
        assert_eq!(wan("12345650".parse().unwrap()), "1234.57");
        assert_eq!(wan("50".parse().unwrap()), "0.01");
        assert_eq!(wan("49.99".parse().unwrap()), "0.00");
        assert_eq!(wan(Money::ZERO), "0.00");
        assert_eq!(percent(Decimal::ONE, Decimal::from(3)).unwrap().to_string(), "33.33");
        assert_eq!(percent(Decimal::from(2), Decimal::from(2)).unwrap().to_string(), "100.00");
        assert_eq!(percent(Decimal::ZERO, Decimal::ZERO), None);
    }
}
