//! Callers of the service: single payments, streams, positions.

use std::time::{Duration, Instant};

use futures::future::try_join_all;
use futures::{StreamExt, stream};
use hengji_proto::monitoring::v1 as pb;
use hengji_proto::monitoring::v1::payment_service_client::PaymentServiceClient;
use hengji_proto::monitoring::v1::position_service_client::PositionServiceClient;
use hengji_testkit::{Figures, request_id};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand_distr::{Distribution, Uniform, Zipf};
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};

use crate::county::{self, PROJECTS};
use crate::served::Service;
use crate::support::{row, yuan};

const CONNECTIONS: usize = 4;
/// Not measured: connections, caches and the first plans.
const WARM: Duration = Duration::from_millis(700);

/// Which projects are paid for.
#[derive(Clone, Copy)]
pub enum Keys {
    Uniform,
    /// Zipf with exponent 1.1.
    Hot,
}

impl Keys {
    fn draw(self, random: &mut StdRng) -> u64 {
        match self {
            Self::Uniform => Uniform::new(0, PROJECTS).expect("a range").sample(random),
            #[allow(
                clippy::cast_precision_loss,
                clippy::float_arithmetic,
                reason = "a draw of keys, not money"
            )]
            Self::Hot => Zipf::new(PROJECTS as f64, 1.1).expect("a distribution").sample(random) as u64 - 1,
        }
    }
}

#[derive(Clone)]
pub struct Callers {
    endpoint: Endpoint,
    token: MetadataValue<Ascii>,
}

impl Callers {
    pub fn of(service: &Service) -> anyhow::Result<Self> {
        let endpoint = Endpoint::from_shared(format!("http://127.0.0.1:{}", service.port))?.tcp_nodelay(true);
        Ok(Self { endpoint, token: service.token.parse()? })
    }

    fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.token.clone());
        request
    }

    async fn channels(&self) -> anyhow::Result<Vec<Channel>> {
        Ok(try_join_all((0..CONNECTIONS).map(|_| self.endpoint.connect())).await?)
    }

    /// Every caller posts one payment after the other; `run` tells the vouchers of this run from others.
    pub async fn post(&self, run: &str, callers: usize, seconds: u64, keys: Keys) -> anyhow::Result<Figures> {
        let channels = self.channels().await?;
        self.measure(callers, seconds, |caller, number| {
            let mut client = PaymentServiceClient::new(channels[caller % CONNECTIONS].clone());
            let payment = payment(&format!("{run}-{caller}-{number}"), keys);
            let payment = pb::PostPaymentRequest {
                request_id: request_id(),
                payment: Some(payment),
                ..Default::default()
            };
            let request = self.request(payment);
            async move {
                let outcome = client.post_payment(request).await?.into_inner().outcome;
                anyhow::ensure!(outcome.is_some_and(|outcome| outcome.stored), "not stored");
                Ok(())
            }
        })
        .await
    }

    /// Every caller asks for one position after the other.
    pub async fn positions(&self, callers: usize, seconds: u64) -> anyhow::Result<Figures> {
        let channels = self.channels().await?;
        self.measure(callers, seconds, |caller, number| {
            let mut client = PositionServiceClient::new(channels[caller % CONNECTIONS].clone());
            let project = county::name((caller as u64 * 151 + number * 7919) % PROJECTS);
            let request = self.request(pb::GetPositionRequest {
                project,
                view: pb::PositionView::Funds.into(),
                ..Default::default()
            });
            async move {
                let position = client.get_position(request).await?.into_inner().position;
                anyhow::ensure!(position.is_some(), "no position");
                Ok(())
            }
        })
        .await
    }

    async fn measure<C>(
        &self,
        callers: usize,
        seconds: u64,
        call: impl Fn(usize, u64) -> C,
    ) -> anyhow::Result<Figures>
    where
        C: Future<Output = anyhow::Result<()>> + Send,
    {
        let from = Instant::now() + WARM;
        let end = from + Duration::from_secs(seconds);
        let call = &call;
        let tasks = (0..callers).map(|caller| async move {
            let mut micros = Vec::new();
            for number in 0.. {
                let began = Instant::now();
                if began >= end {
                    break;
                }
                call(caller, number).await?;
                if began >= from {
                    micros.push(u64::try_from(began.elapsed().as_micros())?);
                }
            }
            anyhow::Ok(micros)
        });
        let found = try_join_all(tasks).await?;
        Ok(Figures::of(found.into_iter().flatten().collect()))
    }

    /// So many streams, each until `until` says so for its number of rows; payments a second over all.
    pub async fn stream(
        &self,
        run: &str,
        streams: usize,
        until: impl Fn(u64, Instant) -> bool + Clone + Send + Sync + 'static,
    ) -> anyhow::Result<f64> {
        let began = Instant::now();
        let tasks = (0..streams).map(|number| {
            let (callers, run, until) = (self.clone(), format!("{run}-{number}"), until.clone());
            tokio::spawn(async move {
                let mut client = PaymentServiceClient::new(callers.endpoint.connect().await?);
                let rows = stream::iter(0..).take_while(move |sent| std::future::ready(!until(*sent, began)));
                let rows = rows.map(move |sent| pb::StreamPaymentsRequest {
                    payment: Some(payment(&format!("{run}-{sent}"), Keys::Uniform)),
                });
                let mut answers = client.stream_payments(callers.request(rows)).await?.into_inner();
                let mut stored = 0_u64;
                while let Some(answer) = answers.message().await? {
                    anyhow::ensure!(answer.outcome.is_some_and(|outcome| outcome.stored), "not stored");
                    stored += 1;
                }
                anyhow::Ok(stored)
            })
        });
        let mut stored = 0;
        for task in try_join_all(tasks).await? {
            stored += task?;
        }
        Ok(hengji_testkit::rate(stored, began.elapsed()))
    }
}

fn payment(voucher: &str, keys: Keys) -> pb::PaymentRow {
    thread_local! {
        static RANDOM: std::cell::RefCell<StdRng> = std::cell::RefCell::new(StdRng::seed_from_u64(77));
    }
    RANDOM.with_borrow_mut(|random| {
        let project = county::name(keys.draw(random));
        let fen = Uniform::new(100_u32, 100_000).expect("a range").sample(random);
        let amount = yuan(&format!("{}.{:02}", fen / 100, fen % 100));
        pb::PaymentRow {
            amount_yuan: Some(amount),
            functional_account: "2140106".into(),
            ..row(voucher, &project, "0", "2021-06-15")
        }
    })
}
