//! Finds the mounted service for a call by its package. Peers in this process hold a link to the switchboard, so that the
//! order in which services are built does not matter to them.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use hengji_rpc::Link;
use tonic::Status;
use tonic::body::Body;
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

#[derive(Clone, Default)]
pub struct Switchboard(Arc<ArcSwap<HashMap<String, Link>>>);

impl Switchboard {
    /// Calls of `package` go to `link` from now on.
    pub fn connect(&self, package: &str, link: &Link) {
        self.0.rcu(|links| {
            let mut links = HashMap::clone(links);
            links.insert(package.to_owned(), link.clone());
            links
        });
    }

    /// A link that reaches every package connected, now or later.
    pub fn link(&self) -> Link {
        let board = self.clone();
        BoxCloneSyncService::new(tower::service_fn(move |request: http::Request<Body>| {
            let link = board.find(request.uri().path());
            async move {
                match link {
                    Some(link) => link.oneshot(request).await,
                    None => {
                        Ok(Status::unimplemented(format!("unknown method {}", request.uri().path()))
                            .into_http())
                    }
                }
            }
        }))
    }

    fn find(&self, path: &str) -> Option<Link> {
        let (service, _) = path.strip_prefix('/')?.split_once('/')?;
        let (package, _) = service.rsplit_once('.')?;
        self.0.load().get(package).cloned()
    }
}
