//! Payloads under `cbor/` that are unusual, broken or meant to harm.

use bytes::Bytes;
use chat::{Ask, Content, Draft, Entry, Reach, RoomId, Seq, Timestamp, UserId};
use proptest::prelude::*;
use serde_json::Value;
use topics::Format;
use topics::payload::say::{SayProperties, draft_in, read};
use topics::payload::{read as how_far, said};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|digit| !digit.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn taken(payload: impl Into<Vec<u8>>) -> Result<(Option<Draft>, Content), String> {
    match asked(&payload.into().into())? {
        (draft, Ask::Say(content)) => Ok((draft, content)),
        (_, other) => panic!("no message: {other:?}"),
    }
}

fn asked(payload: &Bytes) -> Result<(Option<Draft>, Ask), String> {
    read(Format::Cbor, payload, &SayProperties::default()).map_err(|error| error.to_string())
}

fn refused(payload: impl Into<Vec<u8>>) -> String {
    taken(payload).expect_err("the payload is refused")
}

/// An object with `data` whose bytes are these.
fn with_data(data: &[u8]) -> Vec<u8> {
    [&[0xA1, 0x09][..], data].concat()
}

/// Data with one key whose value has these bytes.
fn with_value(value: &[u8]) -> Vec<u8> {
    with_data(&[&bytes("a1 61 61")[..], value].concat())
}

/// draft, body, reply_to, mentions, data
const ALL: &str =
    "a5 0a 61 6b 06 63 746561 07 18 29 08 82 62 626f 62 6379 09 a1 61 61 82 f5 fb 3ff199999999999a";

