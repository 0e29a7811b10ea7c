//! Waiting: never for ever, and never without saying for what.

use std::fmt::Display;
use std::time::Duration;

/// How long a test waits for what should come at once: far beyond any healthy answer on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for `event`.
///
/// # Panics
/// When it does not come within [`PATIENCE`], with the words `what`.
pub async fn within<T>(what: impl Display, event: impl Future<Output = T>) -> T {
    within_time(PATIENCE, what, event).await
}

/// Waits for `event`, which takes longer than others.
///
/// # Panics
/// When it does not come within `time`, with the words `what`.
pub async fn within_time<T>(time: Duration, what: impl Display, event: impl Future<Output = T>) -> T {
    match tokio::time::timeout(time, event).await {
        Ok(came) => came,
        Err(_) => panic!("waited {time:?} in vain for {what}"),
    }
}
