use super::*;
use crate::fixture::{effective, money, packs, region, variant};
use crate::pack::{DayKind, Reviewer, RulePack};

fn joint() -> EffectivePack {
    let mut all = packs();
    all.push(RulePack { layer: region(), ..variant("joint-review-chain") });
    EffectivePack::resolve(&all, &region(), "2022-12-31".parse().unwrap(), ObjectType::Project)
}

fn steps(object_type: ObjectType, amount: &str, pack: &EffectivePack) -> Vec<String> {
    let facts = ChainFacts { object_type, amount: money(amount), marks: vec![] };
    chain(&facts, pack).unwrap().steps.into_iter().map(|step| step.name).collect()
}

#[test]
fn a_target_passes_its_department_and_both_parts_of_the_finance_department() {
    let pack = effective(ObjectType::Project);
    let facts = ChainFacts { object_type: ObjectType::Project, amount: money("1"), marks: vec![] };
    let chain = chain(&facts, &pack).unwrap();
    let reviewers: Vec<_> = chain.steps.iter().flat_map(|step| &step.reviewers).collect();
    assert_eq!(reviewers, [&Reviewer::Department, &Reviewer::FinanceLine, &Reviewer::FinancePerformance]);
    assert!(chain.steps.iter().all(|step| step.limit.is_some_and(|limit| limit.counted == DayKind::Working)));
    assert_eq!(chain.explanation.document, "财预〔2015〕88号");
}

#[test]
fn large_projects_go_another_way_from_the_first_yuan_of_the_limit() {
    let pack = joint();
    let small = ["单位内部审核", "主管部门审核", "财政部门联合审核"];
    let large = ["主管部门审核", "专家和第三方审核", "财政部门联合审核"];
    assert_eq!(steps(ObjectType::Project, "4999999.99", &pack), small);
    assert_eq!(steps(ObjectType::Project, "5000000", &pack), large);
    assert_eq!(steps(ObjectType::Department, "5000000", &pack), small);
}

#[test]
fn without_a_chain_nobody_is_guessed() {
    let mut pack = joint();
    pack.rules.review_chain.retain(|rule| rule.rule.rank == 50);
    let facts = ChainFacts { object_type: ObjectType::Project, amount: money("1"), marks: vec![] };
    assert_eq!(chain(&facts, &pack).unwrap_err().rule, "review_chain.none");
}

#[test]
fn specific_projects_need_a_target_and_salaries_do_not() {
    let pack = effective(ObjectType::Project);
    let of = |category| need(category, &pack).unwrap().0;
    assert_eq!(of(ProjectCategory::Specific), Need::Required);
    assert_eq!(of(ProjectCategory::Personnel), Need::None);
}
