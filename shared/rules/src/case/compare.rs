//! Sets every printed figure against the engine's.

use rust_decimal::Decimal;

use super::outcome::{CaseItem, CaseOutcome, Verdict};
use super::{CaseRow, Deviation, PublishedCase};
use crate::effective::EffectivePack;
use crate::exact::{Exact, plain, round};
use crate::outcome::Refusal;
use crate::pack::{RoundingMode, RulePack};
use crate::score::table::{Override, ScoreTable};
use crate::score::{grade_of, score, score_execution, score_indicator};

pub(super) struct Comparison<'a> {
    pub(super) case: &'a PublishedCase,
    pub(super) pack: EffectivePack,
    /// Gets the printed scores of explained rows as overrides, for the total.
    table: ScoreTable,
    items: Vec<CaseItem>,
    faults: Vec<String>,
}

/// What the engine says about one figure.
pub(super) struct Answer {
    pub(super) computed: Option<Decimal>,
    /// Rule id or refusal name.
    pub(super) rule: String,
    pub(super) text: String,
}

impl Answer {
    fn refused(refusal: &Refusal) -> Self {
        Self { computed: None, rule: refusal.rule.clone(), text: refusal.message.clone() }
    }
}

pub(super) fn compare(case: &PublishedCase, packs: &[RulePack]) -> Result<CaseOutcome, Refusal> {
    let (pack, table) = (case.effective(packs)?, case.to_table()?);
    let mut comparison = Comparison { case, pack, table, items: Vec::new(), faults: Vec::new() };
    for (index, row) in case.rows.iter().enumerate() {
        comparison.row(index, row);
    }
    comparison.execution();
    let total = comparison.total()?;
    comparison.grade();
    comparison.list()?;
    comparison.stale();
    Ok(CaseOutcome { id: case.id.clone(), total, items: comparison.items, faults: comparison.faults })
}

/// Equal after rounding half up to the printed decimals; the second part says that rounding was needed.
fn agrees(computed: Decimal, printed: Decimal) -> (bool, bool) {
    let rounded = round(computed, printed.scale(), RoundingMode::HalfUp);
    (rounded == printed, rounded != computed)
}

