//! Tests of the life of a target, rule by rule. `life_model` plays it at random.

use hengji_kernel::{Grade, Timestamp};
use hengji_rules::pack::Decision;
use hengji_rules::{EffectivePack, ObjectType};

use super::sample::{self, DECLARER};
use super::*;
use crate::error::Refusal;

const DEPARTMENT: &str = "accounts/department";
const LINE: &str = "accounts/line";
const FINANCE: &str = "accounts/finance";
const APPROVER: &str = "accounts/approver";
const NOW: Timestamp = Timestamp(0);

fn points(total: u32) -> NaturePoints {
    NaturePoints {
        completeness: (total / 5).into(),
        relevance: (total * 3 / 10).into(),
        suitability: (total * 3 / 10).into(),
        feasibility: (total / 5).into(),
    }
}

fn review(stage: Stage, reviewer: &str, total: u32, pack: &EffectivePack) -> Review {
    let result = grade(&points(total), pack).unwrap();
    Review {
        stage,
        reviewer: reviewer.into(),
        graded: Some(Graded { points: points(total), grade: result.grade, explanation: result.explanation }),
        decision: result.decision,
        opinion: "意见".into(),
        at: NOW,
        comments: vec![],
        on_behalf_of: None,
    }
}

fn reviewed() -> Target {
    let pack = sample::pack(ObjectType::Project);
    let mut target = sample::target();
    target.file(DECLARER, sample::chain()).unwrap();
    target.review(review(Stage::Department, DEPARTMENT, 100, &pack), None).unwrap();
    target.review(review(Stage::FinanceLine, LINE, 100, &pack), None).unwrap();
    target.review(review(Stage::Finance, FINANCE, 90, &pack), None).unwrap();
    target
}

fn by(account: &str) -> Reviewing<'_> {
    Reviewing { account, on_behalf_of: None }
}

#[test]
fn a_target_is_filed_reviewed_step_by_step_and_approved() {
    let mut target = reviewed();
    assert_eq!(target.state, TargetState::FinanceReviewed);
    let version = target.approve(APPROVER, NOW).unwrap();
    assert_eq!((target.state, target.approved_version), (TargetState::Approved, 1));
    assert!(version.resource_name().ends_with("/targets/T001/versions/1"));
}

#[test]
fn review_stages_come_in_their_order() {
    let pack = sample::pack(ObjectType::Project);
    let mut target = sample::target();
    let early = target.review(review(Stage::Department, DEPARTMENT, 100, &pack), None);
    assert!(matches!(early, Err(Refusal::OutOfTurn(..))));
    target.file(DECLARER, sample::chain()).unwrap();
    let skipped = target.review(review(Stage::Finance, FINANCE, 100, &pack), None);
    assert!(matches!(skipped, Err(Refusal::OutOfTurn(..))));
    target.review(review(Stage::Department, DEPARTMENT, 100, &pack), None).unwrap();
    assert!(matches!(
        target.review(review(Stage::Department, DEPARTMENT, 100, &pack), None),
        Err(Refusal::OutOfTurn(..))
    ));
}

