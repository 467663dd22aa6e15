//! Callers that come at once share a transaction, and what befalls one of them is not laid on the others.

use std::sync::Arc;

use crate::support::*;
use futures::StreamExt;
use futures::future::join_all;
use hengji_kernel::Decimal;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::payment_service_client::PaymentServiceClient;
use hengji_testkit::{Database, databases, request_id};
use tonic::{Code, Status};
use tonic_types::StatusExt;

fn request(id: &str, row: pb::PaymentRow) -> pb::PostPaymentRequest {
    pb::PostPaymentRequest { request_id: id.into(), payment: Some(row), ..Default::default() }
}

async fn post(county: &County, request: pb::PostPaymentRequest) -> Result<pb::PaymentOutcome, Status> {
    let request = county.bench.by(&county.rights, request);
    let answer = PaymentServiceClient::new(county.link()).post_payment(request).await?;
    Ok(answer.into_inner().outcome.unwrap())
}

/// Outcomes until the stream ends, and the status it ends with.
async fn stream(county: &County, rows: Vec<pb::PaymentRow>) -> (Vec<pb::PaymentOutcome>, Option<Status>) {
    let rows = rows.into_iter().map(|row| pb::StreamPaymentsRequest { payment: Some(row) });
    let request = county.bench.by(&county.rights, futures::stream::iter(rows));
    let answers = PaymentServiceClient::new(county.link()).stream_payments(request).await;
    let mut answers = match answers {
        Ok(answers) => answers.into_inner(),
        Err(status) => return (vec![], Some(status)),
    };
    let mut outcomes = Vec::new();
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(answer) => outcomes.push(answer.outcome.unwrap()),
            Err(status) => return (outcomes, Some(status)),
        }
    }
    (outcomes, None)
}

