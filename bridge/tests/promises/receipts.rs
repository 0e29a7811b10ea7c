//! How far messages have come to people, and who is told.

use crate::company::{Company, handle};
use crate::device::{Device, Got, Manner, subscription};
use chat::{RoomId, Seq};
use mqtt::ReasonCode;
use mqtt::packet::{Qos, RetainHandling, Subscription};
use serde_json::Value;
use store::Store as _;

/// Who it is about, how far messages came to them, how far they read.
type Heard = (String, u64, u64);

fn heard(got: &Got) -> Heard {
    let told: Value = serde_json::from_str(&got.payload).expect("a receipt is JSON");
    let number = |key: &str| told[key].as_u64().expect("a number");
    (told["user"].as_str().expect("a name").to_owned(), number("delivered"), number("read"))
}

fn is_receipt(got: &Got) -> bool {
    got.topic.ends_with("/receipts")
}

/// Takes until a receipt says this.
async fn hears(device: &mut Device, wanted: (&str, u64, u64)) -> Vec<Heard> {
    let mut all = Vec::new();
    loop {
        let got = device.take().await;
        if is_receipt(&got) {
            all.push(heard(&got));
            if all.last() == Some(&(wanted.0.to_owned(), wanted.1, wanted.2)) {
                return all;
            }
        }
    }
}

/// Waits until the store says that messages came to somebody up to here.
async fn came_to(company: &Company, room: RoomId, who: &str, seq: u64) {
    let is_there = async || loop {
        let found = company.store.receipts().progress(room, None, 1_000).await.expect("it is read");
        let mut members = found.into_iter().filter(|one| one.person.handle == handle(who));
        if members.any(|one| one.delivered == Seq(seq)) {
            return;
        }
        // A store tells nobody what is written to it.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    tokio::time::timeout(crate::company::PATIENCE, is_there()).await.expect("a mark in time");
}

async fn watching(company: &Company, who: &str, device: &str) -> Device {
    let device = company.connect(who, device).await;
    assert_eq!(device.subscribe("rooms/+/receipts").await, ReasonCode::Success, "once at most");
    device
}

#[tokio::test]
async fn what_came_to_a_device_and_was_read_is_told_to_all_in_a_small_room() {
    let company = Company::of(&["ann", "bo", "cy"]).await;
    company.room("tea", &["ann", "bo", "cy"]).await;
    let mut ann = watching(&company, "ann", "phone").await;
    let mut cy = watching(&company, "cy", "phone").await;
    let mut bo = company.connect("bo", "phone").await;
    bo.subscribe("rooms/tea/said").await;
    company.say("ann", "tea", "hello").await;
    bo.take().await;
    for device in [&mut ann, &mut cy] {
        hears(device, ("bo", 2, 0)).await;
    }
    bo.say("rooms/tea/read", "2").await;
    for device in [&mut ann, &mut cy] {
        hears(device, ("bo", 2, 2)).await;
    }
    bo.say("rooms/tea/say", "hello, ann").await;
    hears(&mut ann, ("bo", 3, 3)).await;
}

#[tokio::test]
async fn what_was_only_sent_has_not_come() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let room = company.room_id("tea").await;
    let mut ann = watching(&company, "ann", "phone").await;
    let mut once = company.connect("bo", "watch").await;
    once.subscribe_as("rooms/tea/said", Qos::AtMostOnce, &[]).await;
    let mut phone = company.connect("bo", "phone").await;
    phone.subscribe("rooms/tea/said").await;
    for text in ["one", "two", "three"] {
        company.say("ann", "tea", text).await;
    }
    let waiting = [phone.next().await, phone.next().await, phone.next().await];
    for _ in 0..3 {
        once.take().await;
    }
    // The second came and the first did not: there is a gap.
    phone.acknowledge(waiting[1].mark);
    phone.acknowledge(waiting[0].mark);
    let told = hears(&mut ann, ("bo", 3, 0)).await;
    assert!(told.iter().all(|(who, delivered, _)| who != "bo" || *delivered <= 3), "{told:?}");
    phone.acknowledge(waiting[2].mark);
    came_to(&company, room, "bo", 4).await;
}

#[tokio::test]
async fn the_furthest_device_counts_and_what_was_acknowledged_last_is_kept_when_it_goes() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let room = company.room_id("tea").await;
    let mut phone = company.connect("bo", "phone").await;
    let clean = Manner { expiry: 0, clean_start: true, ..Manner::default() };
    let mut page = company.arrive("bo", "page", &clean).await;
    for device in [&phone, &page] {
        device.subscribe("rooms/tea/said").await;
    }
    company.say("ann", "tea", "one").await;
    company.say("ann", "tea", "two").await;
    phone.take().await;
    page.take().await;
    page.take().await;
    page.vanish().await;
    came_to(&company, room, "bo", 3).await;
    phone.vanish().await;
    let company = company.crash().await;
    came_to(&company, room, "bo", 3).await;
}

