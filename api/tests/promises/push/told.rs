//! What came of telling devices something: tried out, in their log, and as administrators see it.

use super::{APPLE, apple, at, came, kept, while_told};
use crate::house::{House, problem, text};
use bridge::requests::{Answered, Asked, Requests as _};
use chat::{Handle, RoomId, Seq};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use store::{Note, Settled, Settling};

#[tokio::test]
async fn a_test_tells_what_came_of_it_and_it_is_in_the_log_of_the_device() {
    let house = House::unhurried().await;
    let ann = house.log_in("ann", "phone").await;
    house.put(&ann, &at("phone"), apple(APPLE)).await.good();
    let path = format!("{}/test", at("phone"));
    assert_eq!(
        house.post(&ann, &format!("{}/test", at("desk")), json!({})).await.problem(),
        problem(404, "not_found")
    );
    assert_eq!(house.post(&ann, &path, json!({ "wait": 21 })).await.problem(), problem(400, "bad_request"));
    // Nobody takes it.
    let waits = house.post(&ann, &path, json!({ "wait": 0 })).await.good();
    assert_eq!(waits["tests"][0]["outcome"], "waiting");
    assert!(text(&waits["tests"][0]["reason"]).contains("nobody has taken it"));
    // Somebody does.
    let asked = house.post(&ann, &path, json!({ "app": "natter", "wait": 20 }));
    let tested = while_told(&house, "apns", asked).await.good();
    let [one] = &tested["tests"].as_array().unwrap()[..] else { panic!("one test: {tested}") };
    let expected = json!({ "device": "phone", "app": "natter", "provider": "apns", "outcome": "sent", "reason": null, "id": "number-1" });
    assert_eq!(*one, expected);
    let log = house.get(&ann, &format!("{}/log", at("phone"))).await.good();
    let line = &log["deliveries"][0];
    assert_eq!(
        (&line["test"], &line["outcome"], &line["room"]),
        (&json!(true), &json!("sent"), &Value::Null)
    );

    // What is not used until it registers again is told nothing, and says why.
    let device = kept(&house, "ann").await.remove(0);
    let off = Settling::Disabled("BadDeviceToken".into());
    tokio::time::sleep(Duration::from_millis(2)).await; // later than it registered, by the clock
    let settled =
        Settled { what: off, ..came(&device, (Note::TEST, Seq(1)), 9, ("disabled", "BadDeviceToken")) };
    house.store.pushes().settle(&[settled]).await.unwrap();
    let list = house.get(&ann, "/v1/push/devices").await.good();
    assert_eq!(list["devices"][0]["disabled"]["reason"], "BadDeviceToken");
    let tested = house.post(&ann, &path, json!({})).await.good();
    assert_eq!(
        (&tested["tests"][0]["outcome"], &tested["tests"][0]["reason"]),
        (&json!("disabled"), &json!("BadDeviceToken"))
    );
    house.put(&ann, &at("phone"), apple(APPLE)).await.good();
    assert!(house.get(&ann, "/v1/push/devices").await.good()["devices"][0]["disabled"].is_null());
}

#[tokio::test]
async fn the_log_of_a_device_names_rooms_as_long_as_their_names_may_be_seen() {
    let house = House::unhurried().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    house.post(&ann, "/v1/rooms", json!({ "room": "tea", "members": ["bo"] })).await.good();
    house.put(&bo, &at("phone"), apple(APPLE)).await.good();
    let room = house.store.places().card(&Handle::new("tea").unwrap()).await.unwrap().unwrap().id;
    let device = kept(&house, "bo").await.remove(0);
    for (seq, how) in [(Seq(2), ("sent", "")), (Seq(3), ("gone", "Unregistered"))] {
        house.store.pushes().settle(&[came(&device, (room, seq), 7, how)]).await.unwrap();
    }
    let path = format!("{}/log", at("phone"));
    let log = house.get(&bo, &path).await.good();
    let [last, first] = &log["deliveries"].as_array().unwrap()[..] else { panic!("two: {log}") };
    assert_eq!((&last["room"], &last["seq"], &last["outcome"]), (&json!("tea"), &json!(3), &json!("gone")));
    assert_eq!((&first["reason"], &last["reason"]), (&Value::Null, &json!("Unregistered")));
    house.post(&bo, "/v1/rooms/tea/leave", json!({})).await.good();
    let log = house.get(&bo, &path).await.good();
    assert_eq!(
        (&log["deliveries"][0]["room"], &log["deliveries"][0]["room_id"]),
        (&Value::Null, &json!(room.0.to_string()))
    );
    let log = house.get(&ann, "/v1/admin/users/bo/push-devices/phone/log").await.good();
    assert_eq!(log["deliveries"][0]["room"], "tea", "an administrator may see every name");
}

