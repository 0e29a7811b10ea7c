//! Which message leaves next: those of an earlier connection, then notices, then the queue.

use super::state::State;
use super::{Delivery, Limits};
use crate::application::Acknowledged;
use mqtt::packet::{PacketId, Qos};
use std::time::SystemTime;

/// A message that leaves now, with its packet id above QoS 0.
pub(super) type Leaving = (Option<PacketId>, Delivery);

impl State {
    /// The next message that may leave. What is too old or too large is done on the way.
    pub(super) fn next_message(&mut self, limits: &Limits, now: SystemTime) -> Option<Leaving> {
        loop {
            let next = if !self.redeliver.is_empty() {
                self.next_again(limits)?
            } else if let Some(notice) = self.notices.pop_front() {
                self.next_notice(notice, limits, now)?
            } else {
                self.next_queued(limits, now)?
            };
            if next.is_some() {
                return next;
            }
        }
    }

    /// Sends a notice, or gives it back where it has to wait. The window keeps it whole, for nobody else does.
    pub(super) fn send_notice(
        &mut self,
        notice: Delivery,
        limits: &Limits,
        now: SystemTime,
    ) -> Result<Option<Leaving>, Delivery> {
        if notice.qos != Qos::AtMostOnce && (self.window.is_full() || !self.redeliver.is_empty()) {
            return Err(notice);
        }
        let kept = Some(Box::new(notice.clone()));
        Ok(self.send(notice, kept, limits, now))
    }

    /// The same packet id and DUP. `[MQTT5-4.4.0-1]`, `[MQTT5-3.3.1-1]` What was begun is finished, whatever its time.
    /// `[MQTT5-4.3.3-7]`
    fn next_again(&mut self, limits: &Limits) -> Option<Option<Leaving>> {
        if self.window.is_full() {
            return None;
        }
        let (id, mut delivery) = self.redeliver.pop_front()?;
        if limits.is_too_large(&delivery) {
            self.skip(&delivery);
            return Some(None);
        }
        delivery.dup = true;
        // It had an id, so it was above QoS 0, whatever its subscription has become. [MQTT5-3.3.1-2]
        delivery.qos = delivery.qos.max(Qos::AtLeastOnce);
        self.window.send_again(id, delivery.mark);
        Some(Some((Some(id), delivery)))
    }

    fn next_notice(&mut self, notice: Delivery, limits: &Limits, now: SystemTime) -> Option<Option<Leaving>> {
        match self.send_notice(notice, limits, now) {
            Ok(sent) => Some(sent),
            Err(waits) => {
                self.notices.push_front(waits);
                None
            }
        }
    }

    fn next_queued(&mut self, limits: &Limits, now: SystemTime) -> Option<Option<Leaving>> {
        if self.queue.front()?.qos != Qos::AtMostOnce && self.window.is_full() {
            return None;
        }
        let delivery = self.queue.pop()?;
        Some(self.send(delivery, None, limits, now))
    }

    fn send(
        &mut self,
        delivery: Delivery,
        kept: Option<Box<Delivery>>,
        limits: &Limits,
        now: SystemTime,
    ) -> Option<Leaving> {
        if self.is_pointless(&delivery, limits, now) {
            return None;
        }
        if delivery.qos == Qos::AtMostOnce {
            if delivery.mark.is_tracked() {
                self.writing.push(delivery.mark);
            }
            return Some((None, delivery));
        }
        let id = self.window.send(delivery.mark, kept);
        Some((Some(id), delivery))
    }

    /// Too old or too large: it counts as done.
    fn is_pointless(&mut self, delivery: &Delivery, limits: &Limits, now: SystemTime) -> bool {
        let pointless = delivery.has_expired(now) || limits.is_too_large(delivery);
        if pointless {
            self.skip(delivery);
        }
        pointless
    }

    fn skip(&mut self, delivery: &Delivery) {
        if delivery.mark.is_tracked() {
            self.done.push(Acknowledged { mark: delivery.mark, by_device: false });
        }
    }
}
