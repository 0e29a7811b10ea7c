//! Who asks, and from where.

use crate::perform::Api;
use crate::problem::{Code, Problem};
use bridge::Bridge;
use bridge::identity::Caller;
use media::{Desk, Incoming};
use parking_lot::Mutex;
use std::net::IpAddr;
use std::sync::Arc;
use store::Store;

/// Who asks.
#[derive(Debug, Clone, Default)]
pub struct Asker {
    /// Somebody who proved who they are; absent for a stranger.
    pub caller: Option<Arc<Caller>>,
    /// From where, if it is an address that can be counted.
    pub address: Option<IpAddr>,
}

/// A file on its way in. Who takes it has it alone.
#[derive(Clone)]
pub(crate) struct Coming {
    /// How many bytes will come, where the sender says so.
    pub(crate) announced: Option<u64>,
    pub(crate) bytes: Arc<Mutex<Option<Incoming>>>,
}

impl std::fmt::Debug for Coming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Coming").field("announced", &self.announced).finish_non_exhaustive()
    }
}

/// A request that may be done.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) api: Arc<Api>,
    pub(crate) asker: Asker,
    /// The file that comes with it.
    pub(crate) coming: Option<Coming>,
}

impl Ask {
    /// The caller. A method that needs none does not ask; of any other the table lets nobody in without.
    pub(crate) fn caller(&self) -> Result<&Caller, Problem> {
        let caller = self.asker.caller.as_deref();
        caller.ok_or_else(|| Problem::new(Code::NoCredentials, "this needs a token"))
    }

    pub(crate) fn bridge(&self) -> &Bridge {
        &self.api.bridge
    }

    pub(crate) fn media(&self) -> &Arc<Desk> {
        &self.api.media
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.api.store
    }
}
