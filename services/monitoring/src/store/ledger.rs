//! What was taken back of payments.

use std::collections::HashMap;

use hengji_db::{DbError, Filter, Record, Tally, Tx};
use hengji_kernel::{DataScope, Money};

use crate::domain::Payment;

/// What the corrections stored so far took back of each of these payments, by its name; above 0.
pub(crate) async fn taken_back(tx: &mut Tx, payments: &[String]) -> Result<HashMap<String, Money>, DbError> {
    if payments.is_empty() {
        return Ok(HashMap::new());
    }
    let corrections = Tally {
        table: Payment::TABLE,
        scoping: Payment::SCOPED,
        groups: &["corrects"],
        sums: &["amount_fen"],
    };
    let of_these = Filter::new().one_of("corrects", payments);
    let rows = tx.tally(corrections, &DataScope::Everything, &of_these).await?;
    rows.iter().map(|row| Ok((row.text("corrects")?, -row.money("amount_fen")?))).collect()
}

#[cfg(test)]
mod tests;
