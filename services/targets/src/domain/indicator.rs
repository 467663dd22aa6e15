use hengji_kernel::{Decimal, FiscalYear, RegionCode};
use hengji_rules::score::table::Measure;
use hengji_rules::value::{self, Reading};
use hengji_rules::{Direction, Nature, Operator};
use serde::{Deserialize, Serialize};

/// What is expected by the end of a month (阶段性目标值).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Interim {
    pub(crate) month: u8,
    pub(crate) value: Decimal,
}

/// One leaf of a target (三级指标).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Indicator {
    pub(crate) code: String,
    pub(crate) level1: String,
    pub(crate) level2: String,
    pub(crate) title: String,
    pub(crate) catalog_indicator: String,
    pub(crate) nature: Nature,
    pub(crate) operator: Option<Operator>,
    pub(crate) value: Option<Decimal>,
    pub(crate) value_text: String,
    pub(crate) unit: String,
    pub(crate) direction: Option<Direction>,
    pub(crate) weight: Decimal,
    pub(crate) interim: Vec<Interim>,
    pub(crate) evidence_plan: String,
}

impl Indicator {
    /// Fills in what the other fields already say, so that the number that is monitored and the text that is scored are one
    /// value; tells where they contradict each other.
    pub(crate) fn complete(&mut self, year: FiscalYear) -> Result<(), &'static str> {
        if self.nature == Nature::Qualitative {
            return Ok(());
        }
        if self.value_text.is_empty()
            && let Some(value) = self.value
        {
            let sign = self.operator.map_or("", Operator::sign);
            self.value_text = format!("{sign}{}{}", value.normalize(), self.unit);
        }
        if let Ok(Reading::Number(read)) = value::read_in_year(&self.value_text, year) {
            self.take(&read)?;
        }
        if self.direction.is_none() {
            self.direction = match self.operator {
                Some(Operator::Ge | Operator::Gt) => Some(Direction::Positive),
                Some(Operator::Le | Operator::Lt) => Some(Direction::Negative),
                _ => None,
            };
        }
        Ok(())
    }

    fn take(&mut self, read: &Measure) -> Result<(), &'static str> {
        match self.value {
            Some(value) if value != read.value => return Err("与 value_text 写的数值不一致"),
            Some(_) => {}
            None => self.value = Some(read.value),
        }
        match (self.operator, read.operator) {
            (Some(own), Some(read)) if own != read => return Err("计算符号与 value_text 不一致"),
            (None, Some(read)) if read != Operator::Range => self.operator = Some(read),
            _ => {}
        }
        if self.unit.is_empty()
            && let Some(unit) = &read.unit
        {
            self.unit.clone_from(unit);
        }
        Ok(())
    }

    /// The value as a number with operator and unit, where it is one.
    pub(crate) fn measure(&self, year: FiscalYear) -> Option<Measure> {
        let unit = (!self.unit.is_empty()).then(|| self.unit.clone());
        match value::read_in_year(&self.value_text, year) {
            Ok(Reading::Number(read)) => {
                Some(Measure { operator: read.operator.or(self.operator), unit: read.unit.or(unit), ..read })
            }
            _ => self.value.map(|value| Measure { operator: self.operator, value, high: None, unit }),
        }
    }
}

/// What the library says of one of its indicators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) title: String,
    /// 启用
    pub(crate) active: bool,
    /// The region it holds for, with everything below.
    pub(crate) layer: RegionCode,
}

impl Listing {
    /// Why a target of `region` may not choose it.
    pub(crate) fn fault(found: Option<&Self>, name: &str, region: &RegionCode) -> Option<String> {
        match found {
            None => Some(format!("指标库没有指标 {name}")),
            Some(listing) if !listing.active => Some(format!("指标“{}”未启用或已停用", listing.title)),
            Some(listing) if !listing.layer.contains(region) => {
                Some(format!("指标“{}”是 {} 的指标，不适用于 {region}", listing.title, listing.layer))
            }
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    fn year() -> FiscalYear {
        2022.try_into().unwrap()
    }

    #[test]
    fn number_and_text_become_one_value() {
        let mut by_text = sample::indicator("a", "产出指标", "数量指标", "养护里程", "≥120公里", "20");
        by_text.complete(year()).unwrap();
        assert_eq!(by_text.value, Some(Decimal::from(120)));
        assert_eq!(by_text.operator, Some(Operator::Ge));
        assert_eq!(by_text.unit, "公里");
        assert_eq!(by_text.direction, Some(Direction::Positive));

        let mut by_number = Indicator { value_text: String::new(), ..by_text.clone() };
        by_number.complete(year()).unwrap();
        assert_eq!(by_number.value_text, "≥120公里");
    }

    #[test]
    fn refuses_a_number_unlike_its_text() {
        let mut indicator = sample::indicator("a", "产出指标", "数量指标", "养护里程", "≥120公里", "20");
        indicator.value = Some(Decimal::from(12));
        assert!(indicator.complete(year()).is_err());
        indicator.value = Some("120.0".parse().unwrap());
        indicator.complete(year()).unwrap();
        indicator.operator = Some(Operator::Le);
        assert!(indicator.complete(year()).is_err());
    }

    #[test]
    fn only_what_is_in_use_in_the_region_may_be_chosen() {
        let listing = |active, layer: &str| Listing {
            title: "实际完成率".into(),
            active,
            layer: layer.parse().unwrap(),
        };
        for (found, refused) in [
            (Some(listing(true, "000000000")), false),
            (Some(listing(true, "640323000")), false),
            (Some(listing(true, "640324000")), true),
            (Some(listing(false, "000000000")), true),
            (None, true),
        ] {
            let fault = Listing::fault(found.as_ref(), "indicators/A", &sample::region());
            assert_eq!(fault.is_some(), refused, "{found:?}");
        }
    }

    #[test]
    fn words_and_dates_stay_as_they_are() {
        for text in ["2022年12月底前", "良好"] {
            let mut indicator = sample::indicator("a", "产出指标", "时效指标", "完工时间", text, "20");
            indicator.complete(year()).unwrap();
            assert_eq!((indicator.value, indicator.value_text.as_str()), (None, text));
        }
    }
}
