//! Adds up, rescales for what does not apply, and grades.

use rust_decimal::Decimal;

use super::card::{ExecutionScore, ScoreRow, Scorecard};
use crate::effective::{EffectivePack, required};
use crate::exact::{self, Exact, plain};
use crate::explanation::Explanation;
use crate::outcome::{Finding, Refusal, Severity};
use crate::pack::GradeBand;

const SUBJECT: &str = "total";
const EXACT: Exact<'static> = Exact(SUBJECT);

pub(super) fn close(
    rows: Vec<ScoreRow>,
    execution: Option<ExecutionScore>,
    mut findings: Vec<Finding>,
    pack: &EffectivePack,
) -> Result<Scorecard, Refusal> {
    let rule = required(pack.rules.grades.as_ref(), "等级", SUBJECT)?;
    let rounding = required(pack.rules.rounding.as_ref(), "舍入", SUBJECT)?.rule;
    let all = EXACT.sum(rows.iter().map(|row| row.weight))?;
    let applicable = EXACT.sum(rows.iter().filter(|row| row.given.is_some()).map(|row| row.weight))?;
    let scored = EXACT.sum(rows.iter().filter_map(|row| row.given))?;
    let mut explanation = Explanation::of(rule).input("指标得分合计", plain(scored));
    let indicators = if applicable == all {
        scored
    } else if applicable.is_zero() {
        return Err(Refusal::new("not_applicable.all", SUBJECT, "所有指标都不适用，无法计分"));
    } else {
        let rescaled = EXACT.ratio(scored, all, applicable)?;
        let arithmetic =
            format!("{} × {} ÷ {} = {}", plain(scored), plain(all), plain(applicable), plain(rescaled));
        explanation = explanation.step("部分指标不适用，其余指标折算为满分值", arithmetic);
        rescaled
    };
    let (points, weight) =
        execution.as_ref().map_or((Decimal::ZERO, Decimal::ZERO), |row| (row.given, row.weight));
    let full = EXACT.add(all, weight)?;
    let sum = EXACT.add(indicators, points)?;
    let total = exact::round(sum, rounding.total_places, rounding.mode).clamp(Decimal::ZERO, full);
    if execution.is_some() {
        let arithmetic = format!("{} + {} = {}", plain(indicators), plain(points), plain(sum));
        explanation = explanation.input("预算执行率得分", plain(points)).step("合计", arithmetic);
    }
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
    Ok(Scorecard { rows, execution, full, total, grade, grade_name, findings, explanation })
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
