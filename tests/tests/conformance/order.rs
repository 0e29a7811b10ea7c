//! In which order messages come.

use crate::corner::{BOTH, Corner, listen, wish};
use mqtt::packet::{Packet, Publish, Qos, Version};
use tests::{Wire, publish_at};

/// Says so many things at this QoS, in one write, and goes through all that this takes.
async fn says(speaker: &mut Wire, topic: &str, qos: Qos, count: usize) {
    let mut ids = Vec::new();
    let mut packets = Vec::new();
    for number in 0..count {
        let id = (qos > Qos::AtMostOnce).then(|| speaker.fresh_id());
        ids.extend(id);
        let publish = Publish { packet_id: id, ..publish_at(qos, topic, number.to_string()) };
        packets.push(Packet::Publish(Box::new(publish)));
    }
    speaker.send_all(packets).await;
    for id in ids {
        match qos {
            Qos::ExactlyOnce => {
                speaker.pubrec(id).await;
            }
            _ => {
                assert_eq!(speaker.puback().await.packet_id, id, "answers come in the order of the messages")
            }
        }
    }
}

#[tokio::test]
pub(crate) async fn messages_of_one_client_to_a_topic_come_in_the_order_they_were_sent() {
    for version in BOTH {
        for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
            let corner = Corner::open().await;
            let mut listeners = Vec::new();
            for (number, wished) in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce].iter().enumerate() {
                let name = format!("listener{number}-");
                listeners.push(corner.listener(version, &name, *wished).await);
            }
            let mut speaker = corner.client(version, "speaker").await;
            says(&mut speaker, &corner.topic("tea"), qos, 100).await;
            for listener in &mut listeners {
                for number in 0..100 {
                    assert_eq!(listener.receive().await.payload, number.to_string());
                }
                listener.is_quiet().await;
            }
        }
    }
}

#[tokio::test]
pub(crate) async fn messages_that_waited_come_in_the_order_they_were_sent() {
    for version in BOTH {
        for qos in [Qos::AtLeastOnce, Qos::ExactlyOnce] {
            let corner = Corner::open().await;
            let device = corner.device(version, "away").lasting();
            let mut wire = device.connect().await;
            listen(&mut wire, wish(&corner.topic("tea"), Qos::ExactlyOnce)).await;
            wire.leave().await;
            let mut speaker = corner.client(version, "speaker").await;
            says(&mut speaker, &corner.topic("tea"), qos, 100).await;
            let mut wire = device.connect().await;
            for number in 0..100 {
                assert_eq!(wire.receive().await.payload, number.to_string());
            }
            wire.is_quiet().await;
        }
    }
}

#[tokio::test]
pub(crate) async fn two_clients_are_each_heard_in_their_order() {
    let corner = Corner::open().await;
    let mut listener = corner.listener(Version::V5, "listener", Qos::AtLeastOnce).await;
    let [mut ann, mut bo] = [corner.client(Version::V3, "ann").await, corner.client(Version::V5, "bo").await];
    let (anns, bos) = (corner.topic("tea/ann"), corner.topic("tea/bo"));
    tokio::join!(says(&mut ann, &anns, Qos::AtLeastOnce, 100), says(&mut bo, &bos, Qos::AtLeastOnce, 100));
    let mut next = [0, 0];
    for _ in 0..200 {
        let heard = listener.receive().await;
        let whose = usize::from(heard.topic == bos);
        assert_eq!(heard.payload, next[whose].to_string());
        next[whose] += 1;
    }
}
