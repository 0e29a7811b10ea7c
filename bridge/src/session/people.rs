//! All sessions of a user.

use super::Session;
use chat::UserId;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

/// Sessions by user, so that a join or a leave finds the devices it concerns.
#[derive(Debug, Default)]
pub(crate) struct People {
    by_user: Mutex<HashMap<UserId, Vec<Arc<Session>>>>,
}

impl People {
    /// One more; false if so many of this user's are here already, and it is not.
    pub(crate) fn add(&self, session: &Arc<Session>, most: Option<NonZeroU32>) -> bool {
        let mut by_user = self.by_user.lock();
        let here = by_user.entry(session.user).or_default();
        let has_room = most.is_none_or(|most| here.len() < most.get() as usize);
        if has_room {
            here.push(session.clone());
        }
        has_room
    }

    pub(crate) fn remove(&self, session: &Session) {
        let mut by_user = self.by_user.lock();
        if let Some(sessions) = by_user.get_mut(&session.user) {
            sessions.retain(|here| here.slot != session.slot);
            if sessions.is_empty() {
                by_user.remove(&session.user);
            }
        }
    }

    /// How many users are here.
    pub(crate) fn count(&self) -> usize {
        self.by_user.lock().len()
    }

    pub(crate) fn of(&self, user: UserId) -> Vec<Arc<Session>> {
        self.by_user.lock().get(&user).cloned().unwrap_or_default()
    }
}
