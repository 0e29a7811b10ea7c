//! Requests on `rpc/{method}` and their answers on `me/replies`.

use mqtt::ReasonCode;
use mqtt::packet::{Packet, Publish, Version};
use serde_json::{Value, json};
use tests::{Device, Entry, Settings, Wire, World, publish, within};

/// A request in JSON.
fn ask(method: &str, body: &Value) -> Publish {
    publish(&format!("rpc/{method}"), body.to_string())
}

/// Asks and hears the answer on `me/replies`.
async fn answered(wire: &mut Wire, method: &str, body: &Value) -> Value {
    wire.is_taken(ask(method, body)).await;
    let answer = wire.hear().await.json;
    assert_eq!(answer["reply"], method, "{answer}");
    answer
}

async fn listening(device: &Device) -> Wire {
    let mut wire = device.connect().await;
    wire.listens("me/#").await;
    wire
}

#[tokio::test]
async fn a_device_that_has_only_mqtt_makes_a_room_speaks_in_it_and_reads_what_was_said() {
    let mut world = World::start().await;
    world.users(["ann", "bo"]).await;
    for version in [Version::V3, Version::V5] {
        let room = format!("tea-{}", version as u8);
        let mut ann = listening(&world.device("ann", "phone").version(version)).await;
        let made = json!({"id": 1, "params": {"room": room, "members": ["bo"]}});
        let made = answered(&mut ann, "rooms.create", &made).await;
        assert_eq!((&made["id"], &made["result"]["room"]), (&json!(1), &json!(room)), "{made}");
        let said = json!({"id": "x", "params": {"room": room, "body": "hello"}});
        let said = answered(&mut ann, "messages.say", &said).await;
        assert_eq!((&said["id"], &said["result"]["seq"]), (&json!("x"), &json!(2)), "{said}");
        let read = answered(&mut ann, "messages.list", &json!({"params": {"room": room}})).await;
        assert_eq!(read["result"]["messages"][1]["body"], "hello", "{read}");
        assert!(read.get("id").is_none(), "{read}");
        let gone = answered(&mut ann, "rooms.leave", &json!({"params": {"room": room}})).await;
        assert_eq!(gone["result"], Value::Null, "{gone}");
    }
}

#[tokio::test]
async fn what_cannot_be_done_is_answered_with_the_problem_that_http_would_have() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    world.room("cellar", ["bo"]).await;
    let mut ann = listening(&world.device("ann", "phone")).await;
    for (method, params, code) in [
        ("rooms.get", json!({"room": "cellar"}), "not_found"),
        ("rooms.get", json!({"room": "nowhere"}), "not_found"),
        ("rooms.get", json!({"room": "Tea!"}), "bad_request"),
        ("rooms.get", json!({}), "bad_request"),
        ("rooms.get", json!({"room": "tea", "rooom": 1}), "bad_request"),
        ("admin.users", json!({}), "not_allowed"),
    ] {
        let answer = answered(&mut ann, method, &json!({"params": params})).await;
        assert_eq!(answer["problem"]["code"], code, "{method}: {answer}");
        assert!(answer.get("result").is_none());
    }
}

#[tokio::test]
async fn an_answer_goes_where_it_was_asked_for_with_its_correlation_data() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    ann.listens("me/replies/app-7").await;
    ann.listens("cbor/me/replies/+").await;
    for topic in ["me/replies/app-7", "cbor/me/replies/app-7"] {
        let mut request = ask("rooms.get", &json!({"params": {"room": "tea"}}));
        request.properties.response_topic = Some(topic.to_owned());
        request.properties.correlation_data = Some(vec![0, 255, 7].into());
        ann.is_taken(request).await;
        let Entry { publish, json } = ann.hear().await;
        assert_eq!(publish.topic, topic);
        assert_eq!(publish.properties.correlation_data.as_deref(), Some(&[0, 255, 7][..]));
        let kind = if topic.starts_with("cbor") { "application/cbor" } else { "application/json" };
        assert_eq!(publish.properties.content_type.as_deref(), Some(kind));
        assert_eq!(json["result"]["room"], "tea", "{json}");
    }
    // Nobody listens there: it is done, and nobody hears of it.
    let mut unheard = ask("messages.say", &json!({"params": {"room": "tea", "body": "unheard"}}));
    unheard.properties.response_topic = Some("me/replies/elsewhere".into());
    ann.is_taken(unheard).await;
    ann.is_quiet().await;
}