impl<'a> Comparison<'a> {
    fn deviation(&self, row: &str) -> Option<&'a Deviation> {
        self.case.deviations.iter().find(|deviation| deviation.row == row)
    }

    fn row(&mut self, index: usize, row: &CaseRow) {
        let Some(printed) = row.score else { return };
        let answer = match score_indicator(&self.table.indicators[index], &self.pack) {
            Ok((scored, _)) => Answer {
                computed: scored.computed,
                rule: scored.explanation.rule.clone(),
                text: scored.explanation.to_chinese(),
            },
            Err(refusal) => Answer::refused(&refusal),
        };
        let weight = row.weight.unwrap_or_default();
        let needed = needed_rule(&answer, printed, weight);
        let verdict = self.judge(&row.code, &row.name, printed, answer, Some(&needed), row.weight_recovered);
        if verdict == Verdict::Explained && printed >= Decimal::ZERO && printed <= weight {
            let reason = "公开表所印得分".to_owned();
            self.table.indicators[index].overridden = Some(Override { score: printed, reason });
        }
    }

    fn execution(&mut self) {
        let printed = &self.case.printed;
        let Some(money) = &self.table.money else { return };
        let (points, rate) = match score_execution(money, None, &self.pack) {
            Ok((scored, _)) if printed.execution_weight.is_none_or(|weight| weight == scored.weight) => {
                let text = scored.explanation.to_chinese();
                let answer = |computed| Answer {
                    computed: Some(computed),
                    rule: scored.explanation.rule.clone(),
                    text: text.clone(),
                };
                (answer(scored.computed), answer(scored.rate_percent))
            }
            Ok((scored, _)) => {
                let weight = scored.weight;
                let message = format!("规则的执行率分值是 {weight}，与所印分值不同");
                let refusal = Refusal::new("execution.weight", "execution", message);
                (Answer::refused(&refusal), Answer::refused(&refusal))
            }
            Err(refusals) => match refusals.first() {
                Some(refusal) => (Answer::refused(refusal), Answer::refused(refusal)),
                None => return,
            },
        };
        if let Some(score) = printed.execution {
            let weight = printed.execution_weight.unwrap_or(Decimal::ONE_HUNDRED);
            let needed = needed_rule(&points, score, weight);
            let verdict = self.judge("execution", "预算执行率", score, points, Some(&needed), false);
            if verdict == Verdict::Explained {
                let reason = "公开表所印得分".to_owned();
                self.table.execution_override = Some(Override { score, reason });
            }
        }
        let legible = self.case.money.as_ref().is_some_and(|money| !money.from_rate);
        if let Some(printed) = printed.rate.filter(|_| legible) {
            let needed = rate.rule.clone();
            self.judge("rate", "执行率（%）", printed, rate, Some(&needed), false);
        }
    }

    fn total(&mut self) -> Result<Option<Decimal>, Refusal> {
        if !self.case.complete {
            self.bounded_total()?;
            return Ok(None);
        }
        if self.case.rows.iter().any(|row| row.weight.is_none()) {
            return Ok(None);
        }
        let (answer, without_execution) = match score(&self.table, &self.pack) {
            Ok(card) => {
                let execution = card.execution.as_ref().map_or(Decimal::ZERO, |row| row.given);
                let text = card.explanation.to_chinese();
                let answer = Answer { computed: Some(card.total), rule: card.explanation.rule, text };
                (answer, card.total.checked_sub(execution))
            }
            Err(refusals) => match refusals.first() {
                Some(refusal) => (Answer::refused(refusal), None),
                None => return Ok(None),
            },
        };
        let total = answer.computed;
        if let Some(printed) = self.case.printed.total {
            // left out the execution row: holds only if the indicators alone make the printed total
            let left_out = without_execution.is_some_and(|sum| agrees(sum, printed).0);
            let claimed = self.deviation("total").is_some_and(|deviation| deviation.rule == "weights.sum");
            if claimed && !left_out {
                self.faults.push("total：不计执行率后仍不等于所印总分".into());
            }
            let uncapped =
                self.deviation("total").is_some_and(|deviation| deviation.rule == "override.bounds");
            if uncapped && self.printed_sum()? != printed {
                self.faults.push("total：所印各行得分之和不等于所印总分".into());
            }
            self.judge("total", "总分", printed, answer, None, false);
        }
        Ok(total)
    }

    /// Scores as printed, execution row included.
    fn printed_sum(&self) -> Result<Decimal, Refusal> {
        let execution = self.case.printed.execution;
        Exact(&self.case.id).sum(self.case.rows.iter().filter_map(|row| row.score).chain(execution))
    }

    /// With rows missing, the total can only be bounded.
    fn bounded_total(&mut self) -> Result<(), Refusal> {
        let Some(printed) = self.case.printed.total else { return Ok(()) };
        let low = self.printed_sum()?;
        let high = Exact(&self.case.id).add(low, self.case.unseen_weight)?;
        if printed >= low && printed <= high {
            let reach = format!("{}~{}", plain(low), plain(high));
            self.push("total", "总分", printed.to_string(), Some(reach), Verdict::InReach);
            return Ok(());
        }
        let text = format!("可见各行合计 {}，未见各行至多 {}", plain(low), plain(self.case.unseen_weight));
        self.judge(
            "total",
            "总分",
            printed,
            Answer { computed: Some(high), rule: "total".into(), text },
            None,
            false,
        );
        Ok(())
    }

    /// The grade is judged from the printed total.
    fn grade(&mut self) {
        let (Some(total), Some(printed)) = (self.case.printed.total, self.case.printed.grade.clone()) else {
            return;
        };
        let name = grade_of(total, &self.pack).map(|band| band.name.clone()).ok();
        let verdict = match (name.as_ref() == Some(&printed), self.deviation("grade")) {
            (true, _) => Verdict::Reproduced,
            (false, Some(_)) => Verdict::Explained,
            (false, None) => Verdict::Unexplained,
        };
        self.push("grade", "等级", printed, name, verdict);
    }

    pub(super) fn judge(
        &mut self,
        row: &str,
        name: &str,
        printed: Decimal,
        answer: Answer,
        needed_rule: Option<&str>,
        weak: bool,
    ) -> Verdict {
        let (equal, loose) = answer.computed.map_or((false, false), |computed| agrees(computed, printed));
        let deviation = self.deviation(row);
        let verdict = match (equal, deviation) {
            (true, _) if weak => Verdict::Weak,
            (true, _) => Verdict::Reproduced,
            (false, Some(_)) => Verdict::Explained,
            (false, None) => Verdict::Unexplained,
        };
        if let (false, Some(deviation), Some(needed)) = (equal, deviation, needed_rule)
            && deviation.rule != needed
        {
            self.faults.push(format!("{row}：偏差的规则应为 {needed}，记录为 {}", deviation.rule));
        }
        self.push(row, name, printed.to_string(), answer.computed.map(plain), verdict);
        if let Some(item) = self.items.last_mut() {
            item.loose = equal && loose;
            if verdict != Verdict::Explained {
                (item.rule, item.reason) = (answer.rule, answer.text);
            }
        }
        verdict
    }

    pub(super) fn push(
        &mut self,
        row: &str,
        name: &str,
        printed: String,
        computed: Option<String>,
        verdict: Verdict,
    ) {
        let (rule, reason) = match self.deviation(row) {
            Some(deviation) if verdict == Verdict::Explained => {
                (deviation.rule.clone(), deviation.reason.clone())
            }
            _ => (String::new(), String::new()),
        };
        let (row, name) = (row.to_owned(), name.to_owned());
        self.items.push(CaseItem { row, name, printed, computed, verdict, loose: false, rule, reason });
    }

    fn stale(&mut self) {
        for deviation in &self.case.deviations {
            let used =
                self.items.iter().any(|item| item.row == deviation.row && item.verdict == Verdict::Explained);
            if !used {
                self.faults.push(format!("{}：记录了偏差，实际并无偏差", deviation.row));
            }
            if deviation.reason.trim().is_empty() || deviation.rule.trim().is_empty() {
                self.faults.push(format!("{}：偏差须写明规则和原因", deviation.row));
            }
        }
    }
}

/// The only rule that can stand against a printed score.
fn needed_rule(answer: &Answer, printed: Decimal, weight: Decimal) -> String {
    if answer.computed.is_none() {
        answer.rule.clone()
    } else if printed < Decimal::ZERO || printed > weight {
        "override.bounds".to_owned()
    } else {
        "override".to_owned()
    }
}
