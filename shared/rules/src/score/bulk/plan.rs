//! The rules in force as whole numbers.

use hengji_kernel::Grade;
use rust_decimal::Decimal;

use super::fixed::{PERCENT_PLACES, WHOLE, divided_wide, fixed};
use super::pack::{Execution, Leaf, Packed};
use super::rule::{RuleIndex, Rules};
use crate::effective::EffectivePack;
use crate::outcome::Refusal;
use crate::pack::{Band, CapBand, ExecutionRule, RoundingMode};
use crate::score::table::ScoreTable;
use crate::word::{Direction, Operator, ScoringMethod};

/// The rules of one effective pack, compiled.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    pub(super) pack: &'a EffectivePack,
    pub(super) rules: Rules,
    /// Decimals of a row's score: the unit of all points here.
    pub(super) places: u32,
    mode: RoundingMode,
    /// One unit of the total in units of a row.
    total_unit: i64,
    /// What the weights should add up to.
    full: i64,
    grades: Vec<GradeEdge>,
    execution: Option<ExecutionPlan>,
}

#[derive(Debug, Clone, Copy)]
struct GradeEdge {
    from: i64,
    to: i64,
    grade: Grade,
}

#[derive(Debug, Clone)]
struct ExecutionPlan {
    weight: i64,
    shape: Shape,
    /// from, to, and the most the total may be
    caps: Vec<(i64, i64, i64)>,
}

#[derive(Debug, Clone)]
enum Shape {
    Linear,
    Banded(Bands),
    /// Percentages in hundredths; `cost` in units of the row's last place.
    Stepped {
        full_at: i64,
        step: i64,
        cost: i64,
    },
}

/// Percentages in hundredths.
#[derive(Debug, Clone)]
struct Bands {
    full_at: i64,
    /// from, to, share
    list: Vec<(i64, i64, i64)>,
}

/// What a table comes to, in units of the row's last place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brief {
    pub total: i64,
    pub grade: Grade,
    /// Points that could be reached.
    pub full: i64,
    /// A result far above its target asks for a cause.
    pub over_achieved: bool,
    /// More was paid than the budget of the year.
    pub above_budget: bool,
}

impl<'a> Plan<'a> {
    /// Nothing where the pack lacks a rule every table needs, or has numbers too fine for whole units.
    pub fn of(pack: &'a EffectivePack) -> Option<Self> {
        let rounding = pack.rules.rounding.as_ref()?.rule;
        if rounding.rate_places.is_some() || !pack.rules.alternatives.is_empty() {
            return None;
        }
        let grades = &pack.rules.grades.as_ref()?.rule;
        let places = rounding.row_places;
        let surplus = places.checked_sub(rounding.total_places).filter(|_| places <= 4)?;
        let edge = |value: Decimal| fixed(value, places);
        let grade = |band: &crate::pack::GradeBand| {
            let to = band.to.map_or(Some(i64::MAX), edge)?;
            Some(GradeEdge { from: edge(band.from)?, to, grade: band.grade })
        };
        let execution = match &pack.rules.execution {
            Some(rule) => Some(ExecutionPlan::of(&rule.rule, pack, places)?),
            None => None,
        };
        Some(Self {
            pack,
            rules: Rules::of(pack),
            places,
            mode: rounding.mode,
            total_unit: 10_i64.pow(surplus),
            full: edge(grades.full)?,
            grades: grades.bands.iter().map(grade).collect::<Option<_>>()?,
            execution,
        })
    }

