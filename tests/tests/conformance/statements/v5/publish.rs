//! PUBLISH.

use crate::statements::Proof::Client;
use crate::statements::{Statement, by, v5};

pub(super) const STATEMENTS: &[Statement] = &[
    v5(
        "3.3.1-1",
        "A message that is sent again has DUP",
        by![delivery::what_was_not_acknowledged_comes_again_with_its_id_and_dup_and_in_its_order],
    ),
    v5(
        "3.3.1-2",
        "A message at QoS 0 never has DUP",
        by![
            publish::a_repeated_message_at_qos_0_ends_the_connection,
            heads::a_message_at_qos_0_goes_to_qos_2_listeners_at_qos_0,
            delivery::what_comes_again_of_a_room_has_its_qos_whatever_its_subscription_has_become,
        ],
    ),
    v5(
        "3.3.1-3",
        "DUP of a delivery says whether this delivery is a repetition, whatever the sender's DUP was",
        by![publish::the_dup_flag_of_the_sender_goes_no_further],
    ),
    v5("3.3.1-4", "No message has a QoS of 3", by![publish::a_qos_of_3_ends_the_connection]),
    v5(
        "3.3.1-5",
        "A message with RETAIN takes the place of what was kept for its topic",
        by![
            retained::the_last_kept_message_of_each_topic_is_sent_to_who_subscribes,
            retained::a_message_at_qos_0_takes_the_place_of_what_was_kept,
        ],
    ),
    v5(
        "3.3.1-6",
        "An empty message with RETAIN is delivered and removes what was kept for its topic",
        by![retained::an_empty_message_is_heard_and_removes_what_was_kept],
    ),
    v5("3.3.1-7", "An empty message is never kept", by![retained::an_empty_message_is_not_kept]),
    v5(
        "3.3.1-8",
        "A message without RETAIN is not kept, and what is kept stays",
        by![retained::other_messages_leave_what_is_kept_as_it_is],
    ),
    v5(
        "3.3.1-9",
        "With Retain Handling 0 a SUBSCRIBE brings what is kept for its filter",
        by![retained::retain_handling_0_sends_what_is_kept_at_every_subscribe],
    ),
    v5(
        "3.3.1-10",
        "With Retain Handling 1 it does so only where the subscription was not there",
        by![
            retained::retain_handling_1_sends_what_is_kept_to_a_new_subscription_only,
            retained::retain_handling_1_knows_the_subscriptions_of_a_session_that_goes_on,
        ],
    ),
    v5(
        "3.3.1-11",
        "With Retain Handling 2 it never does",
        by![retained::retain_handling_2_sends_nothing_that_is_kept],
    ),
    v5(
        "3.3.1-12",
        "Without Retain As Published a delivery has no RETAIN, whatever the sender set",
        by![
            retained::without_retain_as_published_the_flag_is_never_set_on_what_is_new,
            retained::who_listened_before_hears_a_kept_message_like_any_other,
        ],
    ),
    v5(
        "3.3.1-13",
        "With Retain As Published a delivery has RETAIN as the sender set it",
        by![retained::with_retain_as_published_the_flag_is_as_it_was_sent],
    ),
    v5(
        "3.3.2-1",
        "The topic comes first in a PUBLISH and is UTF-8",
        by![
            publish::a_message_without_a_topic_ends_the_connection,
            strings::a_topic_that_is_no_utf8_ends_the_connection,
        ],
    ),
    v5(
        "3.3.2-2",
        "The topic of a message has no wildcards",
        by![publish::a_topic_with_a_wildcard_ends_the_connection_and_reaches_nobody],
    ),
    v5(
        "3.3.2-3",
        "The topic of a delivery matches the filter of its subscription",
        by![
            publish::a_message_carries_the_topic_it_was_published_to,
            filters::a_filter_matches_what_the_standard_says,
        ],
    ),
    v5(
        "3.3.2-4",
        "The Payload Format Indicator is delivered as it came",
        by![forwarding::the_payload_format_is_heard_as_it_was_said],
    ),
    v5(
        "3.3.2-5",
        "A message whose time is over before its delivery was begun is not delivered",
        by![expiry::a_message_past_its_time_is_not_sent_and_one_within_it_says_how_much_is_left],
    ),
    v5(
        "3.3.2-6",
        "A delivery says how much is left of the message's time",
        by![
            expiry::a_message_past_its_time_is_not_sent_and_one_within_it_says_how_much_is_left,
            expiry::a_message_heard_at_once_has_its_whole_time,
        ],
    ),
    v5(
        "3.3.2-7",
        "A topic alias means nothing on another connection",
        by![aliases::an_alias_means_nothing_on_the_next_connection],
    ),
    v5("3.3.2-8", "No topic alias is 0", by![aliases::an_alias_of_zero_ends_the_connection]),
    v5(
        "3.3.2-9",
        "A client sends no topic alias over the maximum of CONNACK",
        by![aliases::an_alias_over_the_maximum_ends_the_connection],
    ),
    v5("3.3.2-10", "A client takes every topic alias up to the maximum of its CONNECT", Client),
    v5(
        "3.3.2-11",
        "The server sends no topic alias over the maximum of CONNECT",
        by![aliases::the_server_uses_no_alias_over_the_clients_maximum],
    ),
    v5(
        "3.3.2-12",
        "The server takes every topic alias up to the maximum of its CONNACK",
        by![aliases::every_alias_up_to_the_announced_maximum_is_taken],
    ),
    v5(
        "3.3.2-13",
        "The Response Topic is UTF-8",
        by![strings::a_response_topic_that_is_no_utf8_ends_the_connection],
    ),
    v5(
        "3.3.2-14",
        "The Response Topic has no wildcards",
        by![forwarding::a_response_topic_with_a_wildcard_ends_the_connection],
    ),
    v5(
        "3.3.2-15",
        "The Response Topic is delivered as it came",
        by![forwarding::the_response_topic_is_heard_as_it_was_said, forwarding::requests_find_their_answers],
    ),
    v5(
        "3.3.2-16",
        "Correlation Data are delivered as they came",
        by![
            forwarding::the_correlation_data_are_heard_as_they_were_said,
            forwarding::requests_find_their_answers,
        ],
    ),
    v5(
        "3.3.2-17",
        "User properties are delivered as they came",
        by![forwarding::user_properties_are_heard_as_they_were_said_and_in_their_order],
    ),
    v5(
        "3.3.2-18",
        "User properties of a message keep their order",
        by![forwarding::user_properties_are_heard_as_they_were_said_and_in_their_order],
    ),
    v5(
        "3.3.2-19",
        "The Content Type is UTF-8",
        by![strings::a_content_type_that_is_no_utf8_ends_the_connection],
    ),
    v5(
        "3.3.2-20",
        "The Content Type is delivered as it came",
        by![forwarding::the_content_type_is_heard_as_it_was_said],
    ),
    v5(
        "3.3.4-1",
        "A message is answered as its QoS asks: not at all, by PUBACK, or by PUBREC",
        by![publish::each_qos_has_its_answer],
    ),
    v5(
        "3.3.4-2",
        "A message that matches several subscriptions of a client is delivered at the greatest QoS of them",
        by![overlap::a_message_that_matches_several_subscriptions_comes_at_the_greatest_qos],
    ),
    v5(
        "3.3.4-3",
        "The subscription identifiers of those subscriptions are delivered with it",
        by![
            overlap::a_message_carries_the_identifiers_of_all_subscriptions_it_matches,
            overlap::a_message_for_a_subscription_without_identifier_carries_none,
        ],
    ),
    v5(
        "3.3.4-4",
        "A single copy carries all of them",
        by![overlap::a_message_carries_the_identifiers_of_all_subscriptions_it_matches],
    ),
    v5(
        "3.3.4-5",
        "Of several copies each carries its own; this server sends one copy, and another by a share",
        by![
            overlap::a_message_that_matches_several_subscriptions_comes_once,
            shared::a_message_by_a_share_carries_the_identifier_of_its_member,
        ],
    ),
    v5(
        "3.3.4-6",
        "A client sends no subscription identifier with a message",
        by![publish::a_subscription_identifier_from_a_client_ends_the_connection],
    ),
    v5(
        "3.3.4-7",
        "A client has no more messages under way than the server's Receive Maximum; one that does hears 0x93",
        by![flow::a_client_may_use_the_whole_receive_maximum_and_not_one_more],
    ),
    v5("3.3.4-8", "A client delays nothing but messages because of that", Client),
    v5(
        "3.3.4-9",
        "The server has no more messages under way than the client's Receive Maximum",
        by![
            flow::no_more_messages_are_under_way_than_the_client_takes,
            flow::a_message_at_qos_2_is_under_way_until_its_pubcomp,
        ],
    ),
    v5(
        "3.3.4-10",
        "The server delays nothing but messages because of that",
        by![flow::everything_else_is_answered_while_no_more_messages_may_be_sent],
    ),
];
