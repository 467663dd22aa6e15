//! One service under test: mounted with its guard, on one database, with a fixed clock.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use hengji_chassis::{Host, HostOptions, ServiceSpec};
use hengji_kernel::{Clock, FixedClock, SeededIds, Timestamp};
use hengji_rpc::{Limits, Link};
use tonic::Request;
use tonic::service::Routes;

use crate::issuer::routes_link;
use crate::{Database, Issuer};

/// What a caller may do: permissions within a region subtree and, if given, a unit subtree.
#[derive(Clone, Default)]
pub struct Rights {
    pub account: String,
    pub organization: String,
    pub grants: Vec<(Vec<String>, String, Option<String>)>,
}

impl Rights {
    pub fn of(account: &str) -> Self {
        Self { account: format!("accounts/{account}"), ..Self::default() }
    }

    pub fn from(mut self, organization: &str) -> Self {
        self.organization = organization.to_owned();
        self
    }

    /// May use `permissions` in the whole region subtree.
    pub fn may(mut self, permissions: &[&str], region: &str) -> Self {
        let permissions = permissions.iter().map(ToString::to_string).collect();
        self.grants.push((permissions, region.to_owned(), None));
        self
    }

    /// May use `permissions` in the unit subtree of one region.
    pub fn may_for_unit(mut self, permissions: &[&str], region: &str, unit: &str) -> Self {
        let permissions = permissions.iter().map(ToString::to_string).collect();
        self.grants.push((permissions, region.to_owned(), Some(unit.to_owned())));
        self
    }
}

pub struct Bench {
    host: Host,
    issuer: Issuer,
    pub clock: Arc<FixedClock>,
}

/// 2026-06-30 12:00 in China: after every date the tests use.
const NOON: Timestamp = Timestamp(1_782_792_000_000_000);

impl Bench {
    /// Mounts `service` on `database`; `peers` stand in for the services it asks.
    pub async fn start(
        service: &'static ServiceSpec,
        database: &Database,
        peers: Vec<(&'static str, Routes)>,
    ) -> anyhow::Result<Self> {
        let clock = Arc::new(FixedClock::at(NOON));
        let issuer = Issuer::new(Arc::clone(&clock) as Arc<dyn Clock>)?;
        let mut remote: HashMap<String, Link> =
            peers.into_iter().map(|(name, routes)| (name.to_owned(), routes_link(routes))).collect();
        remote.entry("identity".into()).or_insert_with(|| issuer.identity());
        let databases = HashMap::from([(service.name, database.open(service.name).await?)]);
        let options = HostOptions {
            remote,
            migrate: true,
            reflection: false,
            tokens: Issuer::rules(),
            token_lifetime_seconds: 3600,
            message_bytes: 4 * 1024 * 1024,
            refresh_every: None,
            limits: Limits {
                default_deadline: Duration::from_secs(30),
                longest_deadline: Duration::from_secs(60),
            },
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            ids: Arc::new(SeededIds::new(7)),
            entropy: Arc::new(|| [7; 32]),
            service_token: Arc::new(|| None),
        };
        let host = Host::build(&[service], databases, options).await.map_err(|fault| anyhow!("{fault:?}"))?;
        host.fetch_keys().await.map_err(|fault| anyhow!("{fault:?}"))?;
        Ok(Self { host, issuer, clock })
    }

    /// For generated clients: `TargetServiceClient::new(bench.link())`.
    pub fn link(&self) -> Link {
        self.host.link()
    }

    /// A request in the name of someone with these rights.
    pub fn by<M>(&self, rights: &Rights, message: M) -> Request<M> {
        let mut request = Request::new(message);
        let token = format!("Bearer {}", self.issuer.token(rights));
        request.metadata_mut().insert("authorization", token.parse().expect("a token is ascii"));
        request
    }

    pub async fn stop(self) {
        self.host.close().await;
    }
}
