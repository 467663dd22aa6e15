//! What must be there before anyone can call: the shipped roles, the signing key, and the first tokens. The command line
//! uses this on identity's own database; whoever can open that database is the operator.

use hengji_chassis::Entropy;
use hengji_db::{Db, Tx};
use hengji_kernel::{DataScope, RegionCode, ScopeRange, Timestamp};
use hengji_rpc::token::TokenRules;
use hengji_rpc::{Acts, Call, Claims, Fault, Grant, Signer};
use serde_json::json;
use tonic::Code;

use crate::domain::{Account, AccountState, Role, shipped_roles};

/// The account of the first administrator.
const ADMINISTRATOR: &str = "accounts/administrator";

pub(crate) async fn signer(db: &Db, entropy: &Entropy) -> Result<Signer, Fault> {
    Signer::from_seed(&db.secret("signing_seed", &entropy()).await?)
}

/// Often enough that of several processes starting together each finds what another one stored first.
const SHIPPING_ATTEMPTS: usize = 5;

/// Stores the shipped roles that are missing or were shipped differently before. Replicas and the command line may do
/// so at the same moment: who comes second starts over and finds them stored.
pub(crate) async fn ship_roles(acts: &Acts) -> Result<(), Fault> {
    for _ in 1..SHIPPING_ATTEMPTS {
        match ship_missing_roles(acts).await {
            Err(fault) if matches!(fault.code(), Code::AlreadyExists | Code::Aborted) => {}
            shipped_or_broken => return shipped_or_broken,
        }
    }
    ship_missing_roles(acts).await
}

async fn ship_missing_roles(acts: &Acts) -> Result<(), Fault> {
    let call = Call::background("identity", "ship_roles", None);
    let mut act = acts.background(&call).await?;
    for role in shipped_roles()? {
        let stored = act.tx.load::<Role>(&role.resource_name(), &DataScope::Everything).await?;
        match stored {
            Some(stored) if stored.record == role => continue,
            Some(mut stored) => {
                stored.record = role.clone();
                act.save(&stored).await?;
            }
            None => {
                act.insert(&role).await?;
            }
        }
        act.journal(hengji_rpc::act::News {
            kind: "role.shipped",
            subject: &role.resource_name(),
            region: None,
            unit: None,
            payload: json!({ "permissions": role.permissions }),
            reason: "",
        })
        .await?;
    }
    Ok(act.done().await?)
}

/// How a token is made out.
pub(crate) struct Issue<'a> {
    pub(crate) rules: &'a TokenRules,
    pub(crate) now: Timestamp,
    pub(crate) lifetime_seconds: i64,
    pub(crate) jti: String,
}

impl Issue<'_> {
    pub(crate) async fn claims(&self, tx: &mut Tx, account: &Account) -> Result<Claims, Fault> {
        let mut grants = Vec::with_capacity(account.assignments.len());
        for assignment in &account.assignments {
            let role = tx.load::<Role>(&assignment.role, &DataScope::Everything).await?;
            grants.push(Grant {
                id: assignment.id.clone(),
                role: assignment.role.clone(),
                permissions: role.map(|stored| stored.record.permissions).unwrap_or_default(),
                range: assignment.range.clone(),
            });
        }
        Ok(self.made_out(account.resource_name(), account.organization.clone(), grants))
    }

    fn made_out(&self, sub: String, organization: String, grants: Vec<Grant>) -> Claims {
        let now = self.now.seconds();
        Claims {
            iss: self.rules.issuer.clone(),
            aud: self.rules.audience.clone(),
            sub,
            iat: now,
            nbf: now,
            exp: now + self.lifetime_seconds,
            jti: self.jti.clone(),
            organization,
            grants,
        }
    }
}

/// A token for the first administrator: it can manage identity everywhere and nothing else. `identity`'s database must
/// be migrated.
pub async fn administrator_token(
    acts: &Acts,
    entropy: &Entropy,
    rules: &TokenRules,
    lifetime_seconds: i64,
) -> Result<String, Fault> {
    shipped_token(acts, entropy, rules, lifetime_seconds, ADMINISTRATOR, "administrator").await
}

/// A token for a service's background work, such as following another service's journal.
pub async fn service_token(
    acts: &Acts,
    entropy: &Entropy,
    rules: &TokenRules,
    lifetime_seconds: i64,
    service: &str,
) -> Result<String, Fault> {
    shipped_token(acts, entropy, rules, lifetime_seconds, &format!("services/{service}"), "follower").await
}

async fn shipped_token(
    acts: &Acts,
    entropy: &Entropy,
    rules: &TokenRules,
    lifetime_seconds: i64,
    subject: &str,
    role: &str,
) -> Result<String, Fault> {
    ship_roles(acts).await?;
    let nation: RegionCode = "000000000".parse().map_err(Fault::internal)?;
    let mut tx = acts.db.read().await?;
    if let Some(stored) = tx.load::<Account>(subject, &DataScope::Everything).await?
        && stored.record.state == AccountState::Disabled
    {
        return Err(Fault::not_found(subject));
    }
    let permissions = tx
        .load::<Role>(&format!("roles/{role}"), &DataScope::Everything)
        .await?
        .ok_or_else(|| Fault::not_found(format!("roles/{role}")))?
        .record
        .permissions;
    let grant = Grant {
        id: "shipped".into(),
        role: format!("roles/{role}"),
        permissions,
        range: ScopeRange { region: nation, unit: None },
    };
    let issue = Issue { rules, now: acts.clock.now(), lifetime_seconds, jti: acts.ids.next().to_string() };
    signer(&acts.db, entropy).await?.sign(&issue.made_out(subject.to_owned(), String::new(), vec![grant]))
}
