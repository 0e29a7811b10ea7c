//! What the server has before anybody comes: read when the work of making users and rooms has left its memory.

use crate::Failed;
use crate::meter::Cost;
use crate::target::Target;
use std::time::Duration;
use tokio::time::sleep;

/// How often its memory is looked at.
const EVERY: Duration = Duration::from_millis(500);

/// As many looks in a row must see the same: three seconds, more than the store waits before it tidies up.
const LOOKS: usize = 7;

/// Bytes by which they may differ.
const SAME: u64 = 512 << 10;

/// After as many looks, half a minute, it is taken as it is: a server that does not come to rest is not ours to wait for.
const PATIENCE: usize = 60;

/// The cost once the memory stands still; `None` where no process was named.
pub(super) async fn cost(target: Target<'_>) -> Result<Option<Cost>, Failed> {
    let progress = &target.lookout.progress;
    progress.begin("settling", PATIENCE);
    let mut seen = Vec::new();
    loop {
        let Some(cost) = Cost::of(target.process)? else { return Ok(None) };
        seen.push(cost.rss);
        if is_still(&seen) || seen.len() >= PATIENCE {
            return Ok(Some(cost));
        }
        progress.advance();
        sleep(EVERY).await;
    }
}

fn is_still(seen: &[u64]) -> bool {
    let last = seen.get(seen.len().saturating_sub(LOOKS)..).unwrap_or_default();
    let least = last.iter().min().copied().unwrap_or_default();
    last.len() == LOOKS && last.iter().all(|rss| rss - least <= SAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_moves_is_not_still() {
        let rest = [100 << 20; LOOKS];
        assert!(is_still(&rest));
        assert!(!is_still(&rest[1..]), "too early to say");
        assert!(is_still(&[&[500 << 20], &rest[..]].concat()), "what it was before does not count");
        assert!(!is_still(&[&rest[1..], &[101 << 20]].concat()));
    }
}
