use hengji_db::Stored;
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::convert;

use crate::domain::{Origin, PackRevision, RevisionState};

pub(crate) fn parse_revision_state(number: i32) -> Option<RevisionState> {
    match pb::RulePackState::try_from(number).ok()? {
        pb::RulePackState::Unspecified => None,
        pb::RulePackState::Draft => Some(RevisionState::Draft),
        pb::RulePackState::Active => Some(RevisionState::Active),
        pb::RulePackState::Superseded => Some(RevisionState::Superseded),
    }
}

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
