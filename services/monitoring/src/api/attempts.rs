//! Acts on positions: begun again when somebody else was faster.

use hengji_db::{DbError, Record, Stored};
use hengji_kernel::DataScope;
use hengji_proto::Mutating;
use hengji_rpc::{Act, Begun, Call, Fault};
use prost::Message;

use super::State;
use crate::domain::{Packs, Position, ProjectKey};
use crate::error::Trouble;
use crate::rules::{Place, Rules};

/// `attempts!(state, call, &request, &places, |act, packs| { .. Ok(answer) })`: does the work in an act that has claimed the
/// request, with the rules of `places` at hand, until it is stored or refused.
///
/// A macro, because the future of a generic async closure is not known to be `Send`.
macro_rules! attempts {
    ($state:expr, $call:expr, $request:expr, $places:expr, |$act:ident, $packs:ident| $work:block) => {{
        let mut left = $crate::error::ATTEMPTS;
        loop {
            let (begun, rules) = $crate::api::attempts::begin($state, $call, $request, $places).await?;
            let mut opened = match begun {
                hengji_rpc::Begun::Repeat(answer) => break Ok(answer),
                hengji_rpc::Begun::Fresh(opened) => opened,
            };
            let done: Result<_, $crate::error::Trouble> = async {
                let ($act, $packs) = (&mut opened, &rules);
                $work
            }
            .await;
            left -= 1;
            match done {
                Ok(answer) => break opened.finish(answer).await,
                Err($crate::error::Trouble::Fault(fault)) => break Err(fault),
                Err($crate::error::Trouble::Again) if left > 0 => {}
                Err($crate::error::Trouble::Again) => break Err($crate::error::Trouble::exhausted()),
            }
        }
    }};
}
pub(crate) use attempts;

/// Begins the act after the rules were fetched, so that it waits for no peer.
pub(crate) async fn begin<Q: Mutating, A: Message + Default>(
    state: &State,
    call: &Call,
    request: &Q,
    places: &[Place],
) -> Result<(Begun<A>, Packs), Fault> {
    match state.rules.of_places(call, places).await {
        Ok(packs) => Ok((state.acts.begin(call, request).await?, packs)),
        // a repeat is answered even while catalog is away
        Err(fault) => {
            let answer = state.acts.repeated(call, request).await?.ok_or(fault)?;
            Ok((Begun::Repeat(answer), Packs::default()))
        }
    }
}

/// One position, held until the act ends, with the rules it is judged by among `packs`.
pub(crate) async fn hold(
    act: &mut Act,
    scope: &DataScope,
    project: &ProjectKey,
    rules: &Rules,
    packs: &Packs,
) -> Result<Option<Stored<Position>>, Trouble> {
    let name = project.position();
    let stored = act.tx.hold_many::<Position>(&[name], scope).await?.pop();
    if rules.learn(packs, stored.iter().map(|stored| &stored.record.funds)) {
        return Err(Trouble::Again);
    }
    Ok(stored)
}

/// Saves a position that was held.
pub(crate) async fn keep(act: &mut Act, stored: Stored<Position>) -> Result<Stored<Position>, Trouble> {
    let stored = Stored { version: stored.version + 1, updated_at: act.now, ..stored };
    if !act.tx.save_held([stored.as_ref()], act.now).await? {
        return Err(Trouble::Again);
    }
    Ok(stored)
}

/// Stores a first record of its name; if another act was first, everything is looked at again.
pub(crate) async fn insert_or_again<T: Record>(act: &mut Act, record: &T) -> Result<Stored<T>, Trouble> {
    match act.tx.insert(record, act.now).await {
        Err(DbError::Exists { .. }) => Err(Trouble::Again),
        other => Ok(other?),
    }
}
