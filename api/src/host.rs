//! What the program around the API lets administrators see of it.

use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Counted things by their words.
pub type Count = Arc<dyn Fn() -> Vec<(&'static str, u64)> + Send + Sync>;

/// What the program around tells.
#[derive(Clone, Default)]
pub struct Host {
    /// How often connections began and ended, each in which way.
    pub count: Option<Count>,
    /// The configuration in force, without its secrets: an object.
    pub settings: Value,
    /// Answers without an end find theirs when this is cancelled: the server goes.
    pub going: CancellationToken,
}

impl Host {
    pub(crate) fn counters(&self) -> Vec<(&'static str, u64)> {
        self.count.as_ref().map(|count| count()).unwrap_or_default()
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}
