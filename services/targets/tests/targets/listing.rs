//! Lists narrowed by the kind of fund and the marks of the projects behind their records.

use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::control_figure_service_client::ControlFigureServiceClient;
use hengji_testkit::{Bench, Rights, request_id};
use tonic::Status;

use crate::common::*;
use crate::control_figures::issue;
use crate::words::*;

use pb::FundKind::{GeneralPublic, GovernmentFund, SocialInsurance, SpecialBond};
use pb::ProjectMark::{Consolidation, Livelihood, Policy};

const EVERYWHERE: [(pb::FundKind, pb::ProjectMark, usize); 6] = [
    (pb::FundKind::Unspecified, pb::ProjectMark::Unspecified, 2),
    (GeneralPublic, pb::ProjectMark::Unspecified, 1),
    (GovernmentFund, pb::ProjectMark::Unspecified, 1),
    (SocialInsurance, pb::ProjectMark::Unspecified, 0),
    (pb::FundKind::Unspecified, Livelihood, 1),
    (GeneralPublic, Livelihood, 0),
];

/// A project P1 of the general budget, and a project P2 of a government fund marked 民生, each with a filed target that brings an addition and a hold.
async fn two_kinds(bench: &Bench) -> anyhow::Result<()> {
    let other =
        pb::Project { fund_kind: GovernmentFund.into(), marks: vec![Livelihood.into()], ..project("P2") };
    for (number, stored) in create_projects(bench, vec![project("P1"), other]).await?.into_iter().enumerate()
    {
        let wanted = target(&stored.name);
        let drafted = create_target(bench, &format!("T{number}"), wanted).await?.target.unwrap_or_default();
        file(bench, &[&drafted.name]).await?;
        let request = pb::FileAdditionRequest {
            request_id: request_id(),
            project: stored.name.clone(),
            addition_id: format!("A{number}"),
            amount_yuan: Some(decimal("1")),
            target: drafted.name,
            reason: "水毁修复".into(),
            ..Default::default()
        };
        additions(bench).file_addition(bench.by(&unit(), request)).await?;
        crate::assessments::open(bench, &stored.name, &format!("E{number}")).await?;
        crate::holds::place(bench, 2027, &format!("H{number}"), &stored.code).await?;
    }
    Ok(())
}

#[tokio::test]
async fn records_about_a_project_are_found_by_its_kind_of_fund_and_its_marks() -> anyhow::Result<()> {
    on_each(async |bench| {
        two_kinds(bench).await?;
        for (kind, mark, count) in EVERYWHERE {
            let (fund_kind, mark) = (kind.into(), mark.into());
            let listed = pb::ListAdditionsRequest { fund_kind, mark, ..Default::default() };
            let found = additions(bench).list_additions(bench.by(&unit(), listed)).await?.into_inner();
            assert_eq!(found.additions.len(), count, "additions {fund_kind} {mark}");
            let listed = pb::ListHoldsRequest { fund_kind, mark, ..Default::default() };
            let found = holds(bench).list_holds(bench.by(&unit(), listed)).await?.into_inner();
            assert_eq!(found.holds.len(), count, "holds {fund_kind} {mark}");
            let listed = pb::ListExAnteAssessmentsRequest { fund_kind, mark, ..Default::default() };
            let found =
                assessments(bench).list_ex_ante_assessments(bench.by(&unit(), listed)).await?.into_inner();
            assert_eq!(found.assessments.len(), count, "assessments {fund_kind} {mark}");
            let listed = pb::ListTargetsRequest { fund_kind, mark, ..Default::default() };
            let found = targets(bench).list_targets(bench.by(&unit(), listed)).await?.into_inner();
            assert_eq!(found.targets.len(), count, "targets {fund_kind} {mark}");
        }
        in_budget(bench, "P3").await?;
        for (fund_kind, count) in [(GeneralPublic, 1), (SpecialBond, 0)] {
            let listed =
                pb::ListPublishedTargetsRequest { fund_kind: fund_kind.into(), ..Default::default() };
            let found = publications(bench).list_published_targets(bench.by(&unit(), listed)).await?;
            assert_eq!(found.into_inner().targets.len(), count, "published {fund_kind:?}");
        }
        Ok(())
    })
    .await
}

async fn found(bench: &Bench, request: pb::ListHoldsRequest) -> Result<usize, Status> {
    Ok(holds(bench).list_holds(bench.by(&unit(), request)).await?.into_inner().holds.len())
}

#[tokio::test]
async fn a_hold_is_found_by_what_its_code_was_in_any_year_and_a_figure_by_any_project() -> anyhow::Result<()>
{
    on_each(async |bench| {
        for (year, kind) in [(2025, GovernmentFund), (2026, GeneralPublic)] {
            let request = pb::BatchCreateProjectsRequest {
                request_id: request_id(),
                parent: format!("regions/{COUNTY}/years/{year}"),
                projects: vec![pb::Project {
                    fund_kind: kind.into(),
                    functional_account: String::new(),
                    ..project("P1")
                }],
                ..Default::default()
            };
            projects(bench).batch_create_projects(bench.by(&unit(), request)).await?;
        }
        crate::holds::place(bench, 2026, "H1", "P1").await?;
        for (kind, count) in [(GovernmentFund, 1), (GeneralPublic, 1), (SpecialBond, 0)] {
            let request = pb::ListHoldsRequest { fund_kind: kind.into(), ..Default::default() };
            assert_eq!(found(bench, request).await?, count, "{kind:?}");
        }
        for (mark, count) in [(Consolidation, 1), (Policy, 0)] {
            let request = pb::ListHoldsRequest { mark: mark.into(), ..Default::default() };
            assert_eq!(found(bench, request).await?, count, "{mark:?}");
        }

        issue(bench, "2000000").await?;
        let reader = Rights::of("reader").may(&["targets.read"], COUNTY);
        for (kind, mark, count) in [
            (GeneralPublic, Consolidation, 1),
            (GeneralPublic, Policy, 0),
            (GovernmentFund, Consolidation, 0), // of the year before
        ] {
            let request = pb::ListControlFiguresRequest {
                fund_kind: kind.into(),
                mark: mark.into(),
                ..Default::default()
            };
            let mut figures = ControlFigureServiceClient::new(bench.link());
            let listed = figures.list_control_figures(bench.by(&reader, request)).await?.into_inner();
            assert_eq!(listed.control_figures.len(), count, "{kind:?} {mark:?}");
        }
        Ok(())
    })
    .await
}
