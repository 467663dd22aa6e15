//! The catalog as its callers see it, on both databases.

mod common;
mod formulas;
mod indicators;
mod library;
mod rule_packs;
mod scoring;
mod search;
mod shipped;
mod templates;
