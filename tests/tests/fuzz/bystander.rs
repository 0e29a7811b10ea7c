//! Who must not notice: pairs that exchange one message after the other, over open topics and in a room.

use mqtt::packet::{Packet, Qos, Subscription, Version};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tests::{Device, Wire, World, filter, publish_at, say, subscribe};
use tokio::task::JoinSet;

/// All pairs.
pub(crate) struct Bystanders {
    pairs: JoinSet<u64>,
    is_over: Arc<AtomicBool>,
}

impl Bystanders {
    /// Both versions at every QoS, from one version to the other, and in a room. They begin at once.
    pub(crate) async fn begin(world: &World) -> Bystanders {
        let mut bystanders = Bystanders { pairs: JoinSet::new(), is_over: Arc::default() };
        for (speaks, hears) in [
            (Version::V3, Version::V3),
            (Version::V5, Version::V5),
            (Version::V3, Version::V5),
            (Version::V5, Version::V3),
        ] {
            for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
                bystanders.add(Pair::open(world, speaks, hears, qos).await);
            }
        }
        for version in [Version::V3, Version::V5] {
            bystanders.add(Pair::in_a_room(world, version).await);
        }
        bystanders
    }

    fn add(&mut self, pair: Pair) {
        self.pairs.spawn(pair.talks(Arc::clone(&self.is_over)));
    }

    /// They end, and how many messages they heard.
    ///
    /// # Panics
    /// When one of them noticed something.
    pub(crate) async fn end(self) -> u64 {
        self.is_over.store(true, Ordering::Relaxed);
        self.pairs.join_all().await.into_iter().sum()
    }
}

/// One speaks and one hears.
struct Pair {
    speaker: Wire,
    listener: Wire,
    topic: String,
    qos: Qos,
    /// In a room others speak, too: the other pair.
    is_room: bool,
}

/// Who only listens at QoS 0 says nothing, for as long as it takes.
fn patient(mut device: Device) -> Device {
    device.hello.keep_alive = 0;
    device
}

impl Pair {
    async fn open(world: &World, speaks: Version, hears: Version, qos: Qos) -> Pair {
        let name = format!("calm/{speaks:?}/{hears:?}/{qos:?}");
        let device = |who: &str, version| patient(world.nobody(&format!("{who}-{name}"))).version(version);
        let speaker = device("speaker", speaks).connect().await;
        let mut listener = device("listener", hears).connect().await;
        let wish = Subscription { qos: Qos::ExactlyOnce, ..filter(&name) };
        let suback = listener.subscribe(subscribe([wish])).await;
        assert!(!suback.codes[0].is_refusal(), "{suback:?}");
        Pair { speaker, listener, topic: name, qos, is_room: false }
    }

    async fn in_a_room(world: &World, version: Version) -> Pair {
        let name = format!("{version:?}");
        let speaker = patient(world.device("ann", &name)).version(version).connect().await;
        let mut listener = patient(world.device("bo", &name)).version(version).connect().await;
        listener.listens("rooms/tea/said").await;
        Pair { speaker, listener, topic: name, qos: Qos::AtLeastOnce, is_room: true }
    }

    async fn talks(mut self, is_over: Arc<AtomicBool>) -> u64 {
        let mut said = 0;
        while !is_over.load(Ordering::Relaxed) {
            let words = format!("{} {said}", self.topic);
            if self.is_room {
                self.speaker.is_taken(say("tea", &words, &[])).await;
                self.hears_in_the_room(&words).await;
            } else {
                let code = self.speaker.sends(publish_at(self.qos, &self.topic, &words)).await;
                assert!(!code.is_refusal(), "{words}: {code:?}");
                let heard = self.listener.receive().await;
                assert_eq!((&heard.payload[..], heard.qos, heard.dup), (words.as_bytes(), self.qos, false));
            }
            said += 1;
        }
        self.speaker.send(Packet::Pingreq).await;
        assert_eq!(self.speaker.next().await, Packet::Pingresp);
        if !self.is_room {
            self.listener.is_quiet().await;
        }
        said
    }

    /// The pair's own words come next, but for those of the other pair; the room's numbers have no gap.
    async fn hears_in_the_room(&mut self, words: &str) {
        loop {
            let entry = self.listener.hear().await;
            assert_eq!(entry.prev() + 1, entry.seq(), "something is missing before {:?}", entry.body());
            if entry.body() == words {
                return;
            }
            assert!(!entry.body().starts_with(&self.topic), "{words} is missing: {}", entry.body());
        }
    }
}
