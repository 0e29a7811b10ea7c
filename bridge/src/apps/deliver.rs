//! To those who are connected: at once, and a sender waits for nobody for long.
//!
//! A subscriber whose queue is full slows the sender down, so that one that reads as fast as it can loses nothing. For
//! one that does not read, nobody waits twice: what is sent at most once passes it over after a moment, and what is
//! sent at least once ends its connection (MQTT 5: 0x97), because it would be a lie to go on without it.

use super::house::Apps;
use super::message::Message;
use super::subscriber::{Target, Way};
use broker::outbound::{Offer, Outbound};
use mqtt::ReasonCode;
use mqtt::packet::Qos;
use std::sync::Arc;
use std::time::Duration;

/// How long a sender waits for a subscriber to make room for what it may lose. 100 ms: longer than anybody who reads
/// needs, and too short to be felt.
const MOMENT: Duration = Duration::from_millis(100);
/// How long for what it may not lose. 5 s: as long as a phone is given for its CONNECT.
const PATIENCE: Duration = Duration::from_secs(5);

impl Apps {
    /// Hands a message to these, none of which waits in the store.
    pub(super) async fn deliver(&self, message: &Arc<Message>, targets: Vec<Target>) {
        let (mut full, mut taken) = (Vec::new(), 0);
        for target in targets {
            match target.subscriber.offer(message, &target) {
                Offer::Taken => taken += 1,
                Offer::Full => full.push(target),
                Offer::Closed | Offer::NeverFits => self.counts.dropped(),
            }
        }
        self.counts.delivered(taken);
        for target in full {
            self.wait_for(message, &target).await;
        }
    }

    /// The same where nobody can wait: whoever is full goes without, or goes.
    pub(super) fn deliver_now(&self, message: &Arc<Message>, target: &Target) {
        let offer = target.subscriber.offer(message, target);
        match offer {
            Offer::Taken => self.counts.delivered(1),
            Offer::Full => self.lose(target),
            Offer::Closed | Offer::NeverFits => self.counts.dropped(),
        }
        // What is sent at least once is heard when it is acknowledged; what found nobody goes to another.
        match (target.qos, offer) {
            (Qos::AtMostOnce, _) | (Qos::ExactlyOnce, Offer::Taken) | (_, Offer::NeverFits) => {
                target.is_heard()
            }
            (Qos::AtLeastOnce | Qos::ExactlyOnce, _) => {}
        }
    }

    async fn wait_for(&self, message: &Arc<Message>, target: &Target) {
        let patience = if target.qos == Qos::AtMostOnce { MOMENT } else { PATIENCE };
        let Way::Passing(outbound, _) = &target.subscriber.way else { return self.counts.dropped() };
        loop {
            let left = patience.saturating_sub(target.subscriber.stuck_for());
            let made_room = !left.is_zero() && made_room(outbound, left).await;
            if !made_room {
                return self.lose(target);
            }
            match target.subscriber.offer(message, target) {
                Offer::Taken => return self.counts.delivered(1),
                Offer::Full => {}
                Offer::Closed | Offer::NeverFits => return self.counts.dropped(),
            }
        }
    }

    fn lose(&self, target: &Target) {
        self.counts.dropped();
        if let (Way::Passing(outbound, _), true) = (&target.subscriber.way, target.qos > Qos::AtMostOnce) {
            outbound.end(ReasonCode::QuotaExceeded);
        }
    }
}

async fn made_room(outbound: &Outbound, within: Duration) -> bool {
    tokio::time::timeout(within, outbound.ready()).await.is_ok()
}
