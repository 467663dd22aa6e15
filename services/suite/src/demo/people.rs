//! Who acts in the year: each account with its own token.

use std::collections::BTreeMap;

use anyhow::Context;
use hengji_proto::identity::v1 as pb;
use hengji_proto::identity::v1::account_service_client::AccountServiceClient;
use hengji_proto::identity::v1::token_service_client::TokenServiceClient;
use hengji_rpc::Link;
use sha2::{Digest, Sha256};
use tonic::Request;

use super::say::{request_id, there};

/// Someone with a token.
#[derive(Clone)]
pub struct Actor {
    pub account: String,
    token: String,
}

impl Actor {
    pub fn new(account: &str, token: &str) -> Self {
        Self { account: account.to_owned(), token: token.to_owned() }
    }

    /// A request in this actor's name.
    pub fn ask<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        if let Ok(value) = format!("Bearer {}", self.token).parse() {
            request.metadata_mut().insert("authorization", value);
        }
        request
    }
}

/// The year's actors by a short name such as `finance-performance` or `unit-201001`.
#[derive(Clone, Default)]
pub struct People(BTreeMap<String, Actor>);

impl People {
    pub fn get(&self, name: &str) -> anyhow::Result<&Actor> {
        self.0.get(name).with_context(|| format!("nobody is called {name}"))
    }

    pub(crate) fn add(&mut self, name: &str, actor: Actor) {
        self.0.insert(name.to_owned(), actor);
    }
}

/// What an account is to be.
pub(crate) struct NewAccount<'a> {
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    /// Resource name; empty for operators of the suite.
    pub(crate) organization: &'a str,
    pub(crate) role: &'a str,
    pub(crate) region: &'a str,
    /// Empty for the whole region.
    pub(crate) unit: &'a str,
}

/// Creates the account with a secret only this play knows, assigns the role, and exchanges the secret for a token.
pub(crate) async fn hire(link: &Link, administrator: &Actor, new: NewAccount<'_>) -> anyhow::Result<Actor> {
    let secret = hex::encode(rand::random::<[u8; 32]>());
    let mut accounts = AccountServiceClient::new(link.clone());
    let created = accounts
        .create_account(administrator.ask(pb::CreateAccountRequest {
            request_id: request_id(),
            account_id: new.id.to_owned(),
            title: new.title.to_owned(),
            kind: pb::AccountKind::Service.into(),
            organization: new.organization.to_owned(),
            credential_sha256: hex::encode(Sha256::digest(&secret)),
            ..Default::default()
        }))
        .await?
        .into_inner();
    let account = there(created.account)?;
    accounts
        .assign_role(administrator.ask(pb::AssignRoleRequest {
            request_id: request_id(),
            name: account.name.clone(),
            etag: account.etag,
            role: format!("roles/{}", new.role),
            region: new.region.to_owned(),
            unit: new.unit.to_owned(),
            ..Default::default()
        }))
        .await?;
    let issued = TokenServiceClient::new(link.clone())
        .issue_token(pb::IssueTokenRequest { account: account.name.clone(), secret })
        .await?
        .into_inner();
    Ok(Actor::new(&account.name, &issued.token))
}
