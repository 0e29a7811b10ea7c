//! Rooms that are set, and who is what in them.

use crate::house::{House, PASSWORD, problem, text};
use serde_json::{Value, json};

/// Ann has the room `tea` with bo; cy and di are strangers to it.
struct Tea {
    house: House,
    ann: String,
    bo: String,
    cy: String,
}

impl Tea {
    async fn set() -> Tea {
        let house = House::open().await;
        for name in ["cy", "di"] {
            house.ask("/v1/accounts", json!({ "handle": name, "password": PASSWORD })).await.good();
        }
        let [ann, bo, cy] = [
            house.log_in("ann", "phone").await,
            house.log_in("bo", "phone").await,
            house.log_in("cy", "phone").await,
        ];
        house.post(&ann, "/v1/rooms", json!({ "room": "tea", "members": ["bo"] })).await.good();
        Tea { house, ann, bo, cy }
    }

    async fn sets(&self, settings: Value) -> u16 {
        self.house.post(&self.ann, "/v1/rooms/tea/settings", json!({ "settings": settings })).await.status
    }

    async fn say(&self, token: &str) -> u16 {
        self.house.post(token, "/v1/rooms/tea/messages", json!({ "body": "hello" })).await.status
    }

    /// Kinds of the entries of the room, as this one reads them.
    async fn kinds(&self, token: &str) -> Vec<String> {
        let page = self.house.get(token, "/v1/rooms/tea/messages").await.good();
        page["messages"].as_array().unwrap().iter().map(|one| text(&one["kind"])).collect()
    }
}

#[tokio::test]
async fn a_channel_is_made_with_its_settings_and_few_write_in_it() {
    let Tea { house, ann, bo, .. } = Tea::set().await;
    let news = json!({
        "room": "news", "kind": "channel", "members": ["bo"],
        "settings": { "name": "The news", "slow_mode": 0, "listed": true },
    });
    let made = house.post(&ann, "/v1/rooms", news).await.good();
    assert_eq!((&made["kind"], &made["role"]), (&json!("channel"), &json!("owner")));
    let set = house.get(&bo, "/v1/rooms/news/settings").await.good();
    assert_eq!((&set["kind"], &set["members"]), (&json!("channel"), &json!(2)));
    assert_eq!((&set["settings"]["name"], &set["settings"]["write"]), (&json!("The news"), &json!("admin")));
    let says = async |token: &str| house.post(token, "/v1/rooms/news/messages", json!({ "body": "x" })).await;
    assert_eq!(says(&ann).await.status, 201);
    let refused = says(&bo).await;
    assert_eq!(refused.body["detail"], "in this room you may read, but not write");
    assert_eq!(refused.problem(), problem(403, "not_allowed"));
    let sign = json!({ "kind": "react", "of": 2, "body": "+1" });
    assert_eq!(house.post(&bo, "/v1/rooms/news/messages", sign).await.status, 201);
    for wrong in [json!({ "kind": "direct" }), json!({ "settings": { "colour": "red" } })] {
        assert_eq!(house.post(&ann, "/v1/rooms", wrong).await.problem(), problem(400, "bad_request"));
    }
    let long = json!({ "settings": { "name": "x".repeat(101) } });
    assert_eq!(house.post(&ann, "/v1/rooms", long).await.problem(), problem(422, "invalid"));
}

#[tokio::test]
async fn the_direct_room_of_two_is_found_or_made_and_stays_as_it_is() {
    let Tea { house, ann, bo, .. } = Tea::set().await;
    let made = house.put(&ann, "/v1/direct/bo", json!({})).await.good();
    assert_eq!((&made["kind"], &made["with"]), (&json!("direct"), &json!("bo")));
    let found = house.put(&bo, "/v1/direct/ann", json!({})).await.good();
    assert_eq!(found["room"], made["room"]);
    let room = text(&made["room"]);
    let leave = house.post(&ann, &format!("/v1/rooms/{room}/leave"), json!({})).await;
    assert_eq!(leave.problem(), problem(422, "invalid"));
    let add = house.post(&ann, &format!("/v1/rooms/{room}/members"), json!({ "user": "cy" })).await;
    assert_eq!(add.problem(), problem(422, "invalid"));
    assert_eq!(house.put(&ann, "/v1/direct/nobody", json!({})).await.problem(), problem(404, "not_found"));
}

