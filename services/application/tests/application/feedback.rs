//! Feedback and rectification.

use hengji_proto::application::v1 as pb;
use hengji_proto::evaluation::v1::TaskState;
use hengji_rpc::Reason;
use hengji_testkit::request_id;
use tonic::Code;

use crate::people::{Stage, day, finance, neighbour, refused, stages, unit};
use crate::world::{YEAR, task_name};

fn issue(task: &str, feedback_id: &str) -> pb::IssueFeedbackRequest {
    pb::IssueFeedbackRequest {
        request_id: request_id(),
        task: task_name(task),
        feedback_id: feedback_id.into(),
        due_date: day(2022, 6, 30),
        ..Default::default()
    }
}

fn plan(name: &str, etag: &str) -> pb::FileRectificationPlanRequest {
    pb::FileRectificationPlanRequest {
        request_id: request_id(),
        name: name.into(),
        etag: etag.into(),
        plan: "三个月内补全".into(),
        ..Default::default()
    }
}

fn progress(name: &str, etag: &str) -> pb::ReportRectificationProgressRequest {
    pb::ReportRectificationProgressRequest {
        request_id: request_id(),
        name: name.into(),
        etag: etag.into(),
        progress: "已补一半".into(),
        ..Default::default()
    }
}

fn verify(name: &str, etag: &str) -> pb::VerifyRectificationRequest {
    pb::VerifyRectificationRequest {
        request_id: request_id(),
        name: name.into(),
        etag: etag.into(),
        verification: "台账已补全".into(),
        ..Default::default()
    }
}

async fn issued(stage: &Stage) -> pb::IssueFeedbackResponse {
    let request = stage.bench.by(&finance(), issue("F-P001", "F1"));
    stage.feedback().issue_feedback(request).await.expect("issued").into_inner()
}

#[tokio::test]
async fn every_problem_is_planned_reported_verified_and_closed() {
    for stage in stages().await {
        let answer = issued(&stage).await;
        let feedback = answer.feedback.unwrap();
        assert_eq!(feedback.name, format!("{YEAR}/feedbacks/F1"));
        let one = format!("{YEAR}/rectifications/F1-1");
        assert_eq!(feedback.rectifications, [one.clone(), format!("{YEAR}/rectifications/F1-2")]);
        assert_eq!(answer.rectifications[0].problem, "台账不全");

        let mut client = stage.feedback();
        let planned =
            client.file_rectification_plan(stage.bench.by(&unit(), plan(&one, "v1"))).await.unwrap();
        let mut rectification = planned.into_inner().rectification.unwrap();
        assert_eq!(rectification.planner, "accounts/unit");
        for _ in 0..2 {
            let request = stage.bench.by(&unit(), progress(&one, &rectification.etag));
            let answer = client.report_rectification_progress(request).await.unwrap();
            rectification = answer.into_inner().rectification.unwrap();
        }
        assert_eq!(rectification.progress.len(), 2);
        let closed =
            client.verify_rectification(stage.bench.by(&finance(), verify(&one, &rectification.etag)));
        let closed = closed.await.unwrap().into_inner().rectification.unwrap();
        assert_eq!(closed.state(), pb::RectificationState::Closed);

        let open = pb::ListRectificationsRequest {
            region: "640323000".into(),
            unit: "219".into(),
            year: 2021,
            state: pb::RectificationState::Issued.into(),
            ..Default::default()
        };
        let open = client.list_rectifications(stage.bench.by(&finance(), open)).await.unwrap().into_inner();
        assert_eq!(open.rectifications.len(), 1);
        let get = pb::GetFeedbackRequest { name: feedback.name.clone() };
        assert_eq!(
            client.get_feedback(stage.bench.by(&unit(), get)).await.unwrap().into_inner().feedback.unwrap(),
            feedback
        );
        stage.close().await;
    }
}

