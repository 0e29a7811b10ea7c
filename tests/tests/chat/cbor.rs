//! `cbor/`: the same conversation in fewer bytes.

use crate::opening::tea_for_two;
use mqtt::ReasonCode;
use mqtt::packet::Version;
use tests::{Entry, World, filter, publish, say, subscribe};

/// `{6: BODY}`, for a short body.
fn body(body: &str) -> Vec<u8> {
    let length = u8::try_from(body.len()).expect("a short body");
    assert!(length < 24, "a short body");
    [&[0xA1, 0x06, 0x60 | length], body.as_bytes()].concat()
}

#[tokio::test]
async fn what_is_said_in_any_format_is_heard_in_every_other() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo", "cy"]).await;
    for version in [Version::V3, Version::V5] {
        let mut ann = world.device("ann", "phone").version(version).connect().await;
        let mut bo = world.device("bo", "phone").version(version).connect().await;
        let mut cy = world.device("cy", "meter").version(version).connect().await;
        bo.listens("rooms/+/said").await;
        cy.listens("cbor/rooms/+/said").await;
        for (topic, payload) in [
            ("rooms/tea/say", br#"{"body": "warm", "data": {"celsius": 22.5}}"#.to_vec()),
            ("cbor/rooms/tea/say", body("warm")),
            ("cbor/rooms/tea/say", b"\x64warm".to_vec()),
            ("plain/rooms/tea/say", b"warm".to_vec()),
        ] {
            ann.publish(publish(topic, payload)).await;
            let (json, cbor) = (bo.hear().await, cy.hear().await);
            assert_eq!((json.body().as_str(), &cbor.json), ("warm", &json.json));
            assert_eq!(cbor.publish.topic, "cbor/rooms/tea/said");
            assert!(cbor.publish.properties.user_properties.is_empty());
            if version == Version::V5 {
                assert_eq!(cbor.publish.properties.content_type.as_deref(), Some("application/cbor"));
            }
        }
    }
}

#[tokio::test]
async fn a_device_hears_both_formats_side_by_side_and_what_it_missed_in_both() {
    let (world, mut ann) = tea_for_two().await;
    let phone = world.device("bo", "phone").lasting();
    let mut bo = phone.connect().await;
    bo.listens("rooms/+/said").await;
    bo.listens("cbor/rooms/+/said").await;
    ann.is_taken(say("tea", "before", &[])).await;
    bo.hear_all(2).await;
    bo.leave().await;
    for number in 0..100 {
        ann.is_taken(say("tea", &number.to_string(), &[])).await;
    }

    let mut bo = phone.connect().await;
    let (cbor, json): (Vec<Entry>, Vec<Entry>) =
        bo.hear_all(200).await.into_iter().partition(|entry| entry.publish.topic.starts_with("cbor/"));

    for (number, (json, cbor)) in json.iter().zip(&cbor).enumerate() {
        assert_eq!((json.body(), &cbor.json), (number.to_string(), &json.json));
    }
    assert_eq!((json.len(), cbor.len()), (100, 100));
    bo.is_quiet().await;
}

#[tokio::test]
async fn what_is_done_to_a_message_is_said_and_heard_in_cbor() {
    let (world, mut ann) = tea_for_two().await;
    let mut bo = world.device("bo", "meter").connect().await;
    bo.listens("cbor/rooms/+/said").await;
    ann.is_taken(publish("cbor/rooms/tea/say", body("warm"))).await;
    let message = bo.hear().await.seq();
    let of = u8::try_from(message).expect("a young room");
    for (deed, kind, words) in [
        ([b"\xA3\x05\x64edit\x10", &[of][..], b"\x06\x64cold"].concat(), "edit", "cold"),
        ([b"\xA3\x05\x65react\x10", &[of][..], b"\x06\x62+1"].concat(), "react", "+1"),
        ([b"\xA2\x05\x63pin\x10", &[of][..]].concat(), "pin", ""),
        ([b"\xA2\x05\x66recall\x10", &[of][..]].concat(), "recall", ""),
    ] {
        ann.is_taken(publish("cbor/rooms/tea/say", deed)).await;
        let heard = bo.hear().await;
        assert_eq!((heard.kind().as_str(), heard.body().as_str()), (kind, words));
        assert_eq!(heard.word("of"), message.to_string());
    }
    let again =
        ann.publish(publish("cbor/rooms/tea/say", [b"\xA2\x05\x63pin\x10", &[of][..]].concat())).await;
    assert_eq!(again.code, ReasonCode::ImplementationSpecificError, "it was taken back");
}

