//! Why not: each refusal says so, and stores nothing.

use mqtt::ReasonCode;
use mqtt::packet::{Packet, Publish, Qos};
use tests::{Entry, Wire, World, publish, say};

/// What ann, who is in `tea` and not in `cellar`, must not publish; the word and the code for it.
fn refused() -> Vec<(Publish, &'static str, ReasonCode)> {
    use ReasonCode::{NotAuthorized, PayloadFormatInvalid};
    vec![
        (publish("rooms/cellar/say", "hello"), "not_a_member", NotAuthorized),
        (publish("rooms/attic/say", "hello"), "not_a_member", NotAuthorized),
        (publish("rooms/cellar/read", "1"), "not_a_member", NotAuthorized),
        (publish("users/nobody/say", "hello"), "no_such_user", NotAuthorized),
        (publish("rooms/tea/said", "hello"), "no_such_topic", NotAuthorized),
        (publish("me/replies", "hello"), "no_such_topic", NotAuthorized),
        (publish("somewhere/else", "hello"), "no_such_topic", NotAuthorized),
        (publish("rooms/TEA/say", "hello"), "no_such_topic", NotAuthorized),
        (publish("é/1", "hello"), "no_such_topic", NotAuthorized),
        (publish("rooms/tea/say", "{\"body\": \"the"), "payload", PayloadFormatInvalid),
        (publish("rooms/tea/say", "{\"bdoy\": \"hello\"}"), "payload", PayloadFormatInvalid),
        (publish("rooms/tea/say", ""), "payload", PayloadFormatInvalid),
        (publish("rooms/tea/say", "{\"kind\": \"recall\"}"), "payload", PayloadFormatInvalid),
        (publish("rooms/tea/say", "{\"kind\": \"recall\", \"of\": 99}"), "no_such_message", NotAuthorized),
        (publish("rooms/tea/read", "0"), "payload", PayloadFormatInvalid),
        (publish("rooms/tea/read", "far"), "payload", PayloadFormatInvalid),
        (publish("rooms/tea/say", "x".repeat((64 << 10) + 1)), "too_large", PayloadFormatInvalid),
    ]
}

async fn world() -> World {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    world.room("cellar", ["bo"]).await;
    world
}

/// Nothing of it was stored: the next thing bo hears is the next thing said, right after the last.
async fn stored_nothing(ann: &mut Wire, bo: &mut Wire) {
    ann.publish(say("tea", "and now something else", &[])).await;
    let heard = bo.hear().await;
    assert_eq!((heard.body(), heard.seq()), ("and now something else".into(), 2));
}

#[tokio::test]
async fn a_refused_publish_says_why_and_stores_nothing() {
    let world = world().await;
    let mut ann = world.device("ann", "phone").connect().await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/+/said").await;
    for (message, word, code) in refused() {
        let puback = ann.publish(message.clone()).await;
        assert_eq!(puback.code, code, "{message:?}: {puback:?}");
        assert!(puback.reason.as_ref().is_some_and(|reason| !reason.is_empty()), "{message:?}");
        let told = puback.user_properties.iter().find(|(name, _)| name == "refused");
        assert_eq!(told.map(|(_, word)| word.as_str()), Some(word), "{message:?}");
    }
    stored_nothing(&mut ann, &mut bo).await;
}

