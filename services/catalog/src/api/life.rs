//! Steps of life that indicators, templates and code lists take alike.

use std::collections::HashSet;

use hengji_db::{NewEntry, Record, Stored};
use hengji_kernel::DataScope;
use hengji_proto::Mutating;
use hengji_rpc::{Act, Begun, Call, Fault, Reason};
use prost::Message;
use serde_json::json;

use super::State;
use crate::domain::{LibraryState, Living};
use crate::error::Refusal;

/// A step many records take at once.
pub(super) struct Step<T> {
    /// e.g. `template.submitted`
    pub(super) kind: &'static str,
    /// e.g. 送审
    pub(super) word: &'static str,
    pub(super) take: fn(&mut T) -> Result<(), Refusal>,
}

/// Takes the named records a step further, all or none, and answers them in the order of their names.
pub(super) async fn advance<T: Record + Living, Q: Mutating, A: Message + Default>(
    state: &State,
    call: &Call,
    (request, names, reason): (&Q, &[String], &str),
    step: Step<T>,
    answer: impl FnOnce(Vec<Stored<T>>) -> A,
) -> Result<A, Fault> {
    let mut act = match state.acts.begin(call, request).await? {
        Begun::Repeat(answer) => return Ok(answer),
        Begun::Fresh(act) => act,
    };
    let found = stepped(&mut act, call, names, &step).await?;
    let saved = saved(&mut act, step.kind, &found, reason).await?;
    act.finish(answer(saved)).await
}

/// Loads all and takes each a step further, or refuses naming every one that cannot.
pub(super) async fn stepped<T: Record + Living>(
    act: &mut Act,
    call: &Call,
    names: &[String],
    step: &Step<T>,
) -> Result<Vec<Stored<T>>, Fault> {
    if names.iter().collect::<HashSet<_>>().len() < names.len() {
        return Err(Fault::field("names", "名称重复"));
    }
    let mut found = act.tx.load_many::<T>(names, &call.scope()).await?;
    let known: HashSet<_> = found.iter().map(|stored| stored.record.resource_name()).collect();
    if let Some(missing) = names.iter().find(|name| !known.contains(*name)) {
        return Err(Fault::not_found(missing));
    }
    let refused: Vec<_> = found
        .iter_mut()
        .filter_map(|stored| {
            (step.take)(&mut stored.record).err().map(|refusal| (stored, refusal.to_string()))
        })
        .map(|(stored, message)| (stored.record.resource_name(), message))
        .collect();
    if refused.is_empty() {
        return Ok(found);
    }
    let message = format!("{} 个{}不能{}", refused.len(), T::NOUN, step.word);
    Err(Fault::preconditions(Reason::StateForbids, message, refused))
}

/// Saves the records and tells of each.
pub(super) async fn saved<T: Record + Living>(
    act: &mut Act,
    kind: &'static str,
    found: &[Stored<T>],
    reason: &str,
) -> Result<Vec<Stored<T>>, Fault> {
    let saved = act.save_many(found).await?;
    tell(act, kind, &saved, reason).await?;
    Ok(saved)
}

/// One entry for each record, written at once.
pub(super) async fn tell<T: Record + Living>(
    act: &mut Act,
    kind: &'static str,
    records: &[Stored<T>],
    reason: &str,
) -> Result<(), Fault> {
    let entry = |stored: &Stored<T>| NewEntry {
        entry_id: act.new_id(),
        at: act.now,
        account: act.account.clone(),
        method: act.method.to_owned(),
        request_id: act.request_id.clone(),
        kind,
        subject: stored.record.resource_name(),
        region: Some(stored.record.layer().clone()),
        unit: None,
        payload: json!({ "title": stored.record.title(), "revision": stored.record.revision() }),
        reason: reason.to_owned(),
    };
    let entries = records.iter().map(entry).collect();
    Ok(act.tx.append_many(entries).await?)
}

/// Code of the record to be used in place of `name`, which must be in force; empty if none is named.
pub(super) async fn successor<T: Record + Living>(
    act: &mut Act,
    name: &str,
    successor: &str,
) -> Result<String, Fault> {
    if successor.is_empty() {
        return Ok(String::new());
    }
    let stored = act.tx.load::<T>(successor, &DataScope::Everything).await?;
    match stored.map(|stored| stored.record) {
        Some(other) if other.state() == LibraryState::Active && successor != name => {
            Ok(other.code().to_owned())
        }
        _ => Err(Fault::field("successor", format!("须是另一个启用中的{}", T::NOUN))),
    }
}
