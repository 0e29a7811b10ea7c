use crate::{handle, rows};
use chat::Handle;
use proptest::prelude::*;
use topics::{Address, Flaw, Format, Section, Topic};

const GRAMMAR: &str = "
    | rooms/tea/say          | json  | rooms/{room}/say  |
    | rooms/0/say            | json  | rooms/{room}/say  |
    | rooms/a.b_c-d/said     | json  | rooms/{room}/said |
    | rooms/tea/read         | json  | rooms/{room}/read |
    | rooms/tea/receipts     | json  | rooms/{room}/receipts |
    | cbor/rooms/tea/receipts | cbor | rooms/{room}/receipts |
    | users/bo/say           | json  | users/{user}/say  |
    | me/replies             | json  | me/replies        |
    | rooms/tea/typing       | json  | rooms/{room}/typing |
    | plain/rooms/tea/signal | plain | rooms/{room}/signal |
    | cbor/me/presence       | cbor  | me/presence       |
    | users/bo/presence      | json  | users/{user}/presence |
    | plain/rooms/tea/say    | plain | rooms/{room}/say  |
    | plain/rooms/tea/said   | plain | rooms/{room}/said |
    | plain/rooms/tea/read   | plain | rooms/{room}/read |
    | plain/users/bo/say     | plain | users/{user}/say  |
    | plain/me/replies       | plain | me/replies        |
    | cbor/rooms/tea/say     | cbor  | rooms/{room}/say  |
    | cbor/rooms/tea/said    | cbor  | rooms/{room}/said |
    | cbor/rooms/tea/read    | cbor  | rooms/{room}/read |
    | cbor/users/bo/say      | cbor  | users/{user}/say  |
    | cbor/me/replies        | cbor  | me/replies        |
    | rpc/rooms.list         | json  | rpc/{method}      |
    | cbor/rpc/me.set_profile | cbor | rpc/{method}      |
";

const NO_SUCH_TOPIC: [&str; 28] = [
    "plain/rooms/tea/receipts",
    "",
    "/",
    "plain",
    "plain/",
    "plain/plain/rooms/tea/say",
    "cbor/plain/rooms/tea/say",
    "Cbor/rooms/tea/say",
    "rooms",
    "rooms/tea",
    "rooms/tea/",
    "/rooms/tea/say",
    "rooms/tea/say/",
    "rooms/tea/say/more",
    "Rooms/tea/say",
    "rooms/tea/SAY",
    "rooms/tea/typed",
    "rooms/presence",
    "users/bo/said",
    "me",
    "me/replies/",
    "me/presence/now",
    "$SYS/broker",
    "rpc",
    "rpc/rooms/list",
    "plain/rpc/rooms.list",
    "me/replies/app",
    "é/1",
];

const NO_HANDLE: [&str; 9] = [
    "rooms//say",
    "rooms/Tea!/say",
    "rooms/+/say",
    "rooms/#/said",
    "rooms/-tea/said",
    "rooms/me/read",
    "users/rooms/say",
    "users/bö/say",
    "plain/rooms/ /say",
];

#[test]
fn every_topic_of_the_page_is_read_and_written_back_the_same() {
    for [topic, format, section] in rows::<3>(GRAMMAR) {
        let address: Address = topic.parse().unwrap();
        let expected =
            Format::ALL.into_iter().find(|one| one.level() == Some(format)).unwrap_or(Format::Json);
        assert_eq!((address.format, address.topic.section().template()), (expected, section), "{topic}");
        assert_eq!(address.to_string(), topic);
    }
}

#[test]
fn a_topic_that_is_not_on_the_page_is_refused_by_name() {
    for topic in NO_SUCH_TOPIC {
        let error = topic.parse::<Address>().unwrap_err();
        assert_eq!((error.topic.as_str(), &error.flaw), (topic, &Flaw::NoSuchTopic));
    }
}

