//! Topics, shares and flow.

use crate::statements::{Statement, by, v5};

pub(super) const STATEMENTS: &[Statement] = &[
    v5(
        "4.7.0-1",
        "Wildcards stand in filters only",
        by![publish::a_topic_with_a_wildcard_ends_the_connection_and_reaches_nobody],
    ),
    v5(
        "4.7.1-1",
        "`#` stands alone on the last level",
        by![filters::a_wildcard_in_the_wrong_place_ends_the_connection],
    ),
    v5(
        "4.7.1-2",
        "`+` stands alone on its level, whichever that is",
        by![
            filters::a_wildcard_in_the_wrong_place_ends_the_connection,
            filters::a_filter_matches_what_the_standard_says,
        ],
    ),
    v5(
        "4.7.2-1",
        "A filter that begins with a wildcard does not match a topic that begins with `$`",
        by![filters::wildcards_at_the_first_level_do_not_match_topics_that_begin_with_a_dollar],
    ),
    v5(
        "4.7.3-1",
        "Topics and filters have at least one character",
        by![
            filters::an_empty_filter_ends_the_connection,
            publish::a_message_without_a_topic_ends_the_connection,
            filters::topics_of_one_character_are_topics,
        ],
    ),
    v5(
        "4.7.3-2",
        "Topics and filters do not contain U+0000",
        by![strings::a_null_in_a_topic_or_a_filter_ends_the_connection],
    ),
    v5(
        "4.7.3-3",
        "Topics and filters have at most 65,535 bytes; their length could not say more, and this server takes fewer",
        by![filters::a_topic_that_is_longer_than_the_server_takes_is_refused_and_harms_nobody],
    ),
    v5(
        "4.7.3-4",
        "Topics are compared as they are, without any normalization",
        by![filters::topics_are_compared_byte_for_byte],
    ),
    v5(
        "4.8.2-1",
        "A share is written `$share/`, a name of at least one character, a slash and a filter",
        by![filters::shares_must_be_written_as_the_standard_has_them],
    ),
    v5(
        "4.8.2-2",
        "The name of a share has no slash and no wildcard, and a filter follows it",
        by![filters::shares_must_be_written_as_the_standard_has_them],
    ),
    v5(
        "4.8.2-3",
        "A delivery by a share keeps to the QoS that its member was granted",
        by![shared::a_member_gets_no_more_than_the_qos_it_was_granted],
    ),
    v5(
        "4.8.2-4",
        "A message at QoS 2 that was begun with a member is finished with it when it comes back",
        by![shared::a_message_at_qos_2_that_was_begun_with_a_member_is_finished_with_it],
    ),
    v5(
        "4.8.2-5",
        "It goes to no other member when that session ends",
        by![
            shared::a_message_at_qos_2_that_was_begun_goes_to_nobody_else_when_its_session_ends,
            shared::a_message_at_qos_2_that_was_begun_where_no_session_lasts_goes_to_nobody_else,
        ],
    ),
    v5(
        "4.8.2-6",
        "A message that a member refuses goes to no other",
        by![shared::a_message_that_a_member_refuses_goes_to_nobody_else],
    ),
    v5(
        "4.9.0-1",
        "At the beginning something may be sent, and no more than the Receive Maximum",
        by![
            flow::no_more_messages_are_under_way_than_the_client_takes,
            flow::a_client_may_use_the_whole_receive_maximum_and_not_one_more,
        ],
    ),
    v5(
        "4.9.0-2",
        "Each message above QoS 0 takes of that, and when nothing is left none is sent",
        by![
            flow::no_more_messages_are_under_way_than_the_client_takes,
            flow::a_message_at_qos_2_is_under_way_until_its_pubcomp,
            flow::messages_at_qos_0_are_not_counted,
        ],
    ),
    v5(
        "4.9.0-3",
        "All other packets are handled and answered meanwhile",
        by![flow::everything_else_is_answered_while_no_more_messages_may_be_sent],
    ),
];
