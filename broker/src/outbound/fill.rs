//! From what waits to the bytes of one write.
//!
//! Control packets go first, then the answers whose turn it is, then messages. Only messages above QoS 0 wait
//! for the window.

use super::answer::Slot;
use super::state::State;
use super::{Delivery, Limits, Shared};
use crate::application::{Acknowledged, Outcome};
use bytes::BytesMut;
use mqtt::Dress;
use mqtt::encode::{AcknowledgeKind, Remarks, write_acknowledge};
use mqtt::packet::{PacketId, Version};
use std::time::SystemTime;

/// Once a write holds so many bytes, it is full enough.
pub(crate) const FULL_WRITE: usize = 64 * 1024;

impl Shared {
    /// Moves what may leave now to `out`, up to [`FULL_WRITE`] and the packet that reaches it. Gives the number of
    /// messages.
    pub(crate) fn fill(&self, out: &mut BytesMut, now: SystemTime) -> usize {
        let mut messages = 0;
        let mut state = self.lock();
        state.fill_control(out);
        while out.len() < FULL_WRITE && state.fill_answer(out, &self.limits, now) {}
        while out.len() < FULL_WRITE
            && let Some((id, delivery)) = state.next_message(&self.limits, now)
        {
            state.write(id, &delivery, &self.limits, now, out);
            messages += 1;
        }
        state.asleep = out.is_empty();
        if state.queue.is_half_empty() {
            self.drained.notify_waiters();
        }
        messages
    }

    /// Only what we owe: control packets and the answers that are due, for a connection that ends.
    pub(crate) fn fill_owed(&self, out: &mut BytesMut, now: SystemTime) {
        let mut state = self.lock();
        state.fill_control(out);
        while state.fill_answer(out, &self.limits, now) {}
    }

    /// Whether PUBLISHes still wait for their answer.
    pub(crate) fn owes_answers(&self) -> bool {
        self.lock().answers.len() > 0
    }

    /// Whether something is done without having been written.
    pub(crate) fn has_done(&self) -> bool {
        !self.lock().done.is_empty()
    }

    /// The last write reached the kernel. Takes out what is done since, for the application.
    pub(crate) fn written(&self) -> Vec<Acknowledged> {
        let mut state = self.lock();
        let written = std::mem::take(&mut state.writing);
        let mut done = std::mem::take(&mut state.done);
        done.extend(written.into_iter().map(|mark| Acknowledged { mark, by_device: false }));
        done
    }
}

impl State {
    /// Writes a message, with a short name for its topic where that is known or worth it.
    fn write(
        &mut self,
        id: Option<PacketId>,
        delivery: &Delivery,
        limits: &Limits,
        now: SystemTime,
        out: &mut BytesMut,
    ) {
        let mut dress = delivery.dress(limits.version, id, now);
        if limits.topic_aliases > 0 {
            let fits = |alias| {
                let with = Dress { alias: Some(alias), ..dress };
                limits.maximum_packet_size.is_none_or(|most| delivery.frame.size(&with) <= most as usize)
            };
            dress.alias = self.aliases.of(delivery.frame.topic(), limits.topic_aliases, fits);
        }
        delivery.frame.write(&dress, out);
    }

    fn fill_control(&mut self, out: &mut BytesMut) {
        if !self.control.is_empty() {
            out.extend_from_slice(&std::mem::take(&mut self.control));
        }
    }

    /// The first of the line, if it may leave. Its notice leaves before it; where that must wait for the window,
    /// so does the answer.
    fn fill_answer(&mut self, out: &mut BytesMut, limits: &Limits, now: SystemTime) -> bool {
        let Some(outcome) = self.answers.front() else { return false };
        if let Some(notice) = outcome.notice.take() {
            match self.send_notice(notice, limits, now) {
                Ok(Some((id, notice))) => {
                    self.write(id, &notice, limits, now, out);
                }
                Ok(None) => {}
                Err(waits) => {
                    self.answers.front().map(|outcome| outcome.notice.insert(waits));
                    return false;
                }
            }
        }
        let Some(Slot { id, exactly_once, outcome: Some(outcome) }) = self.answers.pop() else {
            return false;
        };
        if exactly_once && !outcome.code.is_refusal() {
            self.unreleased.insert(id);
        } else {
            if exactly_once {
                self.unreleased.remove(id); // [MQTT5-4.3.3-9]: a refusal ends the exchange
            }
            self.quota_used = self.quota_used.saturating_sub(1);
        }
        write_outcome(id, exactly_once, &outcome, out, limits);
        true
    }
}

/// PUBACK or PUBREC. Its words are left out where the client does not want them or could not take so many bytes.
/// `[MQTT5-3.1.2-29]`, `[MQTT5-3.4.2-2]`, `[MQTT5-3.4.2-3]`
fn write_outcome(id: PacketId, exactly_once: bool, outcome: &Outcome, out: &mut BytesMut, limits: &Limits) {
    let kind = if exactly_once { AcknowledgeKind::Pubrec } else { AcknowledgeKind::Puback };
    let said: Vec<(&str, &str)>;
    let remarks = if limits.version == Version::V3 || !limits.problem_information {
        Remarks::NONE
    } else {
        said = outcome.user_properties.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Remarks { reason: outcome.reason.as_deref(), user_properties: &said }
    };
    write_acknowledge(kind, id, outcome.code, remarks, limits.version, limits.most_bytes(), out);
}
