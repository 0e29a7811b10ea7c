//! What the reading side of a connection asks of the shared state: may this PUBLISH come in, whose message is
//! this acknowledgement for, and room for control packets.

use super::state::State;
use super::unreleased::Unreleased;
use super::{Answer, Delivery, Outbound, Received};
use crate::application::{Acknowledged, Outcome};
use mqtt::ReasonCode;
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
    /// It came before on this connection; its answer is on the way.
    Repeated,
    /// Too many wait: ask again when there is room.
    Later,
    /// More than was agreed.
    TooMany,
}

/// What became of a control packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Control {
    /// It will be written.
    Queued,
    /// It will be written, but more of them must wait.
    Crowded,
    /// It is larger than the client takes.
    NeverFits,
}

impl Outbound {
    /// Takes the place of an earlier connection of the session.
    pub(crate) fn resume(
        &self,
        redeliver: Vec<(PacketId, Delivery)>,
        first: PacketId,
        unreleased: &[PacketId],
    ) {
        let mut state = self.0.lock();
        state.redeliver = redeliver.into();
        state.window.begin_at(first);
        state.unreleased = Unreleased::left_behind(unreleased);
    }

    /// Sends the PUBRELs of an earlier connection again; call it when CONNACK is queued. `[MQTT5-4.4.0-1]`
    pub(crate) fn release_again(&self, received: &[PacketId]) {
        let mut state = self.0.lock();
        for &id in received {
            state.window.await_complete(id);
            mqtt::encode(
                &Packet::Pubrel(Acknowledge::new(id, ReasonCode::Success)),
                self.version(),
                &mut state.control,
            );
        }
    }

    /// Decides about a PUBLISH. `[MQTT5-3.3.4-7]`, `[MQTT5-4.3.3-10]`
    pub(crate) fn admit(&self, publish: &Publish) -> Admission {
        let mut state = self.0.lock();
        if !state.has_room_for(self.version(), publish.qos) {
            return Admission::Later;
        }
        let Some(id) = publish.packet_id else {
            state.unheard += 1;
            return Admission::HandOver(Answer::counted(self));
        };
        let exactly_once = publish.qos == Qos::ExactlyOnce;
        if exactly_once && state.answers.waits_for(id) {
            return Admission::Repeated;
        }
        let is_known = exactly_once && state.unreleased.contains(id);
        if state.has_too_many(self.version(), exactly_once, is_known) {
            return Admission::TooMany;
        }
        let number = state.answers.open(id, exactly_once);
        // What an earlier connection stored the application knows, with its receipt; what this one stored was
        // answered before, and the client has no reason to ask again.
        if is_known && !state.unreleased.inherit(id) {
            state.answers.give(number, Outcome::success());
            return Admission::Repeated;
        }
        state.quota_used += usize::from(!is_known);
        Admission::HandOver(Answer::in_line(self, number))
    }

    /// Whether this PUBLISH can be admitted now. 3.1.1 and QoS 0 have no Receive Maximum, so their clients are not
    /// read while too many wait.
    pub(crate) fn has_room_for(&self, publish: &Publish) -> bool {
        self.0.lock().has_room_for(self.version(), publish.qos)
    }

    /// Puts a control packet before everything else, as much of it as the client takes. `[MQTT5-3.1.2-24]`
    pub(crate) fn control(&self, mut packet: Packet) -> Control {
        let limits = &self.0.limits;
        if !mqtt::encode::fit(&mut packet, limits.version, limits.most_bytes()) {
            return Control::NeverFits;
        }
        let mut state = self.0.lock();
        mqtt::encode(&packet, limits.version, &mut state.control);
        if state.control.len() > MOST_CONTROL { Control::Crowded } else { Control::Queued }
    }

    /// Whether the client has read enough of its answers.
    pub(crate) fn has_room_for_control(&self) -> bool {
        self.0.lock().control.len() <= MOST_CONTROL
    }

    /// PUBACK. One that belongs to no message is ignored.
    pub(crate) fn puback(&self, id: PacketId) -> Option<Acknowledged> {
        let mark = self.0.lock().window.finish(id).filter(|mark| mark.is_tracked())?;
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
        state.unreleased.remove(id)
    }
}

impl State {
    /// Whether one more PUBLISH above QoS 0 would be more than was agreed. What only repeats an earlier one uses
    /// nothing of the quota.
    fn has_too_many(&self, version: Version, exactly_once: bool, is_known: bool) -> bool {
        let most = usize::from(self.most_waiting);
        let over_quota = self.quota_used >= most && !is_known;
        let over_line = self.answers.len() >= most;
        let over_ids = exactly_once && !is_known && self.unreleased.len() >= MOST_UNRELEASED;
        version == Version::V5 && (over_quota || over_line) || over_ids
    }

    fn has_room_for(&self, version: Version, qos: Qos) -> bool {
        let most = usize::from(self.most_waiting);
        match (version, qos) {
            (Version::V3, _) => self.answers.len() + self.unheard < most,
            (Version::V5, Qos::AtMostOnce) => self.unheard < most,
            (Version::V5, _) => true,
        }
    }
}
