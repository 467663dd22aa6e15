//! Random calls through the contract against the plain model of a target's life, on both databases.

use hengji_proto::targets::v1 as pb;
use hengji_testkit::{Bench, Rights, request_id};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tonic::Status;

use crate::common::*;
use crate::plain::{self, Asked, Life, Mark, Move, Purse, State};
use crate::words::*;

const SEQUENCES: usize = 24;
const PEOPLE: usize = 6;
const RIGHTS: [&str; 9] = [
    "targets.declare",
    "targets.read",
    "targets.review.unit",
    "targets.review.expert",
    "targets.review.department",
    "targets.review.finance_line",
    "targets.review.finance",
    "targets.approve",
    "targets.gate",
];

/// Each could do everything: what holds them back are duties and states.
fn person(number: usize) -> Rights {
    Rights::of(&number.to_string()).may(&RIGHTS, COUNTY).may(&RIGHTS, JOINT)
}

/// Where a target is filed, with how much money, and who then reviews it.
struct Place {
    region: &'static str,
    yuan: &'static str,
    chain: Vec<plain::Step>,
}

fn places() -> [Place; 3] {
    use Asked::*;
    let one_by_one = |asked: [Asked; 3]| asked.map(|asked| (vec![asked], 1)).to_vec();
    let joint = (vec![Line, Performance], 2);
    [
        Place { region: COUNTY, yuan: "1000000", chain: one_by_one([Department, Line, Performance]) },
        Place {
            region: JOINT,
            yuan: "1000000",
            chain: vec![(vec![Unit], 1), (vec![Department], 1), joint.clone()],
        },
        Place {
            region: JOINT,
            yuan: "5000000",
            chain: vec![(vec![Department], 1), (vec![Expert, Institution], 1), joint],
        },
    ]
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
    let asked = prop_oneof![
        Just(Asked::Unit),
        Just(Asked::Department),
        Just(Asked::Expert),
        Just(Asked::Line),
        Just(Asked::Performance)
    ];
    let one = prop_oneof![
        1 => Just(Move::Edit),
        2 => Just(Move::File),
        1 => Just(Move::Withdraw),
        2 => (asked, mark()).prop_map(|(asked, mark)| Move::Review(asked, mark)),
        1 => Just(Move::Approve),
        1 => Just(Move::Adjust),
        10 => mark().prop_map(Move::Next),
    ];
    proptest::collection::vec((0..PEOPLE, one), 10..20)
}

async fn take(bench: &Bench, who: &Rights, now: &pb::PerformanceTarget, step: Move) -> Result<(), Status> {
    let (name, etag) = (now.name.clone(), now.etag.clone());
    let mut client = targets(bench);
    match step {
        Move::Edit => {
            let target = Some(pb::PerformanceTarget { budget_yuan: now.budget_yuan.clone(), ..target("") });
            let request = pb::UpdateTargetRequest {
                request_id: request_id(),
                name,
                etag,
                target,
                ..Default::default()
            };
            client.update_target(bench.by(who, request)).await.map(drop)
        }
        Move::File => {
            let names = vec![name];
            let request = pb::FileTargetsRequest { request_id: request_id(), names, ..Default::default() };
            client.file_targets(bench.by(who, request)).await.map(drop)
        }
        Move::Withdraw => {
            let reason = "撤回".into();
            let request = pb::WithdrawTargetRequest {
                request_id: request_id(),
                name,
                etag,
                reason,
                ..Default::default()
            };
            client.withdraw_target(bench.by(who, request)).await.map(drop)
        }
        Move::Review(asked, Mark::None) => {
            let stage = stage(asked).into();
            let opinion = "退回".into();
            let request = pb::ReturnTargetRequest {
                request_id: request_id(),
                name,
                etag,
                stage,
                opinion,
                ..Default::default()
            };
            client.return_target(bench.by(who, request)).await.map(drop)
        }
        Move::Review(asked, mark) => {
            review(bench, who, review_of(now, stage(asked), points(mark))).await.map(drop)
        }
        Move::Approve => client.approve_targets(bench.by(who, approval(&[(now, "1000000")]))).await.map(drop),
        Move::Adjust => client.adjust_target(bench.by(who, adjustment(now))).await.map(drop),
        Move::Next(_) => unreachable!("resolved before"),
    }
}

const fn stage(asked: Asked) -> pb::ReviewStage {
    match asked {
        Asked::Unit => pb::ReviewStage::Unit,
        Asked::Department => pb::ReviewStage::Department,
        Asked::Line => pb::ReviewStage::FinanceLine,
        Asked::Performance => pb::ReviewStage::Finance,
        Asked::Expert => pb::ReviewStage::Expert,
        Asked::Institution => pb::ReviewStage::ThirdParty,
    }
}

