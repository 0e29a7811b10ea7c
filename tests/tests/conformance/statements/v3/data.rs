//! Texts, flags and packet ids.

use crate::statements::Proof::Client;
use crate::statements::{Statement, by, v3};

pub(super) const STATEMENTS: &[Statement] = &[
    v3(
        "1.5.3-1",
        "Texts are well-formed UTF-8 without surrogates; who sends another one loses the connection",
        by![
            strings::a_topic_that_is_no_utf8_ends_the_connection,
            strings::a_filter_that_is_no_utf8_ends_the_connection,
            strings::a_client_id_that_is_no_utf8_lets_nobody_in,
        ],
    ),
    v3(
        "1.5.3-2",
        "No text contains U+0000; who sends it loses the connection",
        by![
            strings::a_null_in_a_topic_or_a_filter_ends_the_connection,
            strings::a_client_id_that_is_no_utf8_lets_nobody_in,
        ],
    ),
    v3(
        "1.5.3-3",
        "The bytes EF BB BF are the character U+FEFF wherever they stand and are not dropped",
        by![strings::a_zero_width_no_break_space_is_a_character_like_any_other],
    ),
    v3(
        "2.2.2-1",
        "Reserved flags of the first byte have the value that the standard gives them",
        by![heads::wrong_flags_in_the_first_byte_end_the_connection],
    ),
    v3(
        "2.2.2-2",
        "Who receives wrong flags closes the connection",
        by![heads::wrong_flags_in_the_first_byte_end_the_connection],
    ),
    v3(
        "2.3.1-1",
        "SUBSCRIBE, UNSUBSCRIBE and PUBLISH above QoS 0 have a packet id, which is not 0",
        by![heads::a_packet_id_of_zero_ends_the_connection, heads::messages_under_way_have_ids_of_their_own],
    ),
    v3("2.3.1-2", "A client gives each new packet an id that is not in use", Client),
    v3(
        "2.3.1-3",
        "A packet that a client sends again keeps its id, which is free after its acknowledgement",
        by![
            delivery::a_message_at_qos_1_is_answered_and_its_id_is_free_again,
            delivery::a_message_at_qos_2_is_taken_once_until_it_is_released,
        ],
    ),
    v3(
        "2.3.1-4",
        "The same holds for the ids of messages that the server sends",
        by![
            heads::messages_under_way_have_ids_of_their_own,
            delivery::what_was_not_acknowledged_comes_again_with_its_id_and_dup_and_in_its_order,
        ],
    ),
    v3("2.3.1-5", "A message at QoS 0 has no packet id", by![heads::a_message_at_qos_0_has_no_packet_id]),
    v3(
        "2.3.1-6",
        "PUBACK, PUBREC and PUBREL carry the id of their PUBLISH",
        by![
            heads::an_answer_carries_the_id_of_what_it_answers,
            heads::the_pubrel_of_the_server_carries_the_id_of_its_message,
        ],
    ),
    v3(
        "2.3.1-7",
        "SUBACK and UNSUBACK carry the id of their request",
        by![heads::an_answer_carries_the_id_of_what_it_answers],
    ),
];
