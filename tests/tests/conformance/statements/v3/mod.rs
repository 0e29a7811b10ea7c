//! MQTT 3.1.1.

mod data; // chapters 1 and 2

mod connect; // 3.1 and 3.2

mod publish; // 3.3 to 3.6

mod subscribe; // 3.8 to 3.14

mod operation; // chapter 4

mod transport; // chapters 6 and 7

use super::Statement;

pub(crate) const SECTIONS: &[&[Statement]] = &[
    data::STATEMENTS,
    connect::STATEMENTS,
    publish::STATEMENTS,
    subscribe::STATEMENTS,
    operation::STATEMENTS,
    transport::STATEMENTS,
];
