//! CONNECT and CONNACK.

use crate::statements::Proof::Client;
use crate::statements::{Statement, by, v3};

pub(super) const STATEMENTS: &[Statement] = &[
    v3(
        "3.1.0-1",
        "The first packet of a client is CONNECT",
        by![connect::whatever_comes_before_a_connect_ends_the_connection],
    ),
    v3(
        "3.1.0-2",
        "It comes once; who sends another is disconnected",
        by![connect::a_second_connect_ends_the_connection],
    ),
    v3(
        "3.1.2-1",
        "A CONNECT of a protocol with another name is not treated as one of this protocol",
        by![connect::another_protocol_is_not_spoken],
    ),
    v3(
        "3.1.2-2",
        "A level that is not spoken is answered with return code 1, and that is the end",
        by![
            connect::another_level_of_the_protocol_is_refused_with_its_code,
            strictness::mqtt_3_1_hears_that_it_is_too_old,
        ],
    ),
    v3(
        "3.1.2-3",
        "The server looks that the reserved flag of CONNECT is 0 and disconnects who sets it",
        by![connect::a_reserved_flag_lets_nobody_in],
    ),
    v3(
        "3.1.2-4",
        "Without clean session the session of this client id goes on, or is made, and is kept after the connection",
        by![sessions::a_session_goes_on_where_it_was, sessions::a_session_that_is_not_there_is_made],
    ),
    v3(
        "3.1.2-5",
        "While such a session is away, messages at QoS 1 and 2 for its subscriptions are kept for it",
        by![sessions::messages_at_qos_1_and_2_wait_for_a_session_that_is_away],
    ),
    v3(
        "3.1.2-6",
        "With clean session all earlier state is forgotten, and the new one ends with its connection",
        by![sessions::a_clean_start_forgets_everything],
    ),
    v3(
        "3.1.2-7",
        "Retained messages are not part of a session and stay when it ends",
        by![sessions::what_is_retained_outlives_the_session_that_sent_it],
    ),
    v3(
        "3.1.2-8",
        "A will is kept with the connection and published when it closes without DISCONNECT",
        by![wills::a_lost_connection_publishes_the_will_once, wills::a_will_is_not_heard_before_its_time],
    ),
    v3(
        "3.1.2-9",
        "With the will flag, the will's QoS and retain flag count, and its topic and payload are there",
        by![
            connect::a_will_flag_without_a_will_lets_nobody_in,
            wills::a_will_is_published_at_its_own_qos,
            wills::a_will_is_kept_if_it_says_so,
        ],
    ),
    v3(
        "3.1.2-10",
        "A will is gone once it was published or its client said goodbye",
        by![wills::a_lost_connection_publishes_the_will_once, wills::an_orderly_goodbye_takes_the_will_away],
    ),
    v3(
        "3.1.2-11",
        "Without the will flag, QoS and retain of the will are 0, and topic and payload are not there",
        by![
            connect::a_will_qos_without_a_will_lets_nobody_in,
            connect::a_will_retain_without_a_will_lets_nobody_in,
            connect::a_will_flag_without_a_will_lets_nobody_in,
        ],
    ),
    v3(
        "3.1.2-12",
        "Without the will flag nothing is published when the connection ends",
        by![wills::who_left_no_will_leaves_nothing],
    ),
    v3(
        "3.1.2-13",
        "Without the will flag the will's QoS is 0",
        by![connect::a_will_qos_without_a_will_lets_nobody_in],
    ),
    v3("3.1.2-14", "The will's QoS is 0, 1 or 2, never 3", by![connect::a_will_qos_of_3_lets_nobody_in]),
    v3(
        "3.1.2-15",
        "Without the will flag the will's retain flag is 0",
        by![connect::a_will_retain_without_a_will_lets_nobody_in],
    ),
    v3(
        "3.1.2-16",
        "A will without its retain flag is published as a message that is not kept",
        by![wills::a_will_is_not_kept_otherwise],
    ),
    v3(
        "3.1.2-17",
        "A will with its retain flag is published as a message that is kept",
        by![wills::a_will_is_kept_if_it_says_so],
    ),
    v3(
        "3.1.2-18",
        "Without its flag there is no user name",
        by![connect::a_user_name_is_there_exactly_if_its_flag_says_so],
    ),
    v3(
        "3.1.2-19",
        "With its flag there is a user name",
        by![connect::a_user_name_is_there_exactly_if_its_flag_says_so],
    ),
    v3(
        "3.1.2-20",
        "Without its flag there is no password",
        by![connect::a_password_is_there_exactly_if_its_flag_says_so],
    ),
    v3(
        "3.1.2-21",
        "With its flag there is a password",
        by![connect::a_password_is_there_exactly_if_its_flag_says_so],
    ),
    v3(
        "3.1.2-22",
        "There is no password flag without that of the user name",
        by![connect::a_password_without_a_user_name_lets_nobody_in_by_3_1_1],
    ),
    v3("3.1.2-23", "A client lets no more than its keep alive pass without a packet", Client),
    v3(
        "3.1.2-24",
        "Who is silent for one and a half times its keep alive is disconnected as if the network had failed",
        by![keep_alive::silence_past_one_and_a_half_keep_alives_is_taken_for_a_lost_network],
    ),
    v3(
        "3.1.3-1",
        "The fields of CONNECT stand in this order: client id, will topic, will message, user name, password",
        by![connect::the_fields_of_a_connect_are_read_in_their_order],
    ),
    v3(
        "3.1.3-2",
        "Client and server know their session by the client id",
        by![sessions::a_session_belongs_to_its_client_id],
    ),
    v3(
        "3.1.3-3",
        "The client id is there and is the first field",
        by![
            connect::a_connect_without_a_client_id_field_lets_nobody_in,
            connect::the_fields_of_a_connect_are_read_in_their_order,
        ],
    ),
    v3("3.1.3-4", "The client id is UTF-8", by![strings::a_client_id_that_is_no_utf8_lets_nobody_in]),
    v3(
        "3.1.3-5",
        "Client ids of 1 to 23 letters and digits are taken",
        by![connect::client_ids_of_1_to_23_letters_and_digits_are_welcome],
    ),
    v3(
        "3.1.3-6",
        "Who comes with an empty client id, where that is allowed, is given one that nobody has",
        by![connect::who_comes_without_a_client_id_is_given_one],
    ),
    v3("3.1.3-7", "A client with an empty client id asks for a clean session", Client),
    v3(
        "3.1.3-8",
        "An empty client id without clean session is answered with return code 2, and that is the end",
        by![connect::an_empty_client_id_with_a_lasting_session_is_refused_in_3_1_1],
    ),
    v3(
        "3.1.3-9",
        "A client id that is not accepted is answered with return code 2, and that is the end",
        by![connect::a_client_id_that_is_not_taken_is_refused_with_its_code],
    ),
    v3("3.1.3-10", "The topic of a will is UTF-8", by![strings::a_will_topic_that_is_no_utf8_lets_nobody_in]),
    v3("3.1.3-11", "The user name is UTF-8", by![strings::a_user_name_that_is_no_utf8_lets_nobody_in]),
    v3(
        "3.1.4-1",
        "A CONNECT that is not as it must be ends the connection without a CONNACK",
        by![connect::a_connect_that_is_malformed_lets_nobody_in, connect::a_reserved_flag_lets_nobody_in],
    ),
    v3(
        "3.1.4-2",
        "A client that connects while it is connected loses the older connection",
        by![
            sessions::a_client_that_connects_again_takes_the_place_of_its_earlier_connection,
            behaviour::a_storm_of_takeovers_leaves_exactly_one,
        ],
    ),
    v3(
        "3.1.4-3",
        "After a good CONNECT the session is cleaned or goes on, as asked",
        by![sessions::a_clean_start_forgets_everything, sessions::a_session_goes_on_where_it_was],
    ),
    v3(
        "3.1.4-4",
        "A good CONNECT is answered by a CONNACK with return code 0",
        by![connack::the_flags_of_a_connack_are_session_present_and_nothing_else],
    ),
    v3(
        "3.1.4-5",
        "What a client sends after a CONNECT that was refused is not looked at",
        by![connect::what_follows_a_refused_connect_is_not_looked_at],
    ),
    v3(
        "3.2.0-1",
        "The first packet of the server is CONNACK",
        by![connack::the_first_packet_is_a_connack_and_there_is_no_other],
    ),
    v3(
        "3.2.2-1",
        "With clean session, Session Present is 0",
        by![sessions::a_clean_start_forgets_everything],
    ),
    v3(
        "3.2.2-2",
        "Without clean session and with a session that is there, Session Present is 1",
        by![
            sessions::a_session_goes_on_where_it_was,
            connack::the_flags_of_a_connack_are_session_present_and_nothing_else,
        ],
    ),
    v3(
        "3.2.2-3",
        "Without a session that is there, Session Present is 0",
        by![
            sessions::a_session_that_is_not_there_is_made,
            connack::the_flags_of_a_connack_are_session_present_and_nothing_else,
        ],
    ),
    v3(
        "3.2.2-4",
        "With a return code other than 0, Session Present is 0",
        by![connack::a_refusal_speaks_of_no_session_and_ends_the_connection],
    ),
    v3(
        "3.2.2-5",
        "After a return code other than 0 the connection is closed",
        by![connack::a_refusal_speaks_of_no_session_and_ends_the_connection],
    ),
    v3(
        "3.2.2-6",
        "Where no return code fits, the connection is closed without a CONNACK",
        by![
            connect::a_connect_that_is_malformed_lets_nobody_in,
            connack::a_refusal_says_why_by_a_code_of_the_standard,
        ],
    ),
];
