//! The four layers and how they are laid over each other.

use std::path::{Path, PathBuf};

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use crate::{ConfigError, KEYS, Settings, keys, settings::Raw};

const PREFIX: &str = "HENGJI_";
const FILE_VARIABLE: &str = "HENGJI_CONFIG";
/// Variables of the test commands; they configure no process.
const TEST_PREFIX: &str = "HENGJI_TEST_";

/// What the command line says; it wins over every other layer.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The TOML file; without it `HENGJI_CONFIG` is asked.
    pub config: Option<PathBuf>,
    pub listen: Option<String>,
    pub data_dir: Option<PathBuf>,
    pub services: Vec<String>,
    pub migrate: Option<bool>,
    pub reflection: Option<bool>,
    pub log_format: Option<String>,
    pub log_level: Option<String>,
    /// Any other key, as `key=value`.
    pub set: Vec<String>,
}

impl Settings {
    /// Reads all layers, refuses unknown keys and values that cannot work, and settles what depends on other settings.
    pub fn load(overrides: &Overrides) -> Result<Self, ConfigError> {
        Self::load_with(overrides, &environment()?)
    }

    /// The same with the environment given, `HENGJI_*` pairs only.
    pub fn load_with(overrides: &Overrides, variables: &[(String, String)]) -> Result<Self, ConfigError> {
        let file = overrides.config.clone().or_else(|| file_variable(variables));
        let mut figment = Figment::from(defaults());
        if let Some(path) = &file {
            figment = figment.merge(file_layer(path)?);
        }
        figment = figment.merge(variable_layer(variables)?).merge(overrides.layer()?);
        let raw: Raw = figment.extract()?;
        raw.settle(file)
    }
}

/// Pairs of a dotted path and a value, under the name of where they come from.
struct Layer {
    origin: String,
    values: Dict,
}

impl Layer {
    fn new(origin: impl Into<String>) -> Self {
        Self { origin: origin.into(), values: Dict::new() }
    }

    fn put(&mut self, path: &str, value: Value) {
        put(&mut self.values, path, value);
    }
}

fn put(into: &mut Dict, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            into.insert(path.to_owned(), value);
        }
        Some((head, rest)) => {
            let slot = into.entry(head.to_owned()).or_insert_with(|| Value::from(Dict::new()));
            if let Value::Dict(_, inner) = slot {
                put(inner, rest, value);
            }
        }
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

/// Texts read as TOML does, so that `10` is a number; what is no TOML value is a text.
fn value_of(text: &str) -> Value {
    text.parse().unwrap_or_else(|never| match never {})
}

fn defaults() -> Layer {
    let mut layer = Layer::new("defaults");
    for key in KEYS.iter().filter(|key| !key.default.is_empty()) {
        layer.put(key.path, value_of(key.default));
    }
    layer
}

fn file_layer(path: &Path) -> Result<Figment, ConfigError> {
    if let Err(source) = std::fs::File::open(path) {
        let what = "configuration file".to_owned();
        return Err(ConfigError::Unreadable { what, path: path.to_owned(), source });
    }
    let figment = Figment::from(Toml::file_exact(path));
    for values in figment.data()?.into_values() {
        refuse_unknown(&values, "", &format!("file {}", path.display()))?;
    }
    Ok(figment)
}

fn refuse_unknown(values: &Dict, above: &str, origin: &str) -> Result<(), ConfigError> {
    for (name, value) in values {
        let key = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        match value {
            Value::Dict(_, inner) if !keys::known(&key) => refuse_unknown(inner, &key, origin)?,
            _ => require_known(&key, || origin.to_owned())?,
        }
    }
    Ok(())
}

fn require_known(key: &str, origin: impl FnOnce() -> String) -> Result<(), ConfigError> {
    if keys::known(key) {
        return Ok(());
    }
    Err(ConfigError::UnknownKey { key: key.to_owned(), origin: origin() })
}

fn variable_layer(variables: &[(String, String)]) -> Result<Layer, ConfigError> {
    let mut layer = Layer::new("environment");
    for (name, text) in variables {
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        if name == FILE_VARIABLE || name.starts_with(TEST_PREFIX) {
            continue;
        }
        let key = rest.to_lowercase().replace("__", ".");
        require_known(&key, || format!("environment variable {name}"))?;
        layer.put(&key, value_of(text));
    }
    Ok(layer)
}

fn file_variable(variables: &[(String, String)]) -> Option<PathBuf> {
    variables
        .iter()
        .find(|(name, text)| name == FILE_VARIABLE && !text.is_empty())
        .map(|(_, text)| PathBuf::from(text))
}

fn environment() -> Result<Vec<(String, String)>, ConfigError> {
    let ours = std::env::vars_os().filter_map(|(name, text)| Some((name.into_string().ok()?, text)));
    ours.filter(|(name, _)| name.starts_with(PREFIX))
        .map(|(name, text)| match text.into_string() {
            Ok(text) => Ok((name, text)),
            Err(_) => Err(ConfigError::NotText { name }),
        })
        .collect()
}

impl Overrides {
    fn layer(&self) -> Result<Layer, ConfigError> {
        let mut layer = Layer::new("command line");
        for pair in &self.set {
            let Some((key, text)) = pair.split_once('=') else {
                return Err(ConfigError::NotAPair { text: pair.clone() });
            };
            let key = key.trim();
            require_known(key, || "the command line".to_owned())?;
            layer.put(key, value_of(text.trim()));
        }
        let texts = [
            ("listen", self.listen.clone()),
            ("data_dir", self.data_dir.as_ref().map(|path| path.display().to_string())),
            ("services", (!self.services.is_empty()).then(|| self.services.join(","))),
            ("telemetry.log_format", self.log_format.clone()),
            ("telemetry.log_level", self.log_level.clone()),
        ];
        for (key, text) in texts.into_iter().filter_map(|(key, text)| Some((key, text?))) {
            layer.put(key, Value::from(text));
        }
        for (key, flag) in [("migrate", self.migrate), ("reflection", self.reflection)] {
            if let Some(flag) = flag {
                layer.put(key, Value::from(flag));
            }
        }
        Ok(layer)
    }
}
