//! WebSocket, and what it takes to conform.

use crate::statements::Proof::{Client, Exempt};
use crate::statements::{Statement, by, v3};

pub(super) const STATEMENTS: &[Statement] = &[
    v3(
        "6.0.0-1",
        "Packets travel in binary messages of WebSocket; anything else ends the connection",
        by![websocket::anything_but_binary_messages_ends_the_connection],
    ),
    v3(
        "6.0.0-2",
        "A message of WebSocket may hold several packets or parts of them",
        by![websocket::packets_may_be_cut_and_joined_wherever_a_message_begins_or_ends],
    ),
    v3("6.0.0-3", "A client offers the subprotocol `mqtt`", Client),
    v3("6.0.0-4", "The server selects the subprotocol `mqtt`", by![websocket::the_subprotocol_is_mqtt]),
    v3(
        "7.0.0-1",
        "A server that connects to others conforms as a client, too",
        Exempt("this server opens no MQTT connections"),
    ),
    v3(
        "7.0.0-2",
        "Nothing beyond the standard is needed to work with others",
        by![
            disconnect::packets_may_come_in_any_pieces,
            connect::client_ids_of_1_to_23_letters_and_digits_are_welcome,
        ],
    ),
    v3(
        "7.1.1-1",
        "A server has a transport that is ordered, lossless and goes both ways",
        by![disconnect::packets_may_come_in_any_pieces, websocket::browsers_and_others_hear_each_other],
    ),
    v3("7.1.2-1", "A client has such a transport", Client),
];
