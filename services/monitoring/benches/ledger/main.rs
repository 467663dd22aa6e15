//! Payments and positions beside the limits of the same machine; part of `scripts/benchmark-ledger`, which starts the server
//! and says where `pgbench` is.
//!
//!     ROUNDS SECONDS ROWS URL PGBENCH [ARGUMENTS..]
//!
//! `ROWS` is how many payments two streams bring in the longest run, `URL` the database that the bare tables are in.

#![allow(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "times, not money")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot go on stops")]

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

mod county;
mod limits;
mod load;
mod served;
#[path = "../../tests/monitoring/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the tests use all of it")]
mod support;

use std::time::{Duration, Instant};

use hengji_db::Db;
use hengji_testkit::{Figures, Measured, quotient};

use crate::county::PROJECTS;
use crate::limits::Bare;
use crate::load::{Callers, Keys};
use crate::served::{SERVE, Service};

/// Ratios of every round, in the order of the table.
#[derive(Default)]
struct Table(Vec<(&'static str, Bar, Vec<f64>)>);

#[derive(Clone, Copy)]
enum Bar {
    AtLeast(f64),
    AtMost(f64),
}

impl Table {
    fn add(&mut self, title: &'static str, bar: Bar, value: f64) {
        match self.0.iter_mut().find(|(known, ..)| *known == title) {
            Some((.., values)) => values.push(value),
            None => self.0.push((title, bar, vec![value])),
        }
    }

    fn print(self) {
        println!("\n| figure | median (min..max) | bar | |\n| --- | --- | --- | --- |");
        for (title, bar, values) in self.0 {
            let measured = Measured(values);
            let told = match bar {
                Bar::AtLeast(bar) => measured.at_least(bar),
                Bar::AtMost(bar) => measured.at_most(bar),
            };
            println!("| {title} | {told} |");
        }
    }
}

/// What one round of absolute figures says, for the reader of the log.
fn say(round: u64, what: &str, per_second: f64) {
    println!("round {round}: {what}: {per_second:.0}/s");
}

struct Run {
    rounds: u64,
    seconds: u64,
    rows: u64,
    bare: Bare,
    table: Table,
}

impl Run {
    async fn postgresql(&mut self) -> anyhow::Result<()> {
        let service = Service::start("postgresql", PROJECTS)?;
        let idle = service.peak_megabytes()?;
        let callers = Callers::of(&service)?;
        let own = served::database("postgresql").await?;
        county::open(&own, PROJECTS).await?.bench.stop().await;
        let own_db = own.open("monitoring").await?;
        for round in 0..self.rounds {
            self.bare.refresh().await?;
            self.round(round, &service, &callers, &own_db).await?;
        }
        own_db.close().await;
        own.remove().await?;
        self.memory(&service, &callers, idle).await
    }

    async fn round(
        &mut self,
        round: u64,
        service: &Service,
        callers: &Callers,
        own: &Db,
    ) -> anyhow::Result<()> {
        let seconds = self.seconds;
        let run = format!("R{round}");
        let pgbench = |script, clients| {
            let per_second =
                self.bare.pgbench(&format!("{run}{script}{clients}"), script, clients, seconds)?;
            say(round, &format!("pgbench {script} of {clients}"), per_second);
            anyhow::Ok(per_second)
        };
        let (one, many, crowd) =
            (pgbench("post_uniform", 1)?, pgbench("post_uniform", 64)?, pgbench("post_uniform", 256)?);
        let (hot, reads) = (pgbench("post_hot", 64)?, pgbench("read_total", 64)?);
        let ours = async |name: &str, count, keys| {
            let found = callers.post(&format!("{run}-{name}"), count, seconds, keys).await?;
            say(round, &format!("payments of {count} callers, {name}"), found.per_second(seconds));
            anyhow::Ok(found)
        };
        let (our_one, our_many) =
            (ours("one", 1, Keys::Uniform).await?, ours("many", 64, Keys::Uniform).await?);
        let (our_crowd, our_hot) =
            (ours("crowd", 256, Keys::Uniform).await?, ours("hot", 64, Keys::Hot).await?);
        let positions = callers.positions(64, seconds).await?;
        say(round, "positions of 64 callers", positions.per_second(seconds));
        let sets = self.bare.sets(&run, seconds).await?;
        say(round, "bare sets", sets);
        let own_sets = limits::own(own, &run, seconds).await?;
        say(round, "own sets", own_sets);
        let before = service.processor_micros()?;
        let streamed = self.streamed(round, callers, "kept").await?;
        let spent = service.processor_micros()? - before;
        println!(
            "round {round}: the service's processor time of a streamed payment: {:.0} µs",
            quotient(spent as f64, streamed * seconds as f64)
        );
        rollups(service, false).await?;
        let without = self.streamed(round, callers, "without").await?;
        rollups(service, true).await?;
        let ratio = |ours: &Figures, base| quotient(ours.per_second(seconds), base);
        let mut row = |title, bar, value| self.table.add(title, bar, value);
        row("P1 payments of 64 callers / pgbench of 64", Bar::AtLeast(1.0), ratio(&our_many, many));
        row("P2 payments of 256 callers / pgbench of 256", Bar::AtLeast(2.0), ratio(&our_crowd, crowd));
        row(
            "P3 payments of hot projects, 64 callers / pgbench of 64",
            Bar::AtLeast(2.0),
            ratio(&our_hot, hot),
        );
        row(
            "P3 payments of hot projects / of all projects",
            Bar::AtLeast(0.9),
            quotient(our_hot.per_second(seconds), our_many.per_second(seconds)),
        );
        row("P4 payments of one caller / pgbench of one", Bar::AtLeast(0.75), ratio(&our_one, one));
        row("P5 p99 / p50 of a payment, 64 callers", Bar::AtMost(3.0), our_many.tail());
        row("P6 two streams / sets on our own tables", Bar::AtLeast(0.7), quotient(streamed, own_sets));
        row("P6 two streams / sets on bare tables (L)", Bar::AtLeast(0.5), quotient(streamed, sets));
        row(
            "P9 positions of 64 callers / pgbench key reads of 64",
            Bar::AtLeast(0.5),
            ratio(&positions, reads),
        );
        row("P16 two streams without roll-ups / with them", Bar::AtMost(1.15), quotient(without, streamed));
        Ok(())
    }

    async fn streamed(&self, round: u64, callers: &Callers, name: &str) -> anyhow::Result<f64> {
        let time = Duration::from_secs(self.seconds);
        let per_second =
            callers.stream(&format!("R{round}-{name}"), 2, move |_, began| began.elapsed() >= time).await?;
        say(round, &format!("two streams, roll-ups {name}"), per_second);
        Ok(per_second)
    }

    /// Peak memory, and positions when there are many payments.
    async fn memory(&mut self, service: &Service, callers: &Callers, idle: u64) -> anyhow::Result<()> {
        let _ = service.peak_megabytes()?;
        callers.post("M256", 256, self.seconds, Keys::Uniform).await?;
        let crowd = service.peak_megabytes()?;
        let each = self.rows / 2;
        callers.stream("M-tenth", 2, move |sent, _| sent >= each / 10).await?;
        let tenth = service.peak_megabytes()?;
        callers.stream("M-all", 2, move |sent, _| sent >= each).await?;
        let all = service.peak_megabytes()?;
        println!(
            "peak memory: start {idle} MB, 256 callers {crowd} MB, streams of {} {tenth} MB, of {} {all} MB",
            self.rows / 10,
            self.rows
        );
        let few = Service::start("postgresql", PROJECTS)?;
        let few_callers = Callers::of(&few)?;
        for _ in 0..self.rounds {
            let less = few_callers.positions(64, self.seconds).await?;
            let more = callers.positions(64, self.seconds).await?;
            self.table.add(
                "P9 a position with all these payments / with none, p50",
                Bar::AtMost(1.2),
                more.ratio(&less),
            );
        }
        let megabytes = |value: u64| f64::from(u32::try_from(value).unwrap_or(u32::MAX));
        self.table.add("P17 megabytes at most, 256 callers", Bar::AtMost(96.0), megabytes(crowd));
        self.table.add("P17 megabytes at most, two streams", Bar::AtMost(128.0), megabytes(all));
        self.table.add(
            "P17 two streams / a tenth of them",
            Bar::AtMost(1.1),
            quotient(megabytes(all), megabytes(tenth)),
        );
        Ok(())
    }

    async fn sqlite(&mut self) -> anyhow::Result<()> {
        let service = Service::start("sqlite", PROJECTS)?;
        let callers = Callers::of(&service)?;
        let own = served::database("sqlite").await?;
        county::open(&own, PROJECTS).await?.bench.stop().await;
        let own_db = own.open("monitoring").await?;
        for round in 0..self.rounds {
            let own_sets = limits::own(&own_db, &format!("R{round}"), self.seconds).await?;
            say(round, "sqlite, own sets", own_sets);
            let streamed = self.streamed(round, &callers, "kept").await?;
            let bar = Bar::AtLeast(0.6);
            self.table.add(
                "P6 SQLite: two streams / sets on our own tables",
                bar,
                quotient(streamed, own_sets),
            );
        }
        own_db.close().await;
        own.remove().await
    }
}

/// Switches the triggers that keep roll-ups current.
async fn rollups(service: &Service, kept: bool) -> anyhow::Result<()> {
    let db = Db::open("monitoring", &service.url).await?;
    let mut tx = db.write().await?;
    let switch = if kept { "enable" } else { "disable" };
    tx.exec(&format!("alter table position {switch} trigger position_moved"), &[]).await?;
    tx.commit().await?;
    db.close().await;
    Ok(())
}

async fn run(words: &[String]) -> anyhow::Result<()> {
    if let [serve, label, projects] = words
        && serve == SERVE
    {
        return served::serve(label, projects.parse()?).await;
    }
    let [rounds, seconds, rows, url, pgbench @ ..] = words else {
        anyhow::bail!("ROUNDS SECONDS ROWS URL PGBENCH [ARGUMENTS..]");
    };
    let mut run = Run {
        rounds: rounds.parse()?,
        seconds: seconds.parse()?,
        rows: rows.parse()?,
        bare: Bare::of(pgbench, url.clone()),
        table: Table::default(),
    };
    let began = Instant::now();
    run.postgresql().await?;
    run.sqlite().await?;
    println!("{} s in all", began.elapsed().as_secs());
    run.table.print();
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    tokio::runtime::Runtime::new()?.block_on(run(&words))
}
