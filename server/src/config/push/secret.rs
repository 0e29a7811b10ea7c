//! Where a key lies. It is never written among the settings themselves, which are shown and copied.

use super::read_text;
use crate::config::written::Remedy;
use secrecy::SecretString;
use std::path::PathBuf;
use toml::Value;

/// Letters of a VAPID key, which some programs write where its file should stand.
const VAPID: usize = 43;

/// Where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Secret {
    /// In a file.
    File(PathBuf),
    /// In a variable of the environment.
    Variable(String),
}

/// A key that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("`{setting}`: {why}")]
pub(crate) struct KeyError {
    setting: String,
    why: String,
}

impl KeyError {
    pub(super) fn new(setting: impl Into<String>, why: String) -> KeyError {
        KeyError { setting: setting.into(), why }
    }
}

impl Secret {
    /// What lies there, for the setting of this name.
    pub(super) fn read(&self, setting: String) -> Result<SecretString, KeyError> {
        let text = match self {
            Secret::File(path) => read_text(path),
            Secret::Variable(name) => {
                std::env::var(name).map_err(|_| format!("there is no variable {name} in the environment"))
            }
        };
        // A file ends with a line.
        text.map(|text| SecretString::from(text.trim())).map_err(|why| KeyError::new(setting, why))
    }
}

/// The path of a file, or `${NAME}`.
pub(super) fn secret(value: &Value) -> Result<Secret, Remedy> {
    let text = value.as_str().filter(|text| !text.is_empty() && !is_secret_itself(text));
    let place = text.and_then(|text| match text.strip_prefix("${") {
        None => Some(Secret::File(text.into())),
        Some(rest) => {
            rest.strip_suffix('}').filter(|name| is_name(name)).map(|name| Secret::Variable(name.into()))
        }
    });
    place
        .ok_or_else(|| "write the path of the file that it lies in, or \"${NAME}\" for a variable".to_owned())
}

/// Somebody put the key where its place should stand: it must not be shown as one.
fn is_secret_itself(text: &str) -> bool {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_vapid =
        text.trim_end_matches('=').len() == VAPID && text.trim_end_matches('=').bytes().all(is_base64url);
    text.contains(['\n', '{']) && !text.starts_with("${") || text.contains("-----") || is_vapid
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
