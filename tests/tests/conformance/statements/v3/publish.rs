//! PUBLISH and what follows it.

use crate::statements::{Statement, by, v3};

pub(super) const STATEMENTS: &[Statement] = &[
    v3(
        "3.3.1-1",
        "A message that is sent again has DUP",
        by![delivery::what_was_not_acknowledged_comes_again_with_its_id_and_dup_and_in_its_order],
    ),
    v3(
        "3.3.1-2",
        "A message at QoS 0 never has DUP",
        by![
            publish::a_repeated_message_at_qos_0_ends_the_connection,
            heads::a_message_at_qos_0_goes_to_qos_2_listeners_at_qos_0,
            delivery::what_comes_again_of_a_room_has_its_qos_whatever_its_subscription_has_become,
        ],
    ),
    v3(
        "3.3.1-3",
        "DUP of a delivery says whether this delivery is a repetition, whatever the sender's DUP was",
        by![publish::the_dup_flag_of_the_sender_goes_no_further],
    ),
    v3(
        "3.3.1-4",
        "No message has a QoS of 3; who sends one loses the connection",
        by![publish::a_qos_of_3_ends_the_connection],
    ),
    v3(
        "3.3.1-5",
        "A message with RETAIN is kept with its QoS for later subscribers",
        by![retained::the_last_kept_message_of_each_topic_is_sent_to_who_subscribes],
    ),
    v3(
        "3.3.1-6",
        "Who subscribes is sent what was last kept for each topic that matches",
        by![retained::the_last_kept_message_of_each_topic_is_sent_to_who_subscribes],
    ),
    v3(
        "3.3.1-7",
        "A message at QoS 0 with RETAIN ends what was kept for its topic",
        by![retained::a_message_at_qos_0_takes_the_place_of_what_was_kept],
    ),
    v3(
        "3.3.1-8",
        "What is sent because of a new subscription has RETAIN",
        by![retained::the_last_kept_message_of_each_topic_is_sent_to_who_subscribes],
    ),
    v3(
        "3.3.1-9",
        "What is sent because of a subscription that was there has no RETAIN, whatever the sender set",
        by![retained::who_listened_before_hears_a_kept_message_like_any_other],
    ),
    v3(
        "3.3.1-10",
        "An empty message with RETAIN is delivered and removes what was kept for its topic",
        by![retained::an_empty_message_is_heard_and_removes_what_was_kept],
    ),
    v3("3.3.1-11", "An empty message is never kept", by![retained::an_empty_message_is_not_kept]),
    v3(
        "3.3.1-12",
        "A message without RETAIN is not kept, and what is kept stays",
        by![retained::other_messages_leave_what_is_kept_as_it_is],
    ),
    v3(
        "3.3.2-1",
        "The topic comes first in a PUBLISH and is UTF-8",
        by![
            publish::a_message_without_a_topic_ends_the_connection,
            strings::a_topic_that_is_no_utf8_ends_the_connection,
        ],
    ),
    v3(
        "3.3.2-2",
        "The topic of a message has no wildcards",
        by![publish::a_topic_with_a_wildcard_ends_the_connection_and_reaches_nobody],
    ),
    v3(
        "3.3.2-3",
        "The topic of a delivery matches the filter of its subscription",
        by![
            publish::a_message_carries_the_topic_it_was_published_to,
            filters::a_filter_matches_what_the_standard_says,
        ],
    ),
    v3(
        "3.3.4-1",
        "A message is answered as its QoS asks: not at all, by PUBACK, or by PUBREC",
        by![publish::each_qos_has_its_answer],
    ),
    v3(
        "3.3.5-1",
        "A message that matches several subscriptions of a client is delivered at the greatest QoS of them",
        by![overlap::a_message_that_matches_several_subscriptions_comes_at_the_greatest_qos],
    ),
    v3(
        "3.3.5-2",
        "A message that its client may not publish is acknowledged all the same, or the connection closed",
        by![publish::a_message_that_is_not_allowed_is_answered_all_the_same],
    ),
    v3(
        "3.6.1-1",
        "The flags of PUBREL are 0010; others end the connection",
        by![heads::wrong_flags_in_the_first_byte_end_the_connection],
    ),
];