const fn points(mark: Mark) -> u32 {
    match mark {
        Mark::Excellent => 95,
        Mark::Good => 85,
        Mark::Fair => 70,
        Mark::Poor => 50,
        Mark::None => unreachable!(),
    }
}

const fn state(state: State) -> pb::TargetState {
    match state {
        State::Draft => pb::TargetState::Draft,
        State::Submitted => pb::TargetState::Submitted,
        State::DepartmentReviewed => pb::TargetState::DepartmentReviewed,
        State::FinanceReviewed => pb::TargetState::FinanceReviewed,
        State::Approved => pb::TargetState::Approved,
        State::Returned => pb::TargetState::Returned,
        State::Rejected => pb::TargetState::Rejected,
        State::Adjusting => pb::TargetState::Adjusting,
    }
}

const fn purse(purse: Purse) -> pb::ProjectState {
    match purse {
        Purse::Waiting => pb::ProjectState::Stored,
        Purse::InBudget => pb::ProjectState::InBudget,
        Purse::Refused => pb::ProjectState::Refused,
    }
}

async fn draft(bench: &Bench, place: &Place, code: &str) -> Result<pb::PerformanceTarget, Status> {
    let parent = format!("regions/{}/years/2026", place.region);
    let request = pb::BatchCreateProjectsRequest {
        request_id: request_id(),
        parent: parent.clone(),
        projects: vec![project(code)],
        ..Default::default()
    };
    projects(bench).batch_create_projects(bench.by(&person(0), request)).await?;
    let contents = pb::PerformanceTarget {
        budget_yuan: Some(decimal(place.yuan)),
        ..target(&format!("{parent}/projects/{code}"))
    };
    let request = pb::CreateTargetRequest { parent, ..creation(&format!("T-{code}"), contents) };
    let answer = targets(bench).create_target(bench.by(&person(0), request)).await?;
    Ok(answer.into_inner().target.unwrap_or_default())
}

/// Target, project and verdict as they are now.
async fn look(
    bench: &Bench,
    now: &pb::PerformanceTarget,
) -> Result<(pb::PerformanceTarget, pb::ProjectState, pb::GateVerdict), Status> {
    let who = person(0);
    let request = pb::GetTargetRequest { name: now.name.clone(), target_version: 0 };
    let target = targets(bench).get_target(bench.by(&who, request)).await?.into_inner().target;
    let request = pb::GetProjectRequest { name: now.object.clone() };
    let project = projects(bench).get_project(bench.by(&who, request)).await?.into_inner().project;
    let request = pb::CheckGateRequest { project: now.object.clone(), kind: pb::GateKind::FundIssue.into() };
    let verdict = gates(bench).check_gate(bench.by(&who, request)).await?.into_inner().verdict;
    Ok((target.unwrap_or_default(), project.unwrap_or_default().state(), verdict.unwrap_or_default()))
}

/// The life of one target, call by call.
async fn live(bench: &Bench, place: &Place, code: &str, moves: &[(usize, Move)]) -> anyhow::Result<()> {
    let mut life = Life::drafted(0, place.chain.clone());
    let mut now = draft(bench, place, code).await?;
    for (who, step) in moves {
        let (who, step) = life.resolve(*who, *step, PEOPLE);
        let allowed = life.take(who, step);
        let done = take(bench, &person(who), &now, step).await;
        let context = || format!("{code}: {step:?} by {who} in {:?}: {done:?}", now.state());
        anyhow::ensure!(allowed == done.is_ok(), "{}", context());
        let (next, purse_now, verdict) = look(bench, &now).await?;
        anyhow::ensure!(done.is_ok() || next == now, "refused, and yet changed: {}", context());
        let found = (next.state(), next.target_version, next.approved_version);
        anyhow::ensure!(found == (state(life.state), life.version, life.approved), "{}", context());
        anyhow::ensure!(purse_now == purse(life.purse), "{}", context());
        anyhow::ensure!(verdict.allowed == life.may_have_money(), "{}", context());
        now = next;
    }
    Ok(())
}

#[tokio::test]
async fn random_calls_are_allowed_as_the_plain_model_allows_them() -> anyhow::Result<()> {
    let mut runner = TestRunner::deterministic();
    let lives: Vec<_> = (0..SEQUENCES)
        .map(|_| {
            moves().new_tree(&mut runner).map(|tree| tree.current()).map_err(|why| anyhow::anyhow!("{why}"))
        })
        .collect::<Result<_, _>>()?;
    on_each(async |bench| {
        let places = places();
        for (number, moves) in lives.iter().enumerate() {
            live(bench, &places[number % places.len()], &format!("P{number:02}"), moves).await?;
        }
        Ok(())
    })
    .await
}
