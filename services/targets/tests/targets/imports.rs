//! Projects imported as a stream: every row its own outcome.

use futures::StreamExt;
use hengji_proto::targets::v1 as pb;
use hengji_testkit::Bench;
use tonic::Status;

use crate::common::*;
use crate::words::*;

async fn import(bench: &Bench, rows: Vec<pb::Project>) -> Result<Vec<pb::ProjectOutcome>, Status> {
    let row = |project| pb::ImportProjectsRequest { parent: PARENT.into(), project: Some(project) };
    let rows: Vec<_> = rows.into_iter().map(row).collect();
    let request = bench.by(&unit(), futures::stream::iter(rows));
    let answers = projects(bench).import_projects(request).await?.into_inner();
    let answers: Vec<Result<_, Status>> = answers.collect().await;
    answers.into_iter().map(|answer| Ok(answer?.outcome.unwrap_or_default())).collect()
}

#[tokio::test]
async fn a_refused_row_stops_no_other_and_a_repeat_is_told_as_a_duplicate() -> anyhow::Result<()> {
    on_each(async |bench| {
        let mut broken = project("P2");
        broken.request_yuan = Some(decimal("1.005"));
        broken.title = String::new();
        let foreign = pb::Project { unit: "220001".into(), ..project("P3") };
        let unlisted = pb::Project { functional_account: "2140199".into(), ..project("P5") };
        let other = pb::Project { title: "另一项目".into(), ..project("P1") };
        let rows = vec![project("P1"), broken, foreign, project("P1"), other, project("P4"), unlisted];
        let told = import(bench, rows.clone()).await?;
        let brief: Vec<_> = told
            .iter()
            .map(|one| (one.row, one.code.as_str(), one.stored, one.duplicate, one.reason.as_str()))
            .collect();
        assert_eq!(
            brief,
            [
                (1, "P1", true, false, ""),
                (2, "P2", false, false, "FIELD_INVALID"),
                (3, "P3", false, false, "NOT_FOUND"),
                (4, "P1", true, true, ""),
                (5, "P1", false, false, "ALREADY_EXISTS"),
                (6, "P4", true, false, ""),
                (7, "P5", false, false, "FIELD_INVALID"),
            ]
        );
        assert_eq!(told[1].fields, ["title", "request_yuan"]);
        assert!(told[1].message.contains("request_yuan"), "{}", told[1].message);
        assert_eq!(
            told[0].project.as_ref().unwrap(),
            &get_project(bench, &format!("{PARENT}/projects/P1")).await?
        );

        let again = import(bench, rows).await?;
        let stored: Vec<_> = again.iter().map(|one| (one.stored, one.duplicate)).collect();
        assert_eq!(
            stored,
            [
                (true, true),
                (false, false),
                (false, false),
                (true, true),
                (false, false),
                (true, true),
                (false, false)
            ]
        );
        let all =
            projects(bench).list_projects(bench.by(&unit(), pb::ListProjectsRequest::default())).await?;
        assert_eq!(all.into_inner().projects.len(), 2);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_long_import_answers_every_row_in_order_and_judges_each() -> anyhow::Result<()> {
    on_each(async |bench| {
        let nature = |number: usize| match number % 2 {
            0 => pb::ProjectNature::New,
            _ => pb::ProjectNature::Recurrent,
        };
        let row = |number: usize| pb::Project {
            nature: nature(number).into(),
            ..project(&format!("P{number:04}"))
        };
        let told = import(bench, (0..1234).map(row).collect()).await?;
        assert_eq!(told.len(), 1234);
        for (index, outcome) in told.iter().enumerate() {
            assert_eq!((outcome.row, outcome.stored), (index as i64 + 1, true), "{outcome:?}");
            let project = outcome.project.as_ref().unwrap();
            assert_eq!(project.ex_ante_required, index % 2 == 0);
        }
        Ok(())
    })
    .await
}
