//! Coverage of self-evaluation.

use hengji_proto::evaluation::v1 as pb;
use hengji_testkit::Rights;
use pb::EvaluationKind as Kind;
use tonic::Status;

use crate::stage::*;

async fn coverage(stage: &Stage, by: &Rights, region: &str, year: i32) -> Result<pb::Coverage, Status> {
    let request = pb::GetCoverageRequest { region: region.into(), year };
    let answer = stage.evaluations().get_coverage(stage.bench.by(by, request)).await?;
    Ok(answer.into_inner().coverage.expect("a coverage"))
}

fn text(decimal: Option<hengji_proto::google::r#type::Decimal>) -> String {
    decimal.map(|decimal| decimal.value).unwrap_or_default()
}

#[tokio::test]
async fn covers_by_count_and_by_amount_and_names_the_missing() {
    for stage in stages().await {
        let own =
            |id: &str, project: &str, target| draft(id, Kind::Self_, &name("projects", project), target, "");
        let drafts = vec![own("S1", "P001", "T001"), own("S2", "P002", "T002"), finance_draft("F1")];
        let tasks = stage.open(&finance(), drafts).await.unwrap();
        let none = coverage(&stage, &finance(), REGION, 2021).await.unwrap();
        assert_eq!((none.expected, none.evaluated), (4, 0));

        let first = stage.score(&unit("219001"), &tasks[0], vec![]).await.unwrap();
        stage.finalize(&unit("219001"), &first).await.unwrap();
        stage.score(&unit("219002"), &tasks[1], vec![]).await.unwrap();
        stage.score(&finance(), &tasks[2], vec![]).await.unwrap();
        // P001 1000 + 200, P002 800, P003 by its target 500, F001 3000; P004 has no approved target, 219 is a department
        let half = coverage(&stage, &finance(), REGION, 2021).await.unwrap();
        assert_eq!((half.expected, half.evaluated), (4, 2));
        assert_eq!(text(half.rate_percent), "50.00");
        assert_eq!(
            (text(half.expected_yuan), text(half.evaluated_yuan)),
            ("5500.00".into(), "2000.00".into())
        );
        assert_eq!(text(half.amount_rate_percent), "36.36");
        assert_eq!(half.missing, [name("projects", "F001"), name("projects", "P003")]);
        stage.close().await;
    }
}

#[tokio::test]
async fn a_year_without_projects_is_not_fully_covered() {
    for stage in stages().await {
        let empty = coverage(&stage, &finance(), REGION, 2019).await.unwrap();
        assert_eq!((empty.expected, empty.evaluated, empty.missing.len()), (0, 0, 0));
        assert_eq!(
            (text(empty.rate_percent), text(empty.amount_rate_percent)),
            ("0.00".into(), "0.00".into())
        );
        stage.close().await;
    }
}

#[tokio::test]
async fn only_who_reaches_the_whole_region_is_told_its_coverage() {
    for stage in stages().await {
        for outside in [neighbour(), unit("219")] {
            assert_eq!(reason(&coverage(&stage, &outside, REGION, 2021).await.unwrap_err()), "NOT_FOUND");
        }
        let blind = Rights::of("blind").may(&["evaluation.read"], REGION).may_for_unit(
            &["targets.read"],
            REGION,
            "219",
        );
        let refused = coverage(&stage, &blind, REGION, 2021).await.unwrap_err();
        assert_eq!(reason(&refused), "PERMISSION_MISSING");
        stage.close().await;
    }
}
