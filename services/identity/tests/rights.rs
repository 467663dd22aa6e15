//! Identity through its public calls, on each database.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use hengji_identity::SERVICE;
use hengji_proto::identity::v1 as pb;
use hengji_proto::identity::v1::account_service_client::AccountServiceClient;
use hengji_proto::identity::v1::organization_service_client::OrganizationServiceClient;
use hengji_proto::identity::v1::region_service_client::RegionServiceClient;
use hengji_proto::identity::v1::token_service_client::TokenServiceClient;
use hengji_testkit::{Bench, Rights, databases, request_id};
use sha2::{Digest, Sha256};
use tonic::{Code, Response, Status};
use tonic_types::StatusExt;

const COUNTY: &str = "640323000";
const MANAGE: &[&str] = &["identity.manage", "identity.read"];

fn operator() -> Rights {
    Rights::of("operator").may(MANAGE, "000000000")
}

async fn on_each(test: impl AsyncFn(&Bench)) {
    for database in databases().await.unwrap() {
        let bench = Bench::start(&SERVICE, &database, vec![]).await.unwrap();
        test(&bench).await;
        bench.stop().await;
        database.remove().await.unwrap();
    }
}

fn reason<T: std::fmt::Debug>(answer: Result<Response<T>, Status>) -> (Code, String) {
    let status = answer.unwrap_err();
    (status.code(), status.get_details_error_info().unwrap().reason)
}

async fn county(bench: &Bench) {
    let mut regions = RegionServiceClient::new(bench.link());
    for (code, title) in [("640000000", "宁夏回族自治区"), (COUNTY, "盐池县"), ("640324000", "同心县")]
    {
        regions.create_region(bench.by(&operator(), region(code, title))).await.unwrap();
    }
    let mut organizations = OrganizationServiceClient::new(bench.link());
    for code in ["201", "201001", "202"] {
        organizations.create_organization(bench.by(&operator(), organization(code))).await.unwrap();
    }
}

fn region(code: &str, title: &str) -> pb::CreateRegionRequest {
    pb::CreateRegionRequest {
        request_id: request_id(),
        code: code.into(),
        title: title.into(),
        ..Default::default()
    }
}

fn organization(code: &str) -> pb::CreateOrganizationRequest {
    pb::CreateOrganizationRequest {
        request_id: request_id(),
        parent: format!("regions/{COUNTY}"),
        code: code.into(),
        title: format!("单位 {code}"),
        kind: pb::OrganizationKind::BudgetUnit.into(),
        ..Default::default()
    }
}

fn account(id: &str, secret: &str) -> pb::CreateAccountRequest {
    pb::CreateAccountRequest {
        request_id: request_id(),
        account_id: id.into(),
        title: id.into(),
        kind: pb::AccountKind::Person.into(),
        organization: format!("regions/{COUNTY}/organizations/201001"),
        credential_sha256: hex::encode(Sha256::digest(secret)),
        ..Default::default()
    }
}

