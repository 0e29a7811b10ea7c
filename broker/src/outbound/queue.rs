//! What waits for room in the window: bounded by what it weighs, and empty of memory when it is empty.

use super::Delivery;
use std::collections::VecDeque;

/// A burst may leave this many places behind; more are given back when the queue runs empty.
const KEPT_PLACES: usize = 16;

/// Deliveries in order, at most so many bytes and so many pieces.
#[derive(Debug)]
pub(super) struct Queue {
    waiting: VecDeque<Delivery>,
    weight: usize,
    max_weight: u32,
    max_count: u32,
}

impl Queue {
    pub(super) fn new(max_weight: u32, max_count: u32) -> Queue {
        Queue { waiting: VecDeque::new(), weight: 0, max_weight, max_count }
    }

    /// Takes it, unless the queue is so many times full. An empty queue takes anything: what is larger than the whole bound
    /// must still get through.
    pub(super) fn push(&mut self, delivery: Delivery, times: u32) -> bool {
        let weight = delivery.weight();
        let (most_weight, most_count) = (self.max_weight as usize, self.max_count as usize);
        let times = times as usize;
        let fits = self.weight + weight <= most_weight * times && self.waiting.len() < most_count * times;
        if fits || self.waiting.is_empty() {
            self.weight += weight;
            self.waiting.push_back(delivery);
            return true;
        }
        false
    }

    pub(super) fn front(&self) -> Option<&Delivery> {
        self.waiting.front()
    }

    pub(super) fn pop(&mut self) -> Option<Delivery> {
        let delivery = self.waiting.pop_front()?;
        self.weight -= delivery.weight();
        if self.waiting.is_empty() && self.waiting.capacity() > KEPT_PLACES {
            self.waiting = VecDeque::new();
        }
        Some(delivery)
    }

    /// Whether both bounds are at most half used.
    pub(super) fn is_half_empty(&self) -> bool {
        self.weight * 2 <= self.max_weight as usize && self.waiting.len() * 2 <= self.max_count as usize
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Delivery> {
        self.waiting.iter()
    }

    /// Empties it, in order.
    pub(super) fn take(&mut self) -> VecDeque<Delivery> {
        self.weight = 0;
        std::mem::take(&mut self.waiting)
    }
}
