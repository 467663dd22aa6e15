//! What people wrote into a sheet: columns are found by their labels, every cell that cannot be read is named.

use std::collections::{BTreeMap, BTreeSet};

use hengji_kernel::{Decimal, Money};

use super::cells::Cells;
use super::{
    CAUSE_TEXT, CODE, FORECAST, FORECAST_TEXT, FORM_NUMBER, LIKELIHOOD, MEASURE, NOTE, TICK, columns,
};
use crate::domain::{Cause, Entry, Findings, Given, Likelihood};
use crate::error::Refusal;

/// What is given by the sheet of the form with this name.
pub(crate) fn read(workbook: &[u8], form: &str) -> Result<Given, Findings> {
    let whole = |message: String| vec![(String::new(), Refusal::field("workbook", message))];
    let cells = Cells::of(workbook).map_err(|message| whole(message.into()))?;
    let number = beside(&cells, FORM_NUMBER).ok_or_else(|| whole(format!("没有“{FORM_NUMBER}”")))?;
    if number != form {
        return Err(whole(format!("表号是 {number}，不是 {form}")));
    }
    let (head, _) = cells.find(CODE).ok_or_else(|| whole(format!("没有“{CODE}”一列")))?;
    let labels = cells.labels(head);
    let missing: Vec<_> = columns().into_iter().filter(|column| !labels.contains_key(*column)).collect();
    if !missing.is_empty() {
        return Err(whole(format!("缺少列：{}", missing.join("、"))));
    }
    let mut findings = Findings::new();
    let forecast = forecast(&cells).unwrap_or_else(|message| {
        findings.push(("workbook".into(), Refusal::field("forecast_yuan", message)));
        None
    });
    let mut entries = Vec::new();
    for row in head + 1.. {
        let mut line = Line { cells: &cells, labels: &labels, row, findings: &mut findings };
        let code = line.text(CODE, "indicator_code", 60);
        if code.is_empty() {
            break;
        }
        let place = line.place();
        entries.push((place, code, line.entry()));
    }
    if findings.is_empty() { Ok(Given { forecast, entries }) } else { Err(findings) }
}

/// The text right of a label.
fn beside(cells: &Cells, label: &str) -> Option<String> {
    let (row, column) = cells.find(label)?;
    cells.get(row, column + 1).ok()
}

/// 万元 under its label; nothing if it is left blank.
fn forecast(cells: &Cells) -> Result<Option<Money>, String> {
    let (row, column) = cells.find(FORECAST).ok_or_else(|| format!("没有“{FORECAST}”"))?;
    let text = cells.get(row + 1, column)?.replace([',', '，', ' '], "");
    if text.is_empty() {
        return Ok(None);
    }
    let wan = Decimal::from_str_exact(&text).map_err(|_| format!("“{text}”不是数字"))?;
    let yuan = wan.checked_mul(Decimal::from(10_000)).ok_or("金额过大")?;
    Money::from_yuan(yuan).map(Some).map_err(|invalid| invalid.message)
}

/// One row of the sheet.
struct Line<'a> {
    cells: &'a Cells,
    labels: &'a BTreeMap<String, u32>,
    row: u32,
    findings: &'a mut Findings,
}

impl Line<'_> {
    /// Rows are named as a spreadsheet counts them.
    fn place(&self) -> String {
        format!("workbook.rows[{}]", self.row + 1)
    }

    fn find(&mut self, field: &str, message: String) {
        self.findings.push((self.place(), Refusal::field(field, message)));
    }

    fn text(&mut self, label: &str, field: &str, most: usize) -> String {
        let column = self.labels.get(label).copied().unwrap_or_default();
        match self.cells.get(self.row, column) {
            Ok(text) if text.chars().count() > most => {
                self.find(field, format!("“{label}”超过 {most} 字"));
                String::new()
            }
            Ok(text) => text,
            Err(message) => {
                self.find(field, format!("“{label}”：{message}"));
                String::new()
            }
        }
    }

    fn entry(&mut self) -> Entry {
        Entry {
            forecast_text: self.text(FORECAST_TEXT, "forecast_text", 200),
            likelihood: self.likelihood(),
            causes: self.causes(),
            cause_text: self.text(CAUSE_TEXT, "cause_text", 1000),
            measure: self.text(MEASURE, "measure", 1000),
            note: self.text(NOTE, "note", 500),
        }
    }

    fn likelihood(&mut self) -> Option<Likelihood> {
        let text = self.text(LIKELIHOOD, "likelihood", 20);
        let said = match text.as_str() {
            "" => return None,
            "不可能" => Some(Likelihood::Impossible), // as some places print it
            text => Likelihood::ALL.into_iter().find(|likelihood| likelihood.chinese() == text),
        };
        if said.is_none() {
            self.find("likelihood", format!("“{text}”应为 确定能、有可能、完全不可能 之一"));
        }
        said
    }

    fn causes(&mut self) -> BTreeSet<Cause> {
        let mut causes = BTreeSet::new();
        for cause in Cause::ALL {
            match self.text(cause.chinese(), "causes", 20).as_str() {
                "" => {}
                TICK | "✓" | "是" => {
                    causes.insert(cause);
                }
                other => {
                    let message = format!("“{}”只填“{TICK}”或留空，不是“{other}”", cause.chinese());
                    self.find("causes", message);
                }
            }
        }
        causes
    }
}
