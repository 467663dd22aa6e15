//! Monitoring and procedure under any pack: a day, a light, a chain or a named refusal, never a panic; and a pack that may be
//! activated keeps what it promises.

mod data;

use std::sync::LazyLock;

use hengji_kernel::{Date, Money};
use hengji_rules::chain::{ChainFacts, chain};
use hengji_rules::deadline::due;
use hengji_rules::idle::age;
use hengji_rules::lights::{
    self, ClassFacts, ExecutionProgress, IdleMoney, IndicatorProgress, Line, OverdueReading, ResultProgress,
    Standing, classify, flapping, steady,
};
use hengji_rules::pack::{
    Act, Cited, DayKind, ExpectedBy, HysteresisRule, IdleAge, Light, LightClass, MonthDay, ProgressCurve,
};
use hengji_rules::progress::expected;
use hengji_rules::rounds::{RoundFacts, rounds, selects};
use hengji_rules::{EffectivePack, ObjectType, Operator, RulePack, check};
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
        8 => (0i64..=1000).prop_map(|mantissa| Decimal::new(mantissa, 1)),
        1 => prop::sample::select(vec![Decimal::MAX, Decimal::MIN, Decimal::ZERO, Decimal::new(1, 28)]),
    ]
    .boxed()
}

fn days() -> BoxedStrategy<Date> {
    (-40_000i64..40_000).prop_map(|days| Date::new(2022, 1, 1).expect("a day").plus_days(days)).boxed()
}

/// Mostly twelve percentages.
fn curve() -> BoxedStrategy<Vec<Decimal>> {
    let percent = || (0i64..=1000).prop_map(|mantissa| Decimal::new(mantissa, 1));
    let sorted = prop::collection::vec(percent(), 12).prop_map(|mut months| {
        months.sort();
        months
    });
    prop_oneof![8 => sorted, 1 => prop::collection::vec(number(), 10..14)].boxed()
}

fn month() -> BoxedStrategy<u8> {
    prop_oneof![9 => 1u8..13, 1 => Just(0), 1 => Just(13)].boxed()
}

fn day_of_month() -> BoxedStrategy<u8> {
    prop_oneof![9 => 1u8..32, 1 => Just(0), 1 => Just(32)].boxed()
}

fn margin() -> BoxedStrategy<Decimal> {
    prop_oneof![9 => (0i64..=100).prop_map(|mantissa| Decimal::new(mantissa, 1)), 1 => number()].boxed()
}

/// Mostly side by side from 0.
fn ages() -> BoxedStrategy<Vec<(u32, Option<u32>)>> {
    let cuts = prop::collection::btree_set(1u32..400, 0..4).prop_map(|cuts| {
        let starts = std::iter::once(0).chain(cuts.iter().copied());
        starts.zip(cuts.iter().copied().map(Some).chain([None])).collect::<Vec<_>>()
    });
    prop_oneof![8 => cuts, 1 => prop::collection::vec((0u32..400, prop::option::of(0u32..400)), 1..4)].boxed()
}

prop_compose! {
    fn pack()(
        curve in prop::option::of(curve()),
        months in (month(), day_of_month(), month(), day_of_month()),
        limits in (number(), margin(), margin()),
        hold in (0u32..10, 1u32..5, 0u32..40),
        ages in ages(),
        limit in (0u32..1010, any::<bool>()),
        amounts in (prop::option::weighted(0.2, number()), prop::option::weighted(0.2, number())),
    ) -> RulePack {
        let mut pack = national();
        let rules = &mut pack.sections;
        rules.progress_curve = curve.map(|month_end_percent| {
            Cited { id: "curve".into(), document: "local".into(), note: Some("任意".into()), confidence: None,
                rule: ProgressCurve { month_end_percent }, origin: None }
        });
        let round = &mut rules.monitoring_calendar[0].rule.rounds[0];
        round.cut_off = MonthDay { month: months.0, day: months.1, next_year: false };
        round.due = MonthDay { month: months.2, day: months.3, next_year: true };
        rules.light_classes[0].rule.class = LightClass::SlowExecution { behind_points: limits.0 };
        if let Some(rule) = &mut rules.light_hysteresis {
            rule.rule = HysteresisRule { execution_margin_points: limits.1, result_margin_percent: limits.2,
                hold_days: hold.0, flapping_changes: hold.1, flapping_days: hold.2 };
        }
        if let Some(rule) = &mut rules.idle_money {
            rule.rule.ages = ages.into_iter().map(|(from_days, to_days)| IdleAge {
                name: "一档".into(), from_days, to_days, light: Light::Yellow }).collect();
        }
        rules.deadlines[0].rule.limit.days = limit.0;
        rules.deadlines[0].rule.limit.counted = if limit.1 { DayKind::Working } else { DayKind::Calendar };
        (rules.review_chain[0].rule.amount_from_yuan, rules.review_chain[0].rule.amount_to_yuan) = amounts;
        pack
    }
}

