use hengji_rules::pack::Light;
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

use super::*;
use crate::domain::{Entry, Likelihood, MonitoringForm};

fn form() -> MonitoringForm {
    crate::domain::sample_form(&[("1", Light::Red), ("2", Light::Green)])
}

fn paths(findings: crate::domain::Findings) -> Vec<String> {
    findings
        .into_iter()
        .map(|(place, refusal)| match refusal {
            crate::error::Refusal::Field { field, .. } => format!("{place}.{field}"),
            other => other.to_string(),
        })
        .collect()
}

/// A sheet as somebody without our writer makes it: cells by row and column, numbers as numbers.
fn workbook(cells: &[(u32, u16, &str)], numbers: &[(u32, u16, f64)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, column, text) in cells {
        sheet.write_string(*row, *column, *text).unwrap();
    }
    for (row, column, number) in numbers {
        sheet.write_number(*row, *column, *number).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

/// The head of a sheet with its columns in row 3, in another order than ours.
fn head(name: &str) -> Vec<(u32, u16, String)> {
    let mut cells = vec![(0, 3, FORM_NUMBER.into()), (0, 4, name.to_owned()), (1, 0, FORECAST.into())];
    cells.extend((0..).zip(columns().into_iter().rev()).map(|(column, label)| (3, column, label.to_owned())));
    cells
}

fn column(label: &str) -> u16 {
    let place = columns().iter().rev().position(|other| *other == label).unwrap();
    u16::try_from(place).unwrap()
}

fn read_with(
    name: &str,
    texts: &[(u32, &str, &str)],
    numbers: &[(u32, u16, f64)],
) -> Result<crate::domain::Given, Vec<String>> {
    let head = head(name);
    let mut cells: Vec<(u32, u16, &str)> =
        head.iter().map(|(row, column, text)| (*row, *column, text.as_str())).collect();
    cells.extend(texts.iter().map(|(row, label, text)| (*row, column(label), *text)));
    read(&workbook(&cells, numbers), "F").map_err(paths)
}

#[test]
fn what_was_written_is_read_again() {
    let mut form = form();
    form.forecast = Some("1234567.89".parse().unwrap());
    form.rows[0].entry = Entry {
        forecast_text: "85公里".into(),
        likelihood: Some(Likelihood::Possible),
        causes: [Cause::Funding, Cause::Other].into(),
        cause_text: "雨季停工".into(),
        measure: "增加施工队".into(),
        note: "另报".into(),
    };
    let given = read(&write(&form, "改善出行").unwrap(), &form.name).unwrap();
    assert_eq!(given.forecast, form.forecast);
    let entries: Vec<_> = given.entries.iter().map(|(_, code, entry)| (code.as_str(), entry)).collect();
    assert_eq!(entries, [("1", &form.rows[0].entry), ("2", &Entry::default())]);
    assert_eq!(given.entries[0].0, "workbook.rows[8]");
}

#[test]
fn a_number_typed_into_a_cell_is_taken_if_it_is_exact() {
    let row = [(4, CODE, "1")];
    assert_eq!(read_with("F", &row, &[(2, 0, 187.57)]).unwrap().forecast, "1875700".parse().ok());
    assert_eq!(read_with("F", &row, &[(2, 0, 0.1)]).unwrap().forecast, "1000".parse().ok());
    for wrong in [1.0 / 3.0, 1e22, 0.000_000_1] {
        assert_eq!(
            read_with("F", &row, &[(2, 0, wrong)]).unwrap_err(),
            ["workbook.forecast_yuan"],
            "{wrong}"
        );
    }
    assert_eq!(read_with("F", &row, &[]).unwrap().forecast, None);
}

#[test]
fn every_cell_that_cannot_be_read_is_named() {
    let long = "长".repeat(201);
    let found = read_with(
        "F",
        &[
            (4, CODE, "1"),
            (4, LIKELIHOOD, "大概"),
            (4, "人员保障", "三人"),
            (5, CODE, "2"),
            (5, LIKELIHOOD, "不可能"),
            (5, FORECAST_TEXT, &long),
        ],
        &[],
    );
    let expected =
        ["workbook.rows[5].likelihood", "workbook.rows[5].causes", "workbook.rows[6].forecast_text"];
    assert_eq!(found.unwrap_err(), expected);
}

#[test]
fn another_forms_sheet_and_other_files_are_refused() {
    assert_eq!(read_with("G", &[(4, CODE, "1")], &[]).unwrap_err(), [".workbook"]);
    assert_eq!(paths(read(b"no workbook", "F").unwrap_err()), [".workbook"]);
    let bare = workbook(&[(0, 0, FORM_NUMBER), (0, 1, "F"), (1, 0, CODE)], &[]);
    assert_eq!(paths(read(&bare, "F").unwrap_err()), [".workbook"]);
    let far = workbook(&[(5000, 0, "x")], &[]);
    assert_eq!(paths(read(&far, "F").unwrap_err()), [".workbook"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2000), cut in 0_usize..8000) {
        let _ = read(&bytes, "F");
        let mut sheet = write(&form(), "目标").unwrap();
        sheet.truncate(cut);
        let _ = read(&sheet, "F");
    }

    #[test]
    fn any_amount_survives_the_sheet(fen in 0_i64..10_000_000_000_000_000) {
        let mut form = form();
        form.forecast = Some(hengji_kernel::Money::from_fen(fen));
        prop_assert_eq!(read(&write(&form, "").unwrap(), &form.name).unwrap().forecast, form.forecast);
    }
}
