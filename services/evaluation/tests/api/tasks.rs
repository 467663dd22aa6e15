//! Opening, reading and listing tasks.

use hengji_proto::evaluation::v1 as pb;
use hengji_testkit::{Rights, request_id};
use pb::EvaluationKind as Kind;

use crate::stage::*;

#[tokio::test]
async fn opens_tasks_of_every_kind_with_what_the_targets_say() {
    for stage in stages().await {
        let drafts = vec![
            own_draft("S-P001"),
            draft("D-P001", Kind::Department, &name("projects", "P001"), "T001", &organization("219")),
            finance_draft("F-P001"),
            draft("O-219", Kind::DepartmentOverall, &organization("219"), "TD219", ""),
            draft(
                "I-F001",
                Kind::SocialInsuranceFund,
                &name("projects", "F001"),
                "TF01",
                &organization("101"),
            ),
        ];
        let tasks = stage.open(&finance(), drafts).await.unwrap();
        let told: Vec<_> = tasks
            .iter()
            .map(|task| {
                (
                    task.unit.as_str(),
                    task.evaluator.as_str(),
                    task.amount_yuan.as_ref().unwrap().value.as_str(),
                )
            })
            .collect();
        let (own, department, fund) = (organization("219001"), organization("219"), organization("101"));
        assert_eq!(
            told,
            [
                ("219001", own.as_str(), "1200.00"),
                ("219001", department.as_str(), "1200.00"),
                ("219001", "", "1200.00"),
                ("219", "", "500.00"),
                ("301", fund.as_str(), "3000.00"),
            ]
        );
        assert!(tasks.iter().all(|task| task.state() == pb::TaskState::Open && task.target_version == 1));
        assert_eq!(tasks[0].title, "对象T001");
        assert_eq!(stage.journal(&tasks[0].name).await, ["evaluation_task.opened"]);

        let request = pb::GetEvaluationTaskRequest { name: tasks[0].name.clone() };
        let read =
            stage.evaluations().get_evaluation_task(stage.bench.by(&unit("219001"), request)).await.unwrap();
        assert_eq!(read.into_inner().task.as_ref(), Some(&tasks[0]));
        stage.close().await;
    }
}

#[tokio::test]
async fn a_unit_opens_its_own_self_evaluation_and_nothing_else() {
    for stage in stages().await {
        let unit = unit("219001");
        stage.open(&unit, vec![own_draft("S1")]).await.unwrap();
        let other = draft("S2", Kind::Self_, &name("projects", "P002"), "T002", "");
        let hidden = stage.open(&unit, vec![other.clone()]).await.unwrap_err();
        assert_eq!(reason(&hidden), "NOT_FOUND");
        let finance_task = stage.open(&unit, vec![finance_draft("F1")]).await.unwrap_err();
        assert_eq!(reason(&finance_task), "PERMISSION_MISSING");
        // a department sees its units' projects but does not open their self-evaluations
        let department = stage.open(&crate::stage::unit("219"), vec![other]).await.unwrap_err();
        assert_eq!(reason(&department), "PERMISSION_MISSING");
        stage.close().await;
    }
}