prop_compose! {
    fn facts()(
        as_of in days(), fen in (any::<i64>(), any::<i64>(), any::<i64>()), suspended in any::<bool>(),
        interim in prop::option::of(number()), latest in prop::option::of(number()), since in days(),
        achieved in prop::option::of(number()), planned in prop::option::weighted(0.2, number()),
    ) -> ClassFacts {
        ClassFacts {
            execution: ExecutionProgress {
                year: 2022.try_into().expect("a year"), as_of, budget: Money::from_fen(fen.0),
                paid: Money::from_fen(fen.1), planned_percent: planned, suspended,
            },
            results: ResultProgress { suspended, indicators: vec![IndicatorProgress {
                code: "1".into(), name: "指标".into(), operator: Operator::Le, interim, along: None, latest }] },
            overdue: vec![OverdueReading { name: "指标".into(), due: since }],
            achieved_percent: achieved,
            idle: Some(IdleMoney { amount: Money::from_fen(fen.2), since }),
        }
    }
}

/// Everything a pack can be asked about monitoring; refusals that a fit pack must not give.
fn ask(facts: &ClassFacts, standing: Standing, pack: &EffectivePack) -> Vec<String> {
    let (year, as_of) = (facts.execution.year, facts.execution.as_of);
    let mut refused = Vec::new();
    for counted in [ExpectedBy::Days, ExpectedBy::CompletedMonths] {
        match expected(year, as_of, counted, pack) {
            Ok(expected) if expected.percent < Decimal::ZERO => refused.push("progress.negative".into()),
            Ok(_) => {}
            Err(refusal) => refused.push(refusal.rule),
        }
    }
    match rounds(year, ObjectType::Project, pack) {
        Ok(rounds) => assert!(rounds.iter().all(|round| !round.name.is_empty())),
        Err(refusal) => refused.push(refusal.rule),
    }
    if let Ok(lit) = lights::execution(&facts.execution, pack) {
        let shown = steady(lit.clone(), Line::Execution, &standing, as_of, pack);
        assert!(shown.light >= lit.light, "a held light is never better than the computed one");
    }
    let _ = lights::result(&facts.results, pack);
    let _ = flapping(&[as_of, standing.since], as_of, pack);
    if let Ok(found) = classify(facts, pack) {
        assert!(found.windows(2).all(|pair| pair[0].class < pair[1].class), "each class once");
    }
    if let Some(idle) = facts.idle
        && let Err(refusal) = age(idle.amount, idle.since, as_of, pack)
    {
        refused.push(refusal.rule);
    }
    match due(Act::Feedback, ObjectType::Project, as_of, pack) {
        Ok(due) => assert!(due.date >= as_of),
        Err(refusal) => refused.push(refusal.rule),
    }
    let amount = facts.execution.budget;
    let _ = chain(&ChainFacts { object_type: ObjectType::Project, amount, marks: vec![] }, pack);
    let selected =
        RoundFacts { object_type: ObjectType::Project, budget: amount, rate_percent: None, marks: vec![] };
    let _ = selects("monitoring.annual", &selected, pack);
    refused
}

fn effective(pack: RulePack) -> EffectivePack {
    let region = "640323000".parse().expect("code");
    EffectivePack::resolve(&[pack], &region, "2022-12-31".parse().expect("date"), ObjectType::Project)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, max_global_rejects: 200_000, ..ProptestConfig::default() })]

    #[test]
    fn any_pack_answers_or_refuses_by_name(pack in pack(), facts in facts(), since in days()) {
        let refused = ask(&facts, Standing { light: Light::Red, since }, &effective(pack));
        prop_assert!(refused.iter().all(|rule| rule.contains('.')), "{:?}", refused);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, max_global_rejects: 200_000, ..ProptestConfig::default() })]

    #[test]
    fn a_pack_the_check_lets_through_decides_every_day(pack in pack(), facts in facts(), since in days()) {
        prop_assume!(check(&pack).is_empty());
        let refused = ask(&facts, Standing { light: Light::Yellow, since }, &effective(pack));
        prop_assert!(refused.is_empty(), "{:?}", refused);
    }
}
