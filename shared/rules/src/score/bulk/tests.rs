//! Whole numbers and decimals must agree on every table.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::effective::EffectivePack;
use crate::fixture::{decimal, effective, money, packs, region};
use crate::pack::{
    Band, CapBand, Cited, ExecutionRule, IndicatorMethod, IndicatorRule, OverAchievementRule, PartStep,
    PassShape, PassThreshold, RoundingMode, RulePack, TotalCapRule,
};
use crate::score::score;
use crate::score::table::{Measure, MoneyRow, MoneyTable, Override, ScoreIndicator, ScoreTable};
use crate::word::{Direction, Nature, ObjectType, Operator, ScoringMethod};

fn changed(change: impl FnOnce(&mut RulePack)) -> EffectivePack {
    let mut packs = packs();
    change(&mut packs[0]);
    EffectivePack::resolve(&packs, &region(), "2022-12-31".parse().unwrap(), ObjectType::Project)
}

prop_compose! {
    fn rounding()(
        mode in prop_oneof![
            Just(RoundingMode::HalfUp),
            Just(RoundingMode::HalfEven),
            Just(RoundingMode::Down),
            Just(RoundingMode::Up),
        ],
        row in 0_u32..4,
        total in 0_u32..4,
    ) -> (RoundingMode, u32, u32) {
        (mode, row, total)
    }
}

fn over() -> impl Strategy<Value = OverAchievementRule> {
    let percent = |units: i64| Decimal::new(units, 1);
    prop_oneof![
        Just(OverAchievementRule::None {}),
        (1000_i64..2000).prop_map(move |at| OverAchievementRule::Explain { trigger_percent: percent(at) }),
        (1000_i64..2000, 0_i64..50).prop_map(move |(at, cost)| OverAchievementRule::Reduce {
            trigger_percent: percent(at),
            points_percent: percent(cost),
            floor_percent: Decimal::from(50),
        }),
    ]
}

fn pass() -> impl Strategy<Value = Option<PassThreshold>> {
    let shape = prop_oneof![Just(PassShape::Cut), Just(PassShape::Shifted)];
    proptest::option::of(
        (0_i64..1000, shape).prop_map(|(at, shape)| PassThreshold { at_percent: Decimal::new(at, 1), shape }),
    )
}

fn cited<T>(rule: T) -> Cited<T> {
    Cited { id: "new".into(), document: "local".into(), note: None, confidence: None, rule, origin: None }
}

prop_compose! {
    fn any_pack()(
        (mode, row, total) in rounding(),
        over in over(),
        pass in pass(),
        unmet in 0_i64..101,
        shape in 0_u8..3,
        caps in any::<bool>(),
        tolerance in proptest::option::weighted(0.2, (0_i64..30).prop_map(Decimal::from)),
        standard in proptest::bool::weighted(0.1),
    ) -> EffectivePack {
        changed(|pack| {
            let sections = &mut pack.sections;
            if let Some(rule) = &mut sections.rounding {
                (rule.rule.mode, rule.rule.row_places, rule.rule.total_places) = (mode, row, total);
            }
            if let Some(rule) = &mut sections.over_achievement {
                rule.rule = over;
            }
            if let Some(rule) = &mut sections.direct {
                rule.rule.unmet_share_percent = Decimal::from(unmet);
            }
            for rule in &mut sections.quantitative {
                rule.rule.pass = pass;
                rule.rule.tolerance_percent = tolerance;
            }
            if caps {
                sections.total_cap = Some(cited(TotalCapRule { bands: vec![
                    CapBand { from: 0.into(), to: Some(Decimal::new(555, 1)), at_most: Decimal::new(5999, 2) },
                    CapBand { from: Decimal::new(555, 1), to: None, at_most: Decimal::ONE_HUNDRED },
                ] }));
            }
            if standard {
                let method = IndicatorMethod::PerStep {
                    step: Decimal::new(5, 1), points: Decimal::ONE, part: PartStep::Whole };
                sections.indicator_rules =
                    vec![cited(IndicatorRule { names: vec![String::new()], points: Decimal::TEN, method })];
            }
            if let Some(rule) = sections.execution.as_mut().filter(|_| shape == 2) {
                rule.rule = ExecutionRule::Stepped {
                    weight: Decimal::TEN,
                    full_at: Decimal::from(98),
                    step_percent: Decimal::new(25, 1),
                    points: Decimal::new(7, 1),
                };
            }
            if let Some(rule) = sections.execution.as_mut().filter(|_| shape == 1) {
                let band = |from: i64, to: i64, share: i64| Band {
                    from: from.into(),
                    to: Some(to.into()),
                    share_percent: share.into(),
                };
                rule.rule = ExecutionRule::Banded {
                    weight: Decimal::TEN,
                    full_at: Decimal::from(95),
                    bands: vec![band(0, 60, 0), band(60, 80, 50), band(80, 95, 75)],
                };
            }
        })
    }
}

