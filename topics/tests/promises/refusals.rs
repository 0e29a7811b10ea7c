use chat::{Refusal, Seq};
use serde_json::{Value, json};
use std::time::Duration;
use topics::Format;
use topics::payload::say::draft_in;
use topics::payload::{read, refused};

#[test]
fn how_far_one_has_read_is_a_number_or_an_object_with_one() {
    for payload in ["42", " 42\n", r#"{"seq":42}"#, r#" { "seq" : 42 } "#] {
        assert_eq!(read::parse(Format::Json, payload.as_bytes()), Ok(Seq(42)), "{payload}");
    }
    assert_eq!(read::parse(Format::Json, b"9223372036854775807"), Ok(Seq(i64::MAX as u64)));
}

#[test]
fn how_far_one_has_read_is_nothing_else() {
    for payload in [
        "",
        "0",
        "-1",
        "+1",
        "042",
        "4.0",
        "4e1",
        "42 43",
        "42,",
        "9223372036854775808",
        "1e400",
        "null",
        "\"42\"",
        "[42]",
        "{}",
        r#"{"seq":"42"}"#,
        r#"{"seq":0}"#,
        r#"{"seq":1,"seq":2}"#,
        r#"{"seq":1,"room":"tea"}"#,
        r#"{"seq":1}}"#,
        "\u{664}",
    ] {
        let error = read::parse(Format::Json, payload.as_bytes()).unwrap_err().to_string();
        assert_eq!(error, "`seq` must be a whole number from 1, alone or as the only key of an object");
    }
    assert!(read::parse(Format::Json, b"\xff").is_err());
}

#[test]
fn a_refusal_says_what_was_refused_and_why() {
    let (payload, properties) =
        refused::write(&Refusal::NotAMember, "rooms/tea/say", Some("kettle-1"), Some(7), Format::Json);
    assert_eq!(
        serde_json::from_slice::<Value>(&payload).unwrap(),
        json!({
            "refused": "not_a_member", "topic": "rooms/tea/say", "draft": "kettle-1", "packet": 7,
            "reason": "you are not a member of this room", "retry_after_ms": null,
        })
    );
    let expected =
        [("refused", "not_a_member"), ("topic", "rooms/tea/say"), ("draft", "kettle-1"), ("packet", "7")];
    assert_eq!(properties, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
}

#[test]
fn under_plain_a_refusal_is_its_reason() {
    let (payload, _) =
        refused::write(&Refusal::DraftReused, "plain/rooms/tea/say", None, None, Format::Plain);
    assert_eq!(payload, "this draft was already used for another message");
}

#[test]
fn a_quota_says_how_long_to_wait() {
    let quota = Refusal::Quota(Duration::from_millis(1500));
    let (payload, properties) = refused::write(&quota, "rooms/tea/say", None, None, Format::Json);
    let reply: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(
        (&reply["retry_after_ms"], reply.get("draft"), reply.get("packet")),
        (&json!(1500), None, None)
    );
    assert!(properties.contains(&("retry_after_ms".into(), "1500".into())));
    assert_eq!(
        refused::properties(&quota),
        [("refused", "quota".to_owned()), ("retry_after_ms", "1500".to_owned())]
    );
}

#[test]
fn a_refusal_repeats_no_more_than_fits() {
    let (topic, draft) = ("é/".repeat(20_000), "é".repeat(20_000));
    for format in Format::ALL {
        let (payload, properties) =
            refused::write(&Refusal::NoSuchTopic, &topic, Some(&draft), Some(1), format);
        assert!(payload.len() < 1_000);
        assert!(properties.iter().all(|(_, value)| value.len() <= 512));
    }
}

#[test]
fn a_refused_payload_is_known_by_the_draft_in_it() {
    let json = |payload: &str| draft_in(Format::Json, payload.as_bytes());
    assert_eq!(json(r#"{"draft":"kettle-1","body":"x"}"#).as_deref(), Some("kettle-1"));
    assert_eq!(json(r#" {"body":{"draft":"no"},"draft":"kettle-1","body":"#).as_deref(), Some("kettle-1"));
    assert_eq!(json(r#"{"nothing":[[{}]],"draft":"k\u0065ttle-1""#).as_deref(), Some("kettle-1"));
    for none in [r#"{"body":"#, r#"{"draft":7}"#, r#"{"draft":null}"#, "{}", "draft", "", "[\"draft\"]"] {
        assert_eq!(json(none), None, "{none}");
    }
    assert_eq!(draft_in(Format::Plain, br#"{"draft":"kettle-1"}"#), None);
    let long = "é".repeat(10_000);
    assert_eq!(json(&format!("{{\"draft\":\"{long}\"}}")).unwrap().len(), 128);
    assert_eq!(json(&format!("{{\"x\":{}", "[".repeat(100_000))), None);
}
