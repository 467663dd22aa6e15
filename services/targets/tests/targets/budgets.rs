//! A department's budget and its targets in one act.

use hengji_proto::common::v1::ObjectKind;
use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::budget_service_client::BudgetServiceClient;
use hengji_testkit::{Bench, request_id};
use tonic::{Code, Status};

use crate::common::*;
use crate::words::*;

fn row(code: &str) -> pb::BudgetRow {
    pb::BudgetRow {
        project: Some(project(code)),
        target_id: format!("T-{code}"),
        target: Some(pb::PerformanceTarget { object: String::new(), ..target("") }),
    }
}

fn budget(rows: Vec<pb::BudgetRow>, total: &str) -> pb::FileBudgetRequest {
    pb::FileBudgetRequest {
        request_id: request_id(),
        validate_only: false,
        parent: PARENT.into(),
        unit: "219".into(),
        total_yuan: Some(decimal(total)),
        rows,
    }
}

async fn file_budget(
    bench: &Bench,
    request: pb::FileBudgetRequest,
) -> Result<pb::FileBudgetResponse, Status> {
    let mut client = BudgetServiceClient::new(bench.link());
    Ok(client.file_budget(bench.by(&unit(), request)).await?.into_inner())
}

#[tokio::test]
async fn projects_and_targets_are_filed_in_one_act() -> anyhow::Result<()> {
    on_each(async |bench| {
        let known = create_projects(bench, vec![project("P1")]).await?.remove(0);
        let request = budget(vec![row("P1"), row("P2")], "2000000");
        let check =
            pb::FileBudgetRequest { validate_only: true, request_id: request_id(), ..request.clone() };
        file_budget(bench, check).await?;
        let filed = file_budget(bench, request.clone()).await?;
        assert_eq!(file_budget(bench, request).await?, filed, "a repeat gets the first answer");
        assert_eq!(filed.projects[0], known);
        assert_eq!(filed.projects[1].state(), pb::ProjectState::Stored);
        for (project, target) in filed.projects.iter().zip(&filed.targets) {
            assert_eq!((target.state(), &target.object), (pb::TargetState::Submitted, &project.name));
            assert_eq!(&get_target(bench, &target.name, 0).await?, target);
        }
        let reviewed = passed(bench, filed.targets[1].clone()).await?;
        approve(bench, &[(&reviewed, "1000000")]).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn one_bad_row_keeps_the_whole_budget_out_and_everything_is_told() -> anyhow::Result<()> {
    on_each(async |bench| {
        let with = |change: &dyn Fn(&mut pb::Project, &mut pb::PerformanceTarget)| {
            let mut bad = row("P2");
            change(bad.project.as_mut().unwrap(), bad.target.as_mut().unwrap());
            budget(vec![row("P1"), bad], "2000000")
        };
        let foreign = |_: &mut pb::Project, target: &mut pb::PerformanceTarget| {
            target.object_kind = ObjectKind::SpecialBond.into();
        };
        let unknown = |_: &mut pb::Project, target: &mut pb::PerformanceTarget| {
            target.indicators[1].catalog_indicator = "indicators/unknown".into();
        };
        let cases: [(pb::FileBudgetRequest, &[&str]); 9] = [
            (budget(vec![row("P1")], "0"), &["total_yuan"]),
            (with(&unknown), &["rows[1].target.indicators[1].catalog_indicator"]),
            (budget(vec![row("P1"), row("P2")], "2000000.01"), &["total_yuan"]),
            (budget(vec![row("P1"), row("P1")], "2000000"), &["rows[1].project.code", "rows[1].target_id"]),
            (with(&|project, _| project.unit = "220001".into()), &["rows[1].project.unit"]),
            (with(&|_, target| target.budget_yuan = Some(decimal("1"))), &["rows[1].target.budget_yuan"]),
            (with(&foreign), &["rows[1].target.object_kind"]),
            (with(&|project, _| project.title = String::new()), &["rows[1].project.title"]),
            (with(&|_, target| target.goal_text = String::new()), &["rows[1].target.goal_text"]),
        ];
        for (request, expected) in cases {
            let status = file_budget(bench, request).await.unwrap_err();
            assert_eq!(
                (status.code(), fields(&status)),
                (Code::InvalidArgument, expected.iter().map(ToString::to_string).collect())
            );
        }
        let wrong = with(&|_, target| target.indicators[0].weight = Some(decimal("30")));
        let status = file_budget(bench, wrong).await.unwrap_err();
        assert_eq!(why(&status), (Code::InvalidArgument, "WEIGHTS_WRONG".into()));
        assert!(
            fields(&status).iter().all(|field| field.starts_with("rows[1].target.")),
            "{:?}",
            fields(&status)
        );
        let due = with(&|project, _| project.nature = pb::ProjectNature::New.into());
        let status = file_budget(bench, due).await.unwrap_err();
        assert_eq!(why(&status), (Code::FailedPrecondition, "GATE_REFUSED".into()), "assessed first");
        let all =
            projects(bench).list_projects(bench.by(&unit(), pb::ListProjectsRequest::default())).await?;
        assert!(all.into_inner().projects.is_empty(), "nothing is stored");

        create_projects(bench, vec![pb::Project { title: "另一项目".into(), ..project("P2") }]).await?;
        let taken = file_budget(bench, budget(vec![row("P1"), row("P2")], "2000000")).await.unwrap_err();
        assert_eq!(why(&taken), (Code::AlreadyExists, "ALREADY_EXISTS".into()));
        Ok(())
    })
    .await
}
