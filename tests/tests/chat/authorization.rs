//! Who may publish and subscribe where: every topic of the page, tried by everybody, held against
//! `docs/authorization.md`.
//!
//! `NATTER_WRITE_PAGES=1` writes the page anew; what changed on it is then for a person to look at.

use mqtt::ReasonCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::{Device, Wire, World, publish};
use topics::{Address, Section};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/authorization.md");
const BEGIN: &str = "<!-- topics: written by a test -->\n";
const END: &str = "<!-- topics end -->";

/// The columns of the page, as its requests have them.
const PARTIES: [&str; 14] = [
    "nobody",
    "stranger",
    "blocked",
    "banned",
    "left",
    "guest",
    "member",
    "device",
    "admin",
    "owner",
    "service",
    "reader",
    "writer",
    "administrator",
];

/// What is published, with a payload that would be taken.
const PUBLISHED: [(&str, &str); 18] = [
    ("rooms/tea/say", "hello"),
    ("users/bo/say", "hello"),
    ("users/nobody-at-all/say", "hello"),
    ("rooms/tea/said", "hello"),
    ("rooms/tea/read", "1"),
    ("rooms/tea/receipts", "1"),
    ("rooms/tea/typing", "true"),
    ("rooms/tea/signal", "hello"),
    ("me/events", "hello"),
    ("me/replies", "hello"),
    ("me/presence", "online"),
    ("users/bo/presence", "online"),
    ("rpc/me.get", "{}"),
    ("system/tea", "hello"),
    ("apps/meter/bo/celsius", "21"),
    ("apps/meter/sensor/celsius", "21"),
    ("apps/lamp/on", "1"),
    ("$SYS/broker/uptime", "1"),
];

/// What is subscribed to.
const SUBSCRIBED: [&str; 28] = [
    "rooms/tea/say",
    "users/bo/say",
    "rooms/tea/said",
    "rooms/nowhere/said",
    "rooms/+/said",
    "rooms/#",
    "rooms/tea/read",
    "rooms/tea/receipts",
    "rooms/+/receipts",
    "rooms/tea/typing",
    "rooms/tea/signal",
    "$share/work/rooms/+/said",
    "$share/work/plain/rooms/+/said",
    "me/events",
    "me/replies",
    "me/replies/app",
    "me/#",
    "me/presence",
    "users/bo/presence",
    "users/nobody-at-all/presence",
    "users/+/presence",
    "rpc/me.get",
    "apps/meter/bo/#",
    "apps/meter/+/celsius",
    "$share/work/apps/meter/#",
    "apps/lamp/#",
    "$SYS/#",
    "#",
];

/// Programs, and what their keys are good for, in the order of the columns.
const PROGRAMS: [(&str, &str); 3] = [
    ("bot", "account rooms:read rooms:write messages:read messages:write mqtt"),
    ("eye", "rooms:read messages:read mqtt"),
    ("pen", "rooms:write messages:write mqtt"),
];

/// The world of the page, and the way in of each party.
struct House {
    doors: Vec<Device>,
    _world: World,
}

async fn ask(wire: &mut Wire, method: &str, params: Value) -> Value {
    wire.is_taken(publish(&format!("rpc/{method}"), json!({"params": params}).to_string())).await;
    let answer = wire.hear().await.json;
    assert!(answer.get("problem").is_none(), "{answer}");
    answer["result"].clone()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a secret is a text").to_owned()
}

async fn listening(device: &Device) -> Wire {
    let mut wire = device.connect().await;
    wire.listens("me/replies").await;
    wire
}

