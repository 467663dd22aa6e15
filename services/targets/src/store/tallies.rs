//! Counts and sums over the projects with the assessment that counts for each.

use std::sync::Arc;

use hengji_db::{DbError, Filter, Row, Scoping, Tally, Tx};
use hengji_kernel::{DataScope, Grade};

use crate::domain::{Assessed, ControlFigure, Spent};

pub(crate) async fn assessed(
    tx: &mut Tx,
    scope: &DataScope,
    filter: &Filter,
) -> Result<Vec<Assessed>, DbError> {
    let tally = Tally {
        table: "assessed_project",
        scoping: Scoping::RegionAndUnit,
        groups: &["ex_ante_required", "grade"],
        sums: &["request_fen", "cut_fen"],
    };
    let rows = tx.tally(tally, scope, filter).await?;
    let read = |row: &Row| {
        let grade: Option<String> = row.get("grade")?;
        let grade: Result<Option<Grade>, _> =
            grade.map(|word| serde_json::from_value(word.into())).transpose();
        Ok(Assessed {
            required: row.int("ex_ante_required")? == 1,
            grade: grade.map_err(|cause| DbError::Other(Arc::new(cause)))?,
            count: row.int("records")?,
            requested: row.money("request_fen")?,
            cut: row.money("cut_fen")?,
        })
    };
    rows.iter().map(read).collect()
}

/// What the projects of the figure's department come to. The service itself counts, so no caller's scope applies.
pub(crate) async fn spent(tx: &mut Tx, figure: &ControlFigure) -> Result<Spent, DbError> {
    let tally = Tally {
        table: "assessed_project",
        scoping: Scoping::RegionAndUnit,
        groups: &[],
        sums: &["approved_fen", "cut_fen", "reduced_fen"],
    };
    let filter =
        Filter::new().eq("region", &figure.region).eq("year", figure.year).unit_subtree(&figure.unit);
    let rows = tx.tally(tally, &DataScope::Everything, &filter).await?;
    let Some(row) = rows.first() else { return Ok(Spent::default()) };
    Ok(Spent {
        approved: row.money("approved_fen")?,
        cut: row.money("cut_fen")?,
        reduced: row.money("reduced_fen")?,
    })
}
