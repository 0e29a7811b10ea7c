//! The configuration in force, as an administrator may see it.

use super::written::Written;
use toml::Value;

/// Every setting with its default; a test holds it to the code.
const EXAMPLE: &str = include_str!("../../../natter.example.toml");
/// Settings that may hold a secret: that they are set is all that is shown.
const SECRETS: [&str; 2] = ["store.database", "push.proxy"];
/// What a secret setting may say without being one.
const HARMLESS: [&str; 2] = ["folder", "none"];

/// All settings by name, an object: the defaults, and over them what was written.
pub(super) fn shown(written: &Written) -> serde_json::Value {
    let mut settings = serde_json::Map::new();
    let defaults: toml::Table = toml::from_str(EXAMPLE).unwrap_or_default();
    for (section, keys) in defaults {
        for (key, value) in keys.as_table().cloned().unwrap_or_default() {
            put(&mut settings, format!("{section}.{key}"), &value);
        }
    }
    written.each(|name, value| put(&mut settings, name.to_owned(), value));
    settings.into()
}

fn put(settings: &mut serde_json::Map<String, serde_json::Value>, name: String, value: &Value) {
    let is_secret =
        SECRETS.contains(&name.as_str()) && !value.as_str().is_some_and(|text| HARMLESS.contains(&text));
    let value = if is_secret { "(hidden)".into() } else { serde_json::to_value(value).unwrap_or_default() };
    settings.insert(name, value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_shown_over_the_defaults_and_no_secret() {
        let mut written = Written::default();
        let variables = [
            ("NATTER_STORE__DATABASE", "postgres://natter:hunter2@db/natter"),
            ("NATTER_PUSH__PROXY", "http://natter:hunter2@proxy:3128"),
            ("NATTER_LIMITS__BODY", "4096"),
        ];
        written.lay_environment(variables.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())));
        let shown = shown(&written);
        assert_eq!((&shown["limits.body"], &shown["mqtt.window"]), (&4096.into(), &256.into()));
        assert_eq!(
            (&shown["store.database"], &shown["push.proxy"]),
            (&"(hidden)".into(), &"(hidden)".into())
        );
        assert!(!shown.to_string().contains("hunter2"));
        let usual = super::shown(&Written::default());
        assert_eq!((&usual["store.database"], &usual["push.proxy"]), (&"folder".into(), &"none".into()));
    }
}
