//! What a service exports, and what it is given.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use hengji_db::{Journal, Migration};
use hengji_rpc::token::TokenRules;
use hengji_rpc::{Access, Acts, Fault, Pages, Peers};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

/// 32 random bytes; passed in so that tests and replays can choose them.
pub type Entropy = Arc<dyn Fn() -> [u8; 32] + Send + Sync>;

/// The one value a service crate exports.
pub struct ServiceSpec {
    /// e.g. `targets`; also its journal's name, its database's name and its health entry `hengji.targets`.
    pub name: &'static str,
    /// e.g. `hengji.targets.v1`
    pub package: &'static str,
    pub migrations: &'static [Migration],
    /// One rule for every call of the package.
    pub access: &'static [(&'static str, Access)],
    /// The services on its left that it asks.
    pub asks: &'static [&'static str],
    pub build: fn(Deps) -> BoxFuture<'static, Result<Built, Fault>>,
}

/// What every service is given.
#[derive(Clone)]
pub struct Deps {
    /// Database, clock and ids, and the way to change anything.
    pub acts: Acts,
    pub pages: Pages,
    pub journal: Journal,
    pub peers: Peers,
    pub tokens: TokenRules,
    /// Lifetime of tokens the embedded issuer gives out.
    pub token_lifetime_seconds: i64,
    /// Largest request message accepted.
    pub message_bytes: usize,
    /// How often monitoring looks at what time alone moves; never if absent.
    pub refresh_every: Option<Duration>,
    pub entropy: Entropy,
}

/// Work in the background; ends when the token is cancelled.
pub type Job = Box<dyn FnOnce(CancellationToken) -> BoxFuture<'static, ()> + Send>;

/// What a service hands back.
pub struct Built {
    pub routes: Routes,
    pub jobs: Vec<Job>,
}
