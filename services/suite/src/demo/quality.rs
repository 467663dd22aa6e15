//! How good the year's targets are: a run over the county in the background, and one for tomorrow that is cancelled.

use std::time::Duration;

use anyhow::{bail, ensure};
use hengji_kernel::{Clock, SystemClock};
use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::quality_service_client::QualityServiceClient;
use hengji_rpc::{Link, convert as words};

use super::Actor;
use super::say::{request_id, there};
use super::targets::Desk;

/// A county is checked within moments; this is for machines that do much else.
const LOOKS: u32 = 600;
const BETWEEN: Duration = Duration::from_millis(100);

pub(crate) async fn play(desk: &Desk<'_>) -> anyhow::Result<()> {
    let finance = desk.people.get("finance-performance")?;
    let mut client = QualityServiceClient::new(desk.stage.link.clone());
    let start = |id: &str, not_before| pb::StartQualityRunRequest {
        request_id: request_id(),
        parent: desk.stage.county.parent(),
        run_id: id.into(),
        not_before,
        ..Default::default()
    };
    let started = client.start_quality_run(finance.ask(start("Q1", None))).await?.into_inner();
    let run = finished(&mut client, finance, &there(started.run)?.name).await?;
    let list = pb::ListQualityStatisticsRequest { run: run.name, ..Default::default() };
    let rows = client.list_quality_statistics(finance.ask(list)).await?.into_inner().statistics;
    let sum = |part: fn(&pb::QualityStatistic) -> i32| rows.iter().map(part).sum::<i32>();
    ensure!(sum(|row| row.targets) == run.targets_checked, "the statistics do not add up to the targets");

    let tomorrow = words::timestamp(SystemClock.now().plus_seconds(24 * 3600));
    let waiting = client.start_quality_run(finance.ask(start("Q2", Some(tomorrow)))).await?.into_inner();
    let waiting = there(waiting.run)?;
    client
        .cancel_quality_run(finance.ask(pb::CancelQualityRunRequest {
            request_id: request_id(),
            name: waiting.name,
            etag: waiting.etag,
            reason: "已体检".into(),
            ..Default::default()
        }))
        .await?;
    desk.stage.say(format!(
        "目标质量体检：{} 个目标 {} 项指标，泛指标 {} 项，不可衡量 {} 项",
        run.targets_checked,
        sum(|row| row.indicators),
        sum(|row| row.generic),
        sum(|row| row.unmeasurable),
    ));
    Ok(())
}

async fn finished(
    client: &mut QualityServiceClient<Link>,
    actor: &Actor,
    name: &str,
) -> anyhow::Result<pb::QualityRun> {
    for _ in 0..LOOKS {
        let get = pb::GetQualityRunRequest { name: name.to_owned() };
        let run = there(client.get_quality_run(actor.ask(get)).await?.into_inner().run)?;
        if run.state() == pb::QualityRunState::Finished {
            return Ok(run);
        }
        tokio::time::sleep(BETWEEN).await;
    }
    bail!("{name} does not come to an end")
}
