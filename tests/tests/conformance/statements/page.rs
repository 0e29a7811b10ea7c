//! `docs/conformance.md`: the list as a page.
//!
//! `NATTER_WRITE_PAGES=1 cargo test -p tests --test conformance the_page` writes the page anew after the list changed.

use super::{Proof, Statement, all};
use crate::behaviour::SENTENCES;
use mqtt::packet::Version;
use std::fmt::Write;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/conformance.md");

const INTRODUCTION: &str = "# Conformance to MQTT 3.1.1 and MQTT 5.0

Every numbered statement of both standards, in our words, with the tests of `tests/tests/conformance` that fail when it is
not kept. `[MQTT3-3.1.2-24]` is number 3.1.2-24 of MQTT 3.1.1, `[MQTT5-3.1.2-24]` of MQTT 5.0, where it means something
else; appendix B of each standard has its sentence. The tests speak to the real server byte by byte:
`cargo test -p tests --test conformance`. This page is written from the list that they are checked against.

What a test can't show says why. Statements that ask something of clients alone are here so that none is missing.
";

const BEHAVIOUR: &str = "
## Behaviour

What test suites of others try beyond the statements.

| what it does | proved by |
| --- | --- |
";

fn title(version: Version) -> &'static str {
    match version {
        Version::V3 => "MQTT 3.1.1",
        Version::V5 => "MQTT 5.0",
    }
}

fn digit(version: Version) -> char {
    match version {
        Version::V3 => '3',
        Version::V5 => '5',
    }
}

fn proof(proof: &Proof) -> String {
    match proof {
        Proof::Tests(tests) => {
            let names = tests.iter().map(|test| format!("`{}`", test.name));
            names.collect::<Vec<_>>().join(", ")
        }
        Proof::Client => "binds the client".to_owned(),
        Proof::Exempt(why) => format!("no test: {why}"),
    }
}

fn row(one: &Statement) -> String {
    format!("| `[MQTT{}-{}]` | {} | {} |\n", digit(one.version), one.id, one.asks, proof(&one.proof))
}

fn counts(version: Version) -> String {
    let of = |is: fn(&Proof) -> bool| all().filter(|one| one.version == version && is(&one.proof)).count();
    let tested = of(|proof| matches!(proof, Proof::Tests(_)));
    let clients = of(|proof| matches!(proof, Proof::Client));
    let exempt = of(|proof| matches!(proof, Proof::Exempt(_)));
    format!(
        "{tested} proved by tests, {clients} that bind clients alone, {exempt} with a reason for no test.\n"
    )
}

fn written() -> String {
    let mut page = INTRODUCTION.to_owned();
    for version in [Version::V3, Version::V5] {
        let counts = counts(version);
        let head = "| statement | what it asks | proved by |\n| --- | --- | --- |\n";
        write!(page, "\n## {}\n\n{counts}\n{head}", title(version)).expect("a string takes all");
        page.extend(all().filter(|one| one.version == version).map(row));
    }
    page.push_str(BEHAVIOUR);
    page.extend(SENTENCES.iter().map(|(does, why)| format!("| {does} | {} |\n", proof(why))));
    page
}

#[test]
fn the_page_of_conformance_says_what_the_list_says() {
    let made = written();
    if std::env::var_os("NATTER_WRITE_PAGES").is_some() {
        std::fs::write(PAGE, made).expect("the page can be written");
        return;
    }
    let page = std::fs::read_to_string(PAGE).expect("the page can be read");
    for (known, found) in page.lines().zip(made.lines()) {
        assert_eq!(known, found, "docs/conformance.md is behind the list (NATTER_WRITE_PAGES=1 writes it)");
    }
    assert!(page == made, "docs/conformance.md is behind the list (NATTER_WRITE_PAGES=1 writes it)");
}