#[test]
fn lengths_may_be_definite_or_not() {
    let all = taken(bytes(ALL)).unwrap();
    let indefinite = "bf 0a 7f 61 6b ff 06 7f 61 74 62 6561 60 ff 07 1b 0000000000000029
        08 9f 7f 61 62 61 6f ff 62 6379 ff 09 bf 7f 61 61 ff 9f f5 fb 3ff199999999999a ff ff ff";
    assert_eq!(taken(bytes(indefinite)), Ok(all.clone()));
    assert_eq!((all.0, all.1.body.as_ref()), (Some(Draft::from_text("k")), &b"tea"[..]));
    assert_eq!(all.1.data.as_deref(), Some(r#"{"a":[true,1.1]}"#));
    assert_eq!(taken(bytes("5f 41 ff 40 42 007b ff")).unwrap().1.body, &b"\xff\x00{"[..]);
}

#[test]
fn text_or_bytes_alone_are_a_message_as_it_stands() {
    for (payload, body) in
        [("63 746561", &b"tea"[..]), ("43 ff007b", b"\xff\x00{"), ("60", b""), ("", b""), ("78 01 61", b"a")]
    {
        assert_eq!(taken(bytes(payload)), Ok((None, Content::text(body.to_vec()))), "{payload}");
    }
    for payload in
        ["03", "f6", "81 61 61", "c0 61 61", "f9 0000", "ff", "1c", "63 7465", "63 746561 00", "61 ff"]
    {
        assert!(refused(bytes(payload)).starts_with("the payload is broken CBOR: "), "{payload}");
    }
}

#[test]
fn a_body_in_one_piece_is_not_copied() {
    for payload in ["a1 06 63 746561", "a1 06 43 746561", "63 746561", "43 746561"] {
        let payload = Bytes::from(bytes(payload));
        let Ok((_, Ask::Say(content))) = asked(&payload) else { panic!("{payload:?}") };
        assert!(payload.as_ptr_range().contains(&content.body.as_ptr()));
    }
}

#[test]
fn a_payload_that_ends_too_early_or_too_late_is_refused() {
    let all = bytes(ALL);
    for end in 1..all.len() {
        let words = refused(&all[..end]);
        assert!(words.starts_with("the payload is broken CBOR: "), "{end}: {words}");
    }
    assert_eq!(refused([&all[..], &[0]].concat()), "the payload is broken CBOR: byte 35 is one too many");
    assert_eq!(refused(bytes("a1 06 63 7465")), "the payload is broken CBOR: it ends too early");
}

#[test]
fn what_stands_in_a_wrong_place_is_refused_by_name() {
    for (payload, words) in [
        ("a1 64 626f6479 61 61", "`body` is written as the number 6 in CBOR"),
        ("a1 6b 626f64795f626173653634 61 61", "`body_base64` is no key of this payload"),
        ("a1 61 78 61 61", "`x` is no key of this payload"),
        ("a1 01 63 746561", "`1` is no key of this payload"),
        ("a2 06 61 61 06 61 62", "`body` is given twice"),
        ("a2 06 f6 18 06 61 62", "`body` is given twice"),
        ("a1 06 03", "`body` must be a text or bytes"),
        ("a1 06 f7", "`body` must be a text or bytes"),
        ("a1 06 d8 20 61 61", "`body` must be a text or bytes"),
        ("a1 10 00", "`of` must be a whole number from 1"),
        ("a2 10 01 06 61 61", "`of` means nothing with kind `text`"),
        ("a1 05 41 61", "`kind` must be a text"),
        ("a1 07 20", "`reply_to` must be a whole number from 1"),
        ("a1 07 f9 5120", "`reply_to` must be a whole number from 1"),
        ("a1 07 c2 41 29", "`reply_to` must be a whole number from 1"),
        ("a1 07 1b 8000000000000000", "`reply_to` must be a whole number from 1"),
        ("a1 08 81 42 626f", "`mentions` must be a list of at most 50 handles"),
        ("a1 0a 41 61", "`draft` must be a text, or the 16 bytes of a UUID"),
        ("a1 09 80", "`data` must be an object"),
        ("a1 20 61 61", "the payload is broken CBOR: byte 1 can't stand there"),
        ("a1 ff", "the payload is broken CBOR: byte 1 can't stand there"),
        ("bf 06 ff", "`body` must be a text or bytes"),
        ("a1 06 7f 41 61 ff", "the payload is broken CBOR: byte 3 can't stand there"),
        ("a1 06 7f 7f 61 61 ff ff", "the payload is broken CBOR: byte 3 can't stand there"),
        ("a1 06 61 ff", "the payload is broken CBOR: byte 2 can't stand there"),
    ] {
        assert_eq!(refused(bytes(payload)), words, "{payload}");
    }
}

#[test]
fn data_that_json_cannot_keep_is_refused_with_its_place() {
    for (value, words) in [
        ("41 61", "bytes, which JSON has not, at byte 3 of it"),
        ("c1 00", "a tag at byte 3 of it"),
        ("f7", "a simple value that JSON has not at byte 3 of it"),
        ("e0", "a simple value that JSON has not at byte 3 of it"),
        ("f9 7e00", "a number beyond all numbers at byte 3 of it"),
        ("fa 7f800000", "a number beyond all numbers at byte 3 of it"),
        ("3b 8000000000000000", "a number beyond 64 bits at byte 3 of it"),
        ("a1 00 00", "a key that is no text at byte 4 of it"),
        ("a2 61 62 00 61 62 01", "a key is given twice at byte 9 of it"),
    ] {
        let refused = refused(with_value(&bytes(value)));
        assert_eq!(refused, format!("`data` can't be read by everybody: {words}"), "{value}");
    }
}

#[test]
fn data_keeps_its_numbers() {
    for (value, json) in [
        ("1b ffffffffffffffff", "18446744073709551615"),
        ("3b 7fffffffffffffff", "-9223372036854775808"),
        ("f9 4da0", "22.5"),
        ("fb 7fefffffffffffff", "1.7976931348623157e+308"),
        ("f9 8000", "-0.0"),
        ("f9 3c00", "1.0"),
        ("f6", "null"),
    ] {
        let data = taken(with_value(&bytes(value))).unwrap().1.data.unwrap();
        assert_eq!(data.as_ref(), format!("{{\"a\":{json}}}"));
    }
}

#[test]
fn depth_is_bounded() {
    let deep = |levels: usize| with_value(&[vec![0x81; levels], vec![0x00]].concat());
    assert!(taken(deep(119)).is_ok());
    for levels in [120, 200, 100_000] {
        assert!(refused(deep(levels)).contains("too deep"));
    }
    let endless = [bytes("a1 09 bf"), b"\x61a\xbf".repeat(50_000)].concat();
    assert!(refused(endless).contains("too deep"));
    for key in ["06", "05", "07", "08", "0a", "01"] {
        let nested = [bytes("a1"), bytes(key), vec![0x81; 100_000]].concat();
        refused(nested.clone());
        assert_eq!(draft_in(Format::Cbor, &nested), None);
    }
}

#[test]
fn a_length_costs_nothing_before_what_it_counts_is_there() {
    for head in ["bb", "a1 06 7b", "a1 06 5b", "a1 08 9b", "a1 09 bb", "a1 09 a1 61 61 9b", "7b", "5b"] {
        for length in ["ffffffffffffffff", "7fffffffffffffff", "00000000ffffffff"] {
            let payload = bytes(&format!("{head}{length}"));
            assert_eq!(refused(payload.clone()), "the payload is broken CBOR: it ends too early", "{head}");
            assert_eq!(draft_in(Format::Cbor, &payload), None);
        }
    }
}

#[test]
fn no_refusal_repeats_what_was_said() {
    const SECRET: &str = "the-spare-key-is-under-the-mat";
    let secret = [&[0x78, 30][..], SECRET.as_bytes()].concat();
    for before in ["a2 06", "a1 08 81", "a1 07", "a1 09", "a1 05 61 61", "a1 0a 81", "82"] {
        let payload = [bytes(before), secret.clone(), secret.clone()].concat();
        let words = refused(payload);
        assert!(before == "a2 06" || !words.contains(SECRET), "{before}: {words}");
    }
    let twice = [bytes("a2"), secret.clone(), vec![0], secret, vec![0]].concat();
    assert!(!refused(with_data(&twice)).contains(SECRET));
}

#[test]
fn how_far_one_has_read_is_a_number_or_an_object_with_one() {
    for payload in ["18 2a", "1b 000000000000002a", "a1 02 18 2a", "bf 02 18 2a ff"] {
        assert_eq!(how_far::parse(Format::Cbor, &bytes(payload)), Ok(Seq(42)), "{payload}");
    }
    let most = bytes("1b 7fffffffffffffff");
    assert_eq!(how_far::parse(Format::Cbor, &most), Ok(Seq(i64::MAX as u64)));
    for payload in [
        "",
        "00",
        "20",
        "18",
        "18 2a 00",
        "1b 8000000000000000",
        "f9 5140",
        "c2 41 2a",
        "62 3432",
        "3432",
        "81 18 2a",
        "a0",
        "a1 02 00",
        "a1 02 f6",
        "a1 01 18 2a",
        "a2 02 01 02 02",
        "a1 02 01 00",
        "f6",
    ] {
        let error = how_far::parse(Format::Cbor, &bytes(payload)).unwrap_err().to_string();
        assert_eq!(
            error, "`seq` must be a whole number from 1, alone or as the only key of an object",
            "{payload}"
        );
    }
}

fn almost_cbor() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::sample::select(
            &[
                "a1", "bf", "ff", "06", "09", "0a", "07", "08", "61 61", "7f", "5f", "81", "9f", "f6",
                "a1 61 61"
            ][..]
        )
        .prop_map(bytes),
        prop::sample::select(&["f9 7e00", "3b ffffffffffffffff", "41 00", "c0", "1a 00000001", "f8 20"][..])
            .prop_map(bytes),
        any::<u8>().prop_map(|byte| vec![byte]),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_taken_or_refused_without_harm(
        payload in prop_oneof![prop::collection::vec(any::<u8>(), 0..200), almost_cbor()],
    ) {
        let _ = draft_in(Format::Cbor, &payload);
        let _ = how_far::parse(Format::Cbor, &payload);
        if let Ok((draft, ask)) = asked(&payload.into()) {
            // Whoever hears it in JSON can read it.
            let entry = Entry {
                room: RoomId(7), seq: Seq(1), n: 1, sender: UserId(1), from: crate::handle("ann"), origin: None,
                at: Timestamp(0), expires_at: None, draft, act: crate::told::done(ask),
                reach: Reach::everybody(Seq(1)),
            };
            let json = said::write(&entry, &crate::handle("tea"), Format::Json, None);
            prop_assert!(serde_json::from_slice::<Value>(&json).is_ok());
        }
    }
}
