//! Plus and minus points (加分、扣分).

use rust_decimal::Decimal;

use super::card::AdjustmentScore;
use super::table::Adjustment;
use crate::effective::EffectivePack;
use crate::exact::{Exact, plain};
use crate::explanation::Explanation;
use crate::outcome::Refusal;
use crate::pack::AdjustmentDirection;

/// Every adjustment under its rule, or everything that is refused of them.
pub(super) fn score_all(
    adjustments: &[Adjustment],
    pack: &EffectivePack,
) -> Result<Vec<AdjustmentScore>, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut scores: Vec<AdjustmentScore> = Vec::new();
    for adjustment in adjustments {
        match score(adjustment, pack) {
            Ok(score) if scores.iter().any(|other| other.rule == score.rule) => refusals.push(Refusal::new(
                "adjustments.repeated",
                &adjustment.rule,
                format!("“{}”重复，请合并次数", score.title),
            )),
            Ok(score) => scores.push(score),
            Err(refusal) => refusals.push(refusal),
        }
    }
    if refusals.is_empty() { Ok(scores) } else { Err(refusals) }
}

fn score(adjustment: &Adjustment, pack: &EffectivePack) -> Result<AdjustmentScore, Refusal> {
    let refuse = |rule: &str, message: String| Refusal::new(rule, &adjustment.rule, message);
    let rule = pack.rules.adjustments.iter().find(|rule| rule.id == adjustment.rule).ok_or_else(|| {
        refuse("adjustments.unknown", format!("当前生效的规则包没有加减分规则“{}”", adjustment.rule))
    })?;
    if adjustment.reason.trim().is_empty() {
        return Err(refuse("adjustments.reason", format!("“{}”须写明事由", rule.rule.title)));
    }
    let all = Exact(&adjustment.rule).mul(rule.rule.points_each, adjustment.times.into())?;
    let points = all.clamp(Decimal::ZERO, rule.rule.points_max.max(Decimal::ZERO));
    let (points, word) = match rule.rule.direction {
        AdjustmentDirection::Add => (points, "加"),
        AdjustmentDirection::Deduct => (-points, "扣"),
    };
    let text = format!(
        "{} × {} 次，最多 {} 分",
        plain(rule.rule.points_each),
        adjustment.times,
        plain(rule.rule.points_max)
    );
    let explanation = Explanation::of(rule)
        .input("事由", &adjustment.reason)
        .step(&rule.rule.title, text)
        .result(format!("{word} {} 分", plain(points.abs())));
    Ok(AdjustmentScore {
        rule: rule.id.clone(),
        title: rule.rule.title.clone(),
        points,
        reason: adjustment.reason.clone(),
        explanation,
    })
}
