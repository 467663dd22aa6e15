//! Times and ratios of benchmarks, and the rows they are told in. Floating point is for speed only.
#![allow(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "times, not money")]

use std::time::{Duration, Instant};

/// Durations of one kind of call, in microseconds.
#[derive(Default, Clone)]
pub struct Figures(Vec<u64>);

impl Figures {
    pub async fn time(&mut self, call: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
        let began = Instant::now();
        call.await?;
        self.0.push(u64::try_from(began.elapsed().as_micros())?);
        Ok(())
    }

    pub const fn of(micros: Vec<u64>) -> Self {
        Self(micros)
    }

    fn at(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() * percent / 100).copied().unwrap_or_default() as f64
    }

    /// Such as `0.40 ms`.
    pub fn p50(&self) -> String {
        format!("{:.2} ms", self.at(50) / 1000.0)
    }

    /// How many times as slow as `base`, by the medians.
    pub fn ratio(&self, base: &Self) -> f64 {
        self.at(50) / base.at(50)
    }

    /// p99 ÷ p50
    pub fn tail(&self) -> f64 {
        self.at(99) / self.at(50)
    }

    pub fn per_second(&self, seconds: u64) -> f64 {
        self.0.len() as f64 / seconds as f64
    }

    pub fn seconds(&self) -> Vec<f64> {
        self.0.iter().map(|micros| *micros as f64 / 1_000_000.0).collect()
    }
}

/// So many a second.
pub fn rate(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

pub const fn quotient(value: f64, base: f64) -> f64 {
    value / base
}

/// A value of every round beside the bar it is held against.
pub struct Measured(pub Vec<f64>);

impl Measured {
    const fn word(met: bool) -> &'static str {
        if met { "met" } else { "missed" }
    }

    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// Median, least and greatest.
    pub fn spread(&self) -> String {
        let least = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        format!("{:.2} ({least:.2}..{greatest:.2})", self.median())
    }

    pub fn at_least(&self, bar: f64) -> String {
        format!("{} | >= {bar} | {}", self.spread(), Self::word(self.median() >= bar))
    }

    pub fn at_most(&self, bar: f64) -> String {
        format!("{} | <= {bar} | {}", self.spread(), Self::word(self.median() <= bar))
    }
}
