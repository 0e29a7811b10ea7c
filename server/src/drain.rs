//! An orderly end: on SIGTERM or SIGINT nothing new is let in, what was begun is finished, then the program ends.
//!
//! Whoever sends a second signal does not want to wait.

use anyhow::{Context, bail};
use std::time::{Duration, Instant};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// SIGTERM and SIGINT.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Takes the signals over from the system, which would end the process.
    pub(crate) fn take() -> anyhow::Result<Signals> {
        let take = |kind| signal(kind).context("cannot listen to signals");
        Ok(Signals { terminate: take(SignalKind::terminate())?, interrupt: take(SignalKind::interrupt())? })
    }

    /// Waits for the next one and says its name.
    pub(crate) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

/// The whole end, in the worst case: what service managers wait before they kill.
const ALL: Duration = Duration::from_secs(10);

/// Clients hear of it, their last acknowledgements come, and what they said is handed over.
const CONNECTIONS: Duration = Duration::from_secs(4);

/// Requests that are under way finish.
pub(crate) const HTTP: Duration = Duration::from_secs(1);

/// Messages become commits, cursors reach the store.
pub(crate) const FINISH: Duration = Duration::from_secs(3);

/// When the last connection must be gone.
pub(crate) fn connections() -> Instant {
    Instant::now() + CONNECTIONS
}

/// Waits for the end, but not longer than promised, and not against the wish of who sends a second signal.
pub(crate) async fn within_limits(
    mut signals: Signals,
    end: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<()> {
    tokio::select! {
        ended = tokio::time::timeout(ALL, end) => {
            ended.unwrap_or_else(|_| bail!("could not finish within {ALL:?}; what was acknowledged is stored all the same"))
        }
        signal = signals.next() => bail!("{signal} again: ending at once; what was acknowledged is stored all the same"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send_to_ourselves(signal: &str) {
        let process = std::process::id().to_string();
        let sent =
            std::process::Command::new("sh").args(["-c", &format!("kill -{signal} {process}")]).status();
        assert!(sent.unwrap().success());
    }

    /// One test, since signals reach every test of the process.
    #[tokio::test]
    async fn the_first_signal_is_told_and_a_second_one_ends_at_once() {
        let mut signals = Signals::take().unwrap();
        send_to_ourselves("TERM");
        assert_eq!(signals.next().await, "SIGTERM");
        send_to_ourselves("INT");
        let ended = within_limits(signals, std::future::pending()).await;
        assert!(ended.unwrap_err().to_string().starts_with("SIGINT again"));
    }
}
