//! Review chains that counties write themselves: who, in which order, side by side, until when, and by whom instead.

use hengji_kernel::{Clock, Timestamp};
use hengji_proto::google::r#type::Date;
use hengji_proto::targets::v1 as pb;
use hengji_testkit::{Bench, Rights, request_id};
use tonic::{Code, Status};

use crate::common::*;
use crate::words::*;

use pb::ReviewStage::{Department, Expert, Finance, FinanceLine, ThirdParty, Unit};

const ALL: [&str; 7] = [
    "targets.declare",
    "targets.read",
    "targets.review.unit",
    "targets.review.department",
    "targets.review.finance_line",
    "targets.review.finance",
    "targets.review.expert",
];

/// Someone who could do anything in the county; what holds them back are duties and turns.
fn person(name: &str, region: &str) -> Rights {
    Rights::of(name).may(&ALL, region)
}

async fn file_in(bench: &Bench, region: &str, yuan: &str) -> Result<pb::PerformanceTarget, Status> {
    let declarer = person("declarer", region);
    let parent = format!("regions/{region}/years/2026");
    let request = pb::BatchCreateProjectsRequest {
        request_id: request_id(),
        parent: parent.clone(),
        projects: vec![project("P1")],
        ..Default::default()
    };
    projects(bench).batch_create_projects(bench.by(&declarer, request)).await?;
    let contents = pb::PerformanceTarget {
        budget_yuan: Some(decimal(yuan)),
        ..target(&format!("{parent}/projects/P1"))
    };
    let request = pb::CreateTargetRequest { parent: parent.clone(), ..creation("T1", contents) };
    targets(bench).create_target(bench.by(&declarer, request)).await?;
    let names = vec![format!("{parent}/targets/T1")];
    let request = pb::FileTargetsRequest { request_id: request_id(), validate_only: false, names };
    Ok(targets(bench).file_targets(bench.by(&declarer, request)).await?.into_inner().targets.remove(0))
}

fn day(date: Option<&Date>) -> (i32, i32, i32) {
    date.map(|date| (date.year, date.month, date.day)).unwrap_or_default()
}

