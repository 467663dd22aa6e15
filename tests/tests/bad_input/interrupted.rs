//! Calls that are too large, too late, or given up: whole or not at all.

use std::time::Duration;

use anyhow::{Context, ensure};
use hengji_testkit::{databases, request_id};
use hengji_tests::prepared::{self, PARENT, PROJECT, Prepared, payment};
use hengji_tests::{Desk, Running, Topology, bare, journals};
use serde_json::json;
use tonic::Code;

const POST: &str = "monitoring.PaymentService/PostPayment";

/// Payments past their deadline, payments given up, and all of them.
const LATE: usize = 150;
const GONE: u64 = 60;
const PAYMENTS: usize = 210;

async fn too_large(people: &Prepared) -> anyhow::Result<()> {
    let mut project = prepared::project("P2");
    project["title"] = json!("长".repeat(2 * 1024 * 1024));
    let body = json!({ "parent": PARENT, "projects": [project] });
    let refusal = people.declarer.refused("targets.ProjectService/BatchCreateProjects", body).await?;
    ensure!(refusal.code == Code::ResourceExhausted && refusal.reason == "LIMIT_EXCEEDED", "{refusal}");
    Ok(())
}

/// However the moment falls, a call past its deadline says so, and what it asked is wholly done or not at all: with the same
/// request id and more time it is there once.
async fn too_late(platform: &Desk) -> anyhow::Result<()> {
    for attempt in 0..LATE {
        let voucher = format!("LATE{attempt}");
        let body = json!({ "request_id": request_id(), "payment": payment(&voucher, "1.00") });
        let timeout = ["1n", "100u", "1m"][attempt % 3];
        match platform.within(Some(timeout), POST, body.clone()).await? {
            Err(refusal) => ensure!(
                refusal.code == Code::DeadlineExceeded && refusal.reason == "DEADLINE_EXCEEDED",
                "attempt {attempt}, {timeout}: {refusal}"
            ),
            // a fast disk may do it within a millisecond
            Ok(answer) => {
                ensure!(timeout == "1m" && answer["outcome"]["stored"] == true, "{timeout}: {answer}");
            }
        }
        let answer = platform.ask(POST, body).await.with_context(|| voucher.clone())?;
        ensure!(answer["outcome"]["stored"] == true, "{voucher}: {answer}");
    }
    for wrong in ["soon", "1", "-1S"] {
        let body = json!({ "payment": payment("LATE", "1.00") });
        let refusal = platform.within(Some(wrong), POST, body).await?.err().context(wrong)?;
        ensure!(refusal.reason == "FIELD_INVALID", "{wrong}: {refusal}");
    }
    Ok(())
}

/// A caller that goes away leaves the payment stored whole or not at all, and may ask again.
async fn given_up(people: &Prepared) -> anyhow::Result<()> {
    for attempt in 0..GONE {
        let voucher = format!("GONE{attempt}");
        let body = json!({ "request_id": request_id(), "payment": payment(&voucher, "1.00") });
        let call = people.platform.try_ask(POST, body.clone());
        let _ = tokio::time::timeout(Duration::from_micros(attempt * 150), call).await;
        let answer = people.platform.ask(POST, body).await.with_context(|| voucher.clone())?;
        ensure!(answer["outcome"]["stored"] == true, "{voucher}: {answer}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_interrupted_is_whole_or_not_there_at_all() -> anyhow::Result<()> {
    for database in databases().await? {
        let running = Running::start(Topology::AllInOne, &database).await?;
        let people = prepared::prepare(running.link(), &running.administrator).await?;
        let before = journals::counts(&people.auditor).await?;
        let patient = Desk::new(bare::link(&running.endpoint)?, &people.platform.token);
        too_large(&people).await.with_context(|| database.label())?;
        let differences = journals::differences(&before, &journals::counts(&people.auditor).await?);
        ensure!(differences.is_empty(), "on {}: {}", database.label(), differences.join("\n"));

        too_late(&patient).await.with_context(|| database.label())?;
        given_up(&people).await.with_context(|| database.label())?;
        let told = journals::told(&people.auditor, "monitoring", "payment.posted").await?;
        let list = json!({ "project": PROJECT, "page_size": 1000 });
        let stored = people.auditor.list("monitoring.PaymentService/ListPayments", "payments", list).await?;
        ensure!(
            (told, stored.len()) == (PAYMENTS, PAYMENTS),
            "{told} entries and {} vouchers for {PAYMENTS} payments",
            stored.len()
        );
        let position = people
            .auditor
            .ask("monitoring.PositionService/GetPosition", json!({ "project": PROJECT }))
            .await?;
        ensure!(position["position"]["paid_yuan"]["value"] == format!("{PAYMENTS}.00"), "{position}");
        running.stop().await?;
        database.remove().await?;
    }
    Ok(())
}
