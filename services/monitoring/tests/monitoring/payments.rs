//! The ledger of vouchers: idempotent, never above the allotment, all or none in a batch, row by row in a stream.

use crate::support::*;
use futures::StreamExt;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::payment_service_client::PaymentServiceClient;
use hengji_proto::monitoring::v1::position_service_client::PositionServiceClient;
use hengji_testkit::{Rights, databases, request_id};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;

fn batch(rows: Vec<pb::PaymentRow>) -> pb::BatchPostPaymentsRequest {
    pb::BatchPostPaymentsRequest {
        request_id: request_id(),
        validate_only: false,
        parent: "regions/640323000/years/2021".into(),
        payments: rows,
    }
}

async fn stream(county: &County, rows: Vec<pb::PaymentRow>) -> anyhow::Result<Vec<pb::PaymentOutcome>> {
    let rows = rows.into_iter().map(|row| pb::StreamPaymentsRequest { payment: Some(row) });
    let request = county.bench.by(&county.rights, futures::stream::iter(rows));
    let mut answers = PaymentServiceClient::new(county.link()).stream_payments(request).await?.into_inner();
    let mut outcomes = Vec::new();
    while let Some(answer) = answers.next().await {
        outcomes.push(answer?.outcome.unwrap());
    }
    Ok(outcomes)
}

fn word(outcome: &pb::PaymentOutcome) -> &str {
    match (outcome.stored, outcome.duplicate) {
        (true, true) => "duplicate",
        (true, false) => "stored",
        _ => &outcome.reason,
    }
}

