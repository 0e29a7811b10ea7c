//! Authentication, errors and WebSocket.

use crate::statements::Proof::{Client, Exempt};
use crate::statements::{Statement, by, v5};

pub(super) const STATEMENTS: &[Statement] = &[
    v5(
        "4.12.0-1",
        "A method that the server does not know may be answered with 0x8C, and loses the connection",
        by![disconnect::a_method_that_is_not_known_is_refused_with_its_code],
    ),
    v5(
        "4.12.0-2",
        "An AUTH by which the server asks for more has the code 0x18",
        Exempt("the server knows no authentication methods, so it asks for nothing by AUTH"),
    ),
    v5("4.12.0-3", "An AUTH by which a client answers has the code 0x18", Client),
    v5(
        "4.12.0-4",
        "The server may refuse at any point of it, and closes the connection then",
        by![disconnect::a_method_that_is_not_known_is_refused_with_its_code],
    ),
    v5(
        "4.12.0-5",
        "Every AUTH and a good CONNACK name the method that CONNECT named",
        Exempt("no method is known, so a CONNECT that names one is refused at once"),
    ),
    v5(
        "4.12.0-6",
        "Who named no method gets no AUTH, and no method in CONNACK",
        by![disconnect::who_names_no_method_hears_of_none],
    ),
    v5(
        "4.12.0-7",
        "A client that named no method sends no AUTH; one that does is disconnected",
        by![disconnect::who_named_no_method_and_sends_an_auth_is_ended],
    ),
    v5("4.12.1-1", "A client re-authenticates by the method of its CONNECT", Client),
    v5(
        "4.12.1-2",
        "A re-authentication that fails ends the connection",
        by![disconnect::who_named_no_method_and_sends_an_auth_is_ended],
    ),
    v5(
        "4.13.1-1",
        "A malformed packet or protocol error ends the connection",
        by![
            disconnect::an_error_ends_the_connection_with_its_code,
            strictness::every_packet_that_the_standard_forbids_ends_its_connection_with_its_code,
        ],
    ),
    v5(
        "4.13.2-1",
        "A CONNACK or DISCONNECT of 0x80 or more is followed by the end, also where it could not be sent",
        by![
            disconnect::an_error_ends_the_connection_with_its_code,
            connack::a_refusal_speaks_of_no_session_and_ends_the_connection,
            answers::a_disconnect_is_never_too_much_for_its_client,
        ],
    ),
    v5(
        "6.0.0-1",
        "Packets travel in binary messages of WebSocket; anything else ends the connection",
        by![websocket::anything_but_binary_messages_ends_the_connection],
    ),
    v5(
        "6.0.0-2",
        "A message of WebSocket may hold several packets or parts of them",
        by![websocket::packets_may_be_cut_and_joined_wherever_a_message_begins_or_ends],
    ),
    v5("6.0.0-3", "A client offers the subprotocol `mqtt`", Client),
    v5("6.0.0-4", "The server selects the subprotocol `mqtt`", by![websocket::the_subprotocol_is_mqtt]),
];
