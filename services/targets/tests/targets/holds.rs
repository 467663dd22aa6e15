//! Holds on filing.

use hengji_proto::targets::v1 as pb;
use hengji_testkit::{Bench, request_id};
use tonic::{Code, Status};

use crate::common::*;
use crate::words::*;

pub async fn place(bench: &Bench, year: i32, id: &str, code: &str) -> Result<pb::Hold, Status> {
    let request = pb::PlaceHoldRequest {
        request_id: request_id(),
        validate_only: false,
        parent: format!("regions/{COUNTY}/years/{year}"),
        hold_id: id.into(),
        project_code: code.into(),
        unit: "219001".into(),
        cause: "上年绩效目标未完成且未说明原因".into(),
        authority: "财政局".into(),
    };
    Ok(holds(bench).place_hold(bench.by(&finance(), request)).await?.into_inner().hold.unwrap_or_default())
}

fn release_of(hold: &pb::Hold) -> pb::ReleaseHoldRequest {
    pb::ReleaseHoldRequest {
        request_id: request_id(),
        validate_only: false,
        name: hold.name.clone(),
        etag: hold.etag.clone(),
        reason: "已说明原因".into(),
    }
}

#[tokio::test]
async fn a_hold_of_last_year_blocks_until_released_and_one_of_next_year_does_not() -> anyhow::Result<()> {
    on_each(async |bench| {
        let project = create_projects(bench, vec![project("P1")]).await?.remove(0);
        let name = create_target(bench, "T1", target(&project.name)).await?.target.unwrap().name;
        place(bench, 2027, "H2", "P1").await?;
        place(bench, 2025, "H3", "P2").await?;
        let hold = place(bench, 2025, "H1", "P1").await?;
        assert_eq!(hold.state(), pb::HoldState::Standing);
        let status = file(bench, &[&name]).await.unwrap_err();
        assert_eq!(why(&status), (Code::FailedPrecondition, "HOLD_STANDS".into()));
        assert!(preconditions(&status)[0].1.contains("未说明原因"));

        let released = holds(bench).release_hold(bench.by(&finance(), release_of(&hold))).await?.into_inner();
        let released = released.hold.unwrap();
        assert_eq!(
            (released.state(), released.release_reason.as_str()),
            (pb::HoldState::Released, "已说明原因")
        );
        file(bench, &[&name]).await?;
        let stale = holds(bench).release_hold(bench.by(&finance(), release_of(&hold))).await.unwrap_err();
        assert_eq!(why(&stale), (Code::Aborted, "ETAG_MISMATCH".into()));
        let again = holds(bench).release_hold(bench.by(&finance(), release_of(&released))).await.unwrap_err();
        assert_eq!(why(&again), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_hold_tells_who_placed_and_who_lifted_it_and_is_found_by_project_and_unit() -> anyhow::Result<()> {
    on_each(async |bench| {
        let hold = place(bench, 2026, "H1", "P1").await?;
        assert_eq!((hold.placed_by.as_str(), hold.released_by.as_str()), ("accounts/finance", ""));
        let request = pb::GetHoldRequest { name: hold.name.clone() };
        let read = holds(bench).get_hold(bench.by(&unit(), request.clone())).await?.into_inner();
        assert_eq!(read.hold.unwrap(), hold);
        let unseen = holds(bench).get_hold(bench.by(&neighbour(), request)).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);
        for (project_code, unit_code, found) in
            [("P1", "", 1), ("P2", "", 0), ("", "219", 1), ("", "219001", 1), ("", "220", 0)]
        {
            let request = pb::ListHoldsRequest {
                project_code: project_code.into(),
                unit: unit_code.into(),
                ..Default::default()
            };
            let answer = holds(bench).list_holds(bench.by(&finance(), request)).await?.into_inner();
            assert_eq!(answer.holds.len(), found, "{project_code} {unit_code}");
        }
        let released = holds(bench).release_hold(bench.by(&finance(), release_of(&hold))).await?.into_inner();
        let released = released.hold.unwrap();
        assert_eq!(released.released_by, "accounts/finance");
        assert!(released.release_time.is_some());
        Ok(())
    })
    .await
}

#[tokio::test]
async fn holds_are_named_once_placed_within_reach_and_listed() -> anyhow::Result<()> {
    on_each(async |bench| {
        let hold = place(bench, 2026, "H1", "P1").await?;
        assert_eq!(place(bench, 2026, "H1", "P1").await.unwrap_err().code(), Code::AlreadyExists);
        let unseen = holds(bench).release_hold(bench.by(&neighbour(), release_of(&hold))).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);
        for (state, found) in [(pb::HoldState::Standing, 1), (pb::HoldState::Released, 0)] {
            let request = pb::ListHoldsRequest { state: state.into(), year: 2026, ..Default::default() };
            let answer = holds(bench).list_holds(bench.by(&unit(), request)).await?.into_inner();
            assert_eq!(answer.holds.len(), found, "{state:?}");
        }
        Ok(())
    })
    .await
}
