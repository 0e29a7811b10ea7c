//! CONNECT.

use crate::statements::Proof::Client;
use crate::statements::{Statement, by, v5};

pub(super) const STATEMENTS: &[Statement] = &[
    v5(
        "3.1.0-1",
        "The first packet of a client is CONNECT",
        by![connect::whatever_comes_before_a_connect_ends_the_connection],
    ),
    v5(
        "3.1.0-2",
        "It comes once; another is a protocol error, and the end",
        by![connect::a_second_connect_ends_the_connection],
    ),
    v5(
        "3.1.2-1",
        "The protocol is called `MQTT`; who calls it otherwise may hear 0x84 and loses the connection",
        by![connect::another_protocol_is_not_spoken],
    ),
    v5(
        "3.1.2-2",
        "A version that is not spoken may be answered with 0x84, and loses the connection",
        by![connect::another_level_of_the_protocol_is_refused_with_its_code],
    ),
    v5(
        "3.1.2-3",
        "The server looks that the reserved flag of CONNECT is 0",
        by![connect::a_reserved_flag_lets_nobody_in],
    ),
    v5(
        "3.1.2-4",
        "With Clean Start the earlier session is forgotten and a new one begins",
        by![
            sessions::a_clean_start_forgets_everything,
            sessions::a_clean_start_may_begin_a_session_that_lasts,
        ],
    ),
    v5(
        "3.1.2-5",
        "Without Clean Start the session of this client id goes on where it was",
        by![
            sessions::a_session_goes_on_where_it_was,
            sessions::messages_at_qos_1_and_2_wait_for_a_session_that_is_away,
        ],
    ),
    v5(
        "3.1.2-6",
        "Without Clean Start and without a session one is made",
        by![sessions::a_session_that_is_not_there_is_made],
    ),
    v5(
        "3.1.2-7",
        "A will is kept with the session",
        by![
            wills::a_will_that_waits_is_published_when_its_time_has_come,
            wills::a_will_that_waits_is_published_when_its_session_ends,
        ],
    ),
    v5(
        "3.1.2-8",
        "It is published when the connection has closed and its delay is over or the session ends, unless a goodbye or a \
         new connection within the delay took it away",
        by![
            wills::a_lost_connection_publishes_the_will_once,
            wills::an_orderly_goodbye_takes_the_will_away,
            wills::a_will_that_waits_is_not_published_when_its_session_goes_on,
            wills::a_will_that_waits_is_published_when_its_session_ends,
            wills::a_will_waits_no_longer_than_its_session_lasts,
        ],
    ),
    v5(
        "3.1.2-9",
        "With the will flag, the will's properties, topic and payload are there",
        by![connect::a_will_flag_without_a_will_lets_nobody_in],
    ),
    v5(
        "3.1.2-10",
        "A will is gone once it was published or its client said goodbye",
        by![
            wills::a_lost_connection_publishes_the_will_once,
            wills::an_orderly_goodbye_takes_the_will_away,
            wills::a_will_that_waits_is_published_when_its_time_has_come,
        ],
    ),
    v5(
        "3.1.2-11",
        "Without the will flag the will's QoS is 0",
        by![connect::a_will_qos_without_a_will_lets_nobody_in],
    ),
    v5("3.1.2-12", "The will's QoS is 0, 1 or 2, never 3", by![connect::a_will_qos_of_3_lets_nobody_in]),
    v5(
        "3.1.2-13",
        "Without the will flag the will's retain flag is 0",
        by![connect::a_will_retain_without_a_will_lets_nobody_in],
    ),
    v5(
        "3.1.2-14",
        "A will without its retain flag is published as a message that is not kept",
        by![wills::a_will_is_not_kept_otherwise],
    ),
    v5(
        "3.1.2-15",
        "A will with its retain flag is published as a message that is kept",
        by![wills::a_will_is_kept_if_it_says_so],
    ),
    v5(
        "3.1.2-16",
        "Without its flag there is no user name",
        by![connect::a_user_name_is_there_exactly_if_its_flag_says_so],
    ),
    v5(
        "3.1.2-17",
        "With its flag there is a user name",
        by![connect::a_user_name_is_there_exactly_if_its_flag_says_so],
    ),
    v5(
        "3.1.2-18",
        "Without its flag there is no password",
        by![connect::a_password_is_there_exactly_if_its_flag_says_so],
    ),
    v5(
        "3.1.2-19",
        "With its flag there is a password",
        by![connect::a_password_is_there_exactly_if_its_flag_says_so],
    ),
    v5("3.1.2-20", "A client with a keep alive sends PINGREQ if it has nothing else to send", Client),
    v5("3.1.2-21", "A client that is told a Server Keep Alive uses it", Client),
    v5(
        "3.1.2-22",
        "Who is silent for one and a half times its keep alive loses the connection as if the network had failed",
        by![keep_alive::silence_past_one_and_a_half_keep_alives_is_taken_for_a_lost_network],
    ),
    v5(
        "3.1.2-23",
        "A session with an expiry above 0 is kept after its connection",
        by![
            sessions::a_session_goes_on_where_it_was,
            sessions::a_session_ends_when_its_time_is_over_and_not_while_it_is_connected,
        ],
    ),
    v5(
        "3.1.2-24",
        "The server sends no packet over the client's Maximum Packet Size",
        by![
            answers::a_message_too_large_for_a_client_is_not_sent_to_it_and_counts_as_delivered,
            connack::a_welcome_leaves_out_user_properties_that_are_too_much_for_its_client,
        ],
    ),
    v5(
        "3.1.2-25",
        "A message that is too large for a client counts as delivered to it",
        by![answers::a_message_too_large_for_a_client_is_not_sent_to_it_and_counts_as_delivered],
    ),
    v5(
        "3.1.2-26",
        "The server uses no topic alias over the client's maximum",
        by![aliases::the_server_uses_no_alias_over_the_clients_maximum],
    ),
    v5(
        "3.1.2-27",
        "Where that is absent or 0 the server uses none",
        by![aliases::the_server_uses_no_alias_where_the_client_takes_none],
    ),
    v5(
        "3.1.2-28",
        "Who does not ask for Response Information is told none",
        by![connack::nobody_hears_of_response_topics_without_asking],
    ),
    v5(
        "3.1.2-29",
        "Who wants no Problem Information gets reason strings and user properties on PUBLISH, CONNACK and DISCONNECT only",
        by![answers::who_wants_no_words_gets_them_on_connack_and_disconnect_at_most],
    ),
    v5(
        "3.1.2-30",
        "A client that named an authentication method sends only AUTH and DISCONNECT before CONNACK",
        Client,
    ),
    v5(
        "3.1.3-1",
        "The fields of CONNECT stand in this order: client id, will properties, will topic, will payload, user name, password",
        by![connect::the_fields_of_a_connect_are_read_in_their_order],
    ),
    v5(
        "3.1.3-2",
        "Client and server know their session by the client id",
        by![sessions::a_session_belongs_to_its_client_id],
    ),
    v5(
        "3.1.3-3",
        "The client id is there and is the first field",
        by![
            connect::a_connect_without_a_client_id_field_lets_nobody_in,
            connect::the_fields_of_a_connect_are_read_in_their_order,
        ],
    ),
    v5("3.1.3-4", "The client id is UTF-8", by![strings::a_client_id_that_is_no_utf8_lets_nobody_in]),
    v5(
        "3.1.3-5",
        "Client ids of 1 to 23 letters and digits are taken",
        by![connect::client_ids_of_1_to_23_letters_and_digits_are_welcome],
    ),
    v5(
        "3.1.3-6",
        "Who comes with an empty client id, where that is allowed, is given one that nobody has",
        by![
            connect::who_comes_without_a_client_id_is_given_one,
            connack::given_client_ids_are_never_those_of_others,
        ],
    ),
    v5(
        "3.1.3-7",
        "It goes on as if that were its own, and CONNACK says it",
        by![connect::a_given_client_id_is_as_good_as_one_of_the_clients_own],
    ),
    v5(
        "3.1.3-8",
        "A client id that is not accepted may be answered with 0x85, and loses the connection",
        by![connect::a_client_id_that_is_not_taken_is_refused_with_its_code],
    ),
    v5(
        "3.1.3-9",
        "A will whose session goes on within its delay is not sent",
        by![wills::a_will_that_waits_is_not_published_when_its_session_goes_on],
    ),
    v5(
        "3.1.3-10",
        "The user properties of a will keep their order",
        by![wills::a_will_says_all_that_its_owner_wrote],
    ),
    v5("3.1.3-11", "The topic of a will is UTF-8", by![strings::a_will_topic_that_is_no_utf8_lets_nobody_in]),
    v5("3.1.3-12", "The user name is UTF-8", by![strings::a_user_name_that_is_no_utf8_lets_nobody_in]),
    v5(
        "3.1.4-1",
        "A CONNECT that is not as it must be ends the connection",
        by![connect::a_connect_that_is_malformed_lets_nobody_in],
    ),
    v5(
        "3.1.4-2",
        "So does one that fails a further check, such as that of the password",
        by![connect::who_can_not_prove_who_they_are_is_not_let_in],
    ),
    v5(
        "3.1.4-3",
        "A client that connects while it is connected loses the older connection, which hears 0x8E",
        by![
            sessions::a_client_that_connects_again_takes_the_place_of_its_earlier_connection,
            behaviour::a_storm_of_takeovers_leaves_exactly_one,
        ],
    ),
    v5(
        "3.1.4-4",
        "After a good CONNECT, Clean Start is done as asked",
        by![sessions::a_clean_start_forgets_everything, sessions::a_session_goes_on_where_it_was],
    ),
    v5(
        "3.1.4-5",
        "A good CONNECT is answered by a CONNACK with 0x00",
        by![connack::the_flags_of_a_connack_are_session_present_and_nothing_else],
    ),
    v5(
        "3.1.4-6",
        "What a client sends after a CONNECT that was refused is not looked at",
        by![connect::what_follows_a_refused_connect_is_not_looked_at],
    ),
];
