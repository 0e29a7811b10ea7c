//! Everything plain MQTT has, by the client of mqtt5: `mqtt5-round ADDRESS 3|5`
//!
//! It says `halfway` when the server is to be killed and started again, and `all is well` at the end.

mod strict; // what must not be overlooked

mod client; // somebody without a name

use client::{Client, Server};
use mqtt5::{ProtocolVersion, PublishOptions, QoS, SubscribeOptions};

/// Messages that wait over the crash.
const QUEUED: usize = 200;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [address, version] = &words[..] else { strict::fail("usage: mqtt5-round ADDRESS 3|5") };
    let version = if version == "5" { ProtocolVersion::V5 } else { ProtocolVersion::V311 };
    let server = Server { address: format!("mqtt://{address}"), version };
    strict::begin();
    let (ann, mut bo) = (server.plain("ann").await, server.plain("bo").await);
    every_qos(&ann, &mut bo).await;
    retained(&ann, &mut bo).await;
    will(&server, &mut bo).await;
    shared(&server, &ann, &mut bo).await;
    if server.is_5() {
        options(&ann, &mut bo).await;
    }
    bo.has_heard_all();
    bo.leave().await;
    over_a_crash(&server, &ann).await;
    println!("all is well");
}

fn at(qos: QoS) -> PublishOptions {
    PublishOptions { qos, ..PublishOptions::default() }
}

fn kept() -> PublishOptions {
    PublishOptions { retain: true, ..at(QoS::AtLeastOnce) }
}

async fn every_qos(ann: &Client, bo: &mut Client) {
    bo.subscribe("mqtt5/qos/+", QoS::ExactlyOnce).await;
    for qos in [QoS::AtMostOnce, QoS::AtLeastOnce, QoS::ExactlyOnce] {
        let topic = format!("mqtt5/qos/{}", qos as u8);
        ann.say(&topic, "hello", at(qos)).await;
        assert_eq!(bo.hears(&topic, "hello").await.qos, qos);
    }
    bo.unsubscribe("mqtt5/qos/+").await;
}

async fn retained(ann: &Client, bo: &mut Client) {
    for (topic, body) in [("a", "one"), ("a", "two"), ("b", "other"), ("b", "")] {
        ann.say(&format!("mqtt5/kept/{topic}"), body, kept()).await;
    }
    bo.subscribe("mqtt5/kept/#", QoS::AtLeastOnce).await;
    assert!(bo.hears("mqtt5/kept/a", "two").await.retain);
    ann.say("mqtt5/kept/a", "three", kept()).await;
    assert!(!bo.hears("mqtt5/kept/a", "three").await.retain);
    bo.unsubscribe("mqtt5/kept/#").await;
}

async fn will(server: &Server, bo: &mut Client) {
    bo.subscribe("mqtt5/will", QoS::AtLeastOnce).await;
    server.with_will("cy", "mqtt5/will").await.cut().await;
    bo.hears("mqtt5/will", "somebody is gone").await;
    server.with_will("cy", "mqtt5/will").await.leave().await;
    bo.unsubscribe("mqtt5/will").await;
}

async fn shared(server: &Server, ann: &Client, bo: &mut Client) {
    let mut cy = server.plain("cy").await;
    for member in [&*bo, &cy] {
        member.subscribe("$share/workers/mqtt5/jobs", QoS::ExactlyOnce).await;
    }
    let expected: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    for job in &expected {
        ann.say("mqtt5/jobs", job, at(QoS::ExactlyOnce)).await;
    }
    let mut jobs = Vec::new();
    for _ in 0..5 {
        for member in [&mut *bo, &mut cy] {
            jobs.push(String::from_utf8_lossy(&member.hear().await.payload).into_owned());
        }
    }
    jobs.sort();
    assert_eq!(jobs, expected);
    bo.unsubscribe("$share/workers/mqtt5/jobs").await;
    cy.has_heard_all();
    cy.leave().await;
}

