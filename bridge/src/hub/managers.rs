//! Who manages a room, and so hears in it what only few do.

use super::Hub;
use chat::UserId;
use std::sync::Arc;
use store::{Error, Store};

/// Those who manage a room, as far as somebody had to know. At most 1,000, as the store tells them.
#[derive(Debug, Default)]
pub(super) struct Managers {
    known: Arc<[UserId]>,
    /// Whether somebody has asked since they last changed.
    is_fresh: bool,
    /// How often they have changed: what was asked before a change is not what they are after it.
    changes: u64,
}

impl Managers {
    /// As they were when somebody last asked.
    pub(super) fn last_known(&self) -> &[UserId] {
        &self.known
    }

    /// They are others from now on.
    pub(super) fn change(&mut self) {
        self.is_fresh = false;
        self.changes += 1;
    }
}

impl Hub {
    /// Those who manage the room, asked for once and again after every change.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn managers(&self, store: &dyn Store) -> Result<Arc<[UserId]>, Error> {
        let changes = {
            let held = self.hold();
            let managers = held.managers();
            if managers.is_fresh {
                return Ok(managers.known.clone());
            }
            managers.changes
        };
        let asked: Arc<[UserId]> = store.places().managers(self.room).await?.into();
        let mut held = self.hold();
        let managers = held.managers_mut();
        managers.known = asked.clone();
        managers.is_fresh = managers.changes == changes;
        Ok(asked)
    }
}
