//! Layered settings; the only place that reads the environment.
//!
//! A value comes from the last layer that names it: defaults, then one TOML file (`--config` or `HENGJI_CONFIG`), then
//! `HENGJI_*` variables (a double underscore goes one level down), then what the command line overrides. A key nobody
//! knows is never passed over: loading refuses it and says where it stands. [`KEYS`] is the one list from which the
//! defaults, the refusal and the table of [`Settings::describe`] are made.

mod check;
mod error;
mod keys;
mod layers;
mod secret;
mod settings;

pub use error::ConfigError;
pub use keys::{KEYS, Key};
pub use layers::Overrides;
pub use secrecy::{ExposeSecret, SecretString};
pub use secret::read_secret_file;
pub use settings::{Database, Exporter, Limits, LogFormat, SERVICES, Settings, Telemetry, Token};
