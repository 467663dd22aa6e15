//! Builds the mounted services in the order of who asks whom and connects them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hengji_db::{Db, Journal};
use hengji_kernel::{Clock, Ids};
use hengji_proto::common::v1::journal_service_server::JournalServiceServer;
use hengji_rpc::token::TokenRules;
use hengji_rpc::{AccessTable, Acts, Fault, Guard, Limits, Link, Pages, Peers, Verifier};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::service::Routes;

use crate::journal_service::Journals;
use crate::{Deps, Entropy, ServiceSpec, Switchboard, health, keys};

/// What a host needs beside the services themselves.
pub struct HostOptions {
    /// Links to the services that run elsewhere, by name.
    pub remote: HashMap<String, Link>,
    /// Migrate at the start; otherwise pending migrations refuse it.
    pub migrate: bool,
    pub reflection: bool,
    pub tokens: TokenRules,
    pub token_lifetime_seconds: i64,
    pub message_bytes: usize,
    /// How often monitoring looks at what time alone moves; never if absent.
    pub refresh_every: Option<Duration>,
    pub limits: Limits,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub entropy: Entropy,
    /// Where background work gets its token from.
    pub service_token: Arc<dyn Fn() -> Option<String> + Send + Sync>,
}

/// Services built and connected; background work running.
pub struct Host {
    link: Link,
    identity: Link,
    verifier: Arc<Verifier>,
    shutdown: CancellationToken,
    tasks: TaskTracker,
    databases: Vec<Db>,
}

