//! Who may use which topics of an app: patterns below `apps/{app}/`, with places for the user and the device.
//!
//! A pattern is a topic filter in which a whole level may be `{user}` or `{device}`. A device is named by its client
//! id; one that could be mistaken for several levels or for a wildcard has no topics of its own.

use crate::pattern;
use serde::{Deserialize, Serialize};

/// The most patterns of one list: an app that needs more has a level too little.
pub const MOST_PATTERNS: usize = 64;

/// The longest pattern, in bytes: as long as a topic by default.
pub const LONGEST_PATTERN: usize = 512;

/// Bytes of all patterns of a grant, and of all grants of a token: they are in memory for everybody who holds them, and a
/// token travels in headers of HTTP that others cut at 8 KiB.
pub const MOST_BYTES: usize = 4_096;

/// What somebody may do with the topics of one app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The app: the level behind `apps/`.
    pub app: String,
    /// What they may subscribe to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read: Vec<String>,
    /// What they may publish to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub write: Vec<String>,
}

/// A grant makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// The app has no name that fits into a topic.
    #[error("`{0}` names no app: 1 to 64 of a-z 0-9 . _ -, the first a letter or digit")]
    App(String),
    /// A pattern is none.
    #[error("`{pattern}` is no pattern: {flaw}")]
    Pattern {
        /// As it was written.
        pattern: String,
        /// What is wrong with it.
        flaw: &'static str,
    },
    /// There are too many of them.
    #[error("a list holds at most {MOST_PATTERNS} patterns")]
    Many,
    /// There is none.
    #[error("a grant has at least one pattern to read or to write")]
    Empty,
    /// Together they are too long.
    #[error("the patterns of a grant, or of a token, have at most {MOST_BYTES} bytes together")]
    Long,
}

impl Grant {
    /// Whether it makes sense.
    ///
    /// # Errors
    /// What is wrong with it, in words for whoever wrote it.
    pub fn check(&self) -> Result<(), GrantError> {
        if !is_app(&self.app) {
            return Err(GrantError::App(crate::cut(&self.app, 80).to_owned()));
        }
        if self.read.len() > MOST_PATTERNS || self.write.len() > MOST_PATTERNS {
            return Err(GrantError::Many);
        }
        if self.read.is_empty() && self.write.is_empty() {
            return Err(GrantError::Empty);
        }
        for pattern in self.read.iter().chain(&self.write) {
            let flaw = flaw(pattern);
            let pattern = || crate::cut(pattern, 80).to_owned();
            flaw.map_or(Ok(()), |flaw| Err(GrantError::Pattern { pattern: pattern(), flaw }))?;
        }
        if self.bytes() > MOST_BYTES { Err(GrantError::Long) } else { Ok(()) }
    }

    /// Whether all of them make sense, and fit into one token.
    ///
    /// # Errors
    /// What is wrong with the first that is wrong, in words for whoever wrote it.
    pub fn check_all(grants: &[Grant]) -> Result<(), GrantError> {
        grants.iter().try_for_each(Grant::check)?;
        let bytes: usize = grants.iter().map(|grant| grant.bytes() + grant.app.len()).sum();
        if bytes > MOST_BYTES { Err(GrantError::Long) } else { Ok(()) }
    }

    fn bytes(&self) -> usize {
        self.read.iter().chain(&self.write).map(String::len).sum()
    }

    /// The filters that a list of patterns stands for, for this user at this device.
    pub fn filters<'a>(
        &'a self,
        list: &'a [String],
        user: &'a str,
        device: &'a str,
    ) -> impl Iterator<Item = String> + 'a {
        list.iter().filter_map(move |pattern| {
            let level = |level: &'a str| match level {
                "{user}" => Some(user),
                "{device}" => is_level(device).then_some(device),
                level => Some(level),
            };
            let levels: Option<Vec<&str>> = pattern.split('/').map(level).collect();
            Some(format!("apps/{}/{}", self.app, levels?.join("/")))
        })
    }
}

/// Whether an app may be called so.
#[must_use]
pub fn is_app(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    first && name.len() <= 64 && name.bytes().all(inner)
}

/// Whether this is one level of a topic, and nothing more.
fn is_level(text: &str) -> bool {
    !text.is_empty() && !text.contains(['/', '+', '#', '\0'])
}

fn flaw(pattern: &str) -> Option<&'static str> {
    if pattern.len() > LONGEST_PATTERN {
        return Some("it is too long");
    }
    let braces = |level: &str| level.contains(['{', '}']) && !matches!(level, "{user}" | "{device}");
    if pattern.split('/').any(braces) {
        return Some("only `{user}` and `{device}` stand in braces, each a whole level");
    }
    crate::filter::syntax(pattern)
}

/// Whether any of these filters matches the topic.
#[must_use]
pub fn allows(filters: &[String], topic: &str) -> bool {
    filters.iter().any(|filter| pattern::matches(filter, topic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(read: &[&str]) -> Grant {
        Grant {
            app: "meter".into(),
            read: read.iter().map(|one| (*one).to_owned()).collect(),
            write: Vec::new(),
        }
    }

    fn filters(grant: &Grant, user: &str, device: &str) -> Vec<String> {
        grant.filters(&grant.read, user, device).collect()
    }

    #[test]
    fn a_pattern_stands_for_the_topics_of_its_user_and_device() {
        let grant = grant(&["{user}/+/state", "{device}/#", "all"]);
        assert_eq!(
            filters(&grant, "ann", "phone"),
            ["apps/meter/ann/+/state", "apps/meter/phone/#", "apps/meter/all"]
        );
    }

    #[test]
    fn a_device_that_calls_itself_by_a_wildcard_has_no_topics_of_its_own() {
        let grant = grant(&["{device}/#"]);
        for device in ["+", "#", "a/b", ""] {
            assert!(filters(&grant, "ann", device).is_empty(), "{device}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        let says = |grant: &Grant| grant.check().unwrap_err().to_string();
        assert!(says(&grant(&["a/{room}/b"])).contains("only `{user}` and `{device}`"));
        assert!(says(&grant(&["a/#/b"])).contains("`a/#/b` is no pattern"));
        assert!(says(&grant(&[""])).contains("it is empty"));
        assert!(says(&Grant { app: "a/b".into(), ..grant(&[]) }).contains("names no app"));
        assert_eq!(grant(&["#", "+/up"]).check(), Ok(()));
        assert_eq!(grant(&[]).check(), Err(GrantError::Empty));
        let long = "x".repeat(LONGEST_PATTERN);
        assert_eq!(grant(&[long.as_str(); 9]).check(), Err(GrantError::Long));
        assert_eq!(grant(&["a"; MOST_PATTERNS + 1]).check(), Err(GrantError::Many));
    }

    #[test]
    fn a_token_carries_as_many_grants_as_fit() {
        let long = "x".repeat(LONGEST_PATTERN);
        let half = grant(&[long.as_str(); 4]);
        assert_eq!(Grant::check_all(std::slice::from_ref(&half)), Ok(()));
        assert_eq!(Grant::check_all(&[half.clone(), half]), Err(GrantError::Long));
        assert_eq!(Grant::check_all(&[grant(&["#"]), grant(&[])]), Err(GrantError::Empty));
    }
}
