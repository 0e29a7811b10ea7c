//! Whatever is said or heard in JSON has a twin in CBOR that says the same.

use crate::handle;
use crate::told::{entry, refusals, told, written};
use bytes::Bytes;
use chat::{
    Act, Ask, Content, Deed, Draft, Entry, Forwarded, Kind, Mention, Reach, RoomId, Seq, Sign, Timestamp,
    UserId,
};
use minicbor::Encoder;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::time::Duration;
use topics::page::{Direction, Example, examples, in_json, keys};
use topics::payload::say::{self, SayProperties};
use topics::payload::{gap, read, refused, rpc, said};
use topics::{Address, Format, Topic};

type Cbor = Encoder<Vec<u8>>;

/// An object in CBOR that says what this object says, by the table of the page; what the table doesn't know gets 99.
fn twin(object: &Value) -> Bytes {
    let mut cbor = Encoder::new(Vec::new());
    let object = object.as_object().unwrap();
    cbor.map(object.len() as u64).unwrap();
    for (key, value) in object {
        if key == "body_base64" {
            use base64::Engine as _;
            let bytes = base64::engine::general_purpose::STANDARD.decode(value.as_str().unwrap_or_default());
            cbor.u8(6).unwrap().bytes(&bytes.unwrap()).unwrap();
            continue;
        }
        let number = keys().find(|(_, word)| word == key).map_or(99, |(number, _)| number);
        cbor.u64(number).unwrap();
        write(&mut cbor, value);
    }
    cbor.into_writer().into()
}

fn write(cbor: &mut Cbor, value: &Value) {
    let written = match value {
        Value::Null => cbor.null(),
        Value::Bool(is_true) => cbor.bool(*is_true),
        Value::String(text) => cbor.str(text),
        Value::Number(number) if number.is_f64() => cbor.f64(number.as_f64().unwrap()),
        Value::Number(number) if number.is_u64() => cbor.u64(number.as_u64().unwrap()),
        Value::Number(number) => cbor.i64(number.as_i64().unwrap()),
        Value::Array(list) => cbor.array(list.len() as u64),
        Value::Object(map) => cbor.map(map.len() as u64),
    };
    written.unwrap();
    for item in value.as_array().into_iter().flatten() {
        write(cbor, item);
    }
    for (key, item) in value.as_object().into_iter().flatten() {
        cbor.str(key).unwrap();
        write(cbor, item);
    }
}

fn taken(format: Format, payload: impl Into<Bytes>) -> Result<(Option<Draft>, Ask), String> {
    say::read(format, &payload.into(), &SayProperties::default()).map_err(|error| error.to_string())
}

/// What is asked for, however its data is spaced.
fn meaning(ask: &Ask) -> (Ask, Option<Value>) {
    let mut ask = ask.clone();
    let data = match &mut ask {
        Ask::Say(content) => content.data.take(),
        Ask::Do(Deed::Edit { wording, .. }) => wording.data.take(),
        Ask::Do(_) | Ask::Forward { .. } => None,
    };
    (ask, data.map(|data| serde_json::from_str(&data).unwrap()))
}

fn heard(entry: &Entry, prev: Option<Seq>) -> [Value; 2] {
    let heard = |format| said::write(entry, &handle("tea"), format, prev);
    [serde_json::from_slice(&heard(Format::Json)).unwrap(), in_json(&heard(Format::Cbor)).unwrap()]
}

#[test]
fn every_object_that_the_page_shows_has_its_twin() {
    let mut twins = 0;
    for example in examples().into_iter().filter(Example::is_of_chat) {
        let address: Address = example.topic.parse().unwrap();
        let Ok(object) = serde_json::from_slice::<Value>(&example.payload) else { continue };
        if address.format != Format::Json || !object.is_object() {
            continue;
        }
        match (example.direction, &address.topic) {
            (Direction::Hear, _) => {
                let cbor = Address { format: Format::Cbor, ..address };
                assert_eq!(in_json(&written(&cbor, &told(&example)).0).unwrap(), object);
            }
            (_, Topic::Read(_)) => {
                let seq = |format, payload: &[u8]| read::parse(format, payload);
                assert_eq!(seq(Format::Cbor, &twin(&object)), seq(Format::Json, &example.payload));
            }
            (_, Topic::Rpc(_)) => {
                let asked = |format, payload: &[u8]| rpc::read(format, payload).ok();
                let [json, cbor] =
                    [asked(Format::Json, &example.payload), asked(Format::Cbor, &twin(&object))];
                let meant = |params: &str| serde_json::from_str::<Value>(params).unwrap();
                let meant =
                    |asked: Option<rpc::Request>| asked.map(|one| (one.id, one.key, meant(&one.params)));
                assert_eq!(meant(cbor), meant(json), "{object}");
            }
            _ => {
                let [json, cbor] = [taken(Format::Json, example.payload), taken(Format::Cbor, twin(&object))];
                let meaning = |said: &(Option<Draft>, Ask)| (said.0, meaning(&said.1));
                assert_eq!(cbor.as_ref().map(meaning).ok(), json.as_ref().map(meaning).ok(), "{object}");
            }
        }
        twins += 1;
    }
    assert!(twins >= 15, "the page shows only {twins} objects");
}

