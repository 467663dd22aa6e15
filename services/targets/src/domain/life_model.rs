//! Random calls against a plain model of the life of a target: what one allows the other allows, no state is skipped, and no
//! money passes a gate without an approved target.

use std::collections::HashMap;
use std::sync::LazyLock;

use hengji_kernel::{Money, Timestamp};
use hengji_rules::chain::Chain;
use hengji_rules::pack::Decision;
use hengji_rules::{EffectivePack, ObjectType};
use proptest::prelude::*;

use self::plain::{Asked, Life, Mark, Move, Purse, State};
use super::*;
use crate::error::Refusal;

#[path = "../../tests/targets/plain.rs"]
mod plain;

const SEQUENCES: u32 = 10_000;
const PEOPLE: usize = 8;
const NOW: Timestamp = Timestamp(0);
const MARKS: [(Mark, u32); 4] =
    [(Mark::Excellent, 100), (Mark::Good, 80), (Mark::Fair, 60), (Mark::Poor, 50)];

const ASKED: [(Asked, Stage); 6] = [
    (Asked::Unit, Stage::Unit),
    (Asked::Department, Stage::Department),
    (Asked::Line, Stage::FinanceLine),
    (Asked::Performance, Stage::Finance),
    (Asked::Expert, Stage::Expert),
    (Asked::Institution, Stage::ThirdParty),
];

/// A project's money, the rules it falls under, and its chain as an official would tell it.
struct Case {
    yuan: i64,
    pack: EffectivePack,
    told: Vec<plain::Step>,
}

static CASES: LazyLock<[Case; 3]> = LazyLock::new(|| {
    use Asked::*;
    let finance = vec![Line, Performance];
    [
        Case {
            yuan: 1_000_000,
            pack: sample::pack(ObjectType::Project),
            told: vec![(vec![Department], 1), (vec![Line], 1), (vec![Performance], 1)],
        },
        Case {
            yuan: 1_000_000,
            pack: sample::joint_pack(),
            told: vec![(vec![Unit], 1), (vec![Department], 1), (finance.clone(), 2)],
        },
        Case {
            yuan: 5_000_000,
            pack: sample::joint_pack(),
            told: vec![(vec![Department], 1), (vec![Expert, Institution], 1), (finance, 2)],
        },
    ]
});

/// Reviews by total points, graded once.
static REVIEWS: LazyLock<HashMap<u32, Review>> = LazyLock::new(|| {
    let graded = |total: u32| {
        let points = NaturePoints {
            completeness: (total / 5).into(),
            relevance: (total * 3 / 10).into(),
            suitability: (total * 3 / 10).into(),
            feasibility: (total / 5).into(),
        };
        let result = grade(&points, &CASES[0].pack).unwrap();
        Review {
            stage: Stage::Unit,
            reviewer: String::new(),
            graded: Some(Graded { points, grade: result.grade, explanation: result.explanation }),
            decision: result.decision,
            opinion: "意见".into(),
            at: NOW,
            comments: vec![],
            on_behalf_of: None,
        }
    };
    MARKS.iter().map(|(_, total)| (*total, graded(*total))).collect()
});

fn person(number: usize) -> String {
    format!("accounts/{number}")
}

fn mark() -> impl Strategy<Value = Mark> {
    prop_oneof![
        6 => Just(Mark::Excellent),
        3 => Just(Mark::Good),
        1 => Just(Mark::Fair),
        1 => Just(Mark::Poor),
        1 => Just(Mark::None),
    ]
}

fn moves() -> impl Strategy<Value = Vec<(usize, Move)>> {
    let asked = (0..ASKED.len()).prop_map(|index| ASKED[index].0);
    let one = prop_oneof![
        1 => Just(Move::Edit),
        2 => Just(Move::File),
        1 => Just(Move::Withdraw),
        2 => (asked, mark()).prop_map(|(asked, mark)| Move::Review(asked, mark)),
        1 => Just(Move::Approve),
        1 => Just(Move::Adjust),
        8 => mark().prop_map(Move::Next),
    ];
    proptest::collection::vec((0..PEOPLE, one), 1..25)
}

fn reviewed(mark: Mark) -> Review {
    match MARKS.iter().find(|(other, _)| *other == mark) {
        Some((_, total)) => REVIEWS[total].clone(),
        None => Review { graded: None, decision: Decision::Return, ..REVIEWS[&100].clone() },
    }
}

