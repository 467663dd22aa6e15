//! An issuer of tokens with any rights, and the stand-in for identity that publishes its key. Its seed is what the bench
//! gives services as entropy, so that identity under test signs with the same key.

use std::sync::Arc;

use hengji_kernel::{Clock, Ids, ScopeRange, SystemIds};
use hengji_proto::identity::v1 as pb;
use hengji_proto::identity::v1::token_service_server::{TokenService, TokenServiceServer};
use hengji_rpc::token::TokenRules;
use hengji_rpc::{Claims, Grant, Link, Signer};
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

use crate::Rights;

#[derive(Clone)]
pub struct Issuer {
    signer: Signer,
    clock: Arc<dyn Clock>,
}

impl Issuer {
    pub fn new(clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        let signer = Signer::from_seed(&[7; 32]).map_err(|fault| anyhow::anyhow!("{}", fault.message()))?;
        Ok(Self { signer, clock })
    }

    pub fn rules() -> TokenRules {
        TokenRules { issuer: "hengji".into(), audience: "hengji".into(), leeway_seconds: 30 }
    }

    /// A token of an hour for `account` with these rights.
    pub fn token(&self, rights: &Rights) -> String {
        let now = self.clock.now().seconds();
        let grants = rights.grants.iter().enumerate().map(|(index, (permissions, region, unit))| Grant {
            id: index.to_string(),
            role: "roles/test".into(),
            permissions: permissions.clone(),
            range: ScopeRange {
                region: region.parse().expect("a region code"),
                unit: unit.as_ref().map(|unit| unit.parse().expect("a unit code")),
            },
        });
        let claims = Claims {
            iss: "hengji".into(),
            aud: "hengji".into(),
            sub: rights.account.clone(),
            iat: now,
            nbf: now,
            exp: now + 3600,
            jti: SystemIds.next().to_string(),
            organization: rights.organization.clone(),
            grants: grants.collect(),
        };
        self.signer.sign(&claims).expect("claims that can be signed")
    }

    /// Stands in for identity: publishes the key and nothing else.
    pub fn identity(&self) -> Link {
        routes_link(Routes::new(TokenServiceServer::new(self.clone())))
    }
}

/// A link to routes without a guard: for stand-ins.
pub(crate) fn routes_link(routes: Routes) -> Link {
    let routes = routes.prepare();
    BoxCloneSyncService::new(tower::service_fn(move |request: http::Request<tonic::body::Body>| {
        let routes = routes.clone();
        async move { routes.oneshot(request).await.map_err(|never| match never {}) }
    }))
}

#[tonic::async_trait]
impl TokenService for Issuer {
    async fn issue_token(
        &self,
        _: Request<pb::IssueTokenRequest>,
    ) -> Result<Response<pb::IssueTokenResponse>, Status> {
        Err(Status::permission_denied("the stand-in issues no tokens by rpc"))
    }

    async fn get_key_set(
        &self,
        _: Request<pb::GetKeySetRequest>,
    ) -> Result<Response<pb::GetKeySetResponse>, Status> {
        Ok(Response::new(pb::GetKeySetResponse { jwks_json: self.signer.jwks_json() }))
    }

    async fn get_caller(
        &self,
        _: Request<pb::GetCallerRequest>,
    ) -> Result<Response<pb::GetCallerResponse>, Status> {
        Err(Status::permission_denied("the stand-in knows no callers"))
    }
}
