//! Money and target are issued together or not at all.

use crate::support::*;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::allotment_service_client::AllotmentServiceClient;
use hengji_testkit::{databases, request_id};
use tonic::Code;
use tonic_types::StatusExt;

#[tokio::test]
async fn money_and_target_are_issued_in_one_act() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::start(&database).await?;
        assert_eq!(refusal(county.position(P1, None).await).0, Code::NotFound);
        let first = county.issue(P1, "A1", "600", "2021-01-10").await?;
        assert_eq!(
            (first.target.as_str(), first.target_version),
            ("regions/640323000/years/2021/targets/T001", 1)
        );
        assert_eq!(first.signed_verdict, "jws");
        assert_eq!(first.unit, "219001");
        county.issue(P1, "A2", "400", "2021-05-10").await?;
        let position = county.position(P1, None).await?;
        assert_eq!(text(position.allotted_yuan.as_ref()), "1000.00");
        assert_eq!(text(position.budget_yuan.as_ref()), "1000.00");
        assert_eq!(position.indicators.len(), 3);
        assert_eq!(position.as_of, Some(day("2021-05-10")));
        assert_eq!((position.target, position.target_version), (first.target, 1));
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn refuses_money_without_an_approved_target_and_says_every_reason() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::start(&database).await?;
        let status = county.issue(P3, "A1", "1", "2021-01-10").await.unwrap_err();
        let told = status.get_details_precondition_failure().unwrap().violations;
        let codes: Vec<_> = told.iter().map(|violation| violation.subject.as_str()).collect();
        assert_eq!(codes, ["target.not_approved", "hold.standing"]);
        assert_eq!(refusal::<()>(Err(status)), (Code::FailedPrecondition, "GATE_REFUSED".into()));
        assert_eq!(refusal(county.position(P3, None).await).0, Code::NotFound);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn refuses_money_that_does_not_fit() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let above = county.issue(P1, "A2", "400.01", "2021-02-01").await;
        assert_eq!(refusal(above), (Code::FailedPrecondition, "TOTALS_DIFFER".into()));
        for (amount, date, field) in [
            ("1.234", "2021-02-01", "amount_yuan"),
            ("0", "2021-02-01", "amount_yuan"),
            ("-1", "2021-02-01", "amount_yuan"),
            ("1", "2020-12-31", "issue_date"),
            ("1", "2022-01-01", "issue_date"),
        ] {
            let status = county.issue(P1, "A2", amount, date).await.unwrap_err();
            assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec![field.to_owned()]));
        }
        let taken = county.issue(P1, "A1", "1", "2021-02-01").await;
        assert_eq!(refusal(taken), (Code::AlreadyExists, "ALREADY_EXISTS".into()));
        let position = county.position(P1, None).await?;
        assert_eq!(text(position.allotted_yuan.as_ref()), "600.00");
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn refuses_an_issue_date_in_the_future() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::start(&database).await?;
        county.bench.clock.set(hengji_kernel::Timestamp(1_612_000_000_000_000)); // 30 January 2021
        let rights = county.rights.clone();
        let request = county.bench.by(&rights, issue_request(P1, "A1", "1", "2021-02-01"));
        let status = AllotmentServiceClient::new(county.link()).issue_allotment(request).await.unwrap_err();
        assert_eq!(fields(&status), ["issue_date"]);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn takes_back_only_what_is_not_spent() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let second = county.issue(P1, "A2", "400", "2021-05-10").await?;
        county.pay(row("V1", P1, "700", "2021-06-01")).await?;
        let withdraw_on = async |etag: &str, on: &str| {
            let request = pb::WithdrawAllotmentRequest {
                request_id: request_id(),
                name: second.name.clone(),
                etag: etag.into(),
                reason: "项目取消".into(),
                withdraw_date: Some(day(on)),
                ..Default::default()
            };
            let request = county.bench.by(&county.rights, request);
            AllotmentServiceClient::new(county.link()).withdraw_allotment(request).await
        };
        let withdraw = async |etag: &str| withdraw_on(etag, "2021-06-30").await;
        for wrong in ["2021-05-09", "2027-01-01"] {
            let answer = withdraw_on(&second.etag, wrong).await;
            assert_eq!(refusal(answer), (Code::InvalidArgument, "FIELD_INVALID".into()), "{wrong}");
        }
        assert_eq!(refusal(withdraw(&second.etag).await), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        county.pay(row("V2", P1, "-100", "2021-06-02")).await?;
        assert_eq!(refusal(withdraw("v9").await), (Code::Aborted, "ETAG_MISMATCH".into()));
        let back = withdraw(&second.etag).await?.into_inner().allotment.unwrap();
        assert_eq!(back.state(), pb::AllotmentState::Withdrawn);
        assert_eq!(refusal(withdraw(&back.etag).await), (Code::FailedPrecondition, "STATE_FORBIDS".into()));
        assert_eq!(text(county.position(P1, None).await?.allotted_yuan.as_ref()), "600.00");
        // the past keeps the money that stood then
        for (day, allotted) in [("2021-05-31", "1000.00"), ("2021-06-30", "600.00")] {
            let then = county.position(P1, Some(day)).await?;
            assert_eq!(text(then.allotted_yuan.as_ref()), allotted, "{day}");
        }
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_even_while_targets_is_away() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::start(&database).await?;
        let mut client = AllotmentServiceClient::new(county.link());
        let request = issue_request(P1, "A1", "600", "2021-01-10");
        let first =
            client.issue_allotment(county.bench.by(&county.rights, request.clone())).await?.into_inner();
        county.stand_ins.change(|canned| canned.away = true);
        let again =
            client.issue_allotment(county.bench.by(&county.rights, request.clone())).await?.into_inner();
        assert_eq!(first, again);
        let other = pb::IssueAllotmentRequest { document: "另一文号".into(), ..request.clone() };
        let clash = client.issue_allotment(county.bench.by(&county.rights, other)).await;
        assert_eq!(refusal(clash), (Code::AlreadyExists, "REQUEST_ID_REUSED".into()));
        let fresh = pb::IssueAllotmentRequest { request_id: request_id(), ..request };
        let away = client.issue_allotment(county.bench.by(&county.rights, fresh)).await;
        assert_eq!(refusal(away), (Code::Unavailable, "DEPENDENCY_UNAVAILABLE".into()));
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_check_only_request_changes_nothing() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::start(&database).await?;
        let request =
            pb::IssueAllotmentRequest { validate_only: true, ..issue_request(P1, "A1", "600", "2021-01-10") };
        let request = county.bench.by(&county.rights, request);
        assert!(AllotmentServiceClient::new(county.link()).issue_allotment(request).await.is_ok());
        assert_eq!(refusal(county.position(P1, None).await).0, Code::NotFound);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn another_county_sees_and_issues_nothing_here() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        county.issue(P2, "A2", "10", "2021-01-10").await?;
        let mut client = AllotmentServiceClient::new(county.link());
        let request = issue_request(P1, "A9", "1", "2021-01-10");
        let issued = client.issue_allotment(county.bench.by(&neighbour(), request)).await;
        assert_eq!(refusal(issued), (Code::NotFound, "NOT_FOUND".into()));
        let name = "regions/640323000/years/2021/allotments/A1".to_owned();
        let get = pb::GetAllotmentRequest { name };
        assert_eq!(refusal(client.get_allotment(county.bench.by(&neighbour(), get)).await).0, Code::NotFound);
        let list = pb::ListAllotmentsRequest::default();
        let seen = client.list_allotments(county.bench.by(&neighbour(), list.clone())).await?.into_inner();
        assert!(seen.allotments.is_empty());
        let unit = hengji_testkit::Rights::of("unit").may_for_unit(&["monitoring.read"], REGION, "219001");
        let seen = client.list_allotments(county.bench.by(&unit, list.clone())).await?.into_inner();
        assert_eq!(seen.allotments.len(), 1);

        let first = pb::ListAllotmentsRequest { page_size: 1, ..list };
        let page = client.list_allotments(county.bench.by(&county.rights, first.clone())).await?.into_inner();
        let next = pb::ListAllotmentsRequest { page_token: page.next_page_token, ..first };
        let last = client.list_allotments(county.bench.by(&county.rights, next)).await?.into_inner();
        assert_eq!(
            (page.allotments[0].name.ends_with("A1"), last.allotments[0].name.ends_with("A2")),
            (true, true)
        );
        assert!(last.next_page_token.is_empty());
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}
