use hengji_kernel::{Decimal, FiscalYear, Money};
use hengji_rules::exact::{Exact, plain};
use hengji_rules::plausibility::{self, RowNote, SelfEvaluation};
use hengji_rules::score::score_indicator;
use hengji_rules::{
    EffectivePack, ExecutionScore, Finding, MoneyRow, MoneyTable, Override, ScoreIndicator, ScoreRow,
    ScoreTable, ScoringMethod, word::Nature,
};
use sha2::{Digest, Sha256};

use super::material::latest;
use super::{CardRow, Given, Indicator, Material, MoneyFacts, Problem, Reading, Scorecard};
use crate::error::Refusal;

/// Code of the execution row (预算执行率).
pub(crate) const EXECUTION: &str = "execution";

/// What the evaluator wrote beside the scores.
#[derive(Debug, Clone, Default)]
pub(crate) struct Report {
    pub(crate) given: Vec<Given>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) conclusion: String,
}

impl Report {
    fn given(&self, code: &str) -> Option<&Given> {
        self.given.iter().find(|given| given.code == code)
    }

    /// Cause and measure (偏差原因分析及改进措施) share one column of the form: the reason given for the row, or the problem
    /// that carries the row's code.
    fn note(&self, code: &str, has_evidence: bool) -> RowNote {
        let reason = self.given(code).map(|given| given.reason.clone()).unwrap_or_default();
        let problem = self.problems.iter().find(|problem| problem.id == code);
        let or_reason =
            |text: Option<&String>| text.filter(|text| !text.is_empty()).unwrap_or(&reason).clone();
        RowNote {
            code: code.to_owned(),
            has_evidence,
            cause: or_reason(problem.map(|problem| &problem.text)),
            measure: or_reason(problem.map(|problem| &problem.suggestion)),
        }
    }
}

/// A scoring as the task takes it in.
#[derive(Debug)]
pub(crate) struct Scored {
    pub(crate) card: Scorecard,
    pub(crate) target_version: i32,
    pub(crate) amount: Money,
    pub(crate) executed: Money,
    pub(crate) target_missed: bool,
    pub(crate) report: Report,
}

/// Scores what was reported against the baseline. Everything that stands in the way is told at once.
pub(crate) fn score(material: &Material, report: Report, pack: &EffectivePack) -> Result<Scored, Refusal> {
    let has_execution = has_execution(material, pack)?;
    check_given(material, &report, has_execution)?;
    let table = table(material, &report, has_execution);
    let card = hengji_rules::score(&table, pack).map_err(Refusal::NotScorable)?;
    let doubts = doubts(material, &report, &table, &card, pack);
    let judge = Judge { pack, year: material.year };
    let mut rows: Vec<_> = table
        .indicators
        .iter()
        .zip(&card.rows)
        .zip(&material.baseline.indicators)
        .map(|((asked, row), indicator)| indicator_row(asked, row, judge.missed(indicator, asked, row)))
        .collect();
    let target_missed = rows.iter().any(|row| row.missed);
    rows.extend(card.execution.as_ref().map(|row| execution_row(row, material.money)));
    let mut findings = card.findings;
    findings.extend(doubts);
    Ok(Scored {
        card: Scorecard {
            rows,
            total: card.total,
            grade: card.grade,
            grade_name: card.grade_name,
            explanation: card.explanation,
            findings,
            rule_pack_sha256: digest(pack)?,
            corrections: material.corrections.clone(),
        },
        target_version: material.baseline.version,
        amount: material.money.budget,
        executed: material.money.executed,
        target_missed,
        report,
    })
}

/// What looks implausible (自评质量), beside what scoring itself remarks.
fn doubts(
    material: &Material,
    report: &Report,
    table: &ScoreTable,
    card: &hengji_rules::Scorecard,
    pack: &EffectivePack,
) -> Vec<Finding> {
    let note = |indicator: &Indicator| {
        let reading = latest(&material.readings, &indicator.code);
        report.note(&indicator.code, reading.is_some_and(|reading| reading.has_evidence))
    };
    let notes: Vec<_> = material.baseline.indicators.iter().map(note).collect();
    let evaluation = SelfEvaluation {
        table,
        card,
        notes: &notes,
        reported_total: None,
        reported_grade: None,
        rechecked_total: None,
    };
    plausibility::check(&evaluation, pack)
}

/// Whether the table has an execution row: where the indicators leave room for it. Points that add up to more than the full
/// mark are refused, since no total could be read.
fn has_execution(material: &Material, pack: &EffectivePack) -> Result<bool, Refusal> {
    let full = pack.rules.grades.as_ref().map_or(Decimal::ONE_HUNDRED, |rule| rule.rule.full);
    let weights = material.baseline.indicators.iter().map(|indicator| indicator.weight);
    let sum = Exact("total").sum(weights).map_err(|refusal| Refusal::NotScorable(vec![refusal]))?;
    let execution = pack.rules.execution.as_ref().map_or(Decimal::ZERO, |rule| rule.rule.weight());
    let has_execution = sum < full;
    let whole = if has_execution { sum.saturating_add(execution) } else { sum };
    if whole > full {
        let message = format!("分值合计 {} 超过 {}，请先按模板调整指标分值", plain(whole), plain(full));
        return Err(Refusal::NotScorable(vec![hengji_rules::Refusal::new("weights.sum", "total", message)]));
    }
    Ok(has_execution)
}

