//! Indicators of the library that a target names (`catalog_indicator`): there, in use, and of a layer that holds for its region.

use std::collections::BTreeSet;

use hengji_kernel::RegionCode;
use hengji_rpc::{Call, Fault, Reason};

use super::State;
use crate::domain::{Contents, Indicator, Listing};

/// Rows of `list` that name an indicator, each with its place. A row that stands as it stood before is not asked about: its
/// indicator may have gone out of use since.
pub(super) fn named(list: &str, before: &[Indicator], rows: &[Indicator]) -> Vec<(String, String)> {
    let rows = rows.iter().enumerate();
    let asked = rows.filter(|(_, row)| !row.catalog_indicator.is_empty() && !before.contains(row));
    asked
        .map(|(index, row)| (format!("{list}[{index}].catalog_indicator"), row.catalog_indicator.clone()))
        .collect()
}

/// Both lists of a target's rows; `prefix` is where the target stands.
pub(super) fn named_by(
    prefix: &str,
    before: Option<&Contents>,
    contents: &Contents,
) -> Vec<(String, String)> {
    let was = |list: fn(&Contents) -> &Vec<Indicator>| before.map_or(&[][..], |before| list(before));
    let mut found =
        named(&format!("{prefix}indicators"), was(|contents| &contents.indicators), &contents.indicators);
    found.extend(named(
        &format!("{prefix}mid_term_indicators"),
        was(|contents| &contents.mid_term),
        &contents.mid_term,
    ));
    found
}

/// Refuses names that may not be chosen, all at once.
pub(super) async fn demand(
    state: &State,
    call: &Call,
    region: &RegionCode,
    named: Vec<(String, String)>,
) -> Result<(), Fault> {
    if named.is_empty() {
        return Ok(());
    }
    let names: BTreeSet<String> = named.iter().map(|(_, name)| name.clone()).collect();
    let listed = state.catalog.indicators(call, names).await?;
    let faults: Vec<_> = named
        .into_iter()
        .filter_map(|(field, name)| Some((field, Listing::fault(listed.get(&name), &name, region)?)))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Fault::fields(Reason::FieldInvalid, faults)) }
}
