//! The only place that knows both the contract and the domain: words here, one file a noun.

mod code_list;
mod indicator;
mod rule_pack;
mod template;

use hengji_kernel::{FiscalYear, RegionCode};
use hengji_proto::catalog::v1 as pb;
use hengji_proto::common::v1::ObjectKind;
use hengji_rules::{Confidence, Direction, Nature, ObjectType, ScoringMethod};

pub(crate) use self::code_list::{code_list, effective_code, listed_code_list, parse_code_list};
pub(crate) use self::indicator::{indicator, parse_indicator, parse_indicator_state, row_of_file};
pub(crate) use self::rule_pack::{finding, origin, parse_revision_state, rule_pack};
pub(crate) use self::template::{parse_template, template};
use super::fields::{Fields, is_code};
use crate::domain::{Change, LibraryState};

const NATION: &str = "000000000";

// --- words ---

pub(crate) const fn object_kind(object_type: ObjectType) -> ObjectKind {
    match object_type {
        ObjectType::Project => ObjectKind::Project,
        ObjectType::Policy => ObjectKind::Policy,
        ObjectType::Department => ObjectKind::Department,
        ObjectType::SocialInsuranceFund => ObjectKind::SocialInsuranceFund,
        ObjectType::Bond => ObjectKind::SpecialBond,
        ObjectType::Transfer => ObjectKind::Transfer,
    }
}

/// `None` for unspecified and unknown.
pub(crate) fn parse_object_type(number: i32) -> Option<ObjectType> {
    match ObjectKind::try_from(number).ok()? {
        ObjectKind::Unspecified => None,
        ObjectKind::Project => Some(ObjectType::Project),
        ObjectKind::Policy => Some(ObjectType::Policy),
        ObjectKind::Department => Some(ObjectType::Department),
        ObjectKind::SocialInsuranceFund => Some(ObjectType::SocialInsuranceFund),
        ObjectKind::SpecialBond => Some(ObjectType::Bond),
        ObjectKind::Transfer => Some(ObjectType::Transfer),
    }
}

const fn direction(direction: Option<Direction>) -> pb::Direction {
    match direction {
        None => pb::Direction::Unspecified,
        Some(Direction::Positive) => pb::Direction::HigherBetter,
        Some(Direction::Negative) => pb::Direction::LowerBetter,
    }
}

pub(crate) fn parse_direction(fields: &mut Fields, field: &str, number: i32) -> Option<Direction> {
    match pb::Direction::try_from(number) {
        Ok(pb::Direction::Unspecified) => None,
        Ok(pb::Direction::HigherBetter) => Some(Direction::Positive),
        Ok(pb::Direction::LowerBetter) => Some(Direction::Negative),
        Err(_) => {
            fields.wrong(field, "不是已知的指标方向");
            None
        }
    }
}

const fn nature(nature: Nature) -> pb::Nature {
    match nature {
        Nature::Quantitative => pb::Nature::Quantitative,
        Nature::Qualitative => pb::Nature::Qualitative,
    }
}

/// `None` for unspecified.
pub(crate) fn parse_nature(fields: &mut Fields, field: &str, number: i32) -> Option<Nature> {
    match pb::Nature::try_from(number) {
        Ok(pb::Nature::Unspecified) => None,
        Ok(pb::Nature::Quantitative) => Some(Nature::Quantitative),
        Ok(pb::Nature::Qualitative) => Some(Nature::Qualitative),
        Err(_) => {
            fields.wrong(field, "不是已知的指标性质");
            None
        }
    }
}

/// Unspecified leaves it to the rule pack.
pub(crate) fn parse_scoring_method(fields: &mut Fields, field: &str, number: i32) -> ScoringMethod {
    match pb::ScoringMethod::try_from(number) {
        Ok(pb::ScoringMethod::Unspecified) => ScoringMethod::Auto,
        Ok(pb::ScoringMethod::Direct) => ScoringMethod::Direct,
        Ok(pb::ScoringMethod::Proportional) => ScoringMethod::Proportional,
        Ok(pb::ScoringMethod::Graded) => ScoringMethod::Graded,
        Ok(pb::ScoringMethod::Satisfaction) => ScoringMethod::Satisfaction,
        Ok(pb::ScoringMethod::Deduction) => ScoringMethod::Deduction,
        Err(_) => {
            fields.wrong(field, "不是已知的赋分方式");
            ScoringMethod::Auto
        }
    }
}

/// The layer that owns a record; a stand-in where the field is wrong.
fn parse_layer(fields: &mut Fields, text: &str) -> Option<RegionCode> {
    fields.word("layer", text).or_else(|| NATION.parse().ok())
}

/// Empty for no code.
fn record_name(collection: &str, code: &str) -> String {
    if code.is_empty() { String::new() } else { format!("{collection}/{code}") }
}

pub(crate) fn parse_library_state(number: i32) -> Option<LibraryState> {
    match pb::LibraryState::try_from(number).ok()? {
        pb::LibraryState::Unspecified => None,
        pb::LibraryState::Draft => Some(LibraryState::Draft),
        pb::LibraryState::InReview => Some(LibraryState::InReview),
        pb::LibraryState::Active => Some(LibraryState::Active),
        pb::LibraryState::Retired => Some(LibraryState::Retired),
    }
}

const fn library_state(state: LibraryState) -> pb::LibraryState {
    match state {
        LibraryState::Draft => pb::LibraryState::Draft,
        LibraryState::InReview => pb::LibraryState::InReview,
        LibraryState::Active => pb::LibraryState::Active,
        LibraryState::Retired => pb::LibraryState::Retired,
    }
}

const fn confidence(confidence: Option<Confidence>) -> pb::Confidence {
    match confidence {
        None => pb::Confidence::Unspecified,
        Some(Confidence::Seen) => pb::Confidence::Seen,
        Some(Confidence::Memory) => pb::Confidence::Memory,
        Some(Confidence::MemoryDoubtful) => pb::Confidence::MemoryDoubtful,
        Some(Confidence::Local) => pb::Confidence::Local,
        Some(Confidence::Design) => pb::Confidence::Design,
    }
}

fn parse_confidence(fields: &mut Fields, number: i32) -> Option<Confidence> {
    match pb::Confidence::try_from(number) {
        Ok(pb::Confidence::Unspecified) => None,
        Ok(pb::Confidence::Seen) => Some(Confidence::Seen),
        Ok(pb::Confidence::Memory) => Some(Confidence::Memory),
        Ok(pb::Confidence::MemoryDoubtful) => Some(Confidence::MemoryDoubtful),
        Ok(pb::Confidence::Local) => Some(Confidence::Local),
        Ok(pb::Confidence::Design) => Some(Confidence::Design),
        Err(_) => {
            fields.wrong("confidence", "不是已知的可信程度");
            None
        }
    }
}

/// 0 for an open end.
fn year_to(year: Option<FiscalYear>) -> i32 {
    year.map(FiscalYear::number).unwrap_or_default()
}

/// Refuses a last budget year before the first.
fn check_years(fields: &mut Fields, from: Option<FiscalYear>, to: Option<FiscalYear>) {
    if from.is_some_and(|from| to.is_some_and(|to| to < from)) {
        fields.wrong("year_to", "不得早于 year_from");
    }
}

pub(crate) fn change(change: Change) -> pb::ImportedChange {
    pb::ImportedChange { field: change.field, before: change.before, after: change.after }
}
