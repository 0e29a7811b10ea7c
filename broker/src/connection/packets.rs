//! Each packet becomes a call to the application, an answer, or the end.

use super::aliases::Aliases;
use super::clock::ProofEnd;
use super::reader::{Batch, End};
use super::writer::Wrote;
use super::{Ending, connack};
use crate::application::{Acknowledged, Application, Farewell};
use crate::broker::House;
use crate::counters::Traffic;
use crate::outbound::{Admission, Control, Mark, Outbound, Received, Shared};
use mqtt::packet::{
    Acknowledge, Auth, Connect, Disconnect, Packet, PacketId, Publish, Suback, Subscribe, Unsuback,
    Unsubscribe, Version, Will,
};
use mqtt::{Answer, ReasonCode, Rejection};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

/// What does not change while a connection lives.
pub(super) struct Client<A: Application> {
    pub(super) house: Arc<House<A>>,
    pub(super) session: Arc<A::Session>,
    pub(super) outbound: Outbound,
    pub(super) proof_end: ProofEnd,
}

/// What a client has said so far, as far as it matters later.
#[derive(Debug)]
pub(super) struct Inbound {
    aliases: Aliases,
    /// Deliveries that are done and of which the application does not know yet.
    pub(super) done: Vec<Acknowledged>,
    pub(super) will: Option<Box<Will>>,
    /// Seconds the session outlives the connection.
    pub(super) session_expiry: u32,
    /// CONNECT asked for a session that ends with the connection. `[MQTT5-3.1.2-23]`
    ends_with_connection: bool,
    /// How the client proved who it is, if CONNECT named a method.
    method: Option<Box<str>>,
}

impl Inbound {
    pub(super) fn new(connect: &Connect, session_expiry: u32) -> Inbound {
        Inbound {
            aliases: Aliases::default(),
            done: Vec::new(),
            will: connect.will.clone(),
            session_expiry,
            ends_with_connection: connack::session_expiry(connect) == 0,
            method: connect.authentication_method.as_deref().map(Box::from),
        }
    }
}

impl<A: Application> Client<A> {
    pub(super) fn shared(&self) -> &Shared {
        &self.outbound.0
    }

    /// Deliveries that are done.
    pub(super) fn tell(&self, done: &[Acknowledged]) {
        if !done.is_empty() {
            self.house.application.acknowledged(&self.session, done);
        }
    }

    /// Handles packets in the order they came, and then whatever ended them.
    pub(super) async fn handle(&self, inbound: &mut Inbound, batch: Batch) -> Result<(), Ending> {
        self.count(&batch);
        for packet in batch.packets {
            self.packet(inbound, packet).await?;
        }
        self.tell(&std::mem::take(&mut inbound.done));
        match batch.end {
            None => Ok(()),
            Some(End::Lost) => Err(Ending::unheard(Farewell::SocketLost)),
            Some(End::Broken(rejection)) => Err(broken(&rejection)),
        }
    }

    pub(super) fn count_written(&self, wrote: &Wrote) {
        let counters = &self.house.counters;
        counters.add(Traffic::BytesSent, wrote.bytes as u64);
        counters.add(Traffic::PublishesSent, wrote.publishes as u64);
    }

    fn count(&self, batch: &Batch) {
        let counters = &self.house.counters;
        let publishes = batch.packets.iter().filter(|packet| matches!(packet, Packet::Publish(_))).count();
        counters.add(Traffic::BytesReceived, batch.bytes as u64);
        counters.add(Traffic::PacketsReceived, batch.packets.len() as u64);
        counters.add(Traffic::PublishesReceived, publishes as u64);
    }