#[tokio::test]
async fn a_payment_moves_the_position() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let outcome = county.pay(row("V1", P1, "450.50", "2021-06-30")).await?;
        assert!(outcome.stored && !outcome.duplicate);
        assert_eq!(outcome.payment.as_ref().unwrap().name, "regions/640323000/years/2021/payments/V1");
        let position = outcome.position.unwrap();
        assert_eq!(text(position.paid_yuan.as_ref()), "450.50");
        assert_eq!(text(position.rate_percent.as_ref()), "45.05");
        assert_eq!(position.as_of, Some(day("2021-06-30")));
        let whole = county.position(P1, None).await?;
        assert!(whole.indicators.len() == 3 && position.money_explanation.is_some());
        let told = pb::Position { indicators: vec![], warnings: vec![], ..whole };
        assert_eq!(position, told);
        let funds = pb::Position { money_explanation: None, result_explanation: None, ..told };
        let get = |rights, as_of| {
            let view = pb::PositionView::Funds.into();
            county.bench.by(rights, pb::GetPositionRequest { project: P1.into(), as_of, view })
        };
        let mut positions = PositionServiceClient::new(county.link());
        for as_of in [None, Some(day("2021-06-30"))] {
            let seen =
                positions.get_position(get(&county.rights, as_of)).await?.into_inner().position.unwrap();
            assert_eq!(seen, funds);
        }
        assert_eq!(refusal(positions.get_position(get(&neighbour(), None)).await).0, Code::NotFound);

        let mut client = PaymentServiceClient::new(county.link());
        let get = pb::GetPaymentRequest { name: outcome.payment.as_ref().unwrap().name.clone() };
        let stored =
            client.get_payment(county.bench.by(&county.rights, get.clone())).await?.into_inner().payment;
        assert_eq!(stored, outcome.payment);
        let hidden = client.get_payment(county.bench.by(&neighbour(), get)).await;
        assert_eq!(refusal(hidden).0, Code::NotFound);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn one_voucher_number_is_one_payment() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let first = county.pay(row("V1", P1, "100", "2021-06-30")).await?;
        let again = county.pay(row("V1", P1, "100.00", "2021-06-30")).await?;
        assert!(again.stored && again.duplicate);
        assert_eq!(again.payment, first.payment);
        assert_eq!(again.position, first.position);
        let other = county.pay(row("V1", P1, "101", "2021-06-30")).await;
        assert_eq!(refusal(other), (Code::AlreadyExists, "VOUCHER_REUSED".into()));
        county.issue(P2, "A2", "100", "2021-01-10").await?;
        let elsewhere = county.pay(row("V1", P2, "100", "2021-06-30")).await;
        assert_eq!(refusal(elsewhere), (Code::AlreadyExists, "VOUCHER_REUSED".into()));
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn each_refusal_has_its_reason() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        county.pay(row("V0", P1, "100", "2021-03-01")).await?;
        let precondition = |reason: &str| (Code::FailedPrecondition, reason.to_owned());
        let refused = async |row| refusal(county.pay(row).await);
        assert_eq!(refused(row("V1", P1, "500.01", "2021-03-01")).await, precondition("ALLOTMENT_EXCEEDED"));
        assert_eq!(refused(row("V1", P1, "-100.01", "2021-03-01")).await, precondition("STATE_FORBIDS"));
        assert_eq!(refused(row("V1", P2, "1", "2021-03-01")).await, (Code::NotFound, "NOT_FOUND".into()));
        for (amount, date, field) in [
            ("1.234", "2021-03-01", "payment.amount_yuan"),
            ("abc", "2021-03-01", "payment.amount_yuan"),
            ("0", "2021-03-01", "payment.amount_yuan"),
            ("1", "2022-01-01", "payment.pay_date"),
            ("1", "2020-12-31", "payment.pay_date"),
            ("1", "2021-01-09", "payment.pay_date"),
            ("1", "2021-02-30", "payment.pay_date"),
        ] {
            let status = county.pay(row("V1", P1, amount, date)).await.unwrap_err();
            assert_eq!(
                (status.code(), fields(&status)),
                (Code::InvalidArgument, vec![field.to_owned()]),
                "{amount} {date}"
            );
        }
        let outside = county.pay_as(&neighbour(), row("V1", P1, "1", "2021-03-01")).await;
        assert_eq!(refusal(outside), (Code::NotFound, "NOT_FOUND".into()));
        let reader = Rights::of("reader").may(&["monitoring.read"], REGION);
        let unable = county.pay_as(&reader, row("V1", P1, "1", "2021-03-01")).await;
        assert_eq!(refusal(unable), (Code::PermissionDenied, "PERMISSION_MISSING".into()));
        let refund = county.pay(row("V1", P1, "-100", "2021-03-02")).await?;
        assert_eq!(text(refund.position.unwrap().paid_yuan.as_ref()), "0.00");
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn refuses_a_payment_dated_tomorrow() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        county.bench.clock.set(hengji_kernel::Timestamp(1_614_571_200_000_000)); // 1 March 2021, noon in China
        county.pay(row("V1", P1, "1", "2021-03-01")).await?;
        let status = county.pay(row("V2", P1, "1", "2021-03-02")).await.unwrap_err();
        assert_eq!(fields(&status), ["payment.pay_date"]);
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_batch_is_stored_whole_or_not_at_all() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        county.issue(P2, "A2", "100", "2021-01-10").await?;
        let mut client = PaymentServiceClient::new(county.link());
        let bad = batch(vec![
            row("V1", P1, "10", "2021-03-01"),
            row("V2", P1, "1.234", "2021-03-01"),
            row("V3", "regions/640324000/years/2021/projects/P001", "1", "2021-03-01"),
            row("V4", P1, "0", "2021-03-01"),
        ]);
        let status = client.batch_post_payments(county.bench.by(&county.rights, bad)).await.unwrap_err();
        assert_eq!(
            fields(&status),
            ["payments[1].amount_yuan", "payments[2].project", "payments[3].amount_yuan"]
        );
        let over = batch(vec![row("V1", P2, "60", "2021-03-01"), row("V2", P2, "60", "2021-03-01")]);
        let status = client.batch_post_payments(county.bench.by(&county.rights, over)).await.unwrap_err();
        assert!(status.message().contains("payments[1]"), "{}", status.message());
        assert_eq!(refusal::<()>(Err(status)), (Code::FailedPrecondition, "ALLOTMENT_EXCEEDED".into()));
        assert_eq!(text(county.position(P2, None).await?.paid_yuan.as_ref()), "0.00");

        let good = batch(vec![
            row("V1", P1, "10", "2021-03-01"),
            row("V2", P2, "20", "2021-03-02"),
            row("V3", P1, "-5", "2021-03-03"),
            row("V1", P1, "10", "2021-03-01"),
        ]);
        let answer =
            client.batch_post_payments(county.bench.by(&county.rights, good.clone())).await?.into_inner();
        let words: Vec<_> = answer.outcomes.iter().map(word).collect();
        assert_eq!(words, ["stored", "stored", "stored", "duplicate"]);
        let paid: Vec<_> = answer
            .outcomes
            .iter()
            .map(|outcome| text(outcome.position.as_ref().unwrap().paid_yuan.as_ref()))
            .collect();
        assert_eq!(paid, ["10.00", "20.00", "5.00", "5.00"]);
        let repeat = client.batch_post_payments(county.bench.by(&county.rights, good)).await?.into_inner();
        assert_eq!(answer, repeat);

        let list = pb::ListPaymentsRequest { project: P1.into(), page_size: 1, ..Default::default() };
        let page = client.list_payments(county.bench.by(&county.rights, list.clone())).await?.into_inner();
        let next = pb::ListPaymentsRequest { page_token: page.next_page_token, ..list };
        let last = client.list_payments(county.bench.by(&county.rights, next)).await?.into_inner();
        assert_eq!((page.payments[0].voucher.as_str(), last.payments[0].voucher.as_str()), ("V1", "V3"));
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_stream_answers_every_row_in_order() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        county.issue(P2, "A2", "100", "2021-01-10").await?;
        let rows = vec![
            row("V1", P1, "10", "2021-03-01"),
            row("V2", P2, "101", "2021-03-01"),
            row("V3", P1, "1.234", "2021-03-01"),
            row("not a number", P1, "1", "2021-03-01"),
            pb::PaymentRow::default(),
            row("V4", "regions/999999000/years/1995/projects/none", "1", "2021-03-01"),
            row("V1", P1, "10", "2021-03-01"),
            row("V1", P1, "11", "2021-03-01"),
            row("V5", P2, "100", "2021-03-05"),
            row("V6", P1, "-10", "2021-03-06"),
        ];
        let outcomes = stream(&county, rows.clone()).await?;
        let words: Vec<_> = outcomes.iter().map(word).collect();
        assert_eq!(
            words,
            [
                "stored",
                "ALLOTMENT_EXCEEDED",
                "FIELD_INVALID",
                "FIELD_INVALID",
                "FIELD_INVALID",
                "NOT_FOUND",
                "duplicate",
                "VOUCHER_REUSED",
                "stored",
                "stored",
            ]
        );
        for (row, outcome) in rows.iter().zip(&outcomes) {
            assert_eq!(row.voucher, outcome.voucher);
            assert_eq!(outcome.message.is_empty(), outcome.stored);
        }
        assert_eq!(text(county.position(P1, None).await?.paid_yuan.as_ref()), "0.00");
        assert_eq!(text(county.position(P2, None).await?.paid_yuan.as_ref()), "100.00");
        // sent again from the beginning, nothing is paid twice
        let again = stream(&county, rows).await?;
        assert_eq!(again.iter().filter(|outcome| word(outcome) == "duplicate").count(), 4);
        assert_eq!(text(county.position(P2, None).await?.paid_yuan.as_ref()), "100.00");
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_stream_answers_a_row_before_the_next_one_comes_and_only_once_it_is_stored() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let (rows, receiver) = tokio::sync::mpsc::channel(1);
        let request = county.bench.by(&county.rights, ReceiverStream::new(receiver));
        let mut answers =
            PaymentServiceClient::new(county.link()).stream_payments(request).await?.into_inner();
        for number in 1..=3 {
            let payment = Some(row(&format!("V{number}"), P1, "10", "2021-03-01"));
            rows.send(pb::StreamPaymentsRequest { payment }).await?;
            let outcome = answers.next().await.unwrap()?.outcome.unwrap();
            assert!(outcome.stored);
            let paid = county.position(P1, None).await?.paid_yuan;
            assert_eq!(outcome.position.unwrap().paid_yuan, paid);
        }
        drop(rows);
        assert!(answers.next().await.is_none());
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_long_stream_is_stored_whole() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        county.issue(P2, "A2", "1000", "2021-01-10").await?;
        let rows = (0..1000)
            .map(|number| {
                row(&format!("V{number}"), if number % 2 == 0 { P1 } else { P2 }, "1", "2021-03-01")
            })
            .collect();
        let outcomes = stream(&county, rows).await?;
        assert_eq!(outcomes.iter().filter(|outcome| word(outcome) == "stored").count(), 1000);
        for project in [P1, P2] {
            assert_eq!(text(county.position(project, None).await?.paid_yuan.as_ref()), "500.00");
        }
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}
