//! Mid-year additions: money travels with its target.

use hengji_proto::google::r#type::Date;
use hengji_proto::targets::v1 as pb;
use hengji_testkit::{Bench, Rights, request_id};
use tonic::{Code, Status};

use crate::common::*;
use crate::words::*;

fn addition(project: &str, id: &str, target: &str) -> pb::FileAdditionRequest {
    pb::FileAdditionRequest {
        request_id: request_id(),
        validate_only: false,
        project: project.into(),
        addition_id: id.into(),
        amount_yuan: Some(decimal("200000")),
        target: target.into(),
        reason: "水毁修复".into(),
    }
}

async fn file_addition(
    bench: &Bench,
    request: pb::FileAdditionRequest,
) -> Result<pb::BudgetAddition, Status> {
    let answer = additions(bench).file_addition(bench.by(&unit(), request)).await?;
    Ok(answer.into_inner().addition.unwrap_or_default())
}

fn approval_of(addition: &pb::BudgetAddition) -> pb::ApproveAdditionRequest {
    pb::ApproveAdditionRequest {
        request_id: request_id(),
        validate_only: false,
        name: addition.name.clone(),
        etag: addition.etag.clone(),
        document: "盐财发〔2026〕9号".into(),
        approve_date: None,
    }
}

async fn approve_addition(
    bench: &Bench,
    by: &Rights,
    addition: &pb::BudgetAddition,
) -> Result<pb::BudgetAddition, Status> {
    let answer = additions(bench).approve_addition(bench.by(by, approval_of(addition))).await?;
    Ok(answer.into_inner().addition.unwrap_or_default())
}

#[tokio::test]
async fn an_addition_is_approved_after_the_target_it_brought() -> anyhow::Result<()> {
    on_each(async |bench| {
        let first = in_budget(bench, "P1").await?;
        adjust(bench, &first).await?;
        let refiled = file(bench, &[&first.name]).await?.remove(0);
        let filed = file_addition(bench, addition(&first.object, "A1", &first.name)).await?;
        assert_eq!((filed.state(), filed.declarer.as_str()), (pb::AdditionState::Filed, "accounts/unit"));
        let carrying = get_target(bench, &first.name, 0).await?;
        assert_eq!(carrying.addition, filed.name);
        assert_ne!(carrying.etag, refiled.etag);

        let early = approve_addition(bench, &budget_office(), &filed).await.unwrap_err();
        assert_eq!(why(&early), (Code::FailedPrecondition, "TARGET_REQUIRED".into()));
        let reviewed = passed(bench, carrying).await?;
        approve(bench, &[(&reviewed, "1200000")]).await?;
        let project = get_project(bench, &first.object).await?;
        assert_eq!(
            yuan(project.approved_yuan.as_ref()),
            "1000000.00",
            "the initial budget stays the initial budget"
        );

        assert_eq!(filed.approve_date, None);
        for year in [2025, 2027] {
            let wrong = Some(Date { year, month: 6, day: 30 });
            let request = pb::ApproveAdditionRequest { approve_date: wrong, ..approval_of(&filed) };
            let status = additions(bench).approve_addition(bench.by(&budget_office(), request)).await;
            assert_eq!(fields(&status.unwrap_err()), ["approve_date"]);
        }
        let approved = approve_addition(bench, &budget_office(), &filed).await?;
        assert_eq!(approved.state(), pb::AdditionState::Approved);
        assert_eq!(approved.approve_date.map(|day| day.year), Some(2026));
        let project = get_project(bench, &first.object).await?;
        let money = (yuan(project.approved_yuan.as_ref()), yuan(project.added_yuan.as_ref()));
        assert_eq!(money, ("1000000.00", "200000.00"));
        let verdict = gate(bench, &first.object, pb::GateKind::FundIssue).await?;
        assert_eq!(yuan(verdict.budget_yuan.as_ref()), "1200000.00");

        let stale = approve_addition(bench, &budget_office(), &filed).await.unwrap_err();
        assert_eq!(why(&stale).1, "ETAG_MISMATCH");
        let again = approve_addition(bench, &budget_office(), &approved).await.unwrap_err();
        assert_eq!(why(&again).1, "STATE_FORBIDS");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn refuses_money_without_a_target_of_its_own() -> anyhow::Result<()> {
    on_each(async |bench| {
        let first = in_budget(bench, "P1").await?;
        let other = filed(bench, "P2").await?;
        let draft = create_target(bench, "T9", target(&first.object)).await?.target.unwrap();
        for (case, name) in [("none", ""), ("about another project", &other.name), ("a draft", &draft.name)] {
            let status = file_addition(bench, addition(&first.object, "A1", name)).await.unwrap_err();
            assert_eq!(why(&status), (Code::FailedPrecondition, "TARGET_REQUIRED".into()), "{case}");
        }
        file(bench, &[&draft.name]).await?;
        file_addition(bench, addition(&first.object, "A1", &draft.name)).await?;
        let second = file_addition(bench, addition(&first.object, "A2", &draft.name)).await.unwrap_err();
        assert_eq!(why(&second).1, "TARGET_REQUIRED", "one target travels with one addition");
        let mut zero = addition(&first.object, "A3", &draft.name);
        zero.amount_yuan = Some(decimal("0"));
        assert_eq!(fields(&file_addition(bench, zero).await.unwrap_err()), ["amount_yuan"]);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn duties_reach_and_lists_of_additions() -> anyhow::Result<()> {
    on_each(async |bench| {
        let filed_target = filed(bench, "P1").await?;
        let filed = file_addition(bench, addition(&filed_target.object, "A1", &filed_target.name)).await?;
        let declarer = Rights::of("unit").may(&["targets.approve"], COUNTY);
        let own = approve_addition(bench, &declarer, &filed).await.unwrap_err();
        assert_eq!(why(&own), (Code::PermissionDenied, "DUTIES_NOT_SEPARATE".into()));
        let unseen = approve_addition(bench, &neighbour(), &filed).await.unwrap_err();
        assert_eq!(unseen.code(), Code::NotFound);

        let request = pb::GetAdditionRequest { name: filed.name.clone() };
        let found = additions(bench).get_addition(bench.by(&unit(), request)).await?.into_inner();
        assert_eq!(found.addition.unwrap(), filed);
        for (region, count) in [(COUNTY, 1), (NEIGHBOUR, 0)] {
            let request =
                pb::ListAdditionsRequest { region: region.into(), year: 2026, ..Default::default() };
            let answer = additions(bench).list_additions(bench.by(&unit(), request)).await?.into_inner();
            assert_eq!(answer.additions.len(), count, "{region}");
        }
        Ok(())
    })
    .await
}
