//! The one way payments are stored: hold many positions, decide all rows, store all of it, in one transaction.

use std::collections::{BTreeMap, HashMap, HashSet};

use hengji_db::{DbError, NewEntry, Stored};
use hengji_kernel::DataScope;
use hengji_rpc::Act;
use serde_json::json;

use super::news::{Told, entry, light};
use crate::domain::{Decision, Funds, Held, Ledger, Outcome, Packs, Payment, PaymentRow, Position};
use crate::error::Refusal;
use crate::rules::Place;
use crate::store::taken_back;

pub(crate) type Row = Result<PaymentRow, Refusal>;

/// Positions held in an open transaction, and what the rows decided so far have made of them.
pub(crate) struct Book {
    ledger: Ledger,
    /// Positions as they were loaded, by project name.
    loaded: BTreeMap<String, Stored<()>>,
}

/// The places whose rules judge these rows.
pub(crate) fn places<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Vec<Place> {
    let rows = rows.into_iter().flatten();
    let mut places: Vec<Place> = rows.map(|row| (row.project.region.clone(), row.project.year)).collect();
    places.sort_unstable();
    places.dedup();
    places
}

impl Book {
    /// Holds the positions the rows touch, wherever they lie, and finds the vouchers that were stored before.
    pub(crate) async fn open<'a>(
        act: &mut Act,
        rows: impl Iterator<Item = &'a Row> + Clone,
    ) -> Result<Self, DbError> {
        let positions: Vec<String> = rows.clone().flatten().map(|row| row.project.position()).collect();
        let found = act.tx.hold_many::<Funds>(&positions, &DataScope::Everything).await?;
        let mut whole = whole(act, &found, rows.clone()).await?;
        let corrected: HashSet<String> = rows.clone().flatten().filter_map(PaymentRow::corrected).collect();
        let corrected: Vec<String> = corrected.into_iter().collect();
        let taken_back = taken_back(&mut act.tx, &corrected).await?;
        let vouchers = rows.flatten().flat_map(|row| [Some(row.resource_name()), row.corrected()]);
        let vouchers: Vec<String> = vouchers.flatten().collect();
        let vouchers = act.tx.load_many::<Payment>(&vouchers, &DataScope::Everything).await?;
        let vouchers: HashMap<_, _> = vouchers
            .into_iter()
            .map(|stored| (stored.record.resource_name(), (stored.record, stored.created_at)))
            .collect();
        let (mut positions, mut loaded) = (BTreeMap::new(), BTreeMap::new());
        for Stored { record, version, created_at, updated_at } in found {
            let project = record.project.name();
            let held = whole.remove(&project).map_or_else(|| Held::Funds(Box::new(record)), Held::Whole);
            loaded.insert(project.clone(), Stored { record: (), version, created_at, updated_at });
            positions.insert(project, held);
        }
        let moves = BTreeMap::new();
        Ok(Self { ledger: Ledger { now: act.now, positions, moves, vouchers, taken_back }, loaded })
    }

    /// The funds of every position held.
    pub(crate) fn funds(&self) -> impl Iterator<Item = &Funds> {
        self.ledger.positions.values().map(|held| &**held)
    }

    /// The funds of a position as the rows decided so far have left them.
    pub(crate) fn funds_of(&self, project: &str) -> Option<Stored<&Funds>> {
        Some(self.position(project)?.map(|held| &**held))
    }

    /// A position as the rows decided so far have left it, as it is or will be stored.
    fn position(&self, project: &str) -> Option<Stored<&Held>> {
        let record = self.ledger.positions.get(project)?;
        let Stored { version, created_at, updated_at, .. } = *self.loaded.get(project)?;
        let moves = self.ledger.moves.get(project).copied().unwrap_or_default();
        Some(Stored { record, version: version + moves, created_at, updated_at })
    }

    /// Decides over rows in their order, after all that were decided before.
    pub(crate) fn decide(&mut self, rows: &[Row], packs: &Packs, scope: &DataScope) -> Decision {
        self.ledger.decide(rows, packs, scope)
    }

    /// Stores vouchers and positions; false if somebody else stored one of the vouchers meanwhile, which changes the
    /// decision.
    pub(crate) async fn write(&self, act: &mut Act, decisions: &[Decision]) -> Result<bool, DbError> {
        let outcomes = decisions.iter().flat_map(|decision| &decision.outcomes);
        let mut payments: Vec<&Payment> = outcomes
            .filter_map(|outcome| match outcome {
                Outcome::Stored { payment, .. } => Some(payment),
                _ => None,
            })
            .collect();
        payments.sort_by_cached_key(|payment| payment.resource_name()); // two writers wait for each other in one order
        if act.tx.insert_many(payments, act.now).await?.contains(&false) {
            return Ok(false);
        }
        let (mut funds, mut whole) = (vec![], vec![]);
        for project in self.ledger.moves.keys() {
            let Some(Stored { record, version, created_at, updated_at }) = self.position(project) else {
                continue;
            };
            match record {
                Held::Funds(record) => {
                    funds.push(Stored { record: &**record, version, created_at, updated_at });
                }
                Held::Whole(record) => {
                    whole.push(Stored { record: &**record, version, created_at, updated_at });
                }
            }
        }
        Ok(act.tx.save_held(funds, act.now).await? && act.tx.save_held(whole, act.now).await?)
    }
}

/// Positions with a row that looks at their results, by project name.
async fn whole<'a>(
    act: &mut Act,
    funds: &[Stored<Funds>],
    rows: impl Iterator<Item = &'a Row>,
) -> Result<HashMap<String, Box<Position>>, DbError> {
    let funds: HashMap<_, _> = funds.iter().map(|stored| (&stored.record.project, &stored.record)).collect();
    let later =
        rows.flatten().filter_map(|row| funds.get(&row.project).filter(|funds| funds.looks_at_results(row)));
    let names: Vec<String> = later.map(|funds| funds.resource_name()).collect();
    let found = act.tx.load_many::<Position>(&names, &DataScope::Everything).await?;
    Ok(found.into_iter().map(|stored| (stored.record.project.name(), Box::new(stored.record))).collect())
}

/// Each payment stored, followed by the lights it changed.
pub(crate) fn news(act: &Act, decision: &Decision) -> Vec<NewEntry> {
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
            "functional_account": row.functional_account,
            "economic_account": row.economic_account,
            "corrects": row.corrects,
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