fn drafted(case: &Case) -> Target {
    let mut target = sample::target();
    target.contents.budget = Money::from_yuan(case.yuan.into()).unwrap();
    target.declarer = person(0);
    target.authors = vec![person(0)];
    target
}

/// The same move on the service's own target and project.
fn take(
    target: &mut Target,
    project: &mut Project,
    chain: &Chain,
    who: &str,
    step: Move,
) -> Result<(), Refusal> {
    match step {
        Move::Edit => target.edit(who, target.contents.clone()),
        Move::File => project.demand_open().and_then(|()| target.file(who, chain.clone())),
        Move::Withdraw => target.withdraw(who),
        Move::Review(asked, mark) => {
            let stage = ASKED.iter().find(|(other, _)| *other == asked).unwrap().1;
            let review = Review { stage, reviewer: who.into(), ..reviewed(mark) };
            target.review(review, None)?;
            if target.refuses_project() {
                project.refuse();
            }
            Ok(())
        }
        Move::Approve => {
            let version = target.approve(who, NOW)?;
            assert_eq!(version.0.target_version, target.approved_version);
            project.enter_budget(Some(Money::from_fen(100)))
        }
        Move::Adjust => target.adjust(who),
        Move::Next(_) => unreachable!("resolved before"),
    }
}

fn told(state: TargetState) -> State {
    match state {
        TargetState::Draft => State::Draft,
        TargetState::Submitted => State::Submitted,
        TargetState::DepartmentReviewed => State::DepartmentReviewed,
        TargetState::FinanceReviewed => State::FinanceReviewed,
        TargetState::Approved => State::Approved,
        TargetState::Returned => State::Returned,
        TargetState::Rejected => State::Rejected,
        TargetState::Adjusting => State::Adjusting,
    }
}

fn purse(state: ProjectState) -> Purse {
    match state {
        ProjectState::Stored => Purse::Waiting,
        ProjectState::InBudget => Purse::InBudget,
        ProjectState::Refused => Purse::Refused,
    }
}

/// Every way from one state to the next; there are no others.
fn is_way(from: State, to: State) -> bool {
    use State::*;
    match from {
        Draft | Returned | Adjusting => to == Submitted || to == from,
        Submitted => matches!(to, Submitted | DepartmentReviewed | Returned | Rejected),
        DepartmentReviewed => matches!(to, DepartmentReviewed | FinanceReviewed | Returned | Rejected),
        FinanceReviewed => to == Approved,
        Approved | Rejected => to == Adjusting,
    }
}

fn fund_issue(project: &Project, target: &Target) -> Verdict {
    let targets = [target.standing()];
    let project = &project.standing();
    decide(GateKind::FundIssue, &GateFacts { project, targets: &targets, holds: &[], assessment: None })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: SEQUENCES, ..ProptestConfig::default() })]

    #[test]
    fn the_service_allows_what_the_plain_model_allows_and_nothing_else(case in 0..3_usize, moves in moves()) {
        let case = &CASES[case];
        let (mut target, mut project) = (drafted(case), sample::project());
        let mut life = Life::drafted(0, case.told.clone());
        let chain = chosen_chain(&target, Some(&project), &case.pack).unwrap();
        for (who, step) in moves {
            let (who, step) = life.resolve(who, step, PEOPLE);
            let before = (target.clone(), project.clone());
            let allowed = life.take(who, step);
            let done = take(&mut target, &mut project, &chain, &person(who), step);
            prop_assert_eq!(allowed, done.is_ok(), "{} by {}: {:?} {:?}", before.0.state.chinese(), who, step, done);
            if done.is_err() {
                prop_assert_eq!(&before, &(target.clone(), project.clone()), "a refused call changed something");
            } else {
                prop_assert!(is_way(told(before.0.state), life.state), "{:?} to {:?}", before.0.state, life.state);
            }
            let found = (told(target.state), target.target_version, target.approved_version, purse(project.state));
            prop_assert_eq!(found, (life.state, life.version, life.approved, life.purse));
            let verdict = fund_issue(&project, &target);
            prop_assert_eq!(verdict.allowed, life.may_have_money());
            prop_assert_eq!(verdict.target_version, life.approved);
        }
    }
}
