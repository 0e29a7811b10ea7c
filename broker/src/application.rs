//! What the broker asks of the rest of the product. It is the only way out of this crate: the bridge answers
//! for the chat, a test answers as it likes.

use crate::outbound::{Answer, Delivery, Outbound};
use crate::port::Certified;
use mqtt::ReasonCode;
use mqtt::packet::{
    Acknowledge, Auth, Connect, PacketId, Publish, Subscription, UserProperties, Version, Will,
};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;
use topics::grant::Grant;

/// The product behind the broker. Calls for one session come from its connection, one after the other, in the
/// order of the packets; calls for different sessions come at once.
pub trait Application: Send + Sync + 'static {
    /// What the application keeps for a connected session.
    type Session: Send + Sync + 'static;

    /// Who is it? Asked once for each CONNECT, before anything else. Must answer in bounded time. An Authentication
    /// Method it does not know is refused with 0x8C; one it takes is done in this one step. `[MQTT5-4.12.0-1]`
    fn authenticate(
        &self,
        introduction: Introduction<'_>,
    ) -> impl Future<Output = Result<Identity, ConnectRefusal>> + Send;

    /// A device takes its seat; no other connection of the same device is left. Deliveries may be offered to
    /// `arrival.outbound` from now on, they leave after CONNACK.
    fn connected(
        &self,
        arrival: Arrival,
    ) -> impl Future<Output = Result<Welcome<Self::Session>, ConnectRefusal>> + Send;

    /// AUTH of a client that wants to prove again who it is, by the method of its CONNECT. `[MQTT5-4.12.1-1]` Gives when
    /// the new proof runs out; a refusal ends the connection with this code, one that DISCONNECT may carry. Deliveries
    /// go on meanwhile, and what the client sends waits. Must answer in bounded time.
    fn reauthenticate(
        &self,
        session: &Arc<Self::Session>,
        auth: &Auth,
    ) -> impl Future<Output = Result<Option<SystemTime>, ReasonCode>> + Send;

    /// A message, its alias resolved. Returns when it is handed over, not when it is stored: while this waits,
    /// the socket is not read. What became of it goes to `answer` (nobody hears the answer to a QoS 0).
    fn publish(
        &self,
        session: &Arc<Self::Session>,
        publish: Publish,
        answer: Answer,
    ) -> impl Future<Output = ()> + Send;

    /// PUBREL: the client will not send this packet id for that message again. False if it was not known.
    fn released(&self, session: &Arc<Self::Session>, id: PacketId) -> impl Future<Output = bool> + Send;

    /// SUBSCRIBE. The codes go into SUBACK, one for each subscription, when this returns: what they promise must
    /// be durable by then. Deliveries may begin before.
    fn subscribe(
        &self,
        session: &Arc<Self::Session>,
        subscriptions: &[Subscription],
        id: Option<u32>,
        properties: &UserProperties,
    ) -> impl Future<Output = Vec<ReasonCode>> + Send;

    /// UNSUBSCRIBE, one code for each filter.
    fn unsubscribe(
        &self,
        session: &Arc<Self::Session>,
        filters: &[String],
    ) -> impl Future<Output = Vec<ReasonCode>> + Send;

    /// Deliveries that are done: acknowledged by PUBACK (QoS 1) or written to the kernel (QoS 0). Called once for
    /// a batch. They are no longer among [`Outbound::unacknowledged`].
    fn acknowledged(&self, session: &Arc<Self::Session>, marks: &[Acknowledged]);

    /// The connection is over. After this returns, another connection of the same device may take the seat.
    fn gone(&self, session: Arc<Self::Session>, departure: Departure) -> impl Future<Output = ()> + Send;
}

/// Who somebody says they are.
#[derive(Debug)]
pub struct Introduction<'a> {
    /// The whole CONNECT; its password does not print itself.
    pub connect: &'a Connect,
    /// Where they come from.
    pub peer: SocketAddr,
    /// Whom the certificate names that they showed, if they did.
    pub certified: Option<&'a Certified>,
}

/// Who they are.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The user's name: sessions of one user and one client id are the same session.
    pub user: Arc<str>,
    /// The application's number for the user.
    pub id: i64,
    /// Whether they said who they are: who did not counts against the limits of their address as long as they stay.
    pub known: bool,
    /// When their proof runs out: the connection then ends with 0xA0.
    pub expires_at: Option<SystemTime>,
    /// What their proof grants them of the topics of apps, beside what the application knows.
    pub grants: Arc<[Grant]>,
    /// What they proved it by, so that the application finds the session when that is no longer good.
    pub proof: Proof,
}

/// What somebody proved who they are by, in the application's own numbers: the broker hands it back with
/// [`Arrival::identity`] and does not look at it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Proof {
    /// What sort of proof it was.
    pub kind: u8,
    /// Which one, or which version of one.
    pub number: i64,
    /// What it is good for.
    pub rights: u8,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectRefusal {
    /// The code of CONNACK, one that it may carry (not 0x8B, for one); 3.1.1 gets the nearest return code.
    pub code: ReasonCode,
    /// Words fit for the client.
    pub reason: String,
}

