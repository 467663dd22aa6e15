//! Numbers with operator and unit.

use rust_decimal::Decimal;

use super::{refuse, unit};
use crate::outcome::Refusal;
use crate::score::table::Measure;
use crate::word::Operator;

const LEADS: [(&str, Option<Operator>); 24] = [
    ("≥", Some(Operator::Ge)),
    ("≤", Some(Operator::Le)),
    (">", Some(Operator::Gt)),
    ("<", Some(Operator::Lt)),
    ("=", Some(Operator::Eq)),
    ("大于等于", Some(Operator::Ge)),
    ("大于或等于", Some(Operator::Ge)),
    ("小于等于", Some(Operator::Le)),
    ("小于或等于", Some(Operator::Le)),
    ("不低于", Some(Operator::Ge)),
    ("不少于", Some(Operator::Ge)),
    ("不小于", Some(Operator::Ge)),
    ("至少", Some(Operator::Ge)),
    ("不超过", Some(Operator::Le)),
    ("不高于", Some(Operator::Le)),
    ("不大于", Some(Operator::Le)),
    ("不多于", Some(Operator::Le)),
    ("大于", Some(Operator::Gt)),
    ("高于", Some(Operator::Gt)),
    ("超过", Some(Operator::Gt)),
    ("小于", Some(Operator::Lt)),
    ("低于", Some(Operator::Lt)),
    ("等于", Some(Operator::Eq)),
    ("达到", None),
];

const TAILS: [(&str, Operator); 4] =
    [("及以上", Operator::Ge), ("以上", Operator::Ge), ("以内", Operator::Le), ("以下", Operator::Le)];

pub(super) fn read(text: &str, original: &str) -> Result<Measure, Refusal> {
    if text.contains('±') {
        return Err(refuse("value.relative", original, "“±”须写明相对于哪个数，请填写上下限，如 90%~110%"));
    }
    if text.contains('约') || text.ends_with("左右") {
        return Err(refuse("value.approximate", original, "“约”“左右”不能计分，请填写确定的数值"));
    }
    let (mut operator, rest) = lead(text);
    let (rest, per_cent) = match rest.strip_prefix("百分之") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let (value, rest) = take(rest, original)?;
    if is_exponent(rest) {
        return Err(refuse("value.scientific", original, "科学记数法请改写为完整的数"));
    }
    let mut rest = rest;
    for (tail, meaning) in TAILS {
        if let Some(shorter) = rest.strip_suffix(tail) {
            if operator.is_some_and(|given| given != meaning) {
                return Err(refuse("value.two_operators", original, "前后比较符号不一致，请只保留一个"));
            }
            operator = Some(meaning);
            rest = shorter;
            break;
        }
    }
    if let Some(measure) = range(value, rest, original)? {
        return match operator {
            None => Ok(measure),
            Some(_) => Err(refuse("value.two_operators", original, "区间不应再带比较符号")),
        };
    }
    if per_cent {
        return match rest {
            "" => Ok(Measure { operator, value, high: None, unit: Some("%".into()) }),
            _ => Err(refuse("value.mixed", original, "请把数值和单位单独填写")),
        };
    }
    Ok(Measure { operator, value, high: None, unit: read_unit(rest, original)? })
}

fn lead(text: &str) -> (Option<Operator>, &str) {
    for (word, operator) in LEADS {
        if let Some(rest) = text.strip_prefix(word) {
            return (operator, rest);
        }
    }
    (None, text)
}

/// A number at the start: sign, digits with proper thousands separators, decimals.
fn take<'a>(text: &'a str, original: &str) -> Result<(Decimal, &'a str), Refusal> {
    let mixed = || refuse("value.mixed", original, "文字与数字混写，请把比较符号、数值和单位分开填写");
    let sign = text.strip_prefix(['-', '+']);
    let body = sign.unwrap_or(text);
    let end = body.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(body.len());
    let (digits, rest) = body.split_at(end);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || digits.ends_with(',') {
        return Err(mixed());
    }
    let digits = separated(digits).ok_or_else(|| {
        refuse("value.separator", original, "千分位逗号的位置不对，可能是两个数，请重新填写")
    })?;
    let value = Decimal::from_str_exact(&digits)
        .map_err(|_| refuse("value.number", original, "不是一个可精确计算的数（位数过多或小数点有误）"))?;
    Ok((if text.starts_with('-') { -value } else { value }, rest))
}

fn separated(digits: &str) -> Option<String> {
    if !digits.contains(',') {
        return Some(digits.to_owned());
    }
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let proper =
        (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3) && !decimals.contains(',');
    proper.then(|| digits.replace(',', ""))
}

fn range(low: Decimal, rest: &str, original: &str) -> Result<Option<Measure>, Refusal> {
    let (first_unit, second) = match rest.find(['-', '~', '—', '至']) {
        Some(at) => {
            let width = rest[at..].chars().next().map_or(1, char::len_utf8);
            (&rest[..at], &rest[at + width..])
        }
        None => return Ok(None),
    };
    if !second.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(None);
    }
    let (high, rest) = take(second, original)?;
    let last_unit = read_unit(rest, original)?;
    let first_unit = read_unit(first_unit, original)?;
    if first_unit.is_some() && first_unit != last_unit {
        return Err(refuse("value.range_unit", original, "区间两端的单位不同"));
    }
    if matches!(last_unit.as_deref(), Some("月" | "日" | "号" | "月份")) {
        let needed = "是月份（日期）的起止还是数量的区间？请填写具体日期，或把数量和单位写全，如 6~12个月";
        return Err(refuse("value.month_range", original, needed));
    }
    if high < low {
        return Err(refuse("value.range_order", original, "区间的下限大于上限"));
    }
    Ok(Some(Measure { operator: Some(Operator::Range), value: low, high: Some(high), unit: last_unit }))
}

/// What a spreadsheet leaves of a large number: `E+05`.
fn is_exponent(rest: &str) -> bool {
    let digits = rest.strip_prefix(['e', 'E']).map(|rest| rest.strip_prefix(['+', '-']).unwrap_or(rest));
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn read_unit(rest: &str, original: &str) -> Result<Option<String>, Refusal> {
    let digits = rest.chars().any(|c| c.is_ascii_digit());
    if digits && !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(refuse("value.many_numbers", original, "含有多个数，请只填写一个数值"));
    }
    let named = |c: char| c.is_alphanumeric() || matches!(c, '%' | '‰' | '℃' | '°' | '#' | '㎡' | '㎥');
    let empty = rest.chars().all(|c| matches!(c, ';' | '；' | '。' | '、'));
    if rest.chars().count() > 12 || rest.contains(',') || !(empty || rest.chars().any(named)) {
        return Err(refuse("value.mixed", original, "数值后的文字不像计量单位，请把数值和单位单独填写"));
    }
    Ok(unit::normalize(rest))
}
