//! DISCONNECT and AUTH.

use crate::statements::Proof::Exempt;
use crate::statements::{Statement, by, v5};

pub(super) const STATEMENTS: &[Statement] = &[
    v5(
        "3.14.0-1",
        "The server sends no DISCONNECT before a CONNACK that lets the client in",
        by![disconnect::no_disconnect_comes_before_a_connack],
    ),
    v5(
        "3.14.1-1",
        "Who receives a DISCONNECT with wrong flags answers 0x81",
        by![disconnect::a_disconnect_with_wrong_flags_ends_the_connection_like_any_error],
    ),
    v5(
        "3.14.2-1",
        "DISCONNECT has a code that the standard has for it",
        by![
            disconnect::an_error_ends_the_connection_with_its_code,
            disconnect::who_lies_about_their_goodbye_is_ended_like_any_error,
        ],
    ),
    v5(
        "3.14.2-2",
        "The server's DISCONNECT has no Session Expiry Interval",
        by![disconnect::a_disconnect_of_the_server_says_why_and_nothing_of_the_session],
    ),
    v5(
        "3.14.2-3",
        "A reason string never makes DISCONNECT too large for its receiver",
        by![answers::a_disconnect_is_never_too_much_for_its_client],
    ),
    v5(
        "3.14.2-4",
        "User properties never make DISCONNECT too large for its receiver",
        by![answers::a_disconnect_is_never_too_much_for_its_client],
    ),
    v5(
        "3.14.4-1",
        "Nothing is sent after DISCONNECT; what a client sends even so is not looked at",
        by![
            disconnect::an_error_ends_the_connection_with_its_code,
            disconnect::nothing_a_client_sends_after_its_goodbye_is_looked_at,
        ],
    ),
    v5(
        "3.14.4-2",
        "Who sent DISCONNECT closes the connection",
        by![
            disconnect::an_error_ends_the_connection_with_its_code,
            sessions::a_client_that_connects_again_takes_the_place_of_its_earlier_connection,
        ],
    ),
    v5(
        "3.14.4-3",
        "A DISCONNECT with 0x00 takes the will away",
        by![wills::an_orderly_goodbye_takes_the_will_away, wills::a_goodbye_may_ask_for_the_will,],
    ),
    v5(
        "3.15.1-1",
        "The flags of AUTH are 0; others end the connection",
        by![disconnect::an_auth_with_wrong_flags_or_codes_ends_the_connection],
    ),
    v5(
        "3.15.2-1",
        "AUTH has a code that the standard has for it",
        by![disconnect::an_auth_with_wrong_flags_or_codes_ends_the_connection],
    ),
    v5(
        "3.15.2-2",
        "A reason string that would make AUTH too large for its receiver is left out",
        Exempt("the server knows no authentication methods, so it never sends AUTH"),
    ),
    v5(
        "3.15.2-3",
        "So are user properties of AUTH",
        Exempt("the server knows no authentication methods, so it never sends AUTH"),
    ),
];
