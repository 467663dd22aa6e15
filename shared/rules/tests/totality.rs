//! An activated (check-clean) pack is total: any input scores within 0 and the weight or is refused by name.

mod data;

use std::sync::LazyLock;

use hengji_kernel::Money;
use hengji_rules::pack::{
    AdjustmentDirection, AdjustmentRule, AlternativesRule, Band, CapBand, Cited, ClosedAt, ExecutionRule,
    IndicatorMethod, IndicatorRule, OverAchievementRule, PartStep, PassShape, PassThreshold, PointBand,
    QuantitativeMethod, Sections, TotalCapRule, ZeroTarget,
};
use hengji_rules::score::table::{Adjustment, Measure};
use hengji_rules::{
    Direction, EffectivePack, MoneyRow, MoneyTable, Nature, ObjectType, Operator, Override, RulePack,
    ScoreIndicator, ScoreTable, ScoringMethod, check, score,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn national() -> RulePack {
    static NATIONAL: LazyLock<RulePack> = LazyLock::new(|| {
        data::packs().into_iter().find(|pack| pack.code == "national-2021").expect("shipped")
    });
    NATIONAL.clone()
}

fn number() -> BoxedStrategy<Decimal> {
    prop_oneof![
        Just(Decimal::ZERO),
        Just(Decimal::MAX),
        Just(Decimal::MIN),
        (-1_000_000i64..1_000_000, 0u32..8).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale)),
        (0i64..200).prop_map(Decimal::from),
        any::<(i64, u8)>().prop_map(|(mantissa, scale)| Decimal::new(mantissa, u32::from(scale) % 28)),
    ]
    .boxed()
}

fn operator() -> impl Strategy<Value = Operator> {
    prop::sample::select(vec![
        Operator::Ge,
        Operator::Gt,
        Operator::Le,
        Operator::Lt,
        Operator::Eq,
        Operator::Range,
    ])
}

prop_compose! {
    fn measure()(operator in prop::option::of(operator()), value in number(), high in prop::option::of(number()),
        unit in prop::option::of(prop::sample::select(vec!["%", "元", "万元", "人"]))) -> Measure {
        Measure { operator, value, high, unit: unit.map(str::to_owned) }
    }
}

prop_compose! {
    fn indicator()(
        target in prop::option::of(measure()),
        actual in prop::option::of(measure()),
        texts in ("[≥≤＝0-9.%万元年月日底前好]{0,8}", "[≥≤＝0-9.%万元年月日底前好]{0,8}"),
        direction in prop::option::of(prop::sample::select(vec![Direction::Positive, Direction::Negative])),
        qualitative in any::<bool>(),
        method in prop::sample::select(vec![ScoringMethod::Auto, ScoringMethod::Direct, ScoringMethod::Proportional,
            ScoringMethod::Graded, ScoringMethod::Satisfaction]),
        weight in number(),
        pass_at_percent in prop::option::weighted(0.2, number()),
        share_percent in prop::option::of(number()),
        not_applicable in prop::bool::weighted(0.1),
        overridden in prop::option::weighted(0.2, number()),
    ) -> ScoreIndicator {
        ScoreIndicator {
            code: "1".into(), name: "指标".into(), target, actual, direction, method, weight, pass_at_percent,
            share_percent, not_applicable, target_text: texts.0, actual_text: texts.1,
            nature: if qualitative { Nature::Qualitative } else { Nature::Quantitative },
            overridden: overridden.map(|score| Override { score, reason: "复核".into() }),
            ..ScoreIndicator::default()
        }
    }
}

prop_compose! {
    fn money()(fen in prop::collection::vec(prop::option::of(-1_000_000_000_000i64..1_000_000_000_000), 6)) -> MoneyTable {
        let row = |at: usize| MoneyRow {
            source: "财政拨款".into(), initial: fen[at].map(Money::from_fen),
            annual: fen[at + 1].map(Money::from_fen), executed: fen[at + 2].map(Money::from_fen),
        };
        MoneyTable { total: row(0), rows: if fen[5].is_none() { vec![] } else { vec![row(3)] } }
    }
}

/// Mostly a percentage, sometimes anything.
fn percent() -> BoxedStrategy<Decimal> {
    prop_oneof![40 => (0i64..=1000).prop_map(|mantissa| Decimal::new(mantissa, 1)), 1 => number()].boxed()
}

