//! One quantitative rule in whole numbers.

use super::fixed::{PERCENT_PLACES, WHOLE, divided, divided_wide, fixed};
use super::pack::Leaf;
use crate::effective::EffectivePack;
use crate::pack::{OverAchievementRule, PassShape, QuantitativeMethod, QuantitativeRule, RoundingMode};
use crate::score::quantitative::chosen;
use crate::word::{Direction, Operator, ScoringMethod};

/// Which rule of the plan scores a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleIndex(pub(super) u16);

/// The score is in the leaf already.
pub(super) const GIVEN: RuleIndex = RuleIndex(0);
/// The row does not apply.
pub(super) const NOT_APPLICABLE: RuleIndex = RuleIndex(1);

/// Never passed: quantities are bounded.
const NO_TRIGGER: i64 = i64::MAX;

/// A leaf without a pass threshold of its own.
pub(super) const NO_PASS: u16 = u16::MAX;

/// By how actual and target compare: met where the bit is set.
const BELOW: u8 = 0b001;
const EQUAL: u8 = 0b010;
const ABOVE: u8 = 0b100;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unmet {
    Given,
    NotApplicable,
    /// Share of the points.
    Share(i64),
    /// The smaller of actual and target over the greater.
    Ratio,
    Deduction {
        step: i64,
        points: i64,
    },
}

/// A rule for one operator, direction and method; percentages in hundredths of a percent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    met: u8,
    unmet: Unmet,
    pass: u16,
    shape: PassShape,
    /// Completion above which a cause is asked for.
    trigger: i64,
    /// Such completion costs points: left to the decimals.
    reduces: bool,
}

const fn bare(unmet: Unmet) -> Rule {
    Rule { met: 0, unmet, pass: NO_PASS, shape: PassShape::Cut, trigger: NO_TRIGGER, reduces: false }
}

/// What a leaf earns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Earned {
    pub(super) points: i64,
    pub(super) applies: bool,
    /// Far above target: a cause is asked for.
    pub(super) over: bool,
}

/// What an indicator says of how it is scored.
type Key = (Operator, Option<Direction>, ScoringMethod);

/// The rules by operator, direction and method.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    list: Vec<Rule>,
    known: Vec<(Key, RuleIndex)>,
}

impl Rules {
    pub(super) fn of(pack: &EffectivePack) -> Self {
        let mut rules =
            Self { list: vec![bare(Unmet::Given), bare(Unmet::NotApplicable)], known: Vec::new() };
        for operator in [Operator::Ge, Operator::Gt, Operator::Le, Operator::Lt, Operator::Eq] {
            for direction in [None, Some(Direction::Positive), Some(Direction::Negative)] {
                for method in [
                    ScoringMethod::Auto,
                    ScoringMethod::Proportional,
                    ScoringMethod::Direct,
                    ScoringMethod::Deduction,
                ] {
                    if let Some(rule) = compiled(pack, operator, direction, method)
                        && let Ok(index) = u16::try_from(rules.list.len())
                    {
                        rules.list.push(rule);
                        rules.known.push(((operator, direction, method), RuleIndex(index)));
                    }
                }
            }
        }
        rules
    }

    pub(super) fn find(
        &self,
        operator: Operator,
        direction: Option<Direction>,
        method: ScoringMethod,
    ) -> Option<RuleIndex> {
        let key = (operator, direction, method);
        self.known.iter().find(|(known, _)| *known == key).map(|(_, index)| *index)
    }

    pub(super) fn get(&self, index: RuleIndex) -> Option<&Rule> {
        self.list.get(usize::from(index.0))
    }

    /// Points of a leaf in units of the row's last place. A leaf of another plan earns nothing.
    #[inline]
    pub(super) fn earned(&self, leaf: &Leaf, mode: RoundingMode) -> Earned {
        match self.list.get(usize::from(leaf.rule.0)) {
            Some(rule) => rule.earned(leaf, mode),
            None => Earned { points: 0, applies: false, over: false },
        }
    }
}