async fn paid(county: &County, project: &str) -> anyhow::Result<Decimal> {
    Ok(text(county.position(project, None).await?.paid_yuan.as_ref()).parse()?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_of_many_callers_at_once_gets_the_answer_to_its_own_request() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = Arc::new(County::with_money(&database).await?);
        county.issue(P2, "A2", "5", "2021-01-10").await?;
        let used = request_id();
        let first = post(&county, request(&used, row("U", P1, "1", "2021-03-01"))).await?;
        let one_body = request(&request_id(), row("SAME", P1, "1", "2021-03-01"));
        let calls = (0..90).map(|number| {
            let (county, used, one_body) = (Arc::clone(&county), used.clone(), one_body.clone());
            tokio::spawn(async move {
                let own = |project, amount| row(&format!("V{number}"), project, amount, "2021-03-01");
                let fresh = request_id();
                let (kind, request) = match number % 9 {
                    0 => ("repeat", request(&used, row("U", P1, "1", "2021-03-01"))),
                    1 => ("clash", request(&used, row("U", P1, "2", "2021-03-01"))),
                    2 => ("above", request(&fresh, own(P2, "6"))),
                    3 => ("same", one_body),
                    4 => ("wrong", request(&fresh, pb::PaymentRow { payee: "\0".into(), ..own(P1, "1") })),
                    5 => ("reused", request(&fresh, row("U", P1, "3", "2021-03-01"))),
                    6 => ("nowhere", request(&fresh, own(P3, "1"))),
                    _ => ("stored", request(&fresh, own(P1, "1"))),
                };
                (kind, post(&county, request).await)
            })
        });
        for call in join_all(calls).await {
            match call? {
                ("repeat", answer) => assert_eq!(answer?, first),
                ("clash", answer) => assert_eq!(refusal(answer).1, "REQUEST_ID_REUSED"),
                ("above", answer) => assert_eq!(refusal(answer).1, "ALLOTMENT_EXCEEDED"),
                ("wrong", answer) => assert_eq!(fields(&answer.unwrap_err()), ["payment.payee"]),
                ("reused", answer) => assert_eq!(refusal(answer).1, "VOUCHER_REUSED"),
                ("nowhere", answer) => assert_eq!(refusal(answer).1, "NOT_FOUND"),
                ("same", answer) => assert!(answer.is_ok_and(|outcome| outcome.stored && !outcome.duplicate)),
                (_, answer) => assert!(answer?.stored),
            }
        }
        assert_eq!(paid(&county, P1).await?, Decimal::from(1 + 1 + 20), "{}", database.label());
        assert_eq!(paid(&county, P2).await?, Decimal::ZERO);
        Arc::into_inner(county).unwrap().bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

/// The same vouchers on four streams into two replicas, forwards and backwards, beside single payments.
async fn two_replicas(database: &Database) -> anyhow::Result<()> {
    let (one, other) =
        (Arc::new(County::with_money(database).await?), Arc::new(County::start(database).await?));
    one.issue(P2, "A2", "600", "2021-01-10").await?;
    let rows: Vec<_> = (0..120)
        .map(|number| row(&format!("S{number}"), if number % 3 == 0 { P2 } else { P1 }, "1.01", "2021-03-01"))
        .collect();
    let streams = (0..4).map(|node| {
        let county = Arc::clone(if node % 2 == 0 { &one } else { &other });
        let mut rows = rows.clone();
        if node > 1 {
            rows.reverse();
        }
        tokio::spawn(async move { stream(&county, rows).await })
    });
    let singles = (0..40).map(|number| {
        let county = Arc::clone(if number % 2 == 0 { &one } else { &other });
        tokio::spawn(async move { county.pay(row(&format!("W{number}"), P1, "20", "2021-03-02")).await })
    });
    let (streams, singles) = tokio::join!(join_all(streams), join_all(singles));
    let mut fresh = 0;
    for outcome in streams {
        let (outcomes, end) = outcome?;
        assert!(end.is_none(), "{end:?}");
        assert_eq!(outcomes.len(), rows.len());
        fresh += outcomes.iter().filter(|outcome| outcome.stored && !outcome.duplicate).count();
    }
    let mut stored = 0;
    for single in singles {
        match single? {
            Ok(_) => stored += 1,
            Err(status) => assert_eq!(refusal::<()>(Err(status)).1, "ALLOTMENT_EXCEEDED"),
        }
    }
    let (first, second) = (paid(&one, P1).await?, paid(&one, P2).await?);
    assert!(first <= Decimal::from(600), "{first} of 600");
    assert_eq!(second, Decimal::new(4040, 2), "40 vouchers of 1.01, each once");
    let expected = Decimal::new(101, 2) * Decimal::from(fresh) + Decimal::from(20) * Decimal::from(stored);
    assert_eq!(first + second, expected, "what was told as stored is what is paid");
    for county in [one, other] {
        Arc::into_inner(county).unwrap().bench.stop().await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_replicas_that_post_the_same_vouchers_store_each_once_and_never_overdraw() -> anyhow::Result<()> {
    for database in databases().await? {
        two_replicas(&database).await?;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_too_many_wait_the_next_is_refused_at_once_and_told_when_to_come_again() -> anyhow::Result<()> {
    let database = Database::sqlite()?;
    let county = Arc::new(County::with_money(&database).await?);
    let db = database.open("monitoring").await?;
    let lock = db.write().await?; // nobody else writes now
    let calls = (0..2800).map(|number| {
        let county = Arc::clone(&county);
        tokio::spawn(async move { county.pay(row(&format!("V{number}"), P1, "0.01", "2021-03-01")).await })
    });
    let calls: Vec<_> = calls.collect();
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    drop(lock);
    let (mut stored, mut refused) = (0, 0);
    for call in calls {
        match call.await? {
            Ok(outcome) => stored += u32::from(outcome.stored),
            Err(status) => {
                assert_eq!(status.code(), Code::Unavailable, "{status:?}");
                assert!(status.get_details_retry_info().is_some());
                refused += 1;
            }
        }
    }
    assert!(refused > 0 && stored >= 2048, "{stored} stored, {refused} refused");
    assert_eq!(paid(&county, P1).await?, Decimal::new(i64::from(stored), 2));
    db.close().await;
    Arc::into_inner(county).unwrap().bench.stop().await;
    Ok(())
}

/// As after a restart of the server: every connection of the service is gone.
async fn cut_connections(database: &Database) -> anyhow::Result<()> {
    let db = database.open("monitoring").await?;
    // materialized: only then are the connections of other databases left alone
    let cut = "with own as materialized (select pid from pg_stat_activity \
               where datname = current_database() and pid <> pg_backend_pid()) \
               select pg_terminate_backend(pid) from own";
    db.write().await?.all(cut, &[]).await?;
    db.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stream_whose_database_went_away_is_resumed_from_its_last_answer() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let rows: Vec<_> =
            (0..400).map(|number| row(&format!("V{number}"), P1, "1.01", "2021-03-01")).collect();
        let (mut acknowledged, mut breaks) = (0, 0);
        while acknowledged < rows.len() {
            // a piece at a time, so that some are stored before the connections go
            let piece = rows[acknowledged..].iter().take(60).cloned().collect();
            let (streamed, cut) = tokio::join!(stream(&county, piece), async {
                if database.label() == "postgresql" && breaks < 3 {
                    cut_connections(&database).await?;
                }
                anyhow::Ok(())
            });
            cut?;
            let (outcomes, end) = streamed;
            assert!(outcomes.iter().all(|outcome| outcome.stored), "{outcomes:?}");
            acknowledged += outcomes.len();
            if let Some(status) = end {
                assert_eq!(status.code(), Code::Unavailable, "{status:?}");
                breaks += 1;
            }
        }
        assert_eq!(paid(&county, P1).await?, Decimal::new(101 * 400, 2), "{}", database.label());
        let (again, end) = stream(&county, rows).await;
        assert!(end.is_none() && again.iter().all(|outcome| outcome.duplicate));
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn every_bad_row_of_a_stream_is_told_why_and_the_rest_goes_on() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = County::with_money(&database).await?;
        let foreign_year = "regions/640323000/years/2022/projects/P001";
        let rows = [
            (row("V1", P1, "1", "2021-03-01"), "", ""),
            (row("V2", "regions/640323000/years/2021/projects/P404", "1", "2021-03-01"), "NOT_FOUND", "P404"),
            (row("V3", foreign_year, "1", "2021-03-01"), "NOT_FOUND", "2022"),
            (row("V4", P1, "1", "2022-03-01"), "FIELD_INVALID", "预算年度"),
            (row("V5", P1, "1", "2021-01-09"), "FIELD_INVALID", "首次下达"),
            (row("V6", P1, "0.001", "2021-03-01"), "FIELD_INVALID", "两位小数"),
            (row("V7", P1, "1000000000000000.01", "2021-03-01"), "FIELD_INVALID", "超出范围"),
            (row("V8", P1, "-1.01", "2021-03-01"), "STATE_FORBIDS", "退款"),
            (row("V1", P1, "2", "2021-03-01"), "VOUCHER_REUSED", "V1"),
            (
                pb::PaymentRow { corrects: "V404".into(), ..row("V9", P1, "-1", "2021-03-01") },
                "FIELD_INVALID",
                "V404",
            ),
            (
                pb::PaymentRow { note: "\0".into(), ..row("V9", P1, "1", "2021-03-01") },
                "FIELD_INVALID",
                "空字符",
            ),
            (pb::PaymentRow { corrects: "V1".into(), ..row("V9", P1, "-0.6", "2021-03-01") }, "", ""),
            (
                pb::PaymentRow { corrects: "V1".into(), ..row("V10", P1, "-0.41", "2021-03-01") },
                "FIELD_INVALID",
                "连同已冲回的 0.60 元",
            ),
            (pb::PaymentRow { corrects: "V1".into(), ..row("V11", P1, "-0.4", "2021-03-01") }, "", ""),
        ];
        let (outcomes, end) = stream(&county, rows.iter().map(|(row, ..)| row.clone()).collect()).await;
        assert!(end.is_none(), "{end:?}");
        for ((row, reason, word), outcome) in rows.iter().zip(&outcomes) {
            assert_eq!((&row.voucher, *reason), (&outcome.voucher, outcome.reason.as_str()), "{outcome:?}");
            assert!(outcome.message.contains(word), "{outcome:?}");
        }
        assert_eq!((outcomes.len(), paid(&county, P1).await?), (rows.len(), Decimal::ZERO));
        county.bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readings_are_taken_while_streams_pour_in() -> anyhow::Result<()> {
    for database in databases().await? {
        let county = Arc::new(County::with_money(&database).await?);
        let streams = (0..3).map(|node| {
            let county = Arc::clone(&county);
            let rows =
                (0..700).map(|number| row(&format!("S{node}-{number}"), P1, "0.01", "2021-03-01")).collect();
            tokio::spawn(async move { stream(&county, rows).await })
        });
        let streams: Vec<_> = streams.collect();
        for percent in 90..96 {
            county.read(P1, vec![reading("2", &format!("{percent}%"), "2021-06-30")]).await?;
        }
        let mut stored = 0;
        for streamed in streams {
            let (outcomes, end) = streamed.await?;
            assert!(end.is_none(), "{end:?}");
            stored += outcomes.iter().filter(|outcome| outcome.stored).count();
        }
        assert_eq!(stored, 2100);
        let position = county.position(P1, None).await?;
        assert_eq!(text(position.paid_yuan.as_ref()), "21.00");
        assert_eq!(position.indicators[1].actual_text, "95%");
        Arc::into_inner(county).unwrap().bench.stop().await;
        database.remove().await?;
    }
    Ok(())
}
