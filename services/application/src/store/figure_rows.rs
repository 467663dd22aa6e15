//! The frozen rows behind a report's figures.

use std::collections::{BTreeMap, HashMap};

use hengji_db::{DbError, Row, Tx, Value};
use hengji_kernel::Money;

use crate::domain::FigureRow;

const COLUMNS: &str = "ordinal, subject, title, unit, value_fen, detail, note";

pub(crate) async fn store(
    tx: &mut Tx,
    report: &str,
    figures: impl Iterator<Item = (&str, &[FigureRow])>,
) -> Result<(), DbError> {
    let mut values: Vec<Vec<Value>> = Vec::new();
    for (figure, rows) in figures {
        for (ordinal, row) in (1_i64..).zip(rows) {
            values.push(vec![
                report.into(),
                figure.into(),
                ordinal.into(),
                (&row.subject).into(),
                (&row.title).into(),
                (&row.unit).into(),
                row.value.into(),
                (&row.detail).into(),
                (&row.note).into(),
            ]);
        }
    }
    let head = format!("insert into figure_row (report, figure, {COLUMNS}) values");
    tx.bulk(&head, &values, "").await?;
    Ok(())
}

/// Number and sum of the stored rows, by figure.
pub(crate) async fn totals(tx: &mut Tx, report: &str) -> Result<HashMap<String, (i64, Money)>, DbError> {
    let select = "select figure, count(*) as stored, cast(coalesce(sum(value_fen), 0) as bigint) as fen
        from figure_row where report = $1 group by figure";
    let rows = tx.all(select, &[report.into()]).await?;
    rows.iter().map(|row| Ok((row.text("figure")?, (row.int("stored")?, row.money("fen")?)))).collect()
}

/// The next rows of a figure after an ordinal, at most `limit`, each with its ordinal.
pub(crate) async fn page(
    tx: &mut Tx,
    report: &str,
    figure: &str,
    after: i64,
    limit: usize,
) -> Result<Vec<(i64, FigureRow)>, DbError> {
    let select = format!(
        "select {COLUMNS} from figure_row where report = $1 and figure = $2 and ordinal > $3 order by ordinal limit $4"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = tx.all(&select, &[report.into(), figure.into(), after.into(), limit.into()]).await?;
    rows.iter().map(|row| Ok((row.int("ordinal")?, read(row)?))).collect()
}

/// All rows of the named figures.
pub(crate) async fn of_figures(
    tx: &mut Tx,
    report: &str,
    figures: impl Iterator<Item = &str>,
) -> Result<BTreeMap<String, Vec<FigureRow>>, DbError> {
    let mut found = BTreeMap::new();
    for figure in figures {
        let rows = page(tx, report, figure, 0, usize::MAX).await?;
        found.insert(figure.to_owned(), rows.into_iter().map(|(_, row)| row).collect());
    }
    Ok(found)
}

fn read(row: &Row) -> Result<FigureRow, DbError> {
    Ok(FigureRow {
        subject: row.text("subject")?,
        title: row.text("title")?,
        unit: row.text("unit")?,
        value: row.get("value_fen")?,
        detail: row.text("detail")?,
        note: row.text("note")?,
    })
}
