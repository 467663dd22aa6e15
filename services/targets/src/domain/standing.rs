//! How the scorers of an assessment stand on each aspect: mean and spread.

use hengji_kernel::Decimal;
use hengji_rules::ex_ante::rule_for;
use hengji_rules::pack::RoundingMode;
use hengji_rules::{EffectivePack, Refusal, exact};
use serde::{Deserialize, Serialize};

use super::ex_ante::ExpertScore;

/// One aspect of the rule pack with what was given to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Aspect {
    pub(crate) name: String,
    /// 满分
    pub(crate) full: Decimal,
    pub(crate) questions: Vec<String>,
    /// None before the first scorer.
    pub(crate) points: Option<Points>,
}

/// Points over all scorers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Points {
    /// Rounded as the pack rounds a row; half up to two places where it does not say.
    pub(crate) mean: Decimal,
    pub(crate) lowest: Decimal,
    pub(crate) highest: Decimal,
}

impl Points {
    pub(crate) fn spread(&self) -> Decimal {
        self.highest.saturating_sub(self.lowest)
    }
}

/// Every aspect the pack demands of its object type, in its order.
pub(super) fn standing(scores: &[ExpertScore], pack: &EffectivePack) -> Result<Vec<Aspect>, Refusal> {
    let rule = rule_for(pack.object_type, pack)?;
    let aspect = |aspect: &hengji_rules::pack::Aspect| Aspect {
        name: aspect.name.clone(),
        full: aspect.points,
        questions: aspect.questions.clone(),
        points: points(scores.iter().filter(|score| score.aspect == aspect.name), pack),
    };
    Ok(rule.rule.aspects.iter().map(aspect).collect())
}

fn points<'a>(given: impl Iterator<Item = &'a ExpertScore>, pack: &EffectivePack) -> Option<Points> {
    let given: Vec<Decimal> = given.map(|score| score.points).collect();
    let (lowest, highest) = (*given.iter().min()?, *given.iter().max()?);
    let sum = given.iter().fold(Decimal::ZERO, |sum, points| sum.saturating_add(*points));
    let (mode, places) = pack
        .rules
        .rounding
        .as_ref()
        .map_or((RoundingMode::HalfUp, 2), |cited| (cited.rule.mode, cited.rule.row_places));
    let mean = exact::round(sum / Decimal::from(given.len()), places, mode).normalize();
    Some(Points { mean, lowest, highest })
}
