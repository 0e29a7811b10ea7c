use crate::handle;
use bytes::Bytes;
use chat::{Ask, Content, Deed, Draft, Kind, Refusal, Seq, Sign, Wording};
use topics::Format;
use topics::payload::PayloadError;
use topics::payload::say::{SayProperties, read};

const NONE: SayProperties<'static> = SayProperties {
    draft: None,
    kind: None,
    of: None,
    of_room: None,
    reply_to: None,
    media: None,
    mentions: Vec::new(),
};

fn json(payload: &'static str) -> Result<(Option<Draft>, Ask), PayloadError> {
    read(Format::Json, &Bytes::from_static(payload.as_bytes()), &NONE)
}

fn message(ask: Ask) -> Content {
    match ask {
        Ask::Say(content) => content,
        other => panic!("no message: {other:?}"),
    }
}

fn text(body: impl Into<Bytes>) -> Ask {
    Ask::Say(Content::text(body))
}

fn flaw(payload: &'static str) -> String {
    json(payload).expect_err("the payload is refused").to_string()
}

#[test]
fn an_object_says_all_it_holds() {
    let (draft, ask) = json(
        r#" {"draft":"kettle-1","kind":"image","body":"the kettle","reply_to":41,
             "mentions":["bo","cy"],"data":{"w" : 640, "alt":["\u00e9"]}}"#,
    )
    .unwrap();
    assert_eq!(draft, Some(Draft::from_text("kettle-1")));
    assert_eq!(
        message(ask),
        Content {
            kind: Kind::Image,
            body: "the kettle".into(),
            reply_to: Some(Seq(41)),
            mentions: vec![handle("bo").into(), handle("cy").into()],
            data: Some(r#"{"w" : 640, "alt":["\u00e9"]}"#.into()),
            media: None,
            forwarded: None,
        }
    );
}

#[test]
fn what_an_object_leaves_out_or_null_is_not_said() {
    let all_null = r#"{"draft":null,"kind":null,"body":null,"body_base64":null,"reply_to":null,"mentions":null,"data":null}"#;
    for payload in ["{}", "\t\r\n {} ", all_null] {
        assert_eq!(json(payload), Ok((None, text(""))));
    }
}

#[test]
fn a_payload_that_is_no_object_is_a_text_as_it_stands() {
    for payload in ["hello", "42", "\"quoted\"", "[1]", "null", " spaced ", "\u{feff}{}", "a {}", ""] {
        assert_eq!(json(payload), Ok((None, text(payload))), "{payload}");
    }
    let not_utf8 = Bytes::from_static(b"\xff\x00{");
    assert_eq!(read(Format::Json, &not_utf8, &NONE), Ok((None, text(not_utf8.clone()))));
}

#[test]
fn under_plain_nothing_is_an_object() {
    for payload in [&b"{\"body\":\"hello\"}"[..], b"{broken", b"\xfe\xff"] {
        let payload = Bytes::from_static(payload);
        assert_eq!(read(Format::Plain, &payload, &NONE), Ok((None, text(payload.clone()))));
    }
}

