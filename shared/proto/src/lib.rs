//! The generated contract; modules mirror the packages of `proto/`.
//!
//! Nothing is written by hand here but the few words every service needs of a message: which requests change something
//! ([`Mutating`]), and the descriptor set itself ([`descriptors`]).

/// The packages as generated.
#[allow(clippy::all, clippy::pedantic, reason = "generated code")]
mod generated {
    pub mod google {
        pub mod r#type {
            include!(concat!(env!("OUT_DIR"), "/google.r#type.rs"));
        }
    }
    pub mod hengji {
        pub mod common {
            pub mod v1 {
                include!(concat!(env!("OUT_DIR"), "/hengji.common.v1.rs"));
            }
        }
        pub mod identity {
            pub mod v1 {
                include!(concat!(env!("OUT_DIR"), "/hengji.identity.v1.rs"));
            }
        }
        pub mod catalog {
            pub mod v1 {
                include!(concat!(env!("OUT_DIR"), "/hengji.catalog.v1.rs"));
            }
        }
        pub mod targets {
            pub mod v1 {
                include!(concat!(env!("OUT_DIR"), "/hengji.targets.v1.rs"));
            }
        }
        pub mod monitoring {
            pub mod v1 {
                include!(concat!(env!("OUT_DIR"), "/hengji.monitoring.v1.rs"));
            }
        }
        pub mod evaluation {
            pub mod v1 {
                include!(concat!(env!("OUT_DIR"), "/hengji.evaluation.v1.rs"));
            }
        }
        pub mod application {
            pub mod v1 {
                include!(concat!(env!("OUT_DIR"), "/hengji.application.v1.rs"));
            }
        }
    }
    include!(concat!(env!("OUT_DIR"), "/validate_impl.rs"));
    include!(concat!(env!("OUT_DIR"), "/request_traits.rs"));
}

pub use generated::google;
pub use generated::hengji::{application, catalog, common, evaluation, identity, monitoring, targets};

/// A request that changes something: it carries the caller's request id.
pub trait Mutating: prost::Message {
    fn request_id(&self) -> &str;
    /// True if the caller only wants the check.
    fn validate_only(&self) -> bool;
}

/// A request for one page of a list.
pub trait Paged: prost::Message {
    fn page_size(&self) -> i32;
    fn page_token(&self) -> &str;
    /// The same question without its page: what a page token is bound to.
    fn without_page(&self) -> Self;
}

/// The whole contract as an encoded `FileDescriptorSet`, for reflection.
pub const DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// The whole contract as descriptors, decoded once.
pub fn descriptors() -> &'static prost_reflect::DescriptorPool {
    static POOL: std::sync::LazyLock<prost_reflect::DescriptorPool> = std::sync::LazyLock::new(|| {
        prost_reflect::DescriptorPool::decode(DESCRIPTOR_SET).unwrap_or_default()
    });
    &POOL
}
