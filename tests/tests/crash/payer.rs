//! Several hands that post payments at once, one at a time and on a stream, until nobody answers any more.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use futures::StreamExt;
use futures::channel::mpsc;
use futures::future::try_join_all;
use hengji_proto::google::r#type::{Date, Decimal as Yuan};
use hengji_proto::monitoring::v1::payment_service_client::PaymentServiceClient;
use hengji_proto::monitoring::v1::{PaymentOutcome, PaymentRow, StreamPaymentsRequest};
use hengji_tests::prepared::{PROJECT, payment};
use hengji_tests::{Desk, Refusal};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tonic::{Code, Request, Status, Streaming};

use crate::ledger::{Ledger, Sent};

const HANDS: usize = 4;
/// Rows on the stream that are not answered yet.
const AHEAD: usize = 32;

#[derive(Clone)]
pub(crate) struct Payer {
    pub(crate) desk: Desk,
    pub(crate) ledger: Ledger,
}

/// The process is gone; anything else is a refusal nobody expects.
fn is_gone(code: Code) -> bool {
    matches!(code, Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal)
}

impl Payer {
    /// Ends well when the process is gone, and only then.
    pub(crate) async fn pay_until_it_breaks(self) -> anyhow::Result<()> {
        let hands = (0..HANDS).map(|_| tokio::spawn(self.clone().one_at_a_time()));
        let stream = tokio::spawn(self.clone().on_a_stream());
        for hand in hands.collect::<Vec<_>>() {
            hand.await??;
        }
        stream.await?
    }

    async fn one_at_a_time(self) -> anyhow::Result<()> {
        loop {
            let (voucher, sent) = self.ledger.next(Some(hengji_testkit::request_id()));
            match self.post(&voucher, &sent, sent.request_id.as_deref()).await? {
                Ok(outcome) => {
                    ensure!(
                        outcome["stored"] == true,
                        "{voucher}: OK was said of what is not stored: {outcome}"
                    );
                    self.ledger.acknowledge(&voucher);
                }
                Err(refusal) if is_gone(refusal.code) => return Ok(()),
                Err(refusal) => bail!("{voucher}: {refusal}"),
            }
        }
    }

    async fn post(
        &self,
        voucher: &str,
        sent: &Sent,
        request_id: Option<&str>,
    ) -> anyhow::Result<Result<Value, Refusal>> {
        let mut body = json!({ "payment": payment(voucher, &sent.amount.to_string()) });
        if let Some(request_id) = request_id {
            body["request_id"] = json!(request_id);
        }
        let answer = self.desk.try_ask("monitoring.PaymentService/PostPayment", body).await?;
        Ok(answer.map(|answer| answer["outcome"].clone()))
    }

    async fn on_a_stream(self) -> anyhow::Result<()> {
        let (rows, outbound) = mpsc::unbounded::<StreamPaymentsRequest>();
        let (ledger, room) = (self.ledger.clone(), Arc::new(Semaphore::new(AHEAD)));
        let answered = Arc::clone(&room);
        let feeding = tokio::spawn(async move {
            while let Ok(place) = room.acquire().await {
                place.forget();
                let (voucher, sent) = ledger.next(None);
                let request = StreamPaymentsRequest { payment: Some(row(&voucher, &sent)) };
                if rows.unbounded_send(request).is_err() {
                    return;
                }
            }
        });
        let mut answers = match self.stream(outbound).await {
            Ok(answers) => answers,
            Err(status) if is_gone(status.code()) => return Ok(()),
            Err(status) => return Err(status.into()),
        };
        while let Some(answer) = answers.next().await {
            match answer {
                Ok(answer) => {
                    let outcome = answer.outcome.context("an outcome")?;
                    ensure!(outcome.stored, "{}: {} {}", outcome.voucher, outcome.reason, outcome.message);
                    self.ledger.acknowledge(&outcome.voucher);
                    answered.add_permits(1);
                }
                Err(status) if is_gone(status.code()) => break,
                Err(status) => return Err(status.into()),
            }
        }
        feeding.abort();
        Ok(())
    }

    async fn stream(
        &self,
        rows: impl futures::Stream<Item = StreamPaymentsRequest> + Send + 'static,
    ) -> Result<Streaming<hengji_proto::monitoring::v1::StreamPaymentsResponse>, Status> {
        let mut request = Request::new(rows);
        let token = format!("Bearer {}", self.desk.token).parse().map_err(|_| Status::internal("token"))?;
        request.metadata_mut().insert("authorization", token);
        let answers = PaymentServiceClient::new(self.desk.link.clone()).stream_payments(request).await?;
        Ok(answers.into_inner())
    }

    /// Everything ever sent, once more: what is stored is a duplicate, the rest is stored now; the same request gets the
    /// same answer.
    pub(crate) async fn send_all_again(&self) -> anyhow::Result<()> {
        let sent = self.ledger.sent();
        let before = self.ledger.acknowledged();
        let rows: Vec<_> = sent
            .iter()
            .map(|(voucher, sent)| StreamPaymentsRequest { payment: Some(row(voucher, sent)) })
            .collect();
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

fn row(voucher: &str, sent: &Sent) -> PaymentRow {
    PaymentRow {
        voucher: voucher.to_owned(),
        project: PROJECT.to_owned(),
        amount_yuan: Some(Yuan { value: sent.amount.to_string() }),
        pay_date: Some(Date { year: 2021, month: 6, day: 30 }),
        payee: "施工单位".to_owned(),
        note: "进度款".to_owned(),
        ..PaymentRow::default()
    }
}
