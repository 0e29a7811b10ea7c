//! SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK and PINGREQ.

use crate::statements::{Statement, by, v5};

pub(super) const STATEMENTS: &[Statement] = &[
    v5(
        "3.8.1-1",
        "The flags of SUBSCRIBE are 0010; others end the connection",
        by![heads::wrong_flags_in_the_first_byte_end_the_connection],
    ),
    v5(
        "3.8.3-1",
        "The filters of SUBSCRIBE are UTF-8",
        by![strings::a_filter_that_is_no_utf8_ends_the_connection],
    ),
    v5(
        "3.8.3-2",
        "SUBSCRIBE has at least one filter with its options",
        by![subscribe::a_request_without_a_filter_ends_the_connection],
    ),
    v5(
        "3.8.3-3",
        "With No Local a client does not hear what it published itself",
        by![subscribe::no_local_keeps_a_clients_own_messages_from_it],
    ),
    v5(
        "3.8.3-4",
        "No Local on a shared subscription is a protocol error",
        by![subscribe::no_local_on_a_shared_subscription_ends_the_connection],
    ),
    v5(
        "3.8.3-5",
        "Reserved bits of the options make a SUBSCRIBE malformed",
        by![subscribe::reserved_options_end_the_connection],
    ),
    v5(
        "3.8.4-1",
        "SUBSCRIBE is answered by SUBACK",
        by![subscribe::a_subscribe_is_answered_for_each_filter_in_order],
    ),
    v5(
        "3.8.4-2",
        "SUBACK has the packet id of its SUBSCRIBE",
        by![heads::an_answer_carries_the_id_of_what_it_answers],
    ),
    v5(
        "3.8.4-3",
        "A filter that is there already is replaced, unless it is shared",
        by![
            subscribe::a_filter_that_is_there_already_is_replaced,
            overlap::the_identifier_of_a_subscription_is_that_of_its_last_subscribe,
        ],
    ),
    v5(
        "3.8.4-4",
        "With Retain Handling 0, what is kept comes again then, and nothing is lost",
        by![
            subscribe::a_filter_that_is_replaced_brings_what_is_kept_again_and_loses_nothing,
            retained::retain_handling_0_sends_what_is_kept_at_every_subscribe,
        ],
    ),
    v5(
        "3.8.4-5",
        "Several filters in one SUBSCRIBE are as good as one SUBSCRIBE for each, with a single answer",
        by![subscribe::a_subscribe_is_answered_for_each_filter_in_order],
    ),
    v5(
        "3.8.4-6",
        "SUBACK has a code for each filter",
        by![answers::a_suback_says_for_each_filter_what_is_granted_in_a_code_of_the_standard],
    ),
    v5(
        "3.8.4-7",
        "It says what QoS was granted, or that the filter was refused",
        by![answers::a_suback_says_for_each_filter_what_is_granted_in_a_code_of_the_standard],
    ),
    v5(
        "3.8.4-8",
        "A delivery has the lesser of the QoS that was published and that was granted",
        by![subscribe::a_message_comes_at_the_lesser_of_its_qos_and_that_of_the_subscription],
    ),
    v5(
        "3.9.2-1",
        "A reason string never makes SUBACK too large for its client",
        by![answers::a_suback_is_never_too_much_for_its_client],
    ),
    v5(
        "3.9.2-2",
        "User properties never make SUBACK too large for its client",
        by![answers::a_suback_is_never_too_much_for_its_client],
    ),
    v5(
        "3.9.3-1",
        "The codes of SUBACK stand in the order of the filters",
        by![subscribe::a_subscribe_is_answered_for_each_filter_in_order],
    ),
    v5(
        "3.9.3-2",
        "They are codes that the standard has for SUBACK",
        by![answers::a_suback_says_for_each_filter_what_is_granted_in_a_code_of_the_standard],
    ),
    v5(
        "3.10.1-1",
        "The flags of UNSUBSCRIBE are 0010; others end the connection",
        by![heads::wrong_flags_in_the_first_byte_end_the_connection],
    ),
    v5(
        "3.10.3-1",
        "The filters of UNSUBSCRIBE are UTF-8",
        by![strings::a_filter_that_is_no_utf8_ends_the_connection],
    ),
    v5(
        "3.10.3-2",
        "UNSUBSCRIBE has at least one filter",
        by![subscribe::a_request_without_a_filter_ends_the_connection],
    ),
    v5(
        "3.10.4-1",
        "A filter of UNSUBSCRIBE ends the subscription that is the same character for character, and no other",
        by![subscribe::an_unsubscribe_ends_exactly_the_filters_it_names],
    ),
    v5(
        "3.10.4-2",
        "After that no new message is delivered for it",
        by![subscribe::nothing_new_comes_after_an_unsuback],
    ),
    v5(
        "3.10.4-3",
        "Deliveries at QoS 1 and 2 that were begun are finished",
        by![
            subscribe::a_message_whose_sending_has_begun_is_finished_after_an_unsuback,
            delivery::what_was_begun_of_a_room_comes_again_even_if_nobody_wants_it_any_more,
        ],
    ),
    v5(
        "3.10.4-4",
        "UNSUBSCRIBE is answered by UNSUBACK",
        by![subscribe::an_unsubscribe_is_answered_also_where_nothing_is_ended],
    ),
    v5(
        "3.10.4-5",
        "UNSUBACK has the packet id of its UNSUBSCRIBE, and comes also where nothing was ended",
        by![
            heads::an_answer_carries_the_id_of_what_it_answers,
            subscribe::an_unsubscribe_is_answered_also_where_nothing_is_ended,
        ],
    ),
    v5(
        "3.10.4-6",
        "Several filters in one UNSUBSCRIBE are as good as one UNSUBSCRIBE for each, with a single answer",
        by![
            subscribe::an_unsubscribe_ends_exactly_the_filters_it_names,
            answers::an_unsuback_says_for_each_filter_what_became_of_it_in_a_code_of_the_standard,
        ],
    ),
    v5(
        "3.11.2-1",
        "A reason string never makes UNSUBACK too large for its client",
        by![answers::an_unsuback_is_never_too_much_for_its_client],
    ),
    v5(
        "3.11.2-2",
        "User properties never make UNSUBACK too large for its client",
        by![answers::an_unsuback_is_never_too_much_for_its_client],
    ),
    v5(
        "3.11.3-1",
        "The codes of UNSUBACK stand in the order of the filters",
        by![answers::an_unsuback_says_for_each_filter_what_became_of_it_in_a_code_of_the_standard],
    ),
    v5(
        "3.11.3-2",
        "They are codes that the standard has for UNSUBACK",
        by![answers::an_unsuback_says_for_each_filter_what_became_of_it_in_a_code_of_the_standard],
    ),
    v5("3.12.4-1", "PINGREQ is answered by PINGRESP", by![subscribe::a_pingreq_is_answered]),
];
