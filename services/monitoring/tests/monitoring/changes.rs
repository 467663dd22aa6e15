//! Allotments after their issue: adjusted under a document, carried over into a later year, and seen as of any day.

use crate::support::*;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::allotment_service_client::AllotmentServiceClient;
use hengji_proto::targets::v1::FundKind;
use hengji_testkit::{databases, request_id};
use tonic::{Code, Status};

const P1_NEXT: &str = "regions/640323000/years/2022/projects/P001";

async fn adjust(
    county: &County,
    allotment: &pb::Allotment,
    change: &str,
    on: &str,
) -> Result<pb::Allotment, Status> {
    let request = pb::AdjustAllotmentRequest {
        request_id: request_id(),
        name: allotment.name.clone(),
        etag: allotment.etag.clone(),
        change_yuan: Some(yuan(change)),
        adjust_date: Some(day(on)),
        document: "财预调〔2021〕3号".into(),
        reason: "进度调整".into(),
        ..Default::default()
    };
    let request = county.bench.by(&county.rights, request);
    let answer = AllotmentServiceClient::new(county.link()).adjust_allotment(request).await?;
    Ok(answer.into_inner().allotment.unwrap())
}

async fn carry(
    county: &County,
    allotment: &pb::Allotment,
    amount: &str,
    on: &str,
) -> Result<pb::Allotment, Status> {
    let request = pb::CarryOverAllotmentRequest {
        request_id: request_id(),
        name: allotment.name.clone(),
        etag: allotment.etag.clone(),
        amount_yuan: Some(yuan(amount)),
        carry_date: Some(day(on)),
        document: "财预结〔2021〕1号".into(),
        reason: "尾款下年支付".into(),
        ..Default::default()
    };
    let request = county.bench.by(&county.rights, request);
    let answer = AllotmentServiceClient::new(county.link()).carry_over_allotment(request).await?;
    Ok(answer.into_inner().allotment.unwrap())
}

async fn issue(county: &County, request: pb::IssueAllotmentRequest) -> Result<pb::Allotment, Status> {
    let request = county.bench.by(&county.rights, request);
    let answer = AllotmentServiceClient::new(county.link()).issue_allotment(request).await?;
    Ok(answer.into_inner().allotment.unwrap())
}

async fn allotted(county: &County, project: &str, as_of: Option<&str>) -> anyhow::Result<String> {
    Ok(text(county.position(project, as_of).await?.allotted_yuan.as_ref()).to_owned())
}

