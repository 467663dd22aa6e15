//! Tests of the life of a target: table tests of each rule, and random calls that may never skip a state.

use hengji_kernel::{Grade, Money, Timestamp};
use hengji_rules::pack::Decision;
use hengji_rules::{EffectivePack, ObjectType};
use proptest::prelude::*;

use super::sample::{self, DECLARER};
use super::*;
use crate::error::Refusal;

const DEPARTMENT: &str = "accounts/department";
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
        points: points(total),
        grade: result.grade,
        decision: result.decision,
        opinion: "意见".into(),
        explanation: result.explanation,
        at: NOW,
    }
}

fn reviewed() -> Target {
    let pack = sample::pack(ObjectType::Project);
    let mut target = sample::target();
    target.file(DECLARER).unwrap();
    target.review(review(Stage::Department, DEPARTMENT, 100, &pack), None).unwrap();
    target.review(review(Stage::Finance, FINANCE, 90, &pack), None).unwrap();
    target
}

#[test]
fn a_target_is_filed_reviewed_twice_and_approved() {
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
    assert!(matches!(early, Err(Refusal::TargetState(..))));
    target.file(DECLARER).unwrap();
    let skipped = target.review(review(Stage::Finance, FINANCE, 100, &pack), None);
    assert!(matches!(skipped, Err(Refusal::TargetState(..))));
    target.review(review(Stage::Department, DEPARTMENT, 100, &pack), None).unwrap();
    assert!(matches!(
        target.review(review(Stage::Department, DEPARTMENT, 100, &pack), None),
        Err(Refusal::TargetState(..))
    ));
}

#[test]
fn duties_are_separate() {
    let pack = sample::pack(ObjectType::Project);
    let mut target = sample::target();
    target.edit("accounts/writer", sample::contents()).unwrap();
    target.file(DECLARER).unwrap();
    for author in [DECLARER, "accounts/writer"] {
        let own = target.review(review(Stage::Department, author, 100, &pack), None);
        assert_eq!(own, Err(Refusal::DeclarerReviews), "{author}");
    }
    target.review(review(Stage::Department, DEPARTMENT, 100, &pack), None).unwrap();
    let both = target.review(review(Stage::Finance, DEPARTMENT, 100, &pack), None);
    assert_eq!(both, Err(Refusal::SameReviewer));
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
        target.file(DECLARER).unwrap();
        target.review(review(Stage::Department, DEPARTMENT, total, &pack), None).unwrap();
        assert_eq!((target.state, target.refuses_project()), (state, refused), "{total}");
    }
}

#[test]
fn a_returned_target_goes_through_the_whole_chain_again() {
    let pack = sample::pack(ObjectType::Project);
    let mut target = sample::target();
    target.file(DECLARER).unwrap();
    target.review(review(Stage::Department, DEPARTMENT, 100, &pack), None).unwrap();
    target.review(review(Stage::Finance, FINANCE, 60, &pack), None).unwrap();
    target.edit(DECLARER, sample::contents()).unwrap();
    target.file(DECLARER).unwrap();
    assert_eq!((target.state, target.target_version), (TargetState::Submitted, 1));
    assert!(target.demand_turn(Stage::Finance, FINANCE).is_err());
    target.demand_turn(Stage::Department, DEPARTMENT).unwrap();
}

#[test]
fn only_a_good_target_is_corrected_in_place() {
    let pack = sample::pack(ObjectType::Project);
    let mut corrected = sample::contents().indicators;
    corrected[0].title = "县乡公路养护里程".into();
    let mut target = sample::target();
    target.file(DECLARER).unwrap();
    let excellent = target.review(review(Stage::Department, DEPARTMENT, 100, &pack), Some(corrected.clone()));
    assert!(matches!(excellent, Err(Refusal::Field(..))));
    target.review(review(Stage::Department, DEPARTMENT, 80, &pack), Some(corrected.clone())).unwrap();
    assert_eq!((target.target_version, &target.contents.indicators), (1, &corrected));
    assert_eq!(target.reviews[0].grade, Grade::Good);
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
    target.file(DECLARER).unwrap();
    target.review(review(Stage::Department, DEPARTMENT, 50, &pack), None).unwrap();
    assert!(!target.refuses_project(), "the baseline stands");
    target.adjust(DECLARER).unwrap();
    assert_eq!((target.target_version, target.approved_version), (3, 1));
}

