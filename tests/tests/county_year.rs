//! One county's budget year, from the project library to the annual report, on both databases and both topologies.

use anyhow::{Context, ensure};
use futures::future::join_all;
use hengji_testkit::{Database, databases};
use hengji_tests::year::Ending;
use hengji_tests::{Running, SERVICES, Topology, journals, topology, year};
use tonic_health::pb::health_check_response::ServingStatus;

/// Plays the year on its own suite, which must be well at the end and stop cleanly.
async fn play(topology: Topology, database: &Database) -> anyhow::Result<Ending> {
    let running = Running::start(topology, database).await?;
    let ending = year::play(running.link(), running.link(), &running.administrator).await?;
    for name in SERVICES {
        let status = topology::health(&running.link(), name).await?;
        ensure!(status == ServingStatus::Serving, "{name} is {status:?} after the year");
    }
    running.stop().await?;
    Ok(ending)
}

fn same(first: &Ending, other: &Ending) -> anyhow::Result<()> {
    let differences = year::differences(&first.figures, &other.figures);
    ensure!(differences.is_empty(), "figures:\n{}", differences.join("\n"));
    ensure!(first.report == other.report, "the report reads\n{}\n\nand not\n{}", other.report, first.report);
    let differences = journals::differences(&first.entries, &other.entries);
    ensure!(differences.is_empty(), "journals:\n{}", differences.join("\n"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_year_ends_in_the_same_report_on_both_databases_and_both_topologies() -> anyhow::Result<()> {
    let mut endings = Vec::new();
    for topology in [Topology::AllInOne, Topology::Split] {
        let databases = databases().await?;
        let played = join_all(databases.iter().map(|database| play(topology, database))).await;
        for (ending, database) in played.into_iter().zip(databases) {
            let label = format!("{topology:?} on {}", database.label());
            endings.push((ending.with_context(|| label.clone())?, label));
            database.remove().await?;
        }
    }
    let ((first, _), others) = endings.split_first().context("a first year")?;
    others.iter().try_for_each(|(ending, label)| same(first, ending).with_context(|| label.clone()))
}
