//! Sent back without points (直接退回), at every step of the chain, and filed again with what changed.

use hengji_proto::common::v1::Grade;
use hengji_proto::targets::v1 as pb;
use hengji_testkit::{Bench, Rights, request_id};
use tonic::{Code, Status};

use crate::common::*;
use crate::words::*;

use pb::ReviewStage::{Department, Finance, FinanceLine};

fn return_of(target: &pb::PerformanceTarget, stage: pb::ReviewStage) -> pb::ReturnTargetRequest {
    let comment = |field: &str, text: &str| pb::FieldComment { field: field.into(), text: text.into() };
    pb::ReturnTargetRequest {
        request_id: request_id(),
        name: target.name.clone(),
        etag: target.etag.clone(),
        stage: stage.into(),
        opinion: "指标值依据不足".into(),
        comments: vec![
            comment("indicators[0].value_text", "请说明里程依据"),
            comment("goal_text", "目标过于笼统"),
        ],
        ..Default::default()
    }
}

async fn send_back(
    bench: &Bench,
    by: &Rights,
    request: pb::ReturnTargetRequest,
) -> Result<pb::PerformanceTarget, Status> {
    let answer = targets(bench).return_target(bench.by(by, request)).await?;
    Ok(answer.into_inner().target.unwrap_or_default())
}

async fn withdraw(bench: &Bench, target: &pb::PerformanceTarget) -> Result<pb::PerformanceTarget, Status> {
    let request = pb::WithdrawTargetRequest {
        request_id: request_id(),
        name: target.name.clone(),
        etag: target.etag.clone(),
        reason: "填报有误".into(),
        ..Default::default()
    };
    let answer = targets(bench).withdraw_target(bench.by(&unit(), request)).await?;
    Ok(answer.into_inner().target.unwrap_or_default())
}

/// Changed in one value and filed again.
async fn filed_again(
    bench: &Bench,
    returned: &pb::PerformanceTarget,
    value: &str,
) -> Result<pb::PerformanceTarget, Status> {
    let mut contents = target(&returned.object);
    contents.indicators[0].value_text = value.into();
    let request = pb::UpdateTargetRequest {
        request_id: request_id(),
        name: returned.name.clone(),
        etag: returned.etag.clone(),
        target: Some(contents),
        ..Default::default()
    };
    targets(bench).update_target(bench.by(&unit(), request)).await?;
    Ok(file(bench, &[&returned.name]).await?.remove(0))
}

#[tokio::test]
async fn every_step_may_send_back_without_points_and_the_whole_chain_begins_again() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut round = filed(bench, "P1").await?;
        let values = ["≥121公里", "≥122公里", "≥123公里"];
        for (step, (by, stage)) in
            [(department(), Department), (line_office(), FinanceLine), (finance(), Finance)]
                .into_iter()
                .enumerate()
        {
            let taken_back = withdraw(bench, &round).await?;
            assert_eq!(taken_back.state(), pb::TargetState::Returned);
            round = file(bench, &[&round.name]).await?.remove(0);
            if step > 0 {
                round = review(bench, &department(), review_of(&round, Department, 95)).await?;
                let late = withdraw(bench, &round).await.unwrap_err();
                assert_eq!(why(&late).1, "STATE_FORBIDS", "somebody has reviewed it");
            }
            if step > 1 {
                round = review(bench, &line_office(), review_of(&round, FinanceLine, 95)).await?;
            }
            let returned = send_back(bench, &by, return_of(&round, stage)).await?;
            assert_eq!(returned.state(), pb::TargetState::Returned);
            let said = returned.reviews.last().unwrap();
            assert!(said.returned);
            assert_eq!((said.stage(), said.grade(), said.comments.len()), (stage, Grade::Unspecified, 2));
            assert_eq!((said.completeness_points.as_ref(), said.explanation.as_ref()), (None, None));
            round = filed_again(bench, &returned, values[step]).await?;
            let changed: Vec<_> =
                round.changes.iter().map(|change| (change.field.as_str(), change.after.as_str())).collect();
            assert!(changed.iter().any(|(_, after)| *after == values[step]), "{changed:?}");
            assert_eq!(round.review_chain.as_ref().unwrap().steps[0].opinions_given, 0);
        }
        let reviewed = passed(bench, round).await?;
        assert_eq!(approve(bench, &[(&reviewed, "1000000")]).await?[0].state(), pb::TargetState::Approved);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn only_a_reviewer_whose_turn_it_is_sends_back_and_only_about_what_is_there() -> anyhow::Result<()> {
    on_each(async |bench| {
        let filed = filed(bench, "P1").await?;
        let early = send_back(bench, &finance(), return_of(&filed, Finance)).await.unwrap_err();
        assert_eq!(why(&early), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let declarer = Rights::of("unit").may(&["targets.review.department"], COUNTY);
        let own = send_back(bench, &declarer, return_of(&filed, Department)).await.unwrap_err();
        assert_eq!(why(&own), (Code::PermissionDenied, "DUTIES_NOT_SEPARATE".into()));
        let reader = Rights::of("reader").may(&["targets.read"], COUNTY);
        let lay = send_back(bench, &reader, return_of(&filed, Department)).await.unwrap_err();
        assert_eq!(why(&lay), (Code::PermissionDenied, "PERMISSION_MISSING".into()));
        let unseen = send_back(bench, &neighbour(), return_of(&filed, Department)).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);
        let mut astray = return_of(&filed, Department);
        astray.comments[1].field = "indicators[9]".into();
        let status = send_back(bench, &department(), astray).await.unwrap_err();
        assert_eq!(fields(&status), ["comments[1].field"]);
        let stale = pb::ReturnTargetRequest { etag: "v0".into(), ..return_of(&filed, Department) };
        assert_eq!(why(&send_back(bench, &department(), stale).await.unwrap_err()).1, "ETAG_MISMATCH");
        let returned = send_back(bench, &department(), return_of(&filed, Department)).await?;
        let twice = send_back(bench, &department(), return_of(&returned, Department)).await.unwrap_err();
        assert_eq!(why(&twice).1, "STATE_FORBIDS");
        Ok(())
    })
    .await
}
