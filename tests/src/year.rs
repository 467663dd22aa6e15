//! A county's year played to its end, and what is left of it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};
use hengji::demo::{self, Outcome, Quiet};
use hengji_rpc::Link;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use crate::Desk;
use crate::journals::{self, Counts};

/// What must be the same whichever way the year was played.
pub struct Ending {
    pub report: String,
    pub figures: BTreeMap<String, String>,
    pub entries: Counts,
}

/// Plays the year over `link`, opens every figure, and verifies every journal. `calm` reaches the same suite for the looks
/// taken afterwards.
pub async fn play(link: Link, calm: Link, administrator: &str) -> anyhow::Result<Ending> {
    let outcome = demo::play(link, administrator, &Quiet).await?;
    ensure!(!outcome.figures.is_empty(), "a report without figures");
    let auditor = auditor(calm, administrator).await?;
    open_figures(&auditor, &outcome).await?;
    let entries = journals::counts(&auditor).await?;
    journals::verify(&auditor).await?;
    Ok(Ending { report: outcome.report_text, figures: outcome.figures, entries })
}

/// Where two years' figures differ, one line each.
pub fn differences(expected: &BTreeMap<String, String>, found: &BTreeMap<String, String>) -> Vec<String> {
    let ids: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let differing = ids.into_iter().filter(|id| expected.get(*id) != found.get(*id));
    differing.map(|id| format!("{id}: {:?}, not {:?}", found.get(id), expected.get(id))).collect()
}

/// Someone who may read everything, hired after the year is over.
pub async fn auditor(link: Link, administrator: &str) -> anyhow::Result<Desk> {
    Desk::new(link, administrator).hire("the-tests-auditor", "", "auditor", ("000000000", "")).await
}

/// Every figure of the report opens to its rows, and the rows make the figure.
async fn open_figures(auditor: &Desk, outcome: &Outcome) -> anyhow::Result<()> {
    let name = &outcome.report_name;
    let answer =
        auditor.ask("application.AnnualReportService/GetAnnualReport", json!({ "name": name })).await?;
    let figures = answer["report"]["figures"].as_array().context("figures")?;
    ensure!(figures.len() == outcome.figures.len(), "the report has other figures than the outcome");
    for figure in figures {
        let id = figure["figure_id"].as_str().context("a figure has an id")?;
        let said = outcome.figures.get(id).with_context(|| format!("{id} is not in the outcome"))?;
        let value = decimal(&figure["value"])?;
        ensure!(value == Some(said.parse()?), "{id} is {value:?} in the report and {said} in the outcome");
        let body = json!({ "report": name, "figure_id": id, "page_size": 7 });
        let rows = auditor.list("application.AnnualReportService/ListFigureRows", "rows", body).await?;
        ties_out(figure, &rows, figures).with_context(|| format!("figure {id}: {figure}"))?;
    }
    Ok(())
}

/// A count is the number of its rows, an amount their sum; a share has its own rows over the figure its definition names.
fn ties_out(figure: &Value, rows: &[Value], all: &[Value]) -> anyhow::Result<()> {
    ensure!(figure["row_count"] == json!(rows.len()), "{} rows lie behind it", rows.len());
    let value = decimal(&figure["value"])?.context("a figure has a value")?;
    let values = rows.iter().map(|row| decimal(&row["value"])).collect::<anyhow::Result<Vec<_>>>()?;
    let sum: Decimal = values.iter().flatten().sum();
    let count = Decimal::from(rows.len());
    let expected = match figure["unit"].as_str() {
        Some("个") => count,
        Some("元") => sum,
        _ => {
            let whole = denominator(figure, all)?;
            let part = if whole["unit"] == "个" { count } else { sum };
            let whole = decimal(&whole["value"])?.context("a denominator has a value")?;
            (part * Decimal::ONE_HUNDRED / whole)
                .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
        }
    };
    ensure!(value == expected, "its rows make {expected}");
    Ok(())
}

/// The figure whose title stands after ÷ in the definition.
fn denominator<'a>(figure: &Value, all: &'a [Value]) -> anyhow::Result<&'a Value> {
    let definition = figure["definition"].as_str().unwrap_or_default();
    let (_, rest) = definition.split_once(" ÷ ").context("a share says what it is a share of")?;
    let title = rest.split(['（', '；']).next().unwrap_or_default();
    all.iter().find(|other| other["title"] == title).with_context(|| format!("no figure is called {title}"))
}

fn decimal(value: &Value) -> anyhow::Result<Option<Decimal>> {
    match value["value"].as_str() {
        None | Some("") => Ok(None),
        Some(text) => Ok(Some(Decimal::from_str_exact(text)?)),
    }
}