    async fn packet(&self, inbound: &mut Inbound, packet: Packet) -> Result<(), Ending> {
        match packet {
            Packet::Publish(publish) => self.publish(inbound, publish).await,
            Packet::Puback(puback) => {
                inbound.done.extend(self.outbound.puback(puback.packet_id));
                Ok(())
            }
            Packet::Pubrec(pubrec) => self.pubrec(inbound, &pubrec).await,
            Packet::Pubrel(pubrel) => Box::pin(self.pubrel(pubrel.packet_id)).await,
            Packet::Pubcomp(pubcomp) => {
                self.outbound.pubcomp(pubcomp.packet_id);
                Ok(())
            }
            Packet::Subscribe(subscribe) => Box::pin(self.subscribe(*subscribe)).await,
            Packet::Unsubscribe(unsubscribe) => Box::pin(self.unsubscribe(*unsubscribe)).await,
            Packet::Pingreq => self.reply(Packet::Pingresp).await,
            Packet::Disconnect(disconnect) => Err(leaves(inbound, &disconnect)),
            Packet::Auth(auth) => Box::pin(self.reauthenticate(inbound, &auth)).await,
            // The codec lets none of these through from a client.
            Packet::Connect(_)
            | Packet::Connack(_)
            | Packet::Suback(_)
            | Packet::Unsuback(_)
            | Packet::Pingresp => Err(Ending::broke(ReasonCode::ProtocolError)),
        }
    }

    async fn publish(&self, inbound: &mut Inbound, mut publish: Box<Publish>) -> Result<(), Ending> {
        let most_aliases = self.house.config.packets.topic_alias_maximum;
        inbound.aliases.resolve(&mut publish, most_aliases).map_err(Ending::broke)?;
        loop {
            match self.outbound.admit(&publish) {
                Admission::HandOver(answer) => {
                    // The application may let us wait: it shall know before what was acknowledged.
                    self.tell(&std::mem::take(&mut inbound.done));
                    self.house.application.publish(&self.session, *publish, answer).await;
                    return Ok(());
                }
                Admission::Repeated => return Ok(()),
                Admission::TooMany => return Err(Ending::broke(ReasonCode::ReceiveMaximumExceeded)),
                Admission::Later => self.room(|outbound| outbound.has_room_for(&publish)).await,
            }
        }
    }

    /// `[MQTT5-4.3.3-4]`: PUBREC is answered by PUBREL, also where nobody knows the message any more.
    async fn pubrec(&self, inbound: &mut Inbound, pubrec: &Acknowledge) -> Result<(), Ending> {
        let mut done = |mark: Mark| {
            if mark.is_tracked() {
                inbound.done.push(Acknowledged { mark, by_device: true });
            }
        };
        let code = match self.outbound.pubrec(pubrec) {
            Received::Refused(mark) => {
                done(mark);
                return Ok(());
            }
            Received::Unknown if pubrec.code.is_refusal() => return Ok(()),
            Received::Unknown => ReasonCode::PacketIdentifierNotFound,
            Received::Again => ReasonCode::Success,
            Received::First(mark) => {
                done(mark);
                ReasonCode::Success
            }
        };
        self.reply(Packet::Pubrel(Acknowledge::new(pubrec.packet_id, code))).await
    }

    /// `[MQTT5-4.3.3-11]`: PUBREL is answered by PUBCOMP, also a second time.
    async fn pubrel(&self, id: PacketId) -> Result<(), Ending> {
        let waited_here = self.outbound.release(id);
        let was_known = self.house.application.released(&self.session, id).await;
        let code =
            if waited_here || was_known { ReasonCode::Success } else { ReasonCode::PacketIdentifierNotFound };
        self.reply(Packet::Pubcomp(Acknowledge::new(id, code))).await
    }

    async fn subscribe(&self, subscribe: Subscribe) -> Result<(), Ending> {
        let Subscribe { packet_id, subscriptions, subscription_id, user_properties } = subscribe;
        let application = &self.house.application;
        let mut codes =
            application.subscribe(&self.session, &subscriptions, subscription_id, &user_properties).await;
        // [MQTT5-3.9.3-1]: one for each, whatever the application did.
        codes.resize(subscriptions.len(), ReasonCode::UnspecifiedError);
        let suback = Suback { packet_id, codes, reason: None, user_properties: Vec::new() };
        self.reply(Packet::Suback(Box::new(suback))).await
    }

