//! Many callers of gates over the network.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use hengji_chassis::Corked;
use hengji_proto::targets::v1 as pb;
use hengji_proto::targets::v1::gate_service_client::GateServiceClient;
use hengji_testkit::{Bench, Figures, Served};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint, Uri};
use tower::service_fn;

use crate::common::platform;
use crate::county::{self, PER_REGION};

const CONNECTIONS: usize = 4;
/// Not measured: connections, caches and the first plans.
const WARM: Duration = Duration::from_millis(700);

pub struct Callers {
    address: SocketAddr,
    token: MetadataValue<Ascii>,
}

impl Callers {
    pub fn of(served: &Served, bench: &Bench) -> anyhow::Result<Self> {
        let token = bench.by(&platform(), ()).metadata().get("authorization").cloned();
        let token = token.ok_or_else(|| anyhow::anyhow!("a request without a token"))?;
        Ok(Self { address: (Ipv4Addr::LOCALHOST, served.port).into(), token })
    }

    async fn connect(&self) -> anyhow::Result<Channel> {
        let address = self.address;
        let connector = service_fn(move |_: Uri| async move {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            anyhow::Ok(TokioIo::new(Corked::new(stream)))
        });
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?;
        Ok(endpoint.connect_with_connector(connector).await?)
    }

    /// Every caller asks one gate after the other, each time of another project.
    pub async fn gates(&self, callers: usize, seconds: u64) -> anyhow::Result<Figures> {
        let channels = try_join_all((0..CONNECTIONS).map(|_| self.connect())).await?;
        let from = Instant::now() + WARM;
        let end = from + Duration::from_secs(seconds);
        let tasks = (0..callers).map(|caller| {
            let mut client = GateServiceClient::new(channels[caller % CONNECTIONS].clone());
            let token = self.token.clone();
            tokio::spawn(async move {
                let mut micros = Vec::new();
                let mut number = caller as u64 * 151;
                loop {
                    let began = Instant::now();
                    if began >= end {
                        return anyhow::Ok(micros);
                    }
                    number += 7919;
                    let project = county::project(number % PER_REGION);
                    let kind = pb::GateKind::FundIssue.into();
                    let mut request = Request::new(pb::CheckGateRequest { project, kind });
                    request.metadata_mut().insert("authorization", token.clone());
                    let answer = client.check_gate(request).await?.into_inner();
                    anyhow::ensure!(answer.verdict.is_some_and(|verdict| verdict.allowed), "refused");
                    if began >= from {
                        micros.push(u64::try_from(began.elapsed().as_micros())?);
                    }
                }
            })
        });
        let mut micros = Vec::new();
        for task in try_join_all(tasks).await? {
            micros.extend(task?);
        }
        Ok(Figures::of(micros))
    }
}
