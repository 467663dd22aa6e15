//! Reads target and actual values as people write them: `≥90%`, `＝12次`, `2021年12月底前`, `较好`.
//!
//! What can be read in two ways is refused with the reading that would be needed; nothing is guessed.

mod date;
mod number;
mod text;
mod unit;

use hengji_kernel::{Date, FiscalYear};
use serde::{Deserialize, Serialize};

pub use self::unit::{factor, same as same_unit};
use crate::outcome::Refusal;
use crate::score::table::Measure;

/// What a value text says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reading {
    /// A number with operator and unit; a range has `high`.
    Number(Measure),
    /// On or before this day (…前完成).
    Deadline { by: Date },
    /// Some day of this period, such as a month or year.
    Period { from: Date, to: Date },
    /// Words such as 好 or 效果明显.
    Words { text: String },
    /// Nothing was filled in.
    Blank,
}

/// Reads a value that names its own year, if it is a date.
pub fn read(text: &str) -> Result<Reading, Refusal> {
    read_with(text, None)
}

/// Reads a value of a table of this budget year, so that `12月底前` is a date.
pub fn read_in_year(text: &str, year: FiscalYear) -> Result<Reading, Refusal> {
    read_with(text, Some(year))
}

fn read_with(original: &str, year: Option<FiscalYear>) -> Result<Reading, Refusal> {
    let text = text::normalize(original);
    if text.chars().all(|c| matches!(c, '-' | '—' | '/' | '－' | '―')) {
        return Ok(Reading::Blank);
    }
    if text.chars().count() > 400 {
        return Err(refuse("value.too_long", original, "文字过长，请把数值单独填写"));
    }
    if text == "无" {
        return Err(refuse("value.none", original, "请填 0，或标记为不适用"));
    }
    if let Some(reading) = date::read(&text, original, year)? {
        return Ok(reading);
    }
    if !text.chars().any(|c| c.is_ascii_digit()) {
        if text.contains("百分之") {
            return Err(refuse("value.chinese_number", original, "请用阿拉伯数字填写，如 95%"));
        }
        return Ok(Reading::Words { text });
    }
    number::read(&text, original).map(Reading::Number)
}

fn refuse(rule: &str, original: &str, needed: &str) -> Refusal {
    let shown: String = original.chars().take(40).collect();
    Refusal::new(rule, "", format!("“{shown}”无法确定读法：{needed}"))
}

#[cfg(test)]
mod tests;
