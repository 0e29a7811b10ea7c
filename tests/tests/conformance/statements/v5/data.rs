//! Texts, lengths, flags and packet ids.

use crate::statements::{Statement, by, v5};

pub(super) const STATEMENTS: &[Statement] = &[
    v5(
        "1.5.4-1",
        "Texts are well-formed UTF-8 without surrogates",
        by![
            strings::a_topic_that_is_no_utf8_ends_the_connection,
            strings::a_filter_that_is_no_utf8_ends_the_connection,
            strings::a_client_id_that_is_no_utf8_lets_nobody_in,
        ],
    ),
    v5(
        "1.5.4-2",
        "No text contains U+0000",
        by![
            strings::a_null_in_a_topic_or_a_filter_ends_the_connection,
            strings::a_content_type_that_is_no_utf8_ends_the_connection,
        ],
    ),
    v5(
        "1.5.4-3",
        "The bytes EF BB BF are the character U+FEFF wherever they stand and are not dropped",
        by![
            strings::a_zero_width_no_break_space_is_a_character_like_any_other,
            forwarding::user_properties_are_heard_as_they_were_said_and_in_their_order,
        ],
    ),
    v5(
        "1.5.5-1",
        "A length is written in as few bytes as it needs",
        by![
            strings::a_length_that_is_longer_than_needed_ends_the_connection,
            strings::the_server_writes_lengths_in_the_shortest_way,
        ],
    ),
    v5(
        "1.5.7-1",
        "Both halves of a user property are texts",
        by![strings::a_user_property_with_a_half_that_is_no_utf8_ends_the_connection],
    ),
    v5(
        "2.1.3-1",
        "Reserved flags of the first byte have the value that the standard gives them",
        by![heads::wrong_flags_in_the_first_byte_end_the_connection],
    ),
    v5("2.2.1-2", "A message at QoS 0 has no packet id", by![heads::a_message_at_qos_0_has_no_packet_id]),
    v5(
        "2.2.1-3",
        "A client gives each SUBSCRIBE, UNSUBSCRIBE and PUBLISH above QoS 0 an id that is free and not 0",
        by![heads::a_packet_id_of_zero_ends_the_connection],
    ),
    v5(
        "2.2.1-4",
        "The server gives each message above QoS 0 an id that is free and not 0",
        by![heads::messages_under_way_have_ids_of_their_own],
    ),
    v5(
        "2.2.1-5",
        "PUBACK, PUBREC, PUBREL and PUBCOMP carry the id of their PUBLISH",
        by![
            heads::an_answer_carries_the_id_of_what_it_answers,
            heads::the_pubrel_of_the_server_carries_the_id_of_its_message,
        ],
    ),
    v5(
        "2.2.1-6",
        "SUBACK and UNSUBACK carry the id of their request",
        by![heads::an_answer_carries_the_id_of_what_it_answers],
    ),
    v5(
        "2.2.2-1",
        "Where there are no properties their length is there, and is 0",
        by![heads::where_properties_could_be_and_are_not_their_length_is_zero],
    ),
];
