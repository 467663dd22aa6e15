//! Code lists: import, review, activate, retire, get, list; and the codes a region has.

use std::collections::HashMap;

use hengji_db::{Filter, Stored, Tx, Value};
use hengji_kernel::{DataScope, FiscalYear, RegionCode};
use hengji_proto::catalog::v1 as pb;
use hengji_rpc::{Act, Begun, Call, Fault, Reason, convert as words};

use super::fields::Fields;
use super::life::{self, Step, advance, saved, stepped};
use super::{State, convert};
use crate::domain::{
    Change, CodeList, CodeListFile, LibraryState, Living, Yearly, changes, check_extension, effective_codes,
};

const MOST_CHANGES: usize = 1000;
/// Lists that add codes to one list in one region.
const MOST_EXTENSIONS: usize = 1000;

pub(crate) async fn import(
    state: &State,
    call: &Call,
    request: pb::ImportCodeListRequest,
) -> Result<pb::ImportCodeListResponse, Fault> {
    let layer: RegionCode = words::word("layer", &request.layer)?;
    let list = read(layer, &request.content_json)?;
    call.reach(&list.resource_name(), &list.layer, None)?;
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let known = act.tx.load::<CodeList>(&list.resource_name(), &DataScope::Everything).await?;
    let (stored, action, differing) = draft(&mut act, known, list).await?;
    if action != pb::ImportAction::Unchanged {
        life::tell(&mut act, "code_list.imported", std::slice::from_ref(&stored), &request.reason).await?;
    }
    act.finish(pb::ImportCodeListResponse {
        code_list: Some(convert::listed_code_list(&stored)),
        action: action.into(),
        change_count: i32::try_from(differing.len()).unwrap_or(i32::MAX),
        changes: differing.into_iter().take(MOST_CHANGES).map(convert::change).collect(),
    })
    .await
}

fn read(layer: RegionCode, content: &str) -> Result<CodeList, Fault> {
    let file: CodeListFile = serde_json::from_str(content)
        .map_err(|error| Fault::field("content_json", format!("不是代码表文件：{error}")))?;
    let mut fields = Fields::default();
    let list = convert::parse_code_list(&mut fields, layer, file);
    fields.done()?;
    Ok(list)
}

/// Stores a new list, or drafts what is changed of a known one.
async fn draft(
    act: &mut Act,
    known: Option<Stored<CodeList>>,
    list: CodeList,
) -> Result<(Stored<CodeList>, pb::ImportAction, Vec<Change>), Fault> {
    let Some(mut known) = known else {
        return Ok((act.insert(&list).await?, pb::ImportAction::New, vec![]));
    };
    let differing = changes(known.record.latest(), &list);
    if differing.is_empty() && known.record.layer == list.layer {
        return Ok((known, pb::ImportAction::Unchanged, differing));
    }
    known.record.reimport(list).map_err(|refusal| {
        Fault::precondition(Reason::StateForbids, known.record.resource_name(), refusal.to_string())
    })?;
    Ok((act.save(&known).await?, pb::ImportAction::Changed, differing))
}

fn all(stored: &[Stored<CodeList>]) -> Vec<pb::CodeList> {
    stored.iter().map(convert::listed_code_list).collect()
}

pub(crate) async fn submit(
    state: &State,
    call: &Call,
    request: pb::SubmitCodeListsRequest,
) -> Result<pb::SubmitCodeListsResponse, Fault> {
    let step = Step { kind: "code_list.submitted", word: "送审", take: CodeList::submit };
    let answer = |saved: Vec<_>| pb::SubmitCodeListsResponse { code_lists: all(&saved) };
    advance(state, call, (&request, &request.names, ""), step, answer).await
}

pub(crate) async fn send_back(
    state: &State,
    call: &Call,
    request: pb::ReturnCodeListsRequest,
) -> Result<pb::ReturnCodeListsResponse, Fault> {
    let step = Step { kind: "code_list.returned", word: "退回", take: CodeList::send_back };
    let answer = |saved: Vec<_>| pb::ReturnCodeListsResponse { code_lists: all(&saved) };
    advance(state, call, (&request, &request.names, &request.reason), step, answer).await
}

pub(crate) async fn activate(
    state: &State,
    call: &Call,
    request: pb::ActivateCodeListsRequest,
) -> Result<pb::ActivateCodeListsResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let step = Step { kind: "code_list.activated", word: "启用", take: CodeList::activate };
    let found = stepped(&mut act, call, &request.names, &step).await?;
    check_extensions(&mut act.tx, &found).await?;
    let saved = saved(&mut act, step.kind, &found, "").await?;
    act.finish(pb::ActivateCodeListsResponse { code_lists: all(&saved) }).await
}

/// Every one of these that adds codes to another list may. A list is looked for among these first: it may come into force
/// together with what it adds to.
async fn check_extensions(tx: &mut Tx, lists: &[Stored<CodeList>]) -> Result<(), Fault> {
    let extending: Vec<_> = lists.iter().filter(|stored| !stored.record.extends.is_empty()).collect();
    let uppers: Vec<_> =
        extending.iter().map(|stored| format!("codeLists/{}", stored.record.extends)).collect();
    let uppers = tx.load_many::<CodeList>(&uppers, &DataScope::Everything).await?;
    let known: HashMap<_, _> =
        uppers.iter().chain(lists).map(|stored| (stored.record.code.as_str(), &stored.record)).collect();
    for stored in extending {
        check_extension(&stored.record, known.get(stored.record.extends.as_str()).copied())?;
    }
    Ok(())
}

