//! PostgreSQL is restarted under two replicas while payments pour in.

use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, ensure};
use futures::future::try_join_all;
use hengji_testkit::{Database, Ending, OwnPostgres};
use hengji_tests::child::Server;

use crate::ledger::Ledger;
use crate::payer::{Course, Payer};
use crate::process::{Process, again};
use crate::totals;

const PROJECTS: usize = 3;
/// Single payers and streams of each replica.
const SINGLES: usize = 2;
const STREAMS: usize = 2;
/// Acknowledged before the first restart, and after each.
const ACKNOWLEDGED: usize = 300;
/// Longest wait for them; met in a fraction of it.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until so many more payments were acknowledged: after a restart, the payers have found their way back.
async fn acknowledged(ledger: &Ledger) -> anyhow::Result<()> {
    let enough = ledger.acknowledged().len() + ACKNOWLEDGED;
    let waiting = async {
        while ledger.acknowledged().len() < enough {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.context("payments are not acknowledged any more")
}

async fn restarts(postgres: &mut OwnPostgres, ledger: &Ledger, course: &Course) -> anyhow::Result<()> {
    acknowledged(ledger).await?;
    for ending in [Ending::Fast, Ending::Immediate] {
        let before = course.stream_breaks.load(Ordering::Relaxed);
        postgres.restart(ending).await?;
        acknowledged(ledger).await.with_context(|| format!("after the restart {ending:?}"))?;
        let broken = course.stream_breaks.load(Ordering::Relaxed) - before;
        ensure!(broken > 0, "the restart {ending:?} has met no stream");
    }
    Ok(())
}

async fn story(postgres: &mut OwnPostgres, database: &Database) -> anyhow::Result<()> {
    let process = Process::on(database)?;
    let replicas = [process.start("one").await?, process.start("other").await?];
    let (people, projects) = process.prepare(&replicas[0], PROJECTS).await?;
    let (ledger, course) = (Ledger::over(projects.clone()), Course::default());
    let mut hands = Vec::new();
    for server in &replicas {
        let payer = Payer { desk: again(&people.platform, server)?, ledger: ledger.clone() };
        hands.extend((0..SINGLES).map(|_| tokio::spawn(payer.clone().one_at_a_time_through(course.clone()))));
        hands.extend((0..STREAMS).map(|_| tokio::spawn(payer.clone().on_streams_through(course.clone()))));
    }
    let readers = replicas.iter().map(|server: &Server| {
        let desk = again(&people.auditor, server)?;
        Ok(tokio::spawn(totals::read_through(desk, projects.clone(), course.clone())))
    });
    let readers: Vec<_> = readers.collect::<anyhow::Result<_>>()?;

    let restarted = restarts(postgres, &ledger, &course).await;
    course.stop.store(true, Ordering::Relaxed);
    try_join_all(hands).await?.into_iter().collect::<anyhow::Result<Vec<()>>>()?;
    restarted?;
    for seen in try_join_all(readers).await? {
        let seen = seen?;
        ensure!(seen.reads > seen.exact, "the reader has not read beside payments: {seen:?}");
    }

    let sent = ledger.sent().len();
    ensure!(ledger.acknowledged().len() == sent, "not all of {sent} payments were acknowledged");
    for server in &replicas {
        ledger.check_complete(&again(&people.auditor, server)?).await?;
    }
    let payer = Payer { desk: again(&people.platform, &replicas[1])?, ledger: ledger.clone() };
    payer.send_all_again().await.context("repeats")?;
    ledger.check_complete(&again(&people.auditor, &replicas[0])?).await.context("after repeats")?;
    for server in replicas {
        server.terminate().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn payers_go_on_after_every_restart_of_postgresql_and_no_payment_is_lost_or_doubled()
-> anyhow::Result<()> {
    let Some(mut postgres) = OwnPostgres::start().await? else { return Ok(()) };
    let database = Database::postgres(postgres.url()).await?;
    story(&mut postgres, &database).await?;
    postgres.stop().await
}
