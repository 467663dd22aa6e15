//! Self-evaluation coverage (自评覆盖率): projects with an approved target against those that have evaluated themselves.

use std::collections::BTreeMap;

use hengji_kernel::{Money, RegionCode};
use hengji_proto::evaluation::v1 as pb;
use hengji_rpc::{Call, Fault, convert as words};
use hengji_rules::ObjectType;

use super::{State, convert};
use crate::access;
use crate::domain::Coverage;
use crate::peers::{ProjectFacts, TargetFacts};
use crate::store;

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetCoverageRequest,
) -> Result<pb::GetCoverageResponse, Fault> {
    let region: RegionCode = words::word("region", &request.region)?;
    let year = words::year("year", request.year)?;
    call.reach(&format!("regions/{region}"), &region, None)?;
    // a caller who sees only some of the targets would be told a coverage that is too good
    if !call.scope_of(access::TARGETS_READ).covers_region(&region) {
        return Err(Fault::permission_missing(access::TARGETS_READ));
    }
    let (targets, projects) = futures::try_join!(
        state.peers.targets(call, &region, year),
        state.peers.projects(call, &region, year)
    )?;
    let evaluated = store::self_evaluated(&mut state.acts.db.read().await?, &region, year).await?;
    let coverage = Coverage::measure(&expected(targets, projects), &evaluated);
    Ok(pb::GetCoverageResponse { coverage: Some(convert::coverage(coverage)) })
}

/// Objects with an approved target, departments as a whole left aside, with the money approved for them. A target being
/// adjusted counts by its approved version.
fn expected(targets: Vec<TargetFacts>, projects: Vec<ProjectFacts>) -> BTreeMap<String, Money> {
    let approved: BTreeMap<_, _> =
        projects.into_iter().map(|project| (project.name, project.budget)).collect();
    let mut expected: BTreeMap<String, Money> = BTreeMap::new();
    for target in targets {
        if target.approved_version == 0 || target.object_kind == ObjectType::Department {
            continue;
        }
        let amount = match approved.get(&target.object) {
            Some(budget) if !budget.is_zero() => *budget,
            _ => target.budget,
        };
        let counted = expected.entry(target.object).or_default();
        *counted = amount.max(*counted);
    }
    expected
}
