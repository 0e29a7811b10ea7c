//! What the program around the API lets administrators see of it.

use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Who knows the numbers of connections.
pub type Count = Arc<dyn Fn() -> Counted + Send + Sync>;

/// What was counted since the start.
#[derive(Debug, Default)]
pub struct Counted {
    /// How often connections began and ended, each in which way.
    pub connections: Vec<(&'static str, u64)>,
    /// How often the server refused or ended one, by the number of the reason code.
    pub reasons: Vec<(u8, u64)>,
}

/// What the program around tells.
#[derive(Clone, Default)]
pub struct Host {
    /// Numbers of connections.
    pub count: Option<Count>,
    /// The configuration in force, without its secrets: an object.
    pub settings: Value,
    /// Answers without an end find theirs when this is cancelled: the server goes.
    pub going: CancellationToken,
}

impl Host {
    pub(crate) fn counted(&self) -> Counted {
        self.count.as_ref().map(|count| count()).unwrap_or_default()
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}
