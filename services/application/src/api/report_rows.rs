//! What stands behind a report: the rows of a figure, and the report as text or page.

use hengji_kernel::Invalid;
use hengji_proto::application::v1 as pb;
use hengji_rpc::{Call, Fault};

use super::{State, convert};
use crate::domain::AnnualReport;
use crate::domain::report::text;
use crate::store::figure_rows;

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListFigureRowsRequest,
) -> Result<pb::ListFigureRowsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut tx = state.acts.db.read().await?;
    let report = tx
        .load::<AnnualReport>(&request.report, &call.scope())
        .await?
        .ok_or_else(|| Fault::not_found(&request.report))?;
    if !report.record.figures.iter().any(|figure| figure.id == request.figure_id) {
        return Err(Fault::not_found(format!("{} {}", request.report, request.figure_id)));
    }
    let after = page
        .after()
        .unwrap_or("0")
        .parse()
        .map_err(|_| Fault::invalid("page_token", Invalid::new("page.token", "不是本查询的翻页标记")))?;
    let rows = figure_rows::page(&mut tx, &request.report, &request.figure_id, after, page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close(&page, rows, |(ordinal, _)| ordinal.to_string())?;
    let rows = rows.iter().map(|(_, row)| convert::figure_row(row)).collect();
    Ok(pb::ListFigureRowsResponse { rows, next_page_token })
}

pub(crate) async fn render(
    state: &State,
    call: &Call,
    request: pb::RenderAnnualReportRequest,
) -> Result<pb::RenderAnnualReportResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let report = tx
        .load::<AnnualReport>(&request.name, &call.scope())
        .await?
        .ok_or_else(|| Fault::not_found(&request.name))?
        .record;
    if request.format() == pb::ReportFormat::Text {
        let media_type = "text/plain; charset=utf-8".to_owned();
        return Ok(pb::RenderAnnualReportResponse { content: report.text, media_type });
    }
    let listed = report.figures.iter().filter(|figure| figure.listed).map(|figure| figure.id.as_str());
    let rows = figure_rows::of_figures(&mut tx, &report.name, listed).await?;
    let content = text::html(&report, &rows).map_err(Fault::internal)?;
    Ok(pb::RenderAnnualReportResponse { content, media_type: "text/html; charset=utf-8".to_owned() })
}
