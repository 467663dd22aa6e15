//! Scores a table under the rules in force (计分).

mod adjusted;
pub mod bulk;
pub mod card;
mod dated;
mod execution;
mod graded;
mod indicator;
mod measure;
mod named;
mod quantitative;
pub mod table;
mod total;

use crate::effective::EffectivePack;
use crate::outcome::Refusal;

pub use self::execution::score_execution;
pub use self::indicator::score_indicator;
pub(crate) use self::total::band_of;
pub use self::total::grade_of;
use card::Scorecard;
use table::ScoreTable;

/// Scores every indicator and the execution row, adds up and grades. Every refusal of every row is reported at once.
/// Scores lie within 0 and the row's weight.
pub fn score(table: &ScoreTable, pack: &EffectivePack) -> Result<Scorecard, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut findings = Vec::new();
    let mut rows = Vec::new();
    for indicator in &table.indicators {
        match score_indicator(indicator, pack) {
            Ok((row, found)) => {
                rows.push(row);
                findings.extend(found);
            }
            Err(refusal) => refusals.push(refusal),
        }
    }
    let mut execution = None;
    if let Some(money) = &table.money {
        match score_execution(money, table.execution_override.as_ref(), pack) {
            Ok((scored, found)) => {
                execution = Some(scored);
                findings.extend(found);
            }
            Err(refused) => refusals.extend(refused),
        }
    }
    if rows.is_empty() && refusals.is_empty() {
        refusals.push(Refusal::new("table.empty", "table", "没有可计分的指标"));
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    named::choose(&mut rows, pack)?;
    let adjustments = adjusted::score_all(&table.adjustments, pack)?;
    let scored = total::Scored { rows, execution, adjustments };
    total::close(scored, findings, pack).map_err(|refusal| vec![refusal])
}

#[cfg(test)]
mod tests;
