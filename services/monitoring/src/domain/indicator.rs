//! One indicator of the baseline: what it expects by a day, and how a reported text is read against it.

use std::collections::BTreeMap;

use hengji_kernel::{Date, Decimal, FiscalYear};
use hengji_rules::lights::{self, Achievement, Annual, IndicatorProgress, Lit};
use hengji_rules::value::{self, Reading as Said};
use hengji_rules::{Direction, EffectivePack, Operator};
use serde::{Deserialize, Serialize};

/// An indicator of the approved target with its latest reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Indicator {
    pub(crate) code: String,
    /// 一级指标
    #[serde(default)]
    pub(crate) level1: String,
    /// 二级指标
    #[serde(default)]
    pub(crate) level2: String,
    pub(crate) title: String,
    /// None for a qualitative one (定性).
    pub(crate) operator: Option<Operator>,
    pub(crate) direction: Option<Direction>,
    pub(crate) value: Option<Decimal>,
    pub(crate) value_text: String,
    pub(crate) unit: String,
    /// 分值; none in baselines of before it was kept.
    #[serde(default)]
    pub(crate) weight: Option<Decimal>,
    /// Expected by the end of the month.
    pub(crate) interim: BTreeMap<u8, Decimal>,
    #[serde(default)]
    pub(crate) latest: Option<LatestReading>,
    #[serde(default)]
    pub(crate) lit: Option<Lit>,
    /// What the rules expect by now at the year's progress, where no interim value says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) along: Option<Decimal>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LatestReading {
    pub(crate) text: String,
    pub(crate) date: Date,
    /// In the target's unit, where it is a number.
    pub(crate) number: Option<Decimal>,
}

/// What a reported value must be.
enum Kind {
    Number { value: Decimal, unit: Option<String> },
    Day,
    Words,
}

impl Indicator {
    /// The value due by that day: the interim value of the last month completed, the target itself at the end of the year.
    pub(crate) fn expected(&self, year: FiscalYear, day: Date) -> Option<Decimal> {
        let months = completed_months(year, day);
        let last = self.interim.range(..=months).next_back();
        match last {
            Some((month, value)) if months < 12 || *month == 12 => Some(*value),
            _ if months == 12 => self.value,
            _ => None,
        }
    }

    /// The day a value was due of which no reading has come: none dated after the value before it was due.
    pub(crate) fn unread_since(&self, year: FiscalYear, day: Date) -> Option<Date> {
        self.operator?;
        let months = completed_months(year, day);
        let (due, before) = self.dues(months)?;
        let due = last_day(year, due)?;
        let before = before.and_then(|month| last_day(year, month));
        let read =
            self.latest.as_ref().is_some_and(|latest| before.is_none_or(|before| latest.date > before));
        (!read).then_some(due)
    }

    /// The last month a value is due at and the one before it, among the months completed.
    fn dues(&self, months: u8) -> Option<(u8, Option<u8>)> {
        let mut due: Vec<u8> = self.interim.range(..=months).map(|(month, _)| *month).collect();
        if months == 12 && self.value.is_some() && due.last() != Some(&12) {
            due.push(12);
        }
        let last = due.pop()?;
        Some((last, due.pop()))
    }

    /// Its part in the results of the year; none for words and dates.
    pub(crate) fn achievement(&self) -> Option<Achievement> {
        Some(Achievement {
            operator: self.operator.map(|_| self.judged_by())?,
            target: self.value?,
            latest: self.read_number(),
            weight: self.weight?,
        })
    }

    /// Progress as the rules judge it; nothing for words and dates, which no interim value measures.
    pub(crate) fn progress(&self, year: FiscalYear, day: Date, pack: &EffectivePack) -> IndicatorProgress {
        let interim = self.operator.and_then(|_| self.expected(year, day));
        let along = self.along_progress(year, day, pack);
        IndicatorProgress {
            code: self.code.clone(),
            name: self.title.clone(),
            operator: self.judged_by(),
            interim: interim.or(along.as_ref().map(|(value, _)| *value)),
            along: along.map(|(_, how)| how),
            latest: self.read_number(),
        }
    }

    /// What the rules expect at the year's progress of one that was read and has no interim values; nothing where they
    /// cannot tell.
    fn along_progress(&self, year: FiscalYear, day: Date, pack: &EffectivePack) -> Option<(Decimal, String)> {
        if self.operator.is_none() || !self.interim.is_empty() || self.expected(year, day).is_some() {
            return None;
        }
        let Kind::Number { unit, .. } = self.kind(year) else { return None };
        self.read_number()?;
        let annual = Annual {
            level2: &self.level2,
            operator: self.judged_by(),
            target: self.value?,
            unit: unit.as_deref().unwrap_or_default(),
        };
        lights::along_progress(&annual, year, day, pack).ok().flatten()
    }

