//! Reads a pack from its text, or says where it is not one.

use serde_json::Value;

use super::RulePack;

/// Why a text is not a rule pack.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}：{message}")]
pub struct Unreadable {
    /// Where, such as `sections.quantitative[0].rule.operators[1]`; `.` is the document.
    pub path: String,
    pub message: String,
}

impl RulePack {
    pub fn from_json(text: &str) -> Result<Self, Unreadable> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let pack = serde_path_to_error::deserialize(&mut reader).map_err(|error| Unreadable {
            path: error.path().to_string(),
            message: error.inner().to_string(),
        })?;
        let trailing = |error: serde_json::Error| Unreadable { path: ".".into(), message: error.to_string() };
        reader.end().map_err(trailing)?;
        match inexact(&serde_json::from_str(text).map_err(trailing)?, "") {
            None => Ok(pack),
            Some(path) => {
                let message = "小数须写成字符串，如 \"12.5\"，以免丢失精度".to_owned();
                Err(Unreadable { path, message })
            }
        }
    }
}

/// Path of the first number that is no integer: what is read as binary floating point may already be another number.
fn inexact(value: &Value, path: &str) -> Option<String> {
    match value {
        Value::Number(number) if !number.is_i64() && !number.is_u64() => Some(path.to_owned()),
        Value::Array(list) => {
            list.iter().enumerate().find_map(|(index, value)| inexact(value, &format!("{path}[{index}]")))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let dot = if path.is_empty() { "" } else { "." };
            inexact(value, &format!("{path}{dot}{name}"))
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
