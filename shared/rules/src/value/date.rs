//! Chinese dates and deadlines.

use hengji_kernel::{Date, FiscalYear, Invalid};

use super::{Reading, refuse};
use crate::outcome::Refusal;

/// A date if the text is one, nothing if it is something else.
pub(super) fn read(text: &str, original: &str, year: Option<FiscalYear>) -> Result<Option<Reading>, Refusal> {
    let text = ["不晚于", "截至", "截止", "于", "在"]
        .iter()
        .find_map(|lead| text.strip_prefix(lead))
        .unwrap_or(text);
    if let Some(date) = numeric(text) {
        return date.map(|by| Some(Reading::Deadline { by })).map_err(|_| wrong(original));
    }
    let Some(parts) = Parts::take(text, year) else { return Ok(None) };
    parts.reading(original).map(Some)
}

fn wrong(original: &str) -> Refusal {
    refuse("value.date", original, "不是有效日期")
}

/// `2021-12-31`, `2021.12.31` or `2021/12/31`; an error for an impossible day.
fn numeric(text: &str) -> Option<Result<Date, Invalid>> {
    for separator in ['-', '.', '/'] {
        let parts: Vec<&str> = text.split(separator).collect();
        if let [year, month, day] = parts.as_slice()
            && year.len() == 4
            && [year, month, day].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()))
        {
            return Some(format!("{year}-{month:0>2}-{day:0>2}").parse());
        }
    }
    None
}

struct Parts<'a> {
    year: Option<i32>,
    month: Option<u8>,
    day: Option<u8>,
    tail: &'a str,
}

impl<'a> Parts<'a> {
    fn take(text: &'a str, budget_year: Option<FiscalYear>) -> Option<Self> {
        let (year, rest) = match number_before(text, "年") {
            Some((digits, rest)) if digits.len() == 4 => (Some(digits.parse().ok()?), rest),
            Some(_) => return None,
            None => (None, text.strip_prefix("当年").or_else(|| text.strip_prefix("本年")).unwrap_or(text)),
        };
        let (month, rest) = match number_before(rest, "月") {
            Some((digits, rest)) => (Some(digits.parse().ok()?), rest),
            None => (None, rest),
        };
        let (day, rest) = match number_before(rest, "日") {
            Some((digits, rest)) => (Some(digits.parse().ok()?), rest),
            None => (None, rest),
        };
        let named = year.is_some() || month.is_some();
        let tail = ["完成", "完工", "以"].iter().fold(rest, |rest, word| rest.trim_end_matches(word));
        let known = matches!(
            tail,
            "" | "前"
                | "以前"
                | "之前"
                | "底前"
                | "底之前"
                | "底以前"
                | "底"
                | "末"
                | "末前"
                | "内"
                | "以内"
                | "度"
                | "度内"
        );
        (named && known).then(|| Self {
            year: year.or_else(|| budget_year.map(FiscalYear::number)),
            month,
            day,
            tail,
        })
    }

    fn reading(&self, original: &str) -> Result<Reading, Refusal> {
        let Some(year) = self.year else {
            return Err(refuse("value.no_year", original, "没有写年份"));
        };
        let first =
            Date::new(year, self.month.unwrap_or(1), self.day.unwrap_or(1)).map_err(|_| wrong(original))?;
        let last = self.last(year).ok_or_else(|| wrong(original))?;
        let before = self.tail.ends_with('前');
        let end = self.tail.starts_with(['底', '末']);
        match (before, end, self.day) {
            // "9月前" may or may not include September
            (true, false, None) => {
                Err(refuse("value.before", original, "请写明是否包含当月（当年），如“9月底前”或具体日期"))
            }
            (true, _, _) | (_, true, _) | (_, _, Some(_)) => Ok(Reading::Deadline { by: last }),
            _ => Ok(Reading::Period { from: first, to: last }),
        }
    }

    fn last(&self, year: i32) -> Option<Date> {
        match (self.month, self.day) {
            (Some(month), Some(day)) => Date::new(year, month, day).ok(),
            (Some(month), None) => (28..=31).rev().find_map(|day| Date::new(year, month, day).ok()),
            (None, _) => Date::new(year, 12, 31).ok(),
        }
    }
}

fn number_before<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let rest = text[end..].strip_prefix(word)?;
    (end > 0 && end <= 4).then(|| (&text[..end], rest))
}
