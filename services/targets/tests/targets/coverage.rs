//! How far assessments cover what they must.

use hengji_proto::common::v1::Grade;
use hengji_proto::targets::v1 as pb;
use hengji_testkit::{Bench, Rights};
use tonic::Code;

use crate::assessments::{conclude, condition, open, score, scoring};
use crate::common::*;
use crate::words::*;

async fn coverage(bench: &Bench, by: &Rights) -> anyhow::Result<pb::ExAnteCoverage> {
    let request = pb::GetExAnteCoverageRequest { region: COUNTY.into(), year: 2026, ..Default::default() };
    let answer = assessments(bench).get_ex_ante_coverage(bench.by(by, request)).await?;
    Ok(answer.into_inner().coverage.unwrap_or_default())
}

#[tokio::test]
async fn coverage_is_told_by_count_and_by_amount_and_the_latest_conclusion_counts() -> anyhow::Result<()> {
    on_each(async |bench| {
        let new = |code: &str, yuan: &str| pb::Project {
            nature: pb::ProjectNature::New.into(),
            request_yuan: Some(decimal(yuan)),
            ..project(code)
        };
        let list = vec![new("P1", "1000000"), new("P2", "500000"), new("P3", "1500000"), project("P4")];
        let stored = create_projects(bench, list).await?;
        let empty = coverage(bench, &unit()).await?;
        assert_eq!((empty.required_count, yuan(empty.required_yuan.as_ref())), (3, "3000000.00"));
        assert_eq!(
            (yuan(empty.count_percent.as_ref()), yuan(empty.amount_percent.as_ref())),
            ("0.00", "0.00")
        );

        for (index, id, points, cut) in
            [(0, "E1", "14", "1"), (0, "E2", "17", "200000"), (1, "E3", "19", ""), (3, "E4", "19", "")]
        {
            let opened = open(bench, &stored[index].name, id).await?;
            let scored = score(bench, &finance(), scoring(&opened, "专家甲", points)).await?;
            let conditions = if points == "17" { vec![condition()] } else { vec![] };
            conclude(bench, &scored, conditions, cut).await?;
        }
        let told = coverage(bench, &unit()).await?;
        assert_eq!((told.required_count, told.assessed_count, told.voluntary_count), (3, 2, 1));
        assert_eq!(yuan(told.assessed_yuan.as_ref()), "1500000.00");
        assert_eq!(
            (yuan(told.count_percent.as_ref()), yuan(told.amount_percent.as_ref())),
            ("66.67", "50.00")
        );
        let grades: Vec<_> =
            told.grades.iter().map(|one| (one.grade(), one.count, yuan(one.cut_yuan.as_ref()))).collect();
        assert_eq!(
            grades,
            [
                (Grade::Excellent, 2, "0.00"),
                (Grade::Good, 1, "200000.00"),
                (Grade::Fair, 0, "0.00"),
                (Grade::Poor, 0, "0.00")
            ]
        );
        assert_eq!(yuan(told.cut_yuan.as_ref()), "200000.00");
        let former = pb::GetExAnteAssessmentRequest { name: format!("{PARENT}/exAnteAssessments/E1") };
        let former = assessments(bench).get_ex_ante_assessment(bench.by(&finance(), former)).await?;
        assert!(former.into_inner().assessment.unwrap().superseded);

        assert_eq!(
            coverage(bench, &neighbour()).await?.required_count,
            0,
            "what may not be seen is not counted"
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn assessments_are_listed_by_unit_state_and_project() -> anyhow::Result<()> {
    on_each(async |bench| {
        let below = pb::Project { unit: "219001001".into(), ..project("P2") };
        let stored = create_projects(bench, vec![project("P1"), below]).await?;
        let opened = open(bench, &stored[0].name, "E1").await?;
        let scored = score(bench, &finance(), scoring(&opened, "专家甲", "19")).await?;
        conclude(bench, &scored, vec![], "").await?;
        open(bench, &stored[1].name, "E2").await?;
        for (request, found) in [
            (
                pb::ListExAnteAssessmentsRequest { unit: "219001".into(), ..Default::default() },
                vec!["E1", "E2"],
            ),
            (pb::ListExAnteAssessmentsRequest { unit: "219001001".into(), ..Default::default() }, vec!["E2"]),
            (
                pb::ListExAnteAssessmentsRequest {
                    state: pb::ExAnteState::Concluded.into(),
                    ..Default::default()
                },
                vec!["E1"],
            ),
            (
                pb::ListExAnteAssessmentsRequest {
                    state: pb::ExAnteState::Draft.into(),
                    ..Default::default()
                },
                vec!["E2"],
            ),
            (
                pb::ListExAnteAssessmentsRequest { project: stored[0].name.clone(), ..Default::default() },
                vec!["E1"],
            ),
        ] {
            let answer = assessments(bench).list_ex_ante_assessments(bench.by(&finance(), request)).await?;
            let answer = answer.into_inner().assessments;
            let ids: Vec<_> = answer.iter().filter_map(|one| one.name.rsplit('/').next()).collect();
            assert_eq!(ids, found);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn of_two_conclusions_at_once_one_counts() -> anyhow::Result<()> {
    on_each(async |bench| {
        let project = create_projects(bench, vec![project("P1")]).await?.remove(0);
        let mut scored = vec![];
        for id in ["E1", "E2"] {
            let opened = open(bench, &project.name, id).await?;
            scored.push(score(bench, &finance(), scoring(&opened, "专家甲", "19")).await?);
        }
        let (one, other) =
            tokio::join!(conclude(bench, &scored[0], vec![], ""), conclude(bench, &scored[1], vec![], ""));
        for told in [one, other].into_iter().filter_map(Result::err) {
            assert_eq!(why(&told), (Code::Aborted, "ETAG_MISMATCH".into()));
        }
        assert_eq!(coverage(bench, &unit()).await?.voluntary_count, 1);
        Ok(())
    })
    .await
}
