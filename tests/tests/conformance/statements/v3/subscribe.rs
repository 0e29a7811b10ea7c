//! SUBSCRIBE, UNSUBSCRIBE, PINGREQ and DISCONNECT.

use crate::statements::Proof::Client;
use crate::statements::{Statement, by, v3};

pub(super) const STATEMENTS: &[Statement] = &[
    v3(
        "3.8.1-1",
        "The flags of SUBSCRIBE are 0010; others end the connection",
        by![heads::wrong_flags_in_the_first_byte_end_the_connection],
    ),
    v3(
        "3.8.3-1",
        "The filters of SUBSCRIBE are UTF-8",
        by![strings::a_filter_that_is_no_utf8_ends_the_connection],
    ),
    v3(
        "3.8.3-2",
        "A server without wildcards refuses filters that have them; this one has them",
        by![filters::a_filter_matches_what_the_standard_says],
    ),
    v3(
        "3.8.3-3",
        "SUBSCRIBE has at least one filter",
        by![subscribe::a_request_without_a_filter_ends_the_connection],
    ),
    v3(
        "3.8.3-4",
        "Reserved bits beside a filter, or a QoS of 3, end the connection",
        by![subscribe::reserved_options_end_the_connection],
    ),
    v3(
        "3.8.4-1",
        "SUBSCRIBE is answered by SUBACK",
        by![subscribe::a_subscribe_is_answered_for_each_filter_in_order],
    ),
    v3(
        "3.8.4-2",
        "SUBACK has the packet id of its SUBSCRIBE",
        by![heads::an_answer_carries_the_id_of_what_it_answers],
    ),
    v3(
        "3.8.4-3",
        "A filter that is there already is replaced: what is kept comes again, and nothing is lost",
        by![
            subscribe::a_filter_that_is_there_already_is_replaced,
            subscribe::a_filter_that_is_replaced_brings_what_is_kept_again_and_loses_nothing,
        ],
    ),
    v3(
        "3.8.4-4",
        "Several filters in one SUBSCRIBE are as good as one SUBSCRIBE for each, with a single answer",
        by![subscribe::a_subscribe_is_answered_for_each_filter_in_order],
    ),
    v3(
        "3.8.4-5",
        "SUBACK says for each filter what QoS was granted, or that it was refused",
        by![
            subscribe::a_subscribe_is_answered_for_each_filter_in_order,
            subscribe::a_refused_filter_is_answered_with_0x80_in_3_1_1_and_leaves_the_others_alone,
        ],
    ),
    v3(
        "3.8.4-6",
        "A delivery has the lesser of the QoS that was published and that was granted",
        by![subscribe::a_message_comes_at_the_lesser_of_its_qos_and_that_of_the_subscription],
    ),
    v3(
        "3.9.3-1",
        "The codes of SUBACK stand in the order of the filters",
        by![subscribe::a_subscribe_is_answered_for_each_filter_in_order],
    ),
    v3(
        "3.9.3-2",
        "They are 0x00, 0x01, 0x02 or 0x80",
        by![
            subscribe::a_refused_filter_is_answered_with_0x80_in_3_1_1_and_leaves_the_others_alone,
            subscribe::a_subscribe_is_answered_for_each_filter_in_order,
        ],
    ),
    v3(
        "3.10.1-1",
        "The flags of UNSUBSCRIBE are 0010; others end the connection",
        by![heads::wrong_flags_in_the_first_byte_end_the_connection],
    ),
    v3(
        "3.10.3-1",
        "The filters of UNSUBSCRIBE are UTF-8",
        by![strings::a_filter_that_is_no_utf8_ends_the_connection],
    ),
    v3(
        "3.10.3-2",
        "UNSUBSCRIBE has at least one filter",
        by![subscribe::a_request_without_a_filter_ends_the_connection],
    ),
    v3(
        "3.10.4-1",
        "A filter of UNSUBSCRIBE ends the subscription that is the same byte for byte, and no other",
        by![subscribe::an_unsubscribe_ends_exactly_the_filters_it_names],
    ),
    v3(
        "3.10.4-2",
        "After that no new message is delivered for it",
        by![subscribe::nothing_new_comes_after_an_unsuback],
    ),
    v3(
        "3.10.4-3",
        "Deliveries at QoS 1 and 2 that were begun are finished",
        by![
            subscribe::a_message_whose_sending_has_begun_is_finished_after_an_unsuback,
            delivery::what_was_begun_of_a_room_comes_again_even_if_nobody_wants_it_any_more,
        ],
    ),
    v3(
        "3.10.4-4",
        "UNSUBSCRIBE is answered by UNSUBACK with its packet id",
        by![heads::an_answer_carries_the_id_of_what_it_answers],
    ),
    v3(
        "3.10.4-5",
        "UNSUBACK comes also where nothing was ended",
        by![subscribe::an_unsubscribe_is_answered_also_where_nothing_is_ended],
    ),
    v3(
        "3.10.4-6",
        "Several filters in one UNSUBSCRIBE are as good as one UNSUBSCRIBE for each, with a single answer",
        by![subscribe::an_unsubscribe_ends_exactly_the_filters_it_names],
    ),
    v3("3.12.4-1", "PINGREQ is answered by PINGRESP", by![subscribe::a_pingreq_is_answered]),
    v3(
        "3.14.1-1",
        "The flags of DISCONNECT are 0; who sets them is disconnected",
        by![disconnect::a_disconnect_with_wrong_flags_ends_the_connection_like_any_error],
    ),
    v3("3.14.4-1", "A client that sent DISCONNECT closes the connection", Client),
    v3(
        "3.14.4-2",
        "A client sends nothing after DISCONNECT; what comes even so is not looked at",
        by![disconnect::nothing_a_client_sends_after_its_goodbye_is_looked_at],
    ),
    v3("3.14.4-3", "DISCONNECT takes the will away", by![wills::an_orderly_goodbye_takes_the_will_away]),
];
