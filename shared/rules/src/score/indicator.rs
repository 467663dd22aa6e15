//! One indicator: which rule, what it computes, and what a person gave instead.

use rust_decimal::Decimal;

use super::card::ScoreRow;
use super::measure::{self, Target};
use super::table::{Override, ScoreIndicator};
use super::{dated, graded, quantitative};
use crate::effective::{EffectivePack, required};
use crate::exact::{self, plain};
use crate::explanation::Explanation;
use crate::outcome::{Finding, Refusal};
use crate::pack::{MissingActualRule, NotApplicableRule};
use crate::word::{Nature, ScoringMethod};

/// Points of one indicator before rounding.
pub(super) struct Points {
    pub(super) points: Decimal,
    /// Percent of the target, uncapped, where a ratio exists.
    pub(super) completion: Option<Decimal>,
    pub(super) explanation: Explanation,
}

/// Scores one indicator; the score lies within 0 and its weight.
pub fn score_indicator(
    indicator: &ScoreIndicator,
    pack: &EffectivePack,
) -> Result<(ScoreRow, Vec<Finding>), Refusal> {
    if indicator.weight < Decimal::ZERO || indicator.weight > Decimal::ONE_THOUSAND {
        return Err(Refusal::new("weight.range", &indicator.code, "分值须在 0 至 1000 之间"));
    }
    let mut findings = Vec::new();
    if indicator.not_applicable {
        return Ok((not_applicable(indicator, pack)?, findings));
    }
    let (computed, completion, explanation) = match compute(indicator, pack, &mut findings) {
        Ok(points) => {
            let (score, explanation) = rounded(points.points, indicator, points.explanation, pack)?;
            (Some(score), points.completion, explanation)
        }
        // what cannot be computed may still be judged by a person, except what was never reported
        Err(refusal) if indicator.overridden.is_some() && refusal.rule != "actual.missing" => {
            let rounding = required(pack.rules.rounding.as_ref(), "舍入", &indicator.code)?;
            (
                None,
                None,
                Explanation::of(rounding).step("无法按规则计算", refusal.message).result("由评分人给分"),
            )
        }
        Err(refusal) => return Err(refusal),
    };
    let given = match &indicator.overridden {
        Some(overridden) => Some(checked_override(overridden, indicator.weight, &indicator.code)?),
        None => computed,
    };
    Ok((row(indicator, computed, given, completion, explanation), findings))
}

fn row(
    indicator: &ScoreIndicator,
    computed: Option<Decimal>,
    given: Option<Decimal>,
    completion_percent: Option<Decimal>,
    explanation: Explanation,
) -> ScoreRow {
    ScoreRow {
        code: indicator.code.clone(),
        level1: indicator.level1.clone(),
        level2: indicator.level2.clone(),
        name: indicator.name.clone(),
        weight: indicator.weight,
        computed,
        given,
        override_reason: indicator.overridden.as_ref().map(|overridden| overridden.reason.clone()),
        completion_percent,
        replaced_by: None,
        explanation,
    }
}

fn not_applicable(indicator: &ScoreIndicator, pack: &EffectivePack) -> Result<ScoreRow, Refusal> {
    let rule = required(pack.rules.not_applicable.as_ref(), "不适用指标", &indicator.code)?;
    match rule.rule {
        NotApplicableRule::Rescale {} => {
            let explanation =
                Explanation::of(rule).step("本项不适用，不计分，其余指标按比例折算", "").result("不计分");
            Ok(row(indicator, None, None, None, explanation))
        }
        NotApplicableRule::Refuse {} => {
            Err(Refusal::new("not_applicable.refused", &indicator.code, "当前规则不允许把指标标记为不适用"))
        }
    }
}

pub(super) fn checked_override(
    overridden: &Override,
    weight: Decimal,
    subject: &str,
) -> Result<Decimal, Refusal> {
    if overridden.reason.trim().is_empty() {
        return Err(Refusal::new("override.reason", subject, "改动计算得分须写明理由"));
    }
    if overridden.score < Decimal::ZERO || overridden.score > weight {
        let message = format!("得分 {} 须在 0 与分值 {weight} 之间", overridden.score);
        return Err(Refusal::new("override.bounds", subject, message));
    }
    Ok(overridden.score)
}

fn compute(
    indicator: &ScoreIndicator,
    pack: &EffectivePack,
    findings: &mut Vec<Finding>,
) -> Result<Points, Refusal> {
    let judged = indicator.method == ScoringMethod::Graded
        || (indicator.method == ScoringMethod::Auto && indicator.nature == Nature::Qualitative);
    if judged {
        return graded::score(indicator, pack);
    }
    if indicator.actual.is_none() && is_blank(&indicator.actual_text) && indicator.share_percent.is_none() {
        return missing(indicator, pack);
    }
    match measure::target(indicator, pack)? {
        Target::Number { operator, measure } => {
            let actual = measure::actual_number(indicator, &measure, pack, findings)?;
            quantitative::score(indicator, pack, operator, &measure, actual, findings)
        }
        Target::Deadline(by) => dated::score(indicator, pack, by),
        Target::Words if indicator.method == ScoringMethod::Direct => graded::direct(indicator, pack),
        Target::Words if indicator.method == ScoringMethod::Auto => graded::score(indicator, pack),
        Target::Words => Err(Refusal::new(
            "target.words",
            &indicator.code,
            "指标值是文字，不能按完成比例计分，请改为数值或改用评判等级赋分",
        )),
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || matches!(c, '-' | '—' | '/'))
}

fn missing(indicator: &ScoreIndicator, pack: &EffectivePack) -> Result<Points, Refusal> {
    let rule = required(pack.rules.missing_actual.as_ref(), "未填完成值", &indicator.code)?;
    match rule.rule {
        MissingActualRule::Refuse {} => Err(Refusal::new(
            "actual.missing",
            &indicator.code,
            "没有填写完成值：未填报不等于零，请补填后再提交",
        )),
        MissingActualRule::Zero {} => Ok(Points {
            points: Decimal::ZERO,
            completion: None,
            explanation: Explanation::of(rule).step("没有填写完成值，按当前规则得 0 分", ""),
        }),
    }
}

/// Rounds by the pack and keeps the score within the weight.
pub(super) fn rounded(
    points: Decimal,
    indicator: &ScoreIndicator,
    explanation: Explanation,
    pack: &EffectivePack,
) -> Result<(Decimal, Explanation), Refusal> {
    let rule = required(pack.rules.rounding.as_ref(), "舍入", &indicator.code)?.rule;
    let score = exact::round(points, rule.row_places, rule.mode).clamp(Decimal::ZERO, indicator.weight);
    let how = format!("得分保留 {} 位小数，{}", rule.row_places, rule.mode.chinese());
    Ok((score, explanation.rounded(how).result(format!("{score} 分（分值 {}）", plain(indicator.weight)))))
}
