//! Approval with the budget, versions and adjustments.

use hengji_proto::common::v1::ListEntriesRequest;
use hengji_proto::common::v1::journal_service_client::JournalServiceClient;
use hengji_proto::targets::v1 as pb;
use hengji_testkit::{Bench, Rights};
use tonic::Code;

use crate::common::*;
use crate::words::*;

async fn journal(bench: &Bench, kind: &str) -> anyhow::Result<Vec<serde_json::Value>> {
    let auditor = Rights::of("auditor").may(&["journal.read"], COUNTY);
    for _ in 0..100 {
        let request =
            ListEntriesRequest { service: "targets".into(), kinds: vec![kind.into()], ..Default::default() };
        let mut client = JournalServiceClient::new(bench.link());
        let entries = client.list_entries(bench.by(&auditor, request)).await?.into_inner().entries;
        if !entries.is_empty() {
            return Ok(entries
                .iter()
                .map(|entry| serde_json::from_str(&entry.payload_json))
                .collect::<Result<_, _>>()?);
        }
        tokio::task::yield_now().await;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    Ok(vec![])
}

#[tokio::test]
async fn targets_and_budget_are_approved_in_one_act() -> anyhow::Result<()> {
    on_each(async |bench| {
        let first = passed(bench, filed(bench, "P1").await?).await?;
        let second = passed(bench, filed(bench, "P2").await?).await?;
        let approved = approve(bench, &[(&first, "900000"), (&second, "12345.67")]).await?;
        for (target, amount) in approved.iter().zip(["900000.00", "12345.67"]) {
            assert_eq!((target.state(), target.approved_version), (pb::TargetState::Approved, 1));
            let project = get_project(bench, &target.object).await?;
            assert_eq!(
                (project.state(), yuan(project.approved_yuan.as_ref())),
                (pb::ProjectState::InBudget, amount)
            );
        }
        let told = journal(bench, "target.approved").await?;
        assert_eq!(told.len(), 2);
        assert_eq!(told[0]["object"], approved[0].object);
        assert_eq!(
            (told[0]["version"].as_i64(), told[0]["amount_yuan"].as_str()),
            (Some(1), Some("900000.00"))
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn one_bad_row_keeps_all_from_approval() -> anyhow::Result<()> {
    on_each(async |bench| {
        let ready = passed(bench, filed(bench, "P1").await?).await?;
        let waiting = filed(bench, "P2").await?;
        let status = approve(bench, &[(&ready, "1"), (&waiting, "1")]).await.unwrap_err();
        assert_eq!(why(&status), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        assert_eq!(preconditions(&status)[0].0, waiting.name);
        assert_eq!(get_target(bench, &ready.name, 0).await?, ready);

        let stale = pb::PerformanceTarget { etag: "v1".into(), ..ready.clone() };
        assert_eq!(why(&approve(bench, &[(&stale, "1")]).await.unwrap_err()).1, "ETAG_MISMATCH");
        let fraction = approve(bench, &[(&ready, "1.005")]).await.unwrap_err();
        assert_eq!(fields(&fraction), ["approvals[0].approved_yuan"]);
        assert_eq!(
            fields(&approve(bench, &[(&ready, "-1")]).await.unwrap_err()),
            ["approvals[0].approved_yuan"]
        );

        let declarer = Rights::of("unit").may(&["targets.approve"], COUNTY);
        let request = approval(&[(&ready, "1")]);
        let own = targets(bench).approve_targets(bench.by(&declarer, request.clone())).await.unwrap_err();
        assert_eq!(why(&own), (Code::PermissionDenied, "DUTIES_NOT_SEPARATE".into()));
        let unseen = targets(bench).approve_targets(bench.by(&neighbour(), request)).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_hold_placed_meanwhile_closes_the_budget() -> anyhow::Result<()> {
    on_each(async |bench| {
        let ready = passed(bench, filed(bench, "P1").await?).await?;
        crate::holds::place(bench, 2026, "H1", "P1").await?;
        let status = approve(bench, &[(&ready, "1")]).await.unwrap_err();
        assert_eq!(why(&status), (Code::FailedPrecondition, "GATE_REFUSED".into()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn every_approved_version_stays_readable_and_the_baseline_stands_while_adjusting() -> anyhow::Result<()>
{
    on_each(async |bench| {
        let first = in_budget(bench, "P1").await?;
        let adjusting = adjust(bench, &first).await?;
        assert_eq!(adjusting.state(), pb::TargetState::Adjusting);
        assert_eq!((adjusting.target_version, adjusting.approved_version), (2, 1));
        let twice =
            targets(bench).adjust_target(bench.by(&unit(), adjustment(&adjusting))).await.unwrap_err();
        assert_eq!(why(&twice), (Code::FailedPrecondition, "STATE_FORBIDS".into()));

        let mut contents = target("");
        contents.indicators[0].value_text = "≥150公里".into();
        let request = pb::UpdateTargetRequest {
            request_id: hengji_testkit::request_id(),
            validate_only: false,
            name: adjusting.name.clone(),
            etag: adjusting.etag.clone(),
            target: Some(contents),
        };
        targets(bench).update_target(bench.by(&unit(), request)).await?;
        let baseline = get_target(bench, &first.name, 1).await?;
        assert_eq!(
            (baseline.state(), baseline.indicators[0].value_text.as_str()),
            (pb::TargetState::Approved, "≥120公里")
        );
        assert_eq!(get_target(bench, &first.name, 2).await.unwrap_err().code(), Code::NotFound);
        let verdict = gate(bench, &first.object, pb::GateKind::FundIssue).await?;
        assert_eq!((verdict.allowed, verdict.target_version), (true, 1));

        let reviewed = passed(bench, file(bench, &[&first.name]).await?.remove(0)).await?;
        approve(bench, &[(&reviewed, "1200000")]).await?;
        assert_eq!(get_target(bench, &first.name, 1).await?.indicators[0].value_text, "≥120公里");
        assert_eq!(get_target(bench, &first.name, 2).await?.indicators[0].value_text, "≥150公里");
        let verdict = gate(bench, &first.object, pb::GateKind::FundIssue).await?;
        assert_eq!((verdict.target_version, yuan(verdict.budget_yuan.as_ref())), (2, "1200000.00"));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_rejected_adjustment_leaves_project_and_baseline_standing() -> anyhow::Result<()> {
    on_each(async |bench| {
        let first = in_budget(bench, "P1").await?;
        adjust(bench, &first).await?;
        let refiled = file(bench, &[&first.name]).await?.remove(0);
        let rejected =
            review(bench, &department(), review_of(&refiled, pb::ReviewStage::Department, 30)).await?;
        assert_eq!((rejected.state(), rejected.approved_version), (pb::TargetState::Rejected, 1));
        assert_eq!(get_project(bench, &first.object).await?.state(), pb::ProjectState::InBudget);
        assert!(gate(bench, &first.object, pb::GateKind::FundIssue).await?.allowed);
        assert_eq!(adjust(bench, &rejected).await?.target_version, 3);
        Ok(())
    })
    .await
}
