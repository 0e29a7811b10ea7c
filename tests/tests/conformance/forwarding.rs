//! What a message of MQTT 5 says beside its payload, and who hears it.

use crate::corner::{Corner, listen, wish};
use crate::raw;
use mqtt::ReasonCode;
use mqtt::packet::{PublishProperties, Qos, Version};
use tests::{properties, publish_at};

/// What a listener hears beside the payload when this is said, live and when it comes back later.
async fn heard(said: PublishProperties) -> Vec<PublishProperties> {
    let corner = Corner::open().await;
    let away = corner.device(Version::V5, "away").lasting();
    let mut wire = away.connect().await;
    listen(&mut wire, wish(&corner.topic("#"), Qos::AtLeastOnce)).await;
    wire.leave().await;
    let mut live = corner.listener(Version::V5, "live", Qos::ExactlyOnce).await;
    let mut speaker = corner.client(Version::V5, "speaker").await;
    let mut message = publish_at(Qos::AtLeastOnce, &corner.topic("tea"), "hot");
    message.properties = said;
    speaker.sends(message).await;
    vec![live.receive().await.properties, away.connect().await.receive().await.properties]
}

#[tokio::test]
pub(crate) async fn the_payload_format_is_heard_as_it_was_said() {
    for payload_format in [None, Some(0), Some(1)] {
        let said = PublishProperties { payload_format, ..PublishProperties::default() };
        for heard in heard(said).await {
            assert_eq!(heard.payload_format, payload_format);
        }
    }
}

#[tokio::test]
pub(crate) async fn the_response_topic_is_heard_as_it_was_said() {
    let said =
        PublishProperties { response_topic: Some("answers/to/é".into()), ..PublishProperties::default() };
    for heard in heard(said.clone()).await {
        assert_eq!(heard.response_topic, said.response_topic);
    }
}

#[tokio::test]
pub(crate) async fn the_correlation_data_are_heard_as_they_were_said() {
    for data in [vec![], vec![0, 255, 0], vec![7; 1_000]] {
        let said = PublishProperties { correlation_data: Some(data.into()), ..PublishProperties::default() };
        for heard in heard(said.clone()).await {
            assert_eq!(heard.correlation_data, said.correlation_data);
        }
    }
}

#[tokio::test]
pub(crate) async fn the_content_type_is_heard_as_it_was_said() {
    for words in ["", "text/plain", "whatever: it is"] {
        let said = PublishProperties { content_type: Some(words.into()), ..PublishProperties::default() };
        for heard in heard(said.clone()).await {
            assert_eq!(heard.content_type, said.content_type);
        }
    }
}

#[tokio::test]
pub(crate) async fn user_properties_are_heard_as_they_were_said_and_in_their_order() {
    let words = [("b", "1"), ("a", "2"), ("", ""), ("b", "1"), ("é", "\u{feff}"), ("a", "1")];
    let said = PublishProperties { user_properties: properties(&words), ..PublishProperties::default() };
    for heard in heard(said.clone()).await {
        assert_eq!(heard.user_properties, said.user_properties);
    }
}

#[tokio::test]
pub(crate) async fn what_nobody_said_is_not_heard() {
    for heard in heard(PublishProperties::default()).await {
        assert_eq!(heard, PublishProperties::default());
    }
}

#[tokio::test]
pub(crate) async fn a_response_topic_with_a_wildcard_ends_the_connection() {
    let corner = Corner::open().await;
    for topic in ["a/#", "+", "a+"] {
        let property = [&[0x08][..], &raw::text(topic)].concat();
        let bytes = raw::publish(Version::V5, 0x30, b"tea", None, &property, b"x");
        corner.breaks(Version::V5, topic, &bytes, ReasonCode::TopicNameInvalid).await;
    }
}

#[tokio::test]
pub(crate) async fn requests_find_their_answers() {
    let corner = Corner::open().await;
    let mut asks = corner.client(Version::V5, "asks").await;
    listen(&mut asks, wish(&corner.topic("answers/+"), Qos::AtLeastOnce)).await;
    let mut answers = corner.client(Version::V5, "answers").await;
    listen(&mut answers, wish(&corner.topic("questions"), Qos::AtLeastOnce)).await;
    for number in ["1", "2"] {
        let mut question = publish_at(Qos::AtLeastOnce, &corner.topic("questions"), "tea?");
        question.properties.response_topic = Some(corner.topic(&format!("answers/{number}")));
        question.properties.correlation_data = Some(number.as_bytes().to_vec().into());
        asks.sends(question).await;
        let asked = answers.receive().await.properties;
        let topic = asked.response_topic.expect("where to");
        let mut answer = publish_at(Qos::AtLeastOnce, &topic, "yes");
        answer.properties.correlation_data = asked.correlation_data;
        answers.sends(answer).await;
        let heard = asks.receive().await;
        assert_eq!(heard.topic, corner.topic(&format!("answers/{number}")));
        assert_eq!(heard.properties.correlation_data.as_deref(), Some(number.as_bytes()));
    }
}
