//! The shipped packs for unit tests.

use hengji_kernel::RegionCode;

use crate::effective::EffectivePack;
use crate::pack::RulePack;
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
