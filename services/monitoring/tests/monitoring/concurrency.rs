//! Many writers at once: no overdraft, no lost payment, no deadlock.

use std::sync::Arc;

use crate::support::*;
use futures::future::join_all;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::payment_service_client::PaymentServiceClient;
use hengji_proto::monitoring::v1::suspension_service_client::SuspensionServiceClient;
use hengji_testkit::{databases, request_id};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_writers_never_overdraw_one_project() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = Arc::new(County::with_money(&database).await?);
        let writers = (0..16).map(|writer| {
            let county = Arc::clone(&county);
            tokio::spawn(async move {
                let mut stored = 0;
                for number in 0..5 {
                    let row = row(&format!("W{writer}-{number}"), P1, "10", "2021-03-01");
                    match county.pay(row).await {
                        Ok(outcome) => stored += u32::from(outcome.stored),
                        Err(status) => {
                            assert_eq!(refusal::<()>(Err(status)).1, "ALLOTMENT_EXCEEDED");
                        }
                    }
                }
                stored
            })
        });
        let stored: u32 = join_all(writers).await.into_iter().map(Result::unwrap).sum();
        assert_eq!(stored, 60, "600 issued, 10 each, on {}", database.label());
        let position = county.position(P1, None).await?;
        assert_eq!(text(position.paid_yuan.as_ref()), "600.00");
        assert_eq!(text(county.position(P1, Some("2021-12-31")).await?.paid_yuan.as_ref()), "600.00");
        Arc::into_inner(county).unwrap().bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn batches_over_the_same_projects_and_vouchers_in_any_order_do_not_deadlock() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = Arc::new(County::with_money(&database).await?);
        county.issue(P2, "A2", "600", "2021-01-10").await?;
        let writers = (0..8).map(|writer| {
            let county = Arc::clone(&county);
            tokio::spawn(async move {
                // the same ten vouchers from everyone, every second writer the other way round
                let mut rows: Vec<_> = (0..10)
                    .map(|number| {
                        row(&format!("V{number}"), if number % 2 == 0 { P1 } else { P2 }, "10", "2021-03-01")
                    })
                    .collect();
                if writer % 2 == 1 {
                    rows.reverse();
                }
                let request = pb::BatchPostPaymentsRequest {
                    request_id: request_id(),
                    parent: "regions/640323000/years/2021".into(),
                    payments: rows,
                    ..Default::default()
                };
                let request = county.bench.by(&county.rights, request);
                let answer = PaymentServiceClient::new(county.link()).batch_post_payments(request).await;
                answer.map(|answer| {
                    answer.into_inner().outcomes.iter().filter(|outcome| !outcome.duplicate).count()
                })
            })
        });
        let mut fresh = 0;
        for writer in join_all(writers).await {
            fresh += writer??;
        }
        assert_eq!(fresh, 10, "{}", database.label());
        for project in [P1, P2] {
            assert_eq!(text(county.position(project, None).await?.paid_yuan.as_ref()), "50.00");
        }
        Arc::into_inner(county).unwrap().bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn corrections_never_take_back_more_than_the_payment_however_they_come() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = Arc::new(County::with_money(&database).await?);
        county.pay(row("V1", P1, "100", "2021-03-01")).await?;
        county.pay(row("V2", P1, "300", "2021-03-01")).await?;
        let correction = |voucher: String| pb::PaymentRow {
            corrects: "V1".into(),
            ..row(&voucher, P1, "-10", "2021-03-02")
        };
        let alone = (0..16).map(|number| {
            let (county, row) = (Arc::clone(&county), correction(format!("C{number}")));
            tokio::spawn(async move {
                match county.pay(row).await {
                    Ok(_) => 1,
                    Err(status) => {
                        assert_eq!(fields(&status), ["payment.amount_yuan"]);
                        0
                    }
                }
            })
        });
        let batches = (0..4).map(|number| {
            let county = Arc::clone(&county);
            let rows = ["a", "b"].map(|part| correction(format!("B{number}{part}"))).to_vec();
            tokio::spawn(async move {
                let request = pb::BatchPostPaymentsRequest {
                    request_id: request_id(),
                    parent: "regions/640323000/years/2021".into(),
                    payments: rows,
                    ..Default::default()
                };
                let request = county.bench.by(&county.rights, request);
                match PaymentServiceClient::new(county.link()).batch_post_payments(request).await {
                    Ok(answer) => answer.into_inner().outcomes.len(),
                    Err(status) => {
                        assert_eq!(refusal::<()>(Err(status)).1, "FIELD_INVALID");
                        0
                    }
                }
            })
        });
        let writers: Vec<_> = alone.chain(batches).collect();
        let mut stored = 0;
        for writer in writers {
            stored += writer.await?;
        }
        assert_eq!(stored, 10, "100 paid, 10 each taken back, on {}", database.label());
        let late =
            county.pay(pb::PaymentRow { corrects: "V1".into(), ..row("C99", P1, "-0.01", "2021-03-02") });
        assert_eq!(fields(&late.await.unwrap_err()), ["payment.amount_yuan"]);
        let other =
            county.pay(pb::PaymentRow { corrects: "V2".into(), ..row("D1", P1, "-300", "2021-03-02") });
        assert!(other.await?.stored);
        assert_eq!(text(county.position(P1, None).await?.paid_yuan.as_ref()), "0.00");
        Arc::into_inner(county).unwrap().bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_voucher_for_two_projects_is_one_payment() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = Arc::new(County::with_money(&database).await?);
        county.issue(P2, "A2", "600", "2021-01-10").await?;
        for number in 0..10 {
            let one = county.pay(row(&format!("V{number}"), P1, "10", "2021-03-01"));
            let other = county.pay(row(&format!("V{number}"), P2, "10", "2021-03-01"));
            let (one, other) = tokio::join!(one, other);
            assert!(one.is_ok() != other.is_ok());
            let refused = if one.is_ok() { other } else { one };
            assert_eq!(refusal(refused).1, "VOUCHER_REUSED");
        }
        let mut paid = hengji_kernel::Decimal::ZERO;
        for project in [P1, P2] {
            let position = county.position(project, None).await?;
            paid += text(position.paid_yuan.as_ref()).parse::<hengji_kernel::Decimal>()?;
        }
        assert_eq!(paid, hengji_kernel::Decimal::from(100));
        Arc::into_inner(county).unwrap().bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_payment_comes_before_a_suspension_or_meets_it() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = Arc::new(County::with_money(&database).await?);
        let payers = (0..8).map(|number| {
            let county = Arc::clone(&county);
            tokio::spawn(async move { county.pay(row(&format!("V{number}"), P1, "10", "2021-03-01")).await })
        });
        let payers: Vec<_> = payers.collect();
        let order = pb::OrderSuspensionRequest {
            request_id: request_id(),
            project: P1.into(),
            suspension_id: "S1".into(),
            authority: "财政局".into(),
            reason: "进度严重滞后".into(),
            lift_condition: "完成整改".into(),
            ..Default::default()
        };
        let order = county.bench.by(&county.rights, order);
        SuspensionServiceClient::new(county.link()).order_suspension(order).await?;
        let paid_then = county.position(P1, None).await?.paid_yuan;
        for payer in payers {
            if let Err(status) = payer.await? {
                assert_eq!(refusal::<()>(Err(status)).1, "PAYMENT_SUSPENDED");
            }
        }
        assert_eq!(county.position(P1, None).await?.paid_yuan, paid_then);
        Arc::into_inner(county).unwrap().bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_more_is_issued_than_the_budget_by_any_number_of_issuers() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = Arc::new(County::start(&database).await?);
        let issuers = (0..8).map(|number| {
            let county = Arc::clone(&county);
            tokio::spawn(async move { county.issue(P1, &format!("A{number}"), "200", "2021-01-10").await })
        });
        let mut issued = 0;
        for issuer in join_all(issuers).await {
            match issuer? {
                Ok(_) => issued += 1,
                Err(status) => assert_eq!(refusal::<()>(Err(status)).1, "TOTALS_DIFFER"),
            }
        }
        assert_eq!(issued, 5);
        assert_eq!(text(county.position(P1, None).await?.allotted_yuan.as_ref()), "1000.00");
        Arc::into_inner(county).unwrap().bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}
