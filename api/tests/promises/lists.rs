//! The conversation list, what changed in it, and what one sets for one's rooms.

use crate::house::{House, problem, text};
use crate::rooms::in_tea;
use serde_json::{Value, json};

impl House {
    /// What a list tells since a token: the rooms, and those that are gone.
    async fn since(&self, token: &str, since: &Value) -> (Vec<String>, Value) {
        let list = self.get(token, &format!("/v1/rooms?since={}", text(since))).await.good();
        assert_eq!(list["complete"], false);
        (names(&list), list["gone"].clone())
    }
}

fn names(list: &Value) -> Vec<String> {
    list["rooms"].as_array().unwrap().iter().map(|one| text(&one["room"])).collect()
}

#[tokio::test]
async fn the_conversation_list_has_what_is_new_first_and_counts_what_is_unread() {
    let (house, ann, bo) = in_tea().await;
    house.post(&ann, "/v1/rooms", json!({ "room": "attic", "members": ["bo"] })).await.good();
    house.say(&ann, "tea", "one").await;
    house.say(&ann, "tea", "two").await;
    let list = async |query: &str| house.get(&bo, &format!("/v1/rooms{query}")).await.good();
    let rooms = list("").await;
    let names: Vec<String> =
        rooms["rooms"].as_array().unwrap().iter().map(|one| text(&one["room"])).collect();
    assert_eq!(names, ["tea", "attic"]);
    let tea = &rooms["rooms"][0];
    assert_eq!(
        (&tea["unread"], &tea["last_seq"], &tea["last"]["body"]),
        (&json!(2), &json!(3), &json!("two"))
    );
    assert_eq!(house.post(&bo, "/v1/rooms/tea/read", json!({ "seq": 2 })).await.status, 204);
    let tea = list("").await["rooms"][0].clone();
    assert_eq!((&tea["unread"], &tea["read_seq"]), (&json!(1), &json!(2)));
    let first = list("?limit=1").await;
    assert_eq!(first["rooms"][0]["room"], "tea");
    let second = list(&format!("?limit=1&after={}", text(&first["next"]))).await;
    assert_eq!((&second["rooms"][0]["room"], &second["next"]), (&json!("attic"), &Value::Null));
}

#[tokio::test]
async fn a_token_tells_what_changed_since_and_what_went() {
    let (house, ann, bo) = in_tea().await;
    house.post(&ann, "/v1/rooms", json!({ "room": "attic", "members": ["bo"] })).await.good();
    let list = house.get(&bo, "/v1/rooms").await.good();
    assert_eq!((&list["complete"], &list["gone"]), (&json!(true), &json!([])));
    assert_eq!(house.since(&bo, &list["token"]).await, (vec![], json!([])));
    house.say(&ann, "tea", "one").await;
    assert_eq!(house.since(&bo, &list["token"]).await, (vec!["tea".into()], json!([])));
    house.post(&bo, "/v1/rooms/attic/leave", json!({})).await;
    assert_eq!(house.since(&bo, &list["token"]).await, (vec!["tea".into()], json!(["attic"])));
    let paged = house.get(&ann, "/v1/rooms?limit=1").await.good();
    house.say(&ann, "tea", "two").await;
    let rest = house.get(&ann, &format!("/v1/rooms?after={}", text(&paged["next"]))).await.good();
    assert_eq!(rest["token"], paged["token"], "what moved meanwhile is told with it");
    assert_eq!(house.since(&ann, &rest["token"]).await.0, ["tea"]);
    for wrong in ["x", "cm9vbXM6MS4y", &text(&paged["next"])] {
        let refused = house.get(&bo, &format!("/v1/rooms?since={wrong}")).await;
        assert_eq!(refused.problem(), problem(400, "bad_request"));
    }
}

#[tokio::test]
async fn what_one_device_sets_another_sees() {
    let (house, ann, bo) = in_tea().await;
    let laptop = house.log_in("bo", "laptop").await;
    let list = house.get(&laptop, "/v1/rooms").await.good();
    let set = json!({ "muted": true, "pinned": true, "archived": true, "marked_unread": true });
    house.post(&bo, "/v1/rooms/tea/own", set).await.good();
    let kept = house.put(&bo, "/v1/rooms/tea/draft", json!({ "text": "the kettle" })).await.good();
    assert_eq!(kept["draft_text"]["text"], "the kettle");
    assert_eq!(house.since(&laptop, &list["token"]).await.0, ["tea"]);
    let tea = house.get(&laptop, "/v1/rooms/tea").await.good();
    for key in ["muted", "pinned", "archived", "marked_unread"] {
        assert_eq!(tea[key], true, "{key}");
    }
    assert_eq!((&tea["muted_until"], &tea["draft_text"]["text"]), (&Value::Null, &json!("the kettle")));
    let anns = house.get(&ann, "/v1/rooms/tea").await.good();
    assert_eq!((&anns["muted"], &anns["draft_text"]), (&json!(false), &Value::Null));
    house.say(&laptop, "tea", "the kettle is on").await;
    let tea = house.get(&bo, "/v1/rooms/tea").await.good();
    assert_eq!((&tea["draft_text"], &tea["marked_unread"]), (&Value::Null, &json!(false)));
}

