//! Codes of the integrated platform (预算管理一体化): regions, units, fiscal years.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// Fiscal division (财政区划): nine digits, GB/T 2260 plus three for the township part. The tree is in the digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RegionCode(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionLevel {
    /// 中央
    National,
    /// 省
    Province,
    /// 市
    City,
    /// 县
    County,
    /// 乡
    Township,
}

impl RegionCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn level(&self) -> RegionLevel {
        match self.prefix().len() {
            0 => RegionLevel::National,
            2 => RegionLevel::Province,
            4 => RegionLevel::City,
            6 => RegionLevel::County,
            _ => RegionLevel::Township,
        }
    }

    /// The digits that every region of this subtree begins with; empty for the nation (000000000).
    pub fn prefix(&self) -> &str {
        let code = &self.0;
        if code == "000000000" {
            ""
        } else if code.ends_with("0000000") {
            &code[..2]
        } else if code.ends_with("00000") {
            &code[..4]
        } else if code.ends_with("000") {
            &code[..6]
        } else {
            code
        }
    }

    /// True for the region itself and everything under it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(self.prefix())
    }

    /// From the nation down to this region: the layers whose rules apply here.
    pub fn layers(&self) -> Vec<Self> {
        let mut layers = vec![Self("000000000".into())];
        for length in [2, 4, 6, 9] {
            if length <= self.prefix().len() {
                layers.push(Self(format!("{:0<9}", &self.0[..length])));
            }
        }
        layers
    }
}

impl FromStr for RegionCode {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.len() == 9 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("region.code", format!("财政区划代码“{text}”应为 9 位数字")))
        }
    }
}

/// Unit code (单位代码): three digits a level, up to 21, so that a department's code begins all of its units' codes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitCode(String);

impl UnitCode {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The competent department (主管部门) at the top of this unit's branch.
    pub fn department(&self) -> Self {
        Self(self.0[..3].to_owned())
    }

    /// The unit one level above (上级单位); none above a department.
    pub fn superior(&self) -> Option<Self> {
        let above = self.0.len() - 3;
        (above > 0).then(|| Self(self.0[..above].to_owned()))
    }

    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl FromStr for UnitCode {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let length = text.len();
        if (3..=21).contains(&length) && length.is_multiple_of(3) && text.bytes().all(|b| b.is_ascii_digit())
        {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("unit.code", format!("单位代码“{text}”应为每级 3 位、最长 21 位的数字")))
        }
    }
}

/// Budget year (预算年度).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i32", into = "i32")]
pub struct FiscalYear(i32);

impl FiscalYear {
    pub const fn number(self) -> i32 {
        self.0
    }

    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl TryFrom<i32> for FiscalYear {
    type Error = Invalid;
    fn try_from(year: i32) -> Result<Self, Invalid> {
        if (1994..=2100).contains(&year) {
            Ok(Self(year))
        } else {
            Err(Invalid::new("year.range", format!("预算年度 {year} 应在 1994 至 2100 之间")))
        }
    }
}

impl From<FiscalYear> for i32 {
    fn from(year: FiscalYear) -> Self {
        year.0
    }
}

impl FromStr for FiscalYear {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let year: i32 =
            text.parse().map_err(|_| Invalid::new("year.format", format!("预算年度“{text}”不是四位数字")))?;
        Self::try_from(year)
    }
}

impl fmt::Display for FiscalYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

macro_rules! text_code {
    ($type:ty) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $type {
            type Error = Invalid;
            fn try_from(text: String) -> Result<Self, Invalid> {
                text.parse()
            }
        }
        impl From<$type> for String {
            fn from(code: $type) -> Self {
                code.0
            }
        }
    };
}
text_code!(RegionCode);
text_code!(UnitCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_county_lies_in_its_city_and_province_but_not_in_a_neighbour() {
        let county: RegionCode = "640323000".parse().unwrap();
        assert_eq!(county.level(), RegionLevel::County);
        for (upper, inside) in [
            ("640000000", true),
            ("640300000", true),
            ("000000000", true),
            ("640324000", false),
            ("650000000", false),
        ] {
            assert_eq!(upper.parse::<RegionCode>().unwrap().contains(&county), inside, "{upper}");
        }
        let layers: Vec<_> = county.layers().iter().map(ToString::to_string).collect();
        assert_eq!(layers, ["000000000", "640000000", "640300000", "640323000"]);
    }

    #[test]
    fn refuses_codes_of_the_wrong_length() {
        assert!("640323".parse::<RegionCode>().is_err());
        assert!("6403230001".parse::<RegionCode>().is_err());
        assert!("21".parse::<UnitCode>().is_err());
        assert!("2190".parse::<UnitCode>().is_err());
        assert_eq!("219001".parse::<UnitCode>().unwrap().department().as_str(), "219");
        assert!("1993".parse::<FiscalYear>().is_err());
    }
}
