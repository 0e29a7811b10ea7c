//! What the reading side of a connection asks of the shared state: may this PUBLISH come in, whose message is
//! this acknowledgement for, and room for control packets.

use super::{Answer, Delivery, Outbound, Received};
use crate::application::{Acknowledged, Outcome};
use mqtt::packet::{Acknowledge, Packet, PacketId, Publish, Qos, Version};

/// Control packets that wait may take so many bytes; past it the client is not read until it reads.
const MOST_CONTROL: usize = 64 * 1024;

/// QoS 2 ids of one 3.1.1 client that wait for PUBREL. MQTT 5 clients keep to Receive Maximum instead.
const MOST_UNRELEASED: usize = 4_096;

/// Whether a PUBLISH may come in.
#[derive(Debug)]
pub(crate) enum Admission {
    /// It goes to the application with this ticket.
    HandOver(Answer),
    /// It came before; its answer is on the way.
    Repeated,
    /// More than was agreed.
    TooMany,
}

impl Outbound {
    /// Takes the place of an earlier connection of the session.
    pub(crate) fn resume(
        &self,
        redeliver: Vec<(PacketId, Delivery)>,
        first: PacketId,
        unreleased: Vec<PacketId>,
    ) {
        let mut state = self.0.lock();
        state.redeliver = redeliver.into();
        state.window.begin_at(first);
        state.unreleased = unreleased.into_iter().collect();
    }

    /// Decides about a PUBLISH. `[MQTT5-3.3.4-7]`, `[MQTT5-4.3.3-10]`
    pub(crate) fn admit(&self, publish: &Publish) -> Admission {
        let mut state = self.0.lock();
        let Some(id) = publish.packet_id else {
            state.unheard += 1;
            return Admission::HandOver(Answer::counted(self));
        };
        let exactly_once = publish.qos == Qos::ExactlyOnce;
        if exactly_once && state.answers.waits_for(id) {
            return Admission::Repeated;
        }
        if state.quota_used >= state.most_waiting && self.version() == Version::V5
            || state.unreleased.len() >= MOST_UNRELEASED
        {
            return Admission::TooMany;
        }
        state.quota_used += 1;
        let number = state.answers.open(id, exactly_once);
        if exactly_once && state.unreleased.contains(&id) {
            state.answers.give(number, Outcome::success());
            return Admission::Repeated;
        }
        Admission::HandOver(Answer::in_line(self, number))
    }

    /// Whether the client is not read for now: for 3.1.1 and for QoS 0, which have no Receive Maximum, and for who
    /// does not read what it is told.
    pub(crate) fn is_crowded(&self, publish: bool) -> bool {
        let state = self.0.lock();
        let waiting = match self.version() {
            Version::V3 => state.answers.len() + state.unheard,
            Version::V5 => state.unheard,
        };
        publish && waiting >= state.most_waiting || state.control.len() > MOST_CONTROL
    }

    /// Puts a control packet before everything else. False if it is larger than the client takes.
    #[must_use]
    pub(crate) fn control(&self, packet: &Packet) -> bool {
        let mut state = self.0.lock();
        let begin = state.control.len();
        mqtt::encode(packet, self.version(), &mut state.control);
        let most = self.0.limits.maximum_packet_size.map_or(usize::MAX, |most| most as usize);
        let fits = state.control.len() - begin <= most;
        if !fits {
            state.control.truncate(begin);
        }
        fits
    }

    /// PUBACK. One that belongs to no message is ignored.
    pub(crate) fn puback(&self, id: PacketId) -> Option<Acknowledged> {
        let mark = self.0.lock().window.finish(id)?;
        Some(Acknowledged { mark, by_device: true })
    }

    /// PUBREC. A refusal ends the message, as PUBACK does.
    pub(crate) fn pubrec(&self, acknowledge: &Acknowledge) -> Received {
        let mut state = self.0.lock();
        if acknowledge.code.is_refusal() {
            let done = state.window.finish(acknowledge.packet_id);
            return done.map_or(Received::Unknown, Received::Refused);
        }
        state.window.receive(acknowledge.packet_id)
    }

    /// PUBCOMP. One that belongs to no message is ignored.
    pub(crate) fn pubcomp(&self, id: PacketId) {
        self.0.lock().window.complete(id);
    }

    /// PUBREL: the id is free again. True if it waited here.
    pub(crate) fn release(&self, id: PacketId) -> bool {
        let mut state = self.0.lock();
        state.quota_used = state.quota_used.saturating_sub(1);
        state.unreleased.remove(&id)
    }
}