#[test]
fn one_addition_travels_with_a_filed_target() {
    let mut target = sample::target();
    assert!(matches!(target.travel_with("a"), Err(Refusal::TargetRequired(..))));
    target.file(DECLARER).unwrap();
    target.travel_with("a").unwrap();
    assert!(matches!(target.travel_with("b"), Err(Refusal::TargetRequired(..))));
}

#[test]
fn a_target_approved_for_other_money_brings_no_addition() {
    let mut target = sample::target();
    target.state = TargetState::Approved;
    assert!(matches!(target.travel_with("a"), Err(Refusal::TargetRequired(..))));
}

#[derive(Debug, Clone)]
enum Step {
    Edit(usize),
    File(usize),
    Review(Stage, usize, u32),
    Approve(usize),
    Adjust(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let who = 0..PEOPLE.len();
    let stage = prop_oneof![Just(Stage::Department), Just(Stage::Finance)];
    let total = prop_oneof![6 => Just(100_u32), 2 => Just(80), 1 => Just(60), 1 => Just(30)];
    proptest::collection::vec(
        prop_oneof![
            1 => who.clone().prop_map(Step::Edit),
            2 => who.clone().prop_map(Step::File),
            4 => (stage, who.clone(), total).prop_map(|(stage, who, total)| Step::Review(stage, who, total)),
            2 => who.clone().prop_map(Step::Approve),
            1 => who.prop_map(Step::Adjust),
        ],
        1..60,
    )
}

const PEOPLE: [&str; 4] = [DECLARER, DEPARTMENT, FINANCE, APPROVER];

fn take(step: &Step, target: &mut Target, pack: &EffectivePack) -> Result<Option<TargetVersion>, Refusal> {
    match *step {
        Step::Edit(who) => target.edit(PEOPLE[who], sample::contents())?,
        Step::File(who) => target.file(PEOPLE[who])?,
        Step::Review(stage, who, total) => target.review(review(stage, PEOPLE[who], total, pack), None)?,
        Step::Approve(who) => return target.approve(PEOPLE[who], NOW).map(Some),
        Step::Adjust(who) => target.adjust(PEOPLE[who])?,
    }
    Ok(None)
}

/// Every way from one state to the next; there are no others.
fn is_way(from: TargetState, to: TargetState) -> bool {
    use TargetState::*;
    match from {
        Draft | Returned | Adjusting => to == Submitted || to == from,
        Submitted => matches!(to, DepartmentReviewed | Returned | Rejected),
        DepartmentReviewed => matches!(to, FinanceReviewed | Returned | Rejected),
        FinanceReviewed => to == Approved,
        Approved | Rejected => to == Adjusting,
    }
}

proptest! {
    #[test]
    fn random_calls_never_skip_a_state_and_no_money_goes_without_an_approved_target(steps in steps()) {
        let pack = sample::pack(ObjectType::Project);
        let (mut target, mut project) = (sample::target(), sample::project());
        let mut approved: Vec<TargetVersion> = vec![];
        for step in &steps {
            let before = target.clone();
            match take(step, &mut target, &pack) {
                Err(_) => prop_assert_eq!(&before, &target, "a refused call changed the target"),
                Ok(version) => {
                    prop_assert!(is_way(before.state, target.state), "{:?} to {:?}", before.state, target.state);
                    if let Some(version) = version {
                        project.enter_budget(Some(Money::from_fen(100))).unwrap();
                        approved.push(version);
                    }
                    if target.refuses_project() {
                        project.refuse();
                    }
                }
            }
            prop_assert!(target.approved_version <= target.target_version);
            prop_assert_eq!(target.approved_version, approved.last().map_or(0, |v| v.0.target_version));
            if target.state == TargetState::Approved {
                let passed = |stage| target.reviews.iter().rev().find(|review| review.stage == stage).unwrap();
                let (department, finance) = (passed(Stage::Department), passed(Stage::Finance));
                prop_assert_ne!(&department.reviewer, &finance.reviewer);
                prop_assert!(!target.authors.contains(&department.reviewer));
            }
            let facts = GateFacts { project: &project, targets: &[&target], holds: &[], assessment: None };
            let verdict = decide(GateKind::FundIssue, &facts);
            prop_assert_eq!(verdict.allowed, !approved.is_empty() && project.state == ProjectState::InBudget);
        }
    }
}