fn quantity() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        8 => (0_i64..4000).prop_map(|units| Decimal::new(units, 1)),
        2 => (-1000_i64..1000).prop_map(|units| Decimal::new(units, 2)),
        1 => Just(Decimal::ZERO),
        1 => any::<i64>().prop_map(|units| Decimal::new(units, 4)),
        1 => Just(Decimal::from(1_000_000_000_000_000_000_i64)),
        1 => Just(decimal("1.2345678901234567890123456789")),
    ]
}

prop_compose! {
    fn indicator()(
        operator in proptest::option::weighted(0.9, prop_oneof![
            Just(Operator::Ge), Just(Operator::Gt), Just(Operator::Le), Just(Operator::Lt), Just(Operator::Eq),
            Just(Operator::Range),
        ]),
        direction in proptest::option::of(prop_oneof![Just(Direction::Positive), Just(Direction::Negative)]),
        method in prop_oneof![
            6 => Just(ScoringMethod::Auto),
            1 => Just(ScoringMethod::Proportional),
            1 => Just(ScoringMethod::Direct),
            1 => Just(ScoringMethod::Deduction),
            1 => Just(ScoringMethod::Satisfaction),
            1 => Just(ScoringMethod::Graded),
        ],
        target in quantity(),
        high in proptest::option::weighted(0.2, quantity()),
        actual in proptest::option::weighted(0.95, quantity()),
        weight in prop_oneof![
            5 => (1_i64..40).prop_map(Decimal::from),
            2 => (1_i64..4000).prop_map(|units| Decimal::new(units, 2)),
            1 => Just(decimal("3.33333")),
        ],
        pass_at_percent in proptest::option::weighted(0.2, (0_i64..1100).prop_map(|at| Decimal::new(at, 1))),
        share_percent in proptest::option::weighted(0.3, (0_i64..101).prop_map(Decimal::from)),
        not_applicable in proptest::bool::weighted(0.1),
        overridden in proptest::option::weighted(0.1, (0_i64..500).prop_map(|units| Decimal::new(units, 2))),
        qualitative in proptest::bool::weighted(0.05),
    ) -> ScoreIndicator {
        let measure = |operator, value, high| Measure { operator, value, high, unit: None };
        ScoreIndicator {
            code: "1".into(),
            target: Some(measure(operator, target, high)),
            actual: actual.map(|actual| measure(None, actual, None)),
            direction,
            method,
            weight,
            pass_at_percent,
            share_percent,
            not_applicable,
            nature: if qualitative { Nature::Qualitative } else { Nature::default() },
            overridden: overridden.map(|score| Override { score, reason: "抽查".into() }),
            ..ScoreIndicator::default()
        }
    }
}

