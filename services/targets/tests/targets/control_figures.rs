//! Control figures of departments.

use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::control_figure_service_client::ControlFigureServiceClient;
use hengji_rpc::Link;
use hengji_testkit::{Bench, request_id};
use tonic::{Code, Status};

use crate::assessments::{conclude, open, score, scoring};
use crate::common::*;
use crate::words::*;

fn figures(bench: &Bench) -> ControlFigureServiceClient<Link> {
    ControlFigureServiceClient::new(bench.link())
}

pub async fn issue(bench: &Bench, amount: &str) -> Result<pb::ControlFigure, Status> {
    let request = pb::IssueControlFigureRequest {
        request_id: request_id(),
        validate_only: false,
        parent: PARENT.into(),
        unit: "219".into(),
        initial_yuan: Some(decimal(amount)),
        document: "盐财预〔2026〕1号".into(),
    };
    let answer = figures(bench).issue_control_figure(bench.by(&budget_office(), request)).await?;
    Ok(answer.into_inner().control_figure.unwrap_or_default())
}

fn adjustment_of(figure: &pb::ControlFigure, amount: &str) -> pb::AdjustControlFigureRequest {
    pb::AdjustControlFigureRequest {
        request_id: request_id(),
        validate_only: false,
        name: figure.name.clone(),
        etag: figure.etag.clone(),
        initial_yuan: Some(decimal(amount)),
        document: "盐财预〔2026〕9号".into(),
        reason: "调整".into(),
    }
}

pub async fn figure(bench: &Bench) -> Result<pb::ControlFigure, Status> {
    let request = pb::GetControlFigureRequest { name: format!("{PARENT}/controlFigures/219") };
    let answer = figures(bench).get_control_figure(bench.by(&department(), request)).await?;
    Ok(answer.into_inner().control_figure.unwrap_or_default())
}

#[tokio::test]
async fn money_cut_leaves_the_figure_and_budgets_stay_below_what_remains() -> anyhow::Result<()> {
    on_each(async |bench| {
        issue(bench, "2000000").await?;
        let opened = {
            let project = create_projects(bench, vec![project("P0")]).await?.remove(0);
            open(bench, &project.name, "E0").await?
        };
        let scored = score(bench, &finance(), scoring(&opened, "专家甲", "19")).await?;
        conclude(bench, &scored, vec![], "150000").await?;
        let cut = figure(bench).await?;
        assert_eq!(
            (yuan(cut.cut_yuan.as_ref()), yuan(cut.available_yuan.as_ref())),
            ("150000.00", "1850000.00")
        );

        let first = passed(bench, filed(bench, "P1").await?).await?;
        let second = passed(bench, filed(bench, "P2").await?).await?;
        approve(bench, &[(&first, "1000000")]).await?;
        let above = approve(bench, &[(&second, "850000.01")]).await.unwrap_err();
        assert_eq!(why(&above), (Code::FailedPrecondition, "TOTALS_DIFFER".into()));
        assert!(above.message().contains("1850000.00"), "{}", above.message());
        assert_eq!(get_target(bench, &second.name, 0).await?, second, "nothing of it is stored");
        approve(bench, &[(&second, "850000")]).await?;
        let spent = figure(bench).await?;
        assert_eq!(
            (yuan(spent.approved_yuan.as_ref()), yuan(spent.remaining_yuan.as_ref())),
            ("1850000.00", "0.00")
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_figure_is_issued_once_adjusted_and_never_below_what_is_approved() -> anyhow::Result<()> {
    on_each(async |bench| {
        in_budget(bench, "P1").await?;
        let low = issue(bench, "999999.99").await.unwrap_err();
        assert_eq!(fields(&low), ["initial_yuan"]);
        let figure = issue(bench, "1000000").await?;
        assert_eq!(issue(bench, "1").await.unwrap_err().code(), Code::InvalidArgument);
        assert_eq!(
            why(&issue(bench, "3000000").await.unwrap_err()),
            (Code::AlreadyExists, "ALREADY_EXISTS".into())
        );
        let adjust =
            async |request| figures(bench).adjust_control_figure(bench.by(&budget_office(), request)).await;
        assert_eq!(fields(&adjust(adjustment_of(&figure, "999999.99")).await.unwrap_err()), ["initial_yuan"]);
        let adjusted = adjust(adjustment_of(&figure, "1500000")).await?.into_inner().control_figure.unwrap();
        assert_eq!(yuan(adjusted.remaining_yuan.as_ref()), "500000.00");
        let stale = adjust(adjustment_of(&figure, "1600000")).await.unwrap_err();
        assert_eq!(why(&stale), (Code::Aborted, "ETAG_MISMATCH".into()));
        let request = pb::GetControlFigureRequest { name: figure.name };
        let unseen = figures(bench).get_control_figure(bench.by(&neighbour(), request)).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);
        for (year, found) in [(2026, 1), (2025, 0)] {
            let request = pb::ListControlFiguresRequest { year, unit: "219".into(), ..Default::default() };
            let answer = figures(bench).list_control_figures(bench.by(&department(), request)).await?;
            assert_eq!(answer.into_inner().control_figures.len(), found, "{year}");
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn of_two_approvals_at_once_that_do_not_fit_together_one_is_told() -> anyhow::Result<()> {
    on_each(async |bench| {
        issue(bench, "1500000").await?;
        let first = passed(bench, filed(bench, "P1").await?).await?;
        let second = passed(bench, filed(bench, "P2").await?).await?;
        let (of_first, of_second) = ([(&first, "1000000")], [(&second, "1000000")]);
        let (one, other) = tokio::join!(approve(bench, &of_first), approve(bench, &of_second));
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1, "{one:?} {other:?}");
        assert_eq!(yuan(figure(bench).await?.approved_yuan.as_ref()), "1000000.00");
        Ok(())
    })
    .await
}
