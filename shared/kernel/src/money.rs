//! Money in yuan (元), exact to the fen (分).

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

use crate::Invalid;

/// An amount in yuan with at most two decimals, between -10^15 and 10^15 yuan. Stored as fen (BIGINT), written as a
/// decimal string such as `1234.50`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

/// 10^15 yuan in fen: far above any budget, far below what a sum of a province's rows could overflow.
const LIMIT_FEN: i64 = 100_000_000_000_000_000;

impl Money {
    pub const ZERO: Self = Self(0);

    /// From stored fen.
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen)
    }

    pub const fn fen(self) -> i64 {
        self.0
    }

    /// From yuan; refuses more than two decimals and amounts above 10^15 yuan.
    pub fn from_yuan(yuan: Decimal) -> Result<Self, Invalid> {
        let yuan = yuan.normalize();
        if yuan.scale() > 2 {
            return Err(Invalid::new("money.scale", format!("金额 {yuan} 超过两位小数（单位：元）")));
        }
        let fen = yuan
            .checked_mul(Decimal::ONE_HUNDRED)
            .and_then(|fen| fen.to_i64())
            .filter(|fen| fen.abs() <= LIMIT_FEN)
            .ok_or_else(|| Invalid::new("money.range", format!("金额 {yuan} 超出范围（±10^15 元）")))?;
        Ok(Self(fen))
    }

    pub fn yuan(self) -> Decimal {
        Decimal::new(self.0, 2)
    }

    /// In ten thousand yuan (万元), as forms print it.
    pub fn wan(self) -> Decimal {
        Decimal::new(self.0, 6)
    }

    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl FromStr for Money {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let yuan = Decimal::from_str_exact(text)
            .map_err(|_| Invalid::new("money.format", format!("金额“{text}”不是数字")))?;
        Self::from_yuan(yuan)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.yuan())
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_three_decimals_and_text() {
        assert_eq!("1.234".parse::<Money>().unwrap_err().rule, "money.scale");
        assert_eq!("abc".parse::<Money>().unwrap_err().rule, "money.format");
        assert_eq!("1000000000000001".parse::<Money>().unwrap_err().rule, "money.range");
        assert_eq!("1.230".parse::<Money>().unwrap().fen(), 123);
    }

    proptest! {
        #[test]
        fn survives_its_own_text(fen in -LIMIT_FEN..=LIMIT_FEN) {
            let money = Money::from_fen(fen);
            prop_assert_eq!(money.to_string().parse::<Money>().unwrap(), money);
            let json = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        }
    }
}
