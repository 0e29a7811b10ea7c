//! What no statement of the standards says in so many words, and test suites of others try.
//!
//! [`SENTENCES`] lists it with the tests, of this file and others, that fail when it is not so.

use crate::corner::{BOTH, Corner, listen, open, wish};
use crate::statements::{Proof, by};
use mqtt::ReasonCode;
use mqtt::packet::{Packet, Qos, Version};
use tests::{World, publish_at, retained};

/// What is done, and what proves it.
pub(crate) const SENTENCES: &[(&str, Proof)] = &[
    (
        "A takeover tells the older connection 0x8E and keeps the session",
        by![sessions::a_client_that_connects_again_takes_the_place_of_its_earlier_connection],
    ),
    (
        "A storm of takeovers leaves exactly one connection",
        by![behaviour::a_storm_of_takeovers_leaves_exactly_one],
    ),
    (
        "A clean start with a session expiry begins a session that a connect without one finds",
        by![sessions::a_clean_start_may_begin_a_session_that_lasts],
    ),
    (
        "An empty client id: MQTT 5 hears the one it was given, also without clean start; 3.1.1 needs a clean session",
        by![
            connect::who_comes_without_a_client_id_is_given_one,
            connect::a_given_client_id_is_as_good_as_one_of_the_clients_own,
            connect::an_empty_client_id_with_a_lasting_session_is_refused_in_3_1_1,
        ],
    ),
    (
        "A keep alive of 0 is none; of others one and a half times is the end",
        by![keep_alive::silence_past_one_and_a_half_keep_alives_is_taken_for_a_lost_network],
    ),
    (
        "The expiry of a session may be changed by DISCONNECT, but not from 0",
        by![
            sessions::a_session_ends_when_its_time_is_over_and_not_while_it_is_connected,
            sessions::a_disconnect_may_change_how_long_a_session_lasts_but_not_bring_it_to_life,
        ],
    ),
    (
        "A will comes at a lost connection, the end of keep alive, a protocol error and DISCONNECT 0x04, and not at 0x00",
        by![
            wills::a_lost_connection_publishes_the_will_once,
            keep_alive::silence_past_one_and_a_half_keep_alives_is_taken_for_a_lost_network,
            wills::a_broken_protocol_publishes_the_will,
            wills::a_goodbye_may_ask_for_the_will,
            wills::an_orderly_goodbye_takes_the_will_away,
        ],
    ),
    (
        "A will with a delay is called off by a resumed session, and comes when a clean start ends the old one",
        by![
            wills::a_will_that_waits_is_not_published_when_its_session_goes_on,
            wills::a_will_that_waits_is_published_when_its_session_ends,
            wills::a_will_that_waits_is_published_when_its_time_has_come,
            wills::a_will_waits_no_longer_than_its_session_lasts,
        ],
    ),
    (
        "A will may be retained and has properties and an expiry",
        by![wills::a_will_is_kept_if_it_says_so, wills::a_will_says_all_that_its_owner_wrote],
    ),
    (
        "A delivery has the lesser QoS of message and subscription",
        by![subscribe::a_message_comes_at_the_lesser_of_its_qos_and_that_of_the_subscription],
    ),
    (
        "Overlapping subscriptions bring one copy at the greatest QoS, with all identifiers",
        by![
            overlap::a_message_that_matches_several_subscriptions_comes_once,
            overlap::a_message_that_matches_several_subscriptions_comes_at_the_greatest_qos,
            overlap::a_message_carries_the_identifiers_of_all_subscriptions_it_matches,
        ],
    ),
    (
        "A QoS 2 message that a client sends again after a reconnect is not doubled",
        by![delivery::a_message_at_qos_2_is_taken_once_over_a_lost_connection],
    ),
    (
        "PUBREL for an unknown id is answered with 0x92, and a second PUBREL is answered",
        by![answers::a_pubcomp_says_whether_its_message_was_known, delivery::a_pubrel_is_answered_each_time],
    ),
    ("Acknowledgements may come in any order", by![flow::acknowledgements_in_another_order_are_taken]),
    (
        "Messages come again only after a reconnect, with DUP, in order",
        by![
            delivery::what_was_not_acknowledged_comes_again_with_its_id_and_dup_and_in_its_order,
            delivery::nothing_is_sent_again_on_the_same_connection,
        ],
    ),
    (
        "The Receive Maximum and Maximum Packet Size of a client are kept",
        by![
            flow::no_more_messages_are_under_way_than_the_client_takes,
            answers::a_message_too_large_for_a_client_is_not_sent_to_it_and_counts_as_delivered,
        ],
    ),
    (
        "No Local, Retain As Published, Retain Handling 0, 1 and 2, also after a session went on",
        by![
            subscribe::no_local_keeps_a_clients_own_messages_from_it,
            retained::with_retain_as_published_the_flag_is_as_it_was_sent,
            retained::retain_handling_0_sends_what_is_kept_at_every_subscribe,
            retained::retain_handling_1_knows_the_subscriptions_of_a_session_that_goes_on,
            retained::retain_handling_2_sends_nothing_that_is_kept,
        ],
    ),
    (
        "What is retained is replaced, cleared by an empty payload, expires, and survives a restart",
        by![
            retained::the_last_kept_message_of_each_topic_is_sent_to_who_subscribes,
            retained::an_empty_message_is_heard_and_removes_what_was_kept,
            expiry::a_message_past_its_time_is_not_sent_and_one_within_it_says_how_much_is_left,
            behaviour::what_is_kept_and_sessions_survive_a_restart_of_the_server,
        ],
    ),
    (
        "The expiry of a message counts down while it waits",
        by![expiry::a_message_past_its_time_is_not_sent_and_one_within_it_says_how_much_is_left],
    ),
    (
        "UNSUBACK has a code for each filter, 0x11 where there was none",
        by![answers::an_unsuback_says_for_each_filter_what_became_of_it_in_a_code_of_the_standard],
    ),
    (
        "A shared message goes to one member, and to another what one did not acknowledge whose session ended",
        by![
            shared::each_message_goes_to_one_member_and_to_everybody_else_who_listens,
            shared::what_a_member_leaves_unacknowledged_at_qos_1_goes_to_another,
            shared::what_waits_for_a_member_goes_to_another_when_its_session_ends,
            shared::what_waits_for_a_member_goes_on_waiting_for_another_that_is_away,
            shared::what_goes_to_another_member_comes_as_that_one_wishes,
            shared::what_a_member_leaves_is_not_for_those_who_share_another_filter,
        ],
    ),
    (
        "Topic aliases work in both directions, for one connection",
        by![
            aliases::every_alias_up_to_the_announced_maximum_is_taken,
            aliases::the_server_uses_no_alias_over_the_clients_maximum,
            aliases::an_alias_means_nothing_on_the_next_connection,
        ],
    ),
    (
        "Request Problem Information and Request Response Information are kept",
        by![
            answers::who_wants_no_words_gets_them_on_connack_and_disconnect_at_most,
            connack::nobody_hears_of_response_topics_without_asking,
        ],
    ),
    (
        "An authentication method that is not known is refused with 0x8C; who named none and sends AUTH is ended",
        by![
            disconnect::a_method_that_is_not_known_is_refused_with_its_code,
            disconnect::who_named_no_method_and_sends_an_auth_is_ended,
        ],
    ),
    (
        "`#` does not match `$SYS`, nor anything else that begins with a dollar",
        by![filters::wildcards_at_the_first_level_do_not_match_topics_that_begin_with_a_dollar],
    ),
    (
        "Whatever no client may send ends its connection with the code of its flaw, and reaches nobody else",
        by![
            strictness::every_packet_that_the_standard_forbids_ends_its_connection_with_its_code,
            strictness::poison_reaches_nobody,
        ],
    ),
    ("MQTT 3.1 is answered with return code 1", by![strictness::mqtt_3_1_hears_that_it_is_too_old]),
    ("3.1.1 and MQTT 5 hear each other", by![behaviour::the_two_versions_hear_each_other]),
];