#[tokio::test]
async fn who_subscribes_is_told_at_once_how_far_everybody_is() {
    let company = Company::of(&["ann", "bo", "cy"]).await;
    company.room("tea", &["ann", "bo", "cy"]).await;
    company.room("den", &["ann", "bo"]).await;
    let room = company.room_id("tea").await;
    let mut bo = company.connect("bo", "phone").await;
    bo.subscribe("rooms/tea/said").await;
    company.say("ann", "tea", "hello").await;
    bo.take().await;
    came_to(&company, room, "bo", 2).await;
    let mut ann = company.connect("ann", "phone").await;
    let with = |retain_handling| Subscription {
        retain_handling,
        ..subscription("rooms/tea/receipts", Qos::AtLeastOnce)
    };
    ann.subscribe_with(with(RetainHandling::IfNew), Some(7), &Vec::new()).await;
    let mut told = [ann.take().await, ann.take().await].map(|got| (heard(&got), got.ids));
    told.sort();
    let expected = [(("ann".to_owned(), 2, 2), vec![7]), (("bo".to_owned(), 2, 0), vec![7])];
    assert_eq!(told, expected, "and nothing of cy, to whom nothing came");
    // Told again only to who wishes it; a wish that comes after is answered after.
    ann.subscribe_with(with(RetainHandling::IfNew), Some(8), &Vec::new()).await;
    ann.subscribe_with(with(RetainHandling::Never), Some(8), &Vec::new()).await;
    ann.subscribe_with(with(RetainHandling::Always), Some(9), &Vec::new()).await;
    assert_eq!([ann.take().await.ids, ann.take().await.ids], [[9], [9]]);
    let all = company.connect("ann", "desk").await;
    assert_eq!(all.subscribe("rooms/#").await, ReasonCode::GrantedQos1);
    let mut all = all;
    let rooms: Vec<_> = [all.take().await, all.take().await].into_iter().map(|got| got.topic).collect();
    assert_eq!(rooms, ["rooms/tea/receipts"; 2], "nothing was said in the other");
}

#[tokio::test]
async fn who_keeps_somebody_away_and_who_is_kept_away_learn_nothing_of_each_other() {
    let company = Company::of(&["ann", "bo", "cy"]).await;
    company.room("tea", &["ann", "bo", "cy"]).await;
    let bo = company.account("bo").await;
    let mut ann = watching(&company, "ann", "phone").await;
    let mut cy = watching(&company, "cy", "phone").await;
    company.say("cy", "tea", "hello").await;
    company.bridge.mark_read(&bo, &handle("tea"), Seq(2)).await.expect("it is read");
    hears(&mut ann, ("bo", 2, 2)).await;
    company.bridge.keep_away(&bo, &handle("ann")).await.expect("ann is kept away");
    company.say("bo", "tea", "who is there?").await;
    hears(&mut cy, ("bo", 3, 3)).await;
    company.say("cy", "tea", "I am").await;
    let told = hears(&mut ann, ("cy", 4, 4)).await;
    assert!(told.iter().all(|(who, ..)| who != "bo"), "{told:?}");
    let mut desk = company.connect("ann", "desk").await;
    desk.subscribe("rooms/tea/receipts").await;
    assert_eq!(heard(&desk.take().await), ("cy".to_owned(), 4, 4));
    company.bridge.let_near(&bo, &handle("ann")).await.expect("they are let near");
    company.say("bo", "tea", "so you are").await;
    hears(&mut desk, ("bo", 5, 5)).await;
}

