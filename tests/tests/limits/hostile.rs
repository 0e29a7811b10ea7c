//! Bytes that mean harm: each is refused with the code of its flaw, and nobody else notices.

use mqtt::ReasonCode;
use mqtt::packet::{Packet, PacketId, Publish, Version};
use tests::{Wire, World, filter, publish, say, subscribe};

/// A world with a bystander who must not notice anything.
struct Quiet {
    world: World,
    bystander: Wire,
    speaker: Wire,
    said: u64,
}

impl Quiet {
    async fn start() -> Quiet {
        let mut world = World::start().await;
        world.room("tea", ["ann", "bo", "eve"]).await;
        let mut bystander = world.device("bo", "phone").connect().await;
        bystander.listens("rooms/+/said").await;
        let speaker = world.device("ann", "phone").v3().connect().await;
        Quiet { world, bystander, speaker, said: 1 }
    }

    /// The others chat on: nothing was lost, nothing was added, no connection broke.
    async fn goes_on(&mut self, after: &str) {
        self.speaker.publish(say("tea", after, &[])).await;
        self.said += 1;
        let heard = self.bystander.hear().await;
        assert_eq!((heard.body().as_str(), heard.seq()), (after, self.said), "after {after}");
    }
}

/// A PUBLISH at QoS 0 of MQTT 5 with this topic, whatever it is, and an empty payload.
fn raw_publish(topic: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    body.extend(u16::try_from(topic.len()).expect("topics are shorter").to_be_bytes());
    body.extend(topic);
    body.push(0);
    let mut bytes = vec![0x30];
    let mut length = body.len();
    loop {
        let digit = (length % 128) as u8;
        length /= 128;
        bytes.push(if length > 0 { digit | 0x80 } else { digit });
        if length == 0 {
            break;
        }
    }
    bytes.extend(body);
    bytes
}