#[test]
fn what_an_object_in_json_is_refused_for_is_refused_in_cbor_with_the_same_key() {
    for object in [
        json!({"bdoy": "x"}),
        json!({"draft": 7}),
        json!({"draft": ""}),
        json!({"draft": "x".repeat(129)}),
        json!({"kind": "edit"}),
        json!({"kind": "recall", "of": 0}),
        json!({"kind": "recall", "of": 1, "body": "x"}),
        json!({"kind": "joined"}),
        json!({"kind": []}),
        json!({"body": {"a": 1}}),
        json!({"reply_to": "41"}),
        json!({"reply_to": 0}),
        json!({"reply_to": -1}),
        json!({"reply_to": 41.0}),
        json!({"reply_to": u64::MAX}),
        json!({"mentions": "bo"}),
        json!({"mentions": ["Bo"]}),
        json!({"mentions": [null]}),
        json!({"mentions": vec!["bo"; 51]}),
        json!({"data": "secret"}),
        json!({"data": [{}]}),
        json!({"seq": 1}),
    ] {
        let json = taken(Format::Json, object.to_string()).expect_err("it is refused in JSON");
        let cbor = taken(Format::Cbor, twin(&object)).expect_err("it is refused in CBOR");
        let begins = |words: &str| words.split(['(', ' ', ':']).next().unwrap().to_owned();
        match object.as_object().unwrap().keys().next().unwrap().as_str() {
            "bdoy" => assert_eq!(cbor, "`99` is no key of this payload"),
            "seq" => assert_eq!(cbor, "`2` is no key of this payload"),
            _ => assert_eq!(begins(&cbor), begins(&json), "{object}"),
        }
    }
}

#[test]
fn an_object_that_says_nothing_says_nothing_in_cbor() {
    let nulls =
        json!({"draft": null, "kind": null, "body": null, "reply_to": null, "mentions": null, "data": null});
    for object in [json!({}), nulls] {
        assert_eq!(taken(Format::Cbor, twin(&object)), Ok((None, Ask::Say(Content::text("")))));
    }
}

#[test]
fn a_draft_is_the_same_as_text_and_as_bytes() {
    let uuid = "0198f3c2-7d1e-7000-8000-000000000001";
    let text = twin(&json!({"draft": uuid}));
    let mut bytes = Encoder::new(Vec::new());
    bytes.map(1).unwrap().u8(10).unwrap().bytes(Draft::from_text(uuid).0.as_bytes()).unwrap();
    let bytes = bytes.into_writer();
    for payload in [&text[..], &bytes] {
        assert_eq!(taken(Format::Cbor, payload.to_vec()).unwrap().0, Some(Draft::from_text(uuid)));
        assert_eq!(say::draft_in(Format::Cbor, payload).as_deref(), Some(uuid));
    }
    assert_eq!(
        say::draft_in(Format::Cbor, &twin(&json!({"body": "x", "draft": "kettle-1"}))).as_deref(),
        Some("kettle-1")
    );
    assert_eq!(say::draft_in(Format::Cbor, &twin(&json!({"body": "x", "draft": 7}))), None);
}

#[test]
fn every_refusal_has_its_twin() {
    for refusal in refusals() {
        for (draft, packet) in
            [(None, None), (Some("kettle-1"), Some(7)), (Some("0198f3c2-7d1e-7000-8000-000000000001"), None)]
        {
            let told = |format| refused::write(&refusal, "cbor/rooms/tea/say", draft, packet, format);
            let json: Value = serde_json::from_slice(&told(Format::Json).0).unwrap();
            assert_eq!(in_json(&told(Format::Cbor).0).unwrap(), json);
            assert!(told(Format::Cbor).1.is_empty());
        }
    }
    let quota =
        refused::write(&chat::Refusal::Quota(Duration::from_millis(1500)), "", None, None, Format::Cbor);
    assert_eq!(in_json(&quota.0).unwrap()["retry_after_ms"], 1500);
}

