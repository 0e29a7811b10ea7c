//! Which credentials were used lately. It is written now and then and not at each use: who reconnects in a storm
//! should not write a row each.

use chat::Timestamp;
use parking_lot::Mutex;
use std::collections::HashSet;
use store::{Credential, CredentialId};

/// What `used_at` may be wrong by, in milliseconds.
const COARSE: i64 = 3_600_000;
/// How many may wait to be written: what a node sees in half a minute of a storm. Others are noted at their next use.
const WAITING: usize = 100_000;

/// Credentials whose use is to be written.
#[derive(Debug, Default)]
pub(crate) struct Used(Mutex<HashSet<CredentialId>>);

impl Used {
    pub(crate) fn note(&self, credential: &Credential, now: Timestamp) {
        if now.0 - credential.used_at.0 >= COARSE {
            let mut used = self.0.lock();
            if used.len() < WAITING {
                used.insert(credential.id);
            }
        }
    }

    /// Takes them out.
    pub(crate) fn take(&self) -> Vec<CredentialId> {
        std::mem::take(&mut *self.0.lock()).into_iter().collect()
    }
}