#[tokio::test]
async fn broken_packets_end_their_own_connection_with_their_code() {
    use ReasonCode::{
        MalformedPacket, PacketTooLarge, ProtocolError, TopicAliasInvalid, TopicFilterInvalid,
        TopicNameInvalid,
    };
    let mut quiet = Quiet::start().await;
    let deep = "a/".repeat(5_000);
    let cases: Vec<(&str, Vec<u8>, ReasonCode)> = vec![
        ("a packet type that is none", vec![0x00, 0x00], MalformedPacket),
        ("a SUBSCRIBE without its flags", vec![0x80, 0x00], MalformedPacket),
        ("a length of five bytes", vec![0x30, 0xff, 0xff, 0xff, 0xff, 0x01], MalformedPacket),
        ("a topic longer than its packet", vec![0x30, 0x03, 0x00, 0x09, b'a'], MalformedPacket),
        ("a topic with a wildcard", raw_publish(b"rooms/+/say"), TopicNameInvalid),
        ("a topic with U+0000", raw_publish(b"rooms/\0/say"), MalformedPacket),
        ("a topic that is no UTF-8", raw_publish(b"rooms/\xff/say"), MalformedPacket),
        ("a topic of 5,000 levels", raw_publish(deep.as_bytes()), TopicNameInvalid),
        ("no topic and no alias", raw_publish(b""), ProtocolError),
        ("a topic alias of 0", vec![0x30, 0x08, 0, 1, b'a', 3, 0x23, 0, 0, b'x'], TopicAliasInvalid),
        ("a packet of 200 MiB", vec![0x30, 0x80, 0x80, 0x80, 0x64], PacketTooLarge),
        ("a QoS of 3", vec![0x36, 0x02, 0x00, 0x00], MalformedPacket),
        ("a second CONNECT", b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x00".to_vec(), ProtocolError),
        ("a CONNACK from a client", vec![0x20, 0x03, 0x00, 0x00, 0x00], ProtocolError),
        ("a filter that is none", b"\x82\x0c\x00\x01\x00\x00\x06a/#/bc\x01".to_vec(), TopicFilterInvalid),
    ];
    for (name, bytes, code) in cases {
        let mut eve = quiet.world.device("eve", "phone").connect().await;
        eve.send_bytes(&bytes).await;
        match eve.next_or_end().await {
            Some(Packet::Disconnect(bye)) => assert_eq!(bye.code, code, "{name}: {bye:?}"),
            other => panic!("{name}: expected a DISCONNECT with {code:?}, got {other:?}"),
        }
        eve.ends().await;
        let mut old = quiet.world.device("eve", "old").v3().connect().await;
        old.send_bytes(&bytes[..2]).await;
        drop(old);
        quiet.goes_on(name).await;
    }
}

#[tokio::test]
async fn a_topic_with_a_first_character_that_is_not_ascii_is_a_topic_like_any_other() {
    let mut quiet = Quiet::start().await;
    for topic in ["é/1", "茶/say", "rooms/茶/say"] {
        let mut eve = quiet.world.device("eve", "phone").connect().await;
        assert_eq!(eve.publish(publish(topic, "x")).await.code, ReasonCode::NotAuthorized, "{topic}");
        assert_eq!(
            eve.subscribe(subscribe([filter(topic)])).await.codes,
            [ReasonCode::NotAuthorized],
            "{topic}"
        );
        eve.is_alive().await;
        quiet.goes_on(topic).await;
    }
}

#[tokio::test]
async fn what_is_no_connect_is_answered_as_far_as_it_can_be() {
    let mut quiet = Quiet::start().await;
    let connack_of = async |quiet: &Quiet, version, bytes: &[u8]| {
        let mut wire = Wire::open(quiet.world.mqtt, version).await;
        wire.send_bytes(bytes).await;
        let first = wire.next_or_end().await;
        wire.ends().await;
        first.map(|packet| match packet {
            Packet::Connack(connack) => connack.code,
            other => panic!("expected a CONNACK, got {other:?}"),
        })
    };
    let too_new = b"\x10\x0d\x00\x04MQTT\x06\x02\x00\x3c\x00\x00\x00";
    let too_old = b"\x10\x0f\x00\x06MQIsdp\x03\x02\x00\x3c\x00\x01a";
    let unsupported = Some(ReasonCode::UnsupportedProtocolVersion);
    assert_eq!(connack_of(&quiet, Version::V5, too_new).await, unsupported);
    assert_eq!(connack_of(&quiet, Version::V3, too_old).await, unsupported);
    for other in [&b"GET / HTTP/1.1\r\nHost: natter\r\n\r\n"[..], b"\x16\x03\x01\x02\x00\x01", &[0xc0, 0x00]]
    {
        assert_eq!(connack_of(&quiet, Version::V5, other).await, None, "{other:?} is no MQTT");
        quiet.goes_on("something that was no MQTT").await;
    }
}

#[tokio::test]
async fn more_under_way_than_agreed_ends_the_connection() {
    let mut quiet = Quiet::start().await;
    let (mut eve, connack) = quiet.world.device("eve", "phone").arrive().await;
    let agreed = connack.properties.receive_maximum.map_or(u16::MAX, std::num::NonZeroU16::get);
    // QoS 2 stays under way until its PUBREL, so the count does not depend on the speed of the disk. eve talks to
    // herself.
    let packets = (1..=agreed + 1).map(|id| {
        let qos = mqtt::packet::Qos::ExactlyOnce;
        Packet::Publish(Box::new(Publish {
            qos,
            packet_id: PacketId::new(id),
            ..publish("users/eve/say", "much")
        }))
    });
    eve.send_all(packets).await;
    loop {
        match eve.next_or_end().await.expect("a word before the end") {
            Packet::Pubrec(_) => {}
            Packet::Disconnect(bye) => break assert_eq!(bye.code, ReasonCode::ReceiveMaximumExceeded),
            other => panic!("unexpected {other:?}"),
        }
    }
    quiet.goes_on("a flood").await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_ended() {
    let mut quiet = Quiet::start().await;
    let mut silent = Wire::open(quiet.world.mqtt, Version::V5).await;
    let mut slow = Wire::open(quiet.world.mqtt, Version::V5).await;
    slow.send_bytes(&[0x10]).await;
    silent.ends().await;
    slow.ends().await;
    let mut brief = quiet.world.device("eve", "phone");
    brief.hello.keep_alive = 1;
    brief.connect().await.ends_with(ReasonCode::KeepAliveTimeout).await;
    quiet.goes_on("silence").await;
}

#[tokio::test]
async fn random_bytes_harm_nobody() {
    let mut quiet = Quiet::start().await;
    let mut chance = tests::chance();
    for round in 0..if tests::is_long() { 3_000 } else { 150 } {
        let bytes: Vec<u8> = (0..chance.usize(1..200)).map(|_| chance.u8(..)).collect();
        let mut eve = if chance.bool() {
            quiet.world.device("eve", "phone").connect().await
        } else {
            Wire::open(quiet.world.mqtt, Version::V5).await
        };
        eve.send_bytes(&bytes).await;
        drop(eve);
        if round % 50 == 0 {
            quiet.goes_on(&format!("round {round}")).await;
        }
    }
    quiet.goes_on("all of it").await;
}

#[tokio::test]
async fn too_many_subscriptions_are_refused_and_those_that_are_there_go_on() {
    let mut world = World::with(tests::Settings::default().set("mqtt.max_subscriptions", "5")).await;
    world.room("tea", ["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    let filters = ["rooms/+/said", "rooms/tea/said", "rooms/#", "me/#", "me/replies", "plain/#"];
    let suback = ann.subscribe(subscribe(filters.map(filter))).await;
    assert_eq!(suback.codes[..5], [ReasonCode::GrantedQos1; 5]);
    assert_eq!(suback.codes[5], ReasonCode::QuotaExceeded);
    ann.is_taken(say("tea", "hello", &[])).await;
    assert_eq!(ann.hear().await.body(), "hello");
}
