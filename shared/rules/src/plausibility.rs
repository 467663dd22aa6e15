//! Plausibility of a self-evaluation (自评质量): the checks C16 to C24.

use hengji_kernel::Grade;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::effective::{EffectivePack, required};
use crate::exact::{Exact, HUNDRED, plain};
use crate::explanation::Explanation;
use crate::outcome::{Finding, Refusal};
use crate::pack::{Cited, PlausibilityCheck, PlausibilityRule};
use crate::score::band_of;
use crate::score::card::Scorecard;
use crate::score::table::ScoreTable;

/// A self-evaluation beside its computed scorecard.
#[derive(Debug, Clone, Copy)]
pub struct SelfEvaluation<'a> {
    pub table: &'a ScoreTable,
    pub card: &'a Scorecard,
    pub notes: &'a [RowNote],
    /// Total and grade as the unit reported them.
    pub reported_total: Option<Decimal>,
    pub reported_grade: Option<Grade>,
    /// Total found by a re-check (复核).
    pub rechecked_total: Option<Decimal>,
}

/// What stands beside a row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RowNote {
    pub code: String,
    pub has_evidence: bool,
    /// 偏差原因
    pub cause: String,
    /// 改进措施
    pub measure: String,
}

/// Every finding of every check the pack holds; `code` is the rule's id.
pub fn check(evaluation: &SelfEvaluation<'_>, pack: &EffectivePack) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in &pack.rules.plausibility {
        let mut found = Found { rule, findings: &mut findings };
        match &rule.rule.check {
            PlausibilityCheck::Evidence {} => evidence(evaluation, &mut found),
            PlausibilityCheck::OverAchievement { trigger_percent } => {
                over(evaluation, *trigger_percent, &mut found);
            }
            PlausibilityCheck::LowExecutionFullOutput { rate_below_percent, output_words } => {
                low_execution(evaluation, *rate_below_percent, output_words, &mut found);
            }
            PlausibilityCheck::ScoreBounds {} => bounds(evaluation, pack, &mut found),
            PlausibilityCheck::Recheck { limit_points } => recheck(evaluation, *limit_points, &mut found),
            PlausibilityCheck::Deviation {} => deviation(evaluation, &mut found),
            PlausibilityCheck::Money {} => money(evaluation, &mut found),
            PlausibilityCheck::IdenticalTexts { min_share_percent } => {
                identical(evaluation, *min_share_percent, &mut found);
            }
            PlausibilityCheck::LevelShare { level1_words, min_percent } => {
                level_share(evaluation, level1_words, *min_percent, &mut found);
            }
        }
    }
    findings
}

/// How good a self-evaluation is, by its distance from the re-check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rechecked {
    /// Points between the self score and the re-checked one, whichever is greater.
    pub difference: Decimal,
    pub grade: Grade,
    /// The grade's printed name here.
    pub grade_name: String,
    pub explanation: Explanation,
}

/// Grades a self-evaluation by its distance from the re-checked score (自评质量降档).
pub fn grade_recheck(own: Decimal, rechecked: Decimal, pack: &EffectivePack) -> Result<Rechecked, Refusal> {
    const SUBJECT: &str = "recheck_quality";
    let rule = required(pack.rules.recheck_quality.as_ref(), "自评质量等级", SUBJECT)?;
    let difference = Exact(SUBJECT).sub(own, rechecked)?.abs();
    let band = band_of(&rule.rule.bands, difference)?;
    let explanation = Explanation::of(rule)
        .input("自评得分", plain(own))
        .input("复核得分", plain(rechecked))
        .step("相差", format!("{} 分", plain(difference)))
        .result(format!("自评质量“{}”", band.name));
    Ok(Rechecked { difference, grade: band.grade, grade_name: band.name.clone(), explanation })
}

struct Found<'a> {
    rule: &'a Cited<PlausibilityRule>,
    findings: &'a mut Vec<Finding>,
}

impl Found<'_> {
    fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.findings.push(Finding::new(self.rule.id.clone(), self.rule.rule.severity, path, message));
    }
}

impl SelfEvaluation<'_> {
    fn note(&self, code: &str) -> Option<&RowNote> {
        self.notes.iter().find(|note| note.code == code)
    }

    fn cause_missing(&self, code: &str) -> bool {
        self.note(code).is_none_or(|note| note.cause.trim().is_empty())
    }
}

fn evidence(evaluation: &SelfEvaluation<'_>, found: &mut Found<'_>) {
    for row in evaluation.card.rows.iter().filter(|row| row.given.is_some()) {
        if !evaluation.note(&row.code).is_some_and(|note| note.has_evidence) {
            found.add(format!("{}.evidence", row.code), format!("“{}”没有佐证资料", row.name));
        }
    }
}

fn over(evaluation: &SelfEvaluation<'_>, trigger: Decimal, found: &mut Found<'_>) {
    for row in &evaluation.card.rows {
        if let Some(completion) = row.completion_percent.filter(|completion| *completion > trigger)
            && evaluation.cause_missing(&row.code)
        {
            let message = format!("“{}”完成值是指标值的 {}%，没有说明原因", row.name, plain(completion));
            found.add(format!("{}.actual", row.code), message);
        }
    }
}

