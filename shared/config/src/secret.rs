//! Secrets that live in files, so that neither arguments nor the environment carry them.

use std::path::Path;

use secrecy::SecretString;

use crate::ConfigError;

/// Reads a secret, without the line end editors put behind it. `what` names the setting in an error.
pub fn read_secret_file(what: &str, path: &Path) -> Result<SecretString, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        what: what.to_owned(),
        path: path.to_owned(),
        source,
    })?;
    let text = text.trim();
    if text.is_empty() {
        return Err(ConfigError::EmptyFile { what: what.to_owned(), path: path.to_owned() });
    }
    Ok(SecretString::from(text.to_owned()))
}
