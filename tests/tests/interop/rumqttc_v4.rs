//! rumqttc for MQTT 3.1.1, which reconnects and sends again by itself.

use rumqttc_v4::{AsyncClient, Event, Incoming, MqttOptions, PublishOptions, QoS};
use std::collections::VecDeque;
use tests::{Entry, World, publish, within};

/// ann's client sends through a crash without a draft; what it sends again with DUP is not said again.
#[tokio::test]
async fn rumqttc_sends_through_a_crash_and_nothing_is_lost_or_doubled() {
    const MESSAGES: usize = 500;
    let mut world = World::start().await;
    world.room("tea", ["ann", "bo"]).await;
    let mut options = MqttOptions::new("rumqttc", (world.mqtt.ip().to_string(), world.mqtt.port()));
    options.set_credentials("ann", World::password("ann").into_bytes()).set_clean_session(false);
    let (client, mut events) = AsyncClient::builder(options).capacity(10).build();
    let sender = tokio::spawn(async move {
        for number in 0..MESSAGES {
            let sent = client
                .publish("rooms/tea/say", number.to_string(), PublishOptions::new(QoS::AtLeastOnce))
                .await;
            sent.expect("rumqttc runs");
        }
        client
    });
    let mut acknowledged = 0;
    let mut crashes = VecDeque::from([100, 300]);
    while acknowledged < MESSAGES {
        match within("something to happen at rumqttc", events.poll()).await {
            Ok(Event::Incoming(Incoming::PubAck(_))) => acknowledged += 1,
            Ok(_) => {}
            Err(error) => panic!("the connection is not to be broken here: {error}"),
        }
        if crashes.front().is_some_and(|at| acknowledged >= *at) {
            crashes.pop_front();
            world.kill_9();
            world.restart().await;
            // It finds out, and connects again at its next turn.
            while within("rumqttc to notice", events.poll()).await.is_ok_and(|event| {
                acknowledged += usize::from(matches!(event, Event::Incoming(Incoming::PubAck(_))));
                true
            }) {}
        }
    }
    drop(sender.await.expect("everything was handed over"));

    let mut bo = world.device("bo", "phone").connect().await;
    bo.subscribes_with("rooms/tea/said", &[("since", "1")]).await;
    bo.is_taken(publish("rooms/tea/say", "the end")).await;
    let bodies: Vec<String> = bo.hear_all(MESSAGES + 1).await.iter().map(Entry::body).collect();
    let expected: Vec<String> =
        (0..MESSAGES).map(|number| number.to_string()).chain(["the end".into()]).collect();
    assert_eq!(bodies, expected);
}
