//! Clients that nobody here wrote chat through the broker, in both versions.

use crate::stage::*;
use broker::application::{Arrival, Farewell, Outcome};
use broker::outbound::Offer;
use mqtt::packet::Qos;
use tokio::time::timeout;

/// Messages each client sends, more than any window holds.
const MANY: u64 = 1_000;

/// What a room does: everything said is heard again, in order, and then acknowledged.
async fn echo(stage: &mut Stage, arrival: &Arrival, count: u64) {
    let mut echoed = 0;
    while echoed < count {
        match stage.heard().await {
            Heard::Published(publish, answer) => {
                let heard = delivery_of(echoed, publish.payload, Qos::AtLeastOnce);
                assert_eq!(arrival.outbound.offer(heard), Offer::Taken);
                arrival.outbound.wake();
                answer.give(Outcome::success());
                echoed += 1;
            }
            Heard::Subscribed(..) | Heard::Acknowledged(_) | Heard::Released(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
}

/// One test for each version: the two crates have the same words for the same things.
macro_rules! a_client_chats {
    ($name:ident, $client:ident, $qos:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            use $client::{AsyncClient, Event, MqttOptions, Packet, PublishOptions, QoS};
            let mut stage = Stage::start().await;
            let address = ("127.0.0.1", stage.address.port());
            let options = MqttOptions::new("phone", address);
            let (client, mut events) = AsyncClient::builder(options).capacity(10).build();
            let speaking = client.clone();
            let speaker = tokio::spawn(async move {
                speaking.subscribe("rooms/+/said", QoS::AtLeastOnce).await.unwrap();
                for number in 0..MANY {
                    let options = PublishOptions::new(QoS::$qos);
                    speaking.publish("rooms/tea/say", number.to_string(), options).await.unwrap();
                }
            });
            let listener = tokio::spawn(async move {
                let mut heard = 0;
                while heard < MANY {
                    let event = timeout(PATIENCE, events.poll()).await.expect("nothing happens");
                    if let Event::Incoming(Packet::Publish(publish)) = event.unwrap() {
                        assert_eq!(publish.payload, heard.to_string());
                        heard += 1;
                    }
                }
                client.disconnect().await.unwrap();
                while timeout(PATIENCE, events.poll()).await.expect("nothing happens").is_ok() {}
            });
            let arrival = stage.arrival().await;
            echo(&mut stage, &arrival, MANY).await;
            speaker.await.unwrap();
            listener.await.unwrap();
            let departure = stage.departure().await;
            assert_eq!(departure.farewell, Farewell::ClientLeft);
        }
    };
}

a_client_chats!(a_3_1_1_client_chats_at_qos_1, rumqttc_v4, AtLeastOnce);
a_client_chats!(an_mqtt_5_client_chats_at_qos_1, rumqttc, AtLeastOnce);
a_client_chats!(a_3_1_1_client_chats_at_qos_2, rumqttc_v4, ExactlyOnce);
a_client_chats!(an_mqtt_5_client_chats_at_qos_2, rumqttc, ExactlyOnce);
