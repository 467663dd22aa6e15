//! What result application asks of others, in its own words. Lists are read page by page to their end.

mod evaluation;
mod monitoring;
mod targets;

use std::str::FromStr;

use hengji_kernel::{Decimal, Invalid, Money};
use hengji_proto::google::r#type as google;
use hengji_rpc::{Fault, Link, RuleBook};

pub(crate) use targets::HoldOrder;

/// Largest answer taken from a peer: a page of evaluations carries every score's explanation.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// Records with explanations are large; those without are not.
const PAGE_OF_LARGE: i32 = 200;
const PAGE_OF_SMALL: i32 = 1000;

pub(crate) struct Peers {
    evaluation: Link,
    monitoring: Link,
    targets: Link,
    pub(crate) rule_book: RuleBook,
}

impl Peers {
    pub(crate) fn new(peers: &hengji_rpc::Peers) -> Result<Self, Fault> {
        Ok(Self {
            evaluation: peers.link("evaluation")?,
            monitoring: peers.link("monitoring")?,
            targets: peers.link("targets")?,
            rule_book: RuleBook::new(peers)?,
        })
    }
}

/// Every record of a list.
macro_rules! every_page {
    ($client:expr, $call:expr, $list:ident($request:expr) -> $records:ident) => {{
        let mut request = $request;
        let mut records = Vec::new();
        loop {
            let answer = $client.$list($call.onward(request.clone())).await?.into_inner();
            records.extend(answer.$records);
            if answer.next_page_token.is_empty() {
                break records;
            }
            request.page_token = answer.next_page_token;
        }
    }};
}
use every_page;

/// A peer's word; one that cannot be read is a defect of the peer, not of the caller.
fn word<T: FromStr<Err = Invalid>>(text: &str) -> Result<T, Fault> {
    text.parse().map_err(Fault::internal)
}

fn money(value: Option<&google::Decimal>) -> Result<Money, Fault> {
    value.map_or(Ok(Money::ZERO), |value| word(&value.value))
}

fn decimal(value: Option<&google::Decimal>) -> Result<Option<Decimal>, Fault> {
    value.map(|value| Decimal::from_str_exact(&value.value).map_err(Fault::internal)).transpose()
}
