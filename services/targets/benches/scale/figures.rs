//! Times and ratios, and the rows they are told in. Floating point is for speed only.
#![allow(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "times, not money")]

use std::time::Instant;

/// Durations of one kind of call, in microseconds.
#[derive(Default)]
pub struct Figures(Vec<u64>);

impl Figures {
    pub async fn time(&mut self, call: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
        let began = Instant::now();
        call.await?;
        self.0.push(u64::try_from(began.elapsed().as_micros())?);
        Ok(())
    }

    pub fn of(micros: Vec<u64>) -> Self {
        Self(micros)
    }

    fn at(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() * percent / 100).copied().unwrap_or_default() as f64
    }

    pub fn p50(&self) -> String {
        format!("{:.2} ms", self.at(50) / 1000.0)
    }

    pub fn ratio(&self, base: &Self) -> f64 {
        self.at(50) / base.at(50)
    }

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

pub fn quotient(value: f64, base: f64) -> f64 {
    value / base
}

/// The end of a table's row.
pub struct Row;

impl Row {
    const fn word(met: bool) -> &'static str {
        if met { "met" } else { "missed" }
    }

    pub fn at_most(value: f64, bar: f64) -> String {
        format!("{value:.2} | {}", Self::word(value <= bar))
    }

    fn spread(mut values: Vec<f64>) -> (f64, String) {
        values.sort_by(f64::total_cmp);
        let median = values[values.len() / 2];
        (median, format!("{median:.2} ({:.2}..{:.2})", values[0], values[values.len() - 1]))
    }

    pub fn at_least(values: Vec<f64>, bar: f64) -> String {
        let (median, text) = Self::spread(values);
        format!("{text} | >= {bar:.1} | {}", Self::word(median >= bar))
    }

    pub fn most(values: Vec<f64>, bar: f64) -> String {
        let (median, text) = Self::spread(values);
        format!("{text} | <= {bar:.1} | {}", Self::word(median <= bar))
    }
}
