//! Streamed payments: rows join their lanes as they come, and every row is answered after its commit.

use std::sync::Arc;

use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::call::check;
use hengji_rpc::{Call, Fault};
use tokio::sync::oneshot;
use tonic::Status;

use super::lanes::{Ticket, Verdict};
use super::posting::{self, Row};
use super::{State, convert, payments};
use crate::error::{Refusal, Trouble};

/// Rows that are taken in at once: as many as are waiting, up to this.
const ROWS_A_CHUNK: usize = 400;

/// Chunks of a stream on their way: one being stored while the next is read.
const CHUNKS_AT_ONCE: usize = 2;

type Answer = Result<pb::StreamPaymentsResponse, Status>;

/// Outcomes in the order of the rows. The stream ends at the first row that could not be taken in at all, such as when the
/// database is away; whatever was answered before is stored.
pub(crate) fn answer(
    state: Arc<State>,
    call: Call,
    rows: impl Stream<Item = Result<pb::StreamPaymentsRequest, Status>> + Send + 'static,
) -> BoxStream<'static, Answer> {
    let call = Arc::new(call);
    rows.ready_chunks(ROWS_A_CHUNK)
        .then(move |chunk| {
            let (state, call) = (Arc::clone(&state), Arc::clone(&call));
            async move { Chunk::join(&state, &call, chunk).await }
        })
        .map(Chunk::answers)
        .buffered(CHUNKS_AT_ONCE)
        .map(stream::iter)
        .flatten()
        .scan(false, |ended, answer| {
            let goes_on = !*ended;
            *ended = answer.is_err();
            std::future::ready(goes_on.then_some(answer))
        })
        .boxed()
}

/// Rows of one stream in their lanes.
struct Chunk {
    outcomes: Vec<pb::PaymentOutcome>,
    parts: Vec<Part>,
    /// Why no more could be taken in.
    broken: Option<Status>,
}

/// Rows of one lane.
struct Part {
    /// Where their outcomes belong in the chunk.
    places: Vec<usize>,
    verdict: oneshot::Receiver<Verdict>,
}

impl Chunk {
    async fn join(
        state: &State,
        call: &Arc<Call>,
        rows: Vec<Result<pb::StreamPaymentsRequest, Status>>,
    ) -> Self {
        let mut chunk = Self { outcomes: Vec::with_capacity(rows.len()), parts: vec![], broken: None };
        let mut lanes: Vec<(Vec<usize>, Vec<Row>)> = vec![Default::default(); state.lanes.count()];
        for row in rows {
            let row = match row {
                Ok(request) => request.payment.unwrap_or_default(),
                Err(status) => {
                    chunk.broken = Some(status);
                    break;
                }
            };
            let outcome = match parse(&row) {
                Ok(parsed) => {
                    let (places, rows) = &mut lanes[state.lanes.of(&parsed.project)];
                    places.push(chunk.outcomes.len());
                    rows.push(Ok(parsed));
                    pb::PaymentOutcome::default()
                }
                Err(refusal) => convert::refused(&refusal),
            };
            chunk.outcomes.push(pb::PaymentOutcome { voucher: row.voucher, ..outcome });
        }
        for (lane, (places, rows)) in lanes.into_iter().enumerate().filter(|(_, (_, rows))| !rows.is_empty())
        {
            chunk.parts.push(Part::join(state, call, lane, places, rows).await);
        }
        chunk
    }

    /// Outcomes of the rows before the first one that could not be taken in, and then why.
    async fn answers(mut self) -> Vec<Answer> {
        let mut end = self.outcomes.len();
        for Part { places, verdict } in self.parts {
            let verdict = verdict.await.unwrap_or_else(|lost| Err(Fault::internal(lost).into()));
            match verdict {
                Ok(outcomes) => {
                    for (place, outcome) in places.into_iter().zip(outcomes) {
                        let voucher = std::mem::take(&mut self.outcomes[place].voucher);
                        self.outcomes[place] = pb::PaymentOutcome { voucher, ..outcome };
                    }
                }
                Err(trouble) => {
                    end = end.min(places.first().copied().unwrap_or_default());
                    self.broken.get_or_insert_with(|| status(trouble));
                }
            }
        }
        self.outcomes.truncate(end);
        let answer = |outcome| Ok(pb::StreamPaymentsResponse { outcome: Some(outcome) });
        self.outcomes.into_iter().map(answer).chain(self.broken.map(Err)).collect()
    }
}

impl Part {
    async fn join(state: &State, call: &Arc<Call>, lane: usize, places: Vec<usize>, rows: Vec<Row>) -> Self {
        let (reply, verdict) = oneshot::channel();
        match state.rules.of_places(call, &posting::places(&rows)).await {
            Ok(_) => state.lanes.join(lane, Ticket { call: Arc::clone(call), rows, once: None, reply }).await,
            Err(fault) => _ = reply.send(Err(fault.into())), // the other end is ours
        }
        Self { places, verdict }
    }
}

fn status(trouble: Trouble) -> Status {
    match trouble {
        Trouble::Fault(fault) => fault.into(),
        Trouble::Again => Trouble::exhausted().into(),
    }
}

fn parse(row: &pb::PaymentRow) -> Row {
    if let Err(fault) = check(row) {
        return Err(Refusal::field("payment", fault.message()));
    }
    payments::parse(row)
}
