use hengji_db::Stored;
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::convert;

use super::{
    Fields, check_years, confidence, library_state, object_kind, parse_confidence, parse_layer, record_name,
    year_to,
};
use crate::domain::{LibraryState, Living, Template, TemplateRow};

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
        year_to: year_to(record.year_to),
        note: record.note.clone(),
        confidence: confidence(record.confidence).into(),
        state: library_state(record.state).into(),
        revision: i32::try_from(record.revision).unwrap_or(i32::MAX),
        pending_state: record.pending.as_ref().map_or(0, |pending| library_state(pending.state).into()),
        successor: record_name("templates", &record.successor),
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
    let year_to = fields.year_or_open("year_to", message.year_to);
    check_years(fields, year_from, year_to);
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
        year_to,
        note: fields.text("note", &message.note, 1000),
        confidence: parse_confidence(fields, message.confidence),
        state: LibraryState::Draft,
        revision: 1,
        successor: String::new(),
        pending: None,
        history: Vec::new(),
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
