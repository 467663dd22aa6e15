//! What targets takes from the library and tells it: indicators in use, templates out of use.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hengji_proto::catalog::v1::RecordIndicatorUseRequest;
use hengji_proto::targets::v1 as pb;
use hengji_targets::SERVICE;
use hengji_testkit::{Bench, databases, request_id};
use tonic::{Code, Status};

use crate::catalog::{Library, with_library};
use crate::common::*;
use crate::words::*;

/// Tells the story on each database, with a catalog the story may change.
async fn on_each_with(story: impl AsyncFn(&Bench, &Library) -> anyhow::Result<()>) -> anyhow::Result<()> {
    for database in databases().await? {
        let library = Arc::new(Library::default());
        let peers = vec![("catalog", with_library(Arc::clone(&library)))];
        let bench = Bench::start(&SERVICE, &database, peers).await?;
        if let Err(error) = story(&bench, &library).await {
            anyhow::bail!("on {}: {error:?}", database.label());
        }
        bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

/// What catalog was told once it has been told so often; a failure if that does not happen.
async fn told(library: &Library, times: usize) -> anyhow::Result<Vec<RecordIndicatorUseRequest>> {
    for _ in 0..500 {
        let told = library.told.lock().expect("no panic").clone();
        if told.len() >= times {
            return Ok(told);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    anyhow::bail!("catalog was not told {times} times")
}

/// A target in the budget whose leaves use these indicators of the library.
async fn approved(bench: &Bench, code: &str, indicators: &[&str]) -> Result<pb::PerformanceTarget, Status> {
    let project = create_projects(bench, vec![project(code)]).await?.remove(0);
    let mut wanted = target(&project.name);
    for (leaf, indicator) in wanted.indicators.iter_mut().zip(indicators) {
        leaf.catalog_indicator = (*indicator).into();
    }
    let drafted = create_target(bench, &format!("T-{code}"), wanted).await?.target.unwrap_or_default();
    let filed = file(bench, &[&drafted.name]).await?.remove(0);
    let reviewed = passed(bench, filed).await?;
    Ok(approve(bench, &[(&reviewed, "1000000")]).await?.remove(0))
}

#[tokio::test]
async fn catalog_is_told_of_every_approval_that_uses_common_indicators() -> anyhow::Result<()> {
    on_each_with(async |bench, library| {
        library.away.store(true, Ordering::Relaxed);
        approved(bench, "P1", &[]).await?; // individual indicators only: nothing to tell
        let twice = ["indicators/A", "indicators/A"];
        let first = approved(bench, "P2", &twice).await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(library.told.lock().expect("no panic").is_empty(), "catalog was away");
        library.away.store(false, Ordering::Relaxed);
        let heard = told(library, 1).await?.remove(0);
        assert_eq!((heard.target.as_str(), heard.target_version), (first.name.as_str(), 1));
        assert_eq!(heard.indicators, ["indicators/A"]);

        let adjusting = adjust(bench, &first).await?;
        let without = update_of(&adjusting, target(""));
        targets(bench).update_target(bench.by(&unit(), without)).await?;
        let reviewed = passed(bench, file(bench, &[&first.name]).await?.remove(0)).await?;
        approve(bench, &[(&reviewed, "1000000")]).await?;
        let heard = told(library, 2).await?;
        assert_eq!(heard.len(), 2, "each approval once");
        assert_eq!(
            (heard[1].target_version, heard[1].indicators.len()),
            (2, 0),
            "what it used is taken back"
        );
        assert_ne!(heard[0].request_id, heard[1].request_id);
        Ok(())
    })
    .await
}

fn update_of(stored: &pb::PerformanceTarget, to: pb::PerformanceTarget) -> pb::UpdateTargetRequest {
    pb::UpdateTargetRequest {
        request_id: request_id(),
        validate_only: false,
        name: stored.name.clone(),
        etag: stored.etag.clone(),
        target: Some(to),
    }
}

#[tokio::test]
async fn a_row_names_an_indicator_in_use_unless_it_stands_as_it_stood() -> anyhow::Result<()> {
    on_each_with(async |bench, library| {
        let first = approved(bench, "P1", &["indicators/A", "indicators/B"]).await?;
        library.out_of_use.lock().expect("no panic").push("indicators/A".into());
        let project = create_projects(bench, vec![project("P2")]).await?.remove(0);
        let mut wrong = target(&project.name);
        let names = ["indicators/A", "indicators/unknown", "indicators/next-door", "not a name"];
        for (row, name) in wrong.indicators.iter_mut().zip(names) {
            row.catalog_indicator = name.into();
        }
        let status = create_target(bench, "T2", wrong.clone()).await.unwrap_err();
        let told: Vec<_> = (0..4).map(|row| format!("target.indicators[{row}].catalog_indicator")).collect();
        assert_eq!(fields(&status), told);

        let adjusting = adjust(bench, &first).await?;
        let mut kept = target(&first.object);
        kept.indicators[0].catalog_indicator = "indicators/A".into();
        kept.indicators[1].catalog_indicator = "indicators/B".into();
        kept.indicators[1].value_text = "≥86%".into();
        let request = update_of(&adjusting, kept.clone());
        let updated = targets(bench).update_target(bench.by(&unit(), request)).await?.into_inner();
        let updated = updated.target.unwrap_or_default();
        kept.indicators[0].value_text = "≥130公里".into();
        let request = update_of(&updated, kept);
        let status = targets(bench).update_target(bench.by(&unit(), request)).await.unwrap_err();
        assert_eq!(fields(&status), ["target.indicators[0].catalog_indicator"], "a changed row chooses anew");
        let reviewed = passed(bench, file(bench, &[&first.name]).await?.remove(0)).await?;
        approve(bench, &[(&reviewed, "1000000")]).await?;

        let filed = filed(bench, "P3").await?;
        let mut request = review_of(&filed, pb::ReviewStage::Department, 85);
        request.corrected_indicators = indicators();
        request.corrected_indicators[3].catalog_indicator = "indicators/A".into();
        let status = review(bench, &department(), request).await.unwrap_err();
        assert_eq!(fields(&status), ["corrected_indicators[3].catalog_indicator"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_retired_template_is_not_offered_to_new_targets_and_kept_by_old_ones() -> anyhow::Result<()> {
    on_each_with(async |bench, library| {
        let projects = create_projects(bench, vec![project("P1"), project("P2")]).await?;
        let mut odd = target(&projects[0].name);
        odd.indicators[2].weight = Some(decimal("20")); // 80 points in all
        odd.template = "templates/execution-20".into();
        let old = create_target(bench, "T1", odd.clone()).await?.target.unwrap_or_default();
        let plain = create_target(bench, "T2", target(&projects[1].name)).await?.target.unwrap_or_default();
        library.retired.store(true, Ordering::Relaxed);

        targets(bench).update_target(bench.by(&unit(), update_of(&old, odd.clone()))).await?;
        let filed = file(bench, &[&old.name]).await?.remove(0);
        assert_eq!(filed.state(), pb::TargetState::Submitted, "begun with it, goes on with it");
        for chosen in [
            create_target(bench, "T3", odd.clone()).await.unwrap_err(),
            targets(bench)
                .update_target(bench.by(&unit(), update_of(&plain, odd.clone())))
                .await
                .unwrap_err(),
        ] {
            assert_eq!(
                (chosen.code(), fields(&chosen)),
                (Code::InvalidArgument, vec!["target.template".to_owned()])
            );
            assert!(chosen.message().contains("已停用"), "{}", chosen.message());
        }
        Ok(())
    })
    .await
}
