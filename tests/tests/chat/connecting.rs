//! Who is let in, and as whom.

use mqtt::ReasonCode;
use std::time::Duration;
use tests::{Settings, World, say, within};

#[tokio::test]
async fn a_connection_ends_with_its_token() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let token = world.natter(&["token", "ann", "--ttl", "2s"]).await;
    let brief = world.device("ann", "phone").password(token.trim());
    let mut ann = brief.connect().await;
    ann.is_alive().await;
    ann.ends_with(ReasonCode::MaximumConnectTime).await;
    // Connections end within the last tenth of their token, so that not all come back at once. When the token itself is
    // over nobody is told: that is a time of the server's own clock, in whole seconds.
    let refused = async {
        loop {
            let (_, connack) = brief.try_arrive().await.expect("a CONNACK");
            if connack.code != ReasonCode::Success {
                return connack.code;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    assert_eq!(within("the token to be over", refused).await, ReasonCode::BadUserNameOrPassword);
}

#[tokio::test]
async fn without_passwords_only_tokens_open_the_door() {
    let mut world = World::with(Settings::default().set("auth.mqtt_password", "false")).await;
    world.users(["ann"]).await;
    let refused = world.device("ann", "phone").password(&World::password("ann")).is_refused().await;
    assert_eq!(refused, ReasonCode::BadUserNameOrPassword);
    world.device("ann", "phone").connect().await.is_alive().await;
}

#[tokio::test]
async fn nobody_is_let_in_without_saying_who() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let mut nobody = world.device("ann", "phone");
    nobody.hello.password = None;
    let mut stranger = world.device("ann", "phone");
    stranger.hello.user_name = Some("nobody".into());
    for device in [nobody.clone(), stranger] {
        let code = device.is_refused().await;
        assert!(matches!(code, ReasonCode::BadUserNameOrPassword | ReasonCode::NotAuthorized), "{code:?}");
    }
}

#[tokio::test]
async fn a_device_without_a_name_is_given_one_that_it_can_come_back_with() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let mut unnamed = world.device("ann", "").lasting();
    let (ann, connack) = unnamed.arrive().await;
    let given = connack.properties.assigned_client_id.expect("MQTT 5 gives it a name");
    assert!(!given.is_empty());
    ann.leave().await;
    unnamed.hello.client_id = given;
    assert!(unnamed.arrive().await.1.session_present);

    let old = world.device("ann", "").v3();
    old.connect().await.leave().await;
    assert_eq!(old.lasting().is_refused().await, ReasonCode::ClientIdentifierNotValid);
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_over_and_a_client_may_change_its_mind_at_the_end() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut brief = world.device("ann", "brief").lasting();
    brief.hello.session_expiry = Some(1);
    let lasting = world.device("ann", "lasting").lasting();
    brief.connect().await.leave().await;
    let mut ann = lasting.connect().await;
    let mut bye = mqtt::packet::Disconnect::new(ReasonCode::Success);
    bye.session_expiry = Some(0);
    ann.send(mqtt::packet::Packet::Disconnect(Box::new(bye))).await;
    ann.ends().await;
    assert!(!lasting.arrive().await.1.session_present, "it ended with its connection");

    // What is awaited here is time itself: seconds of the server's own clock, and nobody is told when they are over.
    tokio::time::sleep(Duration::from_millis(2_200)).await;
    assert!(!brief.arrive().await.1.session_present, "its second is over");
}

#[tokio::test]
async fn two_users_may_call_their_devices_the_same() {
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let (anns, bos) = (world.device("ann", "phone").lasting(), world.device("bo", "phone").lasting());
    let (mut ann, mut bo) = (anns.connect().await, bos.connect().await);
    ann.listens("rooms/tea/said").await;
    bo.is_taken(say("tea", "hello", &[])).await;
    assert_eq!(ann.hear().await.body(), "hello");
    bo.is_quiet().await;
    ann.leave().await;
    bo.leave().await;
    bos.clone().clean().connect().await.leave().await;
    assert!(anns.arrive().await.1.session_present, "the one is not the other");
}

#[tokio::test]
async fn connack_says_what_the_server_does() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let (_, connack) = world.device("ann", "phone").arrive().await;
    let says = connack.properties;
    assert_eq!(says.retain_available, None);
    assert_eq!(says.receive_maximum.map(std::num::NonZeroU16::get), Some(256));
    assert_eq!(says.maximum_packet_size.map(std::num::NonZeroU32::get), Some(256 << 10));
    assert_eq!(says.topic_alias_maximum, Some(16));
    // What is absent is there: retained messages, QoS 2, wildcards, subscription identifiers, shared subscriptions.
    assert_ne!(says.shared_subscriptions, Some(false));
    assert_ne!(says.maximum_qos, Some(1));
    assert_ne!(says.wildcard_subscriptions, Some(false));
    assert_ne!(says.subscription_identifiers, Some(false));
}

#[tokio::test]
async fn topic_aliases_save_bytes_and_mean_the_same() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut ann = world.device("ann", "phone").connect().await;
    ann.listens("rooms/tea/said").await;
    let mut message = say("tea", "by name", &[]);
    message.properties.topic_alias = 3.try_into().ok();
    ann.is_taken(message.clone()).await;
    message.topic = String::new();
    message.payload = "by number".into();
    message.packet_id = None;
    ann.is_taken(message.clone()).await;
    assert_eq!(ann.hear().await.body(), "by name");
    assert_eq!(ann.hear().await.body(), "by number");
    message.properties.topic_alias = 4.try_into().ok();
    message.packet_id = Some(ann.fresh_id());
    ann.send(mqtt::packet::Packet::Publish(Box::new(message))).await;
    ann.ends_with(ReasonCode::ProtocolError).await;
}