impl House {
    async fn open() -> House {
        let mut world = World::start().await;
        world.users(["ann", "bo", "cy", "di", "ed", "fay", "gil", "hal"]).await;
        let password = World::password("root");
        world.administrator("root").await;
        let mut root = world.device("ann", "desk").password(&password);
        root.hello.user_name = Some("root".into());
        let mut admin = listening(&root).await;
        let mut keys = Vec::new();
        for (service, scopes) in PROGRAMS {
            ask(&mut admin, "admin.add_service", json!({"handle": service})).await;
            let scopes: Vec<&str> = scopes.split(' ').collect();
            let key = json!({"service": service, "label": "key", "scopes": scopes});
            keys.push(text(&ask(&mut admin, "admin.add_key", key).await["secret"]));
        }

        let mut ann = listening(&world.device("ann", "desk")).await;
        ask(
            &mut ann,
            "rooms.create",
            json!({"room": "tea", "members": ["bo", "cy", "bot", "eye", "pen", "fay", "gil", "hal"]}),
        )
        .await;
        for (user, role) in [("fay", "guest"), ("gil", "admin")] {
            ask(&mut ann, "rooms.role", json!({"room": "tea", "user": user, "role": role})).await;
        }
        ask(&mut ann, "rooms.ban", json!({"room": "tea", "user": "hal"})).await;
        let mut cy = listening(&world.device("cy", "desk")).await;
        ask(&mut cy, "rooms.leave", json!({"room": "tea"})).await;
        let mut bo = listening(&world.device("bo", "desk")).await;
        ask(&mut bo, "blocks.add", json!({"user": "ed"})).await;
        let token = ask(&mut bo, "me.add_device_token", json!({"device": "sensor"})).await;

        let all = [
            "grant",
            "add",
            "meter",
            "--everybody",
            "--read",
            "{user}/#",
            "--write",
            "{user}/#",
            "{device}/#",
        ];
        world.natter(&all).await;

        let program = |((name, _), key): ((&str, &str), &String)| {
            let mut program = world.device("ann", "program").password(key);
            program.hello.user_name = Some(name.into());
            program
        };
        let programs: Vec<Device> = PROGRAMS.into_iter().zip(&keys).map(program).collect();
        let sensor = world.device("bo", "sensor").password(&text(&token["secret"]));
        let mut doors = vec![
            world.nobody("phone"),
            world.device("di", "phone"),
            world.device("ed", "phone"),
            world.device("hal", "phone"),
            world.device("cy", "phone"),
            world.device("fay", "phone"),
            world.device("bo", "phone"),
            sensor,
            world.device("gil", "phone"),
            world.device("ann", "phone"),
        ];
        doors.extend(programs);
        doors.push(root);
        House { doors, _world: world }
    }
}

/// One cell of the table.
fn word(code: ReasonCode) -> &'static str {
    match code {
        ReasonCode::Success | ReasonCode::NoMatchingSubscribers | ReasonCode::GrantedQos1 => "yes",
        ReasonCode::NotAuthorized => "no",
        other => panic!("{other:?} has nothing to do with who asks"),
    }
}

async fn table(house: &House) -> String {
    let mut table = format!("| | | {} |\n|---|---|{}\n", PARTIES.join(" | "), "---|".repeat(PARTIES.len()));
    let mut wires = Vec::new();
    for door in &house.doors {
        wires.push(door.connect().await);
    }
    for (topic, payload) in PUBLISHED {
        let mut row = format!("| publish | `{topic}` |");
        for wire in &mut wires {
            row += &format!(" {} |", word(wire.publish(publish(topic, payload)).await.code));
        }
        table += &(row + "\n");
    }
    for filter in SUBSCRIBED {
        let mut row = format!("| subscribe | `{filter}` |");
        for door in &house.doors {
            // Each on a connection of its own, so that nothing is heard that nobody waits for.
            let mut device = door.clone();
            device.hello.client_id =
                if device.hello.client_id == "sensor" { "sensor".into() } else { "other".into() };
            let mut wire = device.connect().await;
            row += &format!(" {} |", word(wire.subscribes_with(filter, &[]).await));
        }
        table += &(row + "\n");
    }
    table
}

#[tokio::test]
async fn who_may_use_which_topic_is_as_the_page_says_for_everybody_and_every_topic() {
    let house = House::open().await;
    let table = table(&house).await;
    let page = std::fs::read_to_string(PAGE).expect("the page can be read");
    let (before, rest) = page.split_once(BEGIN).expect("the page has a place for topics");
    let (written, after) = rest.split_once(END).expect("and the end of it");
    if std::env::var_os("NATTER_WRITE_PAGES").is_some() {
        std::fs::write(PAGE, format!("{before}{BEGIN}{table}{END}{after}")).expect("the page can be written");
        return;
    }
    for (known, found) in written.lines().zip(table.lines()) {
        assert_eq!(known, found, "docs/authorization.md says otherwise");
    }
    assert_eq!(written.lines().count(), table.lines().count(), "a topic has no row: {table}");
}

#[test]
fn every_topic_of_the_page_is_tried_both_ways() {
    let sections = |topics: &[&str]| -> BTreeSet<Section> {
        let read = topics.iter().filter_map(|topic| topic.parse::<Address>().ok());
        read.map(|address| address.topic.section()).collect()
    };
    let all: BTreeSet<Section> = Section::ALL.into_iter().collect();
    assert_eq!(sections(&PUBLISHED.map(|(topic, _)| topic)), all);
    assert_eq!(sections(&SUBSCRIBED), all);
}
