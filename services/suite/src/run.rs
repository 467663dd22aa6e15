//! From settings to running services.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use arc_swap::ArcSwapOption;
use hengji_chassis::{Entropy, Host, HostOptions, ServiceSpec, Serving};
use hengji_config::{ExposeSecret, Settings};
use hengji_db::Db;
use hengji_kernel::{SystemClock, SystemIds};
use hengji_rpc::token::TokenRules;
use hengji_rpc::{Acts, Fault, Limits, peers};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

use crate::topology;

/// Services running, and what keeps their background token fresh.
pub struct Suite {
    pub host: Host,
    serving: Serving,
    _renewal: Option<AbortOnDropHandle<()>>,
}

impl Suite {
    /// Opens, migrates if told to, builds and connects the services the settings mount.
    pub async fn start(settings: &Settings) -> anyhow::Result<Self> {
        let services = mounted(settings)?;
        let mut databases = HashMap::new();
        for spec in &services {
            databases.insert(spec.name, open(settings, spec).await?);
        }
        let identity = databases.get("identity").cloned();
        let (service_token, renewal) = service_token(settings, identity).await?;
        let host =
            Host::build(&services, databases, options(settings, service_token)?).await.map_err(told)?;
        if settings.mounts("identity") {
            // the issuer is in this process: the first caller need not wait for its keys
            host.fetch_keys().await.map_err(told)?;
        }
        let serving =
            Serving { concurrent_streams: settings.limits.concurrent_streams, drain: settings.drain() };
        Ok(Self { host, serving, _renewal: renewal })
    }

    /// Serves on `listener` until `stop` completes, then drains and closes.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        Ok(hengji_chassis::serve(self.host, listener, self.serving, stop).await?)
    }
}

/// The specs the settings name, left to right.
pub fn mounted(settings: &Settings) -> anyhow::Result<Vec<&'static ServiceSpec>> {
    let services: Vec<_> = topology::SERVICES.into_iter().filter(|spec| settings.mounts(spec.name)).collect();
    if services.is_empty() { Err(anyhow!("no service is mounted")) } else { Ok(services) }
}

pub async fn open(settings: &Settings, spec: &'static ServiceSpec) -> anyhow::Result<Db> {
    let url = settings.database_url(spec.name)?;
    Db::open(spec.name, url.expose_secret()).await.with_context(|| format!("the database of {}", spec.name))
}

/// Everything identity's own tokens need.
pub fn acts(db: Db) -> Acts {
    Acts { db, clock: Arc::new(SystemClock), ids: Arc::new(SystemIds) }
}

pub fn entropy() -> Entropy {
    Arc::new(rand::random)
}

pub fn token_rules(settings: &Settings) -> TokenRules {
    TokenRules {
        issuer: settings.token.issuer.clone(),
        audience: settings.token.audience.clone(),
        leeway_seconds: settings.token.leeway_seconds.cast_signed(),
    }
}

/// A refusal of our own code as an error for the operator.
pub fn told(fault: Fault) -> anyhow::Error {
    anyhow!("{fault}")
}

type TokenSource = Arc<dyn Fn() -> Option<String> + Send + Sync>;

fn options(settings: &Settings, service_token: TokenSource) -> anyhow::Result<HostOptions> {
    let remote = settings
        .peers
        .iter()
        .map(|(name, endpoint)| Ok((name.clone(), peers::remote(endpoint).map_err(told)?)))
        .collect::<anyhow::Result<HashMap<_, _>>>()?;
    Ok(HostOptions {
        remote,
        migrate: settings.migrate,
        reflection: settings.reflection,
        tokens: token_rules(settings),
        token_lifetime_seconds: settings.token.lifetime_seconds.cast_signed(),
        message_bytes: settings.limits.message_bytes,
        refresh_every: settings.monitoring.refresh_every(),
        limits: Limits {
            default_deadline: settings.limits.deadline_default(),
            longest_deadline: settings.limits.deadline_max(),
        },
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        entropy: entropy(),
        service_token,
    })
}

/// Where background work gets its token: the file the settings name, or, with identity in this process, a token made here
/// and renewed at half its life.
async fn service_token(
    settings: &Settings,
    identity: Option<Db>,
) -> anyhow::Result<(TokenSource, Option<AbortOnDropHandle<()>>)> {
    let Some(db) = identity.filter(|_| settings.service_token_file.is_none()) else {
        let settings = settings.clone();
        let source = move || match settings.service_token() {
            Ok(token) => token.map(|token| token.expose_secret().to_owned()),
            Err(error) => {
                tracing::error!(%error, "service token not readable");
                None
            }
        };
        return Ok((Arc::new(source), None));
    };
    let kept = Arc::new(ArcSwapOption::<String>::empty());
    let renew = {
        let (kept, acts, rules) = (Arc::clone(&kept), acts(db), token_rules(settings));
        let lifetime = settings.token.lifetime_seconds;
        async move {
            loop {
                let made = hengji_identity::service_token(
                    &acts,
                    &entropy(),
                    &rules,
                    lifetime.cast_signed(),
                    "hengji",
                )
                .await;
                let wait = match made {
                    Ok(token) => {
                        kept.store(Some(Arc::new(token)));
                        Duration::from_secs(lifetime / 2)
                    }
                    // identity's tables are made a moment later at the first start
                    Err(_) => Duration::from_millis(100),
                };
                tokio::time::sleep(wait).await;
            }
        }
    };
    let source = move || kept.load().as_ref().map(|token| String::clone(token));
    Ok((Arc::new(source), Some(AbortOnDropHandle::new(tokio::spawn(renew)))))
}
