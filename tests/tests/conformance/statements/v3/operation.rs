//! Sessions, delivery, order, topics and errors.

use crate::statements::Proof::{Client, Exempt};
use crate::statements::{Statement, by, v3};

pub(super) const STATEMENTS: &[Statement] = &[
    v3(
        "4.1.0-1",
        "Session state is kept as long as the session lasts",
        by![
            sessions::a_session_goes_on_where_it_was,
            sessions::messages_at_qos_1_and_2_wait_for_a_session_that_is_away,
        ],
    ),
    v3(
        "4.1.0-2",
        "A session lasts at least as long as its connection",
        by![sessions::a_session_without_expiry_lasts_as_long_as_its_connection],
    ),
    v3(
        "4.3.1-1",
        "A message at QoS 0 is sent at QoS 0 and without DUP",
        by![heads::a_message_at_qos_0_goes_to_qos_2_listeners_at_qos_0],
    ),
    v3(
        "4.3.2-1",
        "The sender at QoS 1 uses a free id, no DUP the first time, and waits for PUBACK",
        by![
            heads::messages_under_way_have_ids_of_their_own,
            delivery::what_was_not_acknowledged_comes_again_with_its_id_and_dup_and_in_its_order,
        ],
    ),
    v3(
        "4.3.2-2",
        "The receiver at QoS 1 answers by PUBACK; after that the same id is a new message, with DUP or without",
        by![delivery::a_message_at_qos_1_is_answered_and_its_id_is_free_again],
    ),
    v3(
        "4.3.3-1",
        "The sender at QoS 2 uses a free id, waits for PUBREC, sends PUBREL, waits for PUBCOMP, and never goes back",
        by![
            heads::messages_under_way_have_ids_of_their_own,
            heads::the_pubrel_of_the_server_carries_the_id_of_its_message,
            delivery::what_was_not_acknowledged_comes_again_with_its_id_and_dup_and_in_its_order,
            delivery::a_message_that_was_received_is_not_sent_again_but_its_pubrel_is,
        ],
    ),
    v3(
        "4.3.3-2",
        "The receiver at QoS 2 answers each PUBLISH by PUBREC, delivers once, answers PUBREL by PUBCOMP, and then begins anew",
        by![
            delivery::a_message_at_qos_2_is_taken_once_until_it_is_released,
            delivery::a_message_at_qos_2_is_taken_once_over_a_lost_connection,
        ],
    ),
    v3(
        "4.4.0-1",
        "When a session goes on, unacknowledged PUBLISH and PUBREL are sent again with their ids",
        by![
            delivery::what_was_not_acknowledged_comes_again_with_its_id_and_dup_and_in_its_order,
            delivery::what_comes_again_has_its_qos_whatever_its_subscription_has_become,
            delivery::a_message_that_was_received_is_not_sent_again_but_its_pubrel_is,
        ],
    ),
    v3(
        "4.5.0-1",
        "A message that the server took is added to the sessions whose subscriptions match",
        by![
            sessions::messages_at_qos_1_and_2_wait_for_a_session_that_is_away,
            filters::a_filter_matches_what_the_standard_says,
        ],
    ),
    v3("4.5.0-2", "A client acknowledges what it receives, whatever it does with it", Client),
    v3(
        "4.6.0-1",
        "What is sent again comes in the order in which it was first sent",
        by![delivery::what_was_not_acknowledged_comes_again_with_its_id_and_dup_and_in_its_order],
    ),
    v3(
        "4.6.0-2",
        "PUBACKs come in the order of their messages",
        by![order::messages_of_one_client_to_a_topic_come_in_the_order_they_were_sent],
    ),
    v3(
        "4.6.0-3",
        "PUBRECs come in the order of their messages",
        by![order::messages_of_one_client_to_a_topic_come_in_the_order_they_were_sent],
    ),
    v3(
        "4.6.0-4",
        "PUBRELs come in the order of their PUBRECs",
        by![delivery::a_message_that_was_received_is_not_sent_again_but_its_pubrel_is],
    ),
    v3(
        "4.6.0-5",
        "Every topic is an ordered one unless something else was arranged",
        by![
            order::messages_of_one_client_to_a_topic_come_in_the_order_they_were_sent,
            order::two_clients_are_each_heard_in_their_order,
        ],
    ),
    v3(
        "4.6.0-6",
        "Messages of a client to an ordered topic are delivered, for each QoS, in the order they came",
        by![
            order::messages_of_one_client_to_a_topic_come_in_the_order_they_were_sent,
            order::messages_that_waited_come_in_the_order_they_were_sent,
        ],
    ),
    v3(
        "4.7.1-1",
        "Wildcards stand in filters only",
        by![publish::a_topic_with_a_wildcard_ends_the_connection_and_reaches_nobody],
    ),
    v3(
        "4.7.1-2",
        "`#` stands alone on the last level",
        by![filters::a_wildcard_in_the_wrong_place_ends_the_connection],
    ),
    v3(
        "4.7.1-3",
        "`+` stands alone on its level, whichever that is",
        by![
            filters::a_wildcard_in_the_wrong_place_ends_the_connection,
            filters::a_filter_matches_what_the_standard_says,
        ],
    ),
    v3(
        "4.7.2-1",
        "A filter that begins with a wildcard does not match a topic that begins with `$`",
        by![filters::wildcards_at_the_first_level_do_not_match_topics_that_begin_with_a_dollar],
    ),
    v3(
        "4.7.3-1",
        "Topics and filters have at least one character",
        by![
            filters::an_empty_filter_ends_the_connection,
            publish::a_message_without_a_topic_ends_the_connection,
            filters::topics_of_one_character_are_topics,
        ],
    ),
    v3(
        "4.7.3-2",
        "Topics and filters do not contain U+0000",
        by![strings::a_null_in_a_topic_or_a_filter_ends_the_connection],
    ),
    v3(
        "4.7.3-3",
        "Topics and filters have at most 65,535 bytes; their length could not say more, and this server takes fewer",
        by![filters::a_topic_that_is_longer_than_the_server_takes_is_refused_and_harms_nobody],
    ),
    v3(
        "4.7.3-4",
        "Topics are compared as they are, without any normalization",
        by![filters::topics_are_compared_byte_for_byte],
    ),
    v3(
        "4.8.0-1",
        "A violation of the protocol ends the connection on which it came",
        by![
            disconnect::an_error_ends_the_connection_with_its_code,
            strictness::every_packet_that_the_standard_forbids_ends_its_connection_with_its_code,
        ],
    ),
    v3(
        "4.8.0-2",
        "A transient error while a packet is handled ends the connection on which it came",
        Exempt(
            "a server that is well has none to show; `faults::full_disk` and `faults::postgres` take its store away and see \
             the connection end",
        ),
    ),
];