fn assign(account: &pb::Account, role: &str, region: &str) -> pb::AssignRoleRequest {
    pb::AssignRoleRequest {
        request_id: request_id(),
        name: account.name.clone(),
        etag: account.etag.clone(),
        role: role.into(),
        region: region.into(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_token_carries_what_was_assigned_and_ends_with_the_account() {
    on_each(async |bench| {
        county(bench).await;
        let mut accounts = AccountServiceClient::new(bench.link());
        let mut tokens = TokenServiceClient::new(bench.link());
        let created =
            accounts.create_account(bench.by(&operator(), account("unit-clerk", "secret"))).await.unwrap();
        let created = created.into_inner().account.unwrap();
        let assigned = accounts
            .assign_role(bench.by(&operator(), assign(&created, "roles/auditor", COUNTY)))
            .await
            .unwrap();
        let assigned = assigned.into_inner().account.unwrap();
        assert_eq!(assigned.assignments[0].region, COUNTY);

        let ask =
            |secret: &str| pb::IssueTokenRequest { account: created.name.clone(), secret: secret.into() };
        assert_eq!(
            reason(tokens.issue_token(ask("wrong")).await),
            (Code::Unauthenticated, "TOKEN_INVALID".into())
        );
        let token = tokens.issue_token(ask("secret")).await.unwrap().into_inner().token;
        assert_eq!(token.split('.').count(), 3);

        let disable = pb::DisableAccountRequest {
            request_id: request_id(),
            name: assigned.name.clone(),
            etag: assigned.etag.clone(),
            reason: "离职".into(),
            ..Default::default()
        };
        accounts.disable_account(bench.by(&operator(), disable)).await.unwrap();
        assert_eq!(reason(tokens.issue_token(ask("secret")).await).0, Code::Unauthenticated);
    })
    .await;
}

#[tokio::test]
async fn nobody_grants_rights_to_themselves_or_beyond_their_reach() {
    on_each(async |bench| {
        county(bench).await;
        let mut accounts = AccountServiceClient::new(bench.link());
        let created =
            accounts.create_account(bench.by(&operator(), account("second-clerk", "s"))).await.unwrap();
        let created = created.into_inner().account.unwrap();
        let himself = Rights::of("second-clerk").may(MANAGE, "000000000");
        let answer =
            accounts.assign_role(bench.by(&himself, assign(&created, "roles/auditor", COUNTY))).await;
        assert_eq!(reason(answer), (Code::PermissionDenied, "DUTIES_NOT_SEPARATE".into()));

        let of_the_county = Rights::of("county").may(MANAGE, COUNTY);
        for region in ["640324000", "640000000", "000000000"] {
            let answer = accounts
                .assign_role(bench.by(&of_the_county, assign(&created, "roles/auditor", region)))
                .await;
            assert_eq!(reason(answer), (Code::NotFound, "NOT_FOUND".into()), "{region}");
        }
        let stale = pb::AssignRoleRequest { etag: "v9".into(), ..assign(&created, "roles/auditor", COUNTY) };
        let answer = accounts.assign_role(bench.by(&of_the_county, stale)).await;
        assert_eq!(reason(answer), (Code::Aborted, "ETAG_MISMATCH".into()));
    })
    .await;
}

#[tokio::test]
async fn another_regions_records_do_not_exist() {
    on_each(async |bench| {
        county(bench).await;
        let stranger = Rights::of("stranger").may(MANAGE, "640324000");
        let mut regions = RegionServiceClient::new(bench.link());
        let get = pb::GetRegionRequest { name: format!("regions/{COUNTY}") };
        assert_eq!(reason(regions.get_region(bench.by(&stranger, get)).await).0, Code::NotFound);
        let list = pb::ListRegionsRequest::default();
        let seen = regions.list_regions(bench.by(&stranger, list)).await.unwrap().into_inner().regions;
        assert_eq!(seen.iter().map(|region| region.code.as_str()).collect::<Vec<_>>(), ["640324000"]);
        let mut organizations = OrganizationServiceClient::new(bench.link());
        let answer = organizations.create_organization(bench.by(&stranger, organization("203"))).await;
        assert_eq!(reason(answer).0, Code::NotFound);
        let unit = Rights::of("unit").may_for_unit(MANAGE, COUNTY, "201");
        let list = pb::ListOrganizationsRequest::default();
        let seen =
            organizations.list_organizations(bench.by(&unit, list)).await.unwrap().into_inner().organizations;
        assert_eq!(seen.iter().map(|found| found.code.as_str()).collect::<Vec<_>>(), ["201", "201001"]);
    })
    .await;
}

#[tokio::test]
async fn repeats_get_the_first_answer_and_other_bodies_are_refused() {
    on_each(async |bench| {
        let mut regions = RegionServiceClient::new(bench.link());
        let request = region(COUNTY, "盐池县");
        let first = regions.create_region(bench.by(&operator(), request.clone())).await.unwrap().into_inner();
        let again = regions.create_region(bench.by(&operator(), request.clone())).await.unwrap().into_inner();
        assert_eq!(first, again);
        let other = pb::CreateRegionRequest { title: "别的县".into(), ..request };
        let answer = regions.create_region(bench.by(&operator(), other)).await;
        assert_eq!(reason(answer), (Code::AlreadyExists, "REQUEST_ID_REUSED".into()));
        let taken = region(COUNTY, "盐池县");
        let answer = regions.create_region(bench.by(&operator(), taken)).await;
        assert_eq!(reason(answer), (Code::AlreadyExists, "ALREADY_EXISTS".into()));
        let check = pb::CreateRegionRequest { validate_only: true, ..region("640000000", "宁夏") };
        regions.create_region(bench.by(&operator(), check)).await.unwrap();
        let get = pb::GetRegionRequest { name: "regions/640000000".into() };
        assert_eq!(reason(regions.get_region(bench.by(&operator(), get)).await).0, Code::NotFound);
    })
    .await;
}

#[tokio::test]
async fn pages_are_bound_to_question_and_caller() {
    on_each(async |bench| {
        county(bench).await;
        let mut regions = RegionServiceClient::new(bench.link());
        let first = pb::ListRegionsRequest { page_size: 2, ..Default::default() };
        let page = regions.list_regions(bench.by(&operator(), first.clone())).await.unwrap().into_inner();
        assert_eq!(page.regions.len(), 2);
        let next = pb::ListRegionsRequest { page_token: page.next_page_token, ..first };
        let last = regions.list_regions(bench.by(&operator(), next.clone())).await.unwrap().into_inner();
        assert_eq!((last.regions.len(), last.next_page_token.as_str()), (1, ""));
        let another = Rights::of("another").may(MANAGE, "000000000");
        let answer = regions.list_regions(bench.by(&another, next.clone())).await;
        assert_eq!(reason(answer), (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into()));
        let narrower = pb::ListRegionsRequest { region: COUNTY.into(), ..next };
        let answer = regions.list_regions(bench.by(&operator(), narrower)).await;
        assert_eq!(reason(answer), (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into()));
    })
    .await;
}

#[tokio::test]
async fn every_broken_field_is_named_at_once() {
    on_each(async |bench| {
        let mut regions = RegionServiceClient::new(bench.link());
        let broken =
            pb::CreateRegionRequest { request_id: "x".into(), code: "64".into(), ..Default::default() };
        let status = regions.create_region(bench.by(&operator(), broken)).await.unwrap_err();
        let fields: Vec<_> = status
            .get_details_bad_request()
            .unwrap()
            .field_violations
            .into_iter()
            .map(|violation| violation.field)
            .collect();
        assert_eq!(fields, ["request_id", "code", "title"]);
        let mut accounts = AccountServiceClient::new(bench.link());
        let role = pb::CreateRoleRequest {
            request_id: request_id(),
            role_id: "all-powerful".into(),
            title: "什么都能做".into(),
            permissions: vec!["everything".into()],
            ..Default::default()
        };
        let answer = accounts.create_role(bench.by(&operator(), role)).await;
        assert_eq!(reason(answer), (Code::InvalidArgument, "FIELD_INVALID".into()));
    })
    .await;
}
