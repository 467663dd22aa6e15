//! The process is killed at the moments that matter: right before a commit, while the database commits, and when everything
//! is committed and nobody was told.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, ensure};
use hengji_testkit::{Database, databases};
use hengji_tests::child::Server;
use hengji_tests::{Desk, topology};

use crate::brake::Brake;
use crate::ledger::Ledger;
use crate::payer::{IN_FLIGHT, Payer};
use crate::process::{Process, again};
use crate::withheld::Wire;

const PROJECTS: usize = 2;
/// Acknowledged before the moment comes.
const BEFORE: usize = 5;
/// Longest wait for the moment; met in a fraction of it.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Everything is written and nothing committed.
    BeforeCommit,
    /// The database was told to commit; it does, after the process is dead. PostgreSQL only.
    DuringCommit,
    /// Everything is committed, no answer has arrived.
    BeforeAnswer,
}

/// Waits until as many vouchers are sent as can be on their way, and with `stored` until all of them are stored.
async fn in_flight(ledger: &Ledger, stored: Option<&Desk>) -> anyhow::Result<()> {
    let waiting = async {
        loop {
            let sent = ledger.sent().len();
            let enough = match stored {
                Some(auditor) => ledger.stored(auditor).await?.len() == sent,
                None => true,
            };
            if enough && sent == BEFORE + IN_FLIGHT {
                return anyhow::Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.context("the payments do not get to the point")?
}

/// Pays up to the moment, kills the process there and lets the database find out.
async fn die(
    moment: Moment,
    database: &Database,
    (server, auditor): (Server, &Desk),
    mut payer: Payer,
) -> anyhow::Result<()> {
    let ledger = payer.ledger.clone();
    let wire = Wire::to(&server.endpoint).await?;
    payer.desk.link = topology::remote(&wire.endpoint)?;
    payer.pay(BEFORE).await?; // over the wire, which is open then
    let brake = if moment == Moment::BeforeAnswer {
        wire.hold();
        None
    } else {
        Some(Brake::pull(database).await?)
    };
    let paying = tokio::spawn(payer.pay_until_it_breaks());
    match brake {
        None => {
            in_flight(&ledger, Some(auditor)).await?;
            server.kill().await?;
        }
        Some(mut brake) => {
            in_flight(&ledger, None).await?;
            brake.reached().await?;
            server.kill().await?;
            if moment == Moment::BeforeCommit { brake.roll_back().await? } else { brake.commit().await? }
        }
    }
    paying.await?
}

async fn story(moment: Moment, database: &Database) -> anyhow::Result<()> {
    let process = Process::on(database)?;
    let server = process.start("suite").await?;
    let (people, projects) = process.prepare(&server, PROJECTS).await?;
    let ledger = Ledger::over(projects);
    let payer = Payer { desk: people.platform.clone(), ledger: ledger.clone() };
    die(moment, database, (server, &people.auditor), payer).await?;
    let acknowledged = ledger.acknowledged();
    ensure!(acknowledged.len() == BEFORE, "{} were acknowledged", acknowledged.len());

    let server = process.start("suite").await?;
    let auditor = again(&people.auditor, &server)?;
    let stored = ledger.stored(&auditor).await?;
    let all: BTreeSet<_> = ledger.sent().into_keys().collect();
    let expected = match moment {
        Moment::BeforeCommit => stored == acknowledged,
        Moment::DuringCommit => stored.len() > acknowledged.len(),
        Moment::BeforeAnswer => stored == all,
    };
    ensure!(expected, "{} of {} are stored", stored.len(), all.len());
    ledger.check_stored(&auditor).await.context("after the crash")?;

    let payer = Payer { desk: again(&people.platform, &server)?, ledger: ledger.clone() };
    for (voucher, sent) in ledger.sent() {
        let Some(request_id) = sent.request_id.as_deref().filter(|_| !sent.acknowledged) else { continue };
        let first = payer.post(&voucher, &sent, Some(request_id)).await??;
        ensure!(first["stored"] == true && first["duplicate"] == false, "{voucher} repeated: {first}");
        let second = payer.post(&voucher, &sent, Some(request_id)).await??;
        ensure!(first == second, "{voucher} repeated: {first} and then {second}");
    }
    payer.send_all_again().await.context("repeats")?;
    ledger.check_complete(&auditor).await.context("after repeats")?;
    server.terminate().await
}

async fn on_databases(moment: Moment, databases: Vec<Database>) -> anyhow::Result<()> {
    for database in databases {
        story(moment, &database).await.with_context(|| database.label())?;
        database.remove().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_whose_process_dies_before_the_commit_has_not_happened() -> anyhow::Result<()> {
    on_databases(Moment::BeforeCommit, databases().await?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_committed_after_its_process_died_has_happened_once() -> anyhow::Result<()> {
    let mut databases = databases().await?;
    databases.retain(|database| database.label() == "postgresql");
    on_databases(Moment::DuringCommit, databases).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_whose_answer_was_lost_has_happened_once() -> anyhow::Result<()> {
    on_databases(Moment::BeforeAnswer, databases().await?).await
}
