//! Several hands that post payments at once, one at a time and on a stream: until nobody answers any more, or through every
//! break until they are told to stop.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use futures::StreamExt;
use futures::channel::mpsc;
use futures::future::try_join_all;
use hengji_proto::google::r#type::{Date, Decimal as Yuan};
use hengji_proto::monitoring::v1::payment_service_client::PaymentServiceClient;
use hengji_proto::monitoring::v1::{
    PaymentOutcome, PaymentRow, StreamPaymentsRequest, StreamPaymentsResponse,
};
use hengji_tests::{Desk, Refusal, prepared};
use serde_json::{Value, json};
use tonic::{Code, Request, Status, Streaming};

use crate::ledger::{Ledger, Sent};

const HANDS: usize = 4;
/// Rows on the stream that are not answered yet.
const AHEAD: usize = 32;
/// What can be sent and not answered at once.
pub(crate) const IN_FLIGHT: usize = HANDS + AHEAD;
/// Between a break and the next try.
const PAUSE: Duration = Duration::from_millis(50);

#[derive(Clone)]
pub(crate) struct Payer {
    pub(crate) desk: Desk,
    pub(crate) ledger: Ledger,
}

/// Told to whoever goes on through every break.
#[derive(Clone, Default)]
pub(crate) struct Course {
    pub(crate) stop: Arc<AtomicBool>,
    /// Calls and streams that were broken off so far.
    pub(crate) single_breaks: Arc<AtomicUsize>,
    pub(crate) stream_breaks: Arc<AtomicUsize>,
}

/// The process is gone; anything else is a refusal nobody expects.
pub(crate) fn is_gone(code: Code) -> bool {
    matches!(code, Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal)
}

/// A request in this person's name.
pub(crate) fn by<M>(desk: &Desk, message: M) -> anyhow::Result<Request<M>> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {}", desk.token).parse()?);
    Ok(request)
}

impl Payer {
    /// Ends well when the process is gone, and only then.
    pub(crate) async fn pay_until_it_breaks(self) -> anyhow::Result<()> {
        let hands: Vec<_> = (0..HANDS).map(|_| tokio::spawn(self.clone().one_at_a_time())).collect();
        let stream = tokio::spawn(async move {
            let broken = self.on_a_stream(&mut VecDeque::new(), || true).await?;
            let status = broken.context("the stream ended before the process did")?;
            ensure!(is_gone(status.code()), "the stream ended with {status:?}");
            Ok(())
        });
        for hand in hands {
            hand.await??;
        }
        stream.await?
    }

    /// So many single payments, one after the other.
    pub(crate) async fn pay(&self, count: usize) -> anyhow::Result<()> {
        for _ in 0..count {
            let (voucher, sent) = self.ledger.next(Some(hengji_testkit::request_id()));
            let outcome = self.post(&voucher, &sent, sent.request_id.as_deref()).await??;
            self.take(&voucher, &outcome)?;
        }
        Ok(())
    }

    /// Until so many payments were sent in all, on one stream.
    pub(crate) async fn pay_on_a_stream(&self, count: usize) -> anyhow::Result<()> {
        match self.on_a_stream(&mut VecDeque::new(), || self.ledger.count() < count).await? {
            None => Ok(()),
            Some(status) => bail!("the stream ended with {status:?}"),
        }
    }

    async fn one_at_a_time(self) -> anyhow::Result<()> {
        loop {
            let (voucher, sent) = self.ledger.next(Some(hengji_testkit::request_id()));
            match self.post(&voucher, &sent, sent.request_id.as_deref()).await? {
                Ok(outcome) => self.take(&voucher, &outcome)?,
                Err(refusal) if is_gone(refusal.code) => return Ok(()),
                Err(refusal) => bail!("{voucher}: {refusal}"),
            }
        }
    }

    fn take(&self, voucher: &str, outcome: &Value) -> anyhow::Result<()> {
        ensure!(outcome["stored"] == true, "{voucher}: OK was said of what is not stored: {outcome}");
        self.ledger.acknowledge(voucher);
        Ok(())
    }

    /// Single payments, each repeated under its request id until it is acknowledged. While the database is away they are
    /// refused as unavailable and nothing else.
    pub(crate) async fn one_at_a_time_through(self, course: Course) -> anyhow::Result<()> {
        while !course.stop.load(Ordering::Relaxed) {
            let (voucher, sent) = self.ledger.next(Some(hengji_testkit::request_id()));
            loop {
                match self.post(&voucher, &sent, sent.request_id.as_deref()).await? {
                    Ok(outcome) => break self.take(&voucher, &outcome)?,
                    Err(refusal) if refusal.code == Code::Unavailable => {
                        course.single_breaks.fetch_add(1, Ordering::Relaxed);
                        tokio::time::sleep(PAUSE).await;
                    }
                    Err(refusal) => bail!("{voucher}: {refusal}"),
                }
            }
        }
        Ok(())
    }

    /// One stream after the other, each resumed from the first row that was not acknowledged.
    pub(crate) async fn on_streams_through(self, course: Course) -> anyhow::Result<()> {
        let mut open = VecDeque::new();
        loop {
            let goes_on = || !course.stop.load(Ordering::Relaxed);
            match self.on_a_stream(&mut open, goes_on).await? {
                None => return Ok(()),
                Some(status) if status.code() == Code::Unavailable => {
                    course.stream_breaks.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(PAUSE).await;
                }
                Some(status) => bail!("the stream ended with {status:?}"),
            }
        }
    }

