//! Everything that changes something is sent sixteen times at once, all year long, and happens once.

use std::collections::BTreeSet;

use anyhow::ensure;
use futures::future::{join, join_all};
use hengji_rpc::Link;
use hengji_testkit::{Database, databases};
use hengji_tests::storm::{self, Storm};
use hengji_tests::year::Ending;
use hengji_tests::{Running, Topology, journals, year};

/// The year on its own suite, played over whatever `before` puts before the suite's link.
async fn year_behind(database: &Database, before: impl FnOnce(Link) -> Link) -> anyhow::Result<Ending> {
    let running = Running::start(Topology::AllInOne, database).await?;
    let ending = year::play(before(running.link()), running.link(), &running.administrator).await?;
    running.stop().await?;
    Ok(ending)
}

/// The year in a storm that found nothing and left no call out.
async fn stormy_year(database: &Database) -> anyhow::Result<Ending> {
    let storm = Storm::default();
    let ending = year_behind(database, |calm| storm.before(calm)).await;
    let findings = storm.findings();
    ensure!(findings.is_empty(), "{}", findings.join("\n"));
    let ending = ending?;
    let missed: BTreeSet<_> = storm::mutating().difference(&storm.carried_out()).cloned().collect();
    ensure!(missed.is_empty(), "the year does not play these calls: {missed:#?}");
    Ok(ending)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_in_a_storm_of_repeats_ends_like_a_plain_one() -> anyhow::Result<()> {
    let (databases, plain) = (databases().await?, Database::sqlite()?);
    let storms = join_all(databases.iter().map(stormy_year));
    let (stormy, plain) = join(storms, year_behind(&plain, |calm| calm)).await;
    let plain = plain?;
    let mut failures = Vec::new();
    for (stormy, database) in stormy.into_iter().zip(databases) {
        let found = match stormy {
            Err(error) => vec![format!("{error:#}")],
            Ok(stormy) => {
                let mut found = year::differences(&plain.figures, &stormy.figures);
                found.extend(journals::differences(&plain.entries, &stormy.entries));
                found
            }
        };
        failures.extend(found.into_iter().map(|finding| format!("{}: {finding}", database.label())));
        database.remove().await?;
    }
    ensure!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}
