//! Rooms, and what was said there.

use crate::house::{House, PASSWORD, problem, text};
use serde_json::{Value, json};

/// Ann and bo, who have the room `tea`.
pub(crate) async fn in_tea() -> (House, String, String) {
    let house = House::open().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    let made = house.post(&ann, "/v1/rooms", json!({ "room": "tea", "members": ["bo"] })).await;
    assert_eq!(made.status, 201);
    (house, ann, bo)
}

impl House {
    pub(crate) async fn say(&self, token: &str, room: &str, body: &str) -> u64 {
        let path = format!("/v1/rooms/{room}/messages");
        self.post(token, &path, json!({ "body": body })).await.good()["seq"].as_u64().unwrap()
    }

    /// Places in a page of `tea`, and its ends.
    async fn page(&self, token: &str, query: &str) -> (Vec<u64>, Value, Value) {
        let page = self.get(token, &format!("/v1/rooms/tea/messages?{query}")).await.good();
        let seqs =
            page["messages"].as_array().unwrap().iter().map(|one| one["seq"].as_u64().unwrap()).collect();
        (seqs, page["before"].clone(), page["after"].clone())
    }
}

#[tokio::test]
async fn a_room_is_made_once_and_its_members_see_it() {
    let (house, ann, bo) = in_tea().await;
    let seen = house.get(&bo, "/v1/rooms/tea").await.good();
    assert_eq!(
        (&seen["kind"], &seen["role"], &seen["last_seq"]),
        (&json!("group"), &json!("member"), &json!(1))
    );
    assert_eq!(house.get(&ann, "/v1/rooms/tea").await.good()["role"], "owner");
    let members = house.get(&bo, "/v1/rooms/tea/members").await.good();
    let member = |user, role| json!({ "user": user, "role": role, "muted": null });
    assert_eq!(members["members"], json!([member("ann", "owner"), member("bo", "member")]));
    let again = house.post(&bo, "/v1/rooms", json!({ "room": "tea" })).await;
    assert_eq!(again.problem(), problem(409, "handle_taken"));
    let nobody = house.post(&ann, "/v1/rooms", json!({ "members": ["nobody"] })).await;
    assert_eq!(nobody.problem(), problem(404, "not_found"));
    let unnamed = house.post(&ann, "/v1/rooms", json!({})).await.good();
    assert_eq!(text(&unnamed["room"]).len(), 13);
}

#[tokio::test]
async fn a_room_one_is_not_in_looks_like_one_that_is_not() {
    let (house, _, _) = in_tea().await;
    house.ask("/v1/accounts", json!({ "handle": "cy", "password": PASSWORD })).await.good();
    let cy = house.log_in("cy", "phone").await;
    for path in ["", "/members", "/messages", "/messages/1"] {
        let there = house.get(&cy, &format!("/v1/rooms/tea{path}")).await;
        let nowhere = house.get(&cy, &format!("/v1/rooms/attic{path}")).await;
        assert_eq!(there.body["detail"], nowhere.body["detail"]);
        assert_eq!(
            (there.problem(), nowhere.problem()),
            (problem(404, "not_found"), problem(404, "not_found"))
        );
    }
    for (path, body) in
        [("/messages", json!({ "body": "hello" })), ("/read", json!({ "seq": 1 })), ("/leave", json!({}))]
    {
        let there = house.post(&cy, &format!("/v1/rooms/tea{path}"), body.clone()).await;
        let nowhere = house.post(&cy, &format!("/v1/rooms/attic{path}"), body).await;
        assert_eq!(there.body["detail"], nowhere.body["detail"], "{path}");
        assert_eq!(
            (there.problem(), nowhere.problem()),
            (problem(404, "not_found"), problem(404, "not_found"))
        );
    }
}

