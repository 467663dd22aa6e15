//! Roll-ups: sums kept over positions, asked once or watched by a dashboard; the job that folds what moved into them.

use std::time::Duration;

use futures::StreamExt;
use futures::stream::BoxStream;
use hengji_chassis::Job;
use hengji_db::Db;
use hengji_kernel::{FiscalYear, RegionCode, UnitCode};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::{Call, Fault, convert as words};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::{State, convert};
use crate::store::{Grouping, fold, rollups};

/// A dashboard hears of changes this often at most.
const LOOK: Duration = Duration::from_secs(1);

/// Moves wait this long before they are folded.
const FOLD: Duration = Duration::from_secs(2);

/// What a roll-up is asked for.
struct Question {
    region: RegionCode,
    unit: Option<UnitCode>,
    year: FiscalYear,
    by: Grouping,
}

impl Question {
    /// Refused as not there, if it reaches beyond what the caller may see.
    fn of(call: &Call, region: &str, unit: &str, year: i32, by: Grouping) -> Result<Self, Fault> {
        let region: RegionCode = words::word("region", region)?;
        let unit = words::word_or_none::<UnitCode>("unit", unit)?;
        let year = words::year("year", year)?;
        let asked = match &unit {
            Some(unit) => format!("regions/{region}/organizations/{unit}"),
            None => format!("regions/{region}"),
        };
        call.reach(&asked, &region, unit.as_ref())?;
        Ok(Self { region, unit, year, by })
    }

    async fn answer(&self, db: &Db) -> Result<Vec<pb::Rollup>, Fault> {
        let mut tx = db.read().await?;
        let found = rollups(&mut tx, &self.region, self.unit.as_ref(), self.year, self.by).await?;
        let shown = found.iter().map(|found| pb::Rollup {
            region: self.region.to_string(),
            unit: self.unit.as_ref().map(ToString::to_string).unwrap_or_default(),
            year: self.year.number(),
            ..convert::rollup(self.by, found)
        });
        Ok(shown.collect())
    }
}

pub(crate) async fn get(
    state: &State,
    call: &Call,
    request: pb::GetRollupRequest,
) -> Result<pb::GetRollupResponse, Fault> {
    let question = Question::of(call, &request.region, &request.unit, request.year, Grouping::Total)?;
    let mut rows = question.answer(&state.acts.db).await?;
    let rollup = rows.pop().unwrap_or_else(|| pb::Rollup {
        region: request.region,
        unit: request.unit,
        year: request.year,
        ..convert::empty_rollup()
    });
    Ok(pb::GetRollupResponse { rollup: Some(rollup) })
}

pub(crate) async fn list(
    state: &State,
    call: &Call,
    request: pb::ListRollupsRequest,
) -> Result<pb::ListRollupsResponse, Fault> {
    let by = convert::parse_grouping(request.group_by());
    let question = Question::of(call, &request.region, &request.unit, request.year, by)?;
    Ok(pb::ListRollupsResponse { rollups: question.answer(&state.acts.db).await? })
}

/// All rows at once, and all of them again whenever one has changed, until nobody listens. A task of its own looks: a listener
/// that falls behind holds no connection to the database.
pub(crate) fn watch(
    state: &State,
    call: &Call,
    request: pb::WatchRollupsRequest,
) -> Result<BoxStream<'static, Result<pb::WatchRollupsResponse, Status>>, Fault> {
    let by = convert::parse_grouping(request.group_by());
    let question = Question::of(call, &request.region, &request.unit, request.year, by)?;
    let (news, heard) = mpsc::channel(1);
    tokio::spawn(look(state.acts.db.clone(), question, news));
    Ok(ReceiverStream::new(heard).boxed())
}

async fn look(db: Db, question: Question, news: mpsc::Sender<Result<pb::WatchRollupsResponse, Status>>) {
    let mut shown = None;
    loop {
        match question.answer(&db).await {
            Ok(found) if shown.as_ref() == Some(&found) => {}
            Ok(found) => {
                shown = Some(found.clone());
                if news.send(Ok(pb::WatchRollupsResponse { rollups: found })).await.is_err() {
                    return;
                }
            }
            Err(fault) => {
                let _ = news.send(Err(fault.into())).await; // gone or not, the watch ends
                return;
            }
        }
        tokio::select! {
            () = news.closed() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Folds moves until the service stops; what fails, such as when another replica folds the same ones, is done the next time.
pub(crate) fn job(db: Db) -> Job {
    Box::new(move |stop| {
        Box::pin(async move {
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(FOLD) => {}
                }
                if let Err(error) = fold_all(&db).await {
                    tracing::debug!(%error, "folding roll-ups waits");
                }
            }
        })
    })
}

pub(crate) async fn fold_all(db: &Db) -> Result<(), hengji_db::DbError> {
    loop {
        let mut tx = db.write().await?;
        let more = fold(&mut tx).await?;
        tx.commit().await?;
        if !more {
            return Ok(());
        }
    }
}