#[tokio::test]
async fn a_response_topic_that_is_none_of_ones_own_ends_the_connection() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    for topic in ["rooms/tea/said", "me/replies/a/b", "apps/x", "plain/me/replies"] {
        let mut ann = world.device("ann", "phone").connect().await;
        let mut request = ask("rooms.list", &json!({}));
        request.properties.response_topic = Some(topic.to_owned());
        request.packet_id = Some(ann.fresh_id());
        ann.send(Packet::Publish(Box::new(request))).await;
        ann.ends_with(ReasonCode::ProtocolError).await;
    }
}

#[tokio::test]
async fn what_is_no_request_is_refused_as_a_publish_is() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let large = format!(r#"{{"params":{{"a":"{}"}}}}"#, "x".repeat(128 * 1024));
    let mut ann = world.device("ann", "phone").connect().await;
    let mut old = world.device("ann", "old").v3().connect().await;
    old.listens("me/replies").await;
    for (topic, payload, code, word) in [
        ("rpc/rooms.dance", "{}", ReasonCode::NotAuthorized, "no_such_topic"),
        ("rpc/Rooms", "{}", ReasonCode::NotAuthorized, "no_such_topic"),
        ("plain/rpc/rooms.list", "{}", ReasonCode::NotAuthorized, "no_such_topic"),
        ("rpc/rooms.list", "[]", ReasonCode::PayloadFormatInvalid, "payload"),
        ("rpc/rooms.list", r#"{"limit": 5}"#, ReasonCode::PayloadFormatInvalid, "payload"),
        ("rpc/rooms.list", &large, ReasonCode::PayloadFormatInvalid, "too_large"),
    ] {
        let puback = ann.publish(publish(topic, payload)).await;
        assert_eq!(puback.code, code, "{topic}: {puback:?}");
        old.publish(publish(topic, payload)).await;
        assert_eq!(old.hear().await.word("refused"), word, "{topic}");
    }
}

#[tokio::test]
async fn a_request_with_a_key_that_is_sent_again_is_done_once() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let mut ann = listening(&world.device("ann", "phone")).await;
    let request = json!({"key": "tea-1", "params": {}});
    let first = answered(&mut ann, "rooms.create", &request).await;
    let again = answered(&mut ann, "rooms.create", &request).await;
    assert_eq!(first["result"], again["result"]);
    let list = answered(&mut ann, "rooms.list", &json!({})).await;
    assert_eq!(list["result"]["rooms"].as_array().map(Vec::len), Some(1), "{list}");
}

#[tokio::test]
async fn an_answer_waits_for_a_device_that_left_right_after_it_asked() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let phone = world.device("ann", "phone").lasting();
    let mut ann = phone.connect().await;
    ann.listens("me/replies").await;
    let mut request = ask("me.get", &json!({"id": "later"}));
    request.packet_id = Some(ann.fresh_id());
    let leave = Packet::Disconnect(Box::new(mqtt::packet::Disconnect::new(ReasonCode::Success)));
    ann.send_all([Packet::Publish(Box::new(request)), leave]).await;
    within("the connection to end", async { while ann.next_or_end().await.is_some() {} }).await;

    let mut back = phone.connect().await;
    let answer = back.hear().await.json;
    assert_eq!((&answer["id"], &answer["result"]["handle"]), (&json!("later"), &json!("ann")), "{answer}");
}

#[tokio::test]
async fn a_hundred_requests_at_once_are_all_answered() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let mut ann = listening(&world.device("ann", "phone")).await;
    let mut packets = Vec::new();
    for number in 0..100 {
        let mut request = ask("me.get", &json!({"id": number}));
        request.packet_id = Some(ann.fresh_id());
        packets.push(Packet::Publish(Box::new(request)));
    }
    ann.send_all(packets).await;
    for _ in 0..100 {
        assert_eq!(ann.puback().await.code, ReasonCode::Success);
    }
    let heard = ann.hear_all(100).await;
    let mut ids: Vec<u64> =
        heard.iter().map(|answer| answer.json["id"].as_u64().expect("a number")).collect();
    ids.sort_unstable();
    assert_eq!(ids, (0..100).collect::<Vec<u64>>());
}

