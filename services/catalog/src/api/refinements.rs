//! Refinement: a lower layer says more closely what an upper one says, and never replaces it silently.

use std::collections::HashMap;

use hengji_db::{Filter, Stored, Tx, Value};
use hengji_kernel::{DataScope, RegionCode};
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::{Call, Fault, convert as words};

use super::{State, convert};
use crate::domain::{Indicator, LibraryState, check_refinement, laid_over};

/// Every one of these that refines another may.
pub(super) async fn check<'a>(
    tx: &mut Tx,
    indicators: impl Iterator<Item = &'a Indicator>,
) -> Result<(), Fault> {
    let refining: Vec<&Indicator> = indicators.filter(|indicator| !indicator.refines.is_empty()).collect();
    let parents: Vec<_> =
        refining.iter().map(|indicator| format!("indicators/{}", indicator.refines)).collect();
    let parents = tx.load_many::<Indicator>(&parents, &DataScope::Everything).await?;
    let parents: HashMap<_, _> =
        parents.into_iter().map(|stored| (stored.record.code.clone(), stored.record)).collect();
    for indicator in refining {
        check_refinement(indicator, parents.get(&indicator.refines))?;
    }
    Ok(())
}

pub(crate) async fn effective(
    state: &State,
    _: &Call,
    request: pb::GetEffectiveIndicatorRequest,
) -> Result<pb::GetEffectiveIndicatorResponse, Fault> {
    let region: RegionCode = words::word("region", &request.region)?;
    let mut tx = state.acts.db.read().await?;
    let stored = tx.load::<Indicator>(&request.name, &DataScope::Everything).await?;
    let stored = stored.ok_or_else(|| Fault::not_found(&request.name))?;
    let mut chain = vec![stored.record.clone()];
    // each refinement lies in a lower layer than the one before, so there are no more of them than layers
    while let Some(next) = refinement(&mut tx, chain.last(), &region).await? {
        chain.push(next);
    }
    let (record, origins) = laid_over(chain).ok_or_else(|| Fault::not_found(&request.name))?;
    let origin = |origin: crate::domain::FieldOrigin| pb::FieldOrigin {
        field: origin.field.to_owned(),
        indicator: origin.indicator,
        layer: origin.layer.to_string(),
        document: origin.document,
    };
    Ok(pb::GetEffectiveIndicatorResponse {
        indicator: Some(convert::indicator(&Stored { record, ..stored })),
        origins: origins.into_iter().map(origin).collect(),
    })
}

/// The uppermost active refinement among the region's layers; of one layer the first by code.
async fn refinement(
    tx: &mut Tx,
    of: Option<&Indicator>,
    region: &RegionCode,
) -> Result<Option<Indicator>, Fault> {
    let Some(of) = of else { return Ok(None) };
    let filter = Filter::new()
        .eq("refines", of.code.as_str())
        .eq("state", Value::word(&LibraryState::Active))
        .one_of("region", region.layers());
    let found = tx.page::<Indicator>(&DataScope::Everything, &filter, None, 100).await?;
    let records = found.into_iter().map(|stored| stored.record);
    Ok(records.min_by_key(|record| record.layer.prefix().len()))
}
