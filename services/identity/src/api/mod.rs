//! Table of contents: one file a family of calls.

mod accounts;
mod convert;
mod organizations;
mod regions;
mod roles;
mod tokens;

use std::sync::Arc;

use async_trait::async_trait;
use hengji_chassis::{Built, Deps};
use hengji_proto::identity::v1 as pb;
use hengji_proto::identity::v1::account_service_server::{AccountService, AccountServiceServer};
use hengji_proto::identity::v1::organization_service_server::{
    OrganizationService, OrganizationServiceServer,
};
use hengji_proto::identity::v1::region_service_server::{RegionService, RegionServiceServer};
use hengji_proto::identity::v1::token_service_server::{TokenService, TokenServiceServer};
use hengji_rpc::{Acts, Fault, Pages, Signer, answer};
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::bootstrap;

/// What every handler works with.
pub(crate) struct State {
    pub(crate) acts: Acts,
    pub(crate) pages: Pages,
    pub(crate) deps: Deps,
    pub(crate) signer: Signer,
}

#[derive(Clone)]
struct Api(Arc<State>);

pub(crate) async fn build(deps: Deps) -> Result<Built, Fault> {
    bootstrap::ship_roles(&deps.acts).await?;
    let signer = bootstrap::signer(&deps.acts.db, &deps.entropy).await?;
    let bytes = deps.message_bytes;
    let api = Api(Arc::new(State { acts: deps.acts.clone(), pages: deps.pages.clone(), signer, deps }));
    let routes = Routes::new(RegionServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(OrganizationServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(AccountServiceServer::new(api.clone()).max_decoding_message_size(bytes))
        .add_service(TokenServiceServer::new(api).max_decoding_message_size(bytes));
    Ok(Built { routes, jobs: vec![] })
}

answer::service! {
    impl RegionService for Api {
        create_region(CreateRegionRequest) -> CreateRegionResponse = regions::create;
        get_region(GetRegionRequest) -> GetRegionResponse = regions::get;
        list_regions(ListRegionsRequest) -> ListRegionsResponse = regions::list;
    }
    impl OrganizationService for Api {
        create_organization(CreateOrganizationRequest) -> CreateOrganizationResponse = organizations::create;
        get_organization(GetOrganizationRequest) -> GetOrganizationResponse = organizations::get;
        list_organizations(ListOrganizationsRequest) -> ListOrganizationsResponse = organizations::list;
    }
    impl AccountService for Api {
        create_account(CreateAccountRequest) -> CreateAccountResponse = accounts::create;
        get_account(GetAccountRequest) -> GetAccountResponse = accounts::get;
        list_accounts(ListAccountsRequest) -> ListAccountsResponse = accounts::list;
        assign_role(AssignRoleRequest) -> AssignRoleResponse = accounts::assign_role;
        revoke_assignment(RevokeAssignmentRequest) -> RevokeAssignmentResponse = accounts::revoke_assignment;
        disable_account(DisableAccountRequest) -> DisableAccountResponse = accounts::disable;
        create_role(CreateRoleRequest) -> CreateRoleResponse = roles::create;
        list_roles(ListRolesRequest) -> ListRolesResponse = roles::list;
    }
    impl TokenService for Api {
        issue_token(IssueTokenRequest) -> IssueTokenResponse = tokens::issue;
        get_key_set(GetKeySetRequest) -> GetKeySetResponse = tokens::get_key_set;
        get_caller(GetCallerRequest) -> GetCallerResponse = tokens::get_caller;
    }
}
