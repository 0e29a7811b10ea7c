//! All sessions of a user.

use super::Session;
use chat::UserId;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// Sessions by user, so that a join or a leave finds the devices it concerns.
#[derive(Debug, Default)]
pub(crate) struct People {
    by_user: Mutex<HashMap<UserId, Vec<Arc<Session>>>>,
}

impl People {
    pub(crate) fn add(&self, session: &Arc<Session>) {
        self.by_user.lock().entry(session.user).or_default().push(session.clone());
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
