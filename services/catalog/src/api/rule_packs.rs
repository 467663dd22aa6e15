//! Rule packs: create, check, activate, get, list.

use hengji_db::{DbError, Filter, Stored, Value};
use hengji_kernel::{DataScope, RegionCode};
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::act::News;
use hengji_rpc::{Act, Begun, Call, Fault, convert as words};
use hengji_rules::RulePack;
use serde_json::json;

use super::fields::{CODE_RULE, Fields, is_code};
use super::{State, convert};
use crate::domain::{PackRevision, RevisionState};
use crate::error::Refusal;
use crate::store;

/// How often a next revision is counted anew when others draft the same code at the same moment.
const ATTEMPTS: usize = 5;

/// A page of a list ends before it holds more than this of documents.
const PAGE_BYTES: usize = 2 * 1024 * 1024;

pub(crate) async fn create(
    state: &State,
    call: &Call,
    request: pb::CreateRulePackRequest,
) -> Result<pb::CreateRulePackResponse, Fault> {
    let document = parse_storable(&request.content_json)?;
    call.reach(&PackRevision::name_of(&document.code, document.revision), &document.layer, None)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let stored = insert_next(&mut act, &document, &request.content_json).await?;
    journal(&mut act, "rule_pack.created", &stored).await?;
    act.finish(pb::CreateRulePackResponse { rule_pack: Some(convert::rule_pack(&stored)) }).await
}

fn parse(content_json: &str) -> Result<RulePack, Fault> {
    RulePack::from_json(content_json)
        .map_err(|error| Fault::field("content_json", format!("不是规则包文档：{error}")))
}

/// A draft may have findings, but it must have a name to be kept under and a title to be listed by.
fn parse_storable(content_json: &str) -> Result<RulePack, Fault> {
    let document = parse(content_json)?;
    let mut fields = Fields::default();
    if !is_code(&document.code) {
        fields.wrong("content_json", format!("code {CODE_RULE}"));
    }
    fields.text("content_json", &document.title, 200);
    fields.done()?;
    Ok(document)
}

async fn insert_next(
    act: &mut Act,
    document: &RulePack,
    content: &str,
) -> Result<Stored<PackRevision>, Fault> {
    let mut taken = None;
    for _ in 0..ATTEMPTS {
        let latest = match store::code_of(&mut act.tx, &document.code).await? {
            None => 0,
            Some((latest, layer)) if layer == document.layer => latest,
            Some((_, layer)) => {
                let (code, layer) = (document.code.clone(), layer.to_string());
                return Err(Refusal::CodeOfAnotherLayer { code, layer }.into());
            }
        };
        match act.tx.insert(&PackRevision::draft(document, content, latest + 1), act.now).await {
            Err(DbError::Exists { name, .. }) => taken = Some(name),
            other => return Ok(other?),
        }
    }
    Err(Fault::exists(taken.unwrap_or_default()))
}

pub(crate) async fn check(
    _: &State,
    _: &Call,
    request: pb::CheckRulePackRequest,
) -> Result<pb::CheckRulePackResponse, Fault> {
    let findings = hengji_rules::check(&parse(&request.content_json)?);
    Ok(pb::CheckRulePackResponse { findings: findings.into_iter().map(convert::finding).collect() })
}

pub(crate) async fn activate(
    state: &State,
    call: &Call,
    request: pb::ActivateRulePackRequest,
) -> Result<pb::ActivateRulePackResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut revision = act.load_fresh::<PackRevision>(call, &request.name, &request.etag).await?;
    let in_force = store::last_in_force(&mut act.tx, &revision.record.code).await?;
    revision.record.activate(in_force)?;
    supersede(&mut act, &revision.record.code).await?;
    let stored = match act.tx.save(&revision, act.now).await {
        // the index that allows one active revision: another one was activated at the same moment
        Err(DbError::Constraint(_)) => return Err(Fault::stale(&request.name)),
        other => other?,
    };
    journal(&mut act, "rule_pack.activated", &stored).await?;
    act.finish(pb::ActivateRulePackResponse { rule_pack: Some(convert::rule_pack(&stored)) }).await
}

/// The revision before is saved first: at no moment are two of one code active.
async fn supersede(act: &mut Act, code: &str) -> Result<(), Fault> {
    let filter = Filter::new().eq("code", code).eq("state", Value::word(&RevisionState::Active));
    for mut before in act.tx.page::<PackRevision>(&DataScope::Everything, &filter, None, 1).await? {
        before.record.supersede();
        let stored = act.save(&before).await?;
        journal(act, "rule_pack.superseded", &stored).await?;
    }
    Ok(())
}

async fn journal(act: &mut Act, kind: &'static str, stored: &Stored<PackRevision>) -> Result<(), Fault> {
    let record = &stored.record;
    let payload = json!({
        "code": record.code,
        "revision": record.revision,
        "valid_from": record.valid_from,
        "valid_to": record.valid_to,
        "content_sha256": record.content_sha256,
    });
    let subject = record.resource_name();
    act.journal(News {
        kind,
        subject: &subject,
        region: Some(&record.layer),
        unit: None,
        payload,
        reason: "",
    })
    .await
}

pub(crate) async fn get(
    state: &State,
    _: &Call,
    request: pb::GetRulePackRequest,
) -> Result<pb::GetRulePackResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let stored = tx
        .load::<PackRevision>(&request.name, &DataScope::Everything)
        .await?
        .ok_or_else(|| Fault::not_found(&request.name))?;
    Ok(pb::GetRulePackResponse { rule_pack: Some(convert::rule_pack(&stored)) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListRulePacksRequest,
) -> Result<pb::ListRulePacksResponse, Fault> {
    let mut page = state.pages.open(call, &request)?;
    let mut filter = Filter::new();
    if let Some(layer) = words::word_or_none::<RegionCode>("layer", &request.layer)? {
        filter = filter.eq("region", layer);
    }
    if let Some(state) = convert::parse_revision_state(request.state) {
        filter = filter.eq("state", Value::word(&state));
    }
    page.limit = page.limit.min(100);
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<PackRevision>(&DataScope::Everything, &filter, page.after(), page.limit + 1).await?;
    page.limit = page.limit.min(fitting(&rows));
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListRulePacksResponse {
        rule_packs: rows.iter().map(convert::rule_pack).collect(),
        next_page_token,
    })
}

/// How many of the rows one answer holds; at least one.
fn fitting(rows: &[Stored<PackRevision>]) -> usize {
    let mut bytes = 0;
    let fits = rows.iter().take_while(|stored| {
        bytes += stored.record.content.len();
        bytes <= PAGE_BYTES
    });
    fits.count().max(1)
}