    /// Streams what is `open`, sent before and not acknowledged, and then new vouchers as long as it `goes_on`. None once all
    /// of it is acknowledged; else what the stream ended with, and what is open then.
    async fn on_a_stream(
        &self,
        open: &mut VecDeque<(String, Sent)>,
        goes_on: impl Fn() -> bool,
    ) -> anyhow::Result<Option<Status>> {
        let (rows, outbound) = mpsc::unbounded::<StreamPaymentsRequest>();
        let send = |(voucher, sent): &(String, Sent)| {
            let _ = rows.unbounded_send(request(voucher, sent)); // a stream that has ended says so to its reader
        };
        open.iter().for_each(send);
        while open.len() < AHEAD && goes_on() {
            open.push_back(self.ledger.next(None));
            open.back().into_iter().for_each(send);
        }
        if open.is_empty() {
            return Ok(None);
        }
        let mut answers = match self.stream(outbound).await {
            Ok(answers) => answers,
            Err(status) => return Ok(Some(status)),
        };
        while let Some((voucher, _)) = open.front() {
            let outcome = match answers.next().await.context("the stream ended before its rows did")? {
                Ok(answer) => answer.outcome.context("an outcome")?,
                Err(status) => return Ok(Some(status)),
            };
            ensure!(outcome.voucher == *voucher, "the answer for {voucher} is about {}", outcome.voucher);
            ensure!(outcome.stored, "{voucher}: {} {}", outcome.reason, outcome.message);
            self.ledger.acknowledge(voucher);
            open.pop_front();
            if goes_on() {
                open.push_back(self.ledger.next(None));
                open.back().into_iter().for_each(send);
            }
        }
        Ok(None)
    }

    pub(crate) async fn post(
        &self,
        voucher: &str,
        sent: &Sent,
        request_id: Option<&str>,
    ) -> anyhow::Result<Result<Value, Refusal>> {
        let mut body = json!({ "payment": prepared::payment(voucher, &sent.amount.to_string()) });
        body["payment"]["project"] = json!(sent.project);
        if let Some(request_id) = request_id {
            body["request_id"] = json!(request_id);
        }
        let answer = self.desk.try_ask("monitoring.PaymentService/PostPayment", body).await?;
        Ok(answer.map(|answer| answer["outcome"].clone()))
    }

    pub(crate) async fn stream(
        &self,
        rows: impl futures::Stream<Item = StreamPaymentsRequest> + Send + 'static,
    ) -> Result<Streaming<StreamPaymentsResponse>, Status> {
        let request = by(&self.desk, rows).map_err(|error| Status::internal(error.to_string()))?;
        let answers = PaymentServiceClient::new(self.desk.link.clone()).stream_payments(request).await?;
        Ok(answers.into_inner())
    }

    /// Everything ever sent, once more: what is stored is a duplicate, the rest is stored now; the same request gets the
    /// same answer.
    pub(crate) async fn send_all_again(&self) -> anyhow::Result<()> {
        let sent = self.ledger.sent();
        let before = self.ledger.acknowledged();
        let rows: Vec<_> = sent.iter().map(|(voucher, sent)| request(voucher, sent)).collect();
        let outcomes: Vec<_> = self.stream(futures::stream::iter(rows)).await?.collect().await;
        ensure!(outcomes.len() == sent.len(), "{} rows, {} outcomes", sent.len(), outcomes.len());
        for (answer, voucher) in outcomes.into_iter().zip(sent.keys()) {
            self.repeated(answer?.outcome.context("an outcome")?, voucher, &before)?;
        }
        let unary = sent.iter().filter(|(_, sent)| sent.request_id.is_some()).take(20);
        try_join_all(unary.map(async |(voucher, entry)| {
            let fresh = self.post(voucher, entry, None).await??;
            ensure!(fresh["duplicate"] == true, "{voucher}: a new request for it is a duplicate: {fresh}");
            let same = self.post(voucher, entry, entry.request_id.as_deref()).await??;
            ensure!(same["stored"] == true, "{voucher}: the same request again: {same}");
            Ok(())
        }))
        .await?;
        Ok(())
    }

    fn repeated(
        &self,
        outcome: PaymentOutcome,
        voucher: &str,
        before: &BTreeSet<String>,
    ) -> anyhow::Result<()> {
        ensure!(outcome.voucher == voucher, "the answer for {voucher} is about {}", outcome.voucher);
        ensure!(outcome.stored, "{voucher}: {} {}", outcome.reason, outcome.message);
        let known = before.contains(voucher);
        ensure!(outcome.duplicate || !known, "{voucher} was acknowledged before and is stored again");
        self.ledger.acknowledge(voucher);
        Ok(())
    }
}

pub(crate) fn request(voucher: &str, sent: &Sent) -> StreamPaymentsRequest {
    let payment = PaymentRow {
        voucher: voucher.to_owned(),
        project: sent.project.clone(),
        amount_yuan: Some(Yuan { value: sent.amount.to_string() }),
        pay_date: Some(Date { year: 2021, month: 6, day: 30 }),
        payee: "施工单位".to_owned(),
        note: "进度款".to_owned(),
        ..PaymentRow::default()
    };
    StreamPaymentsRequest { payment: Some(payment) }
}
