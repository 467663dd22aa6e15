//! Access tokens: signed by the issuer, verified by every service on its own, so that identity is not on the path of
//! each call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use hengji_kernel::{Clock, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Caller, Fault, Grant, KeySet, Reason};

/// What a token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    /// e.g. `accounts/unit-clerk`
    pub sub: String,
    /// Seconds since 1970.
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    pub jti: String,
    #[serde(default)]
    pub organization: String,
    #[serde(default)]
    pub grants: Vec<Grant>,
}

/// Whose tokens are accepted.
#[derive(Debug, Clone)]
pub struct TokenRules {
    pub issuer: String,
    pub audience: String,
    /// How far clocks may differ.
    pub leeway_seconds: i64,
}

/// Verifies tokens against a key set that may be replaced while calls are served.
pub struct Verifier {
    rules: TokenRules,
    keys: ArcSwap<KeySet>,
    /// Tokens whose signature and words were found right under these keys: a caller comes with the same one all day.
    verified: Mutex<HashMap<Arc<str>, Verified>>,
    clock: Arc<dyn Clock>,
}

/// A token that was opened; only the time has to be looked at again.
#[derive(Clone)]
struct Verified {
    /// Seconds since 1970 from which it counts.
    not_before: i64,
    caller: Caller,
}

/// Tokens remembered at once.
const REMEMBERED: usize = 4096;

impl Verifier {
    pub fn new(rules: TokenRules, clock: Arc<dyn Clock>) -> Self {
        Self { rules, keys: ArcSwap::default(), verified: Mutex::default(), clock }
    }

    /// Takes in the issuer's present keys. An empty set is ignored: the last good keys stay.
    pub fn replace_keys(&self, keys: KeySet) {
        if !keys.is_empty() {
            let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
            self.keys.store(Arc::new(keys));
            verified.clear();
        }
    }

    pub fn has_keys(&self) -> bool {
        !self.keys.load().is_empty()
    }

    pub fn verify(&self, token: &str) -> Result<Caller, Fault> {
        let invalid = || Fault::unauthenticated(Reason::TokenInvalid, "令牌无效或已过期");
        let Verified { not_before, caller } = self.opened(token).ok_or_else(invalid)?;
        let Timestamp(now) = self.clock.now();
        let now = now.div_euclid(1_000_000);
        let leeway = self.rules.leeway_seconds;
        if not_before <= now + leeway && now < caller.expires + leeway { Ok(caller) } else { Err(invalid()) }
    }

    /// The token's words if signature, issuer and audience are right.
    fn opened(&self, token: &str) -> Option<Verified> {
        let remembered = || self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = remembered().get(token) {
            return Some(known.clone());
        }
        let keys = self.keys.load_full();
        let claims: Claims = keys.open(token)?;
        if claims.iss != self.rules.issuer || claims.aud != self.rules.audience || claims.sub.is_empty() {
            return None;
        }
        let token: Arc<str> = token.into();
        let caller = Caller {
            account: claims.sub,
            organization: claims.organization,
            grants: claims.grants.into(),
            expires: claims.exp,
            token: Some(Arc::clone(&token)),
        };
        let opened = Verified { not_before: claims.nbf, caller };
        let mut verified = remembered();
        if verified.len() >= REMEMBERED {
            verified.clear();
        }
        // not under keys that were replaced meanwhile
        if Arc::ptr_eq(&keys, &self.keys.load()) {
            verified.insert(token, opened.clone());
        }
        Some(opened)
    }
}

#[cfg(test)]
mod tests {
    use hengji_kernel::FixedClock;

    use super::*;
    use crate::Signer;

    fn claims(change: impl FnOnce(&mut Claims)) -> Claims {
        let mut claims = Claims {
            iss: "hengji".into(),
            aud: "hengji".into(),
            sub: "accounts/a".into(),
            iat: 1000,
            nbf: 1000,
            exp: 2000,
            jti: "1".into(),
            organization: String::new(),
            grants: vec![],
        };
        change(&mut claims);
        claims
    }

    #[test]
    fn accepts_its_issuer_only_and_only_in_time() {
        let clock = Arc::new(FixedClock::at(Timestamp(1500 * 1_000_000)));
        let signer = Signer::from_seed(&[7; 32]).unwrap();
        let foreign = Signer::from_seed(&[8; 32]).unwrap();
        let rules = TokenRules { issuer: "hengji".into(), audience: "hengji".into(), leeway_seconds: 30 };
        let verifier = Verifier::new(rules, clock.clone());
        let good = signer.sign(&claims(|_| ())).unwrap();
        assert!(verifier.verify(&good).is_err(), "no keys yet");
        verifier.replace_keys(KeySet::from_jwks(&signer.jwks_json()).unwrap());
        assert_eq!(verifier.verify(&good).unwrap().account, "accounts/a");

        let wrong = [
            foreign.sign(&claims(|_| ())).unwrap(),
            signer.sign(&claims(|c| c.iss = "other".into())).unwrap(),
            signer.sign(&claims(|c| c.aud = "other".into())).unwrap(),
            signer.sign(&claims(|c| c.sub = String::new())).unwrap(),
            signer.sign(&claims(|c| c.exp = 1470)).unwrap(),
            signer.sign(&claims(|c| c.nbf = 1531)).unwrap(),
            format!("{good}x"),
            good.replace('.', ""),
            String::new(),
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhY2NvdW50cy9hIn0.".into(),
        ];
        for token in wrong {
            assert!(verifier.verify(&token).is_err(), "{token}");
        }
        clock.set(Timestamp(2031 * 1_000_000));
        assert!(verifier.verify(&good).is_err(), "expired beyond leeway");
        verifier.replace_keys(KeySet::default());
        clock.set(Timestamp(1500 * 1_000_000));
        assert!(verifier.verify(&good).is_ok(), "the last good keys stay");
        verifier.replace_keys(KeySet::from_jwks(&foreign.jwks_json()).unwrap());
        assert!(verifier.verify(&good).is_err(), "signed by a key that was taken back");
    }
}
