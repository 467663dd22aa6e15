//! A region at once: tables in, results out in the same order, on all cores, in bounded memory.

use std::thread;

use hengji_kernel::Grade;
use rust_decimal::Decimal;

use super::plan::Plan;
use crate::effective::EffectivePack;
use crate::outcome::Refusal;
use crate::score::card::Scorecard;
use crate::score::score;
use crate::score::table::ScoreTable;

/// Tables a core takes at a time.
const CHUNK: usize = 256;

/// A scored table without its explanations, which [`score`] gives for any one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub total: Decimal,
    pub full: Decimal,
    pub grade: Grade,
    /// Points of each row in the table's order; nothing where the row does not apply.
    pub rows: Vec<Option<Decimal>>,
    /// Points of the execution row, where the form has one.
    pub execution: Option<Decimal>,
    /// Codes of what was found, each once, sorted.
    pub findings: Vec<String>,
}

/// Scores every table under one pack and hands the results to `sink` in the order of the tables. Never more than
/// `cores` x 256 tables are held. A sink that answers false ends the run.
pub fn score_all<K: Send>(
    pack: &EffectivePack,
    tables: impl IntoIterator<Item = (K, ScoreTable)>,
    cores: usize,
    mut sink: impl FnMut(K, Result<Summary, Vec<Refusal>>) -> bool,
) {
    let plan = Plan::of(pack);
    let mut tables = tables.into_iter();
    loop {
        let round: Vec<Vec<(K, ScoreTable)>> = (0..cores.max(1))
            .map(|_| tables.by_ref().take(CHUNK).collect())
            .take_while(|chunk: &Vec<_>| !chunk.is_empty())
            .collect();
        if round.is_empty() {
            return;
        }
        for (key, result) in scored(plan.as_ref(), pack, round) {
            if !sink(key, result) {
                return;
            }
        }
    }
}

type Keyed<K> = (K, Result<Summary, Vec<Refusal>>);

fn scored<K: Send>(
    plan: Option<&Plan<'_>>,
    pack: &EffectivePack,
    round: Vec<Vec<(K, ScoreTable)>>,
) -> Vec<Keyed<K>> {
    let work = |chunk: Vec<(K, ScoreTable)>| -> Vec<Keyed<K>> {
        chunk.into_iter().map(|(key, table)| (key, summary(plan, pack, &table))).collect()
    };
    thread::scope(|scope| {
        let mut chunks = round.into_iter();
        let first = chunks.next();
        let others: Vec<_> = chunks.map(|chunk| scope.spawn(|| work(chunk))).collect();
        let mut results = first.map(work).unwrap_or_default();
        for other in others {
            match other.join() {
                Ok(more) => results.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    })
}

fn summary(
    plan: Option<&Plan<'_>>,
    pack: &EffectivePack,
    table: &ScoreTable,
) -> Result<Summary, Vec<Refusal>> {
    if let Some(plan) = plan
        && let Some(summary) = plan.summary(table)?
    {
        return Ok(summary);
    }
    score(table, pack).map(Summary::from)
}

impl Plan<'_> {
    /// The table in whole numbers, its refusals, or nothing if only the decimals can score it.
    pub fn summary(&self, table: &ScoreTable) -> Result<Option<Summary>, Vec<Refusal>> {
        let Some(packed) = self.packed(table)? else { return Ok(None) };
        let Some(brief) = self.brief(&packed.leaves, packed.execution) else { return Ok(None) };
        let found = [
            (packed.bound, "actual.bound"),
            (brief.above_budget, "execution.above_budget"),
            (brief.over_achieved, "over_achievement.explain"),
            (self.misses_full(&brief), "weights.sum"),
        ];
        Ok(Some(Summary {
            total: self.points(brief.total),
            full: self.points(brief.full),
            grade: brief.grade,
            rows: self.rows(&packed.leaves).map(|row| row.map(|units| self.points(units))).collect(),
            execution: self.execution(packed.execution).map(|units| self.points(units)),
            findings: found.iter().filter(|(is, _)| *is).map(|(_, code)| (*code).to_owned()).collect(),
        }))
    }
}

impl From<Scorecard> for Summary {
    fn from(card: Scorecard) -> Self {
        let mut findings: Vec<String> = card.findings.into_iter().map(|finding| finding.code).collect();
        findings.sort_unstable();
        findings.dedup();
        Self {
            total: card.total,
            full: card.full,
            grade: card.grade,
            rows: card.rows.into_iter().map(|row| row.given).collect(),
            execution: card.execution.map(|row| row.given),
            findings,
        }
    }
}