/// What only MQTT 5 has.
async fn options(ann: &Client, bo: &mut Client) {
    let wishes = SubscribeOptions {
        qos: QoS::AtLeastOnce,
        no_local: true,
        retain_as_published: true,
        subscription_identifier: Some(7),
        ..SubscribeOptions::default()
    };
    bo.subscribe_as("mqtt5/own", wishes).await;
    bo.say("mqtt5/own", "mine", at(QoS::AtLeastOnce)).await;
    let mut yours = kept();
    yours.properties.content_type = Some("text/plain".into());
    yours.properties.payload_format_indicator = Some(true);
    yours.properties.response_topic = Some("mqtt5/answers".into());
    yours.properties.correlation_data = Some(vec![7]);
    yours.properties.message_expiry_interval = Some(60);
    let pairs = [("b", "2"), ("a", "1"), ("b", "3")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    yours.properties.user_properties = pairs.to_vec();
    ann.say("mqtt5/own", "yours", yours.clone()).await;
    let heard = bo.hears("mqtt5/own", "yours").await;
    let (said, told) = (yours.properties, heard.properties);
    assert!(heard.retain, "as it was published");
    assert_eq!((told.content_type, told.payload_format_indicator), (said.content_type, Some(true)));
    assert_eq!((told.response_topic, told.correlation_data), (said.response_topic, said.correlation_data));
    assert_eq!((told.user_properties, told.subscription_identifiers), (said.user_properties, vec![7]));
    assert!(matches!(told.message_expiry_interval, Some(1..=60)));
    ann.say("mqtt5/own", "", kept()).await;
    bo.hears("mqtt5/own", "").await;
    bo.unsubscribe("mqtt5/own").await;
}

async fn over_a_crash(server: &Server, ann: &Client) {
    let mut away = server.client(server.lasting("away")).await;
    away.subscribe("mqtt5/queue/#", QoS::ExactlyOnce).await;
    away.leave().await;
    // Whoever begins anew with what the server kept: a client of 3.1.1 can't hear it before it has subscribed once more.
    let another = server.is_5().then(|| server.lasting("another"));
    if let Some(options) = &another {
        let another = server.client(options.clone()).await;
        another.subscribe("mqtt5/queue/#", QoS::ExactlyOnce).await;
        another.leave().await;
    }
    for number in 0..QUEUED {
        let qos = if number % 2 == 0 { QoS::AtLeastOnce } else { QoS::ExactlyOnce };
        ann.say(&format!("mqtt5/queue/{}", number % 7), &number.to_string(), at(qos)).await;
    }
    strict::kills(true);
    println!("halfway");
    ann.is_gone().await;
    away.connect(true).await;
    strict::kills(false);
    hears_what_waited(&mut away).await;
    away.subscribe("mqtt5/kept/#", QoS::AtLeastOnce).await;
    away.hears("mqtt5/kept/a", "three").await;
    away.has_heard_all();
    away.leave().await;
    if let Some(options) = another {
        let options = options.with_resume_existing_session(true).with_deferred_ack(true);
        let mut another = Client::new(server, options).await;
        another.expects("mqtt5/queue/#").await;
        another.connect(true).await;
        hears_what_waited(&mut another).await;
        another.has_heard_all();
        another.leave().await;
    }
}

/// What is delivered exactly once may be heard at its PUBREL: each QoS has its own order.
async fn hears_what_waited(away: &mut Client) {
    let mut numbers = Vec::new();
    for _ in 0..QUEUED {
        let heard = away.hear().await;
        numbers.push(String::from_utf8_lossy(&heard.payload).parse::<usize>().expect("a number"));
    }
    for odd in [0, 1] {
        let heard = numbers.iter().copied().filter(|number| number % 2 == odd);
        assert!(heard.eq((odd..QUEUED).step_by(2)), "{numbers:?}");
    }
}
