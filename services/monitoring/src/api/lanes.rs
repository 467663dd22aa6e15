//! Lanes: payments that wait at the same time share a transaction.
//!
//! Each lane takes the rows of its own share of the projects, so that those of a hot project collapse into one change of its
//! position and two lanes seldom want the same row. A lane waits for nothing but its own last commit: whatever arrived
//! meanwhile is its next group. Row locks keep other replicas and other calls right.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use hengji_db::{Dialect, RequestKey};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::{Acts, Call, Fault};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use super::group::Poster;
use super::posting::Row;
use crate::domain::ProjectKey;
use crate::error::Trouble;
use crate::rules::Rules;

/// Tickets waiting in a lane before the next single payment is refused: a few seconds of work.
const WAITING: usize = 2048;

/// Rows of a group: a transaction large enough to share its commit, small enough to answer soon.
const ROWS_A_GROUP: usize = 500;

/// Lanes at most, each with a connection of its own; the others are left to readings, orders and readers.
const LANES: usize = 4;

/// Outcomes of a ticket's rows, in their order.
pub(crate) type Verdict = Result<Vec<pb::PaymentOutcome>, Trouble>;

/// Rows of one caller that wait for their lane.
pub(crate) struct Ticket {
    pub(crate) call: Arc<Call>,
    pub(crate) rows: Vec<Row>,
    /// A call of its own, to be answered once: refused, it has not happened. Without it, rows of a stream.
    pub(crate) once: Option<RequestKey>,
    pub(crate) reply: oneshot::Sender<Verdict>,
}

pub(crate) struct Lanes(Vec<mpsc::Sender<Ticket>>);

impl Lanes {
    /// One lane on SQLite, which has one writer; on PostgreSQL one for each processor, within bounds.
    pub(crate) fn start(acts: &Acts, rules: &Rules) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let count = match acts.db.dialect() {
            Dialect::Sqlite => 1,
            Dialect::Postgres => processors.clamp(2, LANES),
        };
        let poster = Arc::new(Poster::new(acts.clone(), rules.clone()));
        let lanes = (0..count).map(|_| {
            let (sender, waiting) = mpsc::channel(WAITING);
            tokio::spawn(run(Arc::clone(&poster), waiting));
            sender
        });
        Self(lanes.collect())
    }

    pub(crate) fn of(&self, project: &ProjectKey) -> usize {
        let mut hasher = DefaultHasher::new();
        project.hash(&mut hasher);
        usize::try_from(hasher.finish() % self.0.len() as u64).unwrap_or_default()
    }

    pub(crate) const fn count(&self) -> usize {
        self.0.len()
    }

    /// Takes a place in the lane, or refuses at once while too many wait.
    pub(crate) fn offer(&self, lane: usize, ticket: Ticket) -> Result<(), Fault> {
        match self.0.get(lane).map(|lane| lane.try_send(ticket)) {
            Some(Ok(())) => Ok(()),
            Some(Err(TrySendError::Full(_))) => {
                Err(Fault::unavailable("等待入账的支付过多，请稍后用同一 request_id 重试"))
            }
            _ => Err(Fault::internal("a lane has ended")),
        }
    }

    /// Takes a place in the lane as soon as there is one. A lane that has ended lets go of the ticket, and whoever waits for
    /// its verdict finds out.
    pub(crate) async fn join(&self, lane: usize, ticket: Ticket) {
        if let Some(lane) = self.0.get(lane) {
            let _ = lane.send(ticket).await;
        }
    }
}

/// Serves a lane until nobody can join it any more.
async fn run(poster: Arc<Poster>, mut waiting: mpsc::Receiver<Ticket>) {
    while let Some(first) = waiting.recv().await {
        let mut rows = first.rows.len();
        let mut group = vec![first];
        while rows < ROWS_A_GROUP
            && let Ok(next) = waiting.try_recv()
        {
            rows += next.rows.len();
            group.push(next);
        }
        group.retain(|ticket| !ticket.reply.is_closed()); // whoever has given up was not told anything
        let poster = Arc::clone(&poster);
        // a task of its own: a panic ends the group and not the lane
        let served = tokio::spawn(async move { poster.serve(group).await }).await;
        if let Err(error) = served {
            tracing::error!(%error, "a group of payments ended early");
        }
    }
}