#[tokio::test]
async fn only_those_who_keep_order_set_something_and_everybody_is_told() {
    let tea = Tea::set().await;
    let name = json!({ "settings": { "name": "Tea" } });
    let by_bo = tea.house.post(&tea.bo, "/v1/rooms/tea/settings", name.clone()).await;
    assert_eq!(by_bo.problem(), problem(403, "not_allowed"));
    let by_cy = tea.house.post(&tea.cy, "/v1/rooms/tea/settings", name).await;
    assert_eq!(by_cy.problem(), problem(404, "not_found"));
    assert_eq!(tea.sets(json!({ "name": "Tea", "write": "admin" })).await, 204);
    let told = tea.house.get(&tea.bo, "/v1/rooms/tea/messages/2").await.good()["message"].clone();
    assert_eq!((&told["kind"], &told["from"]), (&json!("settings"), &json!("ann")));
    assert_eq!(told["settings"], json!({ "name": "Tea", "write": "admin" }));
    assert_eq!((tea.say(&tea.bo).await, tea.say(&tea.ann).await), (403, 201));
    assert_eq!(tea.sets(json!({ "member_limit": 1_000_001 })).await, 422);
}

#[tokio::test]
async fn public_rooms_are_found_by_their_names_and_others_look_like_none() {
    let tea = Tea::set().await;
    let (house, cy) = (&tea.house, &tea.cy);
    let found = async |query: &str| {
        let page = house.get(cy, &format!("/v1/public-rooms{query}")).await.good();
        let rooms = page["rooms"].as_array().unwrap().iter().map(|one| text(&one["room"]));
        (rooms.collect::<Vec<_>>(), page["next"].clone())
    };
    assert_eq!(found("").await, (vec![], Value::Null));
    let seen = async || house.get(cy, "/v1/public-rooms/tea").await;
    assert_eq!(seen().await.problem(), problem(404, "not_found"));
    assert_eq!(tea.sets(json!({ "listed": true, "name": "Grüner Tee" })).await, 204);
    let attic = json!({ "room": "attic", "settings": { "listed": true } });
    house.post(&tea.bo, "/v1/rooms", attic).await.good();
    assert_eq!(found("").await.0, ["attic", "tea"]);
    assert_eq!(found("?search=GR%C3%9CN").await.0, ["tea"]);
    assert_eq!(found("?search=att").await.0, ["attic"]);
    assert_eq!(found("?search=coffee").await.0, Vec::<String>::new());
    let (first, next) = found("?limit=1").await;
    assert_eq!(first, ["attic"]);
    let second = found(&format!("?limit=1&after={}", text(&next))).await;
    assert_eq!(second, (vec!["tea".to_owned()], Value::Null));
    let card = seen().await.good();
    assert_eq!(
        (&card["name"], &card["members"], &card["join"]),
        (&json!("Grüner Tee"), &json!(2), &json!("invite"))
    );
    let join = house.post(cy, "/v1/rooms/tea/join", json!({})).await;
    assert_eq!(join.problem(), problem(403, "not_allowed"), "it is seen, but one must be invited");
    assert_eq!(house.get(cy, "/v1/rooms/tea").await.problem(), problem(404, "not_found"));
}

#[tokio::test]
async fn one_comes_into_an_open_room_and_reads_what_newcomers_may() {
    let tea = Tea::set().await;
    let join = async || tea.house.post(&tea.cy, "/v1/rooms/tea/join", json!({})).await;
    assert_eq!(join().await.problem(), problem(404, "not_found"));
    tea.say(&tea.ann).await;
    assert_eq!(tea.sets(json!({ "join": "open" })).await, 204);
    assert_eq!(join().await.status, 204);
    assert_eq!(join().await.status, 204, "twice is once");
    assert_eq!(tea.kinds(&tea.cy).await, ["joined"]);
    assert_eq!(tea.house.post(&tea.cy, "/v1/rooms/tea/leave", json!({})).await.status, 204);
    assert_eq!(tea.sets(json!({ "history": "all" })).await, 204);
    tea.say(&tea.ann).await;
    assert_eq!(join().await.status, 204);
    assert_eq!(tea.kinds(&tea.cy).await, ["joined", "left", "settings", "text", "joined"]);
    let room = tea.house.get(&tea.cy, "/v1/rooms/tea").await.good();
    assert_eq!(room["unread"], 0, "what was said before one came is not unread");
    assert_eq!(tea.sets(json!({ "member_limit": 3 })).await, 204);
    let add = tea.house.post(&tea.ann, "/v1/rooms/tea/members", json!({ "user": "di" })).await;
    assert_eq!(add.problem(), problem(409, "too_many"));
}