#[test]
fn a_gap_and_what_a_room_tells_have_their_twins() {
    let gap = |format| gap::write(&handle("tea"), Seq(42), Seq(9841), format).0;
    assert_eq!(
        in_json(&gap(Format::Cbor)).unwrap(),
        serde_json::from_slice::<Value>(&gap(Format::Json)).unwrap()
    );
    let told = json!({"seq": 1, "n": 0, "from": "ann", "at": "2026-11-23T10:00:00.123Z", "kind": "left", "user": "bo"});
    for act in [
        Act::Created { members: vec![handle("ann"), handle("bo")] },
        Act::Joined { who: handle("bo") },
        Act::Left { who: handle("bo") },
        Act::Banned { who: handle("bo") },
        Act::Unbanned { who: handle("bo") },
        Act::Appointed { who: handle("bo"), role: chat::Role::Admin },
        Act::Muted { who: handle("bo"), until: None },
        Act::Muted { who: handle("bo"), until: Some(Timestamp(1_795_428_240_123)) },
        Act::Unmuted { who: handle("bo") },
        Act::HandedOver { who: handle("bo") },
        Act::Invited { who: handle("cy"), role: chat::Role::Guest, until: Timestamp(1_795_428_240_123) },
        Act::Uninvited { who: handle("cy") },
        Act::Requested { who: handle("cy") },
        Act::Declined { who: handle("cy") },
        Act::LinkMade { link: chat::LinkId(9), role: chat::Role::Member, uses: Some(3), until: None },
        Act::LinkMade {
            link: chat::LinkId(i64::MAX),
            role: chat::Role::Guest,
            uses: None,
            until: Some(Timestamp(1_795_428_240_123)),
        },
        Act::LinkEnded { link: chat::LinkId(i64::MAX) },
        Act::Set(Box::new(chat::NewSettings {
            name: Some("Té \"time\"".into()),
            description: Some("".into()),
            join: Some(chat::Joining::Open),
            write: Some(chat::Role::Guest),
            slow_mode: Some(30),
            listed: Some(false),
            ..chat::NewSettings::default()
        })),
        Act::Reactions {
            of: Seq(3),
            signs: vec![(Sign::new("+1").unwrap(), 1_200), (Sign::new("🍵").unwrap(), 7)],
        },
        Act::Reactions { of: Seq(3), signs: Vec::new() },
    ] {
        let [json, cbor] = heard(&Entry { act, ..entry(&told) }, Some(Seq::ZERO));
        assert_eq!(cbor, json);
    }
}

#[test]
fn a_message_takes_fewer_bytes_in_cbor() {
    let told = json!({"seq": 42, "n": 40, "from": "ann", "at": "2026-11-23T10:00:00.123Z", "kind": "text",
        "body": "hello", "draft": "0198f3c2-7d1e-7000-8000-000000000001"});
    let entry = entry(&told);
    let len = |format| said::write(&entry, &handle("tea"), format, Some(Seq(41))).len();
    assert!(len(Format::Cbor) * 2 < len(Format::Json), "{} of {}", len(Format::Cbor), len(Format::Json));
}

/// Whatever an app may put into `data`.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no other", |float| float.is_finite()).prop_map(Value::from),
        any::<f32>()
            .prop_filter("JSON has no other", |float| float.is_finite())
            .prop_map(|float| f64::from(float).into()),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn contents() -> impl Strategy<Value = Content> {
    (
        prop::sample::select(&["text", "file", "sealed"][..]),
        prop_oneof![any::<String>().prop_map(String::into_bytes), any::<Vec<u8>>()],
        prop::option::of(1..=u64::MAX / 2),
        prop::collection::vec(prop_oneof![Just(handle("bo").into()), Just(Mention::All)], 0..50),
        prop::option::of(prop::collection::btree_map(any::<String>(), anything(), 0..5)),
        prop::option::of(
            (1..=u64::MAX / 2).prop_map(|seq| {
                Box::new(Forwarded { room: handle("tea"), seq: Seq(seq), from: handle("bo") })
            }),
        ),
    )
        .prop_map(|(kind, body, reply_to, mentions, data, forwarded)| Content {
            kind: Kind::said_by_clients(kind).unwrap(),
            body: body.into(),
            reply_to: reply_to.map(Seq),
            mentions,
            data: data.map(|data| serde_json::to_string(&data).unwrap().into()),
            media: None,
            forwarded,
        })
}

proptest! {
    #[test]
    fn whatever_is_said_is_heard_the_same_in_both(
        content in contents(),
        (seq, n, at) in (1..=u64::MAX / 2, any::<u64>(), any::<u32>()),
        draft in prop::option::of("[a-z0-9]{1,20}"),
        prev in prop::option::of(0..=u64::MAX / 2),
    ) {
        let entry = Entry {
            room: RoomId(7), seq: Seq(seq), n, sender: UserId(1), from: handle("ann"), origin: None,
            at: Timestamp(i64::from(at) * 1_000 + 7), expires_at: None,
            draft: draft.map(|draft| Draft::from_text(&draft)), act: Act::Said(content),
            reach: Reach::everybody(Seq(seq)),
        };
        let [json, cbor] = heard(&entry, prev.map(Seq));
        prop_assert_eq!(cbor, json);
    }

    #[test]
    fn whatever_is_heard_in_json_can_be_said_in_cbor(content in contents()) {
        // Where it was said first is the server's to tell.
        let content = Content { forwarded: None, ..content };
        let told = json!({"seq": 1, "n": 0, "from": "ann", "at": "2026-11-23T10:00:00.123Z", "kind": "left", "user": "bo"});
        let [mut json, _] = heard(&Entry { act: Act::Said(content.clone()), ..entry(&told) }, None);
        for key in ["room", "seq", "from", "at", "n"] {
            json.as_object_mut().unwrap().remove(key);
        }
        let (_, said) = taken(Format::Cbor, twin(&json)).unwrap();
        prop_assert_eq!(meaning(&said), meaning(&Ask::Say(content)));
    }
}
