//! Someone who reads while others pay: at no moment do totals say another sum than their vouchers.

use std::sync::atomic::Ordering;

use anyhow::{Context, ensure};
use futures::future::try_join_all;
use hengji_tests::prepared::REGION;
use hengji_tests::{Desk, Refusal};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tonic::Code;

use crate::payer::Course;

/// What a reader has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Comparisons in all.
    pub(crate) reads: usize,
    /// Those during which nothing was paid, so that the sums were the same to the fen.
    pub(crate) exact: usize,
    /// Rounds that were broken off because the database was away.
    pub(crate) broken: usize,
}

/// What a position says.
struct Kept {
    paid: Decimal,
    etag: Value,
}

/// Reads until the course ends.
pub(crate) async fn read_through(desk: Desk, projects: Vec<String>, course: Course) -> anyhow::Result<Seen> {
    let mut seen = Seen::default();
    while !course.stop.load(Ordering::Relaxed) {
        match compare(&desk, &projects).await {
            Ok(exact) => {
                seen.reads += projects.len();
                seen.exact += exact;
            }
            Err(error) => match error.downcast_ref::<Refusal>() {
                Some(refusal) if refusal.code == Code::Unavailable => seen.broken += 1,
                _ => return Err(error),
            },
        }
    }
    Ok(seen)
}

/// Sums only grow here, so that what the vouchers make lies between what is kept before and what is kept after; where a record
/// did not change in between, it is the same. Says of how many projects that was so.
pub(crate) async fn compare(desk: &Desk, projects: &[String]) -> anyhow::Result<usize> {
    let first = all_kept(desk, projects).await?;
    let recounted = try_join_all(projects.iter().map(|project| {
        let body = json!({ "project": project, "as_of": { "year": 2021, "month": 12, "day": 31 } });
        position(desk, body)
    }))
    .await?;
    let rollup =
        desk.ask("monitoring.PositionService/GetRollup", json!({ "region": REGION, "year": 2021 })).await?;
    let last = all_kept(desk, projects).await?;
    let mut exact = 0;
    for (((project, first), vouchers), last) in projects.iter().zip(&first).zip(&recounted).zip(&last) {
        let sum = vouchers.paid;
        ensure!(
            first.paid <= sum && sum <= last.paid,
            "{project} kept {} and then {}, its vouchers made {sum} in between",
            first.paid,
            last.paid
        );
        if first.etag == last.etag {
            ensure!(sum == last.paid, "{project} keeps {}, its vouchers make {sum}", last.paid);
            exact += 1;
        }
    }
    let total = |kept: &[Kept]| kept.iter().map(|kept| kept.paid).sum::<Decimal>();
    let (first, rolled, last) = (total(&first), paid(&rollup["rollup"])?, total(&last));
    ensure!(first <= rolled && rolled <= last, "positions made {first} and then {last}, the county {rolled}");
    Ok(exact)
}

async fn all_kept(desk: &Desk, projects: &[String]) -> anyhow::Result<Vec<Kept>> {
    try_join_all(projects.iter().map(|project| position(desk, json!({ "project": project })))).await
}

async fn position(desk: &Desk, body: Value) -> anyhow::Result<Kept> {
    let answer = desk.ask("monitoring.PositionService/GetPosition", body).await?;
    let position = &answer["position"];
    Ok(Kept { paid: paid(position)?, etag: position["etag"].clone() })
}

fn paid(record: &Value) -> anyhow::Result<Decimal> {
    Ok(record["paid_yuan"]["value"].as_str().context("paid_yuan")?.parse()?)
}
