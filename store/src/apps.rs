//! Messages on topics that are none of chat's: they wait for sessions, or stay at their topic.
//!
//! A message that waits stands once in the store, however many sessions it waits for, and goes when the last of them has
//! acknowledged it. What stays at a topic (a retained message) is a copy of its own. What a message says is sealed at
//! rest; its topic is not. Who may hear what is the bridge's business: here it stands with whom a message is left.
//!
//! The contract suite says what the words mean (`contract/apps`, `contract/turns`). Start at [`Apps::publish`].

use crate::{Error, LeftTurn, NewMessage, SessionId, StoredMessage, Taken, Waiting};
use async_trait::async_trait;
use chat::{Handle, Timestamp, UserId};

/// A session that listens to such topics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppSession {
    /// Which session.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// What they are called.
    pub handle: Handle,
    /// The MQTT client id.
    pub client_id: String,
    /// Its filters, in no particular order, and what the bridge keeps with each.
    pub subscriptions: Vec<(String, Vec<u8>)>,
    /// How many messages wait for it. What has expired counts until it is swept out.
    pub waiting: u64,
    /// Bytes of their topics, payloads and properties.
    pub waiting_bytes: u64,
}

/// What somebody may do with the topics of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The app: a level of a topic, up to 255 bytes.
    pub app: String,
    /// Who; `None` is everybody.
    pub user: Option<UserId>,
    /// Filters of the topics they may subscribe to.
    pub read: Vec<String>,
    /// Filters of the topics they may publish on.
    pub write: Vec<String>,
}

/// The part of a store that knows topics that are none of chat's. Every method that writes returns only after its
/// transaction is on the disk.
#[async_trait]
pub trait Apps: Send + Sync {
    // ── messages ──

    /// Takes messages in one transaction, in their order, and says what became of each. A receiver whose session is gone is
    /// left out, unless it was its turn: then the message is among what the session left. At most 512. Who sends large ones, or to many receivers, sends fewer: all of it is in memory and in one
    /// transaction, for which everybody else waits (10,000 receivers are some 100 ms).
    async fn publish(&self, batch: &[NewMessage]) -> Result<Vec<Taken>, Error>;

    /// What waits for a session after the message `after`, oldest first, at most `limit` (up to 500) and about 1 MiB, but at
    /// least one. What expired before `now` is left out, and so is what does not open any more. A page may be short; an
    /// empty one says that there is no more.
    async fn waiting(
        &self,
        session: SessionId,
        after: i64,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<Waiting>, Error>;

    /// These messages of the session's queue, in the order asked for; what is gone is left out, what has expired is not:
    /// its delivery has begun. At most 65,535.
    async fn pick(&self, session: SessionId, ids: &[i64]) -> Result<Vec<Waiting>, Error>;

    /// These were acknowledged: they leave the queues, in one transaction. What is not there is gone already.
    async fn done(&self, done: &[(SessionId, Vec<i64>)]) -> Result<(), Error>;

    /// The delivery of these to the session has begun: what it was its turn to hear among them, at QoS 2, is for nobody else any
    /// more. At most 65,535.
    async fn begun(&self, session: SessionId, ids: &[i64]) -> Result<(), Error>;

    /// What sessions that ended were to hear in their turn, by session and number, after this one, at most `limit` (up to 1,000),
    /// whether or not it has expired. It can be read with [`Apps::pick`], and stays until it is [`Apps::done`].
    async fn turns(&self, after: (SessionId, i64), limit: u32) -> Result<Vec<LeftTurn>, Error>;

    /// What topics retain, after the topic `after`, at most `limit` (up to 500) and about 1 MiB, but at least one. The order
    /// is the store's own, and holds whether or not `after` still retains something. What expired before `now` is left out,
    /// and so is what does not open any more. A page may be short; an empty one says that there is no more.
    async fn retained(
        &self,
        after: Option<&str>,
        limit: u32,
        now: Timestamp,
    ) -> Result<Vec<StoredMessage>, Error>;

    /// Deletes what nobody will ask for: queues of sessions that ended and left no [`Apps::turns`], and what expired before `now`, waiting or retained.
    /// At most `limit` rows (up to 1,000) in one transaction; says how many. Fewer than that say that nothing is left.
    async fn sweep(&self, now: Timestamp, limit: u32) -> Result<u32, Error>;

    // ── sessions ──

    /// Puts (`Some`) and removes (`None`) filters of a running session, with what the bridge keeps with each. On return they
    /// are durable, so SUBACK may go out. An older epoch writes nothing. They go with the session.
    async fn save_filters(
        &self,
        id: SessionId,
        epoch: u64,
        changes: &[(String, Option<Vec<u8>>)],
    ) -> Result<(), Error>;

    /// Sessions that have filters, by number, after `after`, at most `limit` (up to 1,000): for the start of a server.
    async fn sessions(&self, after: SessionId, limit: u32) -> Result<Vec<AppSession>, Error>;

    // ── grants ──

    /// Every grant, by app and user; what is for everybody comes first in its app. They are few: whoever puts them sees to it.
    async fn grants(&self) -> Result<Vec<Grant>, Error>;

    /// Sets what this user, or everybody, may do in this app, or takes it away: then both lists are empty. What was granted to
    /// a user goes with their account.
    async fn put_grant(&self, grant: &Grant) -> Result<(), Error>;
}
