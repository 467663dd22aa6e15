//! The catalog as its callers see it, on both databases.

mod code_lists;
mod common;
mod formulas;
mod imports;
mod indicators;
mod library;
mod replay;
mod rule_packs;
mod scoring;
mod search;
mod shipped;
mod templates;
mod usage;