#[tokio::test]
async fn refuses_each_fault_of_a_batch_with_its_row_and_stores_nothing() {
    for stage in stages().await {
        let p001 = name("projects", "P001");
        let cases = [
            (
                draft("X", Kind::Self_, &name("projects", "P004"), "T004", ""),
                ("FailedPrecondition", "TARGET_REQUIRED", "tasks[1]"),
            ),
            (
                draft("X", Kind::Self_, &p001, "T001", &organization("219")),
                ("PermissionDenied", "DUTIES_NOT_SEPARATE", ""),
            ),
            (
                draft("X", Kind::Finance, &p001, "T001", &organization("219")),
                ("PermissionDenied", "DUTIES_NOT_SEPARATE", ""),
            ),
            (
                draft("X", Kind::DepartmentOverall, &organization("219"), "TD219", &organization("219")),
                ("PermissionDenied", "DUTIES_NOT_SEPARATE", ""),
            ),
            (
                draft("X", Kind::Department, &p001, "T001", ""),
                ("InvalidArgument", "FIELD_INVALID", "tasks[1].evaluator"),
            ),
            (
                draft("X", Kind::Department, &p001, "T001", "org"),
                ("InvalidArgument", "FIELD_INVALID", "tasks[1].evaluator"),
            ),
            (
                draft("X", Kind::SocialInsuranceFund, &p001, "T001", ""),
                ("InvalidArgument", "FIELD_INVALID", "tasks[1].kind"),
            ),
            (
                draft("X", Kind::Self_, &name("projects", "P002"), "T001", ""),
                ("InvalidArgument", "FIELD_INVALID", "tasks[1].object"),
            ),
            (own_draft("S1"), ("InvalidArgument", "FIELD_INVALID", "tasks[1].task_id")),
            (draft("X", Kind::Self_, &p001, "T999", ""), ("NotFound", "", "")),
        ];
        for (bad, expected) in cases {
            let status = stage.open(&finance(), vec![own_draft("S1"), bad]).await.unwrap_err();
            let (code, reason, field) = refusal(&status);
            assert_eq!((code.as_str(), reason.as_str(), field.as_str()), expected, "{status:?}");
        }
        let mut elsewhere = own_draft("X");
        elsewhere.target = "regions/640323000/years/2022/targets/T001".into();
        let status = stage.open(&finance(), vec![elsewhere]).await.unwrap_err();
        assert_eq!(refusal(&status).2, "tasks[0].target");
        stage.opened(&finance(), own_draft("S1")).await;
        let taken = stage.open(&finance(), vec![finance_draft("F1"), own_draft("S1")]).await.unwrap_err();
        assert_eq!(reason(&taken), "ALREADY_EXISTS");
        let listed = list(&stage, &finance(), pb::ListEvaluationTasksRequest::default()).await;
        assert_eq!(listed.tasks.len(), 1);
        stage.close().await;
    }
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_asks_nobody() {
    for stage in stages().await {
        let mut request = pb::BatchCreateEvaluationTasksRequest {
            request_id: request_id(),
            validate_only: false,
            parent: YEAR.into(),
            tasks: vec![own_draft("S1")],
        };
        let finance = finance();
        let mut client = stage.evaluations();
        let first = client
            .batch_create_evaluation_tasks(stage.bench.by(&finance, request.clone()))
            .await
            .unwrap()
            .into_inner();
        let asked = stage.others.known().asked;
        let again = client
            .batch_create_evaluation_tasks(stage.bench.by(&finance, request.clone()))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(first, again);
        assert_eq!(stage.others.known().asked, asked);
        request.tasks = vec![own_draft("S2")];
        let reused =
            client.batch_create_evaluation_tasks(stage.bench.by(&finance, request)).await.unwrap_err();
        assert_eq!(reason(&reused), "REQUEST_ID_REUSED");
        stage.close().await;
    }
}

#[tokio::test]
async fn a_check_only_leaves_nothing_behind() {
    for stage in stages().await {
        let request = pb::BatchCreateEvaluationTasksRequest {
            request_id: request_id(),
            validate_only: true,
            parent: YEAR.into(),
            tasks: vec![own_draft("S1")],
        };
        let finance = finance();
        let mut client = stage.evaluations();
        let answer = client.batch_create_evaluation_tasks(stage.bench.by(&finance, request)).await.unwrap();
        assert_eq!(answer.into_inner().tasks.len(), 1);
        let listed = list(&stage, &finance, pb::ListEvaluationTasksRequest::default()).await;
        assert!(listed.tasks.is_empty());
        stage.close().await;
    }
}

async fn list(
    stage: &Stage,
    by: &Rights,
    request: pb::ListEvaluationTasksRequest,
) -> pb::ListEvaluationTasksResponse {
    stage.evaluations().list_evaluation_tasks(stage.bench.by(by, request)).await.expect("a page").into_inner()
}

#[tokio::test]
async fn lists_by_every_filter_and_only_what_the_caller_reaches() {
    for stage in stages().await {
        let p002 = draft("S-P002", Kind::Self_, &name("projects", "P002"), "T002", "");
        let fund = draft("I-F001", Kind::SocialInsuranceFund, &name("projects", "F001"), "TF01", "");
        stage.open(&finance(), vec![own_draft("S-P001"), finance_draft("F-P001"), p002, fund]).await.unwrap();
        let own = list(&stage, &finance(), about("P001")).await.tasks.remove(1);
        stage.score(&unit("219001"), &own, vec![]).await.unwrap();
        let found = async |by: &Rights, request| {
            let tasks = list(&stage, by, request).await.tasks;
            tasks
                .iter()
                .map(|task| task.name.rsplit('/').next().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        let base = pb::ListEvaluationTasksRequest::default;
        let finance = finance();
        assert_eq!(found(&finance, base()).await, ["F-P001", "I-F001", "S-P001", "S-P002"]);
        let filters = [
            (
                pb::ListEvaluationTasksRequest { unit: "219".into(), ..base() },
                vec!["F-P001", "S-P001", "S-P002"],
            ),
            (pb::ListEvaluationTasksRequest { kind: Kind::Self_.into(), ..base() }, vec!["S-P001", "S-P002"]),
            (
                pb::ListEvaluationTasksRequest { state: pb::TaskState::Scored.into(), ..base() },
                vec!["S-P001"],
            ),
            (pb::ListEvaluationTasksRequest { grade: 2, ..base() }, vec!["S-P001"]),
            (pb::ListEvaluationTasksRequest { grade: 1, ..base() }, vec![]),
            (about("P001"), vec!["F-P001", "S-P001"]),
            (pb::ListEvaluationTasksRequest { year: 2020, ..base() }, vec![]),
            (
                pb::ListEvaluationTasksRequest {
                    region: "640300000".into(),
                    year: 2021,
                    unit: "301".into(),
                    ..base()
                },
                vec!["I-F001"],
            ),
        ];
        for (request, expected) in filters {
            assert_eq!(found(&finance, request.clone()).await, expected, "{request:?}");
        }
        assert_eq!(found(&unit("219002"), base()).await, ["S-P002"]);
        assert!(found(&neighbour(), base()).await.is_empty());
        let request = pb::GetEvaluationTaskRequest { name: own.name };
        let hidden =
            stage.evaluations().get_evaluation_task(stage.bench.by(&neighbour(), request)).await.unwrap_err();
        assert_eq!(reason(&hidden), "NOT_FOUND");
        stage.close().await;
    }
}

fn about(project: &str) -> pb::ListEvaluationTasksRequest {
    pb::ListEvaluationTasksRequest { object: name("projects", project), ..Default::default() }
}

#[tokio::test]
async fn pages_in_name_order_and_a_token_serves_only_its_question_and_caller() {
    for stage in stages().await {
        let drafts = (0..7).map(|number| finance_draft(&format!("F{number}"))).collect();
        stage.open(&finance(), drafts).await.unwrap();
        let mut request = pb::ListEvaluationTasksRequest { page_size: 3, ..Default::default() };
        let mut names = Vec::new();
        let mut tokens = Vec::new();
        loop {
            let page = list(&stage, &finance(), request.clone()).await;
            names.extend(page.tasks.into_iter().map(|task| task.name));
            if page.next_page_token.is_empty() {
                break;
            }
            tokens.push(page.next_page_token.clone());
            request.page_token = page.next_page_token;
        }
        let expected: Vec<_> = (0..7).map(|number| name("evaluationTasks", &format!("F{number}"))).collect();
        assert_eq!(names, expected);
        assert_eq!(tokens.len(), 2);
        let mut client = stage.evaluations();
        let foreign =
            client.list_evaluation_tasks(stage.bench.by(&unit("219001"), request.clone())).await.unwrap_err();
        assert_eq!(reason(&foreign), "PAGE_TOKEN_INVALID");
        request.year = 2021;
        let other = client.list_evaluation_tasks(stage.bench.by(&finance(), request)).await.unwrap_err();
        assert_eq!(reason(&other), "PAGE_TOKEN_INVALID");
        stage.close().await;
    }
}
