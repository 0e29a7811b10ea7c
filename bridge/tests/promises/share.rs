//! Connections of one service that share what its rooms say.

use crate::company::{Company, PATIENCE, handle};
use crate::device::{Device, Got};
use bridge::identity::{Scope, Scopes};
use mqtt::ReasonCode;
use mqtt::packet::Qos;
use secrecy::ExposeSecret;
use std::collections::BTreeMap;

const SHARED: &str = "$share/bots/plain/rooms/+/said";
const ROOMS: usize = 12;

/// Ann and a service in twelve rooms, and the service's key.
async fn house() -> (Company, String) {
    let mut company = Company::of(&["ann"]).await;
    company.bridge.add_service(&handle("bot")).await.unwrap();
    company.know_everybody().await;
    for room in rooms() {
        company.room(&room, &["ann", "bot"]).await;
    }
    let key = company.key(&[Scope::Mqtt, Scope::MessagesRead]).await;
    (company, key)
}

fn rooms() -> Vec<String> {
    (0..ROOMS).map(|number| format!("room-{number}")).collect()
}

impl Company {
    async fn key(&self, scopes: &[Scope]) -> String {
        let scopes: Scopes = scopes.iter().copied().collect();
        let given = self.bridge.add_key(&handle("bot"), String::new(), scopes, None).await.unwrap();
        given.secret.expose_secret().to_owned()
    }

    async fn worker(&self, name: &str, key: &str) -> Device {
        let worker = self.come_in("bot", name, key).await;
        assert_eq!(worker.subscribe(SHARED).await, ReasonCode::GrantedQos1);
        worker
    }

    /// Ann says the text in every room.
    async fn say_everywhere(&self, text: &str) {
        for room in rooms() {
            self.say("ann", &room, text).await;
        }
    }
}

/// What was said, room by room. That somebody came or went has no words here.
fn by_room(heard: &[Got]) -> BTreeMap<String, Vec<String>> {
    let mut rooms: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for got in heard.iter().filter(|got| !got.payload.is_empty()) {
        rooms.entry(got.topic.clone()).or_default().push(got.payload.clone());
    }
    rooms
}

fn count(heard: &[Got]) -> usize {
    by_room(heard).values().map(|said| firsts(said).len()).sum()
}

/// What was heard, each when it was heard first.
fn firsts(said: &[String]) -> Vec<&str> {
    let mut firsts: Vec<&str> = Vec::new();
    for text in said {
        if !firsts.contains(&text.as_str()) {
            firsts.push(text);
        }
    }
    firsts
}

