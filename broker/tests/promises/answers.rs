//! PUBACK and PUBREC: in order, never held up, never passed by the notice that explains them.

use crate::stage::*;
use broker::application::{Farewell, Outcome};
use broker::outbound::Offer;
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Qos, Version};
use std::num::NonZeroU16;

fn refused(notice: Option<broker::outbound::Delivery>) -> Outcome {
    Outcome {
        code: ReasonCode::NotAuthorized,
        reason: Some("not a member".into()),
        user_properties: vec![("room", "tea".into())],
        notice,
    }
}

#[tokio::test]
async fn pubacks_leave_in_the_order_of_the_publishes_however_the_answers_come() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, _) = stage.client(hello(version, "phone")).await;
        client.send_all((1..=5).map(publish)).await;
        let mut answers = Vec::new();
        for _ in 0..5 {
            answers.push(stage.published().await.1);
        }
        for _ in 0..5 {
            answers.pop().unwrap().give(Outcome::success());
        }
        for number in 1..=5 {
            assert_eq!(client.puback().await, id(number));
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_given_early_waits_for_the_one_before_it() {
    let mut stage = Stage::start().await;
    let (mut client, _) = stage.client(hello(Version::V5, "phone")).await;
    client.send_all([publish(1), publish(2)]).await;
    let (_, first) = stage.published().await;
    let (_, second) = stage.published().await;
    second.give(Outcome::success());
    client.is_alive().await; // PINGRESP comes, the PUBACK of 2 does not
    first.give(Outcome::success());
    assert_eq!(client.puback().await, id(1));
    assert_eq!(client.puback().await, id(2));
}

#[tokio::test]
async fn a_refusal_says_why_in_mqtt_5_and_looks_like_success_in_3_1_1() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, _) = stage.client(hello(version, "phone")).await;
        client.send(publish(9)).await;
        stage.published().await.1.give(refused(None));
        let Packet::Puback(puback) = client.next().await else { panic!("no PUBACK") };
        match version {
            Version::V5 => {
                assert_eq!(puback.code, ReasonCode::NotAuthorized);
                assert_eq!(puback.reason.as_deref(), Some("not a member"));
                assert_eq!(puback.user_properties, [("room".to_owned(), "tea".to_owned())]);
            }
            Version::V3 => assert_eq!(puback.code, ReasonCode::Success),
        }
    }
}

#[tokio::test]
async fn a_client_that_wants_no_problem_information_gets_codes_only() {
    let mut stage = Stage::start().await;
    let mut connect = hello(Version::V5, "phone");
    connect.request_problem_information = Some(false);
    let (mut client, _) = stage.client(connect).await;
    client.send(publish(9)).await;
    stage.published().await.1.give(refused(None));
    let Packet::Puback(puback) = client.next().await else { panic!("no PUBACK") };
    assert_eq!(puback.code, ReasonCode::NotAuthorized);
    assert_eq!((puback.reason, puback.user_properties.len()), (None, 0));
}

#[tokio::test]
async fn an_acknowledgement_leaves_out_words_that_would_make_it_too_large() {
    let mut stage = Stage::start().await;
    let mut connect = hello(Version::V5, "phone");
    connect.maximum_packet_size = std::num::NonZeroU32::new(32);
    let (mut client, _) = stage.client(connect).await;
    client.send(publish(9)).await;
    stage.published().await.1.give(refused(None));
    let Packet::Puback(puback) = client.next().await else { panic!("no PUBACK") };
    assert_eq!(puback.code, ReasonCode::NotAuthorized);
    assert_eq!((puback.reason.as_deref(), puback.user_properties.len()), (Some("not a member"), 0));
}

#[tokio::test]
async fn a_full_window_does_not_hold_up_acknowledgements() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, arrival) = stage.client(hello(version, "phone")).await;
        for position in 0..300 {
            assert_eq!(arrival.outbound.offer(delivery(position)), Offer::Taken);
        }
        arrival.outbound.wake();
        for position in 0..256 {
            assert_eq!(crate::stage::position(&client.message().await), position);
        }
        client.send(publish(1)).await;
        stage.published().await.1.give(Outcome::success());
        assert_eq!(client.puback().await, id(1));
        client.send(subscribe(2, &["rooms/+/said"])).await;
        assert!(matches!(client.next().await, Packet::Suback(_)));
    }
}

#[tokio::test]
async fn a_notice_is_written_before_its_acknowledgement() {
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
        let mut stage = Stage::start().await;
        let (mut client, _) = stage.client(hello(Version::V3, "phone")).await;
        client.send(publish(1)).await;
        stage.published().await.1.give(refused(Some(delivery_at(77, qos))));
        assert_eq!(position(&client.message().await), 77);
        assert_eq!(client.puback().await, id(1));
    }
}

#[tokio::test]
async fn an_acknowledgement_waits_until_its_notice_has_room_in_the_window() {
    let mut stage = Stage::start().await;
    let mut connect = hello(Version::V5, "phone");
    connect.receive_maximum = NonZeroU16::new(1);
    let (mut client, arrival) = stage.client(connect).await;
    assert_eq!(arrival.outbound.offer(delivery(5)), Offer::Taken);
    arrival.outbound.wake();
    let held = client.message().await;
    client.send_all([publish(1), publish(2)]).await;
    stage.published().await.1.give(refused(Some(delivery(77))));
    stage.published().await.1.give(Outcome::success());
    client.is_alive().await; // neither notice nor PUBACK before the PINGRESP
    client.send(puback(held.packet_id.unwrap())).await;
    assert_eq!(position(&client.message().await), 77);
    assert_eq!(client.puback().await, id(1));
    assert_eq!(client.puback().await, id(2));
}

#[tokio::test]
async fn an_answer_that_never_comes_ends_the_connection_and_acknowledges_nothing() {
    for version in BOTH {
        let mut stage = Stage::start().await;
        let (mut client, _) = stage.client(hello(version, "phone")).await;
        client.send_all([publish(1), publish(2)]).await;
        let (_, first) = stage.published().await;
        let (_, second) = stage.published().await;
        first.give(Outcome::success());
        assert_eq!(client.puback().await, id(1));
        second.give_up();
        client.ends_with(ReasonCode::ServerBusy).await;
        assert_eq!(stage.departure().await.farewell, Farewell::Ended(ReasonCode::ServerBusy));
    }
}

#[tokio::test]
async fn answers_that_are_due_go_out_before_the_connection_is_ended() {
    let mut stage = Stage::start().await;
    let (mut client, arrival) = stage.client(hello(Version::V5, "phone")).await;
    client.send_all([publish(1), publish(2)]).await;
    let (_, first) = stage.published().await;
    let (_, second) = stage.published().await;
    second.give(Outcome::success());
    first.give(Outcome::success());
    arrival.outbound.end(ReasonCode::AdministrativeAction);
    assert_eq!(client.puback().await, id(1));
    assert_eq!(client.puback().await, id(2));
    client.ends_with(ReasonCode::AdministrativeAction).await;
}

#[tokio::test]
async fn an_answer_after_the_end_of_the_connection_harms_nobody() {
    let mut stage = Stage::start().await;
    let (mut client, _) = stage.client(hello(Version::V5, "phone")).await;
    client.send(publish(1)).await;
    let (_, answer) = stage.published().await;
    drop(client);
    assert_eq!(stage.departure().await.farewell, Farewell::SocketLost);
    answer.give(Outcome::success());
    let (mut again, _) = stage.client(hello(Version::V5, "phone")).await;
    again.is_alive().await;
}
