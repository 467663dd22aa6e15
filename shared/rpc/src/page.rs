//! Pages by key, never by offset. A page token is signed and bound to the question and the caller.

use hengji_db::Stored;
use hengji_proto::Paged;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Call, Fault, Reason};

const DEFAULT_SIZE: usize = 100;
const LARGEST_SIZE: usize = 1000;

/// Signs and opens page tokens with a key of the service's database.
#[derive(Clone)]
pub struct Pages {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

#[derive(Clone, Serialize, Deserialize)]
struct Mark {
    /// The last key of the page before.
    after: String,
    /// Digest of question and caller.
    bound: String,
}

/// One page being read: ask the store for `limit + 1` rows after `after`, then [`Page::close`] it.
pub struct Page {
    pub after: Option<String>,
    pub limit: usize,
    bound: String,
}

impl Page {
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }
}

impl Pages {
    pub fn new(key: &[u8]) -> Self {
        Self { encoding: EncodingKey::from_secret(key), decoding: DecodingKey::from_secret(key) }
    }

    pub fn open<Q: Paged>(&self, call: &Call, request: &Q) -> Result<Page, Fault> {
        let question = request.without_page().encode_to_vec();
        let mut hash = Sha256::new();
        hash.update(call.method);
        hash.update(call.account());
        hash.update(question);
        let bound = hex::encode(hash.finalize());
        let after = if request.page_token().is_empty() {
            None
        } else {
            let mut validation = Validation::new(Algorithm::HS256);
            validation.validate_exp = false;
            validation.required_spec_claims.clear();
            let mark = jsonwebtoken::decode::<Mark>(request.page_token(), &self.decoding, &validation)
                .ok()
                .map(|data| data.claims)
                .filter(|mark| mark.bound == bound)
                .ok_or_else(|| {
                    Fault::fields(
                        Reason::PageTokenInvalid,
                        vec![("page_token".into(), "不是本查询、本调用者的翻页标记".into())],
                    )
                })?;
            Some(mark.after)
        };
        let limit = match usize::try_from(request.page_size()) {
            Ok(0) | Err(_) => DEFAULT_SIZE,
            Ok(size) => size.min(LARGEST_SIZE),
        };
        Ok(Page { after, limit, bound })
    }

    /// Cuts the surplus row off and makes the next token from the last row kept.
    pub fn close<T>(
        &self,
        page: &Page,
        mut rows: Vec<T>,
        key: impl Fn(&T) -> String,
    ) -> Result<(Vec<T>, String), Fault> {
        if rows.len() <= page.limit {
            return Ok((rows, String::new()));
        }
        rows.truncate(page.limit);
        let after = rows.last().map(key).unwrap_or_default();
        let mark = Mark { after, bound: page.bound.clone() };
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &mark, &self.encoding)
            .map_err(Fault::internal)?;
        Ok((rows, token))
    }

    /// [`Pages::close`] for stored records, whose key is their name.
    pub fn close_stored<T: hengji_db::Record>(
        &self,
        page: &Page,
        rows: Vec<Stored<T>>,
    ) -> Result<(Vec<Stored<T>>, String), Fault> {
        self.close(page, rows, |row| row.record.name())
    }
}
