//! Tells catalog which indicators an approved target uses. It follows this service's own journal, so that an approval never
//! waits for catalog and none is forgotten while catalog is away: told at least once, counted once.

use futures::StreamExt;
use hengji_chassis::{Job, Progress, persistent};
use hengji_db::{Journal, SealedEntry};
use hengji_kernel::DataScope;
use hengji_rpc::{Acts, Call, Fault, Peers};
use tonic::Code;

use crate::domain::TargetVersion;
use crate::peers::Catalog;
use crate::store::told;

const METHOD: &str = "tell/catalog";
const APPROVED: &str = "target.approved";

#[derive(Clone)]
pub(crate) struct Teller {
    pub(crate) acts: Acts,
    pub(crate) journal: Journal,
    pub(crate) peers: Peers,
    pub(crate) catalog: Catalog,
}

impl Teller {
    pub(crate) fn job(self) -> Job {
        persistent("telling catalog of indicators in use", move |progress| {
            let teller = self.clone();
            async move { teller.follow(progress).await }
        })
    }

    /// Tells of every approval after the last one told.
    async fn follow(&self, progress: Progress) -> Result<(), Fault> {
        let after = told::position(&mut self.acts.db.read().await?).await?;
        let mut entries = self.journal.watch(after);
        while let Some(entry) = entries.next().await {
            let entry = entry?;
            if entry.kind != APPROVED {
                continue;
            }
            match self.tell(&entry).await {
                Err(fault) if matches!(fault.code(), Code::NotFound | Code::InvalidArgument) => {
                    // asking again would not help
                    tracing::warn!(position = entry.position, reason = fault.message(), "not told");
                }
                told => told?,
            }
            let mut tx = self.acts.db.write().await?;
            told::advance(&mut tx, entry.position).await?;
            tx.commit().await?;
            progress.made();
        }
        Ok(())
    }

    /// A first version without common indicators says nothing; a later one may take some back.
    async fn tell(&self, entry: &SealedEntry) -> Result<(), Fault> {
        let version = entry.payload["version"].as_i64().and_then(|version| i32::try_from(version).ok());
        let version = version.ok_or_else(|| Fault::not_found(&entry.subject))?;
        let name = TargetVersion::name_of(&entry.subject, version);
        let stored = self.acts.db.read().await?.load::<TargetVersion>(&name, &DataScope::Everything).await?;
        let target = stored.ok_or_else(|| Fault::not_found(&name))?.record.0;
        let indicators = target.catalog_indicators();
        if version == 1 && indicators.is_empty() {
            return Ok(());
        }
        let call = Call::background("targets", METHOD, self.peers.service_token());
        self.catalog.record_use(&call, &entry.subject, version, indicators).await
    }
}