pub(crate) async fn retire(
    state: &State,
    call: &Call,
    request: pb::RetireCodeListRequest,
) -> Result<pb::RetireCodeListResponse, Fault> {
    let mut act = match state.acts.begin(call, &request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let mut list = act.load_fresh::<CodeList>(call, &request.name, &request.etag).await?;
    let successor = life::successor::<CodeList>(&mut act, &request.name, &request.successor).await?;
    list.record.retire(successor)?;
    let saved = saved(&mut act, "code_list.retired", &[list], &request.reason).await?;
    act.finish(pb::RetireCodeListResponse { code_list: saved.first().map(convert::listed_code_list) }).await
}

pub(crate) async fn get(
    state: &State,
    _: &Call,
    request: pb::GetCodeListRequest,
) -> Result<pb::GetCodeListResponse, Fault> {
    let mut tx = state.acts.db.read().await?;
    let stored = tx.load::<CodeList>(&request.name, &DataScope::Everything).await?;
    let stored = stored.ok_or_else(|| Fault::not_found(&request.name))?;
    let revision = u32::try_from(request.revision).unwrap_or_default();
    let record = stored.record.at_revision(revision).cloned();
    let record = record.ok_or_else(|| Fault::not_found(format!("{}@{revision}", request.name)))?;
    Ok(pb::GetCodeListResponse { code_list: Some(convert::code_list(&Stored { record, ..stored })) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListCodeListsRequest,
) -> Result<pb::ListCodeListsResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let mut filter = Filter::new();
    if let Some(layer) = words::word_or_none::<RegionCode>("layer", &request.layer)? {
        filter = filter.one_of("region", layer.layers());
    }
    if let Some(state) = convert::parse_library_state(request.state) {
        filter = filter.eq("state", Value::word(&state));
    }
    if !request.extends.is_empty() {
        let code = request.extends.strip_prefix("codeLists/");
        filter = filter.eq("extends", code.ok_or_else(|| Fault::field("extends", "须为 codeLists/.."))?);
    }
    let mut tx = state.acts.db.read().await?;
    let rows = tx.page::<CodeList>(&DataScope::Everything, &filter, page.after(), page.limit + 1).await?;
    let (rows, next_page_token) = state.pages.close_stored(&page, rows)?;
    Ok(pb::ListCodeListsResponse { code_lists: all(&rows), next_page_token })
}

pub(crate) async fn codes(
    state: &State,
    call: &Call,
    request: pb::ListCodesRequest,
) -> Result<pb::ListCodesResponse, Fault> {
    let page = state.pages.open(call, &request)?;
    let region: RegionCode = words::word("region", &request.region)?;
    let year = FiscalYear::try_from(request.year).map_err(|invalid| Fault::invalid("year", invalid))?;
    let mut tx = state.acts.db.read().await?;
    let upper = tx.load::<CodeList>(&request.code_list, &DataScope::Everything).await?;
    let upper = upper.filter(|stored| stored.record.layer.contains(&region));
    let upper = upper.ok_or_else(|| Fault::not_found(&request.code_list))?.record;
    let mut kept = vec![upper];
    kept.extend(extensions(&mut tx, &kept[0], &region).await?);
    let in_year: Vec<_> = kept.iter().filter_map(|list| list.in_year(year)).collect();
    // an addition does not outlive what it adds to
    if in_year.first().is_none_or(|first| first.code != kept[0].code) {
        return Err(Fault::not_found(&request.code_list));
    }
    let rows: Vec<_> = effective_codes(&in_year)
        .into_iter()
        .filter(|one| request.parent.is_empty() || one.code.parent == request.parent)
        .filter(|one| page.after().is_none_or(|after| one.code.code.as_str() > after))
        .take(page.limit + 1)
        .collect();
    let (rows, next_page_token) = state.pages.close(&page, rows, |one| one.code.code.clone())?;
    Ok(pb::ListCodesResponse {
        codes: rows.into_iter().map(convert::effective_code).collect(),
        next_page_token,
    })
}

/// What the region's layers add to the list, from the upper layer down; what was retired still holds for its years.
async fn extensions(tx: &mut Tx, upper: &CodeList, region: &RegionCode) -> Result<Vec<CodeList>, Fault> {
    let states = [LibraryState::Active, LibraryState::Retired];
    let filter = Filter::new()
        .eq("extends", upper.code.as_str())
        .one_of("state", states.iter().map(Value::word))
        .one_of("region", region.layers());
    let found = tx.page::<CodeList>(&DataScope::Everything, &filter, None, MOST_EXTENSIONS).await?;
    let mut lists: Vec<_> = found.into_iter().map(|stored| stored.record).collect();
    lists.sort_by_key(|list| list.layer.prefix().len());
    Ok(lists)
}
