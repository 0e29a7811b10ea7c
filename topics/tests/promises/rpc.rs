//! Requests and answers of `rpc/{method}`.

use proptest::prelude::*;
use serde_json::{Value, json};
use topics::Format;
use topics::payload::rpc::{Answer, Id, Request, read, write};
use topics::rpc::{Method, ReplyTo};

fn request(format: Format, payload: &[u8]) -> Result<Request, String> {
    read(format, payload).map_err(|error| error.to_string())
}

fn method(name: &str) -> Method {
    name.parse().expect("tests use good names")
}

#[test]
fn a_method_is_words_with_dots_between_them() {
    for name in ["rooms", "rooms.create", "me.devices.list", "room_create", "v2.x", &"a".repeat(64)] {
        assert_eq!(method(name).as_str(), name);
    }
    for name in [
        "",
        ".",
        "rooms.",
        ".rooms",
        "rooms..create",
        "Rooms",
        "rooms/create",
        "röoms",
        "a b",
        "+",
        &"a".repeat(65),
    ] {
        assert!(name.parse::<Method>().is_err(), "{name}");
    }
}

#[test]
fn an_answer_goes_to_me_replies_or_to_a_word_below_it() {
    for topic in ["me/replies", "me/replies/app-7", "cbor/me/replies", "cbor/me/replies/A.b_c"] {
        let to = ReplyTo::of(Format::Json, Some(topic)).unwrap();
        assert_eq!(to.to_string(), topic);
    }
    assert_eq!(ReplyTo::of(Format::Cbor, None).unwrap().to_string(), "cbor/me/replies");
    let long = format!("me/replies/{}", "a".repeat(65));
    for topic in [
        "",
        "me",
        "me/replies/",
        "me/repliesx",
        "me/replies/a/b",
        "me/replies/+",
        "me/replies/é",
        "plain/me/replies",
        "rooms/tea/said",
        "apps/x",
        &long,
    ] {
        assert!(ReplyTo::of(Format::Json, Some(topic)).is_err(), "{topic}");
    }
}

#[test]
fn a_request_has_parameters_and_a_mark_of_the_clients_own() {
    let params = || r#"{"room":"tea", "limit":50}"#.into();
    for (payload, id) in [
        (r#"{"params":{"room":"tea", "limit":50}}"#, None),
        (r#"{"id":null,"params":{"room":"tea", "limit":50}}"#, None),
        (r#" {"id":7,"params":{"room":"tea", "limit":50}}"#, Some(Id::Number(7))),
        (r#"{"params":{"room":"tea", "limit":50},"id":"s\u0065ven"}"#, Some(Id::Text("seven".into()))),
    ] {
        assert_eq!(
            request(Format::Json, payload.as_bytes()),
            Ok(Request { id, key: None, params: params() }),
            "{payload}"
        );
    }
    for (format, nothing) in
        [(Format::Json, &b""[..]), (Format::Json, b"{}"), (Format::Cbor, b""), (Format::Cbor, b"\xA0")]
    {
        assert_eq!(request(format, nothing), Ok(Request { id: None, key: None, params: "{}".into() }));
    }
}

#[test]
fn a_request_in_cbor_says_the_same() {
    // {41: 7, 44: {"room": "tea"}}
    let payload = b"\xA2\x18\x29\x07\x18\x2C\xA1\x64room\x63tea";
    let expected = Request { id: Some(Id::Number(7)), key: None, params: r#"{"room":"tea"}"#.into() };
    assert_eq!(request(Format::Cbor, payload), Ok(expected));
    // {45: "k"}
    assert_eq!(request(Format::Cbor, b"\xA1\x18\x2D\x61k").unwrap().key.as_deref(), Some("k"));
    assert_eq!(request(Format::Json, br#"{"key": "k"}"#).unwrap().key.as_deref(), Some("k"));
}

#[test]
fn a_request_that_cannot_be_read_is_refused_by_name() {
    let long = format!(r#"{{"id":"{}"}}"#, "x".repeat(65));
    let mark = "`id` must be a text of at most 64 bytes, or a whole number";
    for (payload, words) in [
        (r#"{"id":-1}"#, mark),
        (r#"{"id":1.5}"#, mark),
        (r#"{"id":true}"#, mark),
        (r#"{"id":[1]}"#, mark),
        (&long, mark),
        (r#"{"params":[]}"#, "`params` must be an object"),
        (r#"{"params":{},"params":{}}"#, "`params` is given twice"),
        (r#"{"key":7}"#, "`key` must be a text"),
        (r#"{"room":"tea"}"#, "`room` is no key of this payload"),
        ("[]", "the payload is broken JSON: this is no object"),
    ] {
        assert_eq!(request(Format::Json, payload.as_bytes()).unwrap_err(), words, "{payload}");
    }
    assert!(
        request(Format::Json, br#"{"params":{"a":1,"a":2}}"#).unwrap_err().contains("a key is given twice")
    );
    assert!(request(Format::Cbor, b"\xA1\x18\x29\x20").unwrap_err().starts_with("`id` must be"));
}

#[test]
fn an_answer_names_its_request_and_says_what_became_of_it() {
    let told = |id: Option<&Id>, answer| -> Value {
        serde_json::from_slice(&write(&method("rooms.create"), id, answer, Format::Json)).unwrap()
    };
    assert_eq!(
        told(Some(&Id::Number(7)), Answer::Result(r#"{"room": "tea"}"#)),
        json!({"reply": "rooms.create", "id": 7, "result": {"room": "tea"}})
    );
    assert_eq!(
        told(Some(&Id::Text("x".into())), Answer::Problem(r#"{"code": "quota"}"#)),
        json!({"reply": "rooms.create", "id": "x", "problem": {"code": "quota"}})
    );
    assert_eq!(told(None, Answer::Result("null")), json!({"reply": "rooms.create", "result": null}));
    let cbor = write(&method("x"), Some(&Id::Number(7)), Answer::Result(r#"{"room":"tea"}"#), Format::Cbor);
    assert_eq!(minicbor::display(&cbor).to_string(), r#"{40: "x", 41: 7, 42: {"room": "tea"}}"#);
}

#[test]
fn parameters_are_in_no_debug_output() {
    let asked = request(Format::Json, br#"{"params":{"password":"open sesame"}}"#).unwrap();
    assert!(!format!("{asked:?}").contains("sesame"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused_without_harm(payload in prop::collection::vec(any::<u8>(), 0..200)) {
        for format in Format::ALL {
            let _ = read(format, &payload);
        }
    }
}
