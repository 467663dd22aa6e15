//! Mid-year reductions: money leaves together with the change of its target, or neither does.

use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::reduction_service_client::ReductionServiceClient;
use hengji_rpc::Link;
use hengji_testkit::{Bench, Rights, request_id};
use tonic::{Code, Status};

use crate::baselines::{baseline, next_day};
use crate::common::*;
use crate::control_figures::{figure, issue};
use crate::words::*;

fn reductions(bench: &Bench) -> ReductionServiceClient<Link> {
    ReductionServiceClient::new(bench.link())
}

fn reduction(target: &pb::PerformanceTarget, id: &str, amount: &str) -> pb::FileReductionRequest {
    pb::FileReductionRequest {
        request_id: request_id(),
        validate_only: false,
        project: target.object.clone(),
        reduction_id: id.into(),
        amount_yuan: Some(decimal(amount)),
        target: target.name.clone(),
        reason: "压减一般性支出".into(),
    }
}

async fn file_reduction(
    bench: &Bench,
    request: pb::FileReductionRequest,
) -> Result<pb::BudgetReduction, Status> {
    let answer = reductions(bench).file_reduction(bench.by(&unit(), request)).await?;
    Ok(answer.into_inner().reduction.unwrap_or_default())
}

fn approval_of(reduction: &pb::BudgetReduction, issued: &str) -> pb::ApproveReductionRequest {
    pb::ApproveReductionRequest {
        request_id: request_id(),
        validate_only: false,
        name: reduction.name.clone(),
        etag: reduction.etag.clone(),
        document: "盐财发〔2026〕19号".into(),
        issued_yuan: Some(decimal(issued)),
        approve_date: None,
    }
}

async fn approve_reduction(
    bench: &Bench,
    by: &Rights,
    request: pb::ApproveReductionRequest,
) -> Result<pb::ApproveReductionResponse, Status> {
    Ok(reductions(bench).approve_reduction(bench.by(by, request)).await?.into_inner())
}

/// An approved target of 1,000,000 yuan, opened again and declared with so much.
async fn declared_again(
    bench: &Bench,
    approved: &pb::PerformanceTarget,
    budget: &str,
) -> Result<pb::PerformanceTarget, Status> {
    let adjusting = adjust(bench, approved).await?;
    let mut contents = target(&approved.object);
    contents.budget_yuan = Some(decimal(budget));
    contents.indicators[0].value_text = "≥90公里".into();
    let request = pb::UpdateTargetRequest {
        request_id: request_id(),
        validate_only: false,
        name: adjusting.name.clone(),
        etag: adjusting.etag,
        target: Some(contents),
    };
    targets(bench).update_target(bench.by(&unit(), request)).await?;
    Ok(file(bench, &[&approved.name]).await?.remove(0))
}

