//! The only place that knows both the contract and the domain.

use hengji_db::Stored;
use hengji_kernel::RegionCode;
use hengji_proto::catalog::v1 as pb;
use hengji_proto::common::v1::ObjectKind;
use hengji_rpc::convert;
use hengji_rules::{Direction, Nature, ObjectType, ScoringMethod};

use super::fields::{Fields, is_code};
use crate::domain::{Indicator, IndicatorState, Origin, PackRevision, RevisionState, Template, TemplateRow};

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

pub(crate) fn parse_indicator_state(number: i32) -> Option<IndicatorState> {
    match pb::IndicatorState::try_from(number).ok()? {
        pb::IndicatorState::Unspecified => None,
        pb::IndicatorState::Draft => Some(IndicatorState::Draft),
        pb::IndicatorState::InReview => Some(IndicatorState::InReview),
        pb::IndicatorState::Active => Some(IndicatorState::Active),
        pb::IndicatorState::Retired => Some(IndicatorState::Retired),
    }
}

pub(crate) fn parse_revision_state(number: i32) -> Option<RevisionState> {
    match pb::RulePackState::try_from(number).ok()? {
        pb::RulePackState::Unspecified => None,
        pb::RulePackState::Draft => Some(RevisionState::Draft),
        pb::RulePackState::Active => Some(RevisionState::Active),
        pb::RulePackState::Superseded => Some(RevisionState::Superseded),
    }
}

/// The layer that owns a record; a stand-in where the field is wrong.
fn parse_layer(fields: &mut Fields, text: &str) -> Option<RegionCode> {
    fields.word("layer", text).or_else(|| NATION.parse().ok())
}

// --- indicators ---

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
        refines: indicator_name(&record.refines),
        successor: indicator_name(&record.successor),
        promoted_from: indicator_name(&record.promoted_from),
        proposed_to: record.proposal.as_ref().map(|proposal| proposal.to.to_string()).unwrap_or_default(),
        pending_state: record.pending.as_ref().map_or(0, |pending| indicator_state(pending.state).into()),
    }
}

const fn indicator_state(state: IndicatorState) -> pb::IndicatorState {
    match state {
        IndicatorState::Draft => pb::IndicatorState::Draft,
        IndicatorState::InReview => pb::IndicatorState::InReview,
        IndicatorState::Active => pb::IndicatorState::Active,
        IndicatorState::Retired => pb::IndicatorState::Retired,
    }
}

/// Empty for no code.
fn indicator_name(code: &str) -> String {
    if code.is_empty() { String::new() } else { format!("indicators/{code}") }
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
        state: IndicatorState::Draft,
        revision: 1,
        valid_from,
        valid_to,
        refines: refines.to_owned(),
        successor: String::new(),
        promoted_from: String::new(),
        pending: None,
        history: Vec::new(),
        proposal: None,
        object_type: object_type?,
        nature: parsed_nature?,
    })
}

// --- templates ---

pub(crate) fn template(stored: &Stored<Template>) -> pb::TargetTemplate {
    let record = &stored.record;
    pb::TargetTemplate {
        name: record.resource_name(),
        code: record.code.clone(),
        title: record.title.clone(),
        object_kind: object_kind(record.object_type).into(),
        layer: record.layer.to_string(),
        year_from: record.year_from.number(),
        generation: record.generation.clone(),
        rows: record.rows.iter().map(template_row).collect(),
        document: record.document.clone(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

fn template_row(row: &TemplateRow) -> pb::TemplateRow {
    pb::TemplateRow {
        level1: row.level1.clone(),
        level2: row.level2.clone(),
        weight: Some(convert::decimal(row.weight)),
    }
}

/// `None` only where a fault has been kept.
pub(crate) fn parse_template(fields: &mut Fields, message: &pb::TargetTemplate) -> Option<Template> {
    let object_type = fields.object_type("object_kind", message.object_kind);
    let year_from = fields.keep("year_from", message.year_from.try_into());
    if message.rows.is_empty() || message.rows.len() > 100 {
        fields.wrong("rows", "须有 1 至 100 行");
    }
    let mut rows: Vec<TemplateRow> = Vec::with_capacity(message.rows.len());
    for (index, row) in message.rows.iter().enumerate() {
        let parsed = parse_template_row(fields, index, row);
        if rows.iter().any(|other| other.level1 == parsed.level1) {
            fields.wrong(&format!("rows[{index}].level1"), format!("一级指标“{}”重复", parsed.level1));
        }
        rows.push(parsed);
    }
    Some(Template {
        code: fields.code("code", &message.code),
        title: fields.required("title", &message.title, 200),
        layer: parse_layer(fields, &message.layer)?,
        generation: fields.required("generation", &message.generation, 60),
        document: fields.required("document", &message.document, 200),
        rows,
        object_type: object_type?,
        year_from: year_from?,
    })
}

fn parse_template_row(fields: &mut Fields, index: usize, row: &pb::TemplateRow) -> TemplateRow {
    let level2 = row.level2.iter().enumerate();
    TemplateRow {
        level1: fields.required(&format!("rows[{index}].level1"), &row.level1, 60),
        level2: level2
            .map(|(below, text)| fields.required(&format!("rows[{index}].level2[{below}]"), text, 60))
            .collect(),
        weight: fields.required_decimal(&format!("rows[{index}].weight"), row.weight.as_ref()),
    }
}

// --- rule packs ---

pub(crate) fn rule_pack(stored: &Stored<PackRevision>) -> pb::RulePack {
    let record = &stored.record;
    pb::RulePack {
        name: record.resource_name(),
        code: record.code.clone(),
        revision: i32::try_from(record.revision).unwrap_or(i32::MAX),
        title: record.title.clone(),
        layer: record.layer.to_string(),
        valid_from: Some(convert::date(record.valid_from)),
        valid_to: record.valid_to.map(convert::date),
        content_json: record.content.clone(),
        content_sha256: record.content_sha256.clone(),
        state: match record.state {
            RevisionState::Draft => pb::RulePackState::Draft,
            RevisionState::Active => pb::RulePackState::Active,
            RevisionState::Superseded => pb::RulePackState::Superseded,
        }
        .into(),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

pub(crate) fn finding(finding: hengji_rules::Finding) -> pb::RulePackFinding {
    pb::RulePackFinding { path: finding.path, code: finding.code, message: finding.message }
}

pub(crate) fn origin(origin: Origin) -> pb::RuleOrigin {
    pb::RuleOrigin { rule: origin.rule, rule_pack: origin.rule_pack, document: origin.document }
}
