//! Logs, traces and metrics, flushed on every exit path.
//!
//! [`init`] is called once, by the binary. Logs always go to stderr; traces, metrics and logs go besides to an OTLP
//! receiver or to stdout when an exporter is named, and with `none` nothing of OpenTelemetry is installed at all.
//! The [`Telemetry`] it returns is held until the process ends: [`Telemetry::shutdown`] flushes, and so does dropping it.
//! Between services the W3C `traceparent` header carries the trace ([`inject`], [`set_parent`]), and every answered call
//! is counted and timed by [`record_call`].

mod calls;
mod context;
mod install;
mod sampler;
mod settings;

pub use calls::record_call;
pub use context::{extract, inject, set_parent, trace_id};
pub use install::{Telemetry, TelemetryError, init};
pub use settings::{Exporter, LogFormat, TelemetrySettings};