/// A device that takes its seat.
#[derive(Debug)]
pub struct Arrival {
    /// Whose.
    pub identity: Identity,
    /// What it calls itself, or what we called it.
    pub client_id: Arc<str>,
    /// What it speaks.
    pub version: Version,
    /// Forget the earlier session.
    pub clean_start: bool,
    /// Seconds the session outlives the connection; `u32::MAX` is for ever. 3.1.1 without clean session is for ever.
    pub session_expiry: u32,
    /// The largest packet it takes, in bytes.
    pub maximum_packet_size: Option<u32>,
    /// What to publish if it goes without a word. Refused here if it may not be published.
    pub will: Option<Box<Will>>,
    /// What it says beside all this; MQTT 5 only.
    pub user_properties: UserProperties,
    /// Where it comes from.
    pub peer: SocketAddr,
    /// The way to it.
    pub outbound: Outbound,
}

/// A device has its seat.
#[derive(Debug)]
pub struct Welcome<S> {
    /// Kept for it while it is here.
    pub session: Arc<S>,
    /// Whether an earlier session goes on.
    pub session_present: bool,
    /// Seconds, where the application grants less than was asked.
    pub session_expiry: u32,
    /// For CONNACK, MQTT 5 only.
    pub user_properties: UserProperties,
    /// Sent again with these packet ids and DUP, in this order, before anything new.
    pub redeliver: Vec<(PacketId, Delivery)>,
    /// QoS 2 deliveries that the client had received: their PUBRELs are sent again. `[MQTT5-4.4.0-1]`
    pub received: Vec<PacketId>,
    /// Where packet ids of new deliveries begin.
    pub first_packet_id: PacketId,
    /// QoS 2 packets of the client that were stored and wait for their PUBREL. One that is sent again is handed
    /// over once, to be answered from what was stored.
    pub unreleased: Vec<PacketId>,
}

/// A delivery that is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acknowledged {
    /// Which.
    pub mark: crate::outbound::Mark,
    /// By the device (PUBACK) or only by the kernel (QoS 0).
    pub by_device: bool,
}

/// How a connection ended and what it left.
#[derive(Debug)]
pub struct Departure {
    /// Why.
    pub farewell: Farewell,
    /// Seconds the session lives on, as last wished (DISCONNECT may have changed it).
    pub session_expiry: u32,
    /// Sent and not acknowledged, in the order of sending. A notice among them is in `notices` too, with its mark.
    pub in_flight: Vec<(PacketId, crate::outbound::Mark)>,
    /// QoS 2 deliveries that the client has received, and whose PUBCOMP is missing.
    pub received: Vec<PacketId>,
    /// Taken and not sent: queued deliveries, and notices (refusals) whole.
    pub queued: Vec<crate::outbound::Mark>,
    /// Notices that were not delivered.
    pub notices: Vec<Delivery>,
    /// The will that is now due (or due after its delay); absent after an orderly DISCONNECT.
    pub will: Option<Box<Will>>,
}

/// Why a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// DISCONNECT, 0x00: no will.
    ClientLeft,
    /// DISCONNECT, 0x04.
    ClientLeftWithWill,
    /// The socket closed or broke.
    SocketLost,
    /// Nothing came for one and a half times the keep alive.
    WentSilent,
    /// The client broke the protocol; it was told this.
    Broke(ReasonCode),
    /// The same device connected again.
    TakenOver,
    /// The server is shutting down.
    Draining,
    /// The application or the broker ended it for this reason.
    Ended(ReasonCode),
}

/// What became of a PUBLISH, for its PUBACK or PUBREC.
#[derive(Debug)]
pub struct Outcome {
    /// Success or why not. In 3.1.1 the acknowledgement looks the same.
    pub code: ReasonCode,
    /// Words fit for the sender; MQTT 5 only.
    pub reason: Option<Box<str>>,
    /// MQTT 5 only.
    pub user_properties: Vec<(&'static str, String)>,
    /// Written to this connection before the acknowledgement: how 3.1.1 learns of a refusal.
    pub notice: Option<Delivery>,
}

impl Outcome {
    /// Success and nothing to add.
    #[must_use]
    pub fn success() -> Outcome {
        Outcome { code: ReasonCode::Success, reason: None, user_properties: Vec::new(), notice: None }
    }

    /// The packet this outcome makes, for tests and slow paths.
    #[must_use]
    pub fn acknowledge(&self, packet_id: PacketId) -> Acknowledge {
        Acknowledge {
            packet_id,
            code: self.code,
            reason: self.reason.as_deref().map(str::to_owned),
            user_properties: self.user_properties.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect(),
        }
    }
}
