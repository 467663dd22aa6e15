//! The one way payments are stored: load many, decide all, store many, in one transaction.

use std::collections::{BTreeMap, HashMap};

use hengji_db::{NewEntry, Stored};
use hengji_kernel::DataScope;
use hengji_rpc::{Act, Call};
use serde_json::json;

use super::news::{Told, entry, light};
use crate::domain::{Decision, Ledger, Outcome, Packs, Payment, PaymentRow, Position};
use crate::error::{Refusal, Trouble};
use crate::rules::{Place, Rules};
use crate::store::{lock_positions, save_positions};

pub(crate) type Row = Result<PaymentRow, Refusal>;

/// Rows decided in an open transaction; stored by [`store`].
pub(crate) struct Posted {
    pub(crate) decision: Decision,
    pub(crate) ledger: Ledger,
    /// Positions as they were loaded, by project name.
    loaded: BTreeMap<String, Stored<Position>>,
}

impl Posted {
    /// The position as it stands after all rows, as it is or will be stored.
    pub(crate) fn position(&self, project: &str) -> Option<Stored<Position>> {
        let loaded = self.loaded.get(project)?;
        let version = loaded.version + i64::from(self.decision.moved.contains(project));
        Some(Stored { record: self.ledger.positions.get(project)?.clone(), version, ..loaded.clone() })
    }
}

/// The places whose rules judge these rows.
pub(crate) fn places(rows: &[Row]) -> Vec<Place> {
    let mut places: Vec<Place> =
        rows.iter().flatten().map(|row| (row.project.region.clone(), row.project.year)).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// Holds the positions the rows touch and decides over all rows in order.
pub(crate) async fn decide(
    act: &mut Act,
    call: &Call,
    rows: &[Row],
    rules: &Rules,
    packs: &Packs,
) -> Result<Posted, Trouble> {
    let mut names: Vec<String> = rows.iter().flatten().map(|row| row.project.position()).collect();
    names.sort_unstable();
    names.dedup();
    lock_positions(&mut act.tx, &names).await?;
    let found = act.tx.load_many::<Position>(&names, &call.scope()).await?;
    if rules.learn(packs, found.iter().map(|stored| &stored.record)) {
        return Err(Trouble::Again);
    }
    let vouchers: Vec<String> = rows.iter().flatten().map(PaymentRow::resource_name).collect();
    let vouchers = act.tx.load_many::<Payment>(&vouchers, &DataScope::Everything).await?;
    let vouchers: HashMap<_, _> = vouchers
        .into_iter()
        .map(|stored| (stored.record.resource_name(), (stored.record, stored.created_at)))
        .collect();
    let loaded: BTreeMap<_, _> =
        found.into_iter().map(|stored| (stored.record.project.name(), stored)).collect();
    let positions = loaded.iter().map(|(name, stored)| (name.clone(), stored.record.clone())).collect();
    let mut ledger = Ledger { now: act.now, positions, vouchers };
    let decision = ledger.decide(rows, packs);
    Ok(Posted { decision, ledger, loaded })
}

/// Stores what was decided: vouchers, positions, news. A voucher somebody else has stored meanwhile changes the decision.
pub(crate) async fn store(act: &mut Act, posted: &Posted) -> Result<(), Trouble> {
    let mut payments: Vec<Payment> = posted
        .decision
        .outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Stored { payment, .. } => Some(payment.clone()),
            _ => None,
        })
        .collect();
    payments.sort_by_cached_key(Payment::resource_name); // two writers wait for each other's vouchers in one order
    if act.tx.insert_many(&payments, act.now).await?.contains(&false) {
        return Err(Trouble::Again);
    }
    let moved: Vec<Stored<Position>> = posted
        .decision
        .moved
        .iter()
        .filter_map(|project| {
            let loaded = posted.loaded.get(project)?;
            Some(Stored { record: posted.ledger.positions.get(project)?.clone(), ..loaded.clone() })
        })
        .collect();
    if !save_positions(&mut act.tx, &moved, act.now).await? {
        return Err(Trouble::Again);
    }
    let entries = news(act, &posted.decision);
    act.tx.append_many(entries).await?;
    Ok(())
}

/// Each payment, followed by the lights it changed.
fn news(act: &Act, decision: &Decision) -> Vec<NewEntry> {
    let mut entries = Vec::with_capacity(decision.outcomes.len());
    let mut changes = decision.changes.iter().peekable();
    for (index, outcome) in decision.outcomes.iter().enumerate() {
        let Outcome::Stored { payment, standing, .. } = outcome else { continue };
        let row = &payment.row;
        let payload = json!({
            "project": standing.project,
            "voucher": row.voucher,
            "amount_yuan": row.amount,
            "pay_date": row.pay_date,
            "paid_yuan": standing.paid,
            "allotted_yuan": standing.allotted,
        });
        let region = &row.project.region;
        let subject = payment.resource_name();
        entries.push(entry(
            act,
            Told {
                kind: "payment.posted",
                subject: subject.clone(),
                region,
                unit: &payment.unit,
                payload,
                reason: "",
            },
        ));
        while let Some((_, change)) = changes.next_if(|(row, _)| *row == index) {
            entries.push(light(act, &row.project, &payment.unit, change, &subject));
        }
    }
    entries
}
