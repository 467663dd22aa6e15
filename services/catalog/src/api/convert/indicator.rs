use hengji_db::Stored;
use hengji_kernel::RegionCode;
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::convert;
use hengji_rules::Nature;

use super::{
    Fields, confidence, direction, is_code, nature, object_kind, parse_confidence, parse_direction,
    parse_layer, parse_nature, record_name,
};
use crate::domain::{Indicator, IndicatorRow, LibraryState, Living};

pub(crate) fn parse_indicator_state(number: i32) -> Option<LibraryState> {
    match pb::IndicatorState::try_from(number).ok()? {
        pb::IndicatorState::Unspecified => None,
        pb::IndicatorState::Draft => Some(LibraryState::Draft),
        pb::IndicatorState::InReview => Some(LibraryState::InReview),
        pb::IndicatorState::Active => Some(LibraryState::Active),
        pb::IndicatorState::Retired => Some(LibraryState::Retired),
    }
}

pub(crate) fn indicator(stored: &Stored<Indicator>) -> pb::Indicator {
    let record = &stored.record;
    pb::Indicator {
        name: record.resource_name(),
        code: record.code.clone(),
        title: record.title.clone(),
        level1: record.level1.clone(),
        level2: record.level2.clone(),
        common: record.common,
        object_kind: object_kind(record.object_type).into(),
        layer: record.layer.to_string(),
        industry: record.industry.clone(),
        functional_account: record.functional_account.clone(),
        direction: direction(record.direction).into(),
        nature: nature(record.nature).into(),
        unit: record.unit.clone(),
        definition: record.definition.clone(),
        formula: record.formula.clone(),
        document: record.document.clone(),
        state: indicator_state(record.state).into(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
        revision: i32::try_from(record.revision).unwrap_or(i32::MAX),
        valid_from: record.valid_from.map(convert::date),
        valid_to: record.valid_to.map(convert::date),
        refines: record_name("indicators", &record.refines),
        successor: record_name("indicators", &record.successor),
        promoted_from: record_name("indicators", &record.promoted_from),
        proposed_to: record.proposal.as_ref().map(|proposal| proposal.to.to_string()).unwrap_or_default(),
        pending_state: record.pending.as_ref().map_or(0, |pending| indicator_state(pending.state).into()),
        note: record.note.clone(),
        confidence: confidence(record.confidence).into(),
    }
}

const fn indicator_state(state: LibraryState) -> pb::IndicatorState {
    match state {
        LibraryState::Draft => pb::IndicatorState::Draft,
        LibraryState::InReview => pb::IndicatorState::InReview,
        LibraryState::Active => pb::IndicatorState::Active,
        LibraryState::Retired => pb::IndicatorState::Retired,
    }
}

/// `None` only where a fault has been kept.
pub(crate) fn parse_indicator(fields: &mut Fields, message: &pb::Indicator) -> Option<Indicator> {
    let parsed_direction = parse_direction(fields, "direction", message.direction);
    let parsed_nature = parse_nature(fields, "nature", message.nature);
    match parsed_nature {
        None => fields.wrong("nature", "必填"),
        Some(Nature::Quantitative) if parsed_direction.is_none() => {
            fields.wrong("direction", "定量指标须写明指标方向");
        }
        Some(_) => {}
    }
    let object_type = fields.object_type("object_kind", message.object_kind);
    let valid_from = fields.date("valid_from", message.valid_from.as_ref());
    let valid_to = fields.date("valid_to", message.valid_to.as_ref());
    if valid_from.is_some_and(|from| valid_to.is_some_and(|to| to < from)) {
        fields.wrong("valid_to", "不得早于 valid_from");
    }
    let refines = message.refines.strip_prefix("indicators/").unwrap_or_default();
    if !message.refines.is_empty() && (!is_code(refines) || refines == message.code) {
        fields.wrong("refines", "须是另一个指标的名称 indicators/..");
    }
    Some(Indicator {
        code: fields.code("code", &message.code),
        title: fields.required("title", &message.title, 200),
        level1: fields.required("level1", &message.level1, 60),
        level2: fields.text("level2", &message.level2, 60),
        common: message.common,
        layer: parse_layer(fields, &message.layer)?,
        industry: fields.text("industry", &message.industry, 60),
        functional_account: fields.text("functional_account", &message.functional_account, 60),
        direction: parsed_direction,
        unit: fields.text("unit", &message.unit, 40),
        definition: fields.text("definition", &message.definition, 2000),
        formula: fields.text("formula", &message.formula, 1000),
        document: fields.required("document", &message.document, 200),
        state: LibraryState::Draft,
        revision: 1,
        valid_from,
        valid_to,
        refines: refines.to_owned(),
        successor: String::new(),
        promoted_from: String::new(),
        pending: None,
        history: Vec::new(),
        proposal: None,
        note: fields.text("note", &message.note, 1000),
        confidence: parse_confidence(fields, message.confidence),
        object_type: object_type?,
        nature: parsed_nature?,
    })
}

/// A row of a layer's own file as a message, so that it is read by the same rules.
pub(crate) fn row_of_file(layer: &RegionCode, row: IndicatorRow) -> pb::Indicator {
    pb::Indicator {
        refines: record_name("indicators", &row.refines),
        code: row.code,
        title: row.title,
        level1: row.level1,
        level2: row.level2,
        common: row.common,
        object_kind: object_kind(row.object_type).into(),
        layer: layer.to_string(),
        industry: row.industry,
        functional_account: row.functional_account,
        direction: direction(row.direction).into(),
        nature: nature(row.nature).into(),
        unit: row.unit,
        definition: row.definition,
        formula: row.formula,
        document: row.document,
        note: row.note,
        confidence: confidence(row.confidence).into(),
        valid_from: row.valid_from.map(convert::date),
        valid_to: row.valid_to.map(convert::date),
        ..pb::Indicator::default()
    }
}