#[tokio::test]
async fn an_allotment_keeps_what_kind_of_money_it_is() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::start(&database).await?;
        let request = pb::IssueAllotmentRequest {
            functional_account: "2130106".into(),
            economic_account: "50299".into(),
            fund_kind: FundKind::GeneralPublic.into(),
            source_level: pb::SourceLevel::Central.into(),
            direct: true,
            ..issue_request(P1, "A1", "600", "2021-01-10")
        };
        let issued = issue(&county, request.clone()).await?;
        let get = pb::GetAllotmentRequest { name: issued.name.clone() };
        let get = county.bench.by(&county.rights, get);
        let read =
            AllotmentServiceClient::new(county.link()).get_allotment(get).await?.into_inner().allotment;
        assert_eq!(read.as_ref(), Some(&issued));
        assert_eq!(
            (issued.functional_account.as_str(), issued.economic_account.as_str()),
            ("2130106", "50299")
        );
        assert_eq!(
            (issued.fund_kind(), issued.source_level(), issued.direct),
            (FundKind::GeneralPublic, pb::SourceLevel::Central, true)
        );
        let wrong = pb::IssueAllotmentRequest {
            request_id: request_id(),
            functional_account: "21".into(),
            ..request
        };
        assert_eq!(fields(&issue(&county, wrong).await.unwrap_err()), ["functional_account"]);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_adjustment_moves_the_money_from_its_day_on() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::start(&database).await?;
        let first = county.issue(P1, "A1", "600", "2021-01-10").await?;
        county.pay(row("V1", P1, "500", "2021-02-01")).await?;
        assert_eq!(refusal(adjust(&county, &first, "400.01", "2021-03-01").await).1, "TOTALS_DIFFER");
        assert_eq!(refusal(adjust(&county, &first, "-100.01", "2021-03-01").await).1, "STATE_FORBIDS");
        for (change, on, field) in [
            ("0", "2021-03-01", "change_yuan"),
            ("1.001", "2021-03-01", "change_yuan"),
            ("-600.01", "2021-03-01", "change_yuan"),
            ("1", "2021-01-09", "adjust_date"),
            ("1", "2022-01-01", "adjust_date"),
            ("1", "2027-01-01", "adjust_date"),
        ] {
            let status = adjust(&county, &first, change, on).await.unwrap_err();
            assert_eq!(
                (status.code(), fields(&status)),
                (Code::InvalidArgument, vec![field.into()]),
                "{change}"
            );
        }
        let raised = adjust(&county, &first, "400", "2021-03-01").await?;
        assert_eq!(refusal(adjust(&county, &first, "-1", "2021-03-01").await).1, "ETAG_MISMATCH");
        let lowered = adjust(&county, &raised, "-300", "2021-05-01").await?;
        assert_eq!(text(lowered.amount_yuan.as_ref()), "600.00");
        assert_eq!(text(lowered.current_yuan.as_ref()), "700.00");
        let changes: Vec<_> =
            lowered.changes.iter().map(|change| (change.kind(), text(change.change_yuan.as_ref()))).collect();
        let adjusted = pb::AllotmentChangeKind::Adjusted;
        assert_eq!(changes, [(adjusted, "400.00"), (adjusted, "-300.00")]);
        for (day, amount) in [
            ("2021-01-09", "0.00"),
            ("2021-02-28", "600.00"),
            ("2021-03-01", "1000.00"),
            ("2021-05-01", "700.00"),
        ] {
            assert_eq!(allotted(&county, P1, Some(day)).await?, amount, "{day}");
        }
        assert_eq!(allotted(&county, P1, None).await?, "700.00");
        assert_eq!(refusal(county.pay(row("V2", P1, "200.01", "2021-06-01")).await).1, "ALLOTMENT_EXCEEDED");
        county.pay(row("V2", P1, "200", "2021-06-01")).await?;
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn more_money_by_adjustment_passes_the_gate_and_less_does_not_ask() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::start(&database).await?;
        let first = county.issue(P1, "A1", "600", "2021-01-10").await?;
        county.stand_ins.change(|canned| canned.away = true);
        assert_eq!(refusal(adjust(&county, &first, "1", "2021-03-01").await).0, Code::Unavailable);
        assert!(adjust(&county, &first, "-1", "2021-03-01").await.is_ok());
        let outside = pb::AdjustAllotmentRequest {
            request_id: request_id(),
            name: first.name.clone(),
            etag: first.etag.clone(),
            change_yuan: Some(yuan("-1")),
            adjust_date: Some(day("2021-03-01")),
            document: "文".into(),
            reason: "因".into(),
            ..Default::default()
        };
        let outside = county.bench.by(&neighbour(), outside);
        let answer = AllotmentServiceClient::new(county.link()).adjust_allotment(outside).await;
        assert_eq!(refusal(answer), (Code::NotFound, "NOT_FOUND".into()));
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_is_carried_over_is_issued_again_next_year_and_no_more() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::start(&database).await?;
        county.stand_ins.change(|canned| {
            canned.projects.insert(P1_NEXT.into(), project(P1_NEXT, "219001", "1000", "0"));
            canned.approve(target(P1_NEXT, 1, "90"));
        });
        let first = county.issue(P1, "A1", "600", "2021-01-10").await?;
        county.pay(row("V1", P1, "450", "2021-11-01")).await?;
        assert_eq!(refusal(carry(&county, &first, "150.01", "2021-12-31").await).1, "STATE_FORBIDS");
        assert_eq!(fields(&carry(&county, &first, "0", "2021-12-31").await.unwrap_err()), ["amount_yuan"]);
        let carried = carry(&county, &first, "150", "2021-12-31").await?;
        assert_eq!(text(carried.current_yuan.as_ref()), "450.00");
        assert_eq!(text(carried.carried_over_yuan.as_ref()), "150.00");
        assert_eq!(refusal(county.pay(row("V2", P1, "0.01", "2021-12-31")).await).1, "ALLOTMENT_EXCEEDED");

        let again = |id: &str, amount: &str, from: &str| pb::IssueAllotmentRequest {
            carried_from: from.into(),
            ..issue_request(P1_NEXT, id, amount, "2022-02-01")
        };
        assert_eq!(refusal(issue(&county, again("B1", "150.01", &first.name)).await).1, "TOTALS_DIFFER");
        let next = issue(&county, again("B1", "100", &first.name)).await?;
        assert_eq!(next.carried_from, first.name);
        assert_eq!(refusal(issue(&county, again("B2", "50.01", &first.name)).await).1, "TOTALS_DIFFER");
        issue(&county, again("B2", "50", &first.name)).await?;
        for from in [&next.name, &first.name.replace("640323000", "640324000")] {
            assert_eq!(fields(&issue(&county, again("B3", "1", from)).await.unwrap_err()), ["carried_from"]);
        }
        assert_eq!(allotted(&county, P1, None).await?, "450.00");
        assert_eq!(allotted(&county, P1, Some("2021-12-30")).await?, "600.00");
        assert_eq!(allotted(&county, P1_NEXT, None).await?, "150.00");
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}
