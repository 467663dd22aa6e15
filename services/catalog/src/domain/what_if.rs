//! A score without effect: what the table would earn under these rules, and what looks odd about it.

use hengji_rules::pack::PlausibilityCheck;
use hengji_rules::plausibility::{self, SelfEvaluation};
use hengji_rules::score::table::ScoreTable;
use hengji_rules::{EffectivePack, Scorecard};

use crate::error::Refusal;

/// The scorecard with every finding of the rules that a bare table can be checked by.
pub(crate) fn score(table: &ScoreTable, pack: &EffectivePack) -> Result<Scorecard, Refusal> {
    let mut card = hengji_rules::score(table, pack).map_err(Refusal::NotScorable)?;
    let evaluation = SelfEvaluation {
        table,
        card: &card,
        notes: &[],
        reported_total: None,
        reported_grade: None,
        rechecked_total: None,
    };
    let odd = plausibility::check(&evaluation, &told_by_table(pack));
    card.findings.extend(odd);
    Ok(card)
}

/// Evidence, causes and reported totals do not stand in a bare table, and sums are checked while scoring.
fn told_by_table(pack: &EffectivePack) -> EffectivePack {
    let mut pack = pack.clone();
    pack.rules.plausibility.retain(|rule| {
        matches!(
            rule.rule.check,
            PlausibilityCheck::LowExecutionFullOutput { .. }
                | PlausibilityCheck::IdenticalTexts { .. }
                | PlausibilityCheck::LevelShare { .. }
        )
    });
    pack
}
