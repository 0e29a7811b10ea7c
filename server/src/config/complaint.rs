//! A mistake in the configuration: where it was written, what is wrong, and what to do about it.

use super::value::Listen;
use std::fmt;
use std::path::PathBuf;

/// Where a setting was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A line of the file.
    Line(PathBuf, usize),
    /// An environment variable.
    Variable(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Line(path, line) => write!(f, "{}:{line}", path.display()),
            Place::Variable(name) => write!(f, "environment variable {name}"),
            Place::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// Why the configuration can't be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfigError {
    /// There is no such file, or it may not be read.
    #[error("cannot read the configuration `{}`: {why}", .path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// A setting is wrong.
    #[error("{place}: {flaw}")]
    Wrong {
        /// Where.
        place: Place,
        /// What.
        flaw: Flaw,
    },
    /// Two settings that are each right do not go together.
    #[error("{0}")]
    Unfitting(String),
}

impl ConfigError {
    /// The same, about this listener.
    pub(super) fn about(self, listener: &Listen) -> ConfigError {
        match self {
            ConfigError::Unfitting(why) => {
                ConfigError::Unfitting(format!("the listener on {listener}: {why}"))
            }
            other => other,
        }
    }

    /// The same without the value that was written.
    pub(super) fn without_value(self) -> ConfigError {
        match self {
            ConfigError::Wrong { place, flaw: Flaw::WrongValue { key, remedy, .. } } => {
                let found = "what is written here".to_owned();
                ConfigError::Wrong { place, flaw: Flaw::WrongValue { key, found, remedy } }
            }
            other => other,
        }
    }
}

/// What is wrong with one setting.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    /// The file is not TOML.
    #[error("this is not TOML: {0}")]
    NotToml(String),
    /// A setting outside of every section, or a section inside a section.
    #[error("`{0}` stands outside of the sections; every setting belongs into one, such as `[mqtt]`")]
    OutOfPlace(String),
    /// A name nobody asks for.
    #[error("there is no setting `{key}`{}", .meant.as_ref().map(|key| format!("; did you mean `{key}`?")).unwrap_or_default())]
    UnknownKey {
        /// As written.
        key: String,
        /// The nearest that there is, if one is near.
        meant: Option<String>,
    },
    /// A value that can't be meant.
    #[error("`{key}` can't be `{found}`; {remedy}")]
    WrongValue {
        /// Which setting.
        key: String,
        /// As written.
        found: String,
        /// What to write.
        remedy: String,
    },
}
