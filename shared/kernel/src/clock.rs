//! Time is passed in: whoever needs it takes a [`Clock`].

use std::sync::atomic::{AtomicI64, Ordering};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::macros::offset;

use crate::Date;

/// Microseconds since 1970-01-01 UTC, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub const fn micros(self) -> i64 {
        self.0
    }

    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * 1_000_000)
    }

    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The last instant of a calendar date in China (UTC+8).
    pub fn end_of(date: Date) -> Self {
        let next = date.plus_days(1).inner().midnight().assume_offset(offset!(+8));
        Self((next.unix_timestamp_nanos() / 1000) as i64 - 1)
    }

    /// The calendar date in China (UTC+8), where every budget year lives.
    pub fn date(self) -> Date {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            .to_offset(offset!(+8))
            .date()
            .into()
    }
}

pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;

    /// Today in China (UTC+8).
    fn today(&self) -> Date {
        self.now().date()
    }
}

/// The machine's clock; the only place that reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one source of time")]
    fn now(&self) -> Timestamp {
        Timestamp((OffsetDateTime::now_utc().unix_timestamp_nanos() / 1000) as i64)
    }
}

/// A clock that stands still until it is set; for tests and replays.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    pub const fn at(instant: Timestamp) -> Self {
        Self(AtomicI64::new(instant.0))
    }

    pub fn set(&self, instant: Timestamp) {
        self.0.store(instant.0, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_its_last_instant_in_china() {
        let day: Date = "2026-06-30".parse().unwrap();
        let end = Timestamp::end_of(day);
        assert_eq!(end.date(), day);
        assert_eq!(Timestamp(end.micros() + 1).date(), day.plus_days(1));
        assert_eq!(end.seconds(), 1_782_835_199);
    }
}
