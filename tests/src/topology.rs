//! The suite running: all six services in this process behind a port, or six processes of the real command.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use hengji::run::{self, Suite, told};
use hengji_config::{Overrides, Settings};
use hengji_rpc::{Link, peers};
use hengji_testkit::Database;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::child::{self, Server, Variables};
use crate::{SERVICES, gateway};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topology {
    /// One process, six services, one port.
    AllInOne,
    /// Six processes, as in a cluster.
    Split,
}

/// A suite that serves.
pub struct Running {
    link: Link,
    /// Token of the first administrator.
    pub administrator: String,
    /// As the all-in-one was told; none when split.
    pub settings: Option<Settings>,
    /// Of the all-in-one; empty when split.
    pub endpoint: String,
    parts: Parts,
}

enum Parts {
    Here {
        stop: oneshot::Sender<()>,
        served: JoinHandle<anyhow::Result<()>>,
    },
    /// Left to right.
    Apart {
        servers: Vec<Server>,
        _folder: TempDir,
    },
}

impl Running {
    /// Starts and waits until all six are ready.
    pub async fn start(topology: Topology, database: &Database) -> anyhow::Result<Self> {
        let running = match topology {
            Topology::AllInOne => all_in_one(database).await?,
            Topology::Split => split(database).await?,
        };
        ready(&running.link).await?;
        Ok(running)
    }

    /// Reaches every service over TCP.
    pub fn link(&self) -> Link {
        self.link.clone()
    }

    /// Stops as an operator would, whoever asks first; everything must end cleanly.
    pub async fn stop(self) -> anyhow::Result<()> {
        match self.parts {
            Parts::Here { stop, served } => {
                let _ = stop.send(());
                served.await?
            }
            Parts::Apart { servers, _folder } => {
                for server in servers.into_iter().rev() {
                    server.terminate().await?;
                }
                Ok(())
            }
        }
    }
}

async fn all_in_one(database: &Database) -> anyhow::Result<Running> {
    let mut set = vec!["listen=127.0.0.1:0".to_owned(), "migrate=true".to_owned()];
    set.extend(SERVICES.iter().map(|name| format!("database.{name}.url={}", database.url(name))));
    let settings = Settings::load(&Overrides { set, ..Overrides::default() })?;
    let listener = TcpListener::bind(settings.listen).await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let suite = Suite::start(&settings).await?;
    let (stop, stopped) = oneshot::channel::<()>();
    let served = tokio::spawn(suite.serve(listener, async move {
        let _ = stopped.await;
    }));
    let administrator = administrator(&settings, 3600).await?;
    let (link, parts) = (remote(&endpoint)?, Parts::Here { stop, served });
    Ok(Running { link, administrator, settings: Some(settings), endpoint, parts })
}

/// The first administrator's token as the command makes it; born expired with a negative lifetime.
pub async fn administrator(settings: &Settings, seconds: i64) -> anyhow::Result<String> {
    let identity = hengji::topology::find("identity").context("identity is part of the suite")?;
    let db = run::open(settings, identity).await?;
    let (acts, rules) = (run::acts(db.clone()), run::token_rules(settings));
    let token = hengji_identity::administrator_token(&acts, &run::entropy(), &rules, seconds).await;
    db.close().await;
    token.map_err(told)
}

async fn split(database: &Database) -> anyhow::Result<Running> {
    let folder = tempfile::tempdir()?;
    let mut known = Variables::new();
    for name in SERVICES {
        child::run(&["migrate", "--service", name], &own(database, name)).await?;
    }
    let (mut servers, mut links) = (Vec::new(), BTreeMap::new());
    for name in SERVICES {
        let server = serve(name, database, &known, folder.path()).await?;
        known.push((format!("HENGJI_PEERS__{}", name.to_uppercase()), server.endpoint.clone()));
        links.insert(name.to_owned(), remote(&server.endpoint)?);
        servers.push(server);
    }
    let administrator = child::run(&["token", "--service", "identity"], &own(database, "identity")).await?;
    let parts = Parts::Apart { servers, _folder: folder };
    Ok(Running { link: gateway::link(links), administrator, settings: None, endpoint: String::new(), parts })
}

/// One service's own database, and nothing else.
fn own(database: &Database, name: &str) -> Variables {
    vec![(format!("HENGJI_DATABASE__{}__URL", name.to_uppercase()), database.url(name))]
}

async fn serve(name: &str, database: &Database, known: &Variables, folder: &Path) -> anyhow::Result<Server> {
    let mut variables = own(database, name);
    variables.extend(known.iter().cloned());
    // whoever asks others may have background work, which goes by a token of its own
    if name != "identity" {
        let token = folder.join(format!("{name}.token"));
        let minted = ["token", "--for-service", name, "--hours", "24", "--service", "identity"];
        std::fs::write(&token, child::run(&minted, &own(database, "identity")).await?)?;
        variables.push(("HENGJI_SERVICE_TOKEN_FILE".into(), token.display().to_string()));
    }
    Server::start(name, &["--service", name], &variables, folder).await
}

pub fn remote(endpoint: &str) -> anyhow::Result<Link> {
    peers::remote(endpoint).map_err(told)
}

/// Waits until every service says it is ready.
pub async fn ready(link: &Link) -> anyhow::Result<()> {
    for name in SERVICES {
        let mut last = String::new();
        let waiting = async {
            loop {
                match health(link, name).await {
                    Ok(ServingStatus::Serving) => return,
                    Ok(status) => last = format!("{status:?}"),
                    Err(error) => last = error.to_string(),
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if tokio::time::timeout(Duration::from_mins(1), waiting).await.is_err() {
            bail!("{name} does not get ready: {last}");
        }
    }
    Ok(())
}

/// What the health entry of a service says.
pub async fn health(link: &Link, name: &str) -> anyhow::Result<ServingStatus> {
    let request = HealthCheckRequest { service: format!("hengji.{name}") };
    let answer = HealthClient::new(link.clone()).check(request).await?.into_inner();
    Ok(ServingStatus::try_from(answer.status)?)
}
