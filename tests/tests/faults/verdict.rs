//! What must be in the log afterwards.

use crate::load::ROOMS;
use crate::sender::Acknowledged;
use std::collections::HashMap;
use tests::{Device, Entry, publish};

/// Says this when everything else is said, so that a reader knows the end.
pub(crate) const END: &str = "the end";

/// Reads a room's whole log as a device that was never here.
pub(crate) async fn whole_log(device: &Device, room: &str) -> Vec<Entry> {
    let mut wire = device.connect().await;
    let end = format!("{END} of {}", device.hello.client_id);
    wire.is_taken(publish(&format!("rooms/{room}/say"), &end)).await;
    wire.subscribes_with(&format!("rooms/{room}/said"), &[("since", "0")]).await;
    let mut log = Vec::new();
    while log.last().map(Entry::body).as_ref() != Some(&end) {
        log.push(wire.hear().await);
    }
    log
}

/// What is wrong with the logs of all rooms, given what was acknowledged; nothing if all is well.
pub(crate) async fn complaints(device: &Device, acknowledged: &[Acknowledged]) -> Vec<String> {
    let mut complaints = Vec::new();
    for room in ROOMS {
        let log = whole_log(device, room).await;
        for (entry, seq) in log.iter().zip(1..) {
            if (entry.seq(), entry.prev()) != (seq, seq - 1) {
                complaints.push(format!(
                    "{room}: {} after {} stands in place {seq}",
                    entry.seq(),
                    entry.prev()
                ));
            }
        }
        let of_room = acknowledged.iter().filter(|message| message.room == room);
        compare(&log, of_room, &mut complaints);
        in_order(&log, &mut complaints);
    }
    complaints
}

/// Each acknowledged message is there, where its PUBACK said, and no message is there twice.
fn compare<'a>(
    log: &[Entry],
    acknowledged: impl Iterator<Item = &'a Acknowledged>,
    complaints: &mut Vec<String>,
) {
    let mut places: HashMap<String, Vec<u64>> = HashMap::new();
    for entry in log.iter().filter(|entry| entry.kind() == "text") {
        places.entry(entry.body()).or_default().push(entry.seq());
    }
    for (body, seqs) in &places {
        if seqs.len() > 1 {
            complaints.push(format!("`{body}` was said once and stands at {seqs:?}"));
        }
    }
    for message in acknowledged {
        match places.get(&message.body) {
            None => complaints.push(format!("lost: {message:?}")),
            Some(seqs) if message.seq.is_some_and(|seq| !seqs.contains(&seq)) => {
                complaints.push(format!("{message:?} stands at {seqs:?}"));
            }
            Some(_) => {}
        }
    }
}

/// Each sender's messages stand in the order in which they were sent.
fn in_order(log: &[Entry], complaints: &mut Vec<String>) {
    let mut last: HashMap<String, u64> = HashMap::new();
    for entry in log {
        let body = entry.body();
        let Some((sender, number)) =
            body.split_once(' ').and_then(|(name, number)| Some((name, number.parse().ok()?)))
        else {
            continue;
        };
        let before = last.insert(sender.to_owned(), number);
        if before.is_some_and(|before| before > number) {
            complaints.push(format!("`{body}` was said before {before:?} and stands after it"));
        }
    }
}
