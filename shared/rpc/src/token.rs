//! Access tokens: signed by the issuer, verified by every service on its own, so that identity is not on the path of
//! each call.

use std::sync::Arc;

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
    clock: Arc<dyn Clock>,
}

impl Verifier {
    pub fn new(rules: TokenRules, clock: Arc<dyn Clock>) -> Self {
        Self { rules, keys: ArcSwap::default(), clock }
    }

    /// Takes in the issuer's present keys. An empty set is ignored: the last good keys stay.
    pub fn replace_keys(&self, keys: KeySet) {
        if !keys.is_empty() {
            self.keys.store(Arc::new(keys));
        }
    }

    pub fn has_keys(&self) -> bool {
        !self.keys.load().is_empty()
    }

    pub fn verify(&self, token: &str) -> Result<Caller, Fault> {
        let invalid = || Fault::unauthenticated(Reason::TokenInvalid, "令牌无效或已过期");
        let claims: Claims = self.keys.load().open(token).ok_or_else(invalid)?;
        let Timestamp(now) = self.clock.now();
        let now = now.div_euclid(1_000_000);
        let leeway = self.rules.leeway_seconds;
        let in_time = claims.nbf <= now + leeway && now < claims.exp + leeway;
        if !in_time
            || claims.iss != self.rules.issuer
            || claims.aud != self.rules.audience
            || claims.sub.is_empty()
        {
            return Err(invalid());
        }
        Ok(Caller {
            account: claims.sub,
            organization: claims.organization,
            grants: claims.grants.into(),
            expires: claims.exp,
            token: Some(token.into()),
        })
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
    }
}