#[tokio::test]
async fn who_keeps_order_shows_out_mutes_and_bans_those_below() {
    let tea = Tea::set().await;
    let (house, ann, bo, cy) = (&tea.house, &tea.ann, &tea.bo, &tea.cy);
    let add = house.post(bo, "/v1/rooms/tea/members", json!({ "user": "cy" })).await;
    assert_eq!(add.status, 204);
    let member = |user: &str| format!("/v1/rooms/tea/members/{user}");
    let mute = async |token: &str, until: Value| {
        house.put(token, &format!("{}/mute", member("cy")), json!({ "until": until })).await
    };
    assert_eq!(mute(bo, Value::Null).await.problem(), problem(403, "not_allowed"));
    assert_eq!(mute(ann, Value::Null).await.status, 204);
    assert_eq!(tea.say(cy).await, 403);
    let members = house.get(bo, "/v1/rooms/tea/members").await.good();
    assert_eq!(members["members"][2], json!({ "user": "cy", "role": "member", "muted": { "until": null } }));
    assert_eq!(house.delete(ann, &format!("{}/mute", member("cy"))).await.status, 204);
    assert_eq!(tea.say(cy).await, 201);
    assert_eq!(mute(ann, json!("2001-01-01T00:00:00Z")).await.problem(), problem(422, "invalid"));
    assert_eq!(mute(ann, json!("2126-01-01T00:00:00Z")).await.status, 204);

    let role = async |token: &str, user: &str, role: &str| {
        house.put(token, &format!("{}/role", member(user)), json!({ "role": role })).await
    };
    assert_eq!(role(ann, "bo", "admin").await.status, 204);
    assert_eq!(role(bo, "cy", "guest").await.status, 204);
    assert_eq!(role(bo, "ann", "guest").await.problem(), problem(403, "not_allowed"));
    assert_eq!(role(ann, "di", "guest").await.problem(), problem(404, "not_found"));
    assert_eq!(house.delete(bo, &member("ann")).await.problem(), problem(403, "not_allowed"));
    assert_eq!(house.delete(bo, &member("cy")).await.status, 204);
    assert_eq!(tea.say(cy).await, 404);

    let ban = |user: &str| format!("/v1/rooms/tea/bans/{user}");
    assert_eq!(house.put(bo, &ban("cy"), json!({})).await.status, 204);
    assert_eq!(
        house.post(ann, "/v1/rooms/tea/members", json!({ "user": "cy" })).await.problem(),
        problem(403, "not_allowed")
    );
    let bans = house.get(ann, "/v1/rooms/tea/bans").await.good();
    assert_eq!((&bans["bans"][0]["user"], &bans["bans"][0]["by"]), (&json!("cy"), &json!("bo")));
    let by_cy = house.post(cy, "/v1/rooms/tea/join", json!({})).await;
    assert_eq!(by_cy.body["detail"], "you were banned from this room");
    assert_eq!(house.delete(ann, &ban("cy")).await.status, 204);
    assert_eq!(house.get(ann, "/v1/rooms/tea/bans").await.good()["bans"], json!([]));

    assert_eq!(house.post(ann, "/v1/rooms/tea/leave", json!({})).await.problem(), problem(422, "invalid"));
    let owner = async |token: &str| house.put(token, "/v1/rooms/tea/owner", json!({ "user": "bo" })).await;
    assert_eq!(owner(ann).await.status, 204);
    assert_eq!(owner(ann).await.problem(), problem(403, "not_allowed"));
    assert_eq!(house.post(ann, "/v1/rooms/tea/leave", json!({})).await.status, 204);
    let kinds = tea.kinds(bo).await;
    let expected = [
        "created",
        "joined",
        "muted",
        "unmuted",
        "text",
        "muted",
        "role",
        "role",
        "left",
        "banned",
        "unbanned",
        "handed_over",
        "left",
    ];
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn in_a_slow_room_one_is_told_when_to_go_on() {
    let tea = Tea::set().await;
    assert_eq!(tea.sets(json!({ "slow_mode": 3_600 })).await, 204);
    assert_eq!(tea.say(&tea.bo).await, 201);
    let message = json!({ "body": "and more" });
    let slow = tea.house.post(&tea.bo, "/v1/rooms/tea/messages", message).await;
    assert!(slow.header("retry-after").parse::<u32>().unwrap() > 3_500);
    assert_eq!(slow.problem(), problem(429, "rate_limited"));
    assert_eq!(
        (tea.say(&tea.ann).await, tea.say(&tea.ann).await),
        (201, 201),
        "who keeps order is not slowed"
    );
}

#[tokio::test]
async fn a_stranger_learns_nothing_of_who_there_is_by_asking_for_what_they_may_not() {
    let tea = Tea::set().await;
    for user in ["bo", "nobody"] {
        for path in [format!("/v1/rooms/tea/members/{user}"), format!("/v1/rooms/tea/bans/{user}")] {
            let there = tea.house.delete(&tea.cy, &path).await;
            assert_eq!(there.body["detail"], "there is no such room, or not for you");
            assert_eq!(there.problem(), problem(404, "not_found"));
        }
    }
    assert_eq!(tea.house.get(&tea.bo, "/v1/rooms/tea/bans").await.problem(), problem(403, "not_allowed"));
}
