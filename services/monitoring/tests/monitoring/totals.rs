//! Totals and their vouchers agree in every state the database was ever in.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;

use futures::StreamExt;
use futures::future::join_all;
use hengji_db::{Db, DbError};
use hengji_kernel::Money;
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::payment_service_client::PaymentServiceClient;
use hengji_testkit::{Database, databases};

use crate::support::*;

/// One state: what each project's position keeps and what its vouchers make, and what the roll-ups make of all of them.
struct State {
    kept: BTreeMap<String, Money>,
    vouchers: BTreeMap<String, Money>,
    rolled_up: Money,
}

async fn state(db: &Db) -> Result<State, DbError> {
    let mut tx = db.read().await?;
    let mut kept = BTreeMap::new();
    for row in tx.all("select name, paid_fen from position", &[]).await? {
        kept.insert(row.text("name")?.replace("/positions/", "/projects/"), row.money("paid_fen")?);
    }
    let mut vouchers: BTreeMap<_, _> = kept.keys().map(|project| (project.clone(), Money::ZERO)).collect();
    let sums = "select project, cast(sum(amount_fen) as bigint) as paid_fen from payment group by project";
    for row in tx.all(sums, &[]).await? {
        vouchers.insert(row.text("project")?, row.money("paid_fen")?);
    }
    let sum = "select cast(coalesce(sum(paid_fen), 0) as bigint) as paid_fen \
               from (select paid_fen from rollup union all select paid_fen from rollup_move) as moved";
    let rolled_up = tx.one(sum, &[]).await?.map_or(Ok(Money::ZERO), |row| row.money("paid_fen"))?;
    Ok(State { kept, vouchers, rolled_up })
}

/// The sum of all projects, on which everything agrees.
async fn look(db: &Db) -> Result<Money, DbError> {
    let State { kept, vouchers, rolled_up } = state(db).await?;
    assert_eq!(kept, vouchers);
    let sum = kept.values().copied().sum();
    assert_eq!(rolled_up, sum);
    Ok(sum)
}

/// Payments and refunds on a stream; every third row is refused.
async fn stream(county: Arc<County>, node: usize) -> anyhow::Result<usize> {
    let rows = (0..150).map(move |number| {
        let project = if (node + number).is_multiple_of(2) { P1 } else { P2 };
        let amount = ["1.01", "-0.40", "0.001"][number % 3];
        let payment = row(&format!("S{node}-{number}"), project, amount, "2021-03-01");
        pb::StreamPaymentsRequest { payment: Some(payment) }
    });
    let request = county.bench.by(&county.rights, futures::stream::iter(rows));
    let answers = PaymentServiceClient::new(county.link()).stream_payments(request).await?.into_inner();
    let outcomes: Vec<_> = answers.collect().await;
    let mut stored = 0;
    for answer in outcomes {
        stored += usize::from(answer?.outcome.unwrap().stored);
    }
    Ok(stored)
}

async fn singles(county: Arc<County>, node: usize) -> anyhow::Result<usize> {
    for number in 0..20 {
        county.pay(row(&format!("W{node}-{number}"), P1, "2", "2021-03-02")).await?;
    }
    Ok(20)
}

/// Two replicas pay; the state is looked at all the while.
async fn story(database: &Database) -> anyhow::Result<()> {
    let (one, other) =
        (Arc::new(County::with_money(database).await?), Arc::new(County::start(database).await?));
    one.issue(P2, "A2", "600", "2021-01-10").await?;
    let writers = (0..4).flat_map(|node| {
        let county = if node % 2 == 0 { &one } else { &other };
        [tokio::spawn(stream(Arc::clone(county), node)), tokio::spawn(singles(Arc::clone(county), node))]
    });
    let mut writers = pin!(join_all(writers.collect::<Vec<_>>()));
    let db = database.open("monitoring").await?;
    let mut sums = BTreeSet::new();
    let stored = loop {
        tokio::select! {
            stored = &mut writers => break stored,
            looked = look(&db) => { sums.insert(looked?); }
        }
    };
    let stored: usize = stored.into_iter().map(|stored| stored?).sum::<anyhow::Result<_>>()?;
    look(&db).await?;
    assert!(sums.len() > 3, "only {} different sums were seen", sums.len());
    assert!(stored > 4 * (50 + 20), "{stored} are stored");
    db.close().await;
    for county in [one, other] {
        Arc::into_inner(county).unwrap().bench.stop().await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_two_replicas_pay_positions_and_rollups_are_the_sum_of_their_vouchers_at_every_moment()
-> anyhow::Result<()> {
    for database in databases().await? {
        story(&database).await?;
        database.remove().await?;
    }
    Ok(())
}
