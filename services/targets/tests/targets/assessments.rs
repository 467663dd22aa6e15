//! Ex-ante assessments.

use hengji_proto::common::v1::Grade;
use hengji_proto::targets::v1 as pb;
use hengji_testkit::{Bench, Rights, request_id};
use tonic::{Code, Status};

use crate::common::*;
use crate::words::*;

const ASPECTS: [&str; 5] = ["立项必要性", "投入经济性", "绩效目标合理性", "实施方案可行性", "筹资合规性"];

pub async fn open(bench: &Bench, project: &str, id: &str) -> Result<pb::ExAnteAssessment, Status> {
    let request = pb::CreateExAnteAssessmentRequest {
        request_id: request_id(),
        validate_only: false,
        project: project.into(),
        assessment_id: id.into(),
    };
    let answer = assessments(bench).create_ex_ante_assessment(bench.by(&finance(), request)).await?;
    Ok(answer.into_inner().assessment.unwrap_or_default())
}

pub fn scoring(
    assessment: &pb::ExAnteAssessment,
    expert: &str,
    points: &str,
) -> pb::ScoreExAnteAssessmentRequest {
    let score = |aspect: &str| pb::AspectScore {
        aspect: aspect.into(),
        points: Some(decimal(points)),
        ..Default::default()
    };
    pb::ScoreExAnteAssessmentRequest {
        request_id: request_id(),
        validate_only: false,
        name: assessment.name.clone(),
        etag: assessment.etag.clone(),
        expert: expert.into(),
        scores: ASPECTS.map(score).into(),
        ..Default::default()
    }
}

pub async fn score(
    bench: &Bench,
    by: &Rights,
    request: pb::ScoreExAnteAssessmentRequest,
) -> Result<pb::ExAnteAssessment, Status> {
    let answer = assessments(bench).score_ex_ante_assessment(bench.by(by, request)).await?;
    Ok(answer.into_inner().assessment.unwrap_or_default())
}

pub fn condition() -> pb::Condition {
    pb::Condition { condition_id: "1".into(), text: "细化绩效目标".into(), due_date: None }
}

pub async fn conclude(
    bench: &Bench,
    assessment: &pb::ExAnteAssessment,
    conditions: Vec<pb::Condition>,
    cut: &str,
) -> Result<pb::ExAnteAssessment, Status> {
    let request = pb::ConcludeExAnteAssessmentRequest {
        request_id: request_id(),
        validate_only: false,
        name: assessment.name.clone(),
        etag: assessment.etag.clone(),
        conditions,
        cut_yuan: (!cut.is_empty()).then(|| decimal(cut)),
    };
    let answer = assessments(bench).conclude_ex_ante_assessment(bench.by(&finance(), request)).await?;
    Ok(answer.into_inner().assessment.unwrap_or_default())
}

pub async fn due(bench: &Bench, code: &str) -> Result<pb::Project, Status> {
    let project = pb::Project { nature: pb::ProjectNature::New.into(), ..project(code) };
    Ok(create_projects(bench, vec![project]).await?.remove(0))
}