    pub const fn pack(&self) -> &'a EffectivePack {
        self.pack
    }

    /// Points of this plan as a decimal.
    pub fn points(&self, units: i64) -> Decimal {
        Decimal::new(units, self.places)
    }

    /// The rule for a quantity. Nothing where the pack has none that whole numbers can follow.
    pub fn rule(
        &self,
        operator: Operator,
        direction: Option<Direction>,
        method: ScoringMethod,
    ) -> Option<RuleIndex> {
        self.rules.find(operator, direction, method)
    }

    /// A table ready for [`Plan::brief`], its refusals, or nothing if only the decimals can score it.
    pub fn packed(&self, table: &ScoreTable) -> Result<Option<Packed>, Vec<Refusal>> {
        super::pack::packed(self, table)
    }

    /// Points of each row in units of its last place; nothing where the row does not apply.
    pub fn rows<'b>(&'b self, leaves: &'b [Leaf]) -> impl Iterator<Item = Option<i64>> + 'b {
        leaves.iter().map(|leaf| {
            let earned = self.rules.earned(leaf, self.mode);
            earned.applies.then_some(earned.points)
        })
    }

    /// Total and grade. Nothing where no row applies or the total lies in no grade: the decimals say which.
    #[inline]
    pub fn brief(&self, leaves: &[Leaf], execution: Execution) -> Option<Brief> {
        let (mut all, mut applicable, mut scored, mut over_achieved) = (0, 0, 0, false);
        for leaf in leaves {
            let earned = self.rules.earned(leaf, self.mode);
            let weight = i64::from(leaf.weight);
            all += weight;
            applicable += if earned.applies { weight } else { 0 };
            scored += earned.points;
            over_achieved |= earned.over;
        }
        let (points, weight, above_budget) = self.execution_points(execution)?;
        let most = self.cap(execution)?;
        let full = all + weight;
        let total = if applicable == all {
            self.whole_total(scored + points)
        } else {
            self.rescaled(all, applicable, scored, points)?
        };
        let total = total.clamp(0, full).min(most);
        let grade = self.grades.iter().find(|edge| total >= edge.from && total < edge.to)?.grade;
        Some(Brief { total, grade, full, over_achieved, above_budget })
    }

    /// Whether the weights do not add up to the full mark.
    pub const fn misses_full(&self, brief: &Brief) -> bool {
        brief.full != self.full
    }

    #[inline]
    fn whole_total(&self, sum: i64) -> i64 {
        if self.total_unit == 1 {
            return sum;
        }
        super::fixed::divided(sum, self.total_unit, self.mode) * self.total_unit
    }

    fn rescaled(&self, all: i64, applicable: i64, scored: i64, points: i64) -> Option<i64> {
        if applicable == 0 {
            return None;
        }
        let sum = i128::from(scored) * i128::from(all) + i128::from(points) * i128::from(applicable);
        let unit = i128::from(applicable) * i128::from(self.total_unit);
        Some(divided_wide(sum, unit, self.mode) * self.total_unit)
    }

    /// Points, weight, and whether more was paid than the budget.
    fn execution_points(&self, execution: Execution) -> Option<(i64, i64, bool)> {
        match execution {
            Execution::None => Some((0, 0, false)),
            Execution::Given { points, above } => Some((points, self.execution.as_ref()?.weight, above)),
            Execution::Money { annual, executed } => {
                let plan = self.execution.as_ref()?;
                Some((plan.points(annual, executed, self.mode)?, plan.weight, executed > annual))
            }
        }
    }

    /// The most the total may be. Nothing where the rate is not known here or lies in no band.
    fn cap(&self, execution: Execution) -> Option<i64> {
        let caps = self.execution.as_ref().map(|plan| plan.caps.as_slice()).unwrap_or_default();
        match execution {
            Execution::Money { annual, executed } if !caps.is_empty() => {
                let reaches = reaching(annual, executed);
                caps.iter().find(|(from, to, _)| reaches(*from) && !reaches(*to)).map(|(.., most)| *most)
            }
            Execution::Given { .. } if !caps.is_empty() => None,
            _ => Some(i64::MAX),
        }
    }

    /// Points of the execution row in units of its last place.
    pub fn execution(&self, execution: Execution) -> Option<i64> {
        match execution {
            Execution::None => None,
            other => self.execution_points(other).map(|(points, ..)| points),
        }
    }
}

impl ExecutionPlan {
    fn of(rule: &ExecutionRule, pack: &EffectivePack, places: u32) -> Option<Self> {
        let percent = |value: Decimal| fixed(value, PERCENT_PLACES);
        let weight = fixed(rule.weight(), places).filter(|weight| *weight >= 0)?;
        let shape = match rule {
            ExecutionRule::Linear { .. } => Shape::Linear,
            ExecutionRule::Stepped { full_at, step_percent, points, .. } => Shape::Stepped {
                full_at: percent(*full_at)?,
                step: percent(*step_percent).filter(|step| *step > 0)?,
                cost: fixed(*points, places).filter(|cost| *cost >= 0)?,
            },
            ExecutionRule::Banded { full_at, bands, .. } => {
                let band = |band: &Band| {
                    let to = band.to.map_or(Some(i64::MAX), percent)?;
                    Some((percent(band.from)?, to, percent(band.share_percent)?))
                };
                let list = bands.iter().map(band).collect::<Option<_>>()?;
                Shape::Banded(Bands { full_at: percent(*full_at)?, list })
            }
        };
        let cap = |band: &CapBand| {
            let to = band.to.map_or(Some(i64::MAX), percent)?;
            Some((percent(band.from)?, to, fixed(band.at_most, places)?))
        };
        let caps = pack.rules.total_cap.iter().flat_map(|rule| &rule.rule.bands).map(cap);
        Some(Self { weight, shape, caps: caps.collect::<Option<_>>()? })
    }

    fn points(&self, annual: i64, executed: i64, mode: RoundingMode) -> Option<i64> {
        if annual <= 0 || executed < 0 {
            return None;
        }
        if executed >= annual {
            return Some(self.weight);
        }
        let reaches = reaching(annual, executed);
        let (annual, executed) = (i128::from(annual), i128::from(executed));
        let weight = i128::from(self.weight);
        match &self.shape {
            Shape::Linear => Some(divided_wide(weight * executed, annual, mode).min(self.weight)),
            Shape::Banded(Bands { full_at, .. }) | Shape::Stepped { full_at, .. } if reaches(*full_at) => {
                Some(self.weight)
            }
            Shape::Banded(bands) => {
                let (.., share) = bands.list.iter().find(|(from, to, _)| reaches(*from) && !reaches(*to))?;
                Some(divided_wide(weight * i128::from(*share), WHOLE.into(), mode).clamp(0, self.weight))
            }
            Shape::Stepped { full_at, step, cost } => {
                let below = i128::from(*full_at) * annual - i128::from(WHOLE) * executed;
                let lost = below / (i128::from(*step) * annual) * i128::from(*cost);
                i64::try_from((weight - lost).max(0)).ok()
            }
        }
    }
}

/// Whether the rate is at least an edge, in hundredths of a percent.
fn reaching(annual: i64, executed: i64) -> impl Fn(i64) -> bool {
    let (annual, executed) = (i128::from(annual), i128::from(executed));
    move |edge| executed * i128::from(WHOLE) >= i128::from(edge) * annual
}
