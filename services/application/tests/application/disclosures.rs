//! Disclosures: masked, proven, public.

use hengji_proto::application::v1 as pb;
use hengji_proto::evaluation::v1::TaskState;
use hengji_rpc::Reason;
use hengji_testkit::request_id;
use sha2::{Digest, Sha256};
use tonic::Code;

use crate::linkage::{applied, created};
use crate::people::{Stage, finance, neighbour, refused, stages, unit};
use crate::world::{YEAR, task_name};

fn publish(id: &str, kind: pb::DisclosureKind, subject: &str) -> pb::PublishDisclosureRequest {
    pb::PublishDisclosureRequest {
        request_id: request_id(),
        parent: YEAR.into(),
        disclosure_id: id.into(),
        kind: kind.into(),
        subject: subject.into(),
        title: "公开：13812345678".into(),
        ..Default::default()
    }
}

async fn published(stage: &Stage, id: &str, kind: pb::DisclosureKind, subject: &str) -> pb::Disclosure {
    let request = stage.bench.by(&finance(), publish(id, kind, subject));
    let answer = stage.disclosures().publish_disclosure(request).await.expect("published");
    answer.into_inner().disclosure.expect("a disclosure")
}

#[tokio::test]
async fn records_are_published_masked_with_proof_and_read_by_anyone() {
    for stage in stages().await {
        use pb::DisclosureKind::{Evaluation, Linkage, SelfEvaluation, Target};
        let task = published(&stage, "D1", Evaluation, &task_name("F-P001")).await;
        assert_eq!(task.title, "公开：138****5678");
        for shown in [
            "“移风易俗”工作经费",
            "1.00 万元",
            "75.50",
            "中",
            "完成数量",
            "得 18 分",
            "640*************34",
            "6222********7890",
        ] {
            assert!(task.text.contains(shown), "{shown} in {}", task.text);
        }
        assert!(!task.text.contains("640323199001011234") && !task.text.contains("6222021234567890"));
        assert_eq!(task.text_sha256, hex::encode(Sha256::digest(&task.text)));
        let own = published(&stage, "D2", SelfEvaluation, &task_name("S-P011")).await;
        assert!(own.text.contains("单位自评"));
        let target = published(&stage, "D3", Target, &format!("{YEAR}/targets/T-P001")).await;
        assert!(target.text.contains("≥10个") && target.text.contains("138****5678"), "{}", target.text);
        applied(&stage).await;
        let run = published(&stage, "D4", Linkage, &format!("{YEAR}/linkageRuns/L1")).await;
        assert!(run.text.contains("共 9 项，合计 2.28 万元"), "{}", run.text);
        assert_eq!(run.text.matches('※').count(), 10);

        let mut client = stage.disclosures();
        let get = pb::GetDisclosureRequest { name: task.name.clone() };
        assert_eq!(client.get_disclosure(get).await.unwrap().into_inner().disclosure.unwrap(), task);
        let (mut names, mut page_token) = (vec![], String::new());
        loop {
            let list = pb::ListDisclosuresRequest {
                region: "640323000".into(),
                page_size: 3,
                page_token,
                ..Default::default()
            };
            let page = client.list_disclosures(list).await.unwrap().into_inner();
            names.extend(page.disclosures.into_iter().map(|one| one.name));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(names.len(), 4);
        let one = pb::ListDisclosuresRequest {
            region: "640323000".into(),
            year: 2021,
            kind: Target.into(),
            ..Default::default()
        };
        assert_eq!(client.list_disclosures(one).await.unwrap().into_inner().disclosures.len(), 1);
        stage.close().await;
    }
}

#[tokio::test]
async fn refuses_to_publish_what_is_not_final_not_of_its_kind_or_not_of_this_place() {
    for stage in stages().await {
        use pb::DisclosureKind::{Evaluation, Linkage, SelfEvaluation, Target};
        let mut client = stage.disclosures();
        stage.world.facts().tasks[0].state = TaskState::Scored.into();
        stage.world.facts().targets[0].approved_version = 0;
        created(&stage).await;
        let run = format!("{YEAR}/linkageRuns/L1");
        for (kind, subject) in
            [(Evaluation, task_name("F-P001")), (Target, format!("{YEAR}/targets/T-P001")), (Linkage, run)]
        {
            let request = publish("D1", kind, &subject);
            let answer = client.publish_disclosure(stage.bench.by(&finance(), request)).await;
            refused(answer, Code::FailedPrecondition, Reason::StateForbids);
        }
        for (kind, subject) in [
            (SelfEvaluation, task_name("F-P002")),
            (Evaluation, task_name("S-P011")),
            (Target, task_name("F-P002")),
            (Evaluation, "regions/640324000/years/2021/evaluationTasks/X".into()),
            (Evaluation, "regions/640323000/years/2020/evaluationTasks/X".into()),
        ] {
            let request = publish("D1", kind, &subject);
            let answer = client.publish_disclosure(stage.bench.by(&finance(), request)).await;
            let message = refused(answer, Code::InvalidArgument, Reason::FieldInvalid);
            assert!(message.starts_with("subject"), "{message}");
        }
        let request = publish("D1", Evaluation, &task_name("F-P002"));
        let answer = client.publish_disclosure(stage.bench.by(&neighbour(), request.clone())).await;
        refused(answer, Code::NotFound, Reason::NotFound);
        let answer = client.publish_disclosure(stage.bench.by(&unit(), request.clone())).await;
        refused(answer, Code::PermissionDenied, Reason::PermissionMissing);
        client.publish_disclosure(stage.bench.by(&finance(), request)).await.unwrap();
        let request = publish("D1", Evaluation, &task_name("F-P003"));
        let answer = client.publish_disclosure(stage.bench.by(&finance(), request)).await;
        refused(answer, Code::AlreadyExists, Reason::AlreadyExists);
        let get = pb::GetDisclosureRequest { name: format!("{YEAR}/disclosures/D9") };
        refused(client.get_disclosure(get).await, Code::NotFound, Reason::NotFound);
        stage.close().await;
    }
}
