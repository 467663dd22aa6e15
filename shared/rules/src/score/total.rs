//! Adds up, rescales for what does not apply, adjusts, caps, and grades.

use rust_decimal::Decimal;

use super::card::{AdjustmentScore, ExecutionScore, ScoreRow, Scorecard};
use crate::effective::{EffectivePack, required};
use crate::exact::{self, Exact, plain};
use crate::explanation::Explanation;
use crate::outcome::{Finding, Refusal, Severity};
use crate::pack::GradeBand;

const SUBJECT: &str = "total";
const EXACT: Exact<'static> = Exact(SUBJECT);

/// Everything that counts towards the total.
pub(super) struct Scored {
    pub(super) rows: Vec<ScoreRow>,
    pub(super) execution: Option<ExecutionScore>,
    pub(super) adjustments: Vec<AdjustmentScore>,
}

pub(super) fn close(
    scored: Scored,
    mut findings: Vec<Finding>,
    pack: &EffectivePack,
) -> Result<Scorecard, Refusal> {
    let rule = required(pack.rules.grades.as_ref(), "等级", SUBJECT)?;
    let rounding = required(pack.rules.rounding.as_ref(), "舍入", SUBJECT)?.rule;
    let Scored { rows, execution, adjustments } = scored;
    let (indicators, all, explanation) = indicators(&rows, Explanation::of(rule))?;
    let (points, weight) =
        execution.as_ref().map_or((Decimal::ZERO, Decimal::ZERO), |row| (row.given, row.weight));
    let full = EXACT.add(all, weight)?;
    let (sum, explanation) = sum(indicators, execution.as_ref(), points, &adjustments, explanation)?;
    let total = exact::round(sum, rounding.total_places, rounding.mode).clamp(Decimal::ZERO, full);
    let (total, explanation) = capped(total, execution.as_ref(), explanation, pack)?;
    if full != rule.rule.full {
        let message =
            format!("分值合计 {} 不等于 {}，总分和等级不可与其他表比较", plain(full), plain(rule.rule.full));
        findings.push(Finding::new("weights.sum", Severity::Error, "total.weight", message));
    }
    let band = grade_of(total, pack)?;
    let (grade, grade_name) = (band.grade, band.name.clone());
    let explanation = explanation
        .step(
            "按保留小数后的总分定等级",
            format!("{total} 分属于“{grade_name}”（{} 分起）", plain(band.from)),
        )
        .rounded(format!("总分保留 {} 位小数，{}", rounding.total_places, rounding.mode.chinese()))
        .result(format!("{total} 分，{grade_name}"));
    Ok(Scorecard { rows, execution, adjustments, full, total, grade, grade_name, findings, explanation })
}

/// Points of the indicators, rescaled where some do not apply, and the points they could reach.
fn indicators(
    rows: &[ScoreRow],
    explanation: Explanation,
) -> Result<(Decimal, Decimal, Explanation), Refusal> {
    let counted = || rows.iter().filter(|row| row.replaced_by.is_none());
    let all = EXACT.sum(counted().map(|row| row.weight))?;
    let applicable = EXACT.sum(counted().filter(|row| row.given.is_some()).map(|row| row.weight))?;
    let scored = EXACT.sum(counted().filter_map(|row| row.given))?;
    let explanation = explanation.input("指标得分合计", plain(scored));
    if applicable == all {
        return Ok((scored, all, explanation));
    }
    if applicable.is_zero() {
        return Err(Refusal::new("not_applicable.all", SUBJECT, "所有指标都不适用，无法计分"));
    }
    let rescaled = EXACT.ratio(scored, all, applicable)?;
    let arithmetic =
        format!("{} × {} ÷ {} = {}", plain(scored), plain(all), plain(applicable), plain(rescaled));
    Ok((rescaled, all, explanation.step("部分指标不适用，其余指标折算为满分值", arithmetic)))
}

fn sum(
    indicators: Decimal,
    execution: Option<&ExecutionScore>,
    points: Decimal,
    adjustments: &[AdjustmentScore],
    mut explanation: Explanation,
) -> Result<(Decimal, Explanation), Refusal> {
    let mut sum = EXACT.add(indicators, points)?;
    if execution.is_some() {
        let arithmetic = format!("{} + {} = {}", plain(indicators), plain(points), plain(sum));
        explanation = explanation.input("预算执行率得分", plain(points)).step("合计", arithmetic);
    }
    for adjustment in adjustments {
        let before = sum;
        sum = EXACT.add(sum, adjustment.points)?;
        let sign = if adjustment.points.is_sign_negative() { "−" } else { "+" };
        let arithmetic =
            format!("{} {sign} {} = {}", plain(before), plain(adjustment.points.abs()), plain(sum));
        explanation = explanation.step(
            format!("{}（规则 {}，{}）", adjustment.title, adjustment.rule, adjustment.reason),
            arithmetic,
        );
    }
    Ok((sum, explanation))
}

/// At most what the pack allows at this execution rate.
fn capped(
    total: Decimal,
    execution: Option<&ExecutionScore>,
    explanation: Explanation,
    pack: &EffectivePack,
) -> Result<(Decimal, Explanation), Refusal> {
    let Some((rule, row)) = pack.rules.total_cap.as_ref().zip(execution) else {
        return Ok((total, explanation));
    };
    let rate = row.rate_percent;
    let band = rule.rule.bands.iter().find(|band| band.contains(rate)).ok_or_else(|| {
        Refusal::new(
            "total_cap.bands",
            SUBJECT,
            format!("执行率 {}% 不在封顶规则的任何一档之内", plain(rate)),
        )
    })?;
    if total <= band.at_most {
        return Ok((total, explanation));
    }
    let text = format!(
        "执行率 {}% 落在自 {}% 起的一档，总分最高 {} 分（依据{}，规则 {}）",
        plain(rate),
        plain(band.from),
        plain(band.at_most),
        rule.document,
        rule.id
    );
    Ok((band.at_most, explanation.step(text, format!("{total} → {}", plain(band.at_most)))))
}

/// The grade band of a total score, such as `{Grade::Good, "良"}` for 85.82.
pub fn grade_of(total: Decimal, pack: &EffectivePack) -> Result<&GradeBand, Refusal> {
    let rule = required(pack.rules.grades.as_ref(), "等级", SUBJECT)?;
    band_of(&rule.rule.bands, total)
}

pub(crate) fn band_of(bands: &[GradeBand], score: Decimal) -> Result<&GradeBand, Refusal> {
    bands.iter().find(|band| band.contains(score)).ok_or_else(|| {
        Refusal::new("grades.range", SUBJECT, format!("得分 {} 不在任何等级之内", plain(score)))
    })
}

#[cfg(test)]
mod tests;
