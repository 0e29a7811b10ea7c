use crate::handle;
use bytes::Bytes;
use chat::{
    Act, Ask, Content, Deed, Draft, Entry, Kind, Reach, RoomId, Seq, Sign, Timestamp, UserId, Wording,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use topics::Format;
use topics::payload::say::{SayProperties, read};
use topics::payload::{gap, receipt, said};

const AT: Timestamp = Timestamp(1_795_428_000_123);

fn entry(act: Act) -> Entry {
    Entry {
        room: RoomId(7),
        seq: Seq(42),
        n: 40,
        sender: UserId(1),
        from: handle("ann"),
        origin: None,
        at: AT,
        expires_at: None,
        draft: None,
        act,
        reach: Reach::everybody(Seq(42)),
    }
}

fn as_json(entry: &Entry, prev: Option<Seq>) -> Value {
    serde_json::from_slice(&said::write(entry, &handle("tea"), Format::Json, prev)).expect("it is JSON")
}

fn picture() -> Content {
    Content {
        kind: Kind::Image,
        body: "the \"kettle\"\n".into(),
        reply_to: Some(Seq(41)),
        mentions: vec![handle("bo").into(), handle("cy").into()],
        data: Some(r#"{"w":640}"#.into()),
        media: None,
        forwarded: None,
    }
}

#[test]
fn members_hear_all_that_was_said() {
    let draft = "0198f3c2-7d1e-7000-8000-000000000001";
    let entry = Entry { draft: Some(Draft::from_text(draft)), ..entry(Act::Said(picture())) };
    assert_eq!(
        as_json(&entry, Some(Seq(41))),
        json!({
            "room": "tea", "seq": 42, "from": "ann", "at": "2026-11-23T10:00:00.123Z",
            "kind": "image", "body": "the \"kettle\"\n", "draft": draft, "n": 40, "prev": 41,
            "reply_to": 41, "mentions": ["bo", "cy"], "data": {"w": 640},
        })
    );
}

#[test]
fn what_is_absent_is_left_out() {
    assert_eq!(
        as_json(&entry(Act::Said(Content::text("hello"))), None),
        json!({
            "room": "tea", "seq": 42, "from": "ann", "at": "2026-11-23T10:00:00.123Z",
            "kind": "text", "body": "hello", "n": 40,
        })
    );
}

#[test]
fn a_room_tells_of_its_beginning_and_of_comings_and_goings() {
    let created = as_json(&entry(Act::Created { members: vec![handle("ann"), handle("bo")] }), None);
    assert_eq!((&created["kind"], &created["members"]), (&json!("created"), &json!(["ann", "bo"])));
    for (act, kind) in
        [(Act::Joined { who: handle("bo") }, "joined"), (Act::Left { who: handle("bo") }, "left")]
    {
        let entry = entry(act);
        let heard = as_json(&entry, None);
        assert_eq!((&heard["kind"], &heard["user"], heard.get("body")), (&json!(kind), &json!("bo"), None));
        assert!(said::write(&entry, &handle("tea"), Format::Plain, None).is_empty());
        assert!(
            said::properties(&entry, &handle("tea"), Format::Plain, None)
                .contains(&("user".into(), "bo".into()))
        );
    }
}

#[test]
fn a_room_tells_what_is_set_and_what_people_are_in_it() {
    let (bo, tea) = (|| handle("bo"), handle("tea"));
    let muted = entry(Act::Muted { who: bo(), until: Some(chat::Timestamp(1_795_428_240_000)) });
    let heard = as_json(&muted, None);
    assert_eq!((&heard["kind"], &heard["user"]), (&json!("muted"), &json!("bo")));
    assert_eq!(heard["until"], "2026-11-23T10:04:00.000Z");
    let until = ("until".to_owned(), "2026-11-23T10:04:00.000Z".to_owned());
    assert!(said::properties(&muted, &tea, Format::Plain, None).contains(&until));
    let for_good = as_json(&entry(Act::Muted { who: bo(), until: None }), None);
    assert_eq!(for_good.get("until"), None);
    let admin = as_json(&entry(Act::Appointed { who: bo(), role: chat::Role::Admin }), None);
    assert_eq!(
        (&admin["kind"], &admin["user"], &admin["role"]),
        (&json!("role"), &json!("bo"), &json!("admin"))
    );
    let new = chat::NewSettings {
        name: Some("Tea".into()),
        slow_mode: Some(0),
        write: Some(chat::Role::Admin),
        ..chat::NewSettings::default()
    };
    let set = entry(Act::Set(Box::new(new)));
    assert_eq!(as_json(&set, None)["settings"], json!({"name": "Tea", "slow_mode": 0, "write": "admin"}));
    assert!(said::write(&set, &tea, Format::Plain, None).is_empty());
}

#[test]
fn what_is_done_to_a_message_names_it() {
    let wording = Wording { mentions: vec![handle("bo").into()], ..Wording::text("the kettle is off") };
    let edit = entry(Act::Did(Deed::Edit { of: Seq(41), wording }));
    assert_eq!(
        as_json(&edit, Some(Seq(41))),
        json!({
            "room": "tea", "seq": 42, "from": "ann", "at": "2026-11-23T10:00:00.123Z", "kind": "edit",
            "of": 41, "body": "the kettle is off", "mentions": ["bo"], "n": 40, "prev": 41,
        })
    );
    let recall = entry(Act::Did(Deed::Recall { of: Seq(41) }));
    assert_eq!(
        as_json(&recall, None),
        json!({
            "room": "tea", "seq": 42, "from": "ann", "at": "2026-11-23T10:00:00.123Z", "kind": "recall",
            "of": 41, "n": 40,
        })
    );
    let sign = Sign::new("🍵").unwrap();
    let react = entry(Act::Did(Deed::React { of: Seq(41), sign }));
    let heard = as_json(&react, None);
    assert_eq!((&heard["kind"], &heard["of"], &heard["body"]), (&json!("react"), &json!(41), &json!("🍵")));
    let tea = handle("tea");
    assert_eq!(said::write(&react, &tea, Format::Plain, None), "🍵");
    assert_eq!(said::write(&edit, &tea, Format::Plain, None), "the kettle is off");
    assert!(said::write(&recall, &tea, Format::Plain, None).is_empty());
    for entry in [edit, recall, react] {
        assert!(said::properties(&entry, &tea, Format::Plain, None).contains(&("of".into(), "41".into())));
    }
}

#[test]
fn of_what_was_recalled_only_the_place_is_heard() {
    let entry = entry(Act::Recalled);
    assert_eq!(
        as_json(&entry, Some(Seq(41))),
        json!({
            "room": "tea", "seq": 42, "from": "ann", "at": "2026-11-23T10:00:00.123Z", "kind": "recalled",
            "n": 40, "prev": 41,
        })
    );
    assert!(said::write(&entry, &handle("tea"), Format::Plain, None).is_empty());
}

#[test]
fn a_body_that_is_no_utf8_is_heard_in_base_64() {
    let entry = entry(Act::Said(Content::text(&b"\xff\x00{"[..])));
    assert_eq!(as_json(&entry, None)["body_base64"], "/wB7");
    assert_eq!(as_json(&entry, None).get("body"), None);
}

#[test]
fn under_plain_the_payload_is_the_body_and_is_not_copied() {
    let body = Bytes::from_static(b"\xff\x00{");
    let entry = entry(Act::Said(Content::text(body.clone())));
    let heard = said::write(&entry, &handle("tea"), Format::Plain, Some(Seq(41)));
    assert_eq!((heard.as_ptr(), &heard), (body.as_ptr(), &body));
}

#[test]
fn the_content_type_tells_text_from_bytes() {
    let text = entry(Act::Said(Content::text("🍵")));
    let bytes = entry(Act::Said(Content::text(&b"\xff"[..])));
    assert_eq!(said::content_type(&text, Format::Json), "application/json");
    assert_eq!(said::content_type(&bytes, Format::Json), "application/json");
    assert_eq!(said::content_type(&text, Format::Cbor), "application/cbor");
    assert_eq!(said::content_type(&text, Format::Plain), "text/plain; charset=utf-8");
    assert_eq!(said::content_type(&bytes, Format::Plain), "application/octet-stream");
}

#[test]
fn user_properties_tell_the_rest() {
    let entry = Entry { draft: Some(Draft::from_text("kettle-1")), ..entry(Act::Said(picture())) };
    let draft = Draft::from_text("kettle-1").0.to_string();
    let properties = said::properties(&entry, &handle("tea"), Format::Plain, Some(Seq(41)));
    assert_eq!(said::properties(&entry, &handle("tea"), Format::Json, Some(Seq(41))), properties);
    assert!(said::properties(&entry, &handle("tea"), Format::Cbor, Some(Seq(41))).is_empty());
    let expected = [
        ("seq", "42"),
        ("room", "tea"),
        ("from", "ann"),
        ("at", "2026-11-23T10:00:00.123Z"),
        ("kind", "image"),
        ("n", "40"),
        ("prev", "41"),
        ("draft", &draft),
        ("reply_to", "41"),
        ("mention", "bo"),
        ("mention", "cy"),
    ];
    assert_eq!(properties, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
}

#[test]
fn a_gap_names_its_room_and_both_ends() {
    let (payload, properties) = gap::write(&handle("tea"), Seq(42), Seq(9841), Format::Json);
    let marker = json!({"kind": "gap", "room": "tea", "from": 42, "to": 9841});
    assert_eq!(serde_json::from_slice::<Value>(&payload).unwrap(), marker);
    let (payload, the_same) = gap::write(&handle("tea"), Seq(42), Seq(9841), Format::Plain);
    assert!(payload.is_empty());
    assert_eq!(properties, the_same);
    assert!(properties.contains(&("to".into(), "9841".into())));
}

#[test]
fn a_receipt_tells_where_the_message_is() {
    let receipt = receipt::properties(Seq(42), &handle("tea"), AT, true);
    let expected =
        [("seq", "42"), ("room", "tea"), ("at", "2026-11-23T10:00:00.123Z"), ("duplicate", "true")];
    assert_eq!(receipt, expected.map(|(key, value)| (key, value.to_owned())));
}

proptest! {
    #[test]
    fn what_is_heard_can_be_said_again(
        body in prop_oneof![any::<String>().prop_map(String::into_bytes), any::<Vec<u8>>()],
        kind in prop::sample::select(&["text", "file", "sealed"][..]),
        reply_to in prop::option::of(1..=u64::MAX / 2),
        data in prop::option::of(prop::collection::btree_map(any::<String>(), any::<i64>(), 0..4)),
    ) {
        let content = Content {
            kind: Kind::said_by_clients(kind).unwrap(),
            body: body.into(),
            reply_to: reply_to.map(Seq),
            mentions: vec![handle("bo").into()],
            data: data.map(|data| serde_json::to_string(&data).unwrap().into()),
            media: None,
            forwarded: None,
        };
        let mut heard = as_json(&entry(Act::Said(content.clone())), None);
        for key in ["room", "seq", "from", "at", "n"] {
            heard.as_object_mut().unwrap().remove(key);
        }
        let again = Bytes::from(serde_json::to_vec(&heard).unwrap());
        prop_assert_eq!(read(Format::Json, &again, &SayProperties::default()), Ok((None, Ask::Say(content))));
    }
}