#[tokio::test]
async fn a_subscription_in_cbor_begins_where_it_wishes() {
    let (world, mut ann) = tea_for_two().await;
    for number in 0..10 {
        ann.is_taken(say("tea", &number.to_string(), &[])).await;
    }
    let mut bo = world.device("bo", "meter").connect().await;
    bo.subscribes_with("cbor/rooms/tea/said", &[("since", "1"), ("replay", "2")]).await;
    let heard = bo.hear_all(3).await;
    assert_eq!(
        (heard[0].kind().as_str(), heard[0].word("from"), heard[0].word("to")),
        ("gap", "2".into(), "9".into())
    );
    assert_eq!([heard[1].body(), heard[2].body()], ["8", "9"]);
    bo.is_quiet().await;
}

#[tokio::test]
async fn rights_are_the_same_in_cbor() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    world.room("cellar", ["bo"]).await;
    let mut ann = world.device("ann", "meter").connect().await;
    for (topic, code) in [
        ("cbor/rooms/+/said", ReasonCode::GrantedQos1),
        ("cbor/#", ReasonCode::GrantedQos1),
        ("cbor/rooms/cellar/said", ReasonCode::NotAuthorized),
        ("cbor/rooms/attic/said", ReasonCode::NotAuthorized),
        ("cbor/rooms/tea/say", ReasonCode::NotAuthorized),
        ("cbor/apps/x", ReasonCode::NotAuthorized),
    ] {
        assert_eq!(ann.subscribe(subscribe([filter(topic)])).await.codes, [code], "{topic}");
    }
    for (topic, payload, code) in [
        ("cbor/rooms/cellar/say", body("hello"), ReasonCode::NotAuthorized),
        ("cbor/users/nobody/say", body("hello"), ReasonCode::NotAuthorized),
        ("cbor/rooms/tea/said", body("hello"), ReasonCode::NotAuthorized),
        ("cbor/rooms/tea/say", b"hello".to_vec(), ReasonCode::PayloadFormatInvalid),
        ("cbor/rooms/tea/say", vec![0xA0], ReasonCode::PayloadFormatInvalid),
        ("cbor/rooms/tea/read", b"1".to_vec(), ReasonCode::PayloadFormatInvalid),
    ] {
        assert_eq!(ann.publish(publish(topic, payload)).await.code, code, "{topic}");
    }
    ann.is_taken(publish("cbor/rooms/tea/read", b"\x01")).await;
    ann.is_taken(publish("cbor/users/bo/say", body("hello"))).await;
}

#[tokio::test]
async fn a_draft_is_one_message_in_whichever_format_it_is_sent_again() {
    let (_world, mut ann) = tea_for_two().await;
    let draft = "0198f3c2-7d1e-7000-8000-000000000001";
    let bytes = b"\xA2\x06\x65hello\x0A\x50\x01\x98\xf3\xc2\x7d\x1e\x70\x00\x80\x00\x00\x00\x00\x00\x00\x01";
    let first = ann.is_taken(publish("cbor/rooms/tea/say", bytes)).await;
    let again = ann.is_taken(say("tea", "hello", &[("draft", draft)])).await;
    let word = |key: &str| {
        let found = |puback: &mqtt::packet::Acknowledge| {
            puback.user_properties.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
        };
        (found(&first), found(&again))
    };
    assert_eq!(word("duplicate"), (Some("false".into()), Some("true".into())));
    assert_eq!(word("seq").0, word("seq").1);
}

#[tokio::test]
async fn a_refusal_that_was_not_taken_waits_in_its_format() {
    let mut world = World::start().await;
    world.room("cellar", ["bo"]).await;
    world.users(["ann"]).await;
    let meter = world.device("ann", "meter").v3().lasting();
    let mut ann = meter.connect().await;
    ann.listens("cbor/me/replies").await;
    ann.publish(publish("cbor/rooms/cellar/say", body("hello"))).await;
    let first = ann.message().await;
    drop(ann);

    let again = Entry::of(meter.connect().await.message().await);
    assert_eq!((&again.publish.topic, &again.publish.payload), (&first.topic, &first.payload));
    assert_eq!(again.json["refused"], "not_a_member");
    assert_eq!(again.json["topic"], "cbor/rooms/cellar/say");
}
