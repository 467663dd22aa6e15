//! The suite as one binary: topology, settings, start and stop, and the demonstration year.

pub mod command;
pub mod demo;
pub mod run;
pub mod topology;
