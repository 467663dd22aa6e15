//! Deadlines (时效指标): met or not, by date comparison.

use hengji_kernel::Date;
use rust_decimal::Decimal;

use super::indicator::Points;
use super::measure;
use super::table::ScoreIndicator;
use crate::effective::{EffectivePack, required};
use crate::exact::{Exact, HUNDRED, plain};
use crate::explanation::Explanation;
use crate::outcome::Refusal;

pub(super) fn score(indicator: &ScoreIndicator, pack: &EffectivePack, by: Date) -> Result<Points, Refusal> {
    let rule = required(pack.rules.direct.as_ref(), "直接赋分", &indicator.code)?;
    let span = measure::actual_span(indicator, pack)?;
    let (share, text): (Decimal, &str) = if span.to <= by {
        (HUNDRED, "按期完成，直接赋满分")
    } else if span.from > by {
        (rule.rule.unmet_share_percent, "逾期完成，直接赋分")
    } else {
        let message = format!("完成时间“{}”跨过了期限 {by}，请填写具体日期", indicator.actual_text);
        return Err(Refusal::new("actual.date_span", &indicator.code, message));
    };
    let points = Exact(&indicator.code).ratio(indicator.weight, share, HUNDRED)?;
    let arithmetic = format!("{} × {}% = {}", plain(indicator.weight), plain(share), plain(points));
    let explanation = Explanation::of(rule)
        .input("指标", &indicator.name)
        .input("期限", by)
        .input("完成时间", &indicator.actual_text)
        .input("分值", plain(indicator.weight))
        .step(text, arithmetic);
    Ok(Points { points, completion: None, explanation })
}
