//! A monitoring form as the standard sheet (项目支出绩效目标执行监控表, 财预〔2019〕136号 附表), out and in. Numbers leave as text, so that no
//! spreadsheet rounds them; a number typed into a cell comes back only if it is exact.

mod cells;
mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;

use crate::domain::Cause;

/// Labels by which a sheet is found its way in.
const FORM_NUMBER: &str = "表号";
const FORECAST: &str = "全年预计执行数（万元）";
const CODE: &str = "指标编号";
const FORECAST_TEXT: &str = "全年预计完成情况";
const LIKELIHOOD: &str = "完成目标可能性";
const CAUSE_TEXT: &str = "原因说明";
const MEASURE: &str = "拟采取的措施";
const NOTE: &str = "备注";
const TICK: &str = "√";

/// Columns of the indicators in the order they are printed.
fn columns() -> Vec<&'static str> {
    let prefilled = [CODE, "一级指标", "二级指标", "三级指标", "年度指标值", "截止日完成情况"];
    let mut columns = prefilled.to_vec();
    columns.extend([FORECAST_TEXT, LIKELIHOOD]);
    columns.extend(Cause::ALL.map(Cause::chinese));
    columns.extend([CAUSE_TEXT, MEASURE, NOTE]);
    columns
}

#[cfg(test)]
mod tests;