    /// Its operator, with less as better where an exact value is only to be kept below.
    fn judged_by(&self) -> Operator {
        match (self.operator, self.direction) {
            (Some(Operator::Eq | Operator::Range), Some(Direction::Negative)) => Operator::Le,
            (Some(operator), _) => operator,
            (None, _) => Operator::Ge,
        }
    }

    fn read_number(&self) -> Option<Decimal> {
        self.latest.as_ref().and_then(|reading| reading.number)
    }

    /// A reported text as a number in the target's unit, or nothing where words or a date are asked for.
    pub(crate) fn read(&self, text: &str, year: FiscalYear) -> Result<Option<Decimal>, String> {
        let said = value::read_in_year(text, year).map_err(|refusal| refusal.message)?;
        match (self.kind(year), said) {
            (_, Said::Blank) => Err("没有填写完成值".into()),
            (Kind::Words, _) | (Kind::Day, Said::Deadline { .. } | Said::Period { .. }) => Ok(None),
            (Kind::Day, _) => Err("指标值是日期，完成值也须填写完成日期".into()),
            (Kind::Number { value, unit }, Said::Number(actual)) => {
                if actual.high.is_some() {
                    return Err("完成值是一个区间，须填写确定的数".into());
                }
                in_unit_of(actual.value, actual.unit.as_deref(), value, unit.as_deref()).map(Some)
            }
            (Kind::Number { .. }, _) => Err("指标值是数值，完成值也须填写数值".into()),
        }
    }

    /// A ratio as text: percent where the target is one.
    pub(crate) fn ratio_text(
        &self,
        year: FiscalYear,
        numerator: Decimal,
        denominator: Decimal,
    ) -> Option<String> {
        match self.kind(year) {
            Kind::Number { unit: Some(unit), .. } if unit == "%" => percent_text(numerator, denominator),
            Kind::Number { unit, .. } => numerator
                .checked_div(denominator)
                .map(|quotient| format!("{}{}", plain(quotient), unit.unwrap_or_default())),
            Kind::Day | Kind::Words => percent_text(numerator, denominator),
        }
    }

    fn kind(&self, year: FiscalYear) -> Kind {
        let number = |value: Decimal, unit: Option<String>| Kind::Number {
            value,
            unit: unit.or_else(|| (!self.unit.is_empty()).then(|| self.unit.clone())),
        };
        match value::read_in_year(&self.value_text, year) {
            _ if self.operator.is_none() => Kind::Words,
            Ok(Said::Number(measure)) => number(measure.value, measure.unit),
            Ok(Said::Deadline { .. } | Said::Period { .. }) => Kind::Day,
            Ok(Said::Words { .. } | Said::Blank) | Err(_) => {
                self.value.map_or(Kind::Words, |value| number(value, None))
            }
        }
    }
}

/// `95%` from 95 of 100; nothing if the division has no exact-decimal answer.
pub(crate) fn percent_text(numerator: Decimal, denominator: Decimal) -> Option<String> {
    let percent = numerator.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(denominator)?;
    Some(format!("{}%", plain(percent)))
}

fn plain(value: Decimal) -> String {
    hengji_rules::exact::plain(value)
}

fn in_unit_of(
    actual: Decimal,
    given: Option<&str>,
    target: Decimal,
    wanted: Option<&str>,
) -> Result<Decimal, String> {
    match (given, wanted) {
        (Some(from), Some(to)) if !value::same_unit(from, to) => value::factor(from, to)
            .and_then(|factor| actual.checked_mul(factor))
            .ok_or_else(|| format!("完成值的单位“{from}”与指标值的单位“{to}”不同")),
        // 0.95 or 95: the commonest error of import
        (None, Some(unit))
            if value::same_unit(unit, "%")
                && actual > Decimal::ZERO
                && actual <= Decimal::ONE
                && target > Decimal::ONE =>
        {
            Err(format!("完成值 {actual} 是百分数还是小数？请写明单位 %"))
        }
        _ => Ok(actual),
    }
}

/// Months of the year that have ended by that day, the day included.
fn completed_months(year: FiscalYear, day: Date) -> u8 {
    match day.year().cmp(&year.number()) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Greater => 12,
        std::cmp::Ordering::Equal => {
            let month_ends = day.plus_days(1).month() != day.month();
            day.month() - u8::from(!month_ends)
        }
    }
}

