//! Ed25519 keys: tokens and verdicts are signed with them, and anyone verifies with the published set (JWKS, RFC 7517).

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::Fault;

/// Signs JSON claims as a compact JWS (EdDSA).
#[derive(Clone)]
pub struct Signer {
    kid: String,
    /// The same for everything signed, encoded.
    header: String,
    key: SigningKey,
    public: String,
}

impl Signer {
    /// From 32 secret bytes, as kept by the service's database.
    pub fn from_seed(seed: &[u8]) -> Result<Self, Fault> {
        let seed: [u8; 32] = seed.try_into().map_err(|_| Fault::internal("a signing seed has 32 bytes"))?;
        let key = SigningKey::from_bytes(&seed);
        let public = key.verifying_key().to_bytes();
        let kid = hex::encode(&Sha256::digest(public)[..8]);
        let header = Header { kid: Some(kid.clone()), ..Header::new(Algorithm::EdDSA) };
        let header = serde_json::to_vec(&header).map_err(Fault::internal)?;
        let (header, public) = (URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(public));
        Ok(Self { kid, header, key, public })
    }

    pub fn sign<C: Serialize>(&self, claims: &C) -> Result<String, Fault> {
        let claims = serde_json::to_vec(claims).map_err(Fault::internal)?;
        let mut jws = self.header.clone();
        jws.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut jws);
        let signature = self.key.sign(jws.as_bytes());
        jws.push('.');
        URL_SAFE_NO_PAD.encode_string(signature.to_bytes(), &mut jws);
        Ok(jws)
    }

    /// The public half as a JWK set.
    pub fn jwks_json(&self) -> String {
        serde_json::json!({ "keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": self.public,
        }] })
        .to_string()
    }
}

/// Public keys by id.
#[derive(Clone, Default)]
pub struct KeySet(HashMap<String, DecodingKey>);

#[derive(serde::Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

#[derive(serde::Deserialize)]
struct Jwk {
    kid: String,
    crv: Option<String>,
    x: Option<String>,
}

impl KeySet {
    /// Reads a JWK set; keys other than Ed25519 are passed over.
    pub fn from_jwks(json: &str) -> Result<Self, Fault> {
        let jwks: Jwks = serde_json::from_str(json).map_err(Fault::internal)?;
        let keys = jwks.keys.into_iter().filter_map(|jwk| match (jwk.crv.as_deref(), jwk.x) {
            (Some("Ed25519"), Some(x)) => Some((jwk.kid, DecodingKey::from_ed_components(&x).ok()?)),
            _ => None,
        });
        Ok(Self(keys.collect()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn knows(&self, kid: &str) -> bool {
        self.0.contains_key(kid)
    }

    /// The claims if the signature is by a key of this set. Times are not looked at: they need a clock.
    pub fn open<C: DeserializeOwned + Clone>(&self, jws: &str) -> Option<C> {
        let header = jsonwebtoken::decode_header(jws).ok()?;
        if header.alg != Algorithm::EdDSA {
            return None;
        }
        let key = self.0.get(&header.kid?)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        jsonwebtoken::decode::<C>(jws, key, &validation).ok().map(|data| data.claims)
    }
}
