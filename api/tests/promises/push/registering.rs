//! Where a device is reached: said by itself, seen by nobody, and when it is left in peace.

use super::{APPLE, P256DH, apple, at, browser, devices, kept, loud};
use crate::house::{House, problem, text};
use chat::Handle;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_device_says_where_it_is_reached_and_says_it_again() {
    let house = House::unhurried().await;
    let ann = house.log_in("ann", "phone").await;
    let apps = house.get(&ann, "/v1/push/apps").await.good();
    let providers = json!(["apns", "fcm", "web", "log"]);
    assert_eq!(apps["apps"], json!([{ "app": "natter", "providers": providers, "key": "BKey" }]));
    let first = house.put(&ann, &at("phone"), apple(APPLE)).await.good();
    assert_eq!(
        (&first["device"], &first["provider"], &first["kind"], &first["environment"]),
        (&json!("phone"), &json!("apns"), &json!("token"), &json!("production"))
    );
    assert_eq!((&first["form"], &first["content"]), (&json!("alert"), &json!(true)));

    let mut again = apple(&APPLE.replace('0', "1"));
    again["environment"] = "sandbox".into();
    again["form"] = "mutable_content".into();
    again["content"] = false.into();
    house.put(&ann, &at("phone"), again).await.good();
    let list = house.get(&ann, "/v1/push/devices").await.good();
    let [device] = &list["devices"].as_array().unwrap()[..] else { panic!("one device: {list}") };
    assert_eq!(
        (&device["environment"], &device["form"], &device["content"], &device["disabled"]),
        (&json!("sandbox"), &json!("mutable_content"), &json!(false), &Value::Null)
    );
    assert_eq!(kept(&house, "ann").await[0].address.0, APPLE.replace('0', "1"));

    assert_eq!(
        house.delete(&ann, &format!("{}?app=another", at("phone"))).await.problem(),
        problem(404, "not_found")
    );
    assert_eq!(house.delete(&ann, &format!("{}?app=natter", at("phone"))).await.status, 204);
    assert_eq!(house.delete(&ann, &at("phone")).await.problem(), problem(404, "not_found"));
    assert!(devices(&house, &ann).await.is_empty());
}

