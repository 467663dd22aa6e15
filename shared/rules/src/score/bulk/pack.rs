//! A table as leaves of fixed size.

use rust_decimal::Decimal;

use super::fixed::{QUANTITY_LIMIT, QUANTITY_PLACES, fixed};
use super::plan::Plan;
use super::rule::{self, RuleIndex};
use crate::outcome::Refusal;
use crate::score::indicator::score_indicator;
use crate::score::measure::{self, Target};
use crate::score::named;
use crate::score::score_execution;
use crate::score::table::{ScoreIndicator, ScoreTable};
use crate::word::{Nature, Operator, ScoringMethod};

/// One indicator: quantities x 10^4, weight in units of the row's last place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    pub(super) target: i64,
    pub(super) actual: i64,
    pub(super) weight: u32,
    pub(super) rule: RuleIndex,
    /// Pass threshold of its own in hundredths of a percent.
    pub(super) pass: u16,
}

/// The execution row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Execution {
    /// The form has none.
    None,
    /// Annual budget above 0 and executed money, both in fen.
    Money { annual: i64, executed: i64 },
    /// Scored already, in units of the row's last place; `above` where more than the budget was paid.
    Given { points: i64, above: bool },
}

/// A table ready to be scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    pub leaves: Vec<Leaf>,
    pub execution: Execution,
    /// An actual value was written as a bound.
    pub bound: bool,
}

impl Leaf {
    /// A quantity under a rule of `plan`. Nothing if whole numbers cannot score it exactly.
    pub fn quantity(plan: &Plan<'_>, rule: RuleIndex, target: i64, actual: i64, weight: u32) -> Option<Self> {
        let compiled = plan.rules.get(rule)?;
        let largest = target.unsigned_abs().max(actual.unsigned_abs());
        let product = largest.checked_mul(2 * u64::from(weight) + 1)?;
        let fits = largest <= QUANTITY_LIMIT.unsigned_abs() && i64::try_from(product).is_ok();
        (fits && compiled.takes(target, actual)).then_some(Self {
            target,
            actual,
            weight,
            rule,
            pass: rule::NO_PASS,
        })
    }

    /// The same with a pass threshold of its own, percent; nothing outside 0 to 100 % or finer than two decimals.
    pub fn passing_from(self, percent: Decimal) -> Option<Self> {
        Some(Self { pass: rule::threshold(percent)?, ..self })
    }
}

/// Packs a table, or says everything that is refused of it. Nothing where a number has no place among whole numbers of
/// this plan: such a table is for the decimals alone.
pub(super) fn packed(plan: &Plan<'_>, table: &ScoreTable) -> Result<Option<Packed>, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut leaves = Vec::with_capacity(table.indicators.len());
    let mut bound = false;
    let mut whole = table.adjustments.is_empty();
    for indicator in &table.indicators {
        if let Some(leaf) = quantity(plan, indicator) {
            leaves.push(leaf);
            continue;
        }
        match score_indicator(indicator, plan.pack) {
            Ok((row, findings)) => {
                // other findings need the decimals to say them
                whole &= findings.iter().all(|finding| finding.code == "actual.bound");
                bound |= !findings.is_empty();
                match given(plan, row.weight, row.given) {
                    Some(leaf) => leaves.push(leaf),
                    None => whole = false,
                }
            }
            Err(refusal) => refusals.push(refusal),
        }
    }
    let execution = match execution(plan, table) {
        Ok(execution) => execution,
        Err(refused) => {
            refusals.extend(refused);
            None
        }
    };
    if table.indicators.is_empty() && refusals.is_empty() {
        refusals.push(Refusal::new("table.empty", "table", "没有可计分的指标"));
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    Ok(execution.filter(|_| whole).map(|execution| Packed { leaves, execution, bound }))
}

/// A plain quantity: numbers on both sides, nothing a person judged.
fn quantity(plan: &Plan<'_>, indicator: &ScoreIndicator) -> Option<Leaf> {
    let judged = indicator.method == ScoringMethod::Auto && indicator.nature == Nature::Qualitative;
    let standard =
        !plan.pack.rules.indicator_rules.is_empty() && named::rule_for(indicator, plan.pack).is_some();
    if judged || indicator.not_applicable || indicator.overridden.is_some() || standard {
        return None;
    }
    let weight = u32::try_from(weight(plan, indicator.weight)?).ok()?;
    let Ok(Target::Number { operator, measure }) = measure::target(indicator, plan.pack) else { return None };
    if operator == Operator::Range {
        return None;
    }
    let mut findings = Vec::new();
    let actual = measure::actual_number(indicator, &measure, plan.pack, &mut findings).ok()?;
    if !findings.is_empty() {
        return None;
    }
    let index = plan.rules.find(operator, indicator.direction, indicator.method)?;
    let target = fixed(measure.value, QUANTITY_PLACES)?;
    let actual = fixed(actual, QUANTITY_PLACES)?;
    let leaf = Leaf::quantity(plan, index, target, actual, weight)?;
    match indicator.pass_at_percent {
        None => Some(leaf),
        Some(_)
            if indicator.method == ScoringMethod::Direct || indicator.method == ScoringMethod::Deduction =>
        {
            Some(leaf)
        }
        Some(percent) => leaf.passing_from(percent),
    }
}

fn weight(plan: &Plan<'_>, weight: Decimal) -> Option<i64> {
    let in_range = weight >= Decimal::ZERO && weight <= Decimal::ONE_THOUSAND;
    in_range.then(|| fixed(weight, plan.places)).flatten()
}

fn given(plan: &Plan<'_>, row_weight: Decimal, score: Option<Decimal>) -> Option<Leaf> {
    let (rule, actual) = match score {
        Some(score) => (rule::GIVEN, fixed(score, plan.places)?),
        None => (rule::NOT_APPLICABLE, 0),
    };
    let weight = u32::try_from(weight(plan, row_weight)?).ok()?;
    Some(Leaf { target: 0, actual, weight, rule, pass: rule::NO_PASS })
}

/// The row is refused, or has no place among whole numbers, or is this.
fn execution(plan: &Plan<'_>, table: &ScoreTable) -> Result<Option<Execution>, Vec<Refusal>> {
    let Some(money) = &table.money else { return Ok(Some(Execution::None)) };
    let (scored, findings) = score_execution(money, table.execution_override.as_ref(), plan.pack)?;
    let plain = table.execution_override.is_none() && findings.is_empty();
    if plain && let (Some(annual), Some(executed)) = (money.total.annual, money.total.executed) {
        return Ok(Some(Execution::Money { annual: annual.fen(), executed: executed.fen() }));
    }
    let above = !findings.is_empty();
    Ok(fixed(scored.given, plan.places).map(|points| Execution::Given { points, above }))
}