#[tokio::test]
async fn what_is_said_is_read_as_others_hear_it() {
    let (house, ann, bo) = in_tea().await;
    let message = json!({
        "body": "the kettle is on", "mentions": ["bo"], "data": { "cups": 2 },
        "draft": "0d0c9f6e-2c6b-4f43-9b1e-0b8a4b0f6f7a",
    });
    let said = house.post(&ann, "/v1/rooms/tea/messages", message.clone()).await;
    assert_eq!(said.status, 201);
    assert_eq!(said.good()["seq"], 2);
    let again = house.post(&ann, "/v1/rooms/tea/messages", message).await.good();
    assert_eq!((&again["seq"], &again["duplicate"]), (&json!(2), &json!(true)));
    let heard = house.get(&bo, "/v1/rooms/tea/messages/2").await.good()["message"].clone();
    assert_eq!((&heard["from"], &heard["body"]), (&json!("ann"), &json!("the kettle is on")));
    assert_eq!((&heard["mentions"], &heard["data"]), (&json!(["bo"]), &json!({ "cups": 2 })));
    for (wrong, expected) in [
        (json!({}), problem(422, "invalid")),
        (json!({ "body": "x", "kind": "shout" }), problem(422, "invalid")),
        (json!({ "body": "x".repeat(70_000) }), problem(413, "too_large")),
        (
            json!({ "body": "other", "draft": "0d0c9f6e-2c6b-4f43-9b1e-0b8a4b0f6f7a" }),
            problem(409, "draft_reused"),
        ),
    ] {
        assert_eq!(house.post(&ann, "/v1/rooms/tea/messages", wrong).await.problem(), expected);
    }
    assert_eq!(house.get(&bo, "/v1/rooms/tea/messages/3").await.problem(), problem(404, "not_found"));
    assert_eq!(house.get(&bo, "/v1/rooms/tea/messages/x").await.problem(), problem(400, "bad_request"));
}

#[tokio::test]
async fn history_is_read_backwards_forwards_and_around_a_place() {
    let (house, ann, bo) = in_tea().await;
    for i in 2..=20 {
        assert_eq!(house.say(&ann, "tea", &format!("number {i}")).await, i);
    }
    let all: Vec<u64> = (1..=20).collect();
    let ten = text(&house.get(&bo, "/v1/rooms/tea/messages/10").await.good()["message"]["at"]);
    let (before, after) = (format!("limit=200&before_at={ten}"), format!("limit=200&after_at={ten}"));
    let (before, after) = (house.page(&bo, &before).await.0, house.page(&bo, &after).await.0);
    assert!(before.last().is_some_and(|last| *last < 10) && after.contains(&10), "{before:?} {after:?}");
    assert_eq!([before, after].concat(), all, "what was said in one millisecond is not cut");
    assert!(house.page(&bo, &format!("limit=20&around_at={ten}")).await.0.contains(&10));
    assert_eq!(house.page(&bo, "after_at=2999-01-01T00:00:00Z").await.0, Vec::<u64>::new());
    assert_eq!(
        house.page(&bo, "before_at=2001-01-01T01:00:00%2B01:00").await,
        (vec![], Value::Null, json!(0))
    );
    for wrong in ["after_at=noon", "after=3&after_at=2001-01-01T00:00:00Z"] {
        let refused = house.get(&bo, &format!("/v1/rooms/tea/messages?{wrong}")).await;
        assert_eq!(refused.problem(), problem(400, "bad_request"), "{wrong}");
    }
    assert_eq!(house.page(&bo, "").await, (all.clone(), Value::Null, Value::Null));
    assert_eq!(house.page(&bo, "limit=3").await, (vec![18, 19, 20], json!(18), Value::Null));
    assert_eq!(house.page(&bo, "limit=3&before=18").await, (vec![15, 16, 17], json!(15), json!(17)));
    assert_eq!(house.page(&bo, "limit=3&before=3").await, (vec![1, 2], Value::Null, json!(2)));
    assert_eq!(house.page(&bo, "limit=3&after=0").await, (vec![1, 2, 3], Value::Null, json!(3)));
    assert_eq!(house.page(&bo, "limit=3&after=18").await, (vec![19, 20], json!(19), Value::Null));
    assert_eq!(house.page(&bo, "limit=4&around=10").await, (vec![8, 9, 10, 11], json!(8), json!(11)));
    assert_eq!(house.page(&bo, "after=99").await.0, Vec::<u64>::new());
    let mut pages = Vec::new();
    let mut query = "limit=7".to_owned();
    loop {
        let (seqs, before, _) = house.page(&bo, &query).await;
        pages.splice(0..0, seqs);
        match before.as_u64() {
            Some(before) => query = format!("limit=7&before={before}"),
            None => break,
        }
    }
    assert_eq!(pages, all);
    let both = house.get(&bo, "/v1/rooms/tea/messages?before=3&after=1").await;
    assert_eq!(both.problem(), problem(400, "bad_request"));
}

