//! The ways into a room: invitations, requests, links.

use crate::house::{House, PASSWORD, problem, text};
use serde_json::{Value, json};

/// Ann has the room `tea` with bo; cy is a stranger to it.
async fn tea() -> (House, [String; 3]) {
    let house = House::open().await;
    house.ask("/v1/accounts", json!({ "handle": "cy", "password": PASSWORD })).await.good();
    let tokens = [
        house.log_in("ann", "phone").await,
        house.log_in("bo", "phone").await,
        house.log_in("cy", "phone").await,
    ];
    house.post(&tokens[0], "/v1/rooms", json!({ "room": "tea", "members": ["bo"] })).await.good();
    (house, tokens)
}

#[tokio::test]
async fn who_is_invited_comes_in_or_declines() {
    let (house, [ann, bo, cy]) = tea().await;
    let invite = async |token: &str, user: &str| {
        house.put(token, &format!("/v1/rooms/tea/invitations/{user}"), json!({ "role": "guest" })).await
    };
    let mine = async || house.get(&cy, "/v1/me/invitations").await.good()["invitations"].clone();
    let join = async || house.post(&cy, "/v1/rooms/tea/join", json!({})).await;
    assert_eq!(invite(&bo, "cy").await.status, 204);
    assert_eq!(invite(&bo, "ann").await.problem(), problem(422, "invalid"), "ann is in");
    assert_eq!(invite(&bo, "nobody").await.problem(), problem(404, "not_found"));
    assert_eq!(invite(&cy, "bo").await.problem(), problem(404, "not_found"));
    assert_eq!((&mine().await[0]["room"], &mine().await[0]["by"]), (&json!("tea"), &json!("bo")));
    let seen = house.get(&ann, "/v1/rooms/tea/invitations").await.good();
    assert_eq!(seen["invitations"][0]["user"], "cy");
    assert_eq!(house.post(&cy, "/v1/rooms/tea/decline", json!({})).await.status, 204);
    assert_eq!(
        house.post(&cy, "/v1/rooms/tea/decline", json!({})).await.problem(),
        problem(404, "not_found")
    );
    assert_eq!((mine().await, join().await.problem()), (json!([]), problem(404, "not_found")));
    assert_eq!(invite(&ann, "cy").await.status, 204);
    assert_eq!(join().await.status, 204);
    assert_eq!(house.get(&cy, "/v1/rooms/tea").await.good()["role"], "guest");
    let by_guest = house.get(&cy, "/v1/rooms/tea/invitations").await;
    assert_eq!(by_guest.problem(), problem(403, "not_allowed"));
}

#[tokio::test]
async fn who_asks_is_let_in_or_turned_away() {
    let (house, [ann, _, cy]) = tea().await;
    let ask = async || house.post(&cy, "/v1/rooms/tea/requests", json!({ "words": "it is me" })).await;
    let asked = async || house.get(&ann, "/v1/rooms/tea/requests").await.good()["requests"].clone();
    assert_eq!(ask().await.problem(), problem(404, "not_found"), "nobody learns of the room");
    let settings = json!({ "settings": { "join": "request" } });
    assert_eq!(house.post(&ann, "/v1/rooms/tea/settings", settings).await.status, 204);
    let join = house.post(&cy, "/v1/rooms/tea/join", json!({})).await;
    assert_eq!(join.problem(), problem(403, "not_allowed"));
    assert_eq!(ask().await.status, 204);
    assert_eq!((&asked().await[0]["user"], &asked().await[0]["words"]), (&json!("cy"), &json!("it is me")));
    let request = "/v1/rooms/tea/requests/cy";
    assert_eq!(house.put(&cy, request, json!({})).await.problem(), problem(404, "not_found"));
    assert_eq!(house.delete(&ann, request).await.status, 204);
    assert_eq!(asked().await, json!([]));
    assert_eq!(house.put(&ann, request, json!({})).await.problem(), problem(404, "not_found"));
    assert_eq!((ask().await.status, house.delete(&cy, request).await.status), (204, 204), "taken back");
    assert_eq!((ask().await.status, house.put(&ann, request, json!({})).await.status), (204, 204));
    assert_eq!(house.get(&cy, "/v1/rooms/tea").await.good()["role"], "member");
    assert_eq!(ask().await.problem(), problem(422, "invalid"), "cy is in");
}

#[tokio::test]
async fn a_link_lets_in_whoever_has_it_until_it_is_taken_back() {
    let (house, [ann, bo, cy]) = tea().await;
    let made = house.post(&bo, "/v1/rooms/tea/links", json!({ "uses": 1, "expires_in": 60 })).await;
    assert_eq!(made.status, 201);
    let (secret, link) = (text(&made.body["secret"]), made.body["link"].clone());
    assert!(secret.starts_with("nj_"));
    assert_eq!((&link["by"], &link["uses_left"]), (&json!("bo"), &json!(1)));
    let follow = async |link: &str| house.post(&cy, "/v1/room-links", json!({ "link": link })).await;
    assert_eq!(follow("nj_nothing").await.problem(), problem(404, "not_found"));
    assert_eq!(follow(&secret).await.good()["room"], "tea");
    assert_eq!(house.post(&cy, "/v1/rooms/tea/leave", json!({})).await.status, 204);
    assert_eq!(follow(&secret).await.problem(), problem(404, "not_found"), "it is used up");
    let made = house.post(&ann, "/v1/rooms/tea/links", json!({ "role": "guest" })).await.good();
    let links = house.get(&ann, "/v1/rooms/tea/links").await.good();
    assert_eq!(links["links"].as_array().map(Vec::len), Some(1));
    assert_eq!(links["links"][0]["expires_at"], Value::Null);
    let place = format!("/v1/rooms/tea/links/{}", text(&made["link"]["id"]));
    assert_eq!(house.delete(&cy, &place).await.problem(), problem(404, "not_found"));
    assert_eq!(house.delete(&bo, &place).await.status, 204);
    assert_eq!(house.delete(&bo, &place).await.problem(), problem(404, "not_found"));
    assert_eq!(follow(&text(&made["secret"])).await.problem(), problem(404, "not_found"));
    let many = json!({ "role": "admin" });
    assert_eq!(house.post(&ann, "/v1/rooms/tea/links", many).await.problem(), problem(403, "not_allowed"));
}