#[tokio::test]
async fn refuses_feedback_of_a_result_that_is_not_final_or_was_fed_back_before() {
    for stage in stages().await {
        stage.world.facts().tasks[0].state = TaskState::Scored.into();
        let mut client = stage.feedback();
        let answer = client.issue_feedback(stage.bench.by(&finance(), issue("F-P001", "F1"))).await;
        refused(answer, Code::FailedPrecondition, Reason::StateForbids);
        stage.world.facts().tasks[0].state = TaskState::Final.into();

        let request = issue("F-P001", "F1");
        let first =
            client.issue_feedback(stage.bench.by(&finance(), request.clone())).await.unwrap().into_inner();
        let repeat =
            client.issue_feedback(stage.bench.by(&finance(), request.clone())).await.unwrap().into_inner();
        assert_eq!(repeat, first);
        let other = pb::IssueFeedbackRequest { feedback_id: "F9".into(), ..request };
        refused(
            client.issue_feedback(stage.bench.by(&finance(), other)).await,
            Code::AlreadyExists,
            Reason::RequestIdReused,
        );
        refused(
            client.issue_feedback(stage.bench.by(&finance(), issue("F-P001", "F2"))).await,
            Code::AlreadyExists,
            Reason::AlreadyExists,
        );
        refused(
            client.issue_feedback(stage.bench.by(&finance(), issue("F-P002", "F1"))).await,
            Code::AlreadyExists,
            Reason::AlreadyExists,
        );
        refused(
            client.issue_feedback(stage.bench.by(&finance(), issue("F-P999", "F3"))).await,
            Code::NotFound,
            Reason::NotFound,
        );
        refused(
            client.issue_feedback(stage.bench.by(&neighbour(), issue("F-P003", "F4"))).await,
            Code::NotFound,
            Reason::NotFound,
        );
        refused(
            client.issue_feedback(stage.bench.by(&unit(), issue("F-P003", "F4"))).await,
            Code::PermissionDenied,
            Reason::PermissionMissing,
        );
        stage.close().await;
    }
}

#[tokio::test]
async fn refuses_a_rectification_out_of_turn_stale_or_verified_by_its_planner() {
    for stage in stages().await {
        issued(&stage).await;
        let one = format!("{YEAR}/rectifications/F1-1");
        let mut client = stage.feedback();
        let both = finance().may(&["application.respond"], "640323000");
        refused(
            client.report_rectification_progress(stage.bench.by(&both, progress(&one, "v1"))).await,
            Code::FailedPrecondition,
            Reason::StateForbids,
        );
        refused(
            client.verify_rectification(stage.bench.by(&both, verify(&one, "v1"))).await,
            Code::FailedPrecondition,
            Reason::StateForbids,
        );
        refused(
            client.file_rectification_plan(stage.bench.by(&unit(), plan(&one, "v7"))).await,
            Code::Aborted,
            Reason::EtagMismatch,
        );
        refused(
            client.file_rectification_plan(stage.bench.by(&neighbour(), plan(&one, "v1"))).await,
            Code::NotFound,
            Reason::NotFound,
        );
        client.file_rectification_plan(stage.bench.by(&both, plan(&one, "v1"))).await.unwrap();
        client.report_rectification_progress(stage.bench.by(&unit(), progress(&one, "v2"))).await.unwrap();
        refused(
            client.verify_rectification(stage.bench.by(&both, verify(&one, "v3"))).await,
            Code::PermissionDenied,
            Reason::DutiesNotSeparate,
        );
        stage.close().await;
    }
}

#[tokio::test]
async fn lists_page_by_key_and_only_what_the_caller_may_see() {
    for stage in stages().await {
        let mut client = stage.feedback();
        for (index, task) in ["F-P001", "F-P002", "F-P003"].into_iter().enumerate() {
            let request = issue(task, &format!("F{index}"));
            client.issue_feedback(stage.bench.by(&finance(), request)).await.unwrap();
        }
        let (mut names, mut page_token) = (vec![], String::new());
        loop {
            let request =
                pb::ListFeedbacksRequest { page_size: 2, page_token, year: 2021, ..Default::default() };
            let page = client.list_feedbacks(stage.bench.by(&unit(), request)).await.unwrap().into_inner();
            names.extend(page.feedbacks.into_iter().map(|one| one.name));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(names.len(), 3);
        assert!(names.is_sorted());
        let all = pb::ListFeedbacksRequest::default();
        let seen =
            client.list_feedbacks(stage.bench.by(&neighbour(), all.clone())).await.unwrap().into_inner();
        assert!(seen.feedbacks.is_empty());
        let foreign = pb::ListFeedbacksRequest { page_token: "x".into(), ..all };
        refused(
            client.list_feedbacks(stage.bench.by(&unit(), foreign)).await,
            Code::InvalidArgument,
            Reason::PageTokenInvalid,
        );
        stage.close().await;
    }
}