#[tokio::test]
async fn an_answer_that_is_too_large_for_its_client_says_so() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut small = world.device("ann", "phone");
    small.hello.maximum_packet_size = 2_000.try_into().ok();
    let mut ann = listening(&small).await;
    ann.say_all("tea", (0..50).map(|number| format!("message {number}"))).await;
    let all = answered(&mut ann, "messages.list", &json!({"params": {"room": "tea"}})).await;
    assert_eq!(all["problem"]["code"], "too_large", "{all}");
    let some = answered(&mut ann, "messages.list", &json!({"params": {"room": "tea", "limit": 3}})).await;
    assert_eq!(some["result"]["messages"].as_array().map(Vec::len), Some(3), "{some}");
}

#[tokio::test]
async fn who_has_no_account_registers_by_mqtt_and_comes_in() {
    let mut world = World::with(Settings::default().set("auth.registration", "open")).await;
    world.users(["ann"]).await;
    for version in [Version::V3, Version::V5] {
        let mut device = world.nobody("phone").version(version);
        device.hello.clean_start = true;
        let mut stranger = listening(&device).await;
        let name = format!("cy-{}", version as u8);
        let params = json!({"handle": name, "password": "tea at four"});
        let made = answered(&mut stranger, "account.register", &json!({"params": params})).await;
        assert_eq!(made["result"]["handle"], json!(name), "{made}");
        let params = json!({"user": name, "password": "tea at four", "device": "phone"});
        let login = answered(&mut stranger, "account.login", &json!({"params": params})).await;
        let token = login["result"]["access_token"].as_str().expect("a token").to_owned();
        stranger.leave().await;

        let mut cy = world.device("ann", "phone").version(version).password(&token);
        cy.hello.user_name = Some(name.clone());
        let mut cy = listening(&cy).await;
        let me = answered(&mut cy, "me.get", &json!({})).await;
        assert_eq!(me["result"]["handle"], json!(name), "{me}");
    }
}

#[tokio::test]
async fn who_does_not_say_who_they_are_may_ask_what_anybody_may_and_nothing_else() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut stranger = listening(&world.nobody("phone")).await;
    for method in ["me.get", "rooms.list", "admin.users"] {
        let answer = answered(&mut stranger, method, &json!({})).await;
        assert_eq!(answer["problem"]["code"], "no_credentials", "{answer}");
    }
    for topic in ["rooms/tea/say", "users/ann/say", "rooms/tea/read", "users/nobody/say"] {
        assert_eq!(stranger.publish(publish(topic, "1")).await.code, ReasonCode::NotAuthorized, "{topic}");
    }
    for filter in ["rooms/+/said", "rooms/tea/said", "rooms/#", "me/events"] {
        assert_eq!(stranger.subscribes_with(filter, &[]).await, ReasonCode::NotAuthorized, "{filter}");
    }
    // Another one is nobody else: none takes the other's place, though both say the same.
    let mut other = listening(&world.nobody("phone")).await;
    stranger.is_alive().await;
    other.is_alive().await;
    let (_, connack) = world.nobody("phone").lasting().arrive().await;
    assert!(!connack.session_present && connack.properties.session_expiry == Some(0), "{connack:?}");
    let willing = world.nobody("other").will("rooms/tea/say", "gone");
    assert_eq!(willing.is_refused().await, ReasonCode::NotAuthorized);
}

#[tokio::test]
async fn where_strangers_are_not_wanted_everybody_says_who_they_are() {
    let world = World::with(Settings::default().set("auth.mqtt_strangers", "false")).await;
    assert_eq!(world.nobody("phone").is_refused().await, ReasonCode::NotAuthorized);
}

#[tokio::test]
async fn a_device_that_has_only_mqtt_says_when_it_is_left_in_peace_and_where_it_is_reached() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let mut ann = listening(&world.device("ann", "phone")).await;
    let night = json!({"quiet": {"from": "22:00", "to": "07:00", "zone": "Europe/Berlin"}});
    answered(&mut ann, "push.set_settings", &json!({"params": night})).await;
    let settings = answered(&mut ann, "push.settings", &json!({})).await;
    assert_eq!(settings["result"], night, "{settings}");
    let apps = answered(&mut ann, "push.apps", &json!({})).await;
    assert_eq!(apps["result"], json!({"apps": []}), "{apps}");
    // There is no app here that anybody could register for.
    let phone = json!({"device": "phone", "app": "natter", "provider": "log", "address": "phone"});
    let refused = answered(&mut ann, "push.register", &json!({"params": phone})).await;
    assert_eq!(refused["problem"]["code"], "invalid", "{refused}");
    let devices = answered(&mut ann, "push.devices", &json!({})).await;
    assert_eq!(devices["result"], json!({"devices": []}), "{devices}");
}
