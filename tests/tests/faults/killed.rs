//! The process is killed wherever it happens to be, three times.

use std::time::Duration;

use anyhow::{Context, ensure};
use hengji_testkit::{Database, databases};

use crate::ledger::Ledger;
use crate::payer::Payer;
use crate::process::{Process, again};

const ROUNDS: usize = 3;
/// Acknowledged in a round before the power fails.
const ACKNOWLEDGED: usize = 120;

async fn story(database: &Database) -> anyhow::Result<()> {
    let process = Process::on(database)?;
    let mut server = process.start("suite").await?;
    let (people, projects) = process.prepare(&server, 1).await?;
    let ledger = Ledger::over(projects);
    for round in 1..=ROUNDS {
        let payer = Payer { desk: again(&people.platform, &server)?, ledger: ledger.clone() };
        let paying = tokio::spawn(payer.pay_until_it_breaks());
        let enough = round * ACKNOWLEDGED;
        while ledger.acknowledged().len() < enough {
            ensure!(!paying.is_finished(), "paying ended before the process did: {:?}", paying.await?);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        server.kill().await?;
        paying.await??;

        server = process.start("suite").await?;
        let payer = Payer { desk: again(&people.platform, &server)?, ledger: ledger.clone() };
        let auditor = again(&people.auditor, &server)?;
        ledger.check_stored(&auditor).await.with_context(|| format!("after crash {round}"))?;
        payer.send_all_again().await.with_context(|| format!("repeats {round}"))?;
        ledger.check_complete(&auditor).await.with_context(|| format!("after repeats {round}"))?;
    }
    server.terminate().await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_acknowledged_payment_is_lost_or_doubled_when_the_process_is_killed() -> anyhow::Result<()> {
    for database in databases().await? {
        story(&database).await.with_context(|| database.label())?;
        database.remove().await?;
    }
    Ok(())
}
