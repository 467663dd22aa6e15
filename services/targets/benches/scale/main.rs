//! Gates, pages, filings and budgets on a database with a million targets beside one with ten thousand; part of
//! `scripts/benchmark-gates`, which starts the server and says where `pgbench` is.
//!
//!     TARGETS ROUNDS SECONDS PGBENCH [ARGUMENTS..]
//!
//! A region always has ten thousand targets: the larger database has more regions.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot go on stops")]

#[path = "../../tests/targets/catalog.rs"]
mod catalog;
#[path = "../../tests/targets/common.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod common;
mod county;
mod load;
#[path = "../../tests/targets/words.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod words;

use anyhow::Context;
use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::budget_service_client::BudgetServiceClient;
use hengji_targets::SERVICE;
use hengji_testkit::{Bench, Database, Figures, Measured, Served, databases, pgbench, quotient, request_id};

use crate::common::{COUNTY, gates, platform, targets};
use crate::county::{FILED_AT_ONCE, PER_REGION};

/// Calls of one kind, one after the other, on each database.
const CALLS: usize = 200;
const CALLERS: usize = 64;

/// A database of so many targets, and the service on it.
struct Stand {
    database: Database,
    bench: Bench,
}

impl Stand {
    async fn with(targets: u64, rounds: u64) -> anyhow::Result<Self> {
        let found = databases().await?.into_iter().find(|one| one.label() == "postgresql");
        let database = found.context("HENGJI_TEST_POSTGRES is not set")?;
        let bench = Bench::start(&SERVICE, &database, vec![("catalog", catalog::stand_in())]).await?;
        county::fill(&bench, &database, targets, rounds).await?;
        Ok(Self { database, bench })
    }

    async fn remove(self) -> anyhow::Result<()> {
        self.bench.stop().await;
        self.database.remove().await
    }
}

/// The calls whose cost must not grow with the database.
#[derive(Clone, Copy)]
enum Kind {
    FirstPage,
    UnitPage,
    StatePage,
    Gate,
    ThousandGates,
}

