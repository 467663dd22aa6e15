//! Why a start is refused.

use std::path::PathBuf;

/// Every message names the key or the file that has to be changed, and never a secret's text.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("unknown setting `{key}` in {origin}")]
    UnknownKey { key: String, origin: String },
    #[error("`{text}` is not of the form key=value")]
    NotAPair { text: String },
    #[error("{what}: cannot read {}: {source}", path.display())]
    Unreadable { what: String, path: PathBuf, source: std::io::Error },
    #[error("{what}: {} is empty", path.display())]
    EmptyFile { what: String, path: PathBuf },
    #[error("environment variable {name} is not valid UTF-8")]
    NotText { name: String },
    #[error("setting `{key}`: {message}")]
    Invalid { key: String, message: String },
    #[error("settings: {0}")]
    Malformed(Box<figment::Error>),
}

impl From<figment::Error> for ConfigError {
    fn from(error: figment::Error) -> Self {
        Self::Malformed(Box::new(error))
    }
}
