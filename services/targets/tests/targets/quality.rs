//! Quality: of a draft with what to use instead, and of a region in the background.

use hengji_proto::targets::v1 as pb;
use hengji_testkit::{Bench, Rights, databases, request_id};
use tonic::{Code, Status};

use crate::catalog;
use crate::common::*;
use crate::words::*;

fn inspector() -> Rights {
    Rights::of("finance").may(&["targets.review.finance", "targets.read"], COUNTY)
}

async fn check(bench: &Bench, target: pb::PerformanceTarget) -> Result<Vec<pb::QualityFinding>, Status> {
    let request =
        pb::CheckTargetRequest { parent: PARENT.into(), target: Some(target), ..Default::default() };
    Ok(qualities(bench).check_target(bench.by(&unit(), request)).await?.into_inner().findings)
}

fn told(findings: &[pb::QualityFinding]) -> Vec<(&str, &str, &str)> {
    findings.iter().map(|one| (one.code.as_str(), one.severity.as_str(), one.field.as_str())).collect()
}

/// One slogan and one value nobody can measure.
fn vague(object: &str) -> pb::PerformanceTarget {
    let mut vague = target(object);
    vague.indicators[1].value_text = "明显提高".into();
    vague.indicators[2].title = "有效促进发展".into();
    vague
}

