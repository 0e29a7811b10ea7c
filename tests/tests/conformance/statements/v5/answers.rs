//! PUBACK, PUBREC, PUBREL and PUBCOMP.

use crate::statements::{Statement, by, v5};

pub(super) const STATEMENTS: &[Statement] = &[
    v5(
        "3.4.2-1",
        "PUBACK has a code that the standard has for it",
        by![answers::a_puback_says_how_it_went_by_a_code_of_the_standard],
    ),
    v5(
        "3.4.2-2",
        "A reason string that would make PUBACK too large for its receiver is left out",
        by![answers::a_puback_leaves_out_words_that_are_too_much_for_its_client],
    ),
    v5(
        "3.4.2-3",
        "So are user properties of PUBACK",
        by![answers::a_puback_leaves_out_words_that_are_too_much_for_its_client],
    ),
    v5(
        "3.5.2-1",
        "PUBREC has a code that the standard has for it",
        by![answers::a_pubrec_says_how_it_went_by_a_code_of_the_standard],
    ),
    v5(
        "3.5.2-2",
        "A reason string that would make PUBREC too large for its receiver is left out",
        by![answers::a_pubrec_leaves_out_words_that_are_too_much_for_its_client],
    ),
    v5(
        "3.5.2-3",
        "So are user properties of PUBREC",
        by![answers::a_pubrec_leaves_out_words_that_are_too_much_for_its_client],
    ),
    v5(
        "3.6.1-1",
        "The flags of PUBREL are 0010; others end the connection",
        by![heads::wrong_flags_in_the_first_byte_end_the_connection],
    ),
    v5(
        "3.6.2-1",
        "PUBREL has a code that the standard has for it",
        by![answers::a_pubrel_says_whether_its_message_was_known],
    ),
    v5(
        "3.6.2-2",
        "A reason string never makes PUBREL too large for its receiver",
        by![answers::a_pubrel_is_never_too_much_for_its_client],
    ),
    v5(
        "3.6.2-3",
        "User properties never make PUBREL too large for its receiver",
        by![answers::a_pubrel_is_never_too_much_for_its_client],
    ),
    v5(
        "3.7.2-1",
        "PUBCOMP has a code that the standard has for it",
        by![answers::a_pubcomp_says_whether_its_message_was_known],
    ),
    v5(
        "3.7.2-2",
        "A reason string never makes PUBCOMP too large for its receiver",
        by![answers::a_pubcomp_is_never_too_much_for_its_client],
    ),
    v5(
        "3.7.2-3",
        "User properties never make PUBCOMP too large for its receiver",
        by![answers::a_pubcomp_is_never_too_much_for_its_client],
    ),
];
