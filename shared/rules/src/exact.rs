//! Exact decimal arithmetic that refuses instead of overflowing.

use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy;

use crate::outcome::Refusal;
use crate::pack::RoundingMode;

pub const HUNDRED: Decimal = Decimal::ONE_HUNDRED;

/// Checked arithmetic on behalf of one subject, which the refusal names.
#[derive(Debug, Clone, Copy)]
pub struct Exact<'a>(pub &'a str);

impl Exact<'_> {
    fn refuse(self) -> Refusal {
        Refusal::new("arithmetic.overflow", self.0, "数值过大，无法精确计算，请核对指标值、完成值和金额")
    }

    pub fn add(self, left: Decimal, right: Decimal) -> Result<Decimal, Refusal> {
        left.checked_add(right).ok_or_else(|| self.refuse())
    }

    pub fn sub(self, left: Decimal, right: Decimal) -> Result<Decimal, Refusal> {
        left.checked_sub(right).ok_or_else(|| self.refuse())
    }

    pub fn mul(self, left: Decimal, right: Decimal) -> Result<Decimal, Refusal> {
        left.checked_mul(right).ok_or_else(|| self.refuse())
    }

    /// `left * right / divisor`, multiplied first so that whole results stay whole.
    pub fn ratio(self, left: Decimal, right: Decimal, divisor: Decimal) -> Result<Decimal, Refusal> {
        if divisor.is_zero() {
            return Err(Refusal::new("arithmetic.divide_by_zero", self.0, "除数为零，无法计算比例"));
        }
        self.mul(left, right)?.checked_div(divisor).ok_or_else(|| self.refuse())
    }

    pub fn sum(self, values: impl IntoIterator<Item = Decimal>) -> Result<Decimal, Refusal> {
        values.into_iter().try_fold(Decimal::ZERO, |sum, value| self.add(sum, value))
    }
}

/// Rounds to `places` decimals and writes exactly so many.
pub fn round(value: Decimal, places: u32, mode: RoundingMode) -> Decimal {
    let strategy = match mode {
        RoundingMode::HalfUp => RoundingStrategy::MidpointAwayFromZero,
        RoundingMode::HalfEven => RoundingStrategy::MidpointNearestEven,
        RoundingMode::Down => RoundingStrategy::ToZero,
        RoundingMode::Up => RoundingStrategy::AwayFromZero,
    };
    let mut rounded = value.round_dp_with_strategy(places, strategy);
    rounded.rescale(places);
    rounded
}

/// A number as officials read it: no trailing zeros, at most six decimals.
pub fn plain(value: Decimal) -> String {
    value.round_dp(6).normalize().to_string()
}