#[tokio::test]
pub(crate) async fn a_storm_of_takeovers_leaves_exactly_one() {
    for version in BOTH {
        let corner = Corner::open().await;
        let device = corner.device(version, "storm").lasting();
        let mut wires = Vec::new();
        for _ in 0..4 {
            let arrivals = (0..8).map(|_| {
                let device = device.clone();
                tokio::spawn(async move { device.try_arrive().await })
            });
            for arrival in arrivals.collect::<Vec<_>>() {
                wires.extend(arrival.await.expect("no panic"));
            }
        }
        // One ping each; all but one have ended, by a takeover or because a later one was quicker.
        let mut alive = 0;
        for (wire, connack) in &mut wires {
            if connack.code != ReasonCode::Success {
                continue;
            }
            wire.send(Packet::Pingreq).await;
            match wire.next_or_end().await {
                Some(Packet::Pingresp) => alive += 1,
                Some(Packet::Disconnect(bye)) => assert_eq!(bye.code, ReasonCode::SessionTakenOver),
                None => {}
                Some(other) => panic!("unexpected {other:?}"),
            }
        }
        assert_eq!(alive, 1, "{version:?}");
    }
}

#[tokio::test]
pub(crate) async fn the_two_versions_hear_each_other() {
    for (speaks, hears) in [(Version::V3, Version::V5), (Version::V5, Version::V3)] {
        let corner = Corner::open().await;
        let mut listener = corner.listener(hears, "listener", Qos::ExactlyOnce).await;
        let mut speaker = corner.client(speaks, "speaker").await;
        for qos in [Qos::AtMostOnce, Qos::AtLeastOnce, Qos::ExactlyOnce] {
            let mut message = publish_at(qos, &corner.topic("tea"), "hot");
            if speaks == Version::V5 {
                message.properties.user_properties = tests::properties(&[("with", "milk")]);
                message.properties.content_type = Some("text/plain".to_owned());
            }
            speaker.sends(message).await;
            let heard = listener.receive().await;
            assert_eq!((&heard.payload[..], heard.qos), (&b"hot"[..], qos));
        }
    }
}

