//! MQTT 5.0.

mod data; // chapters 1 and 2

mod connect; // 3.1

mod connack; // 3.2

mod publish; // 3.3

mod answers; // 3.4 to 3.7

mod subscribe; // 3.8 to 3.12

mod disconnect; // 3.14 and 3.15

mod delivery; // 4.1 to 4.6

mod topics; // 4.7 to 4.9

mod errors; // 4.12 to 6

use super::Statement;

pub(crate) const SECTIONS: &[&[Statement]] = &[
    data::STATEMENTS,
    connect::STATEMENTS,
    connack::STATEMENTS,
    publish::STATEMENTS,
    answers::STATEMENTS,
    subscribe::STATEMENTS,
    disconnect::STATEMENTS,
    delivery::STATEMENTS,
    topics::STATEMENTS,
    errors::STATEMENTS,
];
