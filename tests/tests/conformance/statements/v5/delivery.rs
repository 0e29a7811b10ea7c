//! Sessions, delivery and order.

use crate::statements::Proof::Client;
use crate::statements::{Statement, by, v5};

pub(super) const STATEMENTS: &[Statement] = &[
    v5(
        "4.1.0-1",
        "Session state stays while the connection is open",
        by![
            sessions::a_session_without_expiry_lasts_as_long_as_its_connection,
            sessions::a_session_ends_when_its_time_is_over_and_not_while_it_is_connected,
        ],
    ),
    v5(
        "4.1.0-2",
        "It is gone when the connection is closed and the session's time is over",
        by![sessions::a_session_ends_when_its_time_is_over_and_not_while_it_is_connected],
    ),
    v5(
        "4.2.0-1",
        "There is a transport that is ordered, lossless and goes both ways",
        by![disconnect::packets_may_come_in_any_pieces, websocket::browsers_and_others_hear_each_other],
    ),
    v5(
        "4.3.1-1",
        "A message at QoS 0 is sent at QoS 0 and without DUP",
        by![heads::a_message_at_qos_0_goes_to_qos_2_listeners_at_qos_0],
    ),
    v5(
        "4.3.2-1",
        "The sender at QoS 1 gives each message a free id",
        by![heads::messages_under_way_have_ids_of_their_own],
    ),
    v5(
        "4.3.2-2",
        "It sends the message first at QoS 1 without DUP",
        by![heads::messages_under_way_have_ids_of_their_own],
    ),
    v5(
        "4.3.2-3",
        "The message is unacknowledged until its PUBACK",
        by![
            delivery::what_was_not_acknowledged_comes_again_with_its_id_and_dup_and_in_its_order,
            flow::no_more_messages_are_under_way_than_the_client_takes,
        ],
    ),
    v5(
        "4.3.2-4",
        "The receiver at QoS 1 answers by PUBACK with the id",
        by![delivery::a_message_at_qos_1_is_answered_and_its_id_is_free_again],
    ),
    v5(
        "4.3.2-5",
        "After PUBACK the same id is a new message, with DUP or without",
        by![delivery::a_message_at_qos_1_is_answered_and_its_id_is_free_again],
    ),
    v5(
        "4.3.3-1",
        "The sender at QoS 2 gives each message a free id",
        by![heads::messages_under_way_have_ids_of_their_own],
    ),
    v5(
        "4.3.3-2",
        "It sends the message first at QoS 2 without DUP",
        by![heads::messages_under_way_have_ids_of_their_own],
    ),
    v5(
        "4.3.3-3",
        "The message is unacknowledged until its PUBREC",
        by![delivery::what_was_not_acknowledged_comes_again_with_its_id_and_dup_and_in_its_order],
    ),
    v5(
        "4.3.3-4",
        "A PUBREC below 0x80 is answered by PUBREL with the id",
        by![
            answers::a_pubrel_says_whether_its_message_was_known,
            delivery::a_pubrec_that_comes_again_is_answered_again,
            delivery::a_message_that_its_client_refused_is_not_sent_again,
        ],
    ),
    v5(
        "4.3.3-5",
        "PUBREL is unacknowledged until its PUBCOMP",
        by![delivery::a_message_that_was_received_is_not_sent_again_but_its_pubrel_is],
    ),
    v5(
        "4.3.3-6",
        "A message whose PUBREL was sent is not sent again",
        by![delivery::a_message_that_was_received_is_not_sent_again_but_its_pubrel_is],
    ),
    v5(
        "4.3.3-7",
        "A message that was sent once is finished, whatever its expiry",
        by![
            expiry::a_message_whose_sending_has_begun_is_finished_whatever_its_time,
            expiry::a_message_that_was_received_is_released_whatever_its_time,
        ],
    ),
    v5(
        "4.3.3-8",
        "The receiver at QoS 2 answers by PUBREC with the id",
        by![
            heads::an_answer_carries_the_id_of_what_it_answers,
            delivery::a_message_at_qos_2_is_taken_once_until_it_is_released,
        ],
    ),
    v5(
        "4.3.3-9",
        "After a PUBREC of 0x80 or more the same id is a new message",
        by![delivery::a_refused_message_at_qos_2_leaves_its_id_free],
    ),
    v5(
        "4.3.3-10",
        "Until PUBREL the same id is answered by PUBREC again and delivered once",
        by![
            delivery::a_message_at_qos_2_is_taken_once_until_it_is_released,
            delivery::a_message_at_qos_2_is_taken_once_over_a_lost_connection,
        ],
    ),
    v5(
        "4.3.3-11",
        "PUBREL is answered by PUBCOMP with the id",
        by![delivery::a_pubrel_is_answered_each_time, answers::a_pubcomp_says_whether_its_message_was_known],
    ),
    v5(
        "4.3.3-12",
        "After PUBCOMP the same id is a new message",
        by![delivery::a_message_at_qos_2_is_taken_once_until_it_is_released],
    ),
    v5(
        "4.3.3-13",
        "The receiver at QoS 2 goes on with its answers, whatever the expiry of the message",
        by![expiry::a_sender_at_qos_2_is_answered_to_the_end_whatever_the_time_of_its_message],
    ),
    v5(
        "4.4.0-1",
        "When a session goes on, unacknowledged PUBLISH and PUBREL are sent again with their ids, and at no other time",
        by![
            delivery::what_was_not_acknowledged_comes_again_with_its_id_and_dup_and_in_its_order,
            delivery::what_comes_again_has_its_qos_whatever_its_subscription_has_become,
            delivery::a_message_that_was_received_is_not_sent_again_but_its_pubrel_is,
            delivery::nothing_is_sent_again_on_the_same_connection,
        ],
    ),
    v5(
        "4.4.0-2",
        "A message that was refused by PUBACK or PUBREC is done and not sent again",
        by![delivery::a_message_that_its_client_refused_is_not_sent_again],
    ),
    v5(
        "4.5.0-1",
        "A message that the server took is added to the sessions whose subscriptions match",
        by![
            sessions::messages_at_qos_1_and_2_wait_for_a_session_that_is_away,
            filters::a_filter_matches_what_the_standard_says,
        ],
    ),
    v5("4.5.0-2", "A client acknowledges what it receives, whatever it does with it", Client),
    v5("4.6.0-1", "A client sends again in the order in which it first sent", Client),
    v5("4.6.0-2", "A client sends PUBACKs in the order of their messages", Client),
    v5("4.6.0-3", "A client sends PUBRECs in the order of their messages", Client),
    v5("4.6.0-4", "A client sends PUBRELs in the order of their PUBRECs", Client),
    v5(
        "4.6.0-5",
        "Messages of a client to an ordered topic are delivered, for each QoS, in the order they came",
        by![
            order::messages_of_one_client_to_a_topic_come_in_the_order_they_were_sent,
            order::messages_that_waited_come_in_the_order_they_were_sent,
        ],
    ),
    v5(
        "4.6.0-6",
        "Every topic is an ordered one for subscriptions that are not shared",
        by![
            order::messages_of_one_client_to_a_topic_come_in_the_order_they_were_sent,
            order::two_clients_are_each_heard_in_their_order,
        ],
    ),
];
