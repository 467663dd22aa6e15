//! The baseline of any past day.

use hengji_kernel::Clock;
use hengji_proto::google::r#type::Date;
use hengji_proto::targets::v1 as pb;
use hengji_testkit::{Bench, Rights};
use tonic::{Code, Status};

use crate::common::*;
use crate::words::*;

pub fn next_day(bench: &Bench) {
    bench.clock.set(bench.clock.now().plus_seconds(24 * 3600));
}

pub async fn baseline(
    bench: &Bench,
    by: &Rights,
    name: &str,
    (month, day): (i32, i32),
) -> Result<pb::PerformanceTarget, Status> {
    let date = Some(Date { year: 2026, month, day });
    let request = pb::GetBaselineRequest { name: name.into(), date };
    Ok(targets(bench).get_baseline(bench.by(by, request)).await?.into_inner().target.unwrap_or_default())
}

#[tokio::test]
async fn the_baseline_of_a_past_day_is_what_was_approved_by_its_end() -> anyhow::Result<()> {
    on_each(async |bench| {
        let first = in_budget(bench, "P1").await?; // on 30 June
        next_day(bench);
        let adjusting = adjust(bench, &first).await?;
        for name in [&first.name, &first.object] {
            let standing = baseline(bench, &unit(), name, (7, 1)).await?;
            assert_eq!((standing.target_version, standing.state()), (1, pb::TargetState::Approved));
        }
        next_day(bench);
        let refiled = file(bench, &[&adjusting.name]).await?.remove(0);
        let second = passed(bench, refiled).await?;
        assert_eq!(
            baseline(bench, &unit(), &first.object, (7, 2)).await?.target_version,
            1,
            "no draft is one"
        );
        approve(bench, &[(&second, "1000000")]).await?;
        for (day, version) in [((6, 30), 1), ((7, 1), 1), ((7, 2), 2), ((12, 31), 2)] {
            let found = baseline(bench, &unit(), &first.object, day).await?;
            assert_eq!(found.target_version, version, "{day:?}");
            assert!(found.approve_time.is_some());
        }
        let early = baseline(bench, &unit(), &first.name, (6, 29)).await.unwrap_err();
        assert_eq!(early.code(), Code::NotFound);
        let unseen = baseline(bench, &neighbour(), &first.object, (7, 2)).await.unwrap_err();
        assert_eq!(why(&unseen), (Code::NotFound, "NOT_FOUND".into()));

        let request = pb::ListTargetVersionsRequest { name: first.name.clone(), ..Default::default() };
        let all = targets(bench).list_target_versions(bench.by(&unit(), request.clone())).await?.into_inner();
        let versions: Vec<_> = all.targets.iter().map(|target| target.approved_version).collect();
        assert_eq!(versions, [1, 2]);
        let unseen = targets(bench).list_target_versions(bench.by(&neighbour(), request)).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn of_several_targets_about_a_project_the_one_approved_last_is_its_baseline() -> anyhow::Result<()> {
    on_each(async |bench| {
        let first = in_budget(bench, "P1").await?;
        next_day(bench);
        let added = create_target(bench, "T-added", target(&first.object)).await?.target.unwrap();
        let reviewed = passed(bench, file(bench, &[&added.name]).await?.remove(0)).await?;
        approve(bench, &[(&reviewed, "1000000")]).await?;
        assert_eq!(baseline(bench, &unit(), &first.object, (6, 30)).await?.name, first.name);
        assert_eq!(baseline(bench, &unit(), &first.object, (7, 1)).await?.name, added.name);
        Ok(())
    })
    .await
}