#[test]
fn duties_are_separate() {
    let pack = sample::pack(ObjectType::Project);
    let mut target = sample::target();
    target.edit("accounts/writer", sample::contents()).unwrap();
    target.file(DECLARER, sample::chain()).unwrap();
    for author in [DECLARER, "accounts/writer"] {
        let own = target.review(review(Stage::Department, author, 100, &pack), None);
        assert_eq!(own, Err(Refusal::DeclarerReviews), "{author}");
    }
    target.review(review(Stage::Department, DEPARTMENT, 100, &pack), None).unwrap();
    let both = target.review(review(Stage::FinanceLine, DEPARTMENT, 100, &pack), None);
    assert_eq!(both, Err(Refusal::SameReviewer));
    let for_the_department =
        Review { on_behalf_of: Some(DEPARTMENT.into()), ..review(Stage::FinanceLine, LINE, 100, &pack) };
    assert_eq!(target.review(for_the_department, None), Err(Refusal::SameReviewer));
    let for_the_declarer =
        Review { on_behalf_of: Some(DECLARER.into()), ..review(Stage::FinanceLine, LINE, 100, &pack) };
    assert_eq!(target.review(for_the_declarer, None), Err(Refusal::DeclarerReviews));
    target.review(review(Stage::FinanceLine, LINE, 100, &pack), None).unwrap();
    target.review(review(Stage::Finance, FINANCE, 100, &pack), None).unwrap();
    assert_eq!(target.approve(DECLARER, NOW), Err(Refusal::DeclarerApproves));
    let mut single = target.clone();
    single.reviews.truncate(1);
    assert_eq!(single.approve(DEPARTMENT, NOW), Err(Refusal::OnlyReviewerApproves));
    target.approve(FINANCE, NOW).unwrap();
}

#[test]
fn each_grade_moves_the_target_where_it_belongs() {
    let pack = sample::pack(ObjectType::Project);
    for (total, state, refused) in [
        (100, TargetState::DepartmentReviewed, false),
        (80, TargetState::DepartmentReviewed, false),
        (60, TargetState::Returned, false),
        (50, TargetState::Rejected, true),
    ] {
        let mut target = sample::target();
        target.file(DECLARER, sample::chain()).unwrap();
        target.review(review(Stage::Department, DEPARTMENT, total, &pack), None).unwrap();
        assert_eq!((target.state, target.refuses_project()), (state, refused), "{total}");
    }
}

#[test]
fn a_returned_target_goes_through_the_whole_chain_again() {
    let pack = sample::pack(ObjectType::Project);
    let mut target = sample::target();
    target.file(DECLARER, sample::chain()).unwrap();
    target.review(review(Stage::Department, DEPARTMENT, 100, &pack), None).unwrap();
    target.review(review(Stage::FinanceLine, LINE, 60, &pack), None).unwrap();
    assert_eq!((target.state, target.opinions_given()), (TargetState::Returned, 0));
    target.edit(DECLARER, sample::contents()).unwrap();
    target.file(DECLARER, sample::chain()).unwrap();
    assert_eq!((target.state, target.target_version), (TargetState::Submitted, 1));
    assert!(target.demand_turn(Stage::FinanceLine, by(LINE)).is_err());
    target.demand_turn(Stage::Department, by(DEPARTMENT)).unwrap();
}

#[test]
fn only_a_good_target_is_corrected_in_place() {
    let pack = sample::pack(ObjectType::Project);
    let mut corrected = sample::contents().indicators;
    corrected[0].title = "县乡公路养护里程".into();
    let mut target = sample::target();
    target.file(DECLARER, sample::chain()).unwrap();
    let excellent = target.review(review(Stage::Department, DEPARTMENT, 100, &pack), Some(corrected.clone()));
    assert!(matches!(excellent, Err(Refusal::Field(..))));
    target.review(review(Stage::Department, DEPARTMENT, 80, &pack), Some(corrected.clone())).unwrap();
    assert_eq!((target.target_version, &target.contents.indicators), (1, &corrected));
    assert_eq!(target.reviews[0].graded.as_ref().map(|graded| graded.grade), Some(Grade::Good));
    assert_eq!(target.reviews[0].decision, Decision::CorrectInPlace);
}

#[test]
fn an_adjustment_leaves_the_baseline_until_it_is_approved() {
    let pack = sample::pack(ObjectType::Project);
    let mut target = reviewed();
    assert!(target.adjust(DECLARER).is_err());
    target.approve(APPROVER, NOW).unwrap();
    target.adjust(DECLARER).unwrap();
    assert_eq!((target.target_version, target.approved_version), (2, 1));
    assert!(target.reviews.is_empty());
    target.file(DECLARER, sample::chain()).unwrap();
    target.review(review(Stage::Department, DEPARTMENT, 50, &pack), None).unwrap();
    assert!(!target.refuses_project(), "the baseline stands");
    target.adjust(DECLARER).unwrap();
    assert_eq!((target.target_version, target.approved_version), (3, 1));
}

