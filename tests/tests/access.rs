//! Who may call what: read off the descriptors and tried on a running suite, without a list kept by hand.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use hengji::topology::SERVICES;
use hengji_kernel::SystemClock;
use hengji_proto::descriptors;
use hengji_rpc::{Access, AccessTable, Link};
use hengji_testkit::{Database, Issuer, Rights, databases};
use hengji_tests::{Desk, Refusal, Running, Topology, desk, topology, wire};
use prost_reflect::MethodDescriptor;
use tonic::Code;

fn rules() -> AccessTable {
    AccessTable::new(SERVICES.iter().map(|spec| spec.access))
}

fn methods() -> Vec<MethodDescriptor> {
    let services = descriptors().services().filter(|service| service.full_name().starts_with("hengji."));
    services.flat_map(|service| service.methods().collect::<Vec<_>>()).collect()
}

#[test]
fn every_call_has_a_rule() {
    let mut packages: Vec<_> = SERVICES.iter().map(|spec| spec.package).collect();
    packages.push("hengji.common.v1");
    let walked: BTreeSet<_> =
        methods().iter().map(|method| method.parent_service().package_name().to_owned()).collect();
    assert_eq!(walked, packages.iter().map(ToString::to_string).collect());
    assert_eq!(rules().missing(&packages), Vec::<String>::new());
}

#[test]
fn nobody_changes_anything_without_a_token() {
    let rules = rules();
    for method in methods().iter().filter(|method| method.input().get_field_by_name("request_id").is_some()) {
        let path = desk::path(method);
        assert!(!matches!(rules.get(&path), Some(Access::Public | Access::Authenticated)), "{path}");
    }
}

/// The refusal of an empty message.
async fn refusal(link: &Link, path: &str, token: Option<&str>) -> anyhow::Result<Refusal> {
    let answer = wire::send(link, &wire::head(path, token)?, wire::frame(&[])).await;
    Ok(answer.status.into())
}

/// Every call that wants a token, refused for the same reason.
async fn all_refused(
    running: &Running,
    token: Option<&str>,
    wanted: impl Fn(Access) -> bool,
    expected: (Code, &str),
) -> anyhow::Result<()> {
    let (link, rules) = (running.link(), rules());
    let mut tried = 0;
    for path in methods().iter().map(desk::path) {
        if !wanted(rules.get(&path).context("a rule")?) {
            continue;
        }
        let found = refusal(&link, &path, token).await?;
        ensure!((found.code, found.reason.as_str()) == expected, "{path}: {found}");
        tried += 1;
    }
    ensure!(tried > 100, "only {tried} calls were tried");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_refused_everywhere() -> anyhow::Result<()> {
    for database in databases().await? {
        let running = Running::start(Topology::AllInOne, &database).await?;
        let wants_token = |access| access != Access::Public;
        all_refused(&running, None, wants_token, (Code::Unauthenticated, "TOKEN_MISSING")).await?;
        for (kind, token) in strangers(&running).await? {
            all_refused(&running, Some(&token), wants_token, (Code::Unauthenticated, "TOKEN_INVALID"))
                .await
                .context(kind)?;
        }
        running.stop().await?;
        database.remove().await?;
    }
    Ok(())
}

/// Tokens that name an account with every right and must not be believed.
async fn strangers(running: &Running) -> anyhow::Result<Vec<(&'static str, String)>> {
    let settings = running.settings.as_ref().context("all in one")?;
    let rights =
        Rights::of("administrator").may(&["identity.manage", "journal.read", "targets.read"], "000000000");
    let mut elsewhere = settings.clone();
    elsewhere.token.audience = "another-suite".into();
    let (head, rest) = running.administrator.split_once('.').context("a token has dots")?;
    let (claims, signature) = rest.split_once('.').context("a token has two dots")?;
    Ok(vec![
        ("expired", topology::administrator(settings, -3600).await?),
        ("for another audience", topology::administrator(&elsewhere, 3600).await?),
        ("signed by another key", Issuer::new(Arc::new(SystemClock))?.token(&rights)),
        ("signature cut off", format!("{head}.{claims}.")),
        (
            "signature of other claims",
            format!("{head}.{}.{signature}", claims.chars().rev().collect::<String>()),
        ),
        ("garbage", "not-a-token".into()),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_a_role_may_do_nothing() -> anyhow::Result<()> {
    for database in databases().await? {
        let running = Running::start(Topology::AllInOne, &database).await?;
        let nobody =
            Desk::new(running.link(), &running.administrator).hire("nobody", "", "", ("", "")).await?;
        let wants_permission = |access: Access| !access.permissions().is_empty();
        let expected = (Code::PermissionDenied, "PERMISSION_MISSING");
        all_refused(&running, Some(&nobody.token), wants_permission, expected).await?;
        let caller = nobody.ask("identity.TokenService/GetCaller", serde_json::json!({})).await?;
        ensure!(caller["account"] == "accounts/nobody", "{caller}");
        running.stop().await?;
        database.remove().await?;
    }
    Ok(())
}

/// An account with every permission there is, for the whole nation.
async fn almighty(running: &Running) -> anyhow::Result<Desk> {
    let rules = rules();
    let permissions: BTreeSet<_> = methods()
        .iter()
        .filter_map(|method| rules.get(&desk::path(method)))
        .flat_map(|access| access.permissions().to_vec())
        .collect();
    let administrator = Desk::new(running.link(), &running.administrator);
    let role = serde_json::json!({ "role_id": "almighty", "title": "全部权限", "permissions": permissions });
    administrator.ask("identity.AccountService/CreateRole", role).await?;
    administrator.hire("almighty", "", "almighty", ("000000000", "")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_of_the_contract_is_answered() -> anyhow::Result<()> {
    let database = Database::sqlite()?;
    let running = Running::start(Topology::AllInOne, &database).await?;
    let desk = almighty(&running).await?;
    for path in methods().iter().map(desk::path) {
        let asked = refusal(&running.link(), &path, Some(&desk.token)).await?;
        ensure!(asked.code != Code::Unimplemented && asked.code != Code::PermissionDenied, "{path}: {asked}");
    }
    running.stop().await?;
    database.remove().await
}

/// The names in `values: [..]` of one of the network policies, the component's own left out.
fn callers(policy: &str) -> Vec<BTreeSet<String>> {
    policy
        .lines()
        .filter_map(|line| line.trim().strip_prefix("values: [")?.strip_suffix(']'))
        .map(|names| names.split(',').map(|name| name.trim().to_owned()).collect())
        .filter(|names: &BTreeSet<String>| !names.contains("server"))
        .collect()
}

#[test]
fn the_network_lets_through_who_may_ask_and_nobody_to_the_left() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../k8s/base/network");
    for (index, asked) in SERVICES.iter().enumerate() {
        let right: BTreeSet<_> = SERVICES[index + 1..].iter().map(|spec| spec.name.to_owned()).collect();
        let file = folder.join(format!("to-{}.yaml", asked.name));
        if right.is_empty() {
            ensure!(!file.exists(), "nobody lies right of {}", asked.name);
            continue;
        }
        let policy = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        // once for those who are let in, once for those who are let out
        ensure!(
            callers(&policy) == vec![right.clone(), right.clone()],
            "{}: {:?}",
            asked.name,
            callers(&policy)
        );
        for asking in SERVICES.iter().filter(|spec| spec.asks.contains(&asked.name)) {
            ensure!(
                right.contains(asking.name),
                "{} asks {} and is not let through",
                asking.name,
                asked.name
            );
        }
    }
    Ok(())
}
