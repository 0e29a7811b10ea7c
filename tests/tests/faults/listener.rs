//! Somebody who hears it all, over any number of connections, and complains about gaps and doubles.

use crate::load::ROOMS;
use crate::sender::AGAIN;
use crate::verdict::END;
use mqtt::ReasonCode;
use mqtt::packet::Packet;
use std::collections::HashMap;
use tests::{Device, Entry, Wire};
use tokio::sync::watch;

/// A device whose session lasts, and what it heard.
pub(crate) struct Listener {
    device: Device,
    starts: watch::Receiver<u64>,
    /// For each room the entry that everything before was heard of.
    heard: HashMap<String, u64>,
    ended: Vec<String>,
}

impl Listener {
    /// Subscribes and goes on listening until each room came to its end.
    pub(crate) async fn start(device: Device, starts: watch::Receiver<u64>) -> tokio::task::JoinHandle<()> {
        let device = device.lasting();
        let mut wire = device.connect().await;
        wire.listens("rooms/+/said").await;
        let mut listener = Listener { device, starts, heard: HashMap::new(), ended: Vec::new() };
        tokio::spawn(async move {
            listener.listen(wire).await;
            while listener.ended.len() < ROOMS.len() {
                listener.starts.borrow_and_update();
                match listener.device.try_arrive().await {
                    // A server whose database is away lets nobody in, and says so.
                    Some((_, connack)) if connack.code == ReasonCode::ServerUnavailable => {
                        tokio::time::sleep(AGAIN).await;
                    }
                    Some((wire, connack)) => {
                        assert!(connack.session_present, "the listener has lost its session");
                        listener.listen(wire).await;
                    }
                    None => listener.starts.changed().await.expect("the test goes on"),
                }
            }
        })
    }

    /// One connection.
    async fn listen(&mut self, mut wire: Wire) {
        let mut here: HashMap<String, u64> = HashMap::new();
        while self.ended.len() < ROOMS.len() {
            let publish = match wire.next_or_end().await {
                Some(Packet::Publish(publish)) => *publish,
                _ => return,
            };
            wire.acknowledge(&publish).await;
            let entry = Entry::of(publish);
            self.judge(&entry, &mut here);
        }
    }

    /// No double within a connection, and never a gap; what was heard before a crash may come again.
    fn judge(&mut self, entry: &Entry, here: &mut HashMap<String, u64>) {
        let (room, seq) = (entry.room(), entry.seq());
        let before = here.insert(room.clone(), seq);
        assert!(before.is_none_or(|before| entry.prev() == before), "after {before:?} in {room}: {entry:?}");
        let heard = self.heard.entry(room.clone()).or_insert(entry.prev());
        assert!(entry.prev() <= *heard, "heard {room} up to {heard}, then {entry:?}");
        *heard = seq.max(*heard);
        if entry.body().starts_with(END) {
            self.ended.push(room);
        }
    }
}
