//! What users are told, on `me/events`.

use crate::company::{Company, handle};
use crate::device::{Device, message};
use chat::{Event, EventKind, UserId};
use mqtt::ReasonCode;
use mqtt::packet::Qos;
use serde_json::Value;
use store::Store;

impl Company {
    async fn id(&self, who: &str) -> UserId {
        self.store.account(&handle(who)).await.unwrap().unwrap().id
    }

    async fn tell(&self, who: &str, n: u32) {
        let event = Event::new(EventKind::DeviceAdded).user(handle("ann")).data(format!(r#"{{"n":{n}}}"#));
        self.bridge.tell(self.id(who).await, event).await.unwrap();
    }
}

/// What the device hears next: where, which, after which.
async fn hears(device: &mut Device) -> (String, u64, u64, u64) {
    let got = device.take().await;
    let event: Value = serde_json::from_str(&got.payload).unwrap();
    assert_eq!((&event["kind"], &event["user"]), (&"device_added".into(), &"ann".into()), "{event}");
    let number = |key: &str| event[key].as_u64().unwrap();
    assert_eq!(got.prev, Some(number("prev")));
    assert!(
        event.get("from").is_none() && event.get("room").is_none() && event.get("n").is_none(),
        "{event}"
    );
    (got.topic, number("seq"), number("prev"), event["data"]["n"].as_u64().unwrap())
}

#[tokio::test]
async fn a_user_hears_what_they_are_told_on_every_device_and_nobody_else_does() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let mut phone = company.connect("bo", "phone").await;
    let mut desk = company.connect("bo", "desk").await;
    let mut ann = company.connect("ann", "phone").await;
    assert_eq!(phone.subscribe("me/events").await, ReasonCode::GrantedQos1);
    for device in [&desk, &ann] {
        device.subscribe("me/#").await;
        device.subscribe("rooms/#").await;
    }
    company.tell("bo", 1).await;
    company.tell("bo", 2).await;
    let topic = || "me/events".to_owned();
    for device in [&mut phone, &mut desk] {
        assert_eq!(hears(device).await, (topic(), 2, 0, 1));
        assert_eq!(hears(device).await, (topic(), 3, 2, 2));
    }
    // What rooms say and what one is told have no order between them, so this comes when that was heard.
    company.say("ann", "tea", "hello").await;
    assert_eq!(ann.take().await.topic, "rooms/tea/said");
    company.tell("ann", 3).await;
    assert_eq!(hears(&mut ann).await, (topic(), 2, 0, 3));
}

#[tokio::test]
async fn a_device_that_was_away_hears_what_its_user_was_told_meanwhile() {
    let company = Company::of(&["ann", "bo"]).await;
    let phone = company.connect("bo", "phone").await;
    phone.subscribe("me/#").await;
    phone.vanish().await;
    company.tell("bo", 1).await;
    let mut phone = company.connect("bo", "phone").await;
    assert_eq!(hears(&mut phone).await.3, 1);
    phone.vanish().await;
    company.tell("bo", 2).await;
    company.tell("bo", 3).await;
    let company = company.crash().await;
    let mut phone = company.connect("bo", "phone").await;
    company.tell("bo", 4).await;
    for n in 2..=4 {
        assert_eq!(hears(&mut phone).await.3, n);
    }
}

#[tokio::test]
async fn a_new_subscription_begins_now_or_where_it_wishes() {
    let company = Company::of(&["ann", "bo"]).await;
    for n in 1..=3 {
        company.tell("bo", n).await;
    }
    let mut now = company.connect("bo", "now").await;
    now.subscribe("me/events").await;
    let mut since = company.connect("bo", "since").await;
    since.subscribe_as("cbor/me/events", Qos::AtLeastOnce, &[("since", "3")]).await;
    company.tell("bo", 4).await;
    assert_eq!(hears(&mut now).await.3, 4);
    assert_eq!([since.take().await, since.take().await].map(|got| got.topic), ["cbor/me/events"; 2]);
    since.unsubscribe("cbor/me/events").await;
    company.tell("bo", 5).await;
    assert_eq!(hears(&mut now).await.3, 5);
    since.subscribe_as("me/events", Qos::AtLeastOnce, &[("since", "0")]).await;
    for n in 1..=5 {
        assert_eq!(hears(&mut since).await.3, n);
    }
}

#[tokio::test]
async fn nobody_speaks_in_a_users_own_room_or_sees_it() {
    let company = Company::of(&["ann", "bo"]).await;
    company.tell("bo", 1).await;
    let bo = company.connect("bo", "phone").await;
    let own = company.id("bo").await.own_room();
    let inside = chat::Handle::own(company.id("bo").await);
    for topic in
        ["me/events".to_owned(), format!("rooms/{inside}/say"), format!("rooms/{}/say", own.handle())]
    {
        let answer = bo.publish(message(&topic, "hello")).await.unwrap();
        assert_eq!(answer.code, ReasonCode::NotAuthorized, "{topic}");
    }
    for filter in [format!("rooms/{inside}/said"), format!("rooms/{}/said", own.handle())] {
        assert_eq!(bo.subscribe(&filter).await, ReasonCode::NotAuthorized, "{filter}");
    }
    assert!(company.bridge.rooms(None, 10).await.unwrap().is_empty());
}
