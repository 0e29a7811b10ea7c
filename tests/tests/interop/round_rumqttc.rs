//! The same round by rumqttc, in its two crates: one for each version of MQTT, with the same words.

use crate::round::open_world;

/// Messages that wait over the crash.
const QUEUED: usize = 100;

/// The round of one crate; `session` makes a session that lasts or does not, `will` one of its wills.
macro_rules! round {
    ($version:ident, $crate_of_it:ident, $session:expr, $will:expr) => {
        mod $version {
            use super::QUEUED;
            use tests::{World, within};
            use tokio::sync::mpsc;
            use tokio::task::JoinHandle;
            use $crate_of_it::{AsyncClient, Event, Incoming, MqttOptions, Publish, PublishOptions, QoS};

            /// A client without a name.
            struct Client {
                client: AsyncClient,
                came: mpsc::UnboundedReceiver<Incoming>,
                /// Dropping it cuts the connection.
                going: JoinHandle<()>,
            }

            impl Client {
                async fn connect(
                    world: &World,
                    name: &str,
                    lasting: bool,
                    will: Option<&str>,
                ) -> (Client, bool) {
                    let name = format!("{name}-{}", stringify!($version));
                    let mut options =
                        MqttOptions::new(name, (world.mqtt.ip().to_string(), world.mqtt.port()));
                    $session(&mut options, lasting);
                    if let Some(topic) = will {
                        options.set_last_will($will(topic));
                    }
                    let (client, mut events) = AsyncClient::builder(options).capacity(64).build();
                    let (comes, came) = mpsc::unbounded_channel();
                    let going = tokio::spawn(async move {
                        while let Ok(event) = events.poll().await {
                            if let Event::Incoming(packet) = event {
                                comes.send(packet).ok();
                            }
                        }
                    });
                    let mut client = Client { client, came, going };
                    let present = client
                        .next("a CONNACK", |packet| match packet {
                            Incoming::ConnAck(connack) => Some(connack.session_present),
                            _ => None,
                        })
                        .await;
                    (client, present)
                }

                async fn next<T>(&mut self, what: &str, wanted: impl Fn(Incoming) -> Option<T>) -> T {
                    loop {
                        let packet = within(what, self.came.recv()).await.expect("the connection goes on");
                        if let Some(found) = wanted(packet) {
                            return found;
                        }
                    }
                }

                async fn subscribe(&mut self, filter: &str, qos: QoS) {
                    self.client.subscribe(filter, qos).await.expect("rumqttc runs");
                    self.next("a SUBACK", |packet| matches!(packet, Incoming::SubAck(_)).then_some(())).await;
                }

                async fn say(&mut self, topic: &str, body: &str, qos: QoS, retain: bool) {
                    let options = PublishOptions::new(qos).retain(retain);
                    self.client.publish(topic, body.to_owned(), options).await.expect("rumqttc runs");
                    let is_done = |packet| match (qos, packet) {
                        (QoS::AtLeastOnce, Incoming::PubAck(_)) => Some(()),
                        (QoS::ExactlyOnce, Incoming::PubComp(_)) => Some(()),
                        _ => None,
                    };
                    if qos != QoS::AtMostOnce {
                        self.next("the end of a message", is_done).await;
                    }
                }

                async fn hear(&mut self) -> (String, String, Publish) {
                    let heard = self
                        .next("a message", |packet| match packet {
                            Incoming::Publish(publish) => Some(publish),
                            _ => None,
                        })
                        .await;
                    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    (text(&heard.topic), text(&heard.payload), heard)
                }

                async fn leave(self) {
                    self.client.disconnect().await.expect("rumqttc runs");
                    within("the end of a connection", self.going).await.expect("it ends in order");
                }
            }

            async fn before(world: &World) {
                let (mut ann, _) = Client::connect(world, "ann", false, None).await;
                let (mut bo, _) = Client::connect(world, "bo", false, None).await;
                bo.subscribe("rumqttc/qos/+", QoS::ExactlyOnce).await;
                for (number, qos) in
                    [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce].into_iter().enumerate()
                {
                    let topic = format!("rumqttc/qos/{number}");
                    ann.say(&topic, "hello", qos, false).await;
                    let (at, body, heard) = bo.hear().await;
                    assert_eq!((at, body.as_str(), heard.qos), (topic, "hello", qos));
                }
                for body in ["one", "two"] {
                    ann.say("rumqttc/kept", body, QoS::AtLeastOnce, true).await;
                }
                bo.subscribe("rumqttc/kept", QoS::AtLeastOnce).await;
                let (_, body, kept) = bo.hear().await;
                assert_eq!((body.as_str(), kept.retain), ("two", true));

                bo.subscribe("rumqttc/will", QoS::AtLeastOnce).await;
                let (cy, _) = Client::connect(world, "cy", false, Some("rumqttc/will")).await;
                cy.going.abort();
                assert_eq!(bo.hear().await.1, "somebody is gone");

                let (mut di, _) = Client::connect(world, "di", false, None).await;
                for member in [&mut bo, &mut di] {
                    member.subscribe("$share/workers/rumqttc/jobs", QoS::AtLeastOnce).await;
                }
                for job in 0..4 {
                    ann.say("rumqttc/jobs", &job.to_string(), QoS::AtLeastOnce, false).await;
                }
                let mut jobs = Vec::new();
                for _ in 0..2 {
                    jobs.extend([bo.hear().await.1, di.hear().await.1]);
                }
                jobs.sort_unstable();
                assert_eq!(jobs, ["0", "1", "2", "3"]);

                let (mut away, present) = Client::connect(world, "away", true, None).await;
                assert!(!present);
                away.subscribe("rumqttc/queue", QoS::AtLeastOnce).await;
                away.leave().await;
                for number in 0..QUEUED {
                    ann.say("rumqttc/queue", &number.to_string(), QoS::AtLeastOnce, false).await;
                }
            }

            async fn after(world: &World) {
                let (mut away, present) = Client::connect(world, "away", true, None).await;
                assert!(present);
                for number in 0..QUEUED {
                    assert_eq!(away.hear().await.1, number.to_string());
                }
                let (mut bo, _) = Client::connect(world, "bo", false, None).await;
                bo.subscribe("rumqttc/kept", QoS::AtLeastOnce).await;
                assert_eq!(bo.hear().await.1, "two");
            }

            #[tokio::test]
            async fn rumqttc_goes_the_whole_round_through_a_crash() {
                let mut world = super::open_world().await;
                before(&world).await;
                world.restart().await;
                after(&world).await;
            }
        }
    };
}

round!(
    mqtt_3,
    rumqttc_v4,
    |options: &mut MqttOptions, lasting: bool| {
        options.set_clean_session(!lasting);
    },
    |topic: &str| rumqttc_v4::LastWill::new(topic, "somebody is gone", QoS::AtLeastOnce, false)
);

round!(
    mqtt_5,
    rumqttc,
    |options: &mut MqttOptions, lasting: bool| {
        // What a client of another process left it takes up only if it is told to.
        let policy = rumqttc::BrokerSessionResumePolicy::AllowBrokerOnly;
        options.set_clean_start(!lasting).set_broker_session_resume_policy(policy);
        options.set_session_expiry_interval(lasting.then_some(3_600));
    },
    |topic: &str| {
        rumqttc::mqttbytes::v5::LastWill::new(topic, "somebody is gone", QoS::AtLeastOnce, false, None)
    }
);
