//! The shipped packs for unit tests.

use hengji_kernel::RegionCode;

use crate::effective::EffectivePack;
use crate::pack::{Cited, RulePack, WorkingDaysRule};
use crate::word::ObjectType;

pub(crate) fn packs() -> Vec<RulePack> {
    [
        include_str!("../../../data/rule-packs/national-2021.json"),
        include_str!("../../../data/rule-packs/demo-linkage.json"),
    ]
    .iter()
    .map(|text| RulePack::from_json(text).expect("shipped pack"))
    .collect()
}

/// A pack that a region may take up.
pub(crate) fn variant(code: &str) -> RulePack {
    let path = format!("{}/../../data/rule-packs/variants/{code}.json", env!("CARGO_MANIFEST_DIR"));
    RulePack::from_json(&std::fs::read_to_string(path).expect("shipped file")).expect("shipped pack")
}

/// The holidays of the shipped years.
pub(crate) fn working_days() -> Vec<Cited<WorkingDaysRule>> {
    let text = include_str!("../../../data/rule-packs/working-days.json");
    RulePack::from_json(text).expect("shipped pack").sections.working_days
}

pub(crate) fn region() -> RegionCode {
    "640323000".parse().expect("code")
}

pub(crate) fn effective(object_type: ObjectType) -> EffectivePack {
    EffectivePack::resolve(&packs(), &region(), "2022-12-31".parse().expect("date"), object_type)
}

pub(crate) fn decimal(text: &str) -> rust_decimal::Decimal {
    text.parse().expect("number")
}

pub(crate) fn money(text: &str) -> hengji_kernel::Money {
    text.parse().expect("money")
}
