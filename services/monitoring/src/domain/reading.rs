//! Readings (绩效信息采集): what was reported, and what is refused before it is stored.

use hengji_kernel::{Date, Decimal, FiscalYear, RegionCode, UnitCode, name};
use hengji_rules::value::{self, Reading as Said};
use serde::{Deserialize, Serialize};

use super::{Position, indicator};
use crate::error::Refusal;

/// An actual value at a date, as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reading {
    pub(crate) region: RegionCode,
    pub(crate) year: FiscalYear,
    pub(crate) id: String,
    /// Name of the project, or of the organization for a department overall.
    pub(crate) object: String,
    pub(crate) unit: UnitCode,
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) numerator: Option<Decimal>,
    pub(crate) denominator: Option<Decimal>,
    pub(crate) date: Date,
    pub(crate) evidence: String,
    /// In the target's unit, where it is a number.
    pub(crate) number: Option<Decimal>,
    #[serde(default)]
    pub(crate) parts: Vec<ReadingPart>,
    /// 数据来源
    #[serde(default)]
    pub(crate) source: String,
    /// Name of the reading it takes the place of; empty if it corrects none.
    #[serde(default)]
    pub(crate) corrects: String,
    #[serde(default)]
    pub(crate) correction_reason: String,
}

/// One part of a reading that adds up from parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadingPart {
    pub(crate) title: String,
    /// In the target's unit, or the numerator's where the reading is a ratio.
    pub(crate) value: Decimal,
}

impl Reading {
    pub(crate) fn resource_name(&self) -> String {
        name::yearly(&self.region, self.year, "readings", &self.id)
    }
}

/// A reading as reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadingRow {
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) numerator: Option<Decimal>,
    pub(crate) denominator: Option<Decimal>,
    pub(crate) date: Date,
    pub(crate) evidence: String,
    pub(crate) parts: Vec<ReadingPart>,
    pub(crate) source: String,
    pub(crate) corrects: String,
    pub(crate) correction_reason: String,
}

/// What a row says, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadingValue {
    pub(crate) text: String,
    pub(crate) number: Option<Decimal>,
}

impl ReadingRow {
    /// Against the baseline of a project.
    pub(crate) fn against(&self, position: &Position, today: Date) -> Result<ReadingValue, Refusal> {
        let year = position.project.year;
        if self.date.year() < year.number() {
            return Err(Refusal::date("reading_date", "早于预算年度", self.date));
        }
        self.not_in_future(today)?;
        let indicator =
            position.indicators.iter().find(|known| known.code == self.code).ok_or_else(|| {
                let message = format!(
                    "基准目标 {} 第 {} 版没有编号为 {} 的指标（停用后调出目标的指标不再采集）",
                    position.target, position.target_version, self.code
                );
                Refusal::field("indicator_code", message)
            })?;
        let text = self.text(|numerator, denominator| indicator.ratio_text(year, numerator, denominator))?;
        let number = indicator.read(&text, year).map_err(|message| Refusal::field("value_text", message))?;
        self.adds_up(number)?;
        Ok(ReadingValue { text, number })
    }

    /// For a department overall, whose target monitoring does not hold: readable is enough.
    pub(crate) fn on_its_own(&self, year: FiscalYear, today: Date) -> Result<ReadingValue, Refusal> {
        self.not_in_future(today)?;
        let text = self.text(indicator::percent_text)?;
        let unreadable = |message: String| Refusal::field("value_text", message);
        match value::read_in_year(&text, year).map_err(|refusal| unreadable(refusal.message))? {
            Said::Blank => Err(unreadable("没有填写完成值".into())),
            Said::Number(measure) => {
                self.adds_up(Some(measure.value))?;
                Ok(ReadingValue { text, number: Some(measure.value) })
            }
            _ => {
                self.adds_up(None)?;
                Ok(ReadingValue { text, number: None })
            }
        }
    }

    /// A correction takes the place of a reading of the same object, indicator and day, and says why; `known` is that reading.
    pub(crate) fn corrects(&self, object: &str, known: Option<&Reading>) -> Result<(), Refusal> {
        if self.corrects.is_empty() {
            let silent = self.correction_reason.is_empty();
            let refusal = || Refusal::field("correction_reason", "没有写明更正哪一条绩效信息");
            return if silent { Ok(()) } else { Err(refusal()) };
        }
        let same = known.is_some_and(|known| {
            known.object == object && known.code == self.code && known.date == self.date
        });
        if !same {
            let message = format!("{} 不是本对象、本指标、同一取值日期的绩效信息", self.corrects);
            return Err(Refusal::field("corrects", message));
        }
        if self.correction_reason.trim().is_empty() {
            return Err(Refusal::field("correction_reason", "更正须写明原因"));
        }
        Ok(())
    }

