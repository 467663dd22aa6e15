//! The report as text and as HTML, from its frozen figures and rows.

use std::collections::BTreeMap;

use hengji_kernel::Money;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use serde::Serialize;

use super::words::wan;
use super::{AnnualReport, Figure, FigureRow};

const TEXT: &str = "annual_report.txt";
const HTML: &str = "annual_report.html";

/// Why a report could not be rendered: a defect of a template.
pub(crate) type Unrenderable = minijinja::Error;

#[derive(Serialize)]
struct FigureView<'a> {
    title: &'a str,
    /// — where there is none.
    value: String,
    unit: &'a str,
    /// In 万元, for amounts.
    wan: String,
    count: i64,
    definition: &'a str,
    note: &'a str,
    /// ※ where an amount is not an ordinary one.
    mark: &'static str,
    rows: Vec<RowView<'a>>,
}

#[derive(Serialize)]
struct RowView<'a> {
    title: &'a str,
    detail: &'a str,
    wan: String,
    note: &'a str,
    mark: &'static str,
}

/// One paragraph of the text for the HTML page.
#[derive(Serialize)]
struct Paragraph<'a> {
    level: u8,
    text: &'a str,
}

fn environment() -> Result<Environment<'static>, Unrenderable> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_auto_escape_callback(
        |name| {
            if name == HTML { AutoEscape::Html } else { AutoEscape::None }
        },
    );
    environment.add_template(TEXT, include_str!("../../../templates/annual_report.txt"))?;
    environment.add_template(HTML, include_str!("../../../templates/annual_report.html"))?;
    Ok(environment)
}

/// The text, from the header fields and the counted figures.
pub(crate) fn text(
    report: &AnnualReport,
    rows: &BTreeMap<String, Vec<FigureRow>>,
) -> Result<String, Unrenderable> {
    let figures: BTreeMap<String, FigureView> =
        report.figures.iter().map(|figure| (figure.id.replace('.', "_"), view(figure, rows))).collect();
    let text = environment()?.get_template(TEXT)?.render(context! {
        title => report.title.as_str(),
        year => report.year.number(),
        next_year => report.year.next().number(),
        cut_off => report.cut_off.to_string(),
        illustrative => report.figures.iter().any(|figure| figure.marked),
        f => Serde(figures),
    })?;
    Ok(text.trim().to_owned() + "\n")
}

/// The page: the frozen text, the list of figures, the rows of those that are listed.
pub(crate) fn html(
    report: &AnnualReport,
    rows: &BTreeMap<String, Vec<FigureRow>>,
) -> Result<String, Unrenderable> {
    let figures: Vec<FigureView> = report.figures.iter().map(|figure| view(figure, rows)).collect();
    let paragraphs: Vec<Paragraph> =
        report.text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(paragraph).collect();
    environment()?.get_template(HTML)?.render(context! {
        title => report.title.as_str(),
        cut_off => report.cut_off.to_string(),
        text_sha256 => report.text_sha256.as_str(),
        paragraphs => Serde(paragraphs),
        figures => Serde(figures),
    })
}

fn paragraph(line: &str) -> Paragraph<'_> {
    let numbered = |text: &str| text.chars().next().is_some_and(|c| "一二三四五六七八九十".contains(c));
    let level = match line.chars().nth(1) {
        Some('、') if numbered(line) => 2,
        _ => u8::from(line.starts_with('（') && line.chars().count() <= 40) * 3,
    };
    Paragraph { level, text: line }
}

fn view<'a>(figure: &'a Figure, rows: &'a BTreeMap<String, Vec<FigureRow>>) -> FigureView<'a> {
    let value = figure.value.map_or_else(|| "—".to_owned(), |value| value.to_string());
    let money = figure.value.filter(|_| figure.unit == "元").and_then(|value| Money::from_yuan(value).ok());
    let listed = rows.get(&figure.id).filter(|_| figure.listed);
    FigureView {
        title: &figure.title,
        wan: money.map_or_else(|| value.clone(), wan),
        value,
        unit: &figure.unit,
        count: figure.row_count,
        definition: &figure.definition,
        note: &figure.note,
        mark: mark(figure.marked),
        rows: listed.into_iter().flatten().map(row).collect(),
    }
}

fn row(row: &FigureRow) -> RowView<'_> {
    RowView {
        title: &row.title,
        detail: &row.detail,
        wan: row.value.map_or_else(String::new, wan),
        note: &row.note,
        mark: mark(row.value.is_some() && !row.note.is_empty()),
    }
}

const fn mark(marked: bool) -> &'static str {
    if marked { "※" } else { "" }
}