fn last_day(year: FiscalYear, month: u8) -> Option<Date> {
    let (next_year, next) = if month == 12 { (year.number() + 1, 1) } else { (year.number(), month + 1) };
    Date::new(next_year, next, 1).ok().map(|first| first.plus_days(-1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indicator(operator: Option<Operator>, value_text: &str, unit: &str) -> Indicator {
        Indicator {
            code: "1".into(),
            level1: "产出指标".into(),
            level2: "数量指标".into(),
            title: "补贴发放率".into(),
            operator,
            direction: None,
            value: Some(Decimal::from(90)),
            value_text: value_text.into(),
            unit: unit.into(),
            weight: Some(Decimal::TEN),
            interim: [(6, Decimal::from(40)), (9, Decimal::from(70))].into(),
            latest: None,
            lit: None,
            along: None,
        }
    }

    fn year() -> FiscalYear {
        2021.try_into().unwrap()
    }

    #[test]
    fn expects_the_value_of_the_last_month_that_ended() {
        let indicator = indicator(Some(Operator::Ge), "≥90%", "%");
        let expected = |day: &str| indicator.expected(year(), day.parse().unwrap());
        assert_eq!(expected("2021-06-29"), None);
        assert_eq!(expected("2021-06-30"), Some(40.into()));
        assert_eq!(expected("2021-11-30"), Some(70.into()));
        assert_eq!(expected("2021-12-31"), Some(90.into()));
        assert_eq!(expected("2022-01-05"), Some(90.into()));
        assert_eq!(expected("2020-12-31"), None);
    }

    #[test]
    fn a_value_is_unread_until_a_reading_of_its_time_comes() {
        let mut indicator = indicator(Some(Operator::Ge), "≥90%", "%");
        let unread = |indicator: &Indicator, day: &str| {
            indicator.unread_since(year(), day.parse().unwrap()).map(|day| day.to_string())
        };
        assert_eq!(unread(&indicator, "2021-06-29"), None);
        assert_eq!(unread(&indicator, "2021-07-05").as_deref(), Some("2021-06-30"));
        let mut read = |date: &str| {
            indicator.latest =
                Some(LatestReading { text: "40%".into(), date: date.parse().unwrap(), number: None });
            indicator.clone()
        };
        let june = read("2021-06-15");
        assert_eq!(unread(&june, "2021-07-05"), None);
        assert_eq!(unread(&june, "2021-10-05").as_deref(), Some("2021-09-30"));
        let september = read("2021-09-01");
        assert_eq!(unread(&september, "2021-10-05"), None);
        assert_eq!(unread(&september, "2022-01-05").as_deref(), Some("2021-12-31"));
        let words = Indicator { operator: None, ..june };
        assert_eq!(unread(&words, "2022-01-05"), None);
    }

    #[test]
    fn reads_only_what_fits_the_target() {
        let percent = indicator(Some(Operator::Ge), "≥90%", "");
        assert_eq!(percent.read("88.5%", year()), Ok(Some(Decimal::new(885, 1))));
        assert_eq!(percent.read("88", year()), Ok(Some(88.into())));
        for wrong in ["0.95", "95人", "已完成", "", "80%~90%", "约40%"] {
            assert!(percent.read(wrong, year()).is_err(), "{wrong}");
        }
        let yuan = indicator(Some(Operator::Le), "≤90", "万元");
        assert_eq!(yuan.read("500000元", year()), Ok(Some(Decimal::new(50, 0))));
        let day = indicator(Some(Operator::Le), "2021年12月底前", "");
        assert_eq!(day.read("2021年11月完成", year()), Ok(None));
        assert!(day.read("95%", year()).is_err());
        let words = indicator(None, "好", "");
        assert_eq!(words.read("较好", year()), Ok(None));
    }

    #[test]
    fn a_ratio_becomes_text_of_the_targets_kind() {
        let percent = indicator(Some(Operator::Ge), "≥90%", "");
        assert_eq!(percent.ratio_text(year(), 19.into(), 20.into()).as_deref(), Some("95%"));
        assert_eq!(percent.ratio_text(year(), 1.into(), 0.into()), None);
        let fraction = indicator(Some(Operator::Le), "≤2", "人/户");
        assert_eq!(fraction.ratio_text(year(), 3.into(), 2.into()).as_deref(), Some("1.5人/户"));
    }
}
