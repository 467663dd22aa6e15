//! Readings at half-year and at the end of the year, and all positions looked at shortly before.

use anyhow::{Context, ensure};
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::position_service_client::PositionServiceClient;
use hengji_proto::monitoring::v1::reading_service_client::ReadingServiceClient;

use super::county::{IndicatorLine, ProjectLine};
use super::monitoring::{light, why};
use super::say::{date, request_id, there};
use super::{Actor, People, Stage};

/// Readings of one object.
pub(crate) async fn record(
    stage: &Stage<'_>,
    actor: &Actor,
    object: String,
    readings: Vec<(String, String)>,
    day: &str,
) -> anyhow::Result<pb::RecordReadingsResponse> {
    let rows = readings.into_iter().map(|(indicator_code, value_text)| {
        Ok(pb::ReadingRow {
            indicator_code,
            value_text,
            reading_date: date(day)?,
            evidence: "统计台账".into(),
            ..Default::default()
        })
    });
    let record = pb::RecordReadingsRequest {
        request_id: request_id(),
        project: object,
        readings: rows.collect::<anyhow::Result<_>>()?,
        ..Default::default()
    };
    Ok(ReadingServiceClient::new(stage.link.clone()).record_readings(actor.ask(record)).await?.into_inner())
}

/// Half-way readings for the indicators that have an interim value for June: half of what was planned.
pub(crate) async fn half_year(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    for line in &stage.county.projects {
        let readings: Vec<(String, String)> = line
            .indicators
            .iter()
            .filter_map(|indicator| Some((indicator, indicator.interim.get("6")?)))
            .map(|(indicator, planned)| {
                let planned: i64 = planned.parse()?;
                Ok((indicator.code.clone(), format!("{}{}", planned / 2, indicator.unit)))
            })
            .collect::<anyhow::Result<_>>()?;
        if readings.is_empty() {
            continue;
        }
        let unit = people.get(&format!("unit-{}", line.unit))?;
        let project = stage.county.name("projects", &line.code);
        let answer =
            record(stage, unit, project, readings, "2021-06-30").await.with_context(|| line.title.clone())?;
        let position = there(answer.position)?;
        let why = why(position.result_explanation.as_ref());
        stage.say(format!(
            "双监控：{} 半年取值 → 绩效灯 {}：{why}",
            line.title,
            light(position.result_light())
        ));
    }
    Ok(())
}

fn year_end_readings(lines: &[IndicatorLine]) -> Vec<(String, String)> {
    lines.iter().map(|line| (line.code.clone(), line.actual.clone())).collect()
}

/// Readings of one project row by row, among them one of an indicator it does not have.
async fn import(stage: &Stage<'_>, unit: &Actor, line: &ProjectLine) -> anyhow::Result<()> {
    let mut readings = year_end_readings(&line.indicators);
    readings.push(("999".into(), "1".into()));
    let sent = readings.len();
    let rows = readings.into_iter().map(|(indicator_code, value_text)| {
        let reading = pb::ReadingRow {
            indicator_code,
            value_text,
            reading_date: date("2021-12-31")?,
            evidence: "统计台账".into(),
            source: "部门业务统计".into(),
            ..Default::default()
        };
        Ok(pb::ImportedReading { project: stage.county.name("projects", &line.code), reading: Some(reading) })
    });
    let import = pb::ImportReadingsRequest {
        request_id: request_id(),
        parent: stage.county.parent(),
        readings: rows.collect::<anyhow::Result<_>>()?,
        ..Default::default()
    };
    let answer = ReadingServiceClient::new(stage.link.clone()).import_readings(unit.ask(import)).await?;
    let outcomes = answer.into_inner().outcomes;
    let stored = outcomes.iter().filter(|outcome| outcome.stored).count();
    ensure!(stored + 1 == sent, "of {sent} readings {stored} were stored");
    let refused = outcomes.iter().find(|outcome| !outcome.stored).context("one is refused")?;
    stage.say(format!("绩效信息：{}逐条导入 {stored} 条，拒绝 1 条（{}）", line.title, refused.message));
    Ok(())
}

/// Every position looked at as of the end of November: time alone also turns lights.
async fn look_at_all(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let refresh = pb::RefreshPositionsRequest {
        request_id: request_id(),
        parent: stage.county.parent(),
        as_of: date("2021-11-30")?,
        ..Default::default()
    };
    let finance = people.get("finance-performance")?;
    let mut client = PositionServiceClient::new(stage.link.clone());
    let looked = client.refresh_positions(finance.ask(refresh)).await?.into_inner();
    ensure!(looked.position_count > 0 && looked.change_count > 0, "nothing was looked at");
    stage.say(format!(
        "双监控：11 月末复核 {} 个项目，{} 处灯色或异常变化",
        looked.position_count, looked.change_count
    ));
    Ok(())
}

pub(crate) async fn year_end(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let county = stage.county;
    look_at_all(stage, people).await?;
    for (index, line) in county.projects.iter().enumerate() {
        let unit = people.get(&format!("unit-{}", line.unit))?;
        if index == 0 {
            import(stage, unit, line).await.with_context(|| line.title.clone())?;
            continue;
        }
        let project = county.name("projects", &line.code);
        record(stage, unit, project, year_end_readings(&line.indicators), "2021-12-31")
            .await
            .with_context(|| line.title.clone())?;
    }
    for line in &county.departments {
        let office = people.get(&format!("overall-{}", line.unit))?;
        let object = county.organization(&line.unit);
        record(stage, office, object, year_end_readings(&line.indicators), "2021-12-31")
            .await
            .with_context(|| line.title.clone())?;
    }
    stage.say("绩效信息：全部项目和部门年末实际值已采集");
    Ok(())
}