prop_compose! {
    fn any_table()(
        indicators in proptest::collection::vec(indicator(), 0..6),
        amounts in proptest::option::weighted(0.7, (0_i64..100_000, 0_i64..110_000)),
        given in proptest::option::weighted(0.1, (0_i64..10).prop_map(Decimal::from)),
    ) -> ScoreTable {
        let money = amounts.map(|(annual, executed)| MoneyTable {
            total: MoneyRow {
                annual: Some(hengji_kernel::Money::from_fen(annual)),
                executed: Some(hengji_kernel::Money::from_fen(executed)),
                ..MoneyRow::default()
            },
            rows: vec![],
        });
        let execution_override = given.map(|score| Override { score, reason: "抽查".into() });
        ScoreTable { indicators, money, execution_override, ..ScoreTable::default() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_decimals(pack in any_pack(), table in any_table()) {
        let exact = score(&table, &pack).map(Summary::from);
        let mut results = Vec::new();
        score_all(&pack, [((), table)], 1, |(), result| { results.push(result); true });
        prop_assert_eq!(results, vec![exact]);
    }
}

/// The property above would hold of a plan that leaves everything to the decimals.
#[test]
fn takes_plain_quantities_itself() {
    let pack = effective(ObjectType::Project);
    let plan = Plan::of(&pack).expect("the national pack is whole");
    let mut indicator = ScoreIndicator {
        code: "1".into(),
        target_text: "≥90%".into(),
        actual_text: "45%".into(),
        weight: Decimal::from(90),
        ..ScoreIndicator::default()
    };
    let row = MoneyRow { annual: Some(money("100")), executed: Some(money("95")), ..MoneyRow::default() };
    let table = |indicator: &ScoreIndicator| ScoreTable {
        indicators: vec![indicator.clone()],
        money: Some(MoneyTable { total: row.clone(), rows: vec![] }),
        ..ScoreTable::default()
    };
    let packed = plan.packed(&table(&indicator)).unwrap().expect("whole");
    assert_eq!(
        (packed.leaves[0].target, packed.leaves[0].actual, packed.leaves[0].weight),
        (900_000, 450_000, 9000)
    );
    let brief = plan.brief(&packed.leaves, packed.execution).unwrap();
    assert_eq!(plan.points(brief.total), decimal("54.5"));
    for (method, actual, total) in [
        (ScoringMethod::Direct, "45%", "9.5"),
        (ScoringMethod::Deduction, "81%", "81.5"),
        (ScoringMethod::Proportional, "120%", "99.5"),
    ] {
        indicator.method = method;
        indicator.actual_text = actual.into();
        let packed = plan.packed(&table(&indicator)).unwrap().expect("whole");
        assert_ne!(packed.leaves[0].rule, rule::GIVEN, "{method:?}");
        let brief = plan.brief(&packed.leaves, packed.execution).unwrap();
        assert_eq!(plan.points(brief.total), decimal(total), "{method:?}");
    }
}

#[test]
fn a_share_is_not_rounded_before_the_score() {
    let pack = effective(ObjectType::Project);
    let indicator = ScoreIndicator {
        code: "1".into(),
        target_text: "≥300个".into(),
        actual_text: "67个".into(),
        weight: decimal("1.5"),
        pass_at_percent: Some(decimal("20")),
        ..ScoreIndicator::default()
    };
    let (row, _) = crate::score::score_indicator(&indicator, &pack).unwrap();
    // 1.5 × 67 ÷ 300 is 0.335 exactly; through 22.333…% it would be less
    assert_eq!(row.computed, Some(decimal("0.34")));
}

#[test]
fn keeps_the_order_on_every_number_of_cores_and_ends_when_told() {
    let pack = effective(ObjectType::Project);
    let tables = || {
        (0..2000_i64).map(|n| {
            let indicator = ScoreIndicator {
                code: "1".into(),
                target_text: "≥2000".into(),
                actual_text: n.to_string(),
                weight: Decimal::from(100),
                ..ScoreIndicator::default()
            };
            (n, ScoreTable { indicators: vec![indicator], ..ScoreTable::default() })
        })
    };
    let run = |cores| {
        let mut seen = Vec::new();
        score_all(&pack, tables(), cores, |key, result| {
            seen.push((key, result.map(|summary| summary.total)));
            seen.len() < 1500
        });
        seen
    };
    let one = run(1);
    assert_eq!(one.len(), 1500);
    assert_eq!(one[100], (100, Ok(decimal("5"))));
    assert_eq!(run(3), one);
}