fn compiled(
    pack: &EffectivePack,
    operator: Operator,
    direction: Option<Direction>,
    method: ScoringMethod,
) -> Option<Rule> {
    let met = match operator {
        Operator::Ge => ABOVE | EQUAL,
        Operator::Gt => ABOVE,
        Operator::Le => BELOW | EQUAL,
        Operator::Lt => BELOW,
        Operator::Eq => EQUAL,
        Operator::Range => return None,
    };
    let share =
        || Some(Unmet::Share(fixed(pack.rules.direct.as_ref()?.rule.unmet_share_percent, PERCENT_PLACES)?));
    match method {
        ScoringMethod::Direct => Some(Rule { met, ..bare(share()?) }),
        ScoringMethod::Deduction => {
            let rule = &pack.rules.deduction.as_ref()?.rule;
            let step = fixed(rule.step_percent, PERCENT_PLACES).filter(|step| *step > 0)?;
            let points = fixed(rule.points_percent, PERCENT_PLACES)?;
            Some(Rule { met, ..bare(Unmet::Deduction { step, points }) })
        }
        _ => {
            let rule = &chosen(pack, operator, direction)?.rule;
            if rule.tolerance_percent.is_some() {
                return None;
            }
            // of a result short of its target, or above its ceiling, the ratio is the smaller over the greater
            let unmet = match (rule.method, operator) {
                (QuantitativeMethod::ActualOverTarget, Operator::Ge | Operator::Gt)
                | (QuantitativeMethod::TargetOverActual, Operator::Le | Operator::Lt)
                | (QuantitativeMethod::TwoSided, _) => Unmet::Ratio,
                (QuantitativeMethod::Direct, _) => share()?,
                _ => return None,
            };
            let (pass, shape) = match rule.pass {
                None => (NO_PASS, PassShape::Cut),
                Some(pass) => (threshold(pass.at_percent)?, pass.shape),
            };
            let (trigger, reduces) = over_achievement(pack, rule)?;
            Some(Rule { met, unmet, pass, shape, trigger, reduces })
        }
    }
}

/// A pass threshold in hundredths of a percent, if it lies within 0 and 100 %.
pub(super) fn threshold(percent: rust_decimal::Decimal) -> Option<u16> {
    let units = fixed(percent, PERCENT_PLACES).filter(|units| (0..WHOLE).contains(units))?;
    u16::try_from(units).ok()
}

fn over_achievement(pack: &EffectivePack, rule: &QuantitativeRule) -> Option<(i64, bool)> {
    if rule.method != QuantitativeMethod::ActualOverTarget {
        return Some((NO_TRIGGER, false));
    }
    match pack.rules.over_achievement.as_ref().map(|rule| rule.rule) {
        Some(OverAchievementRule::Explain { trigger_percent }) => {
            let trigger = fixed(trigger_percent, PERCENT_PLACES)
                .filter(|trigger| (1..=WHOLE * 10).contains(trigger))?;
            Some((trigger, false))
        }
        Some(OverAchievementRule::Reduce { .. }) => Some((NO_TRIGGER, true)),
        Some(OverAchievementRule::None {}) | None => Some((NO_TRIGGER, false)),
    }
}

impl Rule {
    /// Whether whole numbers can score this pair: the ratio is defined and nothing is left to judge.
    pub(super) fn takes(&self, target: i64, actual: i64) -> bool {
        match self.unmet {
            Unmet::Given | Unmet::NotApplicable => false,
            Unmet::Share(_) => true,
            Unmet::Ratio => target > 0 && actual >= 0 && !(self.reduces && self.is_met(target, actual)),
            Unmet::Deduction { .. } => target > 0 && actual >= 0,
        }
    }

    #[inline]
    const fn is_met(&self, target: i64, actual: i64) -> bool {
        let compared = 1 + (actual > target) as u32 - (actual < target) as u32;
        (self.met >> compared) & 1 == 1
    }

    #[inline]
    fn earned(&self, leaf: &Leaf, mode: RoundingMode) -> Earned {
        let (target, actual, weight) = (leaf.target, leaf.actual, i64::from(leaf.weight));
        if self.is_met(target, actual) {
            let over = actual * WHOLE > self.trigger.saturating_mul(target.max(1));
            return Earned { points: weight, applies: true, over };
        }
        let points = match self.unmet {
            Unmet::Ratio => {
                let (upper, lower) = (actual.min(target), actual.max(target));
                let pass = if leaf.pass == NO_PASS { self.pass } else { leaf.pass };
                if pass == NO_PASS {
                    divided(weight * upper, lower, mode)
                } else {
                    self.above_threshold(weight, upper, lower, i64::from(pass), mode)
                }
            }
            Unmet::Share(share) => divided(weight * share, WHOLE, mode),
            Unmet::Deduction { step, points } => {
                let steps = (actual - target).abs() * WHOLE / target / step;
                let share = (WHOLE - steps.saturating_mul(points)).max(0);
                divided(weight * share, WHOLE, mode)
            }
            Unmet::Given => actual,
            Unmet::NotApplicable => 0,
        };
        Earned { points, applies: self.unmet != Unmet::NotApplicable, over: false }
    }

    fn above_threshold(&self, weight: i64, upper: i64, lower: i64, pass: i64, mode: RoundingMode) -> i64 {
        // both fit: quantities stay below QUANTITY_LIMIT, the threshold below WHOLE
        if upper * WHOLE < pass * lower {
            return 0;
        }
        let points = match self.shape {
            PassShape::Cut => divided(weight * upper, lower, mode),
            PassShape::Shifted => {
                let above = i128::from(upper) * i128::from(WHOLE) - i128::from(pass) * i128::from(lower);
                let rest = i128::from(WHOLE - pass) * i128::from(lower);
                divided_wide(i128::from(weight) * above, rest, mode)
            }
        };
        points.min(weight)
    }
}
