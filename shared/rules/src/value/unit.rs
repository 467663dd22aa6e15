//! Units: spelling variants of one unit, and the factor between 元 and 万元.

use rust_decimal::Decimal;

/// One spelling for a unit: `百分比`, `(百分比)` and `％` are `%`.
pub(super) fn normalize(unit: &str) -> Option<String> {
    let unit = unit.trim_matches(|c| matches!(c, ';' | '；' | '。' | ',' | '、'));
    // 90%(含)以上: the bound is included anyway
    let unit = unit.strip_suffix("(含)").or_else(|| unit.strip_suffix("(含本数)")).unwrap_or(unit);
    let unit = match unit {
        "" => return None,
        "百分比" | "(百分比)" | "%(百分比)" | "百分数" | "(%)" => "%",
        "人民币元" | "圆" => "元",
        other => other.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(other),
    };
    Some(unit.to_owned())
}

/// True if both units are spelled alike after normalising.
pub fn same(left: &str, right: &str) -> bool {
    normalize(left) == normalize(right)
}

/// What a value in `from` is multiplied by to be in `to`, when they differ only in 万 or 亿; otherwise nothing.
pub fn factor(from: &str, to: &str) -> Option<Decimal> {
    let (from, to) = (normalize(from)?, normalize(to)?);
    let (from_scale, from_base) = split(&from);
    let (to_scale, to_base) = split(&to);
    if from_base != to_base {
        return None;
    }
    from_scale.checked_div(to_scale)
}

fn split(unit: &str) -> (Decimal, &str) {
    for (prefix, scale) in [("亿", 100_000_000i64), ("万", 10_000), ("千", 1_000)] {
        if let Some(base) = unit.strip_prefix(prefix).filter(|base| !base.is_empty()) {
            // 千克 and 千米 are units of their own
            if prefix != "千" || base == "元" || base == "人" {
                return (Decimal::from(scale), base);
            }
        }
    }
    (Decimal::ONE, unit)
}
