//! Regions, organizations, accounts, roles, tokens.

use anyhow::ensure;
use hengji_proto::identity::v1 as pb;
use hengji_proto::identity::v1::account_service_client::AccountServiceClient;
use hengji_proto::identity::v1::organization_service_client::OrganizationServiceClient;
use hengji_proto::identity::v1::region_service_client::RegionServiceClient;
use hengji_proto::identity::v1::token_service_client::TokenServiceClient;
use hengji_rpc::{Link, Reason};

use super::people::{NewAccount, hire};
use super::say::{refused, request_id, there, word};
use super::{Actor, People, Stage};

/// Everything in the nation.
pub(crate) const NATION: &str = "000000000";

pub(crate) async fn play(stage: &Stage<'_>, token: &str) -> anyhow::Result<People> {
    let mut people = People::default();
    let administrator = Actor::new("accounts/administrator", token);
    for (code, title) in &stage.county.regions {
        region(&stage.link, &administrator, code, title).await?;
    }
    for line in &stage.county.organizations {
        organization(&stage.link, &administrator, &stage.county.region, &line.code, &line.title, &line.kind)
            .await?;
    }
    stage.say(format!(
        "身份：{} 个区划、{} 个单位已建立",
        stage.county.regions.len(),
        stage.county.organizations.len()
    ));
    people.add("administrator", administrator);
    offices(stage, &mut people).await?;
    units(stage, &mut people).await?;
    rights_end(stage, &people).await?;
    Ok(people)
}

pub(crate) async fn region(
    link: &Link,
    administrator: &Actor,
    code: &str,
    title: &str,
) -> anyhow::Result<()> {
    RegionServiceClient::new(link.clone())
        .create_region(administrator.ask(pb::CreateRegionRequest {
            request_id: request_id(),
            code: code.to_owned(),
            title: title.to_owned(),
            ..Default::default()
        }))
        .await?;
    Ok(())
}

pub(crate) async fn organization(
    link: &Link,
    administrator: &Actor,
    region: &str,
    code: &str,
    title: &str,
    kind: &str,
) -> anyhow::Result<()> {
    OrganizationServiceClient::new(link.clone())
        .create_organization(administrator.ask(pb::CreateOrganizationRequest {
            request_id: request_id(),
            parent: format!("regions/{region}"),
            code: code.to_owned(),
            title: title.to_owned(),
            kind: word("identity.v1.OrganizationKind", kind)?,
            ..Default::default()
        }))
        .await?;
    Ok(())
}

/// The offices that work for the whole county, and the catalog's keeper, who works for all.
async fn offices(stage: &Stage<'_>, people: &mut People) -> anyhow::Result<()> {
    let administrator = people.get("administrator")?.clone();
    let region = stage.county.region.as_str();
    let finance = stage.county.organization("101");
    let (platform, oversight) = (stage.county.organization("801"), stage.county.organization("990"));
    let offices = [
        ("catalog-manager", "指标库管理员", "", "catalog-manager", NATION),
        ("finance-performance", "财政绩效股", finance.as_str(), "finance-performance", region),
        ("finance-deputy", "财政绩效股受托审核人", finance.as_str(), "unit-reviewer", region),
        ("finance-line", "财政业务股室", finance.as_str(), "finance-line", region),
        ("platform", "一体化平台", platform.as_str(), "platform", region),
        ("auditor", "审计监督", oversight.as_str(), "auditor", region),
    ];
    for (id, title, organization, role, region) in offices {
        let new = NewAccount { id, title, organization, role, region, unit: "" };
        let actor = hire(&stage.link, &administrator, new).await?;
        people.add(id, actor);
    }
    Ok(())
}

/// A reviewer for each department, a declarer for each unit, an evaluator for each institution.
async fn units(stage: &Stage<'_>, people: &mut People) -> anyhow::Result<()> {
    let administrator = people.get("administrator")?.clone();
    let region = stage.county.region.as_str();
    let mut hired = 0;
    for line in &stage.county.organizations {
        let (prefix, role, unit) = match line.kind.as_str() {
            "competent_department" => ("department", "department-reviewer", line.code.as_str()),
            "budget_unit" => ("unit", "unit-declarer", line.code.as_str()),
            "third_party" => ("institution", "evaluator", ""),
            _ => continue,
        };
        let id = format!("{prefix}-{}", line.code);
        let organization = stage.county.organization(&line.code);
        let new = NewAccount { id: &id, title: &line.title, organization: &organization, role, region, unit };
        let actor = hire(&stage.link, &administrator, new).await?;
        people.add(&id, actor);
        hired += 1;
    }
    // a department overall is declared by the department itself
    for line in &stage.county.departments {
        let (id, organization) = (format!("overall-{}", line.unit), stage.county.organization(&line.unit));
        let title = format!("{}（申报）", line.title);
        let (role, unit) = ("unit-declarer", line.unit.as_str());
        let new = NewAccount { id: &id, title: &title, organization: &organization, role, region, unit };
        let actor = hire(&stage.link, &administrator, new).await?;
        people.add(&id, actor);
        hired += 1;
    }
    stage.say(format!("身份：财政、平台、审计及 {hired} 个主管部门、单位和机构账号已授权并取得令牌"));
    Ok(())
}

/// A role made for the occasion, given, taken back, and the account ended: no token is issued any more.
async fn rights_end(stage: &Stage<'_>, people: &People) -> anyhow::Result<()> {
    let administrator = people.get("administrator")?;
    let mut accounts = AccountServiceClient::new(stage.link.clone());
    let role = accounts
        .create_role(administrator.ask(pb::CreateRoleRequest {
            request_id: request_id(),
            role_id: "report-reader".into(),
            title: "报告阅读".into(),
            permissions: vec!["application.read".into()],
            ..Default::default()
        }))
        .await?
        .into_inner();
    let role = there(role.role)?.name;
    let organization = stage.county.organization("990");
    let secondee = hire(
        &stage.link,
        administrator,
        NewAccount {
            id: "secondee",
            title: "借调人员",
            organization: &organization,
            role: role.trim_start_matches("roles/"),
            region: &stage.county.region,
            unit: "",
        },
    )
    .await?;
    let mut tokens = TokenServiceClient::new(stage.link.clone());
    let caller = tokens.get_caller(secondee.ask(pb::GetCallerRequest {})).await?.into_inner();
    ensure!(caller.assignments.len() == 1, "the secondee has one assignment");
    let get = pb::GetAccountRequest { name: secondee.account.clone() };
    let account = there(accounts.get_account(administrator.ask(get)).await?.into_inner().account)?;
    let assignment_id =
        account.assignments.first().map(|given| given.assignment_id.clone()).unwrap_or_default();
    let revoked = accounts
        .revoke_assignment(administrator.ask(pb::RevokeAssignmentRequest {
            request_id: request_id(),
            name: account.name.clone(),
            etag: account.etag,
            assignment_id,
            ..Default::default()
        }))
        .await?
        .into_inner();
    let account = there(revoked.account)?;
    accounts
        .disable_account(administrator.ask(pb::DisableAccountRequest {
            request_id: request_id(),
            name: account.name.clone(),
            etag: account.etag,
            reason: "借调结束".into(),
            ..Default::default()
        }))
        .await?;
    let again = TokenServiceClient::new(stage.link.clone())
        .issue_token(pb::IssueTokenRequest { account: account.name, secret: "不知道".into() })
        .await;
    refused(again, Reason::TokenInvalid)?;
    stage.say("身份：借调账号授权收回并停用，不再发放令牌");
    Ok(())
}