impl Kind {
    const ALL: [(Self, &'static str); 5] = [
        (Self::FirstPage, "a page of 100 targets of a region and year"),
        (Self::UnitPage, "all 50 approved targets of a unit"),
        (Self::StatePage, "a page of 100 approved targets of a department"),
        (Self::Gate, "a gate"),
        (Self::ThousandGates, "a thousand gates in one call"),
    ];

    async fn call(self, bench: &Bench, number: usize) -> anyhow::Result<()> {
        let region = COUNTY.to_owned();
        let page = pb::ListTargetsRequest { region, year: 2026, ..Default::default() };
        let list = async |request| targets(bench).list_targets(bench.by(&unit_reader(), request)).await;
        let (answered, expected) = match self {
            Self::FirstPage => (list(page).await?.into_inner().targets.len(), 100),
            Self::UnitPage => {
                let unit = county::unit(number as u64);
                let state = pb::TargetState::Approved.into();
                (list(pb::ListTargetsRequest { unit, state, ..page }).await?.into_inner().targets.len(), 50)
            }
            Self::StatePage => {
                let unit = county::unit(number as u64)[..3].to_owned();
                let state = pb::TargetState::Approved.into();
                (list(pb::ListTargetsRequest { unit, state, ..page }).await?.into_inner().targets.len(), 100)
            }
            Self::Gate => {
                let project = county::project(number as u64 * 37 % PER_REGION);
                let request = pb::CheckGateRequest { project, kind: pb::GateKind::FundIssue.into() };
                let answer = gates(bench).check_gate(bench.by(&platform(), request)).await?.into_inner();
                (usize::from(answer.verdict.is_some_and(|verdict| verdict.allowed)), 1)
            }
            Self::ThousandGates => {
                let first = number as u64 * 1000 % PER_REGION;
                let projects = (first..first + 1000).map(county::project).collect();
                let request = pb::BatchCheckGatesRequest { projects, kind: pb::GateKind::FundIssue.into() };
                (
                    gates(bench)
                        .batch_check_gates(bench.by(&platform(), request))
                        .await?
                        .into_inner()
                        .verdicts
                        .len(),
                    1000,
                )
            }
        };
        // one unit holds the original besides its copies
        anyhow::ensure!(
            (expected..=expected + 1).contains(&answered),
            "answered {answered}, expected {expected}"
        );
        Ok(())
    }
}

fn unit_reader() -> hengji_testkit::Rights {
    hengji_testkit::Rights::of("reader").may(&["targets.read"], COUNTY)
}

/// Alternating, so that what else the machine does falls on both.
async fn grown(small: &Bench, large: &Bench, kind: Kind) -> anyhow::Result<(Figures, Figures)> {
    let calls = if matches!(kind, Kind::ThousandGates) { CALLS / 10 } else { CALLS };
    let (mut few, mut many) = (Figures::default(), Figures::default());
    for number in 0..calls {
        few.time(kind.call(small, number)).await?;
        many.time(kind.call(large, number)).await?;
    }
    Ok((few, many))
}

/// A department's filing: 500 targets with their budget in one call.
async fn file(bench: &Bench, round: u64) -> anyhow::Result<()> {
    let names = county::drafts(round).collect();
    let request = pb::FileTargetsRequest { request_id: request_id(), validate_only: false, names };
    let filed = targets(bench).file_targets(bench.by(&county::declarer(), request)).await?.into_inner();
    anyhow::ensure!(filed.targets.len() == FILED_AT_ONCE as usize, "not all were filed");
    Ok(())
}

/// The same from nothing: 500 projects and their targets as one call.
async fn file_budget(bench: &Bench, round: u64) -> anyhow::Result<()> {
    let mut client = BudgetServiceClient::new(bench.link());
    let request = bench.by(&county::declarer(), county::budget(round));
    let filed = client.file_budget(request).await?.into_inner();
    anyhow::ensure!(filed.targets.len() == FILED_AT_ONCE as usize, "not all were filed");
    Ok(())
}

/// Transactions a second of `pgbench`'s own key read, as many callers for as long.
fn key_read(words: &[String], seconds: u64) -> anyhow::Result<f64> {
    let (callers, seconds) = (CALLERS.to_string(), seconds.to_string());
    pgbench(words, &["-S", "-M", "prepared", "-n", "-j", "2", "-c", &callers, "-T", &seconds])
}

async fn run(words: &[String]) -> anyhow::Result<()> {
    let [targets, rounds, seconds, place @ ..] = words else {
        anyhow::bail!("TARGETS ROUNDS SECONDS PGBENCH [ARGUMENTS..]");
    };
    let (targets, rounds, seconds) = (targets.parse()?, rounds.parse()?, seconds.parse()?);
    let small = Stand::with(PER_REGION, rounds).await?;
    let large = Stand::with(targets, rounds).await?;
    println!("\n| call, one after the other | p50 with 10,000 | p50 with {targets} | ratio | bar | |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for (kind, title) in Kind::ALL {
        let (few, many) = grown(&small.bench, &large.bench, kind).await?;
        println!(
            "| {title} | {} | {} | {} |",
            few.p50(),
            many.p50(),
            Measured(vec![many.ratio(&few)]).at_most(1.2)
        );
    }
    let (mut filings, mut budgets) = (Figures::default(), Figures::default());
    let (mut tails, mut reads) = (vec![], vec![]);
    let served = Served::start(large.bench.link()).await?;
    let callers = load::Callers::of(&served, &large.bench)?;
    for round in 0..rounds {
        filings.time(file(&large.bench, round)).await?;
        budgets.time(file_budget(&large.bench, round)).await?;
        let key_reads = key_read(place, seconds)?;
        let found = callers.gates(CALLERS, seconds).await?;
        reads.push(quotient(found.per_second(seconds), key_reads));
        tails.push(found.tail());
        println!("round {round}: {:.0} gates/s, {key_reads:.0} key reads/s", found.per_second(seconds));
    }
    served.stop().await?;
    println!("\n| figure | median (min..max) | bar | |\n| --- | --- | --- | --- |");
    println!(
        "| gates a second / pgbench key reads a second, 64 callers | {} |",
        Measured(reads).at_least(0.5)
    );
    println!("| p99 / p50 of a gate, 64 callers | {} |", Measured(tails).at_most(3.0));
    println!("| filing 500 targets in one call, seconds | {} |", Measured(filings.seconds()).at_most(1.0));
    println!(
        "| FileBudget: 500 projects and their targets in one call, seconds | {} |",
        Measured(budgets.seconds()).at_most(1.0)
    );
    small.remove().await?;
    large.remove().await
}

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    tokio::runtime::Runtime::new()?.block_on(run(&words))
}