#[tokio::test]
async fn administrators_see_what_waits_what_came_of_it_and_what_nobody_heard() {
    let house = House::unhurried().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    house.put(&bo, &at("phone"), apple(APPLE)).await.good();
    let device = kept(&house, "bo").await.remove(0);
    for seq in 1..=3 {
        let settled = came(&device, (RoomId(5), Seq(seq)), 7, ("too_large", "PayloadTooLarge"));
        house.store.pushes().settle(&[settled]).await.unwrap();
    }
    let waits = house.post(&ann, "/v1/admin/users/bo/push-test", json!({ "wait": 0 })).await.good();
    assert_eq!(waits["tests"][0]["outcome"], "waiting");
    let state = house.get(&ann, "/v1/admin/push").await.good();
    let (backlog, outcome) = (&state["backlog"][0], &state["outcomes"][0]);
    assert_eq!((&backlog["provider"], &backlog["waiting"]), (&json!("apns"), &json!(1)), "{state}");
    assert!(backlog["oldest_age_ms"].as_u64().unwrap() < 60_000, "{state}");
    assert_eq!(
        (&outcome["app"], &outcome["outcome"], &outcome["reason"], &outcome["times"]),
        (&json!("natter"), &json!("too_large"), &json!("PayloadTooLarge"), &json!(3))
    );
    let mut seen = Vec::new();
    let mut path = "/v1/admin/push/dead?limit=2".to_owned();
    loop {
        let page = house.get(&ann, &path).await.good();
        for one in page["dead"].as_array().unwrap() {
            assert_eq!((&one["user"], &one["room_id"]), (&json!("bo"), &json!("5")), "{one}");
            seen.push(one["seq"].as_u64().unwrap());
        }
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/admin/push/dead?limit=2&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, [3, 2, 1]);
    let list = house.get(&ann, "/v1/admin/users/bo/push-devices").await.good();
    assert_eq!(list["devices"][0]["device"], "phone");
    for path in ["/v1/admin/push", "/v1/admin/push/dead", "/v1/admin/users/bo/push-devices"] {
        assert_eq!(house.get(&bo, path).await.problem(), problem(403, "not_allowed"), "{path}");
    }
    for path in ["/v1/admin/users/nobody/push-devices", "/v1/admin/users/bo/push-devices/desk/log"] {
        assert_eq!(house.get(&ann, path).await.problem(), problem(404, "not_found"), "{path}");
    }
    let acts = house.get(&ann, "/v1/admin/audit").await.good().to_string();
    assert!(acts.contains("admin.push_log") && acts.contains("admin.test_push"), "{acts}");
}

#[tokio::test]
async fn who_goes_for_good_or_ends_a_login_is_told_nothing_any_more() {
    let house = House::unhurried().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    let night = json!({ "quiet": { "from": "22:00", "to": "07:00", "zone": "UTC" } });
    house.put(&bo, "/v1/push/settings", night).await.good();
    house.put(&bo, &at("phone"), apple(APPLE)).await.good();
    house.post(&bo, "/v1/logout", json!({})).await;
    assert!(kept(&house, "bo").await.is_empty(), "a login that is ended takes its device along");
    let bo = house.log_in("bo", "phone").await;
    house.put(&bo, &at("phone"), apple(APPLE)).await.good();
    let user = kept(&house, "bo").await[0].user;
    assert_eq!(house.post(&ann, "/v1/admin/users/bo/delete", json!({ "erase": true })).await.status, 204);
    let pushes = house.store.pushes();
    assert!(pushes.push_devices(user).await.unwrap().is_empty());
    assert!(pushes.habits(user).await.unwrap().quiet.is_none());
    let list = house.get(&ann, "/v1/admin/users/bo/push-devices").await.good();
    assert_eq!(list["devices"], json!([]));
}

/// The same by MQTT, as the bridge would carry it.
async fn by_mqtt(house: &House, proof: &str, method: &str, params: Value) -> Result<Value, Value> {
    let asked = Asked {
        method: method.parse().unwrap(),
        params: params.to_string().into(),
        key: None,
        caller: Ok(Some(house.bridge.caller(proof).await.unwrap())),
        address: "127.0.0.1".parse().unwrap(),
        most: 64 * 1024,
    };
    match Arc::clone(&house.api).answer(asked).await {
        Answered::Result(json) => Ok(serde_json::from_str(&json).unwrap()),
        Answered::Problem(json) => Err(serde_json::from_str(&json).unwrap()),
    }
}

#[tokio::test]
async fn a_device_that_has_only_mqtt_registers_and_tests_itself() {
    let house = House::unhurried().await;
    let ann = house.log_in("ann", "phone").await;
    let mut body = apple(APPLE);
    body["device"] = "phone".into();
    let kept = by_mqtt(&house, &ann, "push.register", body.clone()).await.unwrap();
    assert_eq!(kept["provider"], "apns");
    body["device"] = "desk".into();
    let refused = by_mqtt(&house, &ann, "push.register", body).await.unwrap_err();
    assert_eq!(refused["code"], "not_allowed");
    let asked = by_mqtt(&house, &ann, "push.test", json!({ "device": "phone" }));
    let tested = while_told(&house, "apns", asked).await;
    assert_eq!(tested.unwrap()["tests"][0]["outcome"], "sent");
    assert_eq!(
        by_mqtt(&house, &ann, "push.remove", json!({ "device": "phone" })).await.unwrap(),
        Value::Null
    );
}

#[tokio::test]
async fn many_tests_at_once_are_as_many_as_may_be_and_the_next_is_told_to_come_again() {
    let house = House::unhurried().await;
    let ann = house.log_in("ann", "phone").await;
    house.put(&ann, &at("phone"), apple(APPLE)).await.good();
    let path = format!("{}/test", at("phone"));
    // Nobody takes them, so all but one wait.
    let tests = (0..17).map(|_| Box::pin(house.post(&ann, &path, json!({ "wait": 20 }))));
    let (first, ..) = futures_util::future::select_all(tests).await;
    assert!(first.headers.contains_key("retry-after"));
    assert_eq!(first.problem(), problem(503, "unavailable"));
}
