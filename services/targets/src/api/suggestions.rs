//! Catalog indicators to use in the place of generic and unmeasurable ones.

use std::collections::HashMap;

use hengji_proto::targets::v1 as pb;
use hengji_rpc::{Call, Fault};

use super::State;
use crate::domain::{Target, indicator_at};

/// Indicators of one target that catalog is asked about.
const ASKED_AT_MOST: usize = 10;

/// Adds them to the findings that speak of an indicator nobody can learn much from. Catalog is asked once an indicator.
pub(super) async fn add(
    state: &State,
    call: &Call,
    target: &Target,
    findings: &mut [pb::QualityFinding],
) -> Result<(), Fault> {
    let mut known: HashMap<usize, Vec<pb::SuggestedIndicator>> = HashMap::new();
    for finding in findings {
        if !matches!(finding.aspect(), pb::QualityAspect::Generic | pb::QualityAspect::Unmeasurable) {
            continue;
        }
        let Some(index) = indicator_at(&finding.field) else { continue };
        let Some(indicator) = target.contents.indicators.get(index) else { continue };
        if !known.contains_key(&index) {
            if known.len() == ASKED_AT_MOST {
                continue;
            }
            let wanted = state.rules_for_target(target);
            let described = format!("{} {}", target.object.title, indicator.title);
            known.insert(index, state.catalog.suggest(call, &wanted, &described, &indicator.level1).await?);
        }
        finding.suggestions = known.get(&index).cloned().unwrap_or_default();
    }
    Ok(())
}
