//! A message as one subscription wants it, and the same as the store keeps it with the filter.

use super::rights::{Claims, is_limited};
use mqtt::packet::{Qos, Subscription};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use topics::grant::Grant;

/// The options of a subscription.
#[derive(Debug, Clone)]
pub(crate) struct How {
    /// At most this.
    pub(crate) qos: Qos,
    /// Not what its own client publishes.
    pub(crate) no_local: bool,
    /// With the retain flag as it was published.
    pub(crate) as_published: bool,
    /// Each topic is looked at: it may be one that its subscriber may not hear.
    pub(crate) limited: bool,
    /// Its number, as every delivery names it.
    pub(crate) ids: Option<Arc<[u32]>>,
}

/// As it is packed for the store.
#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    qos: u8,
    no_local: bool,
    as_published: bool,
    id: Option<u32>,
    /// What its subscriber was granted by a token when it subscribed.
    claims: Vec<Grant>,
}

impl How {
    /// As it was asked for. `filter` is what stands behind the group of a shared one.
    pub(crate) fn asked(subscription: &Subscription, filter: &str, id: Option<u32>) -> How {
        How {
            qos: subscription.qos,
            no_local: subscription.no_local,
            as_published: subscription.retain_as_published,
            limited: is_limited(filter),
            ids: id.map(|id| [id].into()),
        }
    }

    pub(crate) fn saved(&self, claims: &Claims) -> Vec<u8> {
        let saved = Saved {
            qos: self.qos as u8,
            no_local: self.no_local,
            as_published: self.as_published,
            id: self.ids.as_deref().and_then(|ids| ids.first()).copied(),
            claims: if self.limited { claims.to_vec() } else { Vec::new() },
        };
        // It holds numbers and texts, which can always be packed.
        postcard::to_stdvec(&saved).unwrap_or_default()
    }

    /// As it was saved, with what its subscriber was granted then; nothing if it can't be read.
    pub(crate) fn restored(filter: &str, saved: &[u8]) -> Option<(How, Vec<Grant>)> {
        let Saved { qos, no_local, as_published, id, claims } = postcard::from_bytes(saved).ok()?;
        let qos = Qos::from_number(qos)?;
        let ids = id.map(|id| [id].into());
        Some((How { qos, no_local, as_published, limited: is_limited(filter), ids }, claims))
    }
}
