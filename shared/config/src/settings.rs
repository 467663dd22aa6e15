//! The settings as the rest of the suite sees them: typed, checked and complete.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use crate::{ConfigError, keys, read_secret_file};

/// The six services in the order of their floors: each may call those before it.
pub const SERVICES: [&str; 6] = ["identity", "catalog", "targets", "monitoring", "evaluation", "application"];

/// All settings of one process. Secrets do not print.
#[derive(Debug, Clone)]
pub struct Settings {
    pub listen: SocketAddr,
    pub data_dir: PathBuf,
    /// Mounted services, in the order of [`SERVICES`].
    pub services: Vec<&'static str>,
    pub database: BTreeMap<String, Database>,
    pub peers: BTreeMap<String, String>,
    pub migrate: bool,
    pub reflection: bool,
    pub telemetry: Telemetry,
    pub limits: Limits,
    pub drain_seconds: u64,
    pub monitoring: Monitoring,
    pub token: Token,
    pub service_token_file: Option<PathBuf>,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
}

/// Settings as the layers spell them; whatever depends on something else is still open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw {
    pub(crate) listen: SocketAddr,
    pub(crate) data_dir: PathBuf,
    #[serde(deserialize_with = "names")]
    pub(crate) services: Vec<String>,
    #[serde(default)]
    pub(crate) database: BTreeMap<String, Database>,
    #[serde(default)]
    pub(crate) peers: BTreeMap<String, String>,
    pub(crate) migrate: Option<bool>,
    pub(crate) reflection: Option<bool>,
    pub(crate) telemetry: Telemetry,
    pub(crate) limits: Limits,
    pub(crate) drain_seconds: u64,
    pub(crate) monitoring: Monitoring,
    pub(crate) token: Token,
    pub(crate) service_token_file: Option<PathBuf>,
}

/// Where one service keeps its records.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    pub url: Option<SecretString>,
    pub url_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    pub exporter: Exporter,
    pub otlp_endpoint: String,
    pub log_format: LogFormat,
    pub log_level: String,
    pub sample_ratio_percent: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Exporter {
    None,
    Stdout,
    Otlp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub message_bytes: usize,
    pub concurrent_streams: u32,
    pub deadline_default_ms: u64,
    pub deadline_max_ms: u64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Monitoring {
    /// 0: never.
    pub refresh_seconds: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    pub issuer: String,
    pub audience: String,
    pub lifetime_seconds: u64,
    pub leeway_seconds: u64,
}

impl Limits {
    pub fn deadline_default(&self) -> Duration {
        Duration::from_millis(self.deadline_default_ms)
    }

    pub fn deadline_max(&self) -> Duration {
        Duration::from_millis(self.deadline_max_ms)
    }
}

impl Monitoring {
    pub const fn refresh_every(self) -> Option<Duration> {
        match self.refresh_seconds {
            0 => None,
            seconds => Some(Duration::from_secs(seconds)),
        }
    }
}

impl Settings {
    /// The table of every setting: default, environment variable, meaning.
    pub fn describe() -> String {
        keys::table()
    }

    pub fn mounts(&self, service: &str) -> bool {
        self.services.contains(&service)
    }

    /// Whether the mounted services keep their records in embedded SQLite files.
    pub fn embedded(&self) -> bool {
        !self.services.iter().any(|service| has_url(&self.database, service))
    }

    /// The database of a service: what is set, read from its file if it is a file, else a SQLite file in the data folder.
    pub fn database_url(&self, service: &str) -> Result<SecretString, ConfigError> {
        let set = self.database.get(service).cloned().unwrap_or_default();
        if let Some(url) = set.url {
            return Ok(url);
        }
        if let Some(path) = set.url_file {
            return read_secret_file(&format!("database.{service}.url_file"), &path);
        }
        let folder = std::path::absolute(&self.data_dir).map_err(|source| ConfigError::Unreadable {
            what: "data_dir".to_owned(),
            path: self.data_dir.clone(),
            source,
        })?;
        Ok(SecretString::from(format!("sqlite://{}/{service}.sqlite", folder.display())))
    }

    /// The token this process shows to its peers. Read at each call, so that a renewed file needs no restart.
    pub fn service_token(&self) -> Result<Option<SecretString>, ConfigError> {
        self.service_token_file
            .as_deref()
            .map(|path| read_secret_file("service_token_file", path))
            .transpose()
    }

    pub fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_seconds)
    }
}

pub(crate) fn has_url(database: &BTreeMap<String, Database>, service: &str) -> bool {
    database.get(service).is_some_and(|set| set.url.is_some() || set.url_file.is_some())
}

/// A list, or one text with commas: a variable cannot hold a list.
fn names<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Names {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Names::deserialize(from)? {
        Names::One(text) => text.split(',').map(|name| name.trim().to_owned()).collect(),
        Names::Many(names) => names,
    })
}

#[cfg(test)]
mod tests;