#[tokio::test]
async fn a_county_asks_both_finance_offices_side_by_side() -> anyhow::Result<()> {
    on_each(async |bench| {
        let filed = file_in(bench, JOINT, "1000000").await?;
        let chain = filed.review_chain.clone().unwrap();
        assert_eq!((chain.rule_pack.as_str(), chain.rule.as_str()), ("joint-review-chain", "review-chain"));
        let asked: Vec<Vec<pb::ReviewStage>> =
            chain.steps.iter().map(|step| step.stages().collect()).collect();
        assert_eq!(asked, [vec![Unit], vec![Department], vec![FinanceLine, Finance]]);

        let early = review(bench, &person("b", JOINT), review_of(&filed, Department, 95)).await.unwrap_err();
        assert_eq!(why(&early), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let first = review(bench, &person("a", JOINT), review_of(&filed, Unit, 95)).await?;
        assert_eq!(first.state(), pb::TargetState::Submitted);
        let second = review(bench, &person("b", JOINT), review_of(&first, Department, 95)).await?;
        assert_eq!(second.state(), pb::TargetState::DepartmentReviewed);
        // in either order
        let third = review(bench, &person("c", JOINT), review_of(&second, Finance, 95)).await?;
        assert_eq!(third.state(), pb::TargetState::DepartmentReviewed);
        assert_eq!(third.review_chain.as_ref().unwrap().steps[2].opinions_given, 1);
        let again = review(bench, &person("d", JOINT), review_of(&third, Finance, 95)).await.unwrap_err();
        assert_eq!(why(&again).1, "STATE_FORBIDS");
        let both = review(bench, &person("c", JOINT), review_of(&third, FinanceLine, 95)).await.unwrap_err();
        assert_eq!(why(&both).1, "DUTIES_NOT_SEPARATE");
        let fourth = review(bench, &person("d", JOINT), review_of(&third, FinanceLine, 95)).await?;
        assert_eq!(fourth.state(), pb::TargetState::FinanceReviewed);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn much_money_is_looked_at_by_an_expert_or_an_institution() -> anyhow::Result<()> {
    on_each(async |bench| {
        let filed = file_in(bench, JOINT, "5000000").await?;
        let chain = filed.review_chain.clone().unwrap();
        assert_eq!(chain.rule, "review-chain.key");
        assert_eq!(chain.steps[1].stages().collect::<Vec<_>>(), [Expert, ThirdParty]);
        assert_eq!(chain.steps[1].opinions_needed, 1);
        let first = review(bench, &person("a", JOINT), review_of(&filed, Department, 95)).await?;
        let second = review(bench, &person("b", JOINT), review_of(&first, ThirdParty, 95)).await?;
        let late = review(bench, &person("c", JOINT), review_of(&second, Expert, 95)).await.unwrap_err();
        assert_eq!(why(&late).1, "STATE_FORBIDS");
        // one opinion of two sends it back, and the whole chain begins again
        let returned = review(bench, &person("d", JOINT), review_of(&second, FinanceLine, 70)).await?;
        assert_eq!(returned.state(), pb::TargetState::Returned);
        assert!(returned.review_chain.unwrap().steps.iter().all(|step| step.opinions_given == 0));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_chain_with_a_missing_reviewer_takes_nothing_in() -> anyhow::Result<()> {
    on_each(async |bench| {
        let status = file_in(bench, BROKEN, "1000000").await.unwrap_err();
        assert_eq!(why(&status), (Code::FailedPrecondition, "RULE_PACK_UNFIT".into()));
        assert_eq!(preconditions(&status)[0].0, format!("regions/{BROKEN}/years/2026/targets/T1"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn each_step_has_its_last_day_and_what_is_overdue_is_listed() -> anyhow::Result<()> {
    on_each(async |bench| {
        // Tuesday 30 June 2026; ten working days later it is Tuesday 14 July
        let filed = file_in(bench, COUNTY, "1000000").await?;
        assert_eq!(day(filed.review_due_date.as_ref()), (2026, 7, 14));
        let listed = async |before: (i32, i32, i32)| -> Result<usize, Status> {
            let (year, month, day) = before;
            let request = pb::ListTargetsRequest {
                review_due_before: Some(Date { year, month, day }),
                ..Default::default()
            };
            Ok(targets(bench).list_targets(bench.by(&unit(), request)).await?.into_inner().targets.len())
        };
        assert_eq!((listed((2026, 7, 14)).await?, listed((2026, 7, 15)).await?), (0, 1));
        bench.clock.set(Timestamp(bench.clock.now().plus_seconds(6 * 24 * 3600).micros()));
        let next = review(bench, &department(), review_of(&filed, Department, 95)).await?;
        assert_eq!(day(next.review_due_date.as_ref()), (2026, 7, 20));
        let returned = review(bench, &line_office(), review_of(&next, FinanceLine, 70)).await?;
        assert_eq!(returned.review_due_date, None);
        assert_eq!(listed((2030, 1, 1)).await?, 0);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn remarks_on_fields_reach_the_unit_and_the_next_filing_shows_what_changed() -> anyhow::Result<()> {
    on_each(async |bench| {
        let filed = filed(bench, "P1").await?;
        let comment =
            |field: &str| pb::FieldComment { field: field.into(), text: "与任务量不符".into() };
        let mut request = review_of(&filed, Department, 70);
        request.comments = vec![comment("indicators[0].value_text"), comment("indicators[9].value_text")];
        let status = review(bench, &department(), request.clone()).await.unwrap_err();
        assert_eq!(fields(&status), ["comments[1].field"]);
        request.comments.pop();
        let returned = review(bench, &department(), request).await?;
        assert_eq!(returned.reviews[0].comments, [comment("indicators[0].value_text")]);

        let mut contents = target("");
        contents.indicators[0].value_text = "≥150公里".into();
        let update = pb::UpdateTargetRequest {
            request_id: request_id(),
            name: returned.name.clone(),
            etag: returned.etag.clone(),
            target: Some(contents),
            ..Default::default()
        };
        targets(bench).update_target(bench.by(&unit(), update)).await?;
        let again = file(bench, &[&returned.name]).await?.remove(0);
        let told: Vec<_> = again
            .changes
            .iter()
            .map(|one| (one.indicator.as_str(), one.field.as_str(), one.before.as_str(), one.after.as_str()))
            .collect();
        assert_eq!(told, [("1", "value_text", "≥120公里", "≥150公里")]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_nobody_has_reviewed_yet_may_be_taken_back_by_its_own_people() -> anyhow::Result<()> {
    on_each(async |bench| {
        let filed = filed(bench, "P1").await?;
        let withdrawal = |target: &pb::PerformanceTarget| pb::WithdrawTargetRequest {
            request_id: request_id(),
            name: target.name.clone(),
            etag: target.etag.clone(),
            reason: "任务量有误".into(),
            ..Default::default()
        };
        let withdraw = async |by: &Rights, request: pb::WithdrawTargetRequest| {
            targets(bench).withdraw_target(bench.by(by, request)).await
        };
        let colleague = Rights::of("colleague").may_for_unit(&["targets.declare"], COUNTY, "219001");
        let foreign = withdraw(&colleague, withdrawal(&filed)).await.unwrap_err();
        assert_eq!(why(&foreign), (Code::PermissionDenied, "DUTIES_NOT_SEPARATE".into()));
        let unseen = withdraw(&neighbour(), withdrawal(&filed)).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);
        let request = withdrawal(&filed);
        let first = withdraw(&unit(), request.clone()).await?.into_inner();
        assert_eq!(first, withdraw(&unit(), request).await?.into_inner());
        let taken_back = first.target.unwrap();
        assert_eq!(taken_back.state(), pb::TargetState::Returned);
        let stale = withdraw(&unit(), withdrawal(&filed)).await.unwrap_err();
        assert_eq!(why(&stale), (Code::Aborted, "ETAG_MISMATCH".into()));

        let again = file(bench, &[&taken_back.name]).await?.remove(0);
        let reviewed = review(bench, &department(), review_of(&again, Department, 95)).await?;
        let late = withdraw(&unit(), withdrawal(&reviewed)).await.unwrap_err();
        assert_eq!(why(&late), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn of_two_decisions_at_once_one_wins_and_the_other_is_told() -> anyhow::Result<()> {
    on_each(async |bench| {
        let filed = filed(bench, "P1").await?;
        let own = department();
        let other = Rights::of("other").may(&["targets.review.department"], COUNTY);
        let (one, two) = tokio::join!(
            review(bench, &own, review_of(&filed, Department, 95)),
            review(bench, &other, review_of(&filed, Department, 95)),
        );
        let (won, lost) = if one.is_ok() { (one?, two) } else { (two?, one) };
        assert_eq!(why(&lost.unwrap_err()), (Code::Aborted, "ETAG_MISMATCH".into()));
        assert_eq!(won.reviews.len(), 1);

        let line = review(bench, &line_office(), review_of(&won, FinanceLine, 95)).await?;
        let ready = review(bench, &finance(), review_of(&line, Finance, 95)).await?;
        let second_office = Rights::of("second").may(&["targets.approve"], COUNTY);
        let mut clients = (targets(bench), targets(bench));
        let (one, two) = tokio::join!(
            clients.0.approve_targets(bench.by(&budget_office(), approval(&[(&ready, "900000")]))),
            clients.1.approve_targets(bench.by(&second_office, approval(&[(&ready, "800000")]))),
        );
        let lost = if one.is_ok() { two } else { one };
        assert_eq!(why(&lost.unwrap_err()), (Code::Aborted, "ETAG_MISMATCH".into()));
        Ok(())
    })
    .await
}

fn delegation(stage: pb::ReviewStage, delegate: &str) -> pb::CreateReviewDelegationRequest {
    let date = |day| Some(Date { year: 2026, month: 7, day });
    pb::CreateReviewDelegationRequest {
        request_id: request_id(),
        parent: format!("regions/{COUNTY}"),
        delegation_id: "D1".into(),
        stage: stage.into(),
        delegate: format!("accounts/{delegate}"),
        unit: "219".into(),
        from_date: date(1),
        to_date: date(10),
        reason: "出差".into(),
        ..Default::default()
    }
}

fn deputy() -> Rights {
    Rights::of("deputy").may(&["targets.read"], COUNTY)
}

#[tokio::test]
async fn a_delegate_decides_in_the_place_of_a_reviewer_for_its_days() -> anyhow::Result<()> {
    on_each(async |bench| {
        let filed = filed(bench, "P1").await?;
        let request = delegation(Department, "deputy");
        let made = delegations(bench)
            .create_review_delegation(bench.by(&department(), request.clone()))
            .await?
            .into_inner();
        let repeat =
            delegations(bench).create_review_delegation(bench.by(&department(), request)).await?.into_inner();
        assert_eq!(made, repeat);
        let made = made.delegation.unwrap();
        assert_eq!(
            (made.delegator.as_str(), made.state()),
            ("accounts/department", pb::DelegationState::Standing)
        );

        let by_delegate =
            || pb::ReviewTargetRequest { delegation: made.name.clone(), ..review_of(&filed, Department, 95) };
        let bare = review(bench, &deputy(), review_of(&filed, Department, 95)).await.unwrap_err();
        assert_eq!(why(&bare), (Code::PermissionDenied, "PERMISSION_MISSING".into()));
        let early = review(bench, &deputy(), by_delegate()).await.unwrap_err();
        assert_eq!(why(&early), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        bench.clock.set(Timestamp(bench.clock.now().plus_seconds(24 * 3600).micros()));
        let stranger = Rights::of("stranger").may(&["targets.read"], COUNTY);
        assert_eq!(review(bench, &stranger, by_delegate()).await.unwrap_err().code(), Code::NotFound);
        let elsewhere = pb::ReviewTargetRequest { stage: Finance.into(), ..by_delegate() };
        assert_eq!(why(&review(bench, &deputy(), elsewhere).await.unwrap_err()).1, "STATE_FORBIDS");
        let reviewed = review(bench, &deputy(), by_delegate()).await?;
        let told = &reviewed.reviews[0];
        assert_eq!(
            (told.reviewer.as_str(), told.on_behalf_of.as_str()),
            ("accounts/deputy", "accounts/department")
        );
        // neither of the two may decide again further up
        let both = ["targets.review.finance_line", "targets.read"];
        for name in ["deputy", "department"] {
            let rights = Rights::of(name).may(&both, COUNTY);
            let status = review(bench, &rights, review_of(&reviewed, FinanceLine, 95)).await.unwrap_err();
            assert_eq!(why(&status).1, "DUTIES_NOT_SEPARATE", "{name}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_delegation_is_given_only_by_who_may_decide_and_ended_by_who_gave_it() -> anyhow::Result<()> {
    on_each(async |bench| {
        let create = async |by: &Rights, request: pb::CreateReviewDelegationRequest| {
            delegations(bench).create_review_delegation(bench.by(by, request)).await
        };
        let missing = create(&department(), delegation(Finance, "deputy")).await.unwrap_err();
        assert_eq!(why(&missing), (Code::PermissionDenied, "PERMISSION_MISSING".into()));
        let wide =
            pb::CreateReviewDelegationRequest { unit: String::new(), ..delegation(Department, "deputy") };
        assert_eq!(create(&department(), wide).await.unwrap_err().code(), Code::NotFound);
        let own = create(&department(), delegation(Department, "department")).await.unwrap_err();
        assert_eq!(fields(&own), ["delegate"]);
        let past = pb::CreateReviewDelegationRequest {
            to_date: Some(Date { year: 2026, month: 6, day: 29 }),
            from_date: Some(Date { year: 2026, month: 6, day: 1 }),
            ..delegation(Department, "deputy")
        };
        assert_eq!(fields(&create(&department(), past).await.unwrap_err()), ["to_date"]);

        let made =
            create(&department(), delegation(Department, "deputy")).await?.into_inner().delegation.unwrap();
        let revocation = || pb::RevokeReviewDelegationRequest {
            request_id: request_id(),
            name: made.name.clone(),
            etag: made.etag.clone(),
            reason: "已返岗".into(),
            ..Default::default()
        };
        let revoke = async |by: &Rights, request: pb::RevokeReviewDelegationRequest| {
            delegations(bench).revoke_review_delegation(bench.by(by, request)).await
        };
        let other = Rights::of("other").may(&["targets.review.department"], COUNTY);
        assert_eq!(why(&revoke(&other, revocation()).await.unwrap_err()).1, "DUTIES_NOT_SEPARATE");
        assert_eq!(revoke(&neighbour(), revocation()).await.unwrap_err().code(), Code::NotFound);
        let revoked = revoke(&department(), revocation()).await?.into_inner().delegation.unwrap();
        assert_eq!(revoked.state(), pb::DelegationState::Revoked);
        let stale = revoke(&department(), revocation()).await.unwrap_err();
        assert_eq!(why(&stale), (Code::Aborted, "ETAG_MISMATCH".into()));

        let list = pb::ListReviewDelegationsRequest {
            region: COUNTY.into(),
            delegate: "accounts/deputy".into(),
            ..Default::default()
        };
        let listed = delegations(bench)
            .list_review_delegations(bench.by(&finance(), list.clone()))
            .await?
            .into_inner();
        assert_eq!(listed.delegations, [revoked]);
        let unseen = delegations(bench).list_review_delegations(bench.by(&neighbour(), list)).await?;
        assert!(unseen.into_inner().delegations.is_empty());
        Ok(())
    })
    .await
}
