//! Pages by key, never by offset. A page token is signed and bound to the question and the caller.

use hengji_db::Stored;
use hengji_proto::Paged;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use prost::Message;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Call, Fault, Reason};

const DEFAULT_SIZE: usize = 100;
const LARGEST_SIZE: usize = 1000;
/// Clients refuse messages above 4 MiB unless told otherwise; field tags of the list and the token need a little.
const PAGE_BYTES: usize = 3 * 1024 * 1024;

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

    /// [`Pages::close_stored`] for records that may be long: the page ends early rather than grow past what a client
    /// takes in by default. It holds one record at least.
    pub fn close_long<T: hengji_db::Record, M: Message>(
        &self,
        page: &Page,
        mut rows: Vec<Stored<T>>,
        message: impl Fn(&Stored<T>) -> M,
    ) -> Result<(Vec<M>, String), Fault> {
        let mut messages = Vec::new();
        let mut bytes = 0;
        for row in rows.iter().take(page.limit) {
            let message = message(row);
            bytes += message.encoded_len();
            if bytes > PAGE_BYTES && !messages.is_empty() {
                break;
            }
            messages.push(message);
        }
        let limit = messages.len().max(1);
        rows.truncate(limit + 1);
        let cut = Page { limit, bound: page.bound.clone(), after: None };
        let (_, token) = self.close_stored(&cut, rows)?;
        Ok((messages, token))
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

#[cfg(test)]
mod tests {
    use hengji_db::{Record, Scoping, Value};
    use hengji_kernel::Timestamp;

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Paper {
        name: String,
        length: usize,
    }

    impl Record for Paper {
        const TABLE: &'static str = "paper";
        const SCOPED: Scoping = Scoping::RegionAndUnit;

        fn name(&self) -> String {
            self.name.clone()
        }

        fn columns(&self) -> Vec<(&'static str, Value)> {
            Vec::new()
        }
    }

    fn stored(lengths: &[usize]) -> Vec<Stored<Paper>> {
        let papers = lengths.iter().enumerate();
        papers
            .map(|(index, &length)| Stored {
                record: Paper { name: index.to_string(), length },
                version: 1,
                created_at: Timestamp(0),
                updated_at: Timestamp(0),
            })
            .collect()
    }

    /// How many of these papers a page of `limit` holds, and after which one the next begins.
    fn held(lengths: &[usize], limit: usize) -> (usize, Option<String>) {
        let pages = Pages::new(b"key");
        let page = Page { after: None, limit, bound: "question".into() };
        let (papers, token) =
            pages.close_long(&page, stored(lengths), |row| "x".repeat(row.record.length)).unwrap();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        let mark = jsonwebtoken::decode::<Mark>(&token, &pages.decoding, &validation);
        (papers.len(), mark.ok().map(|data| data.claims.after))
    }

    #[test]
    fn a_page_ends_before_it_grows_past_what_clients_take() {
        let half = PAGE_BYTES / 2 - 100;
        assert_eq!(held(&[1, 1, 1], 3), (3, None));
        assert_eq!(held(&[1, 1, 1, 1], 3), (3, Some("2".into())));
        assert_eq!(held(&[half, half, half], 3), (2, Some("1".into())));
        assert_eq!(held(&[half, half], 3), (2, None));
        assert_eq!(held(&[PAGE_BYTES + 1, 1], 3), (1, Some("0".into())));
        assert_eq!(held(&[PAGE_BYTES + 1], 3), (1, None));
        assert_eq!(held(&[], 3), (0, None));
    }
}
