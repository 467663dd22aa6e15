//! What the payers know: what they sent, and what was acknowledged to them. And whether the suite agrees.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, ensure};
use hengji_tests::{Desk, journals};
use rust_decimal::Decimal;
use serde_json::json;

/// A voucher on its way.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// Of a unary call; none on a stream.
    pub(crate) request_id: Option<String>,
    pub(crate) project: String,
    pub(crate) amount: Decimal,
    pub(crate) acknowledged: bool,
}

#[derive(Clone)]
pub(crate) struct Ledger {
    sent: Arc<Mutex<BTreeMap<String, Sent>>>,
    projects: Arc<Vec<String>>,
}

impl Ledger {
    /// Vouchers are spread over the projects, one after the other.
    pub(crate) fn over(projects: Vec<String>) -> Self {
        Self { sent: Arc::default(), projects: Arc::new(projects) }
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<String, Sent>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next voucher, written down before it is sent.
    pub(crate) fn next(&self, request_id: Option<String>) -> (String, Sent) {
        let mut sent = self.open();
        let number = sent.len() + 1;
        let amount = Decimal::new(i64::try_from(number % 1000).unwrap_or(1) * 7 + 1, 2);
        let project = self.projects[number % self.projects.len()].clone();
        let entry = Sent { request_id, project, amount, acknowledged: false };
        let voucher = format!("V{number:06}");
        sent.insert(voucher.clone(), entry.clone());
        (voucher, entry)
    }

    pub(crate) fn acknowledge(&self, voucher: &str) {
        if let Some(entry) = self.open().get_mut(voucher) {
            entry.acknowledged = true;
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.open().len()
    }

    pub(crate) fn sent(&self) -> BTreeMap<String, Sent> {
        self.open().clone()
    }

    pub(crate) fn acknowledged(&self) -> BTreeSet<String> {
        let sent = self.open();
        sent.iter().filter(|(_, entry)| entry.acknowledged).map(|(voucher, _)| voucher.clone()).collect()
    }

    /// Everything acknowledged is stored once with its amount, positions and journals agree.
    pub(crate) async fn check_stored(&self, auditor: &Desk) -> anyhow::Result<()> {
        let stored = self.stored(auditor).await?;
        for voucher in self.acknowledged() {
            ensure!(stored.contains(&voucher), "{voucher} was acknowledged and is not stored");
        }
        let sent = self.sent();
        for project in self.projects.iter() {
            let of_project =
                sent.iter().filter(|(voucher, entry)| entry.project == *project && stored.contains(*voucher));
            let sum: Decimal = of_project.map(|(_, entry)| entry.amount).sum();
            let position =
                auditor.ask("monitoring.PositionService/GetPosition", json!({ "project": project })).await?;
            let paid = position["position"]["paid_yuan"]["value"].as_str().context("paid_yuan")?;
            ensure!(paid.parse::<Decimal>()? == sum, "{project} says {paid}, its vouchers make {sum}");
        }
        let told = journals::told(auditor, "monitoring", "payment.posted").await?;
        ensure!(told == stored.len(), "the journal tells of {told} payments, {} are stored", stored.len());
        journals::verify(auditor).await
    }

    /// Besides, everything sent is stored by now.
    pub(crate) async fn check_complete(&self, auditor: &Desk) -> anyhow::Result<()> {
        self.check_stored(auditor).await?;
        let (stored, sent) = (self.stored(auditor).await?, self.sent());
        ensure!(stored.len() == sent.len(), "{} are stored, {} were sent", stored.len(), sent.len());
        Ok(())
    }

    /// Vouchers as listed; each once, none that was never sent, each with its project and amount.
    pub(crate) async fn stored(&self, auditor: &Desk) -> anyhow::Result<BTreeSet<String>> {
        let body = json!({ "page_size": 300 });
        let rows = auditor.list("monitoring.PaymentService/ListPayments", "payments", body).await?;
        let (sent, mut stored) = (self.sent(), BTreeSet::new());
        for row in rows {
            let voucher = row["voucher"].as_str().context("a voucher")?.to_owned();
            let entry = sent.get(&voucher).with_context(|| format!("nobody sent {voucher}"))?;
            let amount: Decimal = row["amount_yuan"]["value"].as_str().context("an amount")?.parse()?;
            ensure!(row["project"] == *entry.project, "{voucher} is stored for {}", row["project"]);
            ensure!(amount == entry.amount, "{voucher} is stored with {amount}, not {}", entry.amount);
            ensure!(stored.insert(voucher.clone()), "{voucher} is listed twice");
        }
        Ok(stored)
    }
}