fn low_execution(evaluation: &SelfEvaluation<'_>, below: Decimal, words: &[String], found: &mut Found<'_>) {
    let Some(execution) = evaluation.card.execution.as_ref().filter(|row| row.rate_percent < below) else {
        return;
    };
    let mut outputs = evaluation
        .card
        .rows
        .iter()
        .filter(|row| row.given.is_some() && words.iter().any(|word| row.level1.contains(word.as_str())))
        .peekable();
    if outputs.peek().is_some() && outputs.all(|row| row.given == Some(row.weight)) {
        let message = format!("执行率只有 {}%，产出却全部得满分", plain(execution.rate_percent));
        found.add("execution", message);
    }
}

fn bounds(evaluation: &SelfEvaluation<'_>, pack: &EffectivePack, found: &mut Found<'_>) {
    let card = evaluation.card;
    for row in &card.rows {
        if row.given.is_some_and(|given| given > row.weight || given < Decimal::ZERO) {
            found.add(format!("{}.score", row.code), format!("“{}”得分超出分值范围", row.name));
        }
    }
    let full = pack.rules.grades.as_ref().map_or(HUNDRED, |rule| rule.rule.full);
    if card.full != full {
        found.add("total.weight", format!("分值合计 {}，应为 {}", plain(card.full), plain(full)));
    }
    if let Some(reported) = evaluation.reported_total.filter(|reported| *reported != card.total) {
        found.add("total.score", format!("填报总分 {reported} 与各行得分合计 {} 不一致", card.total));
    }
    if let Some(reported) = evaluation.reported_grade.filter(|reported| *reported != card.grade) {
        found.add("total.grade", format!("填报等级“{reported}”与总分对应的“{}”不符", card.grade_name));
    }
}

fn recheck(evaluation: &SelfEvaluation<'_>, limit: Decimal, found: &mut Found<'_>) {
    let own = evaluation.reported_total.unwrap_or(evaluation.card.total);
    let difference = evaluation.rechecked_total.and_then(|rechecked| own.checked_sub(rechecked));
    if let Some(difference) = difference.filter(|difference| *difference > limit) {
        found.add("total.score", format!("自评得分高于复核得分 {} 分，自评质量降档", plain(difference)));
    }
}

fn deviation(evaluation: &SelfEvaluation<'_>, found: &mut Found<'_>) {
    for row in &evaluation.card.rows {
        let missed = row.given.is_some_and(|given| given < row.weight);
        let measure_missing = evaluation.note(&row.code).is_none_or(|note| note.measure.trim().is_empty());
        if missed && (evaluation.cause_missing(&row.code) || measure_missing) {
            found.add(
                format!("{}.reason", row.code),
                format!("“{}”未得满分，须填写偏差原因和改进措施", row.name),
            );
        }
    }
}

fn money(evaluation: &SelfEvaluation<'_>, found: &mut Found<'_>) {
    let Some(money) = &evaluation.table.money else { return };
    for row in std::iter::once(&money.total).chain(&money.rows) {
        if row.annual.zip(row.executed).is_some_and(|(annual, executed)| executed > annual) {
            found.add("money", format!("“{}”执行数大于全年预算数", row.source));
        }
    }
}

fn level_share(evaluation: &SelfEvaluation<'_>, words: &[String], min: Decimal, found: &mut Found<'_>) {
    let counted = evaluation.card.rows.iter().filter(|row| row.replaced_by.is_none());
    let named = counted.filter(|row| words.iter().any(|word| row.level1.contains(word.as_str())));
    let points = named.map(|row| row.weight).try_fold(Decimal::ZERO, Decimal::checked_add);
    let share = points.and_then(|points| {
        points.checked_mul(HUNDRED).and_then(|points| points.checked_div(evaluation.card.full))
    });
    if let Some(share) = share.filter(|share| *share < min) {
        let message = format!(
            "“{}”指标的分值占 {}%，原则上不低于 {}%；实施阶段侧重过程的，须说明",
            words.join("”“"),
            plain(share),
            plain(min)
        );
        found.add("indicators.weight", message);
    }
}

fn identical(evaluation: &SelfEvaluation<'_>, min_share: Decimal, found: &mut Found<'_>) {
    let texts: Vec<_> = evaluation
        .table
        .indicators
        .iter()
        .filter(|row| !row.not_applicable && !row.target_text.trim().is_empty())
        .collect();
    let same = texts.iter().filter(|row| row.target_text.trim() == row.actual_text.trim()).count();
    let full = evaluation.card.rows.iter().all(|row| row.given.is_none_or(|given| given == row.weight));
    if texts.len() > 1 && full && Decimal::from(same) * HUNDRED >= Decimal::from(texts.len()) * min_share {
        found.add("indicators", "完成情况照抄预期目标且全部得满分，须逐项填写实际情况");
    }
}

#[cfg(test)]
mod tests;
