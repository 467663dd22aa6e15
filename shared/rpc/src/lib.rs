//! One way to be called and to call, the same six times.
//!
//! A call passes the [`guard`] (trace, panic, deadline, token, permission), is opened with [`open`] (context and field
//! rules), and, where it changes something, is carried out as an [`act`]: request id, state, journal entry and answer in
//! one transaction. Whatever goes wrong becomes a [`Fault`], and a `Fault` becomes a status in one place. Calls to other
//! services go through a [`Link`], which looks the same in process and over the network.

pub mod access;
pub mod act;
pub mod answer;
pub mod call;
pub mod convert;
pub mod fault;
pub mod guard;
pub mod keys;
pub mod page;
pub mod peers;
pub mod rule_book;
pub mod token;

pub use access::{Access, AccessTable};
pub use act::{Act, Acts, Begun};
pub use call::{Call, Caller, Grant, open};
pub use fault::Fault;
pub use guard::{Guard, Limits};
pub use hengji_proto::common::v1::ErrorReason as Reason;
pub use keys::{KeySet, Signer};
pub use page::{Page, Pages};
pub use peers::{Link, Peers};
pub use rule_book::RuleBook;
pub use token::{Claims, Verifier};
