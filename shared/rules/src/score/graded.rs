//! Judged indicators: levels with a chosen share (评判等级赋分), and yes/no in words (直接赋分).

use rust_decimal::Decimal;

use super::indicator::Points;
use super::table::ScoreIndicator;
use crate::effective::{EffectivePack, required};
use crate::exact::{Exact, HUNDRED, plain};
use crate::explanation::Explanation;
use crate::outcome::Refusal;
use crate::pack::{Cited, GradedLevel, GradedRule};

/// A bare level is not a score: the share inside its band must be chosen.
pub(super) fn score(indicator: &ScoreIndicator, pack: &EffectivePack) -> Result<Points, Refusal> {
    let rule = required(pack.rules.graded.as_ref(), "评判等级赋分", &indicator.code)?;
    let share = indicator.share_percent.ok_or_else(|| {
        Refusal::new(
            "graded.share",
            &indicator.code,
            "定性指标须选择评判等级，并在该等级的区间内确定得分比例",
        )
    })?;
    let level = level(indicator, rule, share)?;
    let points = Exact(&indicator.code).ratio(indicator.weight, share, HUNDRED)?;
    let arithmetic = format!("{} × {}% = {}", plain(indicator.weight), plain(share), plain(points));
    let text = format!(
        "评判为“{}”（{}%~{}%），取 {}%",
        level.name,
        plain(level.from_percent),
        plain(level.to_percent),
        plain(share)
    );
    Ok(Points { points, completion: None, explanation: explain(rule, indicator).step(text, arithmetic) })
}

fn level<'a>(
    indicator: &ScoreIndicator,
    rule: &'a Cited<GradedRule>,
    share: Decimal,
) -> Result<&'a GradedLevel, Refusal> {
    let holds = |level: &&GradedLevel| {
        share >= level.from_percent
            && (share < level.to_percent || (share == HUNDRED && level.to_percent == HUNDRED))
    };
    let by_share = rule.rule.levels.iter().find(holds).ok_or_else(|| {
        Refusal::new("graded.range", &indicator.code, format!("得分比例 {share}% 不在任何评判等级之内"))
    })?;
    match &indicator.level {
        Some(name) if *name != by_share.name => Err(Refusal::new(
            "graded.level",
            &indicator.code,
            format!("得分比例 {share}% 属于“{}”，与所选等级“{name}”不符", by_share.name),
        )),
        _ => Ok(by_share),
    }
}

/// Met (100) or not met (0), chosen by a person.
pub(super) fn direct(indicator: &ScoreIndicator, pack: &EffectivePack) -> Result<Points, Refusal> {
    let rule = required(pack.rules.direct.as_ref(), "直接赋分", &indicator.code)?;
    let (share, text) = match indicator.share_percent {
        Some(share) if share == HUNDRED => (HUNDRED, "已达到，直接赋满分"),
        Some(share) if share.is_zero() => (rule.rule.unmet_share_percent, "未达到，直接赋分"),
        _ => {
            return Err(Refusal::new(
                "direct.judgement",
                &indicator.code,
                "直接赋分的文字指标须判断为达到（100）或未达到（0）",
            ));
        }
    };
    let points = Exact(&indicator.code).ratio(indicator.weight, share, HUNDRED)?;
    let arithmetic = format!("{} × {}% = {}", plain(indicator.weight), plain(share), plain(points));
    Ok(Points { points, completion: None, explanation: explain(rule, indicator).step(text, arithmetic) })
}

fn explain<T>(rule: &Cited<T>, indicator: &ScoreIndicator) -> Explanation {
    Explanation::of(rule)
        .input("指标", &indicator.name)
        .input("指标值", &indicator.target_text)
        .input("完成情况", &indicator.actual_text)
        .input("分值", plain(indicator.weight))
}