#[tokio::test]
async fn a_mute_ends_when_it_was_said_to() {
    let (house, _, bo) = in_tea().await;
    let set = async |what: Value| house.post(&bo, "/v1/rooms/tea/own", what).await;
    let later = "2999-01-01T00:00:00.000Z";
    let muted = set(json!({ "muted": true, "muted_until": later })).await.good();
    assert_eq!((&muted["muted"], &muted["muted_until"]), (&json!(true), &json!(later)));
    let over = set(json!({ "muted": true, "muted_until": "2001-01-01T00:00:00Z" })).await.good();
    assert_eq!((&over["muted"], &over["muted_until"]), (&json!(false), &Value::Null));
    set(json!({ "muted": true })).await.good();
    assert_eq!(set(json!({ "muted": false })).await.good()["muted"], false);
    for wrong in [
        json!({}),
        json!({ "muted_until": later }),
        json!({ "muted": false, "muted_until": later }),
        json!({ "muted": true, "muted_until": "tomorrow" }),
        json!({ "pinned": "yes" }),
    ] {
        assert_eq!(set(wrong).await.problem(), problem(400, "bad_request"));
    }
    let long = house.put(&bo, "/v1/rooms/tea/draft", json!({ "text": "x".repeat(4_097) })).await;
    assert_eq!(long.problem(), problem(422, "invalid"));
    for (path, body) in [("own", json!({ "pinned": true })), ("draft", json!({ "text": "x" }))] {
        let path = format!("/v1/rooms/cellar/{path}");
        let there = if body.get("text").is_some() {
            house.put(&bo, &path, body).await
        } else {
            house.post(&bo, &path, body).await
        };
        assert_eq!(there.problem(), problem(404, "not_found"));
    }
}

#[tokio::test]
async fn a_list_counts_who_calls_one_and_only_some_call_all() {
    let (house, ann, bo) = in_tea().await;
    let says = async |token: &str, what: Value| house.post(token, "/v1/rooms/tea/messages", what).await;
    says(&ann, json!({ "body": "bo?", "mentions": ["bo"] })).await.good();
    says(&ann, json!({ "body": "tea!", "mentions": ["@all"] })).await.good();
    let calls = async || house.get(&bo, "/v1/rooms").await.good()["rooms"][0]["mentions"].clone();
    assert_eq!(calls().await, 2);
    let heard = house.get(&bo, "/v1/rooms/tea/messages/3").await.good();
    assert_eq!(heard["message"]["mentions"], json!(["@all"]));
    let refused = says(&bo, json!({ "body": "me too!", "mentions": ["@all"] })).await;
    assert_eq!(refused.problem(), problem(403, "not_allowed"));
    house.post(&bo, "/v1/rooms/tea/read", json!({ "seq": 2 })).await;
    assert_eq!(calls().await, 1);
    says(&ann, json!({ "kind": "recall", "of": 3 })).await.good();
    assert_eq!(calls().await, 0);
    // It is the room's to say who may.
    let set = json!({ "settings": { "call_all": "member" } });
    assert_eq!(house.post(&ann, "/v1/rooms/tea/settings", set.clone()).await.status, 204);
    assert_eq!(
        house.get(&bo, "/v1/rooms/tea/messages/5").await.good()["message"]["settings"],
        set["settings"]
    );
    let settings = house.get(&bo, "/v1/rooms/tea/settings").await.good();
    assert_eq!(settings["settings"]["call_all"], "member");
    let called = says(&bo, json!({ "body": "me too!", "mentions": ["@all"] })).await.good();
    says(&bo, json!({ "kind": "recall", "of": called["seq"] })).await.good();
    let owner = json!({ "settings": { "call_all": "owner" } });
    assert_eq!(house.post(&ann, "/v1/rooms/tea/settings", owner).await.status, 204);
    let refused = says(&bo, json!({ "body": "and me!", "mentions": ["@all"] })).await;
    assert_eq!(refused.problem(), problem(403, "not_allowed"));
    says(&ann, json!({ "body": "tea, again!", "mentions": ["@all"] })).await.good();
    assert_eq!(calls().await, 1, "saying something is having read what was before");
}
