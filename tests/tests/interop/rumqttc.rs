//! rumqttc for MQTT 5, which asks by requests.

use rumqttc::mqttbytes::v5::PublishProperties;
use rumqttc::{AsyncClient, Event, EventLoop, Incoming, MqttOptions, Publish, PublishOptions, QoS};
use serde_json::Value;
use tests::{World, within};

/// The next packet that is wanted.
async fn comes<Wanted>(
    events: &mut EventLoop,
    what: &str,
    wanted: impl Fn(Incoming) -> Option<Wanted>,
) -> Wanted {
    loop {
        let event = within(what, events.poll()).await.expect("the connection goes on");
        if let Event::Incoming(packet) = event
            && let Some(found) = wanted(packet)
        {
            return found;
        }
    }
}

/// rumqttc may send a Publish handed over later before this SUBSCRIBE: it keeps them in two queues.
async fn is_subscribed(events: &mut EventLoop) {
    comes(events, "a SUBACK", |packet| matches!(packet, Incoming::SubAck(_)).then_some(())).await;
}

async fn message(events: &mut EventLoop) -> Publish {
    let publish = |packet| if let Incoming::Publish(publish) = packet { Some(publish) } else { None };
    comes(events, "an answer", publish).await
}

#[tokio::test]
async fn rumqttc_asks_and_knows_the_answer_by_its_correlation_data() {
    let mut world = World::start().await;
    world.room("tea", ["ann"]).await;
    let mut options = MqttOptions::new("rumqttc", (world.mqtt.ip().to_string(), world.mqtt.port()));
    options.set_credentials("ann", World::password("ann").into_bytes());
    let (client, mut events) = AsyncClient::builder(options).capacity(16).build();
    client.subscribe("me/replies/+", QoS::AtLeastOnce).await.expect("rumqttc runs");
    is_subscribed(&mut events).await;
    for number in 0..10_u8 {
        let properties = PublishProperties {
            response_topic: Some("me/replies/rumqttc".into()),
            correlation_data: Some(vec![number].into()),
            ..PublishProperties::default()
        };
        let options = PublishOptions::new(QoS::AtLeastOnce).properties(properties);
        let request = format!(r#"{{"id": {number}, "params": {{"room": "tea"}}}}"#);
        client.publish("rpc/rooms.get", request, options).await.expect("rumqttc runs");
    }
    let mut answered = Vec::new();
    while answered.len() < 10 {
        let answer = message(&mut events).await;
        assert_eq!(answer.topic, "me/replies/rumqttc");
        let told: Value = serde_json::from_slice(&answer.payload).expect("it is JSON");
        let mark =
            answer.properties.and_then(|properties| properties.correlation_data).expect("as it was sent");
        assert_eq!((&told["id"], &told["result"]["room"]), (&Value::from(mark[0]), &Value::from("tea")));
        answered.push(mark[0]);
    }
    answered.sort_unstable();
    assert_eq!(answered, (0..10).collect::<Vec<u8>>());
}