fn edges(top: Option<i64>) -> impl Strategy<Value = Vec<Band>> {
    (prop::collection::btree_set(1i64..100, 0..4), prop::collection::vec(percent(), 5), 0i64..50).prop_map(
        move |(cuts, shares, fault)| {
            let mut from = Decimal::ZERO;
            let mut bands = Vec::new();
            let ends = cuts.into_iter().map(|cut| Some(Decimal::from(cut))).chain([top.map(Decimal::from)]);
            for (to, share_percent) in ends.zip(shares) {
                bands.push(Band { from, to, share_percent });
                // now and then a gap
                from = to.unwrap_or_default() + Decimal::from(i64::from(fault == 0));
            }
            bands
        },
    )
}

fn cited<T>(id: &str, rule: T) -> Cited<T> {
    let note = Some("任意".to_owned());
    Cited { id: id.into(), document: "local".into(), note, confidence: None, rule, origin: None }
}

/// Steps, standards, tolerance, caps, plus and minus points.
#[derive(Debug, Clone)]
struct Further {
    stepped: Option<(Decimal, Decimal, Decimal)>,
    standard: Option<IndicatorRule>,
    tolerance: Option<Decimal>,
    cap: Option<(Decimal, Decimal)>,
    adjustment: Option<(bool, Decimal, Decimal)>,
    rate_places: Option<u32>,
    alternatives: bool,
}

impl Further {
    fn apply(self, rules: &mut Sections) {
        if let (Some((full_at, step_percent, points)), Some(rule)) = (self.stepped, &mut rules.execution) {
            rule.rule = ExecutionRule::Stepped { weight: rule.rule.weight(), full_at, step_percent, points };
        }
        rules.indicator_rules = self.standard.into_iter().map(|rule| cited("standard", rule)).collect();
        for rule in
            rules.quantitative.iter_mut().filter(|rule| rule.rule.method == QuantitativeMethod::TwoSided)
        {
            rule.rule.tolerance_percent = self.tolerance;
        }
        rules.total_cap = self.cap.map(|(edge, at_most)| {
            let low = CapBand { from: Decimal::ZERO, to: Some(edge), at_most };
            cited("cap", TotalCapRule { bands: vec![low, CapBand { from: edge, to: None, at_most }] })
        });
        rules.adjustments = self
            .adjustment
            .into_iter()
            .map(|(adds, points_each, points_max)| {
                let direction = if adds { AdjustmentDirection::Add } else { AdjustmentDirection::Deduct };
                cited(
                    "adjustment",
                    AdjustmentRule { title: "加减分".into(), direction, points_each, points_max },
                )
            })
            .collect();
        if let Some(rule) = &mut rules.rounding {
            rule.rule.rate_places = self.rate_places;
        }
        if self.alternatives {
            let names = vec!["指标".to_owned(), "另一指标".to_owned()];
            rules.alternatives = vec![cited("alternatives", AlternativesRule { names })];
        }
    }
}

fn standard() -> BoxedStrategy<IndicatorRule> {
    let part = prop::sample::select(vec![PartStep::Free, PartStep::Whole, PartStep::Share]);
    let steps = (percent(), percent(), part).prop_map(|(step, points, part)| IndicatorMethod::PerStep {
        step,
        points,
        part,
    });
    let closed = prop::sample::select(vec![ClosedAt::From, ClosedAt::To]);
    let table = (number(), percent(), percent(), closed).prop_map(|(edge, low, high, closed)| {
        let bands = vec![
            PointBand { from: None, to: Some(edge), points: low },
            PointBand { from: Some(edge), to: None, points: high },
        ];
        IndicatorMethod::Table { closed, bands }
    });
    (percent(), prop_oneof![steps, table])
        .prop_map(|(points, method)| IndicatorRule { names: vec!["指标".into()], points, method })
        .boxed()
}

prop_compose! {
    fn further()(
        stepped in prop::option::of((percent(), percent(), percent())),
        standard in prop::option::weighted(0.3, standard()),
        tolerance in prop::option::of(percent()),
        cap in prop::option::of((percent(), percent())),
        adjustment in prop::option::of((any::<bool>(), percent(), percent())),
        rate_places in prop::option::weighted(0.2, 0_u32..8),
        alternatives in any::<bool>(),
    ) -> Further {
        Further { stepped, standard, tolerance, cap, adjustment, rate_places, alternatives }
    }
}