#[tokio::test]
async fn a_draft_is_told_every_finding_with_indicators_to_use_instead() -> anyhow::Result<()> {
    on_each(async |bench| {
        let project = create_projects(bench, vec![project("P1")]).await?.remove(0);
        assert_eq!(check(bench, target(&project.name)).await?, []);
        let findings = check(bench, vague(&project.name)).await?;
        assert_eq!(
            told(&findings),
            [("C4", "error", "indicators[1].value_text"), ("C7", "warning", "indicators[2].title")]
        );
        let aspects: Vec<_> = findings.iter().map(pb::QualityFinding::aspect).collect();
        assert_eq!(aspects, [pb::QualityAspect::Unmeasurable, pb::QualityAspect::Generic]);
        for finding in &findings {
            assert_eq!(finding.suggestions[0].indicator, "indicators/GX-1", "{finding:?}");
        }
        // nothing was stored, and the wrong weights of a form are findings too
        let mut heavy = target(&project.name);
        heavy.indicators[0].weight = Some(decimal("35"));
        assert!(told(&check(bench, heavy).await?).contains(&("C2", "error", "indicators")));
        let listed = pb::ListTargetsRequest::default();
        assert!(
            targets(bench).list_targets(bench.by(&unit(), listed)).await?.into_inner().targets.is_empty()
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn validate_only_suggests_and_the_real_thing_only_remarks() -> anyhow::Result<()> {
    on_each(async |bench| {
        let project = create_projects(bench, vec![project("P1")]).await?.remove(0);
        let mut slogan = target(&project.name);
        slogan.indicators[2].title = "有效促进发展".into();
        for validate_only in [true, false] {
            let request = pb::CreateTargetRequest { validate_only, ..creation("T1", slogan.clone()) };
            let answer = targets(bench).create_target(bench.by(&unit(), request)).await?.into_inner();
            assert_eq!(told(&answer.findings), [("C7", "warning", "indicators[2].title")]);
            assert_eq!(answer.findings[0].suggestions.is_empty(), !validate_only);
        }
        let unseen = pb::CheckTargetRequest {
            parent: PARENT.into(),
            target: Some(target(&project.name)),
            ..Default::default()
        };
        let unseen = qualities(bench).check_target(bench.by(&neighbour(), unseen)).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);
        Ok(())
    })
    .await
}

fn start(id: &str) -> pb::StartQualityRunRequest {
    pb::StartQualityRunRequest {
        request_id: request_id(),
        parent: PARENT.into(),
        run_id: id.into(),
        ..Default::default()
    }
}

async fn get_run(bench: &Bench, name: &str) -> Result<pb::QualityRun, Status> {
    let request = pb::GetQualityRunRequest { name: name.into() };
    let answer = qualities(bench).get_quality_run(bench.by(&inspector(), request)).await?;
    Ok(answer.into_inner().run.unwrap_or_default())
}

async fn finished(bench: &Bench, name: &str) -> anyhow::Result<pb::QualityRun> {
    for _ in 0..600 {
        let run = get_run(bench, name).await?;
        if run.state() == pb::QualityRunState::Finished {
            return Ok(run);
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    anyhow::bail!("{name} does not come to an end")
}

async fn statistics(bench: &Bench, run: &str, unit: &str) -> Result<Vec<pb::QualityStatistic>, Status> {
    let request =
        pb::ListQualityStatisticsRequest { run: run.into(), unit: unit.into(), ..Default::default() };
    let answer = qualities(bench).list_quality_statistics(bench.by(&inspector(), request)).await?;
    Ok(answer.into_inner().statistics)
}

#[tokio::test]
async fn a_region_is_checked_in_the_background_with_statistics_by_unit() -> anyhow::Result<()> {
    on_each(async |bench| {
        let other_unit = pb::Project { unit: "219002".into(), ..project("P3") };
        let everyone = Rights::of("unit").may(&["targets.declare"], COUNTY);
        let request = pb::BatchCreateProjectsRequest {
            request_id: request_id(),
            parent: PARENT.into(),
            projects: vec![project("P1"), project("P2"), other_unit],
            ..Default::default()
        };
        let stored =
            projects(bench).batch_create_projects(bench.by(&everyone, request)).await?.into_inner().projects;
        for (index, project) in stored.iter().enumerate() {
            let mut contents = target(&project.name);
            if index == 0 {
                contents.indicators[2].title = "有效促进发展".into();
            }
            let request = creation(&format!("T{index}"), contents);
            targets(bench).create_target(bench.by(&everyone, request)).await?;
        }
        let request = start("Q1");
        let started =
            qualities(bench).start_quality_run(bench.by(&inspector(), request.clone())).await?.into_inner();
        let repeat = qualities(bench).start_quality_run(bench.by(&inspector(), request)).await?.into_inner();
        assert_eq!(started, repeat);
        let name = started.run.unwrap().name;
        let run = finished(bench, &name).await?;
        assert_eq!((run.targets_total, run.targets_checked), (3, 3));

        let rows = statistics(bench, &name, "").await?;
        let told: Vec<_> =
            rows.iter().map(|row| (row.unit.as_str(), row.targets, row.indicators, row.generic)).collect();
        assert_eq!(told, [("219001", 2, 8, 1), ("219002", 1, 4, 0)]);
        assert_eq!(yuan(rows[0].generic_percent.as_ref()), "12.50");
        assert_eq!(statistics(bench, &name, "219002").await?.len(), 1);

        let request = pb::ListQualityReportsRequest { run: name.clone(), ..Default::default() };
        let reports = qualities(bench)
            .list_quality_reports(bench.by(&inspector(), request.clone()))
            .await?
            .into_inner();
        assert_eq!(reports.reports.len(), 1);
        assert_eq!(reports.reports[0].target, format!("{PARENT}/targets/T0"));
        assert_eq!(reports.reports[0].findings[0].code, "C7");
        // a unit sees its own rows only
        let narrow = Rights::of("narrow").may_for_unit(&["targets.read"], COUNTY, "219002");
        let seen = qualities(bench).list_quality_reports(bench.by(&narrow, request)).await?.into_inner();
        assert!(seen.reports.is_empty());
        let outside =
            qualities(bench).start_quality_run(bench.by(&neighbour(), start("Q2"))).await.unwrap_err();
        assert_eq!(outside.code(), Code::NotFound);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_run_goes_on_after_a_restart_and_counts_every_target_once() -> anyhow::Result<()> {
    const TARGETS: usize = 450;
    for database in databases().await? {
        let open = async || {
            Bench::start(&hengji_targets::SERVICE, &database, vec![("catalog", catalog::stand_in())]).await
        };
        let bench = open().await?;
        let codes: Vec<String> = (0..TARGETS).map(|number| format!("P{number:03}")).collect();
        let stored = create_projects(&bench, codes.iter().map(|code| project(code)).collect()).await?;
        for (code, project) in codes.iter().zip(&stored) {
            create_target(&bench, code, target(&project.name)).await?;
        }
        let started =
            qualities(&bench).start_quality_run(bench.by(&inspector(), start("Q1"))).await?.into_inner();
        bench.stop().await; // wherever it is
        let bench = open().await?;
        let run = finished(&bench, &started.run.unwrap_or_default().name).await?;
        assert_eq!((run.targets_total, run.targets_checked), (450, 450));
        let rows = statistics(&bench, &run.name, "").await?;
        assert_eq!(rows.iter().map(|row| row.targets).collect::<Vec<_>>(), [450]);
        bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_run_waits_for_its_time_and_may_be_cancelled() -> anyhow::Result<()> {
    on_each(async |bench| {
        let tomorrow = hengji_kernel::Clock::now(&*bench.clock).plus_seconds(24 * 3600);
        let not_before = Some(hengji_rpc::convert::timestamp(tomorrow));
        let request = pb::StartQualityRunRequest { not_before, ..start("Q1") };
        let run = qualities(bench).start_quality_run(bench.by(&inspector(), request)).await?.into_inner().run;
        let run = run.unwrap();
        let cancellation = || pb::CancelQualityRunRequest {
            request_id: request_id(),
            name: run.name.clone(),
            etag: run.etag.clone(),
            reason: "改期".into(),
            ..Default::default()
        };
        let cancel = async |by: &Rights, request: pb::CancelQualityRunRequest| {
            qualities(bench).cancel_quality_run(bench.by(by, request)).await
        };
        assert_eq!(cancel(&neighbour(), cancellation()).await.unwrap_err().code(), Code::NotFound);
        let cancelled = cancel(&inspector(), cancellation()).await?.into_inner().run.unwrap();
        assert_eq!((cancelled.state(), cancelled.targets_checked), (pb::QualityRunState::Cancelled, 0));
        let stale = cancel(&inspector(), cancellation()).await.unwrap_err();
        assert_eq!(why(&stale), (Code::Aborted, "ETAG_MISMATCH".into()));
        let again = pb::CancelQualityRunRequest { etag: cancelled.etag.clone(), ..cancellation() };
        let again = cancel(&inspector(), again).await.unwrap_err();
        assert_eq!(why(&again), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let request = pb::ListQualityRunsRequest { region: COUNTY.into(), year: 2026, ..Default::default() };
        let listed = qualities(bench).list_quality_runs(bench.by(&inspector(), request)).await?.into_inner();
        assert_eq!(listed.runs, [cancelled]);
        Ok(())
    })
    .await
}
