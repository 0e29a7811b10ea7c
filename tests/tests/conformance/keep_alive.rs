//! How long a client may be silent.
//!
//! What is awaited here is time itself, so all of it is in one test, side by side.

use crate::corner::{BOTH, Corner, listen, wish};
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Qos, Version};
use std::time::Duration;
use tests::{publish_at, within};
use tokio::sync::watch;

/// Silent from its CONNACK on; its will tells when the server has given it up.
async fn is_given_up(corner: &Corner, version: Version) {
    let mut listener = corner.client(version, "listener").await;
    listen(&mut listener, wish(&corner.topic("bye"), Qos::AtLeastOnce)).await;
    let mut silent = corner.device(version, "silent").will(&corner.topic("bye"), "it went silent");
    silent.hello.keep_alive = 2;
    let (mut silent, connack) = silent.arrive().await;
    assert_eq!(connack.properties.server_keep_alive, None, "its own keep alive counts");
    silent.ends_with(ReasonCode::KeepAliveTimeout).await;
    assert_eq!(listener.receive().await.payload, "it went silent");
}

/// Says something now and then, by whatever packet, until the silent one has gone.
async fn is_kept(corner: &Corner, version: Version, mut gone: watch::Receiver<bool>) {
    let mut talker = corner.device(version, "talker");
    talker.hello.keep_alive = 1;
    let mut talker = talker.connect().await;
    let mut spoken = 0;
    while !*gone.borrow_and_update() {
        spoken += 1;
        let message = publish_at(Qos::AtMostOnce, &corner.topic("talk"), "hm");
        let packet = if spoken % 2 == 0 { Packet::Publish(Box::new(message)) } else { Packet::Pingreq };
        talker.send(packet).await;
        tokio::time::timeout(Duration::from_millis(300), gone.changed()).await.ok();
    }
    for _ in 0..spoken - spoken / 2 {
        assert_eq!(talker.answer().await, Packet::Pingresp);
    }
    talker.is_alive().await;
}

#[tokio::test]
pub(crate) async fn silence_past_one_and_a_half_keep_alives_is_taken_for_a_lost_network() {
    let corners = [Corner::open().await, Corner::open().await];
    let mut patient = Vec::new();
    for version in BOTH {
        let mut device = corners[0].device(version, "patient");
        device.hello.keep_alive = 0;
        device.hello.client_id += if version == Version::V3 { "old" } else { "new" };
        patient.push(device.connect().await);
    }
    let (gone, is_gone) = watch::channel(false);
    let silent = async {
        tokio::join!(is_given_up(&corners[0], Version::V3), is_given_up(&corners[1], Version::V5));
        gone.send_replace(true);
    };
    let talkers = async {
        tokio::join!(
            is_kept(&corners[0], Version::V3, is_gone.clone()),
            is_kept(&corners[1], Version::V5, is_gone.clone())
        )
    };
    within("the silent ones to be given up", async { tokio::join!(silent, talkers) }).await;
    // Without a keep alive nobody is.
    for mut wire in patient {
        wire.is_alive().await;
    }
}