#[test]
fn one_addition_travels_with_a_filed_target() {
    let mut target = sample::target();
    assert!(matches!(target.travel_with("a"), Err(Refusal::TargetRequired(..))));
    target.file(DECLARER, sample::chain()).unwrap();
    target.travel_with("a").unwrap();
    assert!(matches!(target.travel_with("b"), Err(Refusal::TargetRequired(..))));
}

#[test]
fn a_target_approved_for_other_money_brings_no_addition() {
    let mut target = sample::target();
    target.state = TargetState::Approved;
    assert!(matches!(target.travel_with("a"), Err(Refusal::TargetRequired(..))));
}

#[test]
fn only_its_people_take_a_target_back_and_only_while_nobody_has_reviewed_it() {
    let pack = sample::pack(ObjectType::Project);
    let mut target = sample::target();
    assert!(matches!(target.withdraw(DECLARER), Err(Refusal::TargetState(..))));
    target.file(DECLARER, sample::chain()).unwrap();
    assert_eq!(target.withdraw(DEPARTMENT), Err(Refusal::OthersWithdraw));
    let mut travelling = target.clone();
    travelling.travel_with("a").unwrap();
    assert!(matches!(travelling.withdraw(DECLARER), Err(Refusal::TravelsWithAddition(..))));
    target.withdraw(DECLARER).unwrap();
    assert_eq!(target.state, TargetState::Returned);
    target.file(DECLARER, sample::chain()).unwrap();
    target.review(review(Stage::Department, DEPARTMENT, 100, &pack), None).unwrap();
    assert!(matches!(target.withdraw(DECLARER), Err(Refusal::TargetState(..))));
}

#[test]
fn a_target_filed_before_chains_were_data_is_reviewed_by_department_and_finance() {
    let pack = sample::pack(ObjectType::Project);
    let mut target = sample::target();
    target.state = TargetState::Submitted;
    target.review(review(Stage::Department, DEPARTMENT, 100, &pack), None).unwrap();
    assert_eq!(target.state, TargetState::DepartmentReviewed);
    target.review(review(Stage::Finance, FINANCE, 100, &pack), None).unwrap();
    assert_eq!(target.state, TargetState::FinanceReviewed);
}

#[test]
fn a_delegate_decides_only_where_the_chain_allows_it() {
    let mut target = sample::target();
    target.file(DECLARER, sample::chain()).unwrap();
    let delegate = Reviewing { account: "accounts/deputy", on_behalf_of: Some(DEPARTMENT) };
    target.demand_turn(Stage::Department, delegate).unwrap();
    for step in &mut target.chain.as_mut().unwrap().steps {
        step.delegable = false;
    }
    let refused = target.demand_turn(Stage::Department, delegate);
    assert!(matches!(refused, Err(Refusal::NotDelegable(..))));
}

#[test]
fn a_chain_must_end_with_finance_and_have_reviewers_enough() {
    type Change = fn(&mut EffectivePack);
    let spoil: [Change; 4] = [
        |pack| pack.rules.review_chain.clear(),
        |pack| pack.rules.review_chain[0].rule.steps.truncate(1),
        |pack| pack.rules.review_chain[0].rule.steps[1].reviewers.clear(),
        |pack| pack.rules.review_chain[0].rule.steps[1].opinions_needed = Some(2),
    ];
    for (index, spoil) in spoil.into_iter().enumerate() {
        let mut pack = sample::pack(ObjectType::Project);
        spoil(&mut pack);
        let found = chosen_chain(&sample::target(), None, &pack);
        assert!(matches!(found, Err(Refusal::ChainUnfit(..))), "case {index}");
    }
}
