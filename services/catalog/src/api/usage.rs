//! How often indicators are used: told by targets after each approval, counted here.

use std::collections::HashSet;

use hengji_kernel::{DataScope, FiscalYear, RegionCode, name};
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Begun, Call, Fault, convert as words};
use serde_json::json;

use super::State;
use super::fields::{Fields, is_code};
use crate::domain::{Indicator, Living};
use crate::store::{Counted, TargetUse, Uses, take_in_use, uses};

pub(crate) async fn record(
    state: &State,
    call: &Call,
    request: pb::RecordIndicatorUseRequest,
) -> Result<pb::RecordIndicatorUseResponse, Fault> {
    let (region, year, _) = name::parse_yearly(&request.target, "targets")
        .map_err(|invalid| Fault::invalid("target", invalid))?;
    call.reach(&request.target, &region, None)?;
    check_names(&request.indicators)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let found = act.tx.load_many::<Indicator>(&request.indicators, &DataScope::Everything).await?;
    let known: HashSet<String> = found.iter().map(|stored| stored.record.resource_name()).collect();
    let (indicators, unknown): (Vec<String>, Vec<String>) =
        request.indicators.iter().cloned().partition(|indicator| known.contains(indicator));
    let told = TargetUse { target: &request.target, version: request.target_version, region: &region, year };
    let now = act.now;
    let recorded = take_in_use(&mut act.tx, &told, &indicators, now).await?;
    if recorded {
        act.journal(News {
            kind: "indicator.use_recorded",
            subject: &request.target,
            region: Some(&region),
            unit: None,
            payload: json!({ "version": request.target_version, "indicators": indicators }),
            reason: "",
        })
        .await?;
    }
    act.finish(pb::RecordIndicatorUseResponse { recorded, unknown }).await
}

fn check_names(indicators: &[String]) -> Result<(), Fault> {
    let mut fields = Fields::default();
    for (index, indicator) in indicators.iter().enumerate() {
        if !indicator.strip_prefix("indicators/").is_some_and(is_code) {
            fields.wrong(&format!("indicators[{index}]"), "须为 indicators/..");
        }
    }
    fields.done()
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListIndicatorUsageRequest,
) -> Result<pb::ListIndicatorUsageResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let region: RegionCode = words::word("region", &request.region)?;
    call.reach(&format!("regions/{region}"), &region, None)?;
    let asked = Uses {
        region: &region,
        year: match request.year {
            0 => None,
            year => Some(FiscalYear::try_from(year).map_err(|invalid| Fault::invalid("year", invalid))?),
        },
        indicator: &request.indicator,
        layer: &request.layer,
        after: page.after().and_then(|after| after.split_once('/')),
    };
    let rows = uses(&mut state.acts.db.read().await?, &asked, page.limit + 1).await?;
    let (rows, next_page_token) =
        state.pages.close(&page, rows, |row: &Counted| format!("{}/{}", row.targets, row.indicator))?;
    let usage = |row: Counted| pb::IndicatorUsage {
        indicator: row.indicator,
        title: row.title,
        layer: row.layer,
        target_count: row.targets,
        region_count: row.regions,
    };
    Ok(pb::ListIndicatorUsageResponse { usage: rows.into_iter().map(usage).collect(), next_page_token })
}