prop_compose! {
    fn pack()(
        linear in any::<bool>(), weight in percent(), bands in edges(Some(100)),
        method in prop::sample::select(vec![QuantitativeMethod::ActualOverTarget, QuantitativeMethod::TargetOverActual,
            QuantitativeMethod::TwoSided, QuantitativeMethod::Direct]),
        at in percent(), cut in any::<bool>(), zero in any::<bool>(),
        over in (percent(), percent(), percent()), unmet in percent(), satisfaction in edges(None),
        further in further(),
    ) -> RulePack {
        let mut pack = national();
        let rules = &mut pack.sections;
        if let Some(rule) = &mut rules.execution {
            rule.rule = if linear { ExecutionRule::Linear { weight } }
                else { ExecutionRule::Banded { weight, full_at: Decimal::ONE_HUNDRED, bands } };
        }
        for rule in &mut rules.quantitative {
            if !rule.rule.operators.contains(&Operator::Range) {
                rule.rule.method = method;
            }
            let shape = if cut { PassShape::Cut } else { PassShape::Shifted };
            rule.rule.pass = Some(PassThreshold { at_percent: at, shape });
            rule.rule.zero_target = if zero { ZeroTarget::Direct } else { ZeroTarget::Refuse };
        }
        if let Some(rule) = &mut rules.over_achievement {
            rule.rule = OverAchievementRule::Reduce {
                trigger_percent: over.0.saturating_add(Decimal::ONE_HUNDRED), points_percent: over.1, floor_percent: over.2 };
        }
        if let Some(rule) = &mut rules.direct { rule.rule.unmet_share_percent = unmet; }
        if let Some(rule) = &mut rules.satisfaction { rule.rule.bands = satisfaction; }
        further.apply(rules);
        pack
    }
}

fn holds(table: &ScoreTable, pack: RulePack) -> Result<(), TestCaseError> {
    let region = "640323000".parse().expect("code");
    let date = "2022-12-31".parse().expect("date");
    let effective = EffectivePack::resolve(&[pack], &region, date, ObjectType::Project);
    match score(table, &effective) {
        Ok(card) => {
            for row in &card.rows {
                for value in [row.computed, row.given].into_iter().flatten() {
                    prop_assert!(value >= Decimal::ZERO && value <= row.weight, "{row:?}");
                }
                prop_assert!(!row.explanation.to_chinese().is_empty());
            }
            if let Some(row) = &card.execution {
                prop_assert!(row.computed >= Decimal::ZERO && row.computed <= row.weight);
            }
            prop_assert!(card.total >= Decimal::ZERO && card.total <= card.full);
        }
        Err(refusals) => {
            prop_assert!(!refusals.is_empty());
            prop_assert!(
                refusals.iter().all(|refusal| refusal.rule.contains('.') && !refusal.message.is_empty())
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn the_national_pack_is_total(indicators in prop::collection::vec(indicator(), 0..4), money in prop::option::of(money())) {
        holds(&ScoreTable { indicators, money, ..ScoreTable::default() }, national())?;
    }

    #[test]
    fn any_pack_the_check_lets_through_is_total(
        pack in pack(), indicators in prop::collection::vec(indicator(), 1..3), money in money(),
    ) {
        prop_assume!(check(&pack).is_empty());
        let adjustments = pack.sections.adjustments.iter().map(|rule| Adjustment {
            rule: rule.id.clone(), times: 3, reason: "认定".into() }).collect();
        holds(&ScoreTable { indicators, money: Some(money), adjustments, ..ScoreTable::default() }, pack)?;
    }

    #[test]
    fn even_a_faulty_pack_never_panics(
        pack in pack(), at in number(), weight in number(), indicators in prop::collection::vec(indicator(), 1..3), money in money(),
    ) {
        let mut pack = pack;
        if let Some(rule) = &mut pack.sections.execution {
            rule.rule = ExecutionRule::Linear { weight };
        }
        if let Some(rule) = &mut pack.sections.over_achievement {
            rule.rule = OverAchievementRule::Reduce { trigger_percent: at, points_percent: weight, floor_percent: at };
        }
        let region = "640323000".parse().expect("code");
        let date = "2022-12-31".parse().expect("date");
        let effective = EffectivePack::resolve(&[pack], &region, date, ObjectType::Project);
        let _ = score(&ScoreTable { indicators, money: Some(money), ..ScoreTable::default() }, &effective);
    }
}
