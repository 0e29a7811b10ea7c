//! Everything that waits at one connection, under one lock.

use super::aliases::Aliases;
use super::answer::Answers;
use super::queue::Queue;
use super::unreleased::Unreleased;
use super::window::Window;
use super::{Delivery, Mark, Offer};
use crate::application::{Acknowledged, Farewell};
use bytes::BytesMut;
use mqtt::ReasonCode;
use mqtt::packet::{PacketId, Version};
use std::collections::VecDeque;

/// How much more of deliveries that wait nowhere else the queue takes. Eight times: two clients that flood each other
/// must not both wait until the other reads.
const BEYOND: u32 = 8;

/// What the client of this connection takes, and how much may wait for it.
#[derive(Debug, Clone)]
pub struct Limits {
    /// What it speaks.
    pub version: Version,
    /// Bytes that may wait in the queue.
    pub queue_bytes: u32,
    /// Deliveries that may wait in the queue.
    pub queue_count: u32,
    /// Notices that may wait.
    pub notices: u16,
    /// Deliveries above QoS 0 that may be unacknowledged.
    pub window: u16,
    /// PUBLISHes above QoS 0 that the client may have unanswered: our Receive Maximum.
    pub receive_maximum: u16,
    /// The client's Maximum Packet Size, in bytes.
    pub maximum_packet_size: Option<u32>,
    /// Whether acknowledgements may carry reason strings and user properties. `[MQTT5-3.1.2-29]`
    pub problem_information: bool,
    /// Topics that may have a short name on the way to this client: the lesser of what it takes and what we keep.
    pub topic_aliases: u16,
}

impl Limits {
    /// The standard's bounds with the sizes of BROKER's defaults.
    #[must_use]
    pub fn new(version: Version) -> Limits {
        Limits {
            version,
            queue_bytes: 256 * 1024,
            queue_count: 2_048,
            notices: 64,
            window: 256,
            receive_maximum: 256,
            maximum_packet_size: None,
            problem_information: true,
            topic_aliases: 0,
        }
    }

    /// The client's Maximum Packet Size, or no bound.
    pub(crate) fn most_bytes(&self) -> u32 {
        self.maximum_packet_size.unwrap_or(u32::MAX)
    }

    /// Most clients set no maximum: then nothing is measured.
    pub(super) fn is_too_large(&self, delivery: &Delivery) -> bool {
        self.maximum_packet_size.is_some_and(|most| delivery.packet_size(self.version) > most as usize)
    }
}

/// How the server ends a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending {
    /// For the DISCONNECT of MQTT 5; none where nobody would hear it.
    pub(crate) code: Option<ReasonCode>,
    /// For the application.
    pub(crate) farewell: Farewell,
}

impl Ending {
    /// The application or the broker ends it.
    pub(crate) fn because(code: ReasonCode) -> Ending {
        Ending { code: Some(code), farewell: Farewell::Ended(code) }
    }
}

/// What a connection leaves behind.
#[derive(Debug, Default)]
pub(crate) struct Leftovers {
    pub(crate) in_flight: Vec<(PacketId, Mark)>,
    /// Of QoS 2, received by the client: only their PUBCOMPs are missing.
    pub(crate) received: Vec<PacketId>,
    pub(crate) queued: Vec<Mark>,
    pub(crate) notices: Vec<Delivery>,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct State {
    /// Control packets, encoded: SUBACK, PINGRESP and their like.
    pub(super) control: BytesMut,
    /// PUBLISHes of the client that wait for PUBACK or PUBREC.
    pub(super) answers: Answers,
    /// QoS 0 PUBLISHes that the application has in hand.
    pub(super) unheard: usize,
    /// Of our Receive Maximum: PUBLISHes above QoS 0 whose exchange is not over. `[MQTT5-4.9.0-1]`
    pub(super) quota_used: usize,
    /// Our Receive Maximum.
    pub(super) most_waiting: u16,
    /// QoS 2 PUBLISHes that were answered and wait for PUBREL.
    pub(super) unreleased: Unreleased,
    /// Sent by an earlier connection, not yet sent again by this one.
    pub(super) redeliver: VecDeque<(PacketId, Delivery)>,
    pub(super) notices: VecDeque<Delivery>,
    pub(super) queue: Queue,
    pub(super) window: Window,
    /// Short names of topics, which the client knows.
    pub(super) aliases: Aliases,
    /// QoS 0 deliveries in the write buffer.
    pub(super) writing: Vec<Mark>,
    /// Done, and not yet told to the application.
    pub(super) done: Vec<Acknowledged>,
    /// The last look found nothing to write.
    pub(super) asleep: bool,
    /// Something was offered to a writer that sleeps.
    pub(super) stirred: bool,
    ending: Option<Ending>,
    closed: bool,
    max_notices: u16,
}

impl State {
    pub(super) fn new(limits: &Limits) -> State {
        State {
            control: BytesMut::new(),
            answers: Answers::default(),
            unheard: 0,
            quota_used: 0,
            most_waiting: limits.receive_maximum,
            unreleased: Unreleased::default(),
            redeliver: VecDeque::new(),
            notices: VecDeque::new(),
            queue: Queue::new(limits.queue_bytes, limits.queue_count),
            window: Window::new(limits.window),
            aliases: Aliases::default(),
            writing: Vec::new(),
            done: Vec::new(),
            asleep: false,
            stirred: false,
            ending: None,
            closed: false,
            max_notices: limits.notices,
        }
    }

