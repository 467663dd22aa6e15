//! A monitoring round at half-year: opened over the county, one form filled in, sent out and in as a sheet, filed, reviewed.

use anyhow::{Context, ensure};
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::monitoring_form_service_client::MonitoringFormServiceClient;
use hengji_proto::monitoring::v1::round_service_client::RoundServiceClient;
use hengji_rpc::Link;

use super::county::ProjectLine;
use super::say::{date, decimal, request_id, there};
use super::{Actor, People, Stage};

pub(crate) async fn play(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let (county, finance) = (stage.county, people.get("finance-performance")?);
    let line = county.projects.first().context("no project")?;
    let unit = people.get(&format!("unit-{}", line.unit))?;
    let mut rounds = RoundServiceClient::new(stage.link.clone());
    let open = pb::OpenRoundRequest {
        request_id: request_id(),
        parent: county.parent(),
        round_id: "R-06".into(),
        title: "2021年1—6月绩效运行监控".into(),
        cut_off_date: date("2021-06-30")?,
        due_date: date("2021-07-31")?,
        ..Default::default()
    };
    let round = there(rounds.open_round(finance.ask(open)).await?.into_inner().round)?;
    fill_and_file(stage, line, &round, unit, finance).await?;
    let statistics = pb::GetRoundStatisticsRequest {
        name: round.name.clone(),
        unit: String::new(),
        group_by: pb::Grouping::Total.into(),
    };
    let rows = rounds.get_round_statistics(finance.ask(statistics)).await?.into_inner().rows;
    let total = rows.first().context("a round with forms has a total")?;
    ensure!(total.form_count == round.form_count && total.accepted_count == 1, "the round counts {total:?}");
    stage.say(format!(
        "监控批次：{}，{} 张监控表，已审核 {} 张，逾期未报 {} 张",
        round.title, total.form_count, total.accepted_count, total.overdue_count
    ));
    let close = pb::CloseRoundRequest {
        request_id: request_id(),
        name: round.name,
        etag: round.etag,
        conclusion: "逾期未报的项目列入重点监控".into(),
        ..Default::default()
    };
    rounds.close_round(finance.ask(close)).await?;
    Ok(())
}

async fn fill_and_file(
    stage: &Stage<'_>,
    line: &ProjectLine,
    round: &pb::MonitoringRound,
    unit: &Actor,
    finance: &Actor,
) -> anyhow::Result<()> {
    let mut forms: MonitoringFormServiceClient<Link> = MonitoringFormServiceClient::new(stage.link.clone());
    let name = format!("{}/forms/{}.{}", round.name, stage.county.region, line.code);
    let get = pb::GetMonitoringFormRequest { name: name.clone() };
    let form = there(forms.get_monitoring_form(unit.ask(get)).await?.into_inner().form)?;
    let entries = form.rows.iter().map(|row| pb::MonitoringFormEntry {
        indicator_code: row.indicator_code.clone(),
        forecast_text: row.target_text.clone(),
        likelihood: pb::Likelihood::Certain.into(),
        causes: vec![pb::DeviationCause::Other.into()],
        cause_text: "按工期安排，下半年集中完成".into(),
        measure: "按月调度，年底前完成".into(),
        ..Default::default()
    });
    let fill = pb::FillMonitoringFormRequest {
        request_id: request_id(),
        name: name.clone(),
        etag: form.etag.clone(),
        forecast_yuan: decimal(&line.executed_yuan),
        entries: entries.collect(),
        ..Default::default()
    };
    let form = there(forms.fill_monitoring_form(unit.ask(fill)).await?.into_inner().form)?;
    let export = pb::ExportMonitoringFormRequest { name: name.clone() };
    let sheet = forms.export_monitoring_form(unit.ask(export)).await?.into_inner();
    let import = pb::ImportMonitoringFormRequest {
        request_id: request_id(),
        name: name.clone(),
        etag: form.etag,
        workbook: sheet.workbook,
        ..Default::default()
    };
    let imported = there(forms.import_monitoring_form(unit.ask(import)).await?.into_inner().form)?;
    ensure!(imported.rows == form.rows, "the sheet came back otherwise than it went out");
    let file = pb::FileMonitoringFormRequest {
        request_id: request_id(),
        name: name.clone(),
        etag: imported.etag,
        ..Default::default()
    };
    let filed = there(forms.file_monitoring_form(unit.ask(file)).await?.into_inner().form)?;
    let review = pb::ReviewMonitoringFormRequest {
        request_id: request_id(),
        name,
        etag: filed.etag,
        accepted: true,
        opinion: "填报完整，数据与支付凭证一致".into(),
        ..Default::default()
    };
    forms.review_monitoring_form(finance.ask(review)).await?;
    stage.say(format!("监控表：{}已填报、导出导入、报送并审核（{}）", line.title, sheet.file_name));
    Ok(())
}