#[tokio::test]
async fn an_address_is_its_last_owners_alone() {
    let house = House::unhurried().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    house.put(&ann, &at("phone"), browser()).await.good();
    // The same as a text, with its keys in another order.
    let keys = format!(r#"{{"auth":"_ordMnz7uTCmrpBTeUV4Bw","p256dh":"{P256DH}"}}"#);
    let written = format!(r#"{{"keys":{keys},"endpoint":"https://push.example.org/planted-endpoint"}}"#);
    let moved = json!({ "app": "natter", "provider": "web", "address": written, "kind": "subscription" });
    house.put(&bo, &at("phone"), moved).await.good();
    assert_eq!((devices(&house, &ann).await.len(), devices(&house, &bo).await.len()), (0, 1));
}

#[tokio::test]
async fn a_device_registers_itself_and_no_other() {
    let house = House::unhurried().await;
    let ann = house.log_in("ann", "phone").await;
    let given = house.post(&ann, "/v1/me/device-tokens", json!({ "device": "lamp" })).await.good();
    let lamp = text(&given["secret"]);
    let log = |name: &str| json!({ "app": "natter", "provider": "log", "address": name });
    for (proof, other) in [(&ann, "lamp"), (&lamp, "phone"), (&lamp, "desk")] {
        let refused = house.put(proof, &at(other), log(other)).await;
        assert_eq!(refused.problem(), problem(403, "not_allowed"), "{other}");
    }
    house.put(&ann, &at("phone"), log("phone")).await.good();
    house.put(&lamp, &at("lamp"), log("lamp")).await.good();
    // The lamp sees itself only; who is logged in sees all of theirs, and can end what was lost.
    assert_eq!(devices(&house, &lamp).await, ["lamp"]);
    assert_eq!(devices(&house, &ann).await, ["lamp", "phone"]);
    for path in [at("phone"), format!("{}/log", at("phone"))] {
        let heard = if path.ends_with("log") {
            house.get(&lamp, &path).await
        } else {
            house.delete(&lamp, &path).await
        };
        assert_eq!(heard.problem(), problem(404, "not_found"), "{path}");
    }
    assert_eq!(house.delete(&ann, &at("lamp")).await.status, 204);
    assert_eq!(devices(&house, &ann).await, ["phone"]);

    // A program's key is bound to no device.
    house.post(&ann, "/v1/admin/services", json!({ "handle": "robot" })).await.good();
    let key = json!({ "label": "one", "scopes": ["messages:read"] });
    let key = text(&house.post(&ann, "/v1/admin/services/robot/keys", key).await.good()["secret"]);
    for name in ["left", "right"] {
        house.put(&key, &at(name), log(name)).await.good();
    }
    assert_eq!(devices(&house, &key).await, ["left", "right"]);
}

#[tokio::test]
async fn what_is_no_address_here_is_refused_in_words_that_say_what_is() {
    let house = House::unhurried().await;
    let ann = house.log_in("ann", "phone").await;
    for (body, words) in [
        (json!({ "app": "natter", "provider": "apns", "address": "planted" }), "64 to 200 hexadecimal"),
        (json!({ "app": "natter", "provider": "web", "address": "planted" }), "`endpoint`"),
        (json!({ "app": "natter", "provider": "apns", "address": APPLE, "kind": "installation" }), "apns"),
        (json!({ "app": "chess", "provider": "apns", "address": APPLE }), "there are: natter"),
        (json!({ "app": "natter", "provider": "pigeon", "address": APPLE }), "apns, fcm, web, log"),
    ] {
        let heard = house.put(&ann, &at("phone"), body).await;
        let detail = text(&heard.body["detail"]);
        assert!(detail.contains(words) && !detail.contains("planted"), "{detail}");
        assert_eq!(heard.problem(), problem(422, "invalid"));
    }
    for body in [
        json!({ "app": "natter", "provider": "log" }),
        json!({ "app": "natter", "provider": "log", "address": 7 }),
        json!({ "app": "natter", "provider": "log", "address": "x", "form": "loud" }),
        json!({ "app": "natter", "provider": "log", "address": "x", "token": "y" }),
    ] {
        assert_eq!(house.put(&ann, &at("phone"), body).await.problem(), problem(400, "bad_request"));
    }
    let silent = House::open().await;
    let ann = silent.log_in("ann", "phone").await;
    assert_eq!(silent.get(&ann, "/v1/push/apps").await.good()["apps"], json!([]));
    let heard = silent.put(&ann, &at("phone"), apple(APPLE)).await;
    assert!(text(&heard.body["detail"]).contains("pushes nothing"), "{heard:?}");
    assert_eq!(heard.problem(), problem(422, "invalid"));
}

#[tokio::test]
async fn a_user_has_twenty_devices_and_names_are_client_ids() {
    let house = House::unhurried().await;
    let bo = Handle::new("bo").unwrap();
    for number in 0..20 {
        house.registered(&bo, &format!("d{number}")).await;
    }
    let token = house.bridge.token(&bo, Duration::from_secs(60)).await.unwrap();
    let log = |name: &str| json!({ "app": "natter", "provider": "log", "address": name });
    assert_eq!(house.put(&token, &at("d20"), log("d20")).await.problem(), problem(409, "too_many"));
    house.registered(&bo, "d7").await;
    for wrong in ["x".repeat(129), "%24share%2Fa".into(), "a%0Ab".into()] {
        assert_eq!(
            house.put(&token, &at(&wrong), log("d")).await.problem(),
            problem(422, "invalid"),
            "{wrong}"
        );
    }
    assert_eq!(house.delete(&token, &at("d3")).await.status, 204);
    house.put(&token, &at("a%2Fb"), log("d20")).await.good();
    assert_eq!(house.delete(&token, &at("a%2Fb")).await.status, 204);
}

#[tokio::test]
async fn no_address_is_in_a_log_or_in_an_answer() {
    let (heard, listening) = loud::listen();
    let house = House::unhurried().await;
    let ann = house.log_in("ann", "phone").await;
    let planted = APPLE.replace("00fc", "beef");
    let mut answers = vec![house.put(&ann, &at("phone"), apple(&planted)).await];
    answers.push(house.put(&ann, &at("phone"), browser()).await);
    for wrong in ["planted-address", "planted address"] {
        let wrong = json!({ "app": "natter", "provider": "fcm", "address": [wrong] });
        answers.push(house.put(&ann, &at("phone"), wrong).await);
    }
    answers.push(
        house
            .put(
                &ann,
                &at("phone"),
                json!({ "app": "planted-app", "provider": "fcm", "address": "planted-address" }),
            )
            .await,
    );
    answers.push(house.get(&ann, "/v1/push/devices").await);
    answers.push(house.post(&ann, &format!("{}/test", at("phone")), json!({ "wait": 0 })).await);
    answers.push(house.get(&ann, "/v1/admin/users/ann/push-devices").await);
    answers.push(house.get(&ann, "/v1/admin/audit").await);
    drop(listening);
    let log = heard.lines();
    assert!(log.contains("push.register"), "the log is loud: {log}");
    let answers: String = answers.iter().map(|one| one.body.to_string()).collect();
    for secret in [&planted, "planted-", "planted address", P256DH, "_ordMnz7uTCmrpBTeUV4Bw"] {
        assert!(!log.contains(secret), "{secret} is in the log");
        assert!(!answers.contains(secret), "{secret} is in an answer");
    }
}

#[tokio::test]
async fn quiet_hours_are_of_a_zone_that_there_is() {
    let house = House::open().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    let path = "/v1/push/settings";
    assert_eq!(house.get(&ann, path).await.good(), json!({ "quiet": null }));
    let night = |zone: &str| json!({ "quiet": { "from": "22:00", "to": "07:30", "zone": zone } });
    assert_eq!(house.put(&ann, path, night("europe/berlin")).await.good(), night("Europe/Berlin"));
    for wrong in [
        night("Mars/Olympus"),
        json!({ "quiet": { "from": "25:00", "to": "07:00", "zone": "UTC" } }),
        json!({ "quiet": { "from": "22:00", "to": "22:00", "zone": "UTC" } }),
    ] {
        assert_eq!(house.put(&ann, path, wrong).await.problem(), problem(422, "invalid"));
    }
    assert_eq!(house.get(&ann, path).await.good(), night("Europe/Berlin"));
    assert_eq!(house.get(&bo, path).await.good(), json!({ "quiet": null }));
    house.put(&ann, path, json!({ "quiet": null })).await.good();
    assert_eq!(house.get(&ann, path).await.good(), json!({ "quiet": null }));
}