    pub(super) fn offer(&mut self, delivery: Delivery) -> Offer {
        self.offer_within(delivery, 1)
    }

    pub(super) fn offer_beyond(&mut self, delivery: Delivery) -> Offer {
        self.offer_within(delivery, BEYOND)
    }

    fn offer_within(&mut self, delivery: Delivery, times: u32) -> Offer {
        if self.is_leaving() {
            return Offer::Closed;
        }
        // A queue that was not empty waits for the window: the PUBACK that opens it wakes the writer too.
        self.stirred |= self.asleep && self.queue.is_empty();
        if self.queue.push(delivery, times) { Offer::Taken } else { Offer::Full }
    }

    pub(super) fn notice(&mut self, delivery: Delivery) -> Offer {
        if self.is_leaving() {
            return Offer::Closed;
        }
        if self.notices.len() >= usize::from(self.max_notices) {
            return Offer::Full;
        }
        self.stirred |= self.asleep;
        self.notices.push_back(delivery);
        Offer::Taken
    }

    /// Whether a sleeping writer must be woken; asks once.
    pub(super) fn must_wake(&mut self) -> bool {
        let must = std::mem::take(&mut self.stirred);
        self.asleep &= !must;
        must
    }

    pub(super) fn has_room(&self) -> bool {
        self.is_leaving() || self.queue.is_half_empty()
    }

    /// True if the reading side may have waited for this.
    pub(super) fn forget_unheard(&mut self) -> bool {
        let before = self.unheard;
        self.unheard = before.saturating_sub(1);
        let most = usize::from(self.most_waiting);
        before == most || before + self.answers.len() == most
    }

    pub(super) fn end(&mut self, ending: Ending) {
        self.ending.get_or_insert(ending);
    }

    pub(crate) fn ending(&self) -> Option<Ending> {
        self.ending
    }

    pub(super) fn is_leaving(&self) -> bool {
        self.closed || self.ending.is_some()
    }

    /// All that is not acknowledged, in the order of sending.
    pub(super) fn marks(&self) -> impl Iterator<Item = Mark> {
        let in_flight = self.window.iter().map(|sent| sent.mark);
        let again = self.redeliver.iter().map(|(_, delivery)| delivery.mark);
        let writing = self.writing.iter().copied();
        let answered = self.answers.iter().filter_map(|slot| slot.outcome.as_ref()?.notice.as_ref());
        let waiting = answered.chain(&self.notices).chain(self.queue.iter()).map(|delivery| delivery.mark);
        in_flight.chain(again).chain(writing).chain(waiting).filter(|mark| mark.is_tracked())
    }

    /// Closes and empties everything. What was sent again counts as in flight, whether or not it left.
    pub(super) fn close(&mut self) -> Leftovers {
        self.closed = true;
        let mut left = Leftovers::default();
        for sent in self.window.take() {
            if sent.received {
                left.received.push(sent.id);
                continue;
            }
            left.in_flight.push((sent.id, sent.mark));
            left.notices.extend(sent.notice.map(|notice| *notice));
        }
        left.in_flight.extend(self.redeliver.drain(..).map(|(id, delivery)| (id, delivery.mark)));
        left.in_flight.retain(|(_, mark)| mark.is_tracked());
        left.queued.append(&mut self.writing);
        let queued = self.queue.take().into_iter().map(|delivery| delivery.mark);
        left.queued.extend(queued.filter(|mark| mark.is_tracked()));
        left.notices.extend(self.answers.take().into_iter().filter_map(|slot| slot.outcome?.notice));
        left.notices.extend(std::mem::take(&mut self.notices));
        self.control = BytesMut::new();
        left
    }
}
