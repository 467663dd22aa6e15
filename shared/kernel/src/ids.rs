//! Ids are passed in: whoever needs one takes [`Ids`].

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

pub trait Ids: Send + Sync {
    /// A new id, unique everywhere, later ids sorting after earlier ones.
    fn next(&self) -> Uuid;
}

/// UUID version 7 from the machine's clock and randomness; the only place that makes them.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "the one source of ids")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

/// The same ids in the same order for the same seed; for tests and replays.
#[derive(Debug)]
pub struct SeededIds {
    seed: u64,
    count: AtomicU64,
}

impl SeededIds {
    pub const fn new(seed: u64) -> Self {
        Self { seed, count: AtomicU64::new(0) }
    }
}

impl Ids for SeededIds {
    fn next(&self) -> Uuid {
        let count = self.count.fetch_add(1, Ordering::SeqCst);
        Uuid::from_u64_pair(count + 1, self.seed | (1 << 63))
    }
}
