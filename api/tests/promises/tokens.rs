//! What one comes in with: tokens of devices, keys of programs, and where they end.

use crate::house::{House, problem, text};
use serde_json::{Value, json};

#[tokio::test]
async fn a_devices_token_may_chat_and_not_touch_the_account() {
    let house = House::open().await;
    let bo = house.log_in("bo", "phone").await;
    let given =
        house.post(&bo, "/v1/me/device-tokens", json!({ "device": "lamp", "label": "by the door" })).await;
    assert_eq!(given.status, 201);
    let given = given.good();
    let lamp = text(&given["secret"]);
    assert!(lamp.starts_with("nd_"));
    house.get(&lamp, "/v1/users/ann").await.good();
    assert_eq!(house.get(&lamp, "/v1/me").await.problem(), problem(403, "not_allowed"));
    let taken = house.post(&bo, "/v1/me/device-tokens", json!({ "device": "lamp" })).await;
    assert_eq!(taken.problem(), problem(409, "device_taken"));

    let list = house.get(&bo, "/v1/me/credentials").await.good();
    let labels: Vec<&str> =
        list["credentials"].as_array().unwrap().iter().map(|one| one["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["", "by the door"]);
    assert!(!list.to_string().contains(&lamp), "a secret is seen once");
    let path = format!("/v1/me/credentials/{}", text(&given["credential"]["id"]));
    assert_eq!(house.delete(&bo, &path).await.status, 204);
    assert_eq!(house.get(&lamp, "/v1/users/ann").await.problem(), problem(401, "wrong_credentials"));
    assert_eq!(house.delete(&bo, &path).await.problem(), problem(404, "not_found"));
}

#[tokio::test]
async fn nobody_ends_what_another_comes_in_with() {
    let house = House::open().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    let list = house.get(&bo, "/v1/me/credentials").await.good();
    let path = format!("/v1/me/credentials/{}", text(&list["credentials"][0]["id"]));
    assert_eq!(house.delete(&ann, &path).await.problem(), problem(404, "not_found"));
    house.get(&bo, "/v1/me").await.good();
    assert_eq!(house.delete(&ann, "/v1/me/credentials/x").await.problem(), problem(400, "bad_request"));
}

#[tokio::test]
async fn a_programs_key_is_good_for_its_scopes_and_no_more() {
    let house = House::open().await;
    let ann = house.log_in("ann", "phone").await;
    let robot = house.post(&ann, "/v1/admin/services", json!({ "handle": "robot" })).await.good();
    assert_eq!(robot["service"], true);
    let keys = "/v1/admin/services/robot/keys";
    let scopes = json!({ "label": "one", "scopes": ["rooms:read"] });
    let given = house.post(&ann, keys, scopes).await.good();
    assert_eq!(given["credential"]["scopes"], json!(["rooms:read"]));
    let key = text(&given["secret"]);
    house.get(&key, "/v1/users/ann").await.good();
    assert_eq!(house.get(&key, "/v1/me").await.problem(), problem(403, "not_allowed"));
    let unknown = house.post(&ann, keys, json!({ "label": "two", "scopes": ["everything"] })).await;
    assert_eq!(unknown.problem(), problem(422, "invalid"));
    let person = json!({ "label": "one", "scopes": ["rooms:read"] });
    assert_eq!(
        house.post(&ann, "/v1/admin/services/bo/keys", person).await.problem(),
        problem(404, "not_found")
    );

    let path = format!("{keys}/{}", text(&given["credential"]["id"]));
    assert_eq!(house.delete(&ann, &path).await.status, 204);
    assert_eq!(house.get(&key, "/v1/users/ann").await.status, 401);
    assert_eq!(house.get(&ann, keys).await.good()["credentials"], json!([]));
}

#[tokio::test]
async fn a_key_for_writing_only_passes_nothing_on_that_it_can_not_read() {
    let house = House::open().await;
    let ann = house.log_in("ann", "phone").await;
    house.post(&ann, "/v1/admin/services", json!({ "handle": "robot" })).await.good();
    house.post(&ann, "/v1/rooms", json!({ "room": "tea", "members": ["robot"] })).await.good();
    house.post(&ann, "/v1/rooms/tea/messages", json!({ "body": "between us" })).await.good();
    let key = async |scopes: Value| {
        let key = json!({ "label": "one", "scopes": scopes });
        text(&house.post(&ann, "/v1/admin/services/robot/keys", key).await.good()["secret"])
    };
    let on = json!({ "of_room": "tea", "of": 2 });
    let (writes, both) =
        (key(json!(["messages:write"])).await, key(json!(["messages:write", "messages:read"])).await);
    let room = "/v1/rooms/tea/messages";
    assert_eq!(house.post(&writes, room, on.clone()).await.problem(), problem(403, "not_allowed"));
    house.post(&writes, room, json!({ "body": "hello" })).await.good();
    house.post(&both, room, on).await.good();
}

#[tokio::test]
async fn an_administrators_power_is_not_in_a_key_that_does_not_say_so() {
    let house = House::open().await;
    let ann = house.log_in("ann", "phone").await;
    house.post(&ann, "/v1/admin/services", json!({ "handle": "robot" })).await.good();
    let key = async |scopes: &[&str]| {
        let body = json!({ "label": "one", "scopes": scopes });
        text(&house.post(&ann, "/v1/admin/services/robot/keys", body).await.good()["secret"])
    };
    let (plain, powerful) = (key(&["rooms:read"]).await, key(&["admin"]).await);
    assert_eq!(house.get(&powerful, "/v1/admin/users").await.problem(), problem(403, "not_allowed"));
    house.put(&ann, "/v1/admin/users/robot/admin", json!({ "admin": true })).await.good();
    house.get(&powerful, "/v1/admin/users").await.good();
    assert_eq!(house.get(&plain, "/v1/admin/users").await.problem(), problem(403, "not_allowed"));
}
