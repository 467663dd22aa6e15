//! Standards of single indicators (指标评分标准), and alternatives of which one counts.

use rust_decimal::Decimal;

use super::card::ScoreRow;
use super::indicator::Points;
use super::quantitative::Case;
use super::table::ScoreIndicator;
use crate::effective::EffectivePack;
use crate::exact::plain;
use crate::outcome::Refusal;
use crate::pack::{AlternativesRule, Cited, ClosedAt, IndicatorMethod, IndicatorRule, PartStep, PointBand};
use crate::word::Operator;

/// The standard of an indicator with this name, if the pack has one; of several the last, which the lowest layer added.
pub(super) fn rule_for<'a>(
    indicator: &ScoreIndicator,
    pack: &'a EffectivePack,
) -> Option<&'a Cited<IndicatorRule>> {
    let name = indicator.name.trim();
    pack.rules.indicator_rules.iter().rfind(|rule| rule.rule.names.iter().any(|named| named == name))
}

impl Case<'_> {
    /// By the standard of the indicator; a row of another weight earns in proportion.
    pub(super) fn named(&self, rule: &Cited<IndicatorRule>, is_met: bool) -> Result<Points, Refusal> {
        let (left, whole, text) = match &rule.rule.method {
            IndicatorMethod::PerStep { .. } if is_met => {
                (Decimal::ONE, Decimal::ONE, "达到指标值，不扣分".to_owned())
            }
            IndicatorMethod::PerStep { step, points, part } => {
                self.per_step(rule.rule.points, *step, *points, *part)?
            }
            IndicatorMethod::Table { closed, bands } => {
                let band =
                    bands.iter().find(|band| band.contains(self.actual, *closed)).ok_or_else(|| {
                        let message = format!("完成值 {} 不在评分标准的任何一档之内", plain(self.actual));
                        Refusal::new("indicator_rules.range", &self.indicator.code, message)
                    })?;
                let text = format!("完成值落在{}，标准得 {} 分", range(band, *closed), plain(band.points));
                (band.points, rule.rule.points, text)
            }
        };
        let weight = self.indicator.weight;
        let points = self.exact.ratio(weight, left, whole)?.clamp(Decimal::ZERO, weight);
        let arithmetic =
            format!("{} × {} ÷ {} = {}", plain(weight), plain(left), plain(whole), plain(points));
        let explanation = self.explain(rule).step(text, arithmetic);
        Ok(Points { points, completion: None, explanation })
    }

    /// What is left of how much, both in points of the standard, or of points times steps where parts count.
    fn per_step(
        &self,
        full: Decimal,
        step: Decimal,
        cost: Decimal,
        part: PartStep,
    ) -> Result<(Decimal, Decimal, String), Refusal> {
        if step <= Decimal::ZERO || full <= Decimal::ZERO {
            return Err(Refusal::new("indicator_rules.step", &self.indicator.code, "扣分步长和分值须大于 0"));
        }
        let beyond = self.beyond()?;
        let steps = self.exact.ratio(beyond, Decimal::ONE, step)?;
        let text = format!("偏离指标值 {}，每 {} 扣 {} 分", plain(beyond), plain(step), plain(cost));
        let steps = match part {
            PartStep::Free => steps.trunc(),
            PartStep::Whole => steps.ceil(),
            PartStep::Share => {
                let whole = self.exact.mul(full, step)?;
                let left = self.exact.sub(whole, self.exact.mul(beyond, cost)?)?.max(Decimal::ZERO);
                return Ok((left, whole, format!("{text}，按比例扣，扣完为止")));
            }
        };
        let left = self.exact.sub(full, self.exact.mul(steps, cost)?)?.max(Decimal::ZERO);
        Ok((left, full, format!("{text}，计 {} 步，扣完为止", plain(steps))))
    }

    /// Distance of an unmet actual from the target, in the indicator's unit.
    fn beyond(&self) -> Result<Decimal, Refusal> {
        let nearer = match self.target.high {
            Some(high) if self.operator == Operator::Range && self.actual > high => high,
            _ => self.target.value,
        };
        Ok(self.exact.sub(self.actual, nearer)?.abs())
    }
}

fn range(band: &PointBand, closed: ClosedAt) -> String {
    let (from, to) = match closed {
        ClosedAt::From => ("不低于", "低于"),
        ClosedAt::To => ("高于", "不高于"),
    };
    match (band.from, band.to) {
        (Some(low), Some(high)) => format!("“{from} {}、{to} {}”", plain(low), plain(high)),
        (Some(low), None) => format!("“{from} {}”", plain(low)),
        (None, Some(high)) => format!("“{to} {}”", plain(high)),
        (None, None) => "唯一一档".to_owned(),
    }
}

/// Lets one row of each group of alternatives count: the one with the greatest share of its points, the first of equals. The
/// others keep their computed score and name the row that counts.
pub(super) fn choose(rows: &mut [ScoreRow], pack: &EffectivePack) -> Result<(), Vec<Refusal>> {
    let refusals: Vec<_> =
        pack.rules.alternatives.iter().filter_map(|rule| choose_one(rows, rule).err()).collect();
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

fn choose_one(rows: &mut [ScoreRow], rule: &Cited<AlternativesRule>) -> Result<(), Refusal> {
    let group: Vec<usize> = (0..rows.len())
        .filter(|index| {
            rows[*index].given.is_some()
                && rules_name(rule, &rows[*index].name)
                && rows[*index].replaced_by.is_none()
        })
        .collect();
    let (Some(first), true) = (group.first(), group.len() > 1) else { return Ok(()) };
    if group.iter().any(|index| rows[*index].weight != rows[*first].weight) {
        let message = format!("“{}”只计一项，分值须相同", rule.rule.names.join("”“"));
        return Err(Refusal::new("alternatives.weight", &rows[*first].code, message));
    }
    let best = group
        .iter()
        .copied()
        .fold(*first, |best, index| if rows[index].given > rows[best].given { index } else { best });
    let chosen = rows[best].code.clone();
    let text = format!(
        "“{}”择其一计分，计“{}”（依据{}，规则 {}）",
        rule.rule.names.join("”“"),
        rows[best].name,
        rule.document,
        rule.id
    );
    for index in group {
        rows[index].explanation = rows[index].explanation.clone().step(text.clone(), "");
        if index != best {
            rows[index].given = None;
            rows[index].replaced_by = Some(chosen.clone());
        }
    }
    Ok(())
}

fn rules_name(rule: &Cited<AlternativesRule>, name: &str) -> bool {
    rule.rule.names.iter().any(|named| named == name.trim())
}

#[cfg(test)]
mod tests;
