//! More comes than can be stored: what waits is bounded, the next caller is refused at once and told when to come again, and
//! whoever reads is answered all the while.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use futures::StreamExt;
use futures::future::try_join_all;
use hengji_proto::monitoring::v1::PostPaymentRequest;
use hengji_proto::monitoring::v1::payment_service_client::PaymentServiceClient;
use hengji_testkit::{Database, databases};
use hengji_tests::Desk;
use hengji_tests::child::Server;
use tonic::Code;
use tonic_types::StatusExt;

use crate::ledger::Ledger;
use crate::payer::{Payer, by, request};
use crate::process::{Process, again};
use crate::totals;

/// Streams that would send without end.
const STREAMS: usize = 8;
/// Callers at once, on connections of so many each.
const CALLERS: usize = 3600;
const CALLERS_A_CONNECTION: usize = 150;
/// Of them, some thousands wait; at least so many cannot.
const REFUSED: usize = 1000;
/// Rows a stream may get rid of meanwhile: what fits the buffers of HTTP/2, which count bytes, and two chunks.
const ROWS_TAKEN_IN: usize = 25_000;
/// What the process may grow by, in kB.
const GROWTH: u64 = 192 * 1024;
/// Longest wait for the refusals; met in a fraction of it.
const PATIENCE: Duration = Duration::from_mins(1);

/// Counts the rows that are taken in of a stream that has no end before it is told to.
async fn stream(
    payer: Payer,
    node: usize,
    taken: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
) -> anyhow::Result<()> {
    let (_, sent) = payer.ledger.next(None);
    let rows = (0_usize..).take_while(move |_| !stop.load(Ordering::Relaxed)).map(move |number| {
        taken.fetch_add(1, Ordering::Relaxed);
        request(&format!("E{node}-{number}"), &sent)
    });
    let rows = futures::stream::iter(rows);
    let mut answers = payer.stream(rows).await?;
    while let Some(answer) = answers.next().await {
        answer?;
    }
    Ok(())
}

/// One connection full of callers. Each is stored in the end, or refused with the word when to come again.
async fn callers(payer: Payer, refused: Arc<AtomicUsize>) -> anyhow::Result<usize> {
    let answers = (0..CALLERS_A_CONNECTION).map(async |_| {
        let (voucher, sent) = payer.ledger.next(None);
        let request = PostPaymentRequest {
            request_id: hengji_testkit::request_id(),
            payment: request(&voucher, &sent).payment,
            ..Default::default()
        };
        let mut request = by(&payer.desk, request)?;
        request.set_timeout(PATIENCE * 2);
        match PaymentServiceClient::new(payer.desk.link.clone()).post_payment(request).await {
            Ok(_) => Ok(1),
            Err(status) if status.code() == Code::Unavailable => {
                ensure!(status.get_details_retry_info().is_some(), "refused without a word: {status:?}");
                refused.fetch_add(1, Ordering::Relaxed);
                Ok(0)
            }
            Err(status) => bail!("{voucher}: {status:?}"),
        }
    });
    Ok(try_join_all(answers).await?.into_iter().sum())
}

async fn overload(
    database: &Database,
    (server, platform, auditor): (&Server, &Desk, &Desk),
    projects: &[String],
) -> anyhow::Result<()> {
    let ledger = Ledger::over(projects.to_vec());
    let payer = || anyhow::Ok(Payer { desk: again(platform, server)?, ledger: ledger.clone() });
    let db = database.open("monitoring").await?;
    let mut nobody_stores = db.write().await?;
    if database.label() == "postgresql" {
        nobody_stores.exec("lock table payment in share row exclusive mode", &[]).await?;
    }
    let before = server.resident_kilobytes()?;
    let taken: Vec<_> = (0..STREAMS).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let stop = Arc::new(AtomicBool::new(false));
    let mut streams = Vec::new();
    for (node, taken) in taken.iter().enumerate() {
        streams.push(tokio::spawn(stream(payer()?, node, Arc::clone(taken), Arc::clone(&stop))));
    }
    let refused = Arc::new(AtomicUsize::new(0));
    let mut calls = Vec::new();
    for _ in 0..CALLERS / CALLERS_A_CONNECTION {
        calls.push(tokio::spawn(callers(payer()?, Arc::clone(&refused))));
    }
    let refusing = async {
        while refused.load(Ordering::Relaxed) < REFUSED {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, refusing).await.context("callers are not refused")?;
    totals::compare(auditor, projects).await.context("a reader beside it")?;
    let grown = server.resident_kilobytes()?.saturating_sub(before);
    ensure!(grown < GROWTH, "the process has grown by {grown} kB");
    for taken in &taken {
        let taken = taken.load(Ordering::Relaxed);
        ensure!(taken < ROWS_TAKEN_IN, "{taken} rows of a stream are waiting");
    }

    stop.store(true, Ordering::Relaxed);
    drop(nobody_stores);
    for stream in streams {
        stream.await?.context("a stream that waited")?;
    }
    let mut stored = 0;
    for call in calls {
        stored += call.await??;
    }
    let refused = refused.load(Ordering::Relaxed);
    ensure!(stored > 0 && stored + refused == CALLERS, "{stored} are stored, {refused} refused");
    db.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_payments_are_refused_early_and_cost_little_memory() -> anyhow::Result<()> {
    for database in databases().await? {
        let process = Process::on(&database)?;
        let server = process.start("suite").await?;
        let (people, projects) = process.prepare(&server, 1).await?;
        let auditor = again(&people.auditor, &server)?;
        overload(&database, (&server, &people.platform, &auditor), &projects)
            .await
            .with_context(|| database.label())?;
        let exact = totals::compare(&auditor, &projects).await?;
        ensure!(exact == projects.len(), "somebody still pays");
        server.terminate().await?;
        database.remove().await?;
    }
    Ok(())
}
