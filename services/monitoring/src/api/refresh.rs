//! Positions looked at again as of a day: time alone also turns lights.

use hengji_db::Stored;
use hengji_kernel::{DataScope, Date, UnitCode};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::{Act, Call, Fault, convert as words};

use super::attempts::attempts;
use super::positions::{all_under, places};
use super::{State, lights};
use crate::domain::{Packs, Position};
use crate::error::{Refusal, Trouble};
use crate::rules::Rules;

pub(crate) async fn refresh(
    state: &State,
    call: &Call,
    request: pb::RefreshPositionsRequest,
) -> Result<pb::RefreshPositionsResponse, Fault> {
    let (region, year) = words::parse_parent("parent", &request.parent)?;
    let unit = words::word_or_none::<UnitCode>("unit", &request.unit)?;
    let day = words::parse_date("as_of", request.as_of.as_ref())?;
    if day > state.acts.clock.today() {
        return Err(Refusal::date("as_of", "在今天之后", day).into());
    }
    call.reach(&request.parent, &region, unit.as_ref())?;
    let under = (&region, unit.as_ref(), year);
    let found = all_under(&mut state.acts.db.read().await?, under, "unit").await?;
    let names: Vec<String> = found.iter().map(|stored| stored.record.resource_name()).collect();
    attempts!(state, call, &request, &places(&found, year), |act, packs| {
        let looked = look_again(act, &state.rules, packs, &names, (day, &request.parent)).await?;
        Ok(pb::RefreshPositionsResponse {
            position_count: i32::try_from(looked.positions).unwrap_or(i32::MAX),
            change_count: i32::try_from(looked.changes).unwrap_or(i32::MAX),
        })
    })
}

/// What a look at positions has come to.
pub(crate) struct Looked {
    pub(crate) positions: usize,
    /// Lights and warnings that changed.
    pub(crate) changes: usize,
}

/// Looks at the positions of these names as of a day, those aside that counted a later one, and tells what has changed and what
/// for.
pub(crate) async fn look_again(
    act: &mut Act,
    rules: &Rules,
    packs: &Packs,
    names: &[String],
    (day, cause): (Date, &str),
) -> Result<Looked, Trouble> {
    let mut held = act.tx.hold_many::<Position>(names, &DataScope::Everything).await?;
    if rules.learn(packs, held.iter().map(|stored| &stored.record.funds)) {
        return Err(Trouble::Again);
    }
    held.retain(|stored| stored.record.as_of < day);
    let mut news = Vec::new();
    for stored in &mut held {
        (stored.version, stored.updated_at) = (stored.version + 1, act.now);
        let Some(pack) = packs.of(&stored.record) else { continue };
        let changes = stored.record.look_at(day, &pack);
        news.extend(lights(act, &stored.record, &changes, cause));
    }
    if !act.tx.save_held(held.iter().map(Stored::as_ref), act.now).await? {
        return Err(Trouble::Again);
    }
    let looked = Looked { positions: held.len(), changes: news.len() };
    act.tx.append_many(news).await?;
    Ok(looked)
}