#[tokio::test]
pub(crate) async fn what_is_kept_and_sessions_survive_a_restart_of_the_server() {
    let mut world = World::with(open()).await;
    let away = world.nobody("away").lasting();
    let mut wire = away.connect().await;
    listen(&mut wire, wish("tea/#", Qos::ExactlyOnce)).await;
    wire.leave().await;
    let mut speaker = world.nobody("speaker").connect().await;
    speaker.sends(retained(Qos::AtLeastOnce, "tea/kept", "hot")).await;
    speaker.sends(retained(Qos::AtLeastOnce, "tea/cleared", "hot")).await;
    speaker.sends(retained(Qos::AtLeastOnce, "tea/cleared", "")).await;
    for qos in [Qos::AtLeastOnce, Qos::ExactlyOnce] {
        speaker.sends(publish_at(qos, "tea/new", format!("{qos:?}"))).await;
    }
    speaker.leave().await;
    world.terminate().await;
    world.restart().await;

    let (mut wire, connack) = away.arrive().await;
    assert!(connack.session_present);
    for (topic, payload) in [
        ("tea/kept", "hot"),
        ("tea/cleared", "hot"),
        ("tea/cleared", ""),
        ("tea/new", "AtLeastOnce"),
        ("tea/new", "ExactlyOnce"),
    ] {
        let heard = wire.receive().await;
        assert_eq!((&heard.topic[..], &heard.payload[..]), (topic, payload.as_bytes()));
    }
    wire.is_quiet().await;
    let mut late = world.nobody("late").connect().await;
    listen(&mut late, wish("tea/#", Qos::AtLeastOnce)).await;
    let kept = late.receive().await;
    assert_eq!((&kept.topic[..], &kept.payload[..], kept.retain), ("tea/kept", &b"hot"[..], true));
    late.is_quiet().await;
}
