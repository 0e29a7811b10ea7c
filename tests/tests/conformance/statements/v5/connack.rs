//! CONNACK.

use crate::statements::Proof::Client;
use crate::statements::{Statement, by, v5};

pub(super) const STATEMENTS: &[Statement] = &[
    v5(
        "3.2.0-1",
        "A CONNACK with 0x00 comes before any other packet but AUTH",
        by![connack::the_first_packet_is_a_connack_and_there_is_no_other],
    ),
    v5(
        "3.2.0-2",
        "There is one CONNACK in a connection",
        by![connack::the_first_packet_is_a_connack_and_there_is_no_other],
    ),
    v5(
        "3.2.2-1",
        "Its flags are Session Present and nothing else",
        by![connack::the_flags_of_a_connack_are_session_present_and_nothing_else],
    ),
    v5(
        "3.2.2-2",
        "With Clean Start, Session Present is 0 and the code 0x00",
        by![sessions::a_clean_start_forgets_everything],
    ),
    v5(
        "3.2.2-3",
        "Without Clean Start, Session Present says whether there was a session, and the code is 0x00",
        by![
            sessions::a_session_goes_on_where_it_was,
            sessions::a_session_that_is_not_there_is_made,
            connack::the_flags_of_a_connack_are_session_present_and_nothing_else,
        ],
    ),
    v5("3.2.2-4", "A client without a session that hears of one closes the connection", Client),
    v5("3.2.2-5", "A client with a session that hears of none forgets its own", Client),
    v5(
        "3.2.2-6",
        "With a code other than 0x00, Session Present is 0",
        by![connack::a_refusal_speaks_of_no_session_and_ends_the_connection],
    ),
    v5(
        "3.2.2-7",
        "After a code of 0x80 or more the connection is closed",
        by![connack::a_refusal_speaks_of_no_session_and_ends_the_connection],
    ),
    v5(
        "3.2.2-8",
        "The code is one that the standard has for CONNACK",
        by![connack::a_refusal_says_why_by_a_code_of_the_standard],
    ),
    v5(
        "3.2.2-9",
        "A server without QoS 1 or 2 says so by Maximum QoS; this one has them and says nothing",
        by![connack::the_client_hears_what_the_server_does, publish::each_qos_has_its_answer],
    ),
    v5(
        "3.2.2-10",
        "Whatever its Maximum QoS, a server takes a SUBSCRIBE for every QoS",
        by![connack::every_qos_may_be_wished_and_is_granted],
    ),
    v5("3.2.2-11", "A client sends nothing over the Maximum QoS it was told", Client),
    v5(
        "3.2.2-12",
        "A will at a QoS that the server does not have is refused; this one has them all",
        by![connack::a_will_at_qos_2_is_welcome],
    ),
    v5(
        "3.2.2-13",
        "A will to be kept is refused where the server keeps nothing",
        by![connack::a_will_to_be_kept_is_refused_where_nothing_is_kept],
    ),
    v5("3.2.2-14", "A client that heard that nothing is kept does not set RETAIN", Client),
    v5(
        "3.2.2-15",
        "A client sends no packet over the server's Maximum Packet Size; one that does hears 0x95",
        by![disconnect::an_error_ends_the_connection_with_its_code],
    ),
    v5(
        "3.2.2-16",
        "A client id that is given away is one that no session has, and CONNACK says it",
        by![
            connack::given_client_ids_are_never_those_of_others,
            connect::who_comes_without_a_client_id_is_given_one,
        ],
    ),
    v5(
        "3.2.2-17",
        "A client uses no topic alias over the server's maximum; one that does hears 0x94",
        by![aliases::an_alias_over_the_maximum_ends_the_connection],
    ),
    v5("3.2.2-18", "A client that was told no maximum uses no topic alias", Client),
    v5(
        "3.2.2-19",
        "A reason string that would make CONNACK too large for its client is left out",
        by![connack::a_refusal_leaves_out_words_that_are_too_much_for_its_client],
    ),
    v5(
        "3.2.2-20",
        "So are user properties of CONNACK",
        by![connack::a_welcome_leaves_out_user_properties_that_are_too_much_for_its_client],
    ),
    v5("3.2.2-21", "A client that is told a keep alive by CONNACK uses it in place of its own", Client),
    v5(
        "3.2.2-22",
        "Where the server tells none, the client's own keep alive counts",
        by![keep_alive::silence_past_one_and_a_half_keep_alives_is_taken_for_a_lost_network],
    ),
];
