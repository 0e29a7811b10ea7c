//! Who is connected, as an administrator sees it.

use crate::company::{Company, handle};
use bridge::Sought;
use store::Store;

#[tokio::test]
async fn an_administrator_finds_inspects_and_ends_connections() {
    let company = Company::of(&["ann", "bo"]).await;
    company.room("tea", &["ann", "bo"]).await;
    let ann = company.connect("ann", "phone").await;
    let mut bo = company.connect("bo", "phone").await;
    let desk = company.connect("bo", "desk").await;
    bo.subscribe("rooms/#").await;
    company.say("ann", "tea", "hello").await;
    bo.next().await;

    let bridge = &company.bridge;
    let all = bridge.connections(Sought::default(), 0, 10);
    let names: Vec<(&str, &str)> = all.iter().map(|one| (one.user.as_str(), one.device.as_str())).collect();
    assert_eq!(names, [("ann", "phone"), ("bo", "phone"), ("bo", "desk")]);
    let first = bridge.connections(Sought::default(), 0, 2);
    let rest = bridge.connections(Sought::default(), first[1].number, 2);
    assert_eq!([first, rest].concat(), all);
    let user = Some(company.store.account(&handle("bo")).await.unwrap().unwrap().id);
    assert_eq!(bridge.connections(Sought { user, address: None }, 0, 10), all[1..]);
    let elsewhere = Sought { user: None, address: Some("192.0.2.7".parse().unwrap()) };
    assert_eq!(bridge.connections(elsewhere, 0, 10), []);

    let seen = bridge.inspect(all[1].number).unwrap();
    assert_eq!((seen.connection, seen.filters), (all[1].clone(), vec!["rooms/#".to_owned()]));
    assert_eq!((seen.rooms, seen.behind, seen.unacknowledged), (1, 0, 1));
    let gauges = bridge.gauges();
    assert_eq!((gauges.devices, gauges.users), (3, 2));

    assert!(bridge.show_out_one(all[2].number));
    assert!(desk.is_ended() && !bo.is_ended() && !ann.is_ended());
    desk.vanish().await;
    assert!(!bridge.show_out_one(all[2].number) && bridge.inspect(all[2].number).is_none());
    assert_eq!(bridge.gauges().devices, 2);
}