#[tokio::test]
async fn in_a_middle_room_only_who_said_something_is_told_who_has_it() {
    let crowd: Vec<String> = (0..99).map(|one| format!("user-{one:02}")).collect();
    let names: Vec<&str> = ["ann", "bo", "cy"].into_iter().chain(crowd.iter().map(String::as_str)).collect();
    let company = Company::of(&names).await;
    company.room("hall", &names).await;
    let mut ann = watching(&company, "ann", "phone").await;
    let mut cy = watching(&company, "cy", "phone").await;
    let mut bo = company.connect("bo", "phone").await;
    bo.subscribe("rooms/hall/said").await;
    company.say("ann", "hall", "hello").await;
    bo.take().await;
    assert_eq!(hears(&mut ann, ("bo", 2, 0)).await, [("bo".to_owned(), 2, 0)]);
    company.say("cy", "hall", "good morning").await;
    bo.take().await;
    // The first that cy hears is of what cy said, though much was told of what ann did.
    assert_eq!(hears(&mut cy, ("bo", 3, 0)).await, [("bo".to_owned(), 3, 0)]);
    let bo = company.account("bo").await;
    company.bridge.mark_read(&bo, &handle("hall"), Seq(3)).await.expect("it is read");
    hears(&mut cy, ("bo", 3, 3)).await;
    // It is not known any more that ann's was read as well, and it need not be: what is told is the newest of it.
    let late = company.connect("cy", "desk").await;
    late.subscribe("rooms/hall/receipts").await;
    let mut late = late;
    company.say("cy", "hall", "anybody?").await;
    company.bridge.mark_read(&bo, &handle("hall"), Seq(4)).await.expect("it is read");
    assert_eq!(hears(&mut late, ("bo", 4, 4)).await, [("bo".to_owned(), 4, 4)], "without the state of all");
}

#[tokio::test]
async fn who_comes_hears_of_receipts_from_then_on_and_who_goes_no_more() {
    let company = Company::of(&["ann", "bo", "cy"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let mut cy = watching(&company, "cy", "phone").await;
    company.say("ann", "tea", "hello").await;
    company.join("tea", "cy").await;
    company.say("ann", "tea", "who is this?").await;
    hears(&mut cy, ("ann", 4, 4)).await;
    company.leave("tea", "cy").await;
    company.room("den", &["ann", "cy"]).await;
    company.say("ann", "tea", "gone").await;
    company.say("ann", "den", "here").await;
    let told = hears(&mut cy, ("ann", 2, 2)).await;
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn a_device_that_is_back_hears_what_changes_and_nothing_that_waited() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let mut watch = watching(&company, "bo", "watch").await;
    watching(&company, "bo", "phone").await.vanish().await;
    company.say("ann", "tea", "one").await;
    hears(&mut watch, ("ann", 2, 2)).await;
    let mut phone = company.connect("bo", "phone").await;
    assert!(phone.session_present);
    company.say("ann", "tea", "two").await;
    assert_eq!(hears(&mut phone, ("ann", 3, 3)).await.len(), 1);
    phone.unsubscribe("rooms/+/receipts").await;
    company.say("ann", "tea", "three").await;
    hears(&mut watch, ("ann", 4, 4)).await;
    assert!(phone.take_ready(9).await.is_empty(), "it does not listen any more");
}

#[tokio::test]
async fn a_device_that_reads_slowly_hears_of_each_person_the_newest() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let manner = Manner { queue: 2, ..Manner::default() };
    let mut slow = company.arrive("bo", "slow", &manner).await;
    slow.subscribe("rooms/tea/receipts").await;
    let mut watch = watching(&company, "bo", "watch").await;
    for seq in 2..=8 {
        company.say("ann", "tea", "hello").await;
        hears(&mut watch, ("ann", seq, seq)).await;
    }
    let told = hears(&mut slow, ("ann", 8, 8)).await;
    assert!(told.len() <= 4, "what was overtaken is not told: {told:?}");
}

#[tokio::test]
async fn where_a_message_is_can_be_asked_device_by_device() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let room = company.room_id("tea").await;
    let mut phone = company.connect("bo", "phone").await;
    let tablet = company.connect("bo", "tablet").await;
    let watch = company.connect("bo", "watch").await;
    for device in [&phone, &tablet] {
        device.subscribe("rooms/tea/said").await;
    }
    watch.subscribe("me/replies").await;
    tablet.vanish().await;
    let seq = company.say("ann", "tea", "hello").await;
    let bo = company.account("bo").await.id;
    let places = async || {
        let found = company.bridge.device_places((room, seq), &[bo]).await.expect("it is read");
        let mut found: Vec<_> =
            found.into_iter().map(|one| (one.device, one.connected, one.sent, one.acknowledged)).collect();
        found.sort();
        found
    };
    let got = phone.next().await;
    let one =
        |device: &str, connected, sent, acknowledged| (device.to_owned(), connected, sent, acknowledged);
    let (tablet, watch) = (one("tablet", false, false, false), one("watch", true, false, false));
    assert_eq!(places().await, [one("phone", true, true, false), tablet.clone(), watch.clone()]);
    phone.acknowledge(got.mark);
    assert_eq!(places().await, [one("phone", true, true, true), tablet.clone(), watch.clone()]);
    phone.vanish().await;
    assert_eq!(places().await, [one("phone", false, true, true), tablet, watch]);
}
