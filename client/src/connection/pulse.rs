//! Whether the server is still there.
//!
//! A network can go silent without a word: nothing comes, and what leaves arrives nowhere. `rumqttc` sends a PINGREQ
//! when *nothing left* for a keep alive, so a client that now and then acknowledges something would never ask; and
//! while its writes are stuck it asks nothing at all. So this module watches from outside. Its bound: a connection
//! on which the other side gave no sign of life is given up one and a half keep alives after the last one, and the
//! time an answer may take; where something was said, that time is enough.
//!
//! Start at [`stops`].

use super::EVERYTHING;
use super::socket::Overheard;
use crate::offline::Offline;
use crate::options::Patience;
use rumqttc::{AsyncClient, QoS};
use tokio::time::{Instant, sleep_until};

/// Returns when the server is silent for too long.
pub(super) async fn stops(patience: Patience, mqtt: &AsyncClient, overheard: &Overheard) -> Offline {
    loop {
        let alive = overheard.alive();
        sleep_until(alive + patience.keep_alive * 3 / 2).await;
        if overheard.alive() > alive {
            continue;
        }
        // The same SUBSCRIBE again changes nothing, and whoever is there answers it.
        let asked = Instant::now();
        if mqtt.try_subscribe(EVERYTHING, QoS::AtLeastOnce).is_err() {
            return Offline::Lost("rumqttc takes nothing".to_owned());
        }
        sleep_until(asked + patience.answer).await;
        if overheard.alive() < asked {
            return Offline::Silent;
        }
    }
}

/// Since when publishes wait for a PUBACK and none comes.
#[derive(Debug)]
pub(super) struct Owed {
    since: Instant,
    patience: Patience,
}

impl Owed {
    pub(super) fn new(patience: Patience) -> Owed {
        Owed { since: Instant::now(), patience }
    }

    /// A PUBACK came, or the first publish of several leaves.
    pub(super) fn again(&mut self) {
        self.since = Instant::now();
    }

    /// Returns when the PUBACK that is owed is late. Where writes were stuck and moved again, the publish may still
    /// be on its way.
    pub(super) async fn is_late(&self, overheard: &Overheard) {
        loop {
            let late = overheard.moved().max(self.since) + self.patience.answer;
            if late <= Instant::now() {
                return;
            }
            sleep_until(late).await;
        }
    }
}
