//! The six journals: whether they are whole, and what they say.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::json;

use crate::{Desk, SERVICES};

/// How many entries of each kind, by service and kind.
pub type Counts = BTreeMap<(String, String), usize>;

/// Every journal's chain is intact from its first entry to its head.
pub async fn verify(auditor: &Desk) -> anyhow::Result<()> {
    for service in SERVICES {
        let found = auditor.ask("common.JournalService/VerifyJournal", json!({ "service": service })).await?;
        ensure!(found["intact"] == true, "the journal of {service} is broken: {found}");
        ensure!(
            found["checked"] == found["head_position"],
            "the journal of {service} was not checked whole: {found}"
        );
    }
    Ok(())
}

/// Counted once nothing follows any more: what one service tells, another takes in a moment later.
pub async fn counts(auditor: &Desk) -> anyhow::Result<Counts> {
    let mut counted = count(auditor).await?;
    loop {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let again = count(auditor).await?;
        if again == counted {
            return Ok(counted);
        }
        counted = again;
    }
}

async fn count(auditor: &Desk) -> anyhow::Result<Counts> {
    let mut counts = Counts::new();
    for service in SERVICES {
        let body = json!({ "service": service, "page_size": 1000 });
        for entry in auditor.list("common.JournalService/ListEntries", "entries", body).await? {
            let kind = entry["kind"].as_str().context("an entry has a kind")?;
            *counts.entry((service.to_owned(), kind.to_owned())).or_default() += 1;
        }
    }
    Ok(counts)
}

/// How often a service tells of one kind, whatever may still follow elsewhere.
pub async fn told(auditor: &Desk, service: &str, kind: &str) -> anyhow::Result<usize> {
    let body = json!({ "service": service, "kinds": [kind], "page_size": 1000 });
    Ok(auditor.list("common.JournalService/ListEntries", "entries", body).await?.len())
}

/// What is told once or twice as the moment falls: news of a target and of its addition that arrive together move a position
/// once. Where it lands is in the position, and so in the figures.
const AS_THE_MOMENT_FALLS: [(&str, &str); 1] = [("monitoring", "position.rebased")];

/// Where two counts differ, one line each.
pub fn differences(expected: &Counts, found: &Counts) -> Vec<String> {
    let keys: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let of = |counts: &Counts, key: &(String, String)| {
        let count = counts.get(key).copied().unwrap_or_default();
        let timed = AS_THE_MOMENT_FALLS.iter().any(|(service, kind)| key.0 == *service && key.1 == *kind);
        if timed { count.min(1) } else { count }
    };
    keys.into_iter()
        .filter(|key| of(expected, key) != of(found, key))
        .map(|key| format!("{} {}: {} entries, not {}", key.0, key.1, of(found, key), of(expected, key)))
        .collect()
}
