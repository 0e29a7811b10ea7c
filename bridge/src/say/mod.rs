//! A publish becomes a command, judged.
//!
//! What it says is read by `topics`, whether it may be said is asked of `chat`, and who says it is looked up in
//! between. What comes out is in the lane, or its sender is told why not.

mod judge; // from topic and payload to a command

mod media; // what is known of an upload that it names

mod forward; // what was said elsewhere

mod direct; // the room of two

mod before; // what was sent before

pub(crate) use direct::room_with;
pub(crate) use judge::{act, authorise};

use crate::core::Core;
use crate::fleeting;
use crate::lane::{Reply, Said};
use crate::session::Session;
use broker::outbound::Answer;
use bytes::Bytes;
use chat::{Draft, Handle, Refusal, UserId};
use mqtt::packet::{Publish, Qos};
use std::sync::Arc;
use store::{Inbound, Resend};

/// Why a publish led to no command.
pub(crate) enum Not {
    /// It never will: tell the sender.
    Refused(Refusal),
    /// The store can't say now: the sender shall try again.
    Now(store::Error),
}

impl From<Refusal> for Not {
    fn from(refusal: Refusal) -> Not {
        Not::Refused(refusal)
    }
}

impl From<store::Error> for Not {
    fn from(error: store::Error) -> Not {
        Not::Now(error)
    }
}

/// Who says something, from where.
pub(crate) struct Speaker<'a> {
    pub(crate) user: UserId,
    pub(crate) handle: &'a Handle,
    pub(crate) session: Option<&'a Arc<Session>>,
}

/// The parts of a publish that a command is made of.
pub(crate) struct Spoken<'a> {
    pub(crate) topic: &'a str,
    pub(crate) payload: &'a Bytes,
    pub(crate) user_properties: &'a [(String, String)],
    pub(crate) message_expiry: Option<u32>,
    pub(crate) inbound: Option<Inbound>,
    /// Whether a PUBACK or PUBREC says what became of it.
    pub(crate) is_acknowledged: bool,
}

impl Spoken<'_> {
    /// The row of its packet. A QoS 1 packet that names its draft is found again by that; QoS 2 needs its row until PUBREL.
    fn inbound_beside(&self, draft: Option<Draft>) -> Option<Inbound> {
        self.inbound.filter(|inbound| draft.is_none() || inbound.resend == Resend::Always)
    }
}

/// A client published. Returns when the command is in the lane.
pub(crate) async fn publish(core: &Arc<Core>, session: &Arc<Session>, publish: Publish, answer: Answer) {
    let spoken = Spoken {
        topic: &publish.topic,
        payload: &publish.payload,
        user_properties: &publish.properties.user_properties,
        message_expiry: publish.properties.message_expiry,
        inbound: inbound(session, &publish),
        is_acknowledged: publish.qos > Qos::AtMostOnce,
    };
    let speaker = Speaker { user: session.user, handle: &session.handle, session: Some(session) };
    let draft = publish.properties.user_properties.iter().find(|(key, _)| key == "draft");
    let said = Said {
        session: session.clone(),
        answer,
        qos: publish.qos,
        topic: publish.topic.clone(),
        packet: publish.packet_id.map(|id| id.get()),
        draft: draft.map(|(_, draft)| draft.clone()),
        payload: publish.payload.clone(),
    };
    let reply = Reply::Client(said);
    match session.is_nobody() {
        true => reply.refused(&Refusal::NoSuchTopic),
        false => put(core, &speaker, &spoken, reply).await,
    }
}

/// The row by which a second sending of this packet is found, where the session outlives the connection.
fn inbound(session: &Session, publish: &Publish) -> Option<Inbound> {
    let (session, _) = session.stored?;
    let packet_id = publish.packet_id?.get();
    let resend = match (publish.qos, publish.dup) {
        (Qos::ExactlyOnce, _) => Resend::Always,
        (_, true) => Resend::IfSame,
        (_, false) => Resend::New,
    };
    Some(Inbound { session, packet_id, resend })
}

/// Judges what was spoken and puts it in the lane, or says why not.
pub(crate) async fn put(core: &Arc<Core>, speaker: &Speaker<'_>, spoken: &Spoken<'_>, reply: Reply) {
    if fleeting::is_fleeting(spoken.topic) {
        return fleeting::take(core, speaker, spoken, reply).await;
    }
    match judge::command(core, speaker, spoken).await {
        Ok((made, turn)) => core.put_in_turn(speaker.session, turn, made.with(reply)).await,
        Err(Not::Refused(refusal)) => reply.refused(&refusal),
        Err(Not::Now(error)) => {
            tracing::warn!(%error, "a publish could not be judged: {error}");
            reply.not_now();
        }
    }
}
