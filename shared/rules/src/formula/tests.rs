use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::fixture::decimal;

fn shipped() -> Vec<Formula> {
    serde_json::from_str(include_str!("../../../../data/formulas/common.json")).expect("shipped formulas")
}

fn formula(code: &str) -> Formula {
    shipped().into_iter().find(|formula| formula.code == code).expect("shipped")
}

fn given(quantities: &[(&str, &str)]) -> BTreeMap<String, Decimal> {
    quantities.iter().map(|(name, value)| ((*name).to_owned(), decimal(value))).collect()
}

fn refusals(result: Result<Computed, Vec<Refusal>>) -> Vec<(String, String)> {
    result.unwrap_err().into_iter().map(|refusal| (refusal.rule, refusal.subject)).collect()
}

#[test]
fn every_shipped_formula_is_fit_and_computes() {
    let formulas = shipped();
    let mut codes = HashSet::new();
    for formula in &formulas {
        assert_eq!(formula.check(), [], "{}", formula.code);
        assert!(codes.insert(&formula.code), "{} twice", formula.code);
        assert!(!formula.in_words().is_empty());
        let fours: BTreeMap<_, _> =
            formula.quantities.iter().map(|quantity| (quantity.name.clone(), Decimal::from(4))).collect();
        assert!(formula.compute(&fours).is_ok(), "{}", formula.code);
        let zeros: BTreeMap<_, _> =
            formula.quantities.iter().map(|quantity| (quantity.name.clone(), Decimal::ZERO)).collect();
        assert_eq!(
            refusals(formula.compute(&zeros)),
            [("formula.zero_divisor".to_owned(), formula.code.clone())]
        );
    }
    assert!(formulas.len() > 20);
}

#[test]
fn the_execution_rate_has_two_denominators() {
    let of_budget = formula("execution_rate_of_budget");
    let computed = of_budget.compute(&given(&[("executed", "875.50"), ("budget", "1000")])).unwrap();
    assert_eq!((computed.value, computed.unit.as_str()), (decimal("87.55"), "%"));
    assert_eq!(
        computed.explanation.steps[0],
        crate::explanation::Step {
            text: "全年执行数 ÷ 全年预算数（调整后） × 100".into(),
            arithmetic: "875.5 ÷ 1000 × 100 = 87.55%".into(),
        }
    );
    let of_arrived = formula("execution_rate_of_arrived");
    let computed = of_arrived.compute(&given(&[("spent", "875.50"), ("arrived", "900")])).unwrap();
    assert_eq!(computed.value, decimal("97.28"));
    assert!(computed.explanation.to_chinese().contains("财预〔2020〕10号"));
}

#[test]
fn brackets_are_kept_in_words_and_numbers() {
    let saving = formula("cost_saving_rate");
    assert_eq!(saving.in_words(), "（计划成本 − 实际成本） ÷ 计划成本 × 100");
    let computed = saving.compute(&given(&[("planned_cost", "300"), ("actual_cost", "400")])).unwrap();
    assert_eq!(computed.value, decimal("-33.33"));
}

#[test]
fn tells_every_wrong_quantity_at_once() {
    let rate = formula("completion_rate");
    assert_eq!(
        refusals(rate.compute(&given(&[("actual", "-1"), ("plan", "2")]))),
        [
            ("formula.negative".to_owned(), "actual".to_owned()),
            ("formula.missing".to_owned(), "planned".to_owned()),
            ("formula.unknown".to_owned(), "plan".to_owned()),
        ]
    );
    let largest = BTreeMap::from([("actual".into(), Decimal::MAX), ("planned".into(), decimal("0.01"))]);
    assert_eq!(refusals(rate.compute(&largest))[0].0, "arithmetic.overflow");
}

#[test]
fn a_zero_divisor_may_have_a_value() {
    let mut rate = formula("completion_rate");
    rate.zero_divisor =
        ZeroDivisor::Value { value: decimal("100"), reason: "没有任务视为完成".into() };
    let computed = rate.compute(&given(&[("actual", "0"), ("planned", "0")])).unwrap();
    assert_eq!(computed.value, decimal("100"));
    assert!(computed.explanation.to_chinese().contains("没有任务视为完成"));
}

#[test]
fn finds_every_fault_of_a_formula() {
    let codes = |expression: &str| {
        let mut formula = formula("completion_rate");
        formula.expression = expression.into();
        formula.check().into_iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    assert_eq!(codes("actual / planned"), [""; 0]);
    assert_eq!(codes("actual / plan"), ["formula.unknown", "formula.unused"]);
    for broken in [
        "",
        "actual /",
        "(actual / planned",
        "actual planned",
        "actual % planned",
        "1.2.3 * actual / planned",
    ] {
        assert_eq!(codes(broken), ["formula.expression"], "{broken}");
    }
    assert_eq!(codes(&"(".repeat(100_000)), ["formula.expression"]);
    assert_eq!(codes(&format!("actual / planned{}", " + actual".repeat(100_000))), ["formula.expression"]);
    let mut twice = formula("completion_rate");
    twice.quantities[1].name = "actual".into();
    twice.document.clear();
    assert_eq!(twice.check().len(), 3);
}

proptest! {
    #[test]
    fn any_expression_is_read_or_refused(text in "[a-z0-9+*/() .-]{0,60}") {
        let mut any = formula("completion_rate");
        any.expression = text;
        let _ = any.check();
        let _ = any.compute(&given(&[("actual", "3"), ("planned", "0")]));
    }

    #[test]
    fn a_ratio_is_exact_before_it_is_rounded(actual in 0_i64..1_000_000, planned in 1_i64..1_000_000) {
        let quantities = BTreeMap::from([("actual".into(), actual.into()), ("planned".into(), planned.into())]);
        let value = formula("completion_rate").compute(&quantities).unwrap().value;
        // half up of actual * 10000 / planned, in hundredths
        let hundredths = (2 * actual * 10_000 + planned) / (2 * planned);
        prop_assert_eq!(value, Decimal::new(hundredths, 2));
    }
}