#[test]
fn a_level_that_names_nobody_is_refused_by_name() {
    for topic in NO_HANDLE {
        let error = topic.parse::<Address>().unwrap_err();
        assert!(matches!(error.flaw, Flaw::NotAHandle(_)), "{topic}: {error}");
    }
    let error = "rooms/Tea!/say".parse::<Address>().unwrap_err().to_string();
    assert!(error.starts_with("cannot read topic `rooms/Tea!/say`: `Tea!` is not a handle"), "{error}");
}

#[test]
fn a_level_that_names_no_request_is_refused_by_name() {
    for topic in ["rpc/", "rpc/Rooms", "rpc/rooms..list", "rpc/+", "cbor/rpc/#"] {
        let error = topic.parse::<Address>().unwrap_err();
        assert!(matches!(error.flaw, Flaw::NotAMethod(_)), "{topic}: {error}");
    }
}

#[test]
fn a_topic_of_five_thousand_levels_is_refused_in_a_short_error() {
    for topic in ["/".repeat(5_000), "rooms/".repeat(5_000), "é".repeat(5_000)] {
        let error = topic.parse::<Address>().unwrap_err();
        assert!(error.topic.len() <= 128 && topic.starts_with(&error.topic));
    }
}

#[test]
fn a_section_is_named_by_its_template() {
    let topics = [
        Topic::Say(handle("x")),
        Topic::SayTo(handle("x")),
        Topic::Said(handle("x")),
        Topic::Read(handle("x")),
        Topic::Receipts(handle("x")),
        Topic::Typing(handle("x")),
        Topic::Signal(handle("x")),
        Topic::Events,
        Topic::Replies,
        Topic::MyPresence,
        Topic::Presence(handle("x")),
        Topic::Rpc("x".parse().unwrap()),
    ];
    assert_eq!(topics.each_ref().map(Topic::section), Section::ALL);
    for topic in topics {
        let template = topic.section().template();
        let filled = ["{room}", "{user}", "{method}"]
            .iter()
            .fold(template.to_owned(), |text, word| text.replace(word, "x"));
        assert_eq!(topic.to_string(), filled);
    }
}

fn handles() -> impl Strategy<Value = Handle> {
    "[a-z0-9][a-z0-9._-]{0,63}".prop_filter_map("a reserved word", |text| Handle::new(&text).ok())
}

fn addresses() -> impl Strategy<Value = Address> {
    let topic = prop_oneof![
        handles().prop_map(Topic::Say),
        handles().prop_map(Topic::SayTo),
        handles().prop_map(Topic::Said),
        handles().prop_map(Topic::Read),
        handles().prop_map(Topic::Receipts),
        handles().prop_map(Topic::Typing),
        handles().prop_map(Topic::Signal),
        handles().prop_map(Topic::Presence),
        Just(Topic::Events),
        Just(Topic::Replies),
        Just(Topic::MyPresence),
        "[a-z0-9_]{1,20}(\\.[a-z0-9_]{1,20}){0,1}"
            .prop_map(|name| Topic::Rpc(name.parse().expect("a good name"))),
    ];
    let addressed = (prop::sample::select(&Format::ALL[..]), topic);
    addressed.prop_filter_map("no requests and receipts under plain/", |(format, topic)| {
        let exists = !(format == Format::Plain && matches!(topic, Topic::Rpc(_) | Topic::Receipts(_)));
        exists.then_some(Address { format, topic })
    })
}

proptest! {
    #[test]
    fn an_address_survives_being_written_and_read(address in addresses()) {
        prop_assert_eq!(address.to_string().parse::<Address>(), Ok(address));
    }

    #[test]
    fn whatever_is_read_was_written_like_this(
        topic in prop_oneof![any::<String>(), "((plain|cbor)/)?(rooms|users|me|rpc|[a-z+#]*)(/[a-z+#]{0,3}){0,3}"],
    ) {
        match topic.parse::<Address>() {
            Ok(address) => prop_assert_eq!(address.to_string(), topic),
            Err(error) => prop_assert!(topic.starts_with(&error.topic)),
        }
    }
}
