//! What became of a message: who has it, who read it, where it is.

use crate::house::{House, PASSWORD, problem};
use serde_json::{Value, json};

/// Ann, who administers the server, bo and cy in `tea`; bo has said something there, as entry 2.
async fn tea() -> (House, [String; 3]) {
    let house = House::open().await;
    house.ask("/v1/accounts", json!({ "handle": "cy", "password": PASSWORD })).await.good();
    let [ann, bo, cy] = [
        house.log_in("ann", "phone").await,
        house.log_in("bo", "phone").await,
        house.log_in("cy", "phone").await,
    ];
    let room = json!({ "room": "tea", "members": ["bo", "cy"] });
    house.post(&ann, "/v1/rooms", room).await.good();
    house.post(&bo, "/v1/rooms/tea/messages", json!({ "body": "hello" })).await.good();
    (house, [ann, bo, cy])
}

async fn receipts(house: &House, token: &str, query: &str) -> Value {
    house.get(token, &format!("/v1/rooms/tea/messages/2/receipts{query}")).await.good()
}

fn one(user: &str, delivered: bool, read: bool) -> Value {
    json!({ "user": user, "delivered": delivered, "read": read })
}

#[tokio::test]
async fn who_read_a_message_is_told_to_whoever_may_read_it() {
    let (house, [ann, bo, cy]) = tea().await;
    house.post(&cy, "/v1/rooms/tea/read", json!({ "seq": 2 })).await;
    for token in [&ann, &bo, &cy] {
        let told = receipts(&house, token, "").await;
        assert_eq!(told["receipts"], json!([one("ann", false, false), one("cy", true, true)]));
        assert_eq!(told["counts"], json!({ "people": 2, "delivered": 1, "read": 1 }));
        assert_eq!(told["next"], Value::Null);
    }
    let first = receipts(&house, &bo, "?limit=2").await;
    assert_eq!(first["receipts"], json!([one("ann", false, false)]), "who said it is passed over");
    let next = first["next"].as_str().unwrap();
    let rest = receipts(&house, &bo, &format!("?limit=2&after={next}")).await;
    assert_eq!((&rest["receipts"], &rest["counts"]), (&json!([one("cy", true, true)]), &Value::Null));
}

#[tokio::test]
async fn who_came_later_and_who_is_kept_away_is_not_there() {
    let (house, [ann, bo, _]) = tea().await;
    for user in ["di", "ed"] {
        house.ask("/v1/accounts", json!({ "handle": user, "password": PASSWORD })).await.good();
    }
    house.post(&ann, "/v1/rooms/tea/members", json!({ "user": "di" })).await;
    house.put(&bo, "/v1/me/blocks/cy", json!({})).await;
    let told = receipts(&house, &bo, "").await;
    assert_eq!(
        (&told["receipts"], &told["counts"]["people"]),
        (&json!([one("ann", false, false)]), &json!(1))
    );
    let of_ann = receipts(&house, &ann, "").await;
    assert_eq!(of_ann["counts"]["people"], 2, "what bo thinks of cy is not ann's");
    let stranger = house.log_in("ed", "phone").await;
    let told = house.get(&stranger, "/v1/rooms/tea/messages/2/receipts").await;
    assert_eq!(told.problem(), problem(404, "not_found"));
    // The entry that made the room is no message, and there are no others.
    for seq in [1, 3, 99] {
        let none = house.get(&ann, &format!("/v1/rooms/tea/messages/{seq}/receipts")).await;
        assert_eq!(none.problem(), problem(404, "not_found"), "{seq}");
    }
}

#[tokio::test]
async fn who_left_learns_nothing_of_what_became_of_it() {
    let (house, [_, bo, cy]) = tea().await;
    house.post(&cy, "/v1/rooms/tea/leave", json!({})).await;
    for what in ["receipts", "whereabouts"] {
        let told = house.get(&cy, &format!("/v1/rooms/tea/messages/2/{what}")).await;
        assert_eq!(told.problem(), problem(404, "not_found"), "{what}");
    }
    assert_eq!(receipts(&house, &bo, "").await["counts"]["people"], 1, "nor is it told of them");
}

#[tokio::test]
async fn where_a_message_is_its_sender_and_administrators_are_told() {
    let (house, [ann, bo, cy]) = tea().await;
    house.post(&cy, "/v1/rooms/tea/read", json!({ "seq": 2 })).await;
    let path = "/v1/rooms/tea/messages/2/whereabouts";
    let told = house.get(&bo, path).await.good();
    let said = house.get(&bo, "/v1/rooms/tea/messages/2").await.good();
    assert_eq!((&told["room"], &told["seq"]), (&json!("tea"), &json!(2)));
    assert_eq!(told["stored_at"], said["message"]["at"]);
    let reached = |user: &str, read: bool| {
        json!({ "user": user, "devices": 0, "sent": 0, "acknowledged": 0, "delivered": read, "read": read,
                "pushed": 0, "to_push": 0 })
    };
    assert_eq!(told["people"], json!([reached("ann", false), reached("cy", true)]));
    assert_eq!(house.get(&cy, path).await.problem(), problem(403, "not_allowed"));
    let path = "/v1/admin/rooms/tea/messages/2/whereabouts";
    let of_server = house.get(&ann, path).await.good();
    assert_eq!(of_server["people"][1]["devices"], json!([]));
    assert_eq!(of_server["people"][1]["read"], true);
    assert_eq!(house.get(&bo, path).await.problem(), problem(403, "not_allowed"));
    let nowhere = house.get(&ann, "/v1/admin/rooms/nowhere/messages/2/whereabouts").await;
    assert_eq!(nowhere.problem(), problem(404, "not_found"));
}
