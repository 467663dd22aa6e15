//! How often indicators of the library are used.

use std::time::Duration;

use anyhow::bail;
use hengji_proto::catalog::v1 as pb;
use hengji_proto::catalog::v1::indicator_usage_service_client::IndicatorUsageServiceClient;

use super::say::request_id;
use super::{Actor, Stage};

/// Looks taken before the play gives up: what targets approve is told a moment later.
const LOOKS: usize = 300;

/// A target of the year before, kept elsewhere.
pub(crate) async fn told_elsewhere(stage: &Stage<'_>, manager: &Actor) -> anyhow::Result<()> {
    let year = stage.county.year - 1;
    let record = pb::RecordIndicatorUseRequest {
        request_id: request_id(),
        target: format!("regions/{}/years/{year}/targets/T-{year}-01", stage.county.region),
        target_version: 1,
        indicators: vec!["indicators/GX-XM2020-17".into()],
        ..Default::default()
    };
    IndicatorUsageServiceClient::new(stage.link.clone()).record_indicator_use(manager.ask(record)).await?;
    Ok(())
}

/// What the year's approved targets use, once catalog has been told of them.
pub(crate) async fn look(stage: &Stage<'_>, manager: &Actor) -> anyhow::Result<()> {
    let mut client = IndicatorUsageServiceClient::new(stage.link.clone());
    let asked = pb::ListIndicatorUsageRequest {
        region: stage.county.region.clone(),
        year: stage.county.year,
        ..Default::default()
    };
    for _ in 0..LOOKS {
        let usage = client.list_indicator_usage(manager.ask(asked.clone())).await?.into_inner().usage;
        if let Some(most) = usage.first() {
            stage.say(format!("指标使用：“{}”已有 {} 个批复的目标使用", most.title, most.target_count));
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("catalog was not told which indicators the approved targets use")
}