/// Everything that each of them hears, acknowledged, until so much was said.
async fn take_all<const N: usize>(workers: &mut [Device; N], said: usize) -> [Vec<Got>; N] {
    let mut heard = [const { Vec::new() }; N];
    let hear = async {
        while count(&heard.concat()) < said {
            for (worker, heard) in workers.iter_mut().zip(&mut heard) {
                heard.extend(worker.take_ready(100).await);
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, hear).await.expect("all of it is heard");
    heard
}

#[tokio::test]
async fn each_room_is_heard_by_one_of_the_group_in_order() {
    let (company, key) = house().await;
    let mut workers = [company.worker("one", &key).await, company.worker("two", &key).await];
    for text in ["1", "2", "3"] {
        company.say_everywhere(text).await;
    }
    let heard = take_all(&mut workers, 3 * ROOMS).await;
    let [one, two] = [by_room(&heard[0]), by_room(&heard[1])];
    assert!(!one.is_empty() && !two.is_empty(), "{one:?} {two:?}");
    assert_eq!(one.len() + two.len(), ROOMS, "no room is heard by both");
    assert!(one.values().chain(two.values()).all(|said| *said == ["1", "2", "3"]), "{one:?} {two:?}");
}

#[tokio::test]
async fn the_rooms_of_one_that_is_lost_go_on_after_what_it_acknowledged() {
    let (company, key) = house().await;
    let mut one = company.worker("one", &key).await;
    let mut two = company.worker("two", &key).await;
    company.say_everywhere("1").await;
    // One acknowledges nothing of its part, two all of its own.
    let (mut of_one, mut of_two) = (Vec::new(), Vec::new());
    while of_one.len() + of_two.len() < ROOMS {
        of_one.extend(one.next_ready(100).await);
        of_two.extend(two.take_ready(100).await);
        tokio::task::yield_now().await;
    }
    assert!(!of_one.is_empty());
    one.vanish().await;
    company.say_everywhere("2").await;
    let [rest] = take_all(&mut [two], of_one.len() + ROOMS).await;
    of_two.extend(rest);
    let heard = by_room(&of_two);
    assert_eq!(heard.len(), ROOMS);
    assert!(heard.values().all(|said| *said == ["1", "2"]), "{heard:?}");
}

#[tokio::test]
async fn what_is_said_while_nobody_of_the_group_is_here_waits_for_it() {
    let (company, key) = house().await;
    company.worker("one", &key).await.vanish().await;
    company.say_everywhere("1").await;
    company.room("later", &["ann", "bot"]).await;
    company.say("ann", "later", "1").await;
    let company = company.crash().await;
    company.say_everywhere("2").await;
    let mut workers = [company.worker("two", &key).await];
    let [heard] = take_all(&mut workers, 2 * ROOMS + 1).await;
    let heard = by_room(&heard);
    assert_eq!(heard["plain/rooms/later/said"], ["1"]);
    assert!(heard.iter().all(|(room, said)| room.contains("later") || *said == ["1", "2"]), "{heard:?}");
}

#[tokio::test]
async fn a_group_that_a_crash_took_goes_on_where_it_had_acknowledged() {
    let (company, key) = house().await;
    let one = company.worker("one", &key).await;
    company.say_everywhere("1").await;
    one.forget();
    let company = company.crash().await;
    company.say_everywhere("2").await;
    let mut workers = [company.worker("one", &key).await, company.worker("two", &key).await];
    let heard = by_room(&take_all(&mut workers, 2 * ROOMS).await.concat());
    // Rooms that go to the second one before the first has acknowledged what they said are heard anew.
    assert!(heard.len() == ROOMS && heard.values().all(|said| firsts(said) == ["1", "2"]), "{heard:?}");
}

#[tokio::test]
async fn rooms_that_the_service_enters_and_leaves_are_shared_from_then_on_and_no_longer() {
    let (company, key) = house().await;
    let mut workers = [company.worker("one", &key).await, company.worker("two", &key).await];
    company.room("den", &["ann"]).await;
    company.join("den", "bot").await;
    company.say("ann", "den", "hello").await;
    company.leave("den", "bot").await;
    company.say("ann", "den", "unheard").await;
    company.say_everywhere("end").await;
    let heard = take_all(&mut workers, ROOMS + 1).await.concat();
    let heard = by_room(&heard);
    assert_eq!(heard["plain/rooms/den/said"], ["hello"]);
}

#[tokio::test]
async fn who_stops_sharing_leaves_its_rooms_to_the_others() {
    let (company, key) = house().await;
    let one = company.worker("one", &key).await;
    let mut workers = [company.worker("two", &key).await];
    assert_eq!(one.unsubscribe(SHARED).await, ReasonCode::Success);
    company.say_everywhere("1").await;
    let [heard] = take_all(&mut workers, ROOMS).await;
    assert_eq!(by_room(&heard).len(), ROOMS);
    assert_eq!(
        one.subscribe("plain/rooms/+/said").await,
        ReasonCode::GrantedQos1,
        "it may hear by itself now"
    );
}

#[tokio::test]
async fn only_a_service_that_may_read_messages_shares_and_nothing_else_beside_it() {
    let (company, key) = house().await;
    let ann = company.connect("ann", "phone").await;
    assert_eq!(ann.subscribe(SHARED).await, ReasonCode::NotAuthorized);
    let mute = company.come_in("bot", "mute", &company.key(&[Scope::Mqtt]).await).await;
    assert_eq!(mute.subscribe(SHARED).await, ReasonCode::NotAuthorized);
    let posing = company.introduce("bot", SHARED, &key).await.unwrap_err();
    assert_eq!(posing.code, ReasonCode::ClientIdentifierNotValid);
    let worker = company.worker("one", &key).await;
    for (filter, code) in [
        ("rooms/+/said", ReasonCode::ImplementationSpecificError),
        ("$share/others/rooms/+/said", ReasonCode::ImplementationSpecificError),
        ("$share/bots/rooms/room-1/said", ReasonCode::SharedSubscriptionsNotSupported),
        ("$share/bots/me/replies", ReasonCode::SharedSubscriptionsNotSupported),
        ("$share/bots", ReasonCode::TopicFilterInvalid),
        ("me/replies", ReasonCode::GrantedQos1),
        (SHARED, ReasonCode::GrantedQos1),
    ] {
        assert_eq!(worker.subscribe_as(filter, Qos::AtLeastOnce, &[]).await, code, "{filter}");
    }
}