#[tokio::test]
async fn in_3_1_1_the_refusal_comes_on_me_replies_before_the_puback() {
    let world = world().await;
    let mut ann = world.device("ann", "phone").v3().connect().await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/+/said").await;
    ann.listens("me/replies").await;
    for (mut message, word, _) in refused() {
        let id = ann.fresh_id();
        message.packet_id = Some(id);
        ann.send(Packet::Publish(Box::new(message.clone()))).await;
        let reply = ann.hear().await;
        assert_eq!(reply.publish.topic, "me/replies");
        assert_eq!(reply.json["refused"], word, "{message:?}");
        assert_eq!(reply.json["topic"], message.topic);
        assert_eq!(reply.json["packet"], id.get());
        assert_eq!(reply.json["retry_after_ms"], serde_json::Value::Null);
        assert!(reply.json["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
        let Packet::Puback(puback) = ann.next().await else { panic!("expected the PUBACK after the reply") };
        assert_eq!(puback.packet_id, id);
    }
    stored_nothing(&mut ann, &mut bo).await;
}

#[tokio::test]
async fn of_qos_0_the_refusal_comes_on_me_replies() {
    let world = world().await;
    let mut ann = world.device("ann", "phone").connect().await;
    ann.listens("me/#").await;
    for (mut message, word, _) in refused() {
        message.qos = Qos::AtMostOnce;
        ann.send(Packet::Publish(Box::new(message.clone()))).await;
        let reply = ann.hear().await;
        assert_eq!(
            (reply.json["refused"].as_str(), reply.json["topic"].as_str()),
            (Some(word), Some(&*message.topic))
        );
        assert!(reply.json["packet"].is_null());
    }
}

#[tokio::test]
async fn a_refusal_names_the_draft_of_what_was_refused() {
    let world = world().await;
    let mut ann = world.device("ann", "phone").v3().connect().await;
    ann.listens("me/replies").await;
    ann.listens("plain/me/replies").await;
    ann.publish(publish("rooms/cellar/say", r#"{"draft": "kettle-1", "body": "hello"}"#)).await;
    let mut replies = [ann.hear().await, ann.hear().await];
    replies.sort_by_key(|reply| reply.publish.topic.clone());
    assert_eq!(replies[0].json["draft"], "kettle-1");
    assert_eq!(
        String::from_utf8_lossy(&replies[1].publish.payload),
        replies[0].json["reason"].as_str().unwrap()
    );
}

#[tokio::test]
async fn replies_are_for_the_session_that_asked_and_wait_for_it() {
    let world = world().await;
    let phone = world.device("ann", "phone").v3().lasting();
    let mut ann = phone.connect().await;
    let mut other = world.device("ann", "other").v3().connect().await;
    ann.listens("me/replies").await;
    other.listens("me/replies").await;
    ann.publish(publish("rooms/cellar/say", "hello")).await;
    let first = ann.message().await;
    drop(ann);

    let mut ann = phone.connect().await;
    let again = ann.message().await;
    assert_eq!(again.payload, first.payload);
    other.is_quiet().await;
}

#[tokio::test]
async fn in_a_room_retain_is_refused_in_mqtt_5_and_ignored_in_3_1_1() {
    let world = world().await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/tea/said").await;
    let mut message = say("tea", "keep this", &[]);
    message.retain = true;

    let mut new = world.device("ann", "new").connect().await;
    message.packet_id = Some(new.fresh_id());
    new.send(Packet::Publish(Box::new(message.clone()))).await;
    new.ends_with(ReasonCode::RetainNotSupported).await;
    let mut new = world.device("ann", "new").connect().await;
    new.is_alive().await;

    let mut old = world.device("ann", "old").v3().connect().await;
    old.publish(message).await;
    let heard = bo.hear().await;
    assert_eq!((heard.body(), heard.seq(), heard.publish.retain), ("keep this".into(), 2, false));
    let mut late = world.device("bo", "late").connect().await;
    late.listens("rooms/tea/said").await;
    late.is_quiet().await;
}

#[tokio::test]
async fn without_problem_information_a_puback_is_bare_and_the_echo_tells_the_seq() {
    let world = world().await;
    let mut device = world.device("ann", "phone");
    device.hello.request_problem_information = Some(false);
    let mut ann = device.connect().await;
    ann.listens("rooms/tea/said").await;
    let puback = ann.is_taken(say("tea", "hello", &[])).await;
    assert!(puback.user_properties.is_empty() && puback.reason.is_none());
    let refused = ann.publish(say("cellar", "hello", &[])).await;
    assert_eq!(refused.code, ReasonCode::NotAuthorized);
    assert!(refused.user_properties.is_empty() && refused.reason.is_none());
    assert_eq!(ann.hear().await.seq(), 2);
}

#[tokio::test]
async fn a_message_of_exactly_the_limit_is_taken() {
    let world = world().await;
    let mut ann = world.device("ann", "phone").connect().await;
    let mut bo = world.device("bo", "phone").connect().await;
    bo.listens("rooms/tea/said").await;
    ann.is_taken(say("tea", &"x".repeat(64 << 10), &[])).await;
    let heard: Entry = bo.hear().await;
    assert_eq!(heard.body().len(), 64 << 10);
}