#[test]
fn a_body_is_taken_byte_for_byte() {
    let body = |payload| message(json(payload).unwrap().1).body;
    assert_eq!(body(r#"{"body":"tab\tquote\" \ud83c\udf75 \u0000"}"#), "tab\tquote\" 🍵 \0");
    assert_eq!(body(r#"{"body":"🍵"}"#), "🍵");
    assert_eq!(body(r#"{"body_base64":"/wB7"}"#), &b"\xff\x00{"[..]);
}

#[test]
fn a_body_without_escapes_is_not_copied() {
    let payload = Bytes::from_static(br#"{"body":"the kettle is on"}"#);
    let (_, ask) = read(Format::Json, &payload, &NONE).unwrap();
    assert!(payload.as_ptr_range().contains(&message(ask).body.as_ptr()));
}

#[test]
fn user_properties_speak_for_a_payload_that_cannot() {
    let properties = [
        ("draft", "kettle-1"),
        ("kind", "audio"),
        ("reply_to", "41"),
        ("mention", "bo"),
        ("mention", "cy"),
        ("colour", "blue"),
        ("colour", "red"),
    ];
    let properties = SayProperties::of(properties).unwrap();
    for (format, hum) in [(Format::Json, "hum"), (Format::Plain, "hum"), (Format::Cbor, "\x63hum")] {
        let (draft, ask) = read(format, &Bytes::from_static(hum.as_bytes()), &properties).unwrap();
        let content = message(ask);
        assert_eq!(content.body, "hum");
        assert_eq!(draft, Some(Draft::from_text("kettle-1")));
        assert_eq!((content.kind, content.reply_to), (Kind::Audio, Some(Seq(41))));
        assert_eq!(content.mentions, [handle("bo").into(), handle("cy").into()]);
    }
}

#[test]
fn a_user_property_that_says_nothing_usable_is_refused() {
    for (name, value, words) in [
        ("draft", "", "`draft` must be a text of 1 to 128 bytes"),
        ("kind", "shout", "kind `shout` can't be said: there is no such kind"),
        ("reply_to", "0", "`reply_to` must be a whole number from 1"),
        ("of", "the first", "`of` must be a whole number from 1"),
        ("of", "3", "`of` means nothing with kind `text`"),
        ("reply_to", "+1", "`reply_to` must be a whole number from 1"),
        ("reply_to", "9223372036854775808", "`reply_to` must be a whole number from 1"),
        ("mention", "Bo", "`mention` must be a handle, or `@all`"),
    ] {
        let properties = SayProperties::of([(name, value)]).unwrap();
        let error = read(Format::Plain, &Bytes::from_static(b"x"), &properties).unwrap_err();
        assert_eq!(error.to_string(), words, "{name} {value}");
    }
}

#[test]
fn a_user_property_is_given_once_and_a_mention_fifty_times() {
    assert!(SayProperties::of([("draft", "a"), ("draft", "a")]).is_ok());
    assert_eq!(SayProperties::of([("draft", "a"), ("draft", "b")]), Err(PayloadError::Twice("draft")));
    assert!(SayProperties::of([("mention", "bo"); 50]).is_ok());
    assert!(SayProperties::of([("mention", "bo"); 51]).is_err());
}

#[test]
fn a_draft_may_stand_in_both_places_if_it_is_the_same() {
    let both = |payload: &'static str| {
        let properties = SayProperties { draft: Some("kettle-1"), ..NONE };
        read(Format::Json, &Bytes::from_static(payload.as_bytes()), &properties).map(|(draft, _)| draft)
    };
    assert_eq!(both(r#"{"draft":"kettle-1"}"#), Ok(Some(Draft::from_text("kettle-1"))));
    assert_eq!(both(r#"{"body":"x"}"#), Ok(Some(Draft::from_text("kettle-1"))));
    assert!(matches!(both(r#"{"draft":"kettle-2"}"#), Err(PayloadError::Contradiction("draft", _))));
}

#[test]
fn a_kind_that_clients_cannot_say_is_refused_by_name() {
    assert_eq!(
        flaw(r#"{"kind":"recalled"}"#),
        "kind `recalled` can't be said: only the room itself tells it"
    );
    assert_eq!(flaw(r#"{"kind":"joined"}"#), "kind `joined` can't be said: only the room itself tells it");
    assert_eq!(flaw(r#"{"kind":"shout"}"#), "kind `shout` can't be said: there is no such kind");
}

#[test]
fn what_is_done_to_a_message_says_to_which() {
    let edit = r#"{"kind":"edit","of":41,"body":"off","mentions":["bo"],"data":{"w":1},"draft":"d"}"#;
    let wording = Wording {
        mentions: vec![handle("bo").into()],
        data: Some(r#"{"w":1}"#.into()),
        ..Wording::text("off")
    };
    let asked = Ask::Do(Deed::Edit { of: Seq(41), wording });
    assert_eq!(json(edit), Ok((Some(Draft::from_text("d")), asked)));
    let recall = Ok((None, Ask::Do(Deed::Recall { of: Seq(41) })));
    assert_eq!(json(r#"{"kind":"recall","of":41}"#), recall);

    let beside = |kind| SayProperties { kind: Some(kind), of: Some("41"), ..NONE };
    for (format, off, cup) in [
        (Format::Json, "off", "🍵".into()),
        (Format::Plain, "off", "🍵".into()),
        (Format::Cbor, "\x63off", "\x64🍵".to_owned()),
    ] {
        let (_, ask) = read(format, &Bytes::from_static(off.as_bytes()), &beside("edit")).unwrap();
        assert_eq!(ask, Ask::Do(Deed::Edit { of: Seq(41), wording: Wording::text("off") }));
        assert_eq!(read(format, &Bytes::new(), &beside("recall")), recall);
        let (_, ask) = read(format, &Bytes::from(cup), &beside("react")).unwrap();
        assert_eq!(ask, Ask::Do(Deed::React { of: Seq(41), sign: Sign::new("🍵").unwrap() }));
    }
    for (kind, deed) in [("pin", Deed::Pin { of: Seq(41) }), ("unpin", Deed::Unpin { of: Seq(41) })] {
        assert_eq!(read(Format::Plain, &Bytes::new(), &beside(kind)), Ok((None, Ask::Do(deed))));
    }
    let unreact = Ok((None, Ask::Do(Deed::Unreact { of: Seq(41), sign: Sign::new("+1").unwrap() })));
    assert_eq!(json(r#"{"kind":"unreact","of":41,"body":"+1"}"#), unreact);
}

#[test]
fn what_was_said_elsewhere_is_named_by_its_room_and_place() {
    let forward = || Ok((None, Ask::Forward { room: handle("attic"), of: Seq(41) }));
    assert_eq!(json(r#"{"of":41,"of_room":"attic"}"#), forward());
    let beside = SayProperties { of: Some("41"), of_room: Some("attic"), ..NONE };
    assert_eq!(read(Format::Plain, &Bytes::new(), &beside), forward());
    assert!(matches!(
        json(r#"{"of":41,"of_room":"Attic"}"#),
        Err(PayloadError::Wrong { key: "of_room", .. })
    ));
}

#[test]
fn what_a_kind_has_no_use_for_is_refused() {
    for (payload, words) in [
        (r#"{"of_room":"attic"}"#, "`of` must be a whole number from 1"),
        (r#"{"of":1,"of_room":"attic","body":"x"}"#, "`body` means nothing with kind `text`"),
        (r#"{"of":1,"of_room":"attic","kind":"pin"}"#, "`of_room` means nothing with kind `pin`"),
        (r#"{"kind":"edit","body":"off"}"#, "`of` must be a whole number from 1"),
        (r#"{"kind":"recall"}"#, "`of` must be a whole number from 1"),
        (r#"{"kind":"edit","of":0,"body":"off"}"#, "`of` must be a whole number from 1"),
        (r#"{"kind":"edit","of":1,"reply_to":1}"#, "`reply_to` means nothing with kind `edit`"),
        (r#"{"kind":"recall","of":1,"reply_to":1}"#, "`reply_to` means nothing with kind `recall`"),
        (r#"{"kind":"recall","of":1,"body":"x"}"#, "`body` means nothing with kind `recall`"),
        (r#"{"kind":"recall","of":1,"mentions":["bo"]}"#, "`mentions` means nothing with kind `recall`"),
        (r#"{"kind":"recall","of":1,"data":{}}"#, "`data` means nothing with kind `recall`"),
        (r#"{"kind":"react","of":1}"#, "`body` must be a sign of 1 to 32 bytes without spaces"),
        (
            r#"{"kind":"react","of":1,"body":"two words"}"#,
            "`body` must be a sign of 1 to 32 bytes without spaces",
        ),
        (
            r#"{"kind":"unreact","of":1,"body_base64":"/w=="}"#,
            "`body` must be a sign of 1 to 32 bytes without spaces",
        ),
        (r#"{"kind":"react","of":1,"body":"x","data":{}}"#, "`data` means nothing with kind `react`"),
        (r#"{"kind":"pin"}"#, "`of` must be a whole number from 1"),
        (r#"{"kind":"unpin","of":1,"body":"x"}"#, "`body` means nothing with kind `unpin`"),
        (r#"{"of":1,"body":"x"}"#, "`of` means nothing with kind `text`"),
        (r#"{"kind":"image","of":1,"body":"x"}"#, "`of` means nothing with kind `image`"),
    ] {
        assert_eq!(flaw(payload), words, "{payload}");
    }
}

#[test]
fn a_wrong_type_names_its_key() {
    for (payload, words) in [
        (r#"{"draft":7}"#, "`draft` must be a text"),
        (r#"{"draft":""}"#, "`draft` must be a text of 1 to 128 bytes"),
        (r#"{"kind":[]}"#, "`kind` must be a text"),
        (r#"{"body":{"a":1}}"#, "`body` must be a text"),
        (r#"{"body_base64":"!"}"#, "`body_base64` must be a text in base 64 with padding"),
        (r#"{"body_base64":true}"#, "`body_base64` must be a text in base 64 with padding"),
        (r#"{"reply_to":"41"}"#, "`reply_to` must be a whole number from 1"),
        (r#"{"reply_to":0}"#, "`reply_to` must be a whole number from 1"),
        (r#"{"reply_to":-1}"#, "`reply_to` must be a whole number from 1"),
        (r#"{"reply_to":41.0}"#, "`reply_to` must be a whole number from 1"),
        (r#"{"mentions":"bo"}"#, "`mentions` must be a list of at most 50 handles"),
        (r#"{"mentions":["Bo"]}"#, "`mentions` must be a list of at most 50 handles"),
        (r#"{"mentions":[null]}"#, "`mentions` must be a list of at most 50 handles"),
        (r#"{"data":"secret"}"#, "`data` must be an object"),
        (r#"{"data":[{}]}"#, "`data` must be an object"),
    ] {
        assert_eq!(flaw(payload), words, "{payload}");
    }
}

#[test]
fn an_unknown_or_repeated_key_is_refused_by_name() {
    assert_eq!(flaw(r#"{"bdoy":"x"}"#), "`bdoy` is no key of this payload");
    assert_eq!(flaw(r#"{"body":"x","body":"y"}"#), "`body` is given twice");
    assert_eq!(flaw(r#"{"body":null,"b\u006fdy":"y"}"#), "`body` is given twice");
    assert!(flaw(r#"{"body":"x","body_base64":"eA=="}"#).starts_with("give `body` once"));
}

#[test]
fn a_payload_error_is_a_refusal_in_the_same_words() {
    let error = json(r#"{"bdoy":"x"}"#).unwrap_err();
    assert_eq!(Refusal::from(error.clone()), Refusal::Payload(error.to_string()));
}
