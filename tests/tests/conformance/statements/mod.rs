//! Every normative statement of both standards, in our words, each with what proves it.
//!
//! The same number means different things in the two versions, so an entry is named by both: `[MQTT3-3.1.2-24]`
//! is of 3.1.1, `[MQTT5-3.1.2-24]` of 5.0. A proof names test functions of this suite by their paths: a test that
//! is renamed or removed is an error of the compiler. What can't be shown from a socket says why.
//!
//! Start at [`all`].

pub(crate) mod complete; // the ids there are

pub(crate) mod page; // docs/conformance.md

mod v3; // 3.1.1, section by section

mod v5; // 5.0, section by section

use mqtt::packet::Version;

/// One statement.
#[derive(Debug)]
pub(crate) struct Statement {
    /// Of which standard.
    pub(crate) version: Version,
    /// Its number there, such as `3.1.2-24`.
    pub(crate) id: &'static str,
    /// What it asks.
    pub(crate) asks: &'static str,
    /// Why we think that it is kept.
    pub(crate) proof: Proof,
}

/// Why we think that a statement is kept.
#[derive(Debug)]
pub(crate) enum Proof {
    /// Each of these tests fails when it is not.
    Tests(&'static [Test]),
    /// It asks nothing of a server.
    Client,
    /// It asks nothing that a socket could show, for this reason.
    Exempt(&'static str),
}

/// A test of this suite.
#[derive(Debug)]
pub(crate) struct Test {
    /// Its file and name, as `cargo test` prints them.
    pub(crate) name: &'static str,
    /// Never called: that it is there is what counts.
    pub(crate) _function: fn(),
}

const fn statement(version: Version, id: &'static str, asks: &'static str, proof: Proof) -> Statement {
    Statement { version, id, asks, proof }
}

const fn v3(id: &'static str, asks: &'static str, proof: Proof) -> Statement {
    statement(Version::V3, id, asks, proof)
}

const fn v5(id: &'static str, asks: &'static str, proof: Proof) -> Statement {
    statement(Version::V5, id, asks, proof)
}

/// The tests that prove a statement: `by![file::test, file::test]`.
macro_rules! by {
    ($($file:ident :: $name:ident),+ $(,)?) => {
        $crate::statements::Proof::Tests(&[$($crate::statements::Test {
            name: concat!(stringify!($file), "::", stringify!($name)),
            _function: $crate::$file::$name,
        }),+])
    };
}
pub(crate) use by;

/// All of them, in the order of the standards, 3.1.1 first.
pub(crate) fn all() -> impl Iterator<Item = &'static Statement> {
    v3::SECTIONS.iter().chain(v5::SECTIONS).flat_map(|section| section.iter())
}