    /// Parts make the whole exactly: the numerator of a ratio, or the value.
    fn adds_up(&self, number: Option<Decimal>) -> Result<(), Refusal> {
        if self.parts.is_empty() {
            return Ok(());
        }
        let wrong = |message: String| Err(Refusal::field("parts", message));
        let Some(whole) = self.numerator.or(number) else {
            return wrong("完成值不是数值，不能分列".into());
        };
        let mut sum = Decimal::ZERO;
        for part in &self.parts {
            match sum.checked_add(part.value) {
                Some(next) => sum = next,
                None => return wrong("分项数值过大，无法精确合计".into()),
            }
        }
        if sum == whole { Ok(()) } else { wrong(format!("分项合计 {sum} 不等于 {whole}")) }
    }

    fn not_in_future(&self, today: Date) -> Result<(), Refusal> {
        if self.date > today {
            Err(Refusal::date("reading_date", "在今天之后", self.date))
        } else {
            Ok(())
        }
    }

    fn text(&self, ratio: impl Fn(Decimal, Decimal) -> Option<String>) -> Result<String, Refusal> {
        match (self.numerator, self.denominator) {
            (None, None) => Ok(self.text.clone()),
            (Some(_), None) => Err(Refusal::field("denominator", "填写了分子，分母必填")),
            (None, Some(_)) => Err(Refusal::field("numerator", "填写了分母，分子必填")),
            (Some(_), Some(denominator)) if denominator.is_zero() => {
                Err(Refusal::field("denominator", "分母不得为 0"))
            }
            (Some(numerator), Some(denominator)) => {
                if !self.text.is_empty() {
                    return Err(Refusal::field("value_text", "已填写分子分母，完成值由其计算，不得另填"));
                }
                ratio(numerator, denominator)
                    .ok_or_else(|| Refusal::field("numerator", "数值过大，无法精确计算"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(parts: Vec<Decimal>) -> ReadingRow {
        let part = |value| ReadingPart { title: "乡镇".into(), value };
        ReadingRow {
            code: "1".into(),
            text: "90公里".into(),
            numerator: None,
            denominator: None,
            date: "2021-06-30".parse().unwrap(),
            evidence: String::new(),
            parts: parts.into_iter().map(part).collect(),
            source: String::new(),
            corrects: String::new(),
            correction_reason: String::new(),
        }
    }

    #[test]
    fn parts_make_the_whole_to_the_last_digit() {
        let parts = |values: &[i64]| row(values.iter().map(|value| Decimal::new(*value, 1)).collect());
        assert!(parts(&[300, 600]).adds_up(Some(90.into())).is_ok());
        assert!(parts(&[300, 599]).adds_up(Some(90.into())).is_err());
        assert!(parts(&[300]).adds_up(None).is_err());
        assert!(row(vec![Decimal::MAX, Decimal::MAX]).adds_up(Some(90.into())).is_err());
        let ratio = ReadingRow { numerator: Some(19.into()), ..parts(&[90, 100]) };
        assert!(ratio.adds_up(Some(95.into())).is_ok());
    }

    #[test]
    fn a_correction_names_its_like_and_says_why() {
        const OBJECT: &str = "regions/640323000/years/2021/projects/P1";
        let known = Reading {
            region: "640323000".parse().unwrap(),
            year: 2021.try_into().unwrap(),
            id: "R1".into(),
            object: OBJECT.into(),
            unit: "219001".parse().unwrap(),
            code: "1".into(),
            text: "9公里".into(),
            numerator: None,
            denominator: None,
            date: "2021-06-30".parse().unwrap(),
            evidence: String::new(),
            number: Some(9.into()),
            parts: vec![],
            source: String::new(),
            corrects: String::new(),
            correction_reason: String::new(),
        };
        let plain = row(vec![]);
        assert!(plain.corrects(OBJECT, None).is_ok());
        assert!(
            ReadingRow { correction_reason: "误填".into(), ..plain.clone() }.corrects(OBJECT, None).is_err()
        );
        let naming = ReadingRow { corrects: known.resource_name(), ..plain };
        assert!(naming.corrects(OBJECT, Some(&known)).is_err());
        let whole = ReadingRow { correction_reason: "误填".into(), ..naming };
        assert!(whole.corrects(OBJECT, Some(&known)).is_ok());
        assert!(whole.corrects(OBJECT, None).is_err());
        for other in [
            Reading { code: "2".into(), ..known.clone() },
            Reading { date: "2021-06-29".parse().unwrap(), ..known.clone() },
            Reading { object: "regions/640323000/years/2021/projects/P2".into(), ..known },
        ] {
            assert!(whole.corrects(OBJECT, Some(&other)).is_err());
        }
    }

    proptest! {
        #[test]
        fn any_parts_add_up_to_their_sum_only(values in proptest::collection::vec(-1_000_000_i64..1_000_000, 1..20), off in 1_i64..100) {
            let parts: Vec<Decimal> = values.iter().map(|value| Decimal::new(*value, 2)).collect();
            let sum = Decimal::new(values.iter().sum(), 2);
            prop_assert!(row(parts.clone()).adds_up(Some(sum)).is_ok());
            prop_assert!(row(parts).adds_up(Some(sum + Decimal::new(off, 2))).is_err());
        }
    }
}
