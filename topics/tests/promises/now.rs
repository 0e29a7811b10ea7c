//! Payloads of what nobody keeps: who is writing, signals, and whether somebody is there.

use crate::handle;
use bytes::Bytes;
use chat::{Presence, PresenceText, Shown};
use topics::Format;
use topics::payload::presence::{self, SelfShown};
use topics::payload::{signal, typing};

fn of(words: &str) -> Option<Option<PresenceText>> {
    Some(PresenceText::new(words).ok())
}

#[test]
fn a_state_is_a_word_or_an_object_that_can_say_more() {
    let state = |state| SelfShown { state: Some(state), ..SelfShown::default() };
    for format in [Format::Json, Format::Plain] {
        assert_eq!(presence::read(format, b" busy\n"), Ok(state(Presence::Busy)));
    }
    assert_eq!(presence::read(Format::Cbor, b"\x64away"), Ok(state(Presence::Away)));
    let all = br#"{"state": "busy", "text": " in a meeting ", "background": true}"#;
    let all = presence::read(Format::Json, all).unwrap();
    let expected =
        SelfShown { state: Some(Presence::Busy), text: of("in a meeting"), background: Some(true) };
    assert_eq!(all, expected);
    let cleared = presence::read(Format::Json, br#"{"text": "", "state": null}"#);
    assert_eq!(cleared, Ok(SelfShown { text: Some(None), ..SelfShown::default() }));
    assert_eq!(presence::read(Format::Json, b"{}"), Ok(SelfShown::default()));
}

#[test]
fn what_is_no_state_is_refused_and_not_repeated() {
    let long = format!(r#"{{"text": "{}"}}"#, "hush".repeat(31));
    for payload in [
        "",
        "asleep",
        r#"{"state": 1}"#,
        r#"{"text": "hu\nsh"}"#,
        r#"{"hush": 1}"#,
        r#"{"background": 1}"#,
        &long,
    ] {
        let error = presence::read(Format::Json, payload.as_bytes()).unwrap_err().to_string();
        assert!(!error.contains("hush") || payload.contains(r#""hush""#), "{error}");
    }
    assert!(
        presence::read(Format::Plain, br#"{"state": "busy"}"#).is_err(),
        "under plain/ nothing is an object"
    );
    for payload in [&b""[..], b"\x44busy", b"\x03", b"\xa1\x18\x32\x03", b"\xa1\x18\x36\x01"] {
        assert!(presence::read(Format::Cbor, payload).is_err(), "{payload:x?}");
    }
}

#[test]
fn somebody_of_whom_nothing_is_to_be_seen_shows_nothing() {
    let (payload, properties) = presence::write(&handle("bo"), &Shown::nothing(), Format::Json);
    assert_eq!(payload, r#"{"user":"bo","state":"offline"}"#);
    assert_eq!(properties.len(), 2);
}

#[test]
fn typing_is_true_or_false_alone_or_in_an_object() {
    for (payload, is) in [("true", true), (" false ", false), (r#"{"typing":true}"#, true)] {
        assert_eq!(typing::read(Format::Json, payload.as_bytes()), Ok(is));
    }
    assert_eq!(typing::read(Format::Cbor, b"\xa1\x18\x35\xf4"), Ok(false));
    for payload in ["", "1", "{}", r#"{"typing":null}"#, r#"{"typing":true,"room":"tea"}"#] {
        assert!(typing::read(Format::Json, payload.as_bytes()).is_err(), "{payload}");
    }
}

#[test]
fn a_signal_is_carried_byte_for_byte() {
    let bytes = Bytes::from_static(b"\xff\x00{");
    for format in [Format::Json, Format::Plain] {
        let signal = signal::read(format, &bytes).unwrap();
        let (payload, _) = signal::write(&handle("tea"), &handle("ann"), &signal, Format::Plain);
        assert_eq!(payload, bytes);
    }
    let object = Bytes::from_static(br#"{"body":"x","data":{"a":[1]}}"#);
    let signal = signal::read(Format::Json, &object).unwrap();
    let (payload, _) = signal::write(&handle("tea"), &handle("ann"), &signal, Format::Json);
    assert_eq!(payload, r#"{"room":"tea","from":"ann","body":"x","data":{"a":[1]}}"#);
    assert!(!format!("{signal:?}").contains('x'));
    for payload in ["", "{}", r#"{"body":""}"#, r#"{"kind":"text"}"#, r#"{"body":"#] {
        assert!(signal::read(Format::Json, &Bytes::from(payload)).is_err(), "{payload}");
    }
}