#[tokio::test]
async fn who_left_reads_what_they_heard_and_nothing_after() {
    let (house, ann, bo) = in_tea().await;
    house.say(&ann, "tea", "before").await;
    assert_eq!(house.post(&bo, "/v1/rooms/tea/leave", json!({})).await.status, 204);
    house.say(&ann, "tea", "after").await;
    assert_eq!(house.page(&bo, "").await, (vec![1, 2, 3], Value::Null, Value::Null));
    assert_eq!(house.get(&bo, "/v1/rooms/tea/messages/4").await.problem(), problem(404, "not_found"));
    assert_eq!(house.get(&bo, "/v1/rooms/tea").await.problem(), problem(404, "not_found"));
    assert_eq!(house.get(&bo, "/v1/rooms").await.good()["rooms"], json!([]));
    let members = house.get(&ann, "/v1/rooms/tea/members").await.good();
    assert_eq!(members["members"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_is_done_to_a_message_is_asked_for_like_a_message_and_told_with_its_page() {
    let (house, ann, bo) = in_tea().await;
    let does = async |token: &str, what: Value| house.post(token, "/v1/rooms/tea/messages", what).await;
    house.say(&ann, "tea", "the kettle is on").await;
    house.say(&bo, "tea", "rude words").await;
    does(&ann, json!({ "kind": "edit", "of": 2, "body": "the kettle boils" })).await.good();
    does(&bo, json!({ "kind": "react", "of": 2, "body": "+1" })).await.good();
    does(&ann, json!({ "kind": "pin", "of": 2 })).await.good();
    does(&bo, json!({ "body": "coming", "reply_to": 2 })).await.good();
    does(&ann, json!({ "kind": "recall", "of": 3 })).await.good();

    let page = house.get(&bo, "/v1/rooms/tea/messages").await.good();
    let became = &page["became"];
    assert_eq!(became.as_array().map(Vec::len), Some(1), "{became}");
    assert_eq!((&became[0]["seq"], &became[0]["edit"]["body"]), (&json!(2), &json!("the kettle boils")));
    assert_eq!(became[0]["signs"], json!([{ "sign": "+1", "people": 1, "own": true }]));
    assert_eq!((&became[0]["replies"], &became[0]["pinned"]), (&json!(1), &json!(true)));
    let (first, recalled) = (&page["messages"][1], &page["messages"][2]);
    assert_eq!((&first["body"], &recalled["kind"]), (&json!("the kettle is on"), &json!("recalled")));

    let bodies = |page: &Value| {
        page["messages"].as_array().unwrap().iter().map(|one| text(&one["body"])).collect::<Vec<_>>()
    };
    let thread = house.get(&ann, "/v1/rooms/tea/messages/2/replies").await.good();
    assert_eq!((bodies(&thread), &thread["after"]), (vec!["coming".to_owned()], &Value::Null));
    let pins = house.get(&bo, "/v1/rooms/tea/pins").await.good();
    assert_eq!(bodies(&pins), ["the kettle is on"]);

    for (token, what, expected) in [
        (&bo, json!({ "kind": "recall", "of": 2 }), problem(403, "not_allowed")),
        (&bo, json!({ "kind": "pin", "of": 2 }), problem(403, "not_allowed")),
        (&bo, json!({ "kind": "recall", "of": 99 }), problem(404, "not_found")),
        (&ann, json!({ "kind": "edit", "of": 3, "body": "x" }), problem(422, "invalid")),
        (&ann, json!({ "kind": "edit", "body": "x" }), problem(422, "invalid")),
    ] {
        assert_eq!(does(token, what).await.problem(), expected);
    }
    house.ask("/v1/accounts", json!({ "handle": "cy", "password": PASSWORD })).await.good();
    let cy = house.log_in("cy", "phone").await;
    for path in ["/messages/2/replies", "/pins"] {
        let nowhere = house.get(&cy, &format!("/v1/rooms/tea{path}")).await;
        assert_eq!(nowhere.problem(), problem(404, "not_found"), "{path}");
    }
    assert_eq!(house.post(&bo, "/v1/rooms/tea/leave", json!({})).await.status, 204);
    assert_eq!(house.get(&bo, "/v1/rooms/tea/messages").await.good()["became"], json!([]));
    assert_eq!(house.get(&bo, "/v1/rooms/tea/pins").await.problem(), problem(404, "not_found"));
}
