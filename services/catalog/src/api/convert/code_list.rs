use std::collections::HashSet;

use hengji_db::Stored;
use hengji_kernel::RegionCode;
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::convert;

use super::{Fields, check_years, confidence, is_code, library_state, record_name, year_to};
use crate::domain::{Code, CodeList, CodeListFile, EffectiveCode, LibraryState, Living};

const MOST_CODES: usize = 5000;
const LONGEST_CODE: usize = 60;

/// With its codes.
pub(crate) fn code_list(stored: &Stored<CodeList>) -> pb::CodeList {
    pb::CodeList { codes: stored.record.codes.iter().map(code).collect(), ..listed_code_list(stored) }
}

/// Without its codes.
pub(crate) fn listed_code_list(stored: &Stored<CodeList>) -> pb::CodeList {
    let record = &stored.record;
    pb::CodeList {
        name: record.resource_name(),
        code: record.code.clone(),
        title: record.title.clone(),
        layer: record.layer.to_string(),
        extends: record_name("codeLists", &record.extends),
        year_from: record.year_from.number(),
        year_to: year_to(record.year_to),
        document: record.document.clone(),
        note: record.note.clone(),
        confidence: confidence(record.confidence).into(),
        codes: vec![],
        code_count: i32::try_from(record.codes.len()).unwrap_or(i32::MAX),
        state: library_state(record.state).into(),
        revision: i32::try_from(record.revision).unwrap_or(i32::MAX),
        pending_state: record.pending.as_ref().map_or(0, |pending| library_state(pending.state).into()),
        successor: record_name("codeLists", &record.successor),
        etag: convert::etag(stored),
        create_time: Some(convert::timestamp(stored.created_at)),
        update_time: Some(convert::timestamp(stored.updated_at)),
    }
}

fn code(code: &Code) -> pb::Code {
    pb::Code {
        code: code.code.clone(),
        title: code.title.clone(),
        parent: code.parent.clone(),
        note: code.note.clone(),
        confidence: confidence(code.confidence).into(),
    }
}

pub(crate) fn effective_code(effective: EffectiveCode<'_>) -> pb::EffectiveCode {
    pb::EffectiveCode {
        code: Some(code(effective.code)),
        code_list: effective.list.resource_name(),
        layer: effective.list.layer.to_string(),
        document: effective.list.document.clone(),
        outranked: effective.outranked,
    }
}

/// The draft of a layer's file; wrong where a fault has been kept.
pub(crate) fn parse_code_list(fields: &mut Fields, layer: RegionCode, file: CodeListFile) -> CodeList {
    if !file.extends.is_empty() && (!is_code(&file.extends) || file.extends == file.code) {
        fields.wrong("extends", "须是另一个代码表的代码");
    }
    check_years(fields, Some(file.year_from), file.year_to);
    if file.codes.is_empty() || file.codes.len() > MOST_CODES {
        fields.wrong("codes", format!("须有 1 至 {MOST_CODES} 个代码"));
    }
    check_codes(fields, &file);
    CodeList {
        code: fields.code("code", &file.code),
        title: fields.required("title", &file.title, 200),
        layer,
        extends: file.extends,
        year_from: file.year_from,
        year_to: file.year_to,
        document: fields.required("document", &file.document, 200),
        note: fields.text("note", &file.note, 1000),
        confidence: file.confidence,
        codes: file.codes,
        state: LibraryState::Draft,
        revision: 1,
        successor: String::new(),
        pending: None,
        history: Vec::new(),
    }
}

/// A parent stands before its codes, so that no code lies under itself; one of the upper list is looked for at activation.
fn check_codes(fields: &mut Fields, file: &CodeListFile) {
    let own: HashSet<&str> = file.codes.iter().map(|code| code.code.as_str()).collect();
    let mut taken = HashSet::new();
    for (index, code) in file.codes.iter().enumerate() {
        let at = |field: &str| format!("codes[{index}].{field}");
        fields.required(&at("code"), &code.code, LONGEST_CODE);
        fields.required(&at("title"), &code.title, 200);
        fields.text(&at("note"), &code.note, 500);
        let parent = code.parent.as_str();
        let elsewhere = !file.extends.is_empty() && !own.contains(parent);
        if !parent.is_empty() && !taken.contains(parent) && !elsewhere {
            fields.wrong(&at("parent"), format!("上级代码 {parent} 须列在前面"));
        }
        if !taken.insert(code.code.as_str()) {
            fields.wrong(&at("code"), format!("代码 {} 重复", code.code));
        }
    }
}