#[tokio::test]
async fn target_budget_and_control_figure_change_in_one_act() -> anyhow::Result<()> {
    on_each(async |bench| {
        issue(bench, "1500000").await?;
        let first = in_budget(bench, "P1").await?;
        next_day(bench);
        let again = declared_again(bench, &first, "700000").await?;
        let filed = file_reduction(bench, reduction(&again, "R1", "300000")).await?;
        assert_eq!((filed.state(), filed.issued_yuan.as_ref()), (pb::ReductionState::Filed, None));
        let carrying = get_target(bench, &first.name, 0).await?;
        assert_eq!(carrying.reduction, filed.name);

        let early = approve_reduction(bench, &budget_office(), approval_of(&filed, "0")).await.unwrap_err();
        assert_eq!(why(&early), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let project = get_project(bench, &first.object).await?;
        assert_eq!(yuan(project.reduced_yuan.as_ref()), "0.00", "nothing of it happened");

        let reviewed = passed(bench, carrying).await?;
        let alone = approve(bench, &[(&reviewed, "700000")]).await.unwrap_err();
        assert_eq!(why(&alone).1, "STATE_FORBIDS", "the target does not go without its money");
        let issued = approve_reduction(bench, &budget_office(), approval_of(&filed, "700000.01")).await;
        assert_eq!(fields(&issued.unwrap_err()), ["issued_yuan"]);
        assert_eq!(get_target(bench, &first.name, 0).await?.approved_version, 1, "both or none");

        let answer = approve_reduction(bench, &budget_office(), approval_of(&filed, "700000")).await?;
        let (approved, told) = (answer.target.unwrap(), answer.reduction.unwrap());
        assert_eq!((approved.state(), approved.approved_version), (pb::TargetState::Approved, 2));
        assert_eq!(told.state(), pb::ReductionState::Approved);
        assert_eq!(yuan(told.issued_yuan.as_ref()), "700000.00");
        let project = get_project(bench, &first.object).await?;
        let money = (yuan(project.approved_yuan.as_ref()), yuan(project.reduced_yuan.as_ref()));
        assert_eq!(money, ("1000000.00", "300000.00"), "the initial budget stays the initial budget");
        let verdict = gate(bench, &first.object, pb::GateKind::FundIssue).await?;
        assert!(verdict.allowed);
        assert_eq!((yuan(verdict.budget_yuan.as_ref()), verdict.target_version), ("700000.00", 2));

        let lowered = figure(bench).await?;
        let told = [&lowered.reduced_yuan, &lowered.available_yuan, &lowered.remaining_yuan];
        assert_eq!(told.map(|money| yuan(money.as_ref())), ["300000.00", "1200000.00", "500000.00"]);
        for (day, version) in [((6, 30), 1), ((7, 1), 2)] {
            let standing = baseline(bench, &unit(), &first.object, day).await?;
            assert_eq!(standing.target_version, version, "{day:?}");
        }

        let stale = approve_reduction(bench, &budget_office(), approval_of(&filed, "0")).await.unwrap_err();
        assert_eq!(why(&stale).1, "ETAG_MISMATCH");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn refuses_what_does_not_tie_out_and_targets_that_do_not_travel() -> anyhow::Result<()> {
    on_each(async |bench| {
        let first = in_budget(bench, "P1").await?;
        let still = file_reduction(bench, reduction(&first, "R1", "300000")).await.unwrap_err();
        assert_eq!(fields(&still), ["amount_yuan"], "its target says the old budget");
        let again = declared_again(bench, &first, "700000").await?;
        for amount in ["299999.99", "1000000.01", "0"] {
            let status = file_reduction(bench, reduction(&again, "R1", amount)).await.unwrap_err();
            assert_eq!(fields(&status), ["amount_yuan"], "{amount}");
        }
        let other = filed(bench, "P2").await?;
        let stored = file_reduction(bench, reduction(&other, "R1", "1")).await.unwrap_err();
        assert_eq!(why(&stored), (Code::FailedPrecondition, "STATE_FORBIDS".into()), "not in the budget");
        let mut foreign = reduction(&again, "R1", "300000");
        foreign.target = other.name;
        assert_eq!(why(&file_reduction(bench, foreign).await.unwrap_err()).1, "TARGET_REQUIRED");

        file_reduction(bench, reduction(&again, "R1", "300000")).await?;
        let twice = file_reduction(bench, reduction(&again, "R2", "300000")).await.unwrap_err();
        assert_eq!(why(&twice).1, "TARGET_REQUIRED", "one target travels with one reduction");
        let travelling = get_target(bench, &first.name, 0).await?;
        let request = pb::WithdrawTargetRequest {
            request_id: request_id(),
            name: travelling.name,
            etag: travelling.etag,
            reason: "填报有误".into(),
            ..Default::default()
        };
        let withdrawn = targets(bench).withdraw_target(bench.by(&unit(), request)).await.unwrap_err();
        assert_eq!(why(&withdrawn).1, "STATE_FORBIDS");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn duties_reach_and_lists_of_reductions() -> anyhow::Result<()> {
    on_each(async |bench| {
        let first = in_budget(bench, "P1").await?;
        let again = declared_again(bench, &first, "700000").await?;
        let filed = file_reduction(bench, reduction(&again, "R1", "300000")).await?;
        passed(bench, get_target(bench, &first.name, 0).await?).await?;
        let declarer = Rights::of("unit").may(&["targets.approve"], COUNTY);
        let own = approve_reduction(bench, &declarer, approval_of(&filed, "0")).await.unwrap_err();
        assert_eq!(why(&own), (Code::PermissionDenied, "DUTIES_NOT_SEPARATE".into()));
        let unseen = approve_reduction(bench, &neighbour(), approval_of(&filed, "0")).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);
        let request = pb::GetReductionRequest { name: filed.name.clone() };
        let found = reductions(bench).get_reduction(bench.by(&unit(), request)).await?.into_inner();
        assert_eq!(found.reduction.unwrap(), filed);
        let all = pb::ListReductionsRequest { region: COUNTY.into(), year: 2026, ..Default::default() };
        for (request, count) in [
            (all.clone(), 1),
            (pb::ListReductionsRequest { region: NEIGHBOUR.into(), ..all.clone() }, 0),
            (pb::ListReductionsRequest { state: pb::ReductionState::Approved.into(), ..all.clone() }, 0),
            (pb::ListReductionsRequest { fund_kind: pb::FundKind::GeneralPublic.into(), ..all.clone() }, 1),
            (pb::ListReductionsRequest { fund_kind: pb::FundKind::SpecialBond.into(), ..all.clone() }, 0),
            (pb::ListReductionsRequest { mark: pb::ProjectMark::Consolidation.into(), ..all.clone() }, 1),
            (pb::ListReductionsRequest { mark: pb::ProjectMark::Policy.into(), ..all }, 0),
        ] {
            let answer = reductions(bench).list_reductions(bench.by(&unit(), request.clone())).await?;
            assert_eq!(answer.into_inner().reductions.len(), count, "{request:?}");
        }
        Ok(())
    })
    .await
}
