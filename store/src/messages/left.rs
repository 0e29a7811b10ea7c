//! What is gone when queues get shorter: a message goes with the last queue it is in.

use std::collections::BTreeMap;

/// Messages that left queues.
#[derive(Debug, Default)]
pub struct Left {
    /// Those that waited for one session alone.
    gone: Vec<i64>,
    /// Of the others, how many queues each left.
    shared: BTreeMap<i64, i64>,
}

impl Left {
    /// A message left a queue; `shared` is what stood in its row there.
    pub fn push(&mut self, message: i64, shared: bool) {
        if shared {
            *self.shared.entry(message).or_default() += 1;
        } else {
            self.gone.push(message);
        }
    }

    /// Of how many queues less those are in that wait for several sessions.
    #[must_use]
    pub fn fewer(&self) -> Vec<(i64, i64)> {
        self.shared.iter().map(|(message, queues)| (*message, *queues)).collect()
    }

    /// The messages that nobody waits for any more: `last` are those of [`Left::fewer`] of which the tables say so.
    #[must_use]
    pub fn gone(mut self, last: &[i64]) -> Vec<i64> {
        self.gone.extend(last);
        self.gone
    }
}