    async fn unsubscribe(&self, unsubscribe: Unsubscribe) -> Result<(), Ending> {
        let Unsubscribe { packet_id, filters, .. } = unsubscribe;
        let mut codes = self.house.application.unsubscribe(&self.session, &filters).await;
        codes.resize(filters.len(), ReasonCode::UnspecifiedError);
        let unsuback = Unsuback { packet_id, codes, reason: None, user_properties: Vec::new() };
        self.reply(Packet::Unsuback(Box::new(unsuback))).await
    }

    /// The client proves again who it is. Only a client that named a method in CONNECT may, by the same one, and as no
    /// method here has a second step, this is all it may say. `[MQTT5-4.12.0-7]`, `[MQTT5-4.12.1-1]`
    async fn reauthenticate(&self, inbound: &Inbound, auth: &Auth) -> Result<(), Ending> {
        let is_same = inbound.method.is_some() && inbound.method.as_deref() == auth.method.as_deref();
        if !is_same || auth.code != ReasonCode::Reauthenticate {
            return Err(Ending::broke(ReasonCode::ProtocolError));
        }
        let proven = self.house.application.reauthenticate(&self.session, auth).await;
        self.proof_end.set(proven.map_err(Ending::because)?);
        let done = Auth { method: auth.method.clone(), ..Auth::new(ReasonCode::Success) };
        self.reply(Packet::Auth(Box::new(done))).await
    }

    /// Answers, and waits while the client does not read its answers.
    async fn reply(&self, packet: Packet) -> Result<(), Ending> {
        match self.outbound.control(packet) {
            Control::Queued => Ok(()),
            Control::Crowded => {
                self.room(Outbound::has_room_for_control).await;
                Ok(())
            }
            // [MQTT5-3.1.2-24]: it may not be sent, and going on without it would be a lie.
            Control::NeverFits => Err(Ending::because(ReasonCode::PacketTooLarge)),
        }
    }

    /// Waits for room. Room is made by writing, which this same task does; it looks here again afterwards.
    async fn room(&self, has_room: impl Fn(&Outbound) -> bool) {
        poll_fn(|_| if has_room(&self.outbound) { Poll::Ready(()) } else { Poll::Pending }).await;
    }
}

/// DISCONNECT from the client. `[MQTT5-3.14.4-3]`: only success takes the will away.
fn leaves(inbound: &mut Inbound, disconnect: &Disconnect) -> Ending {
    if let Some(expiry) = disconnect.session_expiry {
        if inbound.ends_with_connection && expiry > 0 {
            return Ending::broke(ReasonCode::ProtocolError); // [MQTT5-3.1.2-23]
        }
        inbound.session_expiry = expiry;
    }
    Ending::unheard(match disconnect.code {
        ReasonCode::Success => Farewell::ClientLeft,
        _ => Farewell::ClientLeftWithWill,
    })
}

fn broken(rejection: &Rejection) -> Ending {
    match rejection.answer {
        Answer::Disconnect(code) => Ending::broke(code),
        // 3.1.1 hears nothing; the application may want to know.
        Answer::Close | Answer::Connack3(_) | Answer::Connack5(_) => Ending::broke(rejection.flaw.code()),
    }
}

/// The versions differ in what they hear, not in what ends them.
impl Ending {
    /// The DISCONNECT this client hears, if any. `[MQTT5-3.14.0-1]`: only MQTT 5 has one from a server.
    pub(super) fn disconnect<A>(self, version: Version, house: &House<A>) -> Option<Packet> {
        let code = self.code.filter(|_| version == Version::V5)?;
        let user_properties = house.stay_away(code);
        Some(Packet::Disconnect(Box::new(Disconnect { user_properties, ..Disconnect::new(code) })))
    }
}
