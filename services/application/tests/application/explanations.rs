//! Explanations of missed targets and the holds they are owed under.

use hengji_proto::application::v1 as pb;
use hengji_proto::evaluation::v1::TaskState;
use hengji_proto::targets::v1::HoldState;
use hengji_rpc::Reason;
use hengji_testkit::request_id;
use tonic::Code;

use crate::people::{finance, neighbour, refused, stages, unit};
use crate::world::{NEXT, YEAR, task_name};

fn require(task: &str) -> pb::RequireExplanationRequest {
    pb::RequireExplanationRequest { request_id: request_id(), task: task_name(task), ..Default::default() }
}

fn file(etag: &str) -> pb::FileExplanationRequest {
    pb::FileExplanationRequest {
        request_id: request_id(),
        name: format!("{YEAR}/unmetExplanations/P001"),
        etag: etag.into(),
        text: "疫情影响，已调整计划".into(),
        ..Default::default()
    }
}

fn accept(etag: &str) -> pb::AcceptExplanationRequest {
    pb::AcceptExplanationRequest {
        request_id: request_id(),
        name: format!("{YEAR}/unmetExplanations/P001"),
        etag: etag.into(),
        opinion: "情况属实".into(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_hold_stands_from_the_missed_target_until_its_explanation_is_accepted() {
    for stage in stages().await {
        let mut client = stage.explanations();
        let request = require("F-P001");
        let first = client.require_explanation(stage.bench.by(&finance(), request.clone())).await.unwrap();
        let first = first.into_inner();
        let explanation = first.explanation.clone().unwrap();
        assert_eq!(explanation.hold, format!("{NEXT}/holds/unmet-P001"));
        assert_eq!(explanation.missed_indicators, ["完成质量"]);
        let repeat = client.require_explanation(stage.bench.by(&finance(), request)).await.unwrap();
        assert_eq!(repeat.into_inner(), first);
        assert_eq!(stage.world.facts().holds.len(), 1);

        client.file_explanation(stage.bench.by(&unit(), file("v1"))).await.unwrap();
        let request = accept("v2");
        let accepted = client.accept_explanation(stage.bench.by(&finance(), request.clone())).await.unwrap();
        let accepted = accepted.into_inner();
        assert_eq!(accepted.explanation.clone().unwrap().state(), pb::UnmetExplanationState::Accepted);
        assert_eq!(stage.world.facts().holds[0].state(), HoldState::Released);
        let repeat = client.accept_explanation(stage.bench.by(&finance(), request)).await.unwrap();
        assert_eq!(repeat.into_inner(), accepted);

        let list = |state: pb::UnmetExplanationState| pb::ListExplanationsRequest {
            state: state.into(),
            year: 2021,
            ..Default::default()
        };
        let done = list(pb::UnmetExplanationState::Accepted);
        let done = client.list_explanations(stage.bench.by(&unit(), done)).await.unwrap().into_inner();
        assert_eq!(done.explanations.len(), 1);
        let open = list(pb::UnmetExplanationState::Required);
        let open = client.list_explanations(stage.bench.by(&unit(), open)).await.unwrap().into_inner();
        assert!(open.explanations.is_empty());
        stage.close().await;
    }
}

#[tokio::test]
async fn a_call_that_broke_off_after_the_hold_is_taken_up_by_the_next() {
    for stage in stages().await {
        let mut client = stage.explanations();
        let dry = pb::RequireExplanationRequest { validate_only: true, ..require("F-P001") };
        client.require_explanation(stage.bench.by(&finance(), dry)).await.unwrap();
        assert!(stage.world.facts().holds.is_empty());
        client.require_explanation(stage.bench.by(&finance(), require("F-P002"))).await.unwrap();
        // as if the first call had died between the hold and its own commit
        let mut hold = stage.world.facts().holds[0].clone();
        hold.name = format!("{NEXT}/holds/unmet-P001");
        stage.world.facts().holds.push(hold);
        client.require_explanation(stage.bench.by(&finance(), require("F-P001"))).await.unwrap();
        client.file_explanation(stage.bench.by(&unit(), file("v1"))).await.unwrap();
        // and as if the release had gone through before
        stage.world.facts().holds[1].state = HoldState::Released.into();
        client.accept_explanation(stage.bench.by(&finance(), accept("v2"))).await.unwrap();
        stage.close().await;
    }
}

#[tokio::test]
async fn refuses_what_is_not_final_not_missed_not_a_project_or_required_before() {
    for stage in stages().await {
        let mut client = stage.explanations();
        let answer = client.require_explanation(stage.bench.by(&finance(), require("F-P010"))).await;
        refused(answer, Code::FailedPrecondition, Reason::StateForbids);
        let answer = client.require_explanation(stage.bench.by(&finance(), require("D-219"))).await;
        refused(answer, Code::InvalidArgument, Reason::FieldInvalid);
        stage.world.facts().tasks[1].state = TaskState::Scored.into();
        let answer = client.require_explanation(stage.bench.by(&finance(), require("F-P002"))).await;
        refused(answer, Code::FailedPrecondition, Reason::StateForbids);
        let answer = client.require_explanation(stage.bench.by(&neighbour(), require("F-P001"))).await;
        refused(answer, Code::NotFound, Reason::NotFound);
        client.require_explanation(stage.bench.by(&finance(), require("F-P001"))).await.unwrap();
        let answer = client.require_explanation(stage.bench.by(&finance(), require("F-P001"))).await;
        refused(answer, Code::AlreadyExists, Reason::AlreadyExists);
        stage.close().await;
    }
}

#[tokio::test]
async fn refuses_an_acceptance_too_early_stale_or_by_the_filer() {
    for stage in stages().await {
        let mut client = stage.explanations();
        client.require_explanation(stage.bench.by(&finance(), require("F-P001"))).await.unwrap();
        let answer = client.accept_explanation(stage.bench.by(&finance(), accept("v1"))).await;
        refused(answer, Code::FailedPrecondition, Reason::StateForbids);
        let both = finance().may(&["application.respond"], "640323000");
        client.file_explanation(stage.bench.by(&both, file("v1"))).await.unwrap();
        let answer = client.accept_explanation(stage.bench.by(&both, accept("v2"))).await;
        refused(answer, Code::PermissionDenied, Reason::DutiesNotSeparate);
        let answer = client.accept_explanation(stage.bench.by(&finance(), accept("v1"))).await;
        refused(answer, Code::Aborted, Reason::EtagMismatch);
        assert_eq!(stage.world.facts().holds[0].state(), HoldState::Standing);
        client.file_explanation(stage.bench.by(&unit(), file("v2"))).await.unwrap();
        client.accept_explanation(stage.bench.by(&finance(), accept("v3"))).await.unwrap();
        let answer = client.file_explanation(stage.bench.by(&unit(), file("v4"))).await;
        refused(answer, Code::FailedPrecondition, Reason::StateForbids);
        let answer = client.file_explanation(stage.bench.by(&neighbour(), file("v4"))).await;
        refused(answer, Code::NotFound, Reason::NotFound);
        stage.close().await;
    }
}
