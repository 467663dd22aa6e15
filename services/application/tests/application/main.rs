//! The service on each database, with stand-ins for the services it asks.

#![expect(
    clippy::unnecessary_wraps,
    reason = "stand-ins have the shapes of the contract: optional fields, fallible calls"
)]

mod answers;
mod disclosures;
mod explanations;
mod feedback;
mod linkage;
mod people;
mod reports;
mod stand_ins;
mod world;