impl Host {
    /// Opens `databases` (by service name), builds `services` in the given order (left to right) and starts their jobs.
    pub async fn build(
        services: &[&'static ServiceSpec],
        databases: HashMap<&'static str, Db>,
        options: HostOptions,
    ) -> Result<Self, Fault> {
        let access = AccessTable::new(services.iter().map(|spec| spec.access));
        let mut packages: Vec<_> = services.iter().map(|spec| spec.package).collect();
        packages.push("hengji.common.v1");
        let missing = access.missing(&packages);
        if !missing.is_empty() {
            return Err(Fault::internal(format!("calls without an access rule: {}", missing.join(", "))));
        }
        let verifier = Arc::new(Verifier::new(options.tokens.clone(), Arc::clone(&options.clock)));
        let guard = Arc::new(Guard { access, verifier: Arc::clone(&verifier), limits: options.limits });

        let switchboard = Switchboard::default();
        let mut host = Self {
            link: switchboard.link(),
            identity: switchboard.link(),
            verifier: Arc::clone(&verifier),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
            databases: databases.values().cloned().collect(),
        };
        let links = host.links(services, &options);
        let (reporter, health_server) = tonic_health::server::health_reporter();
        let mut journals = HashMap::new();
        let mut jobs = Vec::new();
        for spec in services {
            let db = databases
                .get(spec.name)
                .ok_or_else(|| Fault::internal(format!("no database is given for {}", spec.name)))?;
            prepare(db, spec, options.migrate).await?;
            let journal = Journal::new(db.clone(), Arc::clone(&options.clock));
            let deps = deps(db, journal.clone(), spec, &links, &options).await?;
            let built = (spec.build)(deps).await?;
            switchboard.connect(spec.package, &Arc::clone(&guard).before(built.routes));
            jobs.extend(built.jobs);
            let sealing = journal.clone();
            let shutdown = host.shutdown.clone();
            host.tasks.spawn(async move { sealing.run(shutdown.cancelled_owned()).await });
            host.tasks.spawn(health::watch(
                reporter.clone(),
                spec.name,
                db.clone(),
                Arc::clone(&verifier),
                host.shutdown.clone(),
            ));
            journals.insert(spec.name, journal);
        }

        let journals = JournalServiceServer::new(Journals { journals, clock: Arc::clone(&options.clock) });
        let shared = guard.before(shared_routes(health_server, journals, options.reflection)?);
        for package in ["hengji.common.v1", "grpc.health.v1", "grpc.reflection.v1", "grpc.reflection.v1alpha"]
        {
            switchboard.connect(package, &shared);
        }
        if let Some(identity) = links.get("identity") {
            host.identity = identity.clone();
        }
        host.tasks.spawn(keys::keep_fresh(host.identity.clone(), verifier, host.shutdown.clone()));
        // last, when everything they may ask is connected
        for job in jobs {
            host.tasks.spawn(job(host.shutdown.clone()));
        }
        host.tasks.close();
        Ok(host)
    }

    /// Takes in the issuer's keys now, where the issuer is known to be up.
    pub async fn fetch_keys(&self) -> Result<(), Fault> {
        keys::fetch(&self.identity, &self.verifier).await
    }

    /// Every mounted service, behind its guard: what the port serves, and what in-process callers call.
    pub fn link(&self) -> Link {
        self.link.clone()
    }

    pub(crate) fn shutdown_token(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Ends background work and lets go of the databases.
    pub async fn close(self) {
        self.shutdown.cancel();
        self.tasks.wait().await;
        for db in &self.databases {
            db.close().await;
        }
    }

    /// Links to every service: the switchboard for those mounted here, a channel for those elsewhere.
    fn links(&self, services: &[&'static ServiceSpec], options: &HostOptions) -> HashMap<&'static str, Link> {
        let mut links: HashMap<&'static str, Link> =
            services.iter().map(|spec| (spec.name, self.link())).collect();
        let asked = services.iter().flat_map(|spec| spec.asks).chain(&["identity"]);
        for name in asked {
            if !links.contains_key(name)
                && let Some(link) = options.remote.get(*name)
            {
                links.insert(name, link.clone());
            }
        }
        links
    }
}

async fn prepare(db: &Db, spec: &ServiceSpec, migrate: bool) -> Result<(), Fault> {
    if migrate {
        return Ok(db.migrate(spec.migrations).await?);
    }
    let pending = db.pending(spec.migrations).await?;
    if pending.is_empty() {
        return Ok(());
    }
    let list = pending.join(", ");
    Err(Fault::internal(format!(
        "{}: pending migrations {list}; run `hengji migrate --service {0}`",
        spec.name
    )))
}

async fn deps(
    db: &Db,
    journal: Journal,
    spec: &ServiceSpec,
    links: &HashMap<&'static str, Link>,
    options: &HostOptions,
) -> Result<Deps, Fault> {
    let own: HashMap<&'static str, Link> = links
        .iter()
        .filter(|(name, _)| spec.asks.contains(name))
        .map(|(name, link)| (*name, link.clone()))
        .collect();
    let page_key = db.secret("page_token_key", &(options.entropy)()).await?;
    Ok(Deps {
        acts: Acts { db: db.clone(), clock: Arc::clone(&options.clock), ids: Arc::clone(&options.ids) },
        pages: Pages::new(&page_key),
        journal,
        peers: Peers::new(own).with_service_token(Arc::clone(&options.service_token)),
        tokens: options.tokens.clone(),
        token_lifetime_seconds: options.token_lifetime_seconds,
        message_bytes: options.message_bytes,
        refresh_every: options.refresh_every,
        entropy: Arc::clone(&options.entropy),
    })
}

fn shared_routes(
    health: tonic_health::pb::health_server::HealthServer<impl tonic_health::pb::health_server::Health>,
    journals: JournalServiceServer<Journals>,
    reflection: bool,
) -> Result<Routes, Fault> {
    let routes = Routes::new(health).add_service(journals);
    if !reflection {
        return Ok(routes);
    }
    let builder = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(hengji_proto::DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let v1 = builder().build_v1().map_err(Fault::internal)?;
    let v1alpha = builder().build_v1alpha().map_err(Fault::internal)?;
    Ok(routes.add_service(v1).add_service(v1alpha))
}
