//! Scores many tables under one pack (批量计分): the rules in force compiled once to whole numbers.
//!
//! A [`Plan`] holds the rules of an effective pack in units of the last decimal place. It packs a [`ScoreTable`](super::table::ScoreTable) into
//! leaves of fixed size and scores these without decimals, texts or allocation. Only what is a plain quantity within
//! bounds is left to whole numbers; every other row is scored by [`super::score_indicator`] while it is packed, and a table
//! that is refused keeps its refusals. The numbers are those of [`super::score`], which also explains each of them.

mod fixed;
mod pack;
mod plan;
mod region;
mod rule;

#[cfg(test)]
mod tests;

pub use pack::{Execution, Leaf, Packed};
pub use plan::{Brief, Plan};
pub use region::{Summary, score_all};
pub use rule::RuleIndex;
