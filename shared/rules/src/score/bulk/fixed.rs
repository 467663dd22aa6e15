//! Whole numbers in units of a decimal place.

use rust_decimal::Decimal;

use crate::pack::RoundingMode;

/// Decimals of a quantity: target and actual.
pub(super) const QUANTITY_PLACES: u32 = 4;
/// Decimals of a percentage.
pub(super) const PERCENT_PLACES: u32 = 2;
/// 100 % in units of [`PERCENT_PLACES`].
pub(super) const WHOLE: i64 = 10_000;
/// Quantities stay below, so that times [`WHOLE`] they still fit.
pub(super) const QUANTITY_LIMIT: i64 = 900_000_000_000_000;

/// `value` in units of the last of `places`; nothing if it has more decimals or does not fit.
pub(super) fn fixed(value: Decimal, places: u32) -> Option<i64> {
    let (mantissa, scale) = (value.mantissa(), value.scale());
    let units = if scale <= places {
        mantissa.checked_mul(10_i128.checked_pow(places - scale)?)?
    } else {
        let surplus = 10_i128.checked_pow(scale - places)?;
        (mantissa % surplus == 0).then_some(mantissa / surplus)?
    };
    i64::try_from(units).ok()
}

/// `upper / lower` for `upper >= 0 < lower`, rounded to a whole number. Twice `upper` must fit.
#[inline]
pub(super) const fn divided(upper: i64, lower: i64, mode: RoundingMode) -> i64 {
    match mode {
        RoundingMode::HalfUp => (2 * upper + lower) / (2 * lower),
        RoundingMode::Down => upper / lower,
        RoundingMode::Up => upper / lower + (upper % lower != 0) as i64,
        RoundingMode::HalfEven => {
            let (quotient, rest) = (upper / lower, upper % lower);
            let up = 2 * rest > lower || (2 * rest == lower && quotient % 2 == 1);
            quotient + up as i64
        }
    }
}

/// [`divided`] for what may not fit; the quotient does.
pub(super) fn divided_wide(upper: i128, lower: i128, mode: RoundingMode) -> i64 {
    let (quotient, rest) = (upper / lower, upper % lower);
    let up = match mode {
        RoundingMode::HalfUp => 2 * rest >= lower,
        RoundingMode::Down => false,
        RoundingMode::Up => rest != 0,
        RoundingMode::HalfEven => 2 * rest > lower || (2 * rest == lower && quotient % 2 == 1),
    };
    i64::try_from(quotient + i128::from(up)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::decimal;

    #[test]
    fn takes_only_what_is_exact() {
        for (text, places, units) in [
            ("12.5", 4, Some(125_000)),
            ("12.50000", 4, Some(125_000)),
            ("0.00001", 4, None),
            ("-3", 2, Some(-300)),
            ("1000000000000000000", 4, None),
            ("7922816251426433759354395033", 0, None),
        ] {
            assert_eq!(fixed(decimal(text), places), units, "{text}");
        }
    }

    #[test]
    fn rounds_like_the_decimals() {
        for mode in [RoundingMode::HalfUp, RoundingMode::HalfEven, RoundingMode::Down, RoundingMode::Up] {
            for upper in 0..60 {
                for lower in 1..12 {
                    let exact = crate::exact::round(Decimal::from(upper) / Decimal::from(lower), 0, mode);
                    assert_eq!(Decimal::from(divided(upper, lower, mode)), exact, "{upper}/{lower} {mode:?}");
                    assert_eq!(
                        divided_wide(upper.into(), lower.into(), mode),
                        divided(upper, lower, mode),
                        "{upper}/{lower} {mode:?}"
                    );
                }
            }
        }
    }
}
