use super::*;
use crate::fixture::{decimal, effective, money};

const ASPECTS: [&str; 5] = ["立项必要性", "投入经济性", "绩效目标合理性", "实施方案可行性", "筹资合规性"];

fn scores(points: [&str; 5]) -> Vec<AspectScore> {
    let score =
        |(aspect, points): (&str, &str)| AspectScore { aspect: aspect.into(), points: decimal(points) };
    ASPECTS.into_iter().zip(points).map(score).collect()
}

#[test]
fn the_grade_decides_the_conclusion() {
    let pack = effective(ObjectType::Project);
    for (points, conclusion) in [
        (["20", "18", "18", "17", "17"], Conclusion::Support),
        (["18", "18", "18", "18", "17.9"], Conclusion::SupportAfterAmendment),
        (["12", "12", "12", "12", "12"], Conclusion::Resubmit),
        (["0", "0", "0", "0", "0"], Conclusion::Refuse),
    ] {
        assert_eq!(conclude(&scores(points), &pack).unwrap().conclusion, conclusion);
    }
}

#[test]
fn every_aspect_is_scored_once_within_its_points() {
    let pack = effective(ObjectType::Project);
    let mut given = scores(["21", "18", "18", "17", "17"]);
    given.pop();
    given.push(AspectScore { aspect: "偿债能力".into(), points: decimal("5") });
    let rules: Vec<_> =
        conclude(&given, &pack).unwrap_err().into_iter().map(|refusal| refusal.rule).collect();
    assert_eq!(rules, ["ex_ante.points", "ex_ante.aspect", "ex_ante.unknown_aspect"]);
}

#[test]
fn bonds_and_policies_have_their_own_aspects() {
    let names = |object_type| {
        let pack = effective(object_type);
        let rule = rule_for(object_type, &pack).unwrap().rule.clone();
        rule.aspects.into_iter().map(|aspect| aspect.name).collect::<Vec<_>>()
    };
    assert!(names(ObjectType::Bond).contains(&"偿债能力安全性".to_owned()));
    assert!(names(ObjectType::Policy).contains(&"设立必要性".to_owned()));
    let department = effective(ObjectType::Department);
    assert_eq!(rule_for(ObjectType::Department, &department).unwrap_err().rule, "pack.section_missing");
}

#[test]
fn applies_to_new_and_policy_but_not_to_the_exempt_or_steady() {
    let pack = effective(ObjectType::Project);
    let steady = ExAnteFacts {
        is_new: false,
        is_policy: false,
        expired_to_continue: false,
        amount: money("500000"),
        last_amount: Some(money("500000")),
        marks: vec![],
    };
    let required = |facts: &ExAnteFacts| applicable(facts, &pack).unwrap().required;
    assert!(!required(&steady));
    assert!(required(&ExAnteFacts { is_new: true, ..steady.clone() }));
    assert!(required(&ExAnteFacts { expired_to_continue: true, ..steady.clone() }));
    assert!(!required(&ExAnteFacts { is_new: true, marks: vec!["emergency".into()], ..steady.clone() }));
    let mut local = pack.clone();
    if let Some(rule) = &mut local.rules.applicability {
        rule.rule.continuing_growth_over_percent = Some(decimal("20"));
        rule.rule.new_amount_min_yuan = Some(decimal("500000"));
    }
    let grown = ExAnteFacts { amount: money("600000.01"), ..steady.clone() };
    assert!(applicable(&grown, &local).unwrap().required);
    let small = ExAnteFacts { is_new: true, amount: money("499999.99"), ..steady };
    assert!(!applicable(&small, &local).unwrap().required);
}
