//! The real command is killed in the middle of payments, three times, and nothing that was acknowledged is lost or doubled.

mod ledger;
mod payer;

use std::time::Duration;

use anyhow::{Context, ensure};
use hengji_testkit::{Database, databases};
use hengji_tests::child::{self, Server, Variables};
use hengji_tests::{Desk, SERVICES, prepared, topology};
use tempfile::TempDir;

use ledger::Ledger;
use payer::Payer;

const ROUNDS: usize = 3;
/// Acknowledged in a round before the power fails.
const ACKNOWLEDGED: usize = 120;

/// One process with all six services, which can be killed and started again on the same data.
struct Process {
    variables: Variables,
    logs: TempDir,
}

impl Process {
    fn on(database: &Database) -> anyhow::Result<Self> {
        let url =
            |name: &&str| (format!("HENGJI_DATABASE__{}__URL", name.to_uppercase()), database.url(name));
        let mut variables: Variables = SERVICES.iter().map(url).collect();
        variables.push(("HENGJI_MIGRATE".into(), "true".into()));
        Ok(Self { variables, logs: tempfile::tempdir()? })
    }

    async fn start(&self) -> anyhow::Result<Server> {
        let server = Server::start("suite", &[], &self.variables, self.logs.path()).await?;
        topology::ready(&topology::remote(&server.endpoint)?).await?;
        Ok(server)
    }
}

/// The same person at a new connection.
fn again(desk: &Desk, server: &Server) -> anyhow::Result<Desk> {
    Ok(Desk::new(topology::remote(&server.endpoint)?, &desk.token))
}

async fn story(database: &Database) -> anyhow::Result<()> {
    let process = Process::on(database)?;
    let mut server = process.start().await?;
    let administrator =
        child::run(&["token", "--service", "identity"], &process.variables[..1].to_vec()).await?;
    let people = prepared::prepare(topology::remote(&server.endpoint)?, &administrator).await?;
    let ledger = Ledger::default();
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

        server = process.start().await?;
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
