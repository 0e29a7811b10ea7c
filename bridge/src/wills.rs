//! What a device left to be said when it goes without a word.
//!
//! A will was authorised at CONNECT and is judged again when it is fired: it is a publish like any other, by its
//! owner. It is in the session's row from CONNECT on, so that it is said when the server dies under its device, and
//! waits there when it has a delay; a session that is resumed in time takes it back.

use crate::apps::{self, Claims};
use crate::arrive::origin;
use crate::core::Core;
use crate::lane::Reply;
use crate::say::{Speaker, Spoken, put};
use crate::session::Session;
use bytes::Bytes;
use chat::{Handle, UserId};
use std::sync::Arc;
use std::time::Duration;
use store::StoredWill;
use topics::payload::PayloadError;
use topics::payload::presence::{self, SelfShown};
use topics::realm::Realm;
use topics::{Address, Topic};

/// How often the store is asked for wills that are due: delays are in whole seconds.
const INTERVAL: Duration = Duration::from_secs(1);
/// Wills and sessions taken at once, so that a mass departure is spread over transactions.
const AT_ONCE: u32 = 500;

/// Whose will it is.
pub(crate) struct Owner {
    pub(crate) user: UserId,
    pub(crate) handle: Handle,
    /// Which device of theirs.
    pub(crate) device: Arc<str>,
    /// What its token granted it, while that is known.
    pub(crate) claims: Claims,
}

impl Owner {
    /// This session's user and device.
    pub(crate) fn of(session: &Session) -> Owner {
        let (device, claims) = (session.place.client_id.clone(), session.claims());
        Owner { user: session.user, handle: session.handle.clone(), device, claims }
    }
}

impl Core {
    /// Publishes a will, whatever becomes of the connection it belonged to.
    pub(crate) fn fire(self: &Arc<Core>, owner: Owner, will: StoredWill) {
        let core = self.clone();
        self.tasks.spawn(async move {
            let Owner { user, handle, device, claims } = owner;
            if Realm::of(&will.topic) != Realm::Chat {
                return apps::fire(&core, (user, &handle, &device), &claims, will).await;
            }
            let payload = Bytes::from(will.payload);
            if let Ok(Address { format, topic: Topic::MyPresence }) = will.topic.parse() {
                return core.fire_presence(user, &device, presence::read(format, &payload)).await;
            }
            let spoken = Spoken {
                topic: &will.topic,
                payload: &payload,
                user_properties: &will.properties,
                message_expiry: None,
                inbound: None,
                is_acknowledged: false,
            };
            put(&core, &Speaker { user, handle: &handle, session: None }, &spoken, Reply::Nobody).await;
        });
    }
}

impl Core {
    /// A device that went says how its user is.
    async fn fire_presence(&self, user: UserId, device: &str, said: Result<SelfShown, PayloadError>) {
        let done = match said {
            Ok(shown) => self.show_will(user, origin(user, device), shown).await,
            Err(error) => return tracing::debug!("a will on `me/presence` can't be read: {error}"),
        };
        if let Err(error) = done {
            tracing::warn!(%error, "a will on `me/presence` could not be kept and is lost: {error}");
        }
    }
}

/// Fires wills whose time has come and forgets sessions whose time is over, until the server stops.
pub(crate) async fn keep_time(core: Arc<Core>) {
    let mut tick = tokio::time::interval(INTERVAL);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while !core.stop.is_cancelled() {
        tokio::select! {
            _ = tick.tick() => {}
            () = core.stop.cancelled() => return,
        }
        match core.store.take_due_wills(core.now(), AT_ONCE).await {
            Ok(wills) => wills.into_iter().for_each(|(user, handle, device, will)| {
                let owner = Owner { user, handle, device: device.into(), claims: Claims::default() };
                core.fire(owner, will);
            }),
            Err(error) => tracing::warn!(%error, "wills could not be looked up: {error}"),
        }
        match core.store.expire_sessions(core.now(), AT_ONCE).await {
            Ok(ended) => core.apps.forget_sessions(&ended),
            Err(error) => tracing::warn!(%error, "sessions could not be expired: {error}"),
        }
    }
}
