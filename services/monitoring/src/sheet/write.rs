//! The form as an XLSX workbook of one sheet.

use hengji_rules::exact::plain;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::{FORECAST, FORM_NUMBER, TICK, columns};
use crate::domain::{Cause, FormRow, Likelihood, MonitoringForm, rate_percent};

const TITLE: &str = "项目支出绩效目标执行监控表";

/// Last column, counted from 0.
fn last_column() -> u16 {
    u16::try_from(columns().len()).unwrap_or(u16::MAX).saturating_sub(1)
}

struct Look {
    title: Format,
    label: Format,
    text: Format,
}

impl Look {
    fn new() -> Self {
        let cell = Format::new()
            .set_border(FormatBorder::Thin)
            .set_text_wrap()
            .set_align(FormatAlign::VerticalCenter);
        Self {
            title: Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center),
            label: cell.clone().set_bold().set_align(FormatAlign::Center),
            // text, also for what looks like a number
            text: cell.set_num_format("@"),
        }
    }
}

/// Amounts stand in 万元 with all their decimals. `goal` is the annual goal of the target.
pub(crate) fn write(form: &MonitoringForm, goal: &str) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let day = form.cut_off;
    let year = u16::try_from(day.year()).unwrap_or_default();
    let made = ExcelDateTime::from_ymd(year, day.month(), day.day())?;
    workbook.set_properties(&DocProperties::new().set_title(TITLE).set_creation_datetime(&made));
    let look = Look::new();
    let sheet = workbook.add_worksheet().set_name("监控表")?;
    for column in 0..=last_column() {
        sheet.set_column_width(column, 14_u32)?;
    }
    let rows = head(sheet, &look, form, goal)?;
    for (column, label) in (0..).zip(columns()) {
        sheet.write_string_with_format(rows, column, label, &look.label)?;
    }
    for (row, of) in (rows + 1..).zip(&form.rows) {
        for (column, text) in (0..).zip(texts(of)) {
            sheet.write_string_with_format(row, column, text, &look.text)?;
        }
    }
    workbook.save_to_buffer()
}

/// Everything above the indicators; says in which row they begin.
fn head(sheet: &mut Worksheet, look: &Look, form: &MonitoringForm, goal: &str) -> Result<u32, XlsxError> {
    let last = last_column();
    sheet.merge_range(0, 0, 0, last, TITLE, &look.title)?;
    let round = format!("{}（截止 {}）", form.round_title, form.cut_off);
    pairs(sheet, look, 1, &[("监控批次", &round), (FORM_NUMBER, &form.name)])?;
    let department = form.unit.department();
    pairs(
        sheet,
        look,
        2,
        &[
            ("项目名称", &form.title),
            ("主管部门代码", department.as_str()),
            ("实施单位代码", form.unit.as_str()),
        ],
    )?;
    let figures = &form.figures;
    let rate = rate_percent(figures.paid, figures.budget).map(|rate| format!("{}%", plain(rate)));
    let money = [
        ("年初预算数（万元）", plain(figures.initial.wan())),
        ("调整后预算数（万元）", plain(figures.budget.wan())),
        ("截止日执行数（万元）", plain(figures.paid.wan())),
        ("执行率", rate.unwrap_or_default()),
        (FORECAST, form.forecast.map(|forecast| plain(forecast.wan())).unwrap_or_default()),
    ];
    for (column, (label, value)) in (0..).zip(money) {
        sheet.write_string_with_format(3, column, label, &look.label)?;
        sheet.write_string_with_format(4, column, value, &look.text)?;
    }
    sheet.write_string_with_format(5, 0, "年度总体目标", &look.label)?;
    sheet.merge_range(5, 1, 5, last, goal, &look.text)?;
    Ok(6)
}

/// Labels, each with its value over the two columns behind it.
fn pairs(sheet: &mut Worksheet, look: &Look, row: u32, pairs: &[(&str, &str)]) -> Result<(), XlsxError> {
    for (column, (label, value)) in (0..).step_by(5).zip(pairs) {
        sheet.write_string_with_format(row, column, *label, &look.label)?;
        sheet.merge_range(row, column + 1, row, column + 4, value, &look.text)?;
    }
    Ok(())
}

/// The cells of an indicator, as [`columns`] names them.
fn texts(row: &FormRow) -> Vec<&str> {
    let entry = &row.entry;
    let mut texts = vec![
        row.code.as_str(),
        &row.level1,
        &row.level2,
        &row.title,
        &row.target_text,
        &row.actual_text,
        &entry.forecast_text,
        entry.likelihood.map_or("", Likelihood::chinese),
    ];
    texts.extend(Cause::ALL.map(|cause| if entry.causes.contains(&cause) { TICK } else { "" }));
    texts.extend([entry.cause_text.as_str(), &entry.measure, &entry.note]);
    texts
}
