use bytes::Bytes;
use chat::{Ask, Content};
use proptest::prelude::*;
use topics::Format;
use topics::payload::say::{SayProperties, read};

/// The words of the refusal.
fn refused(payload: impl Into<Vec<u8>>) -> String {
    let payload = Bytes::from(payload.into());
    read(Format::Json, &payload, &SayProperties::default()).expect_err("the payload is refused").to_string()
}

#[test]
fn broken_json_is_refused_with_its_place_and_never_taken_as_text() {
    for (payload, place) in [
        ("{", "line 1 column 1"),
        ("{\"body\":\"hello\"", "line 1 column 15"),
        ("{\n\"body\" \"hello\"}", "line 2 column 8"),
        ("{\"body\":\"hello\"} {}", "line 1 column 18"),
        ("{\"body\":\"hello\",}", "line 1 column 17"),
        ("{body:1}", "line 1 column 2"),
        ("{\"body\":\"a\nb\"}", "line 2 column 0"),
        ("{\"body\":\"a\0b\"}", "line 1 column 11"),
    ] {
        let words = refused(payload);
        assert!(words.starts_with("the payload is broken JSON: ") && words.ends_with(place), "{words}");
    }
}

#[test]
fn an_object_that_is_no_utf8_is_refused() {
    for payload in [&b"{\"body\":\"\xff\"}"[..], b"{\"\xff\":1}", b"{\"data\":{\"a\":\"\xff\"}}", b"{\xff}"] {
        let words = refused(payload);
        assert!(words.starts_with("the payload is broken JSON: "), "{words}");
    }
}

#[test]
fn half_a_surrogate_is_refused_wherever_it_stands() {
    for payload in [r#"{"body":"\ud83c"}"#, r#"{"\udf75":1}"#, r#"{"body":"\ud83cx"}"#] {
        assert!(refused(payload).starts_with("the payload is broken JSON: "));
    }
    for payload in [r#"{"data":{"a":"\ud83c"}}"#, r#"{"data":{"\ud83c":1}}"#] {
        assert!(refused(payload).starts_with("`data` can't be read by everybody: "));
    }
}

#[test]
fn data_is_refused_where_a_reader_of_json_could_fall() {
    let deep = |levels: usize| format!("{{\"data\":{{\"a\":{}{}}}}}", "[".repeat(levels), "]".repeat(levels));
    assert!(read(Format::Json, &deep(100).into(), &SayProperties::default()).is_ok());
    assert!(refused(deep(200)).contains("recursion limit"));
    assert!(refused(deep(50_000)).contains("recursion limit"));
    assert!(refused(r#"{"data":{"a":1e999}}"#).contains("number out of range"));
    assert!(refused(r#"{"data":{"a":1,"b":2,"a":3}}"#).contains("a key is given twice"));
}

#[test]
fn depth_is_bounded_where_no_depth_is_expected() {
    for key in ["body", "kind", "mentions", "of", "reply_to", "nothing"] {
        refused(format!("{{\"{key}\":{}", "[".repeat(100_000)));
        refused(format!("{{\"{key}\":{}", "{\"a\":".repeat(50_000)));
    }
}

#[test]
fn a_number_beyond_all_numbers_is_refused() {
    let digits = "9".repeat(10_000);
    for number in ["1e400", "-1e400", "9223372036854775808", "18446744073709551616", &digits] {
        refused(format!("{{\"reply_to\":{number}}}"));
        refused(format!("{{\"kind\":\"recall\",\"of\":{number}}}"));
    }
}

#[test]
fn no_refusal_repeats_what_was_said() {
    const SECRET: &str = "the-spare-key-is-under-the-mat";
    for payload in [
        format!(r#"{{"body":"{SECRET}","reply_to":"{SECRET}"}}"#),
        format!(r#"{{"body":["{SECRET}"]}}"#),
        format!(r#"{{"body":"{SECRET}"#),
        format!(r#"{{"body":"{SECRET}"}}{SECRET}"#),
        format!(r#"{{"body_base64":"{SECRET}"}}"#),
        format!(r#"{{"data":"{SECRET}"}}"#),
        format!(r#"{{"data":{{"{SECRET}":1e999}}}}"#),
        format!(r#"{{"data":{{"{SECRET}":1,"{SECRET}":2}}}}"#),
        format!(r#"{{"mentions":["{SECRET} "]}}"#),
        format!(r#"{{"mentions":{{"{SECRET}":1}}}}"#),
        format!(r#"{{"draft":{{"{SECRET}":1}}}}"#),
    ] {
        let words = refused(payload.clone());
        assert!(!words.contains(SECRET), "{payload}: {words}");
    }
}

#[test]
fn a_refusal_is_short_however_long_the_key() {
    let long = "é".repeat(10_000);
    assert!(refused(format!("{{\"{long}\":1}}")).len() < 200);
    assert!(refused(format!("{{\"kind\":\"{long}\"}}")).len() < 200);
}

proptest! {
    #[test]
    fn any_bytes_are_taken_or_refused_without_harm(
        payload in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            r#"\{("(body|data|draft|x)":("[a\\u0d8"]{0,6}"|[0-9e.-]{1,5}|[{\["}\],]{0,9}),?){0,4}\}?"#
                .prop_map(String::into_bytes),
        ],
    ) {
        for format in Format::ALL {
            let payload = Bytes::from(payload.clone());
            let taken = read(format, &payload, &SayProperties::default());
            let is_object = payload.trim_ascii_start().starts_with(b"{");
            if format == Format::Plain || format == Format::Json && !is_object {
                prop_assert_eq!(taken, Ok((None, Ask::Say(Content::text(payload)))));
            }
        }
    }
}