/// A person's part must meet the baseline: known rows, once each, shares for judged rows only.
fn check_given(material: &Material, report: &Report, has_execution: bool) -> Result<(), Refusal> {
    for (index, given) in report.given.iter().enumerate() {
        let refuse =
            |field: &str, rule: &str| Err(Refusal::field(format!("given_scores[{index}].{field}"), rule));
        if report.given[..index].iter().any(|earlier| earlier.code == given.code) {
            return refuse("code", "同一指标只能给分一次");
        }
        let indicator = material.baseline.indicators.iter().find(|indicator| indicator.code == given.code);
        match indicator {
            None if given.code != EXECUTION => return refuse("code", "绩效目标中没有这个指标"),
            None if !has_execution => return refuse("code", "本表没有预算执行率一行"),
            None if given.not_applicable => return refuse("not_applicable", "预算执行率不能标记为不适用"),
            _ => {}
        }
        let judged = indicator.is_some_and(|indicator| indicator.is_judged(material.year));
        if given.share_percent.is_some() && !judged {
            return refuse("share_percent", "只有定性指标可以选择得分比例");
        }
        if given.not_applicable && (given.share_percent.is_some() || given.score.is_some()) {
            return refuse("not_applicable", "不适用的指标不能同时给分");
        }
    }
    Ok(())
}

fn table(material: &Material, report: &Report, has_execution: bool) -> ScoreTable {
    let indicators = &material.baseline.indicators;
    let money = MoneyTable {
        total: MoneyRow {
            source: "年度资金总额".into(),
            initial: material.money.initial,
            annual: Some(material.money.budget),
            executed: Some(material.money.executed),
        },
        rows: vec![],
    };
    ScoreTable {
        indicators: indicators.iter().map(|indicator| row_asked(indicator, material, report)).collect(),
        money: has_execution.then_some(money),
        execution_override: report.given(EXECUTION).and_then(overridden),
        ..ScoreTable::default()
    }
}

fn row_asked(indicator: &Indicator, material: &Material, report: &Report) -> ScoreIndicator {
    let reading = latest(&material.readings, &indicator.code);
    let target = indicator.measure(material.year);
    let actual = reading.and_then(|reading| reading.quotient(target.as_ref()));
    let given = report.given(&indicator.code);
    ScoreIndicator {
        code: indicator.code.clone(),
        level1: indicator.level1.clone(),
        level2: indicator.level2.clone(),
        name: indicator.title.clone(),
        target_text: indicator.shown(),
        target,
        actual_text: reading.map(Reading::shown).unwrap_or_default(),
        actual,
        direction: indicator.direction,
        nature: if indicator.qualitative { Nature::Qualitative } else { Nature::Quantitative },
        weight: indicator.weight,
        share_percent: given.and_then(|given| given.share_percent),
        not_applicable: given.is_some_and(|given| given.not_applicable),
        overridden: given.and_then(overridden),
        ..ScoreIndicator::default()
    }
}

fn overridden(given: &Given) -> Option<Override> {
    given.score.map(|score| Override { score, reason: given.reason.clone() })
}

/// Tells whether a target value was reached.
struct Judge<'a> {
    pack: &'a EffectivePack,
    year: FiscalYear,
}

impl Judge<'_> {
    /// Reached or not is what direct scoring (直接赋分) decides, whatever rule the points follow. Where the rules cannot tell,
    /// the person's score does. Judged rows are not missed but valued.
    fn missed(&self, indicator: &Indicator, asked: &ScoreIndicator, row: &ScoreRow) -> bool {
        if asked.not_applicable || indicator.is_judged(self.year) {
            return false;
        }
        let probe = ScoreIndicator {
            method: ScoringMethod::Direct,
            weight: Decimal::ONE_HUNDRED,
            overridden: None,
            ..asked.clone()
        };
        match score_indicator(&probe, self.pack) {
            Ok((probe, _)) => probe.computed.is_none_or(|points| points < Decimal::ONE_HUNDRED),
            Err(_) => row.given.is_some_and(|given| given < row.weight),
        }
    }
}

fn indicator_row(asked: &ScoreIndicator, row: &ScoreRow, missed: bool) -> CardRow {
    CardRow {
        code: row.code.clone(),
        title: row.name.clone(),
        target_text: asked.target_text.clone(),
        actual_text: asked.actual_text.clone(),
        weight: row.weight,
        computed: row.computed,
        given: row.given,
        given_reason: row.override_reason.clone().unwrap_or_default(),
        missed,
        explanation: row.explanation.clone(),
    }
}

fn execution_row(row: &ExecutionScore, money: MoneyFacts) -> CardRow {
    CardRow {
        code: EXECUTION.into(),
        title: "预算执行率".into(),
        target_text: format!("全年预算数 {} 元", money.budget),
        actual_text: format!("全年执行数 {} 元，执行率 {}%", money.executed, plain(row.rate_percent)),
        weight: row.weight,
        computed: Some(row.computed),
        given: Some(row.given),
        given_reason: row.override_reason.clone().unwrap_or_default(),
        missed: false,
        explanation: row.explanation.clone(),
    }
}

/// Digest of the rules in force, as catalog writes them: equal digests score alike.
fn digest(pack: &EffectivePack) -> Result<String, Refusal> {
    let text = serde_json::to_string(pack).map_err(|error| {
        let message = format!("规则包无法写出：{error}");
        Refusal::NotScorable(vec![hengji_rules::Refusal::new("pack.unwritable", "total", message)])
    })?;
    Ok(hex::encode(Sha256::digest(text)))
}

#[cfg(test)]
#[path = "scoring_tests.rs"]
mod tests;
