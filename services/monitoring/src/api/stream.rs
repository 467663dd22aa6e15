//! Streamed payments: what is waiting becomes one transaction, and every row its answer after the commit.

use std::sync::Arc;

use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use hengji_proto::monitoring::v1 as pb;
use hengji_rpc::call::check;
use hengji_rpc::{Call, Fault};
use tonic::Status;

use super::posting::{self, Row};
use super::{State, convert, payments};
use crate::domain::Outcome;
use crate::error::{ATTEMPTS, Refusal, Trouble};

/// A chunk holds the positions it touches until its commit: large enough to share one commit, small enough to let others in.
const ROWS_A_CHUNK: usize = 400;

type Answer = Result<pb::StreamPaymentsResponse, Status>;

/// Outcomes in the order of the rows. The stream ends at the first row that could not be taken in at all, such as when the
/// database is away; whatever was answered before is stored.
pub(crate) fn answer(
    state: Arc<State>,
    call: Call,
    rows: impl Stream<Item = Result<pb::StreamPaymentsRequest, Status>> + Send + 'static,
) -> BoxStream<'static, Answer> {
    let (state, call) = (state, Arc::new(call));
    rows.ready_chunks(ROWS_A_CHUNK)
        .then(move |chunk| {
            let (state, call) = (Arc::clone(&state), Arc::clone(&call));
            async move { stream::iter(answers(&state, &call, chunk).await) }
        })
        .flatten()
        .boxed()
}

async fn answers(
    state: &State,
    call: &Call,
    chunk: Vec<Result<pb::StreamPaymentsRequest, Status>>,
) -> Vec<Answer> {
    let mut rows = Vec::with_capacity(chunk.len());
    let mut broken = None;
    for request in chunk {
        match request {
            Ok(request) => rows.push(request.payment.unwrap_or_default()),
            Err(status) => {
                broken = Some(status);
                break;
            }
        }
    }
    let mut answers: Vec<Answer> = match post(state, call, &rows).await {
        Ok(outcomes) => {
            let answer = |outcome| Ok(pb::StreamPaymentsResponse { outcome: Some(outcome) });
            outcomes.into_iter().map(answer).collect()
        }
        Err(fault) => return vec![Err(fault.into())],
    };
    answers.extend(broken.map(Err));
    answers
}

/// One chunk, one transaction; rows that break a field rule are refused beside the others.
async fn post(state: &State, call: &Call, rows: &[pb::PaymentRow]) -> Result<Vec<pb::PaymentOutcome>, Fault> {
    let parsed: Vec<Row> = rows.iter().map(parse).collect();
    let places = posting::places(&parsed);
    for _ in 0..ATTEMPTS {
        let packs = state.rules.of_places(call, &places).await?;
        let mut act = state.acts.background(call).await?;
        let stored = async {
            let posted = posting::decide(&mut act, call, &parsed, &state.rules, &packs).await?;
            if posted.decision.outcomes.iter().any(|outcome| matches!(outcome, Outcome::Stored { .. })) {
                posting::store(&mut act, &posted).await?;
            }
            Ok(posted)
        };
        match stored.await {
            Ok(posted) => {
                act.done().await?;
                return Ok(convert::outcomes(rows, &posted));
            }
            Err(Trouble::Fault(fault)) => return Err(fault),
            Err(Trouble::Again) => {}
        }
    }
    Err(Trouble::exhausted())
}

fn parse(row: &pb::PaymentRow) -> Row {
    if let Err(fault) = check(row) {
        return Err(Refusal::field("payment", fault.message()));
    }
    payments::parse(row)
}
