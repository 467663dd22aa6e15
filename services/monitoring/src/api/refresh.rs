//! Positions looked at again as of a day: time alone also turns lights.

use hengji_kernel::{DataScope, UnitCode};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::{Call, Fault, convert as words};

use super::attempts::attempts;
use super::positions::{all_under, places};
use super::{State, lights};
use crate::domain::Position;
use crate::error::{Refusal, Trouble};
use crate::store::save_moved;

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
        let mut held = act.tx.hold_many::<Position>(&names, &DataScope::Everything).await?;
        if state.rules.learn(packs, held.iter().map(|stored| &stored.record.funds)) {
            return Err(Trouble::Again);
        }
        held.retain(|stored| stored.record.as_of < day);
        let mut news = Vec::new();
        for stored in &mut held {
            (stored.version, stored.updated_at) = (stored.version + 1, act.now);
            let Some(pack) = packs.of(&stored.record) else { continue };
            let changes = stored.record.look_at(day, &pack);
            news.extend(lights(act, &stored.record, &changes, &request.parent));
        }
        if !save_moved(&mut act.tx, &held, act.now).await? {
            return Err(Trouble::Again);
        }
        let answer = pb::RefreshPositionsResponse {
            position_count: i32::try_from(held.len()).unwrap_or(i32::MAX),
            change_count: i32::try_from(news.len()).unwrap_or(i32::MAX),
        };
        act.tx.append_many(news).await?;
        Ok(answer)
    })
}
