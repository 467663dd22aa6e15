use super::*;
use crate::fixture::{decimal, effective, money};

fn facts(grade: Grade) -> LinkageFacts {
    LinkageFacts {
        object_type: ObjectType::Project,
        nature: Some(ProjectNature::Recurrent),
        basis: Basis::FinanceEvaluation,
        grade: Some(grade),
        score: Some(decimal("70")),
        consecutive_years: 1,
        rectification_overdue: false,
        execution_rate_percent: Some(decimal("95")),
        idle_years: 0,
        idle_balance: None,
        overlapping: false,
        marks: vec![],
        last_budget: Some(money("100000.01")),
        request: Some(money("200000")),
        last_executed: None,
    }
}

fn proposed(facts: &LinkageFacts) -> Proposal {
    propose(facts, &effective(ObjectType::Project)).unwrap()
}

#[test]
fn the_cut_is_a_floor_of_last_years_budget_rounded_up_to_the_fen() {
    let fair = proposed(&facts(Grade::Fair));
    assert_eq!((fair.action, fair.cut), (LinkageAction::Cut, Some(money("5000.01"))));
    assert!(fair.requires.reason && fair.explanation.to_chinese().contains("不是法规"));
    let poor = proposed(&facts(Grade::Poor));
    assert_eq!(poor.cut, Some(money("10000.01")));
    assert_eq!(proposed(&facts(Grade::Excellent)).action, LinkageAction::Priority);
    assert_eq!(proposed(&facts(Grade::Good)).action, LinkageAction::Keep);
}

#[test]
fn the_stricter_rule_decides_and_the_others_are_named() {
    let mut twice = facts(Grade::Poor);
    twice.consecutive_years = 2;
    let proposal = proposed(&twice);
    assert_eq!((proposal.action, proposal.cut), (LinkageAction::Cancel, Some(money("100000.01"))));
    assert!(proposal.explanation.to_chinese().contains("linkage.poor 也符合"));
}

#[test]
fn idle_money_is_recovered_and_mandatory_spending_is_spared() {
    let mut idle = facts(Grade::Excellent);
    (idle.idle_years, idle.idle_balance) = (2, Some(money("3000")));
    let proposal = proposed(&idle);
    assert_eq!((proposal.action, proposal.cut), (LinkageAction::RecoverBalance, Some(money("3000"))));
    let mut spared = facts(Grade::Poor);
    spared.marks = vec!["livelihood".into()];
    assert_eq!((proposed(&spared).action, proposed(&spared).cut), (LinkageAction::Keep, None));
}

#[test]
fn a_self_evaluation_alone_never_cuts() {
    let mut own = facts(Grade::Poor);
    own.basis = Basis::SelfEvaluation;
    assert_eq!(proposed(&own).action, LinkageAction::Keep);
}

#[test]
fn refuses_without_a_base_or_a_rule() {
    let mut baseless = facts(Grade::Poor);
    baseless.last_budget = None;
    let pack = effective(ObjectType::Project);
    assert_eq!(propose(&baseless, &pack).unwrap_err().rule, "linkage.base");
    let mut unruled = facts(Grade::Poor);
    unruled.basis = Basis::TargetReview;
    assert_eq!(propose(&unruled, &pack).unwrap_err().rule, "linkage.no_rule");
}