#[tokio::test]
async fn experts_are_averaged_and_the_conclusion_opens_the_budget() -> anyhow::Result<()> {
    on_each(async |bench| {
        let project = due(bench, "P1").await?;
        let opened = open(bench, &project.name, "E1").await?;
        assert_eq!(opened.state(), pb::ExAnteState::Draft);
        let empty = conclude(bench, &opened, vec![], "").await.unwrap_err();
        assert_eq!(why(&empty), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let once = score(bench, &finance(), scoring(&opened, "专家甲", "16")).await?;
        let twice = score(bench, &finance(), scoring(&once, "专家乙", "17.5")).await?;
        let bare = conclude(bench, &twice, vec![], "").await.unwrap_err();
        assert_eq!(why(&bare), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        let concluded = conclude(bench, &twice, vec![condition()], "50000").await?;
        assert_eq!((concluded.grade(), yuan(concluded.total.as_ref())), (Grade::Good, "83.75"));
        assert_eq!(concluded.conclusion(), pb::ExAnteConclusion::SupportAfterAmendment);
        assert_eq!(concluded.conditions, [condition()]);
        assert!(concluded.explanation.as_ref().unwrap().text.contains("立项必要性"));
        let closed = score(bench, &finance(), scoring(&concluded, "专家丙", "20")).await.unwrap_err();
        assert_eq!(why(&closed).1, "STATE_FORBIDS");

        let target = create_target(bench, "T1", target(&project.name)).await?.target.unwrap();
        let reviewed = passed(bench, file(bench, &[&target.name]).await?.remove(0)).await?;
        assert!(gate(bench, &project.name, pb::GateKind::BudgetEntry).await?.allowed);
        let above = approve(bench, &[(&reviewed, "950000.01")]).await.unwrap_err();
        assert_eq!(fields(&above), ["approvals[0].approved_yuan"], "money cut by the assessment is gone");
        approve(bench, &[(&reviewed, "950000")]).await?;
        let late = open(bench, &project.name, "E2").await.unwrap_err();
        assert_eq!(why(&late), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_refused_project_is_out_and_a_resubmitted_one_may_be_assessed_again() -> anyhow::Result<()> {
    on_each(async |bench| {
        let project = due(bench, "P1").await?;
        let target = create_target(bench, "T1", target(&project.name)).await?.target.unwrap();
        for (id, points, state, reason) in [
            ("E1", "14", pb::ProjectState::Stored, "GATE_REFUSED"),
            ("E2", "5", pb::ProjectState::Refused, "STATE_FORBIDS"),
        ] {
            let opened = open(bench, &project.name, id).await?;
            let scored = score(bench, &finance(), scoring(&opened, "专家甲", points)).await?;
            conclude(bench, &scored, vec![], "").await?;
            assert_eq!(get_project(bench, &project.name).await?.state(), state, "{id}");
            assert_eq!(why(&file(bench, &[&target.name]).await.unwrap_err()).1, reason, "{id}");
        }
        assert_eq!(why(&open(bench, &project.name, "E3").await.unwrap_err()).1, "STATE_FORBIDS");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn refuses_the_declarer_and_points_that_fit_no_aspect() -> anyhow::Result<()> {
    on_each(async |bench| {
        let project = due(bench, "P1").await?;
        let opened = open(bench, &project.name, "E1").await?;
        let taken = open(bench, &project.name, "E1").await.unwrap_err();
        assert_eq!(taken.code(), Code::AlreadyExists);
        let declarer = Rights::of("unit").may(&["targets.assess"], COUNTY);
        let own = score(bench, &declarer, scoring(&opened, "专家甲", "20")).await.unwrap_err();
        assert_eq!(why(&own), (Code::PermissionDenied, "DUTIES_NOT_SEPARATE".into()));
        let mut request = scoring(&opened, "专家甲", "20");
        request.scores[1].points = Some(decimal("20.5"));
        request.scores[4].aspect = "环保性".into();
        let status = score(bench, &finance(), request).await.unwrap_err();
        assert_eq!(why(&status), (Code::InvalidArgument, "FIELD_INVALID".into()));
        assert_eq!(fields(&status), ["scores[1]", "scores", "scores[4]"]);
        let unseen = score(bench, &neighbour(), scoring(&opened, "专家甲", "20")).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn assessments_are_listed_by_grade() -> anyhow::Result<()> {
    on_each(async |bench| {
        for (code, points) in [("P1", "19"), ("P2", "14")] {
            let project = due(bench, code).await?;
            let opened = open(bench, &project.name, &format!("E-{code}")).await?;
            let scored = score(bench, &finance(), scoring(&opened, "专家甲", points)).await?;
            conclude(bench, &scored, vec![], "").await?;
        }
        for (grade, found) in
            [(Grade::Excellent, 1), (Grade::Fair, 1), (Grade::Poor, 0), (Grade::Unspecified, 2)]
        {
            let request =
                pb::ListExAnteAssessmentsRequest { grade: grade.into(), year: 2026, ..Default::default() };
            let answer = assessments(bench).list_ex_ante_assessments(bench.by(&finance(), request)).await?;
            assert_eq!(answer.into_inner().assessments.len(), found, "{grade:?}");
        }
        let request = pb::GetExAnteAssessmentRequest { name: format!("{PARENT}/exAnteAssessments/E-P1") };
        let found = assessments(bench).get_ex_ante_assessment(bench.by(&unit(), request)).await?.into_inner();
        assert_eq!(found.assessment.unwrap().grade(), Grade::Excellent);
        Ok(())
    })
    .await
}
