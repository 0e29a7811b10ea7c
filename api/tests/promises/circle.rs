//! Whom one knows, and whom one keeps away.

use crate::house::{House, PASSWORD, problem, text};
use serde_json::{Value, json};

/// Ann, bo and cy, each at one device.
async fn three() -> (House, [String; 3]) {
    let house = House::open().await;
    house.ask("/v1/accounts", json!({ "handle": "cy", "password": PASSWORD })).await.good();
    let mut tokens = Vec::new();
    for user in ["ann", "bo", "cy"] {
        tokens.push(house.log_in(user, "phone").await);
    }
    (house, tokens.try_into().unwrap())
}

fn people(list: &Value, of: &str) -> Vec<String> {
    list[of].as_array().unwrap().iter().map(|one| text(&one["user"])).collect()
}

#[tokio::test]
async fn a_contact_is_asked_for_and_agreed_to() {
    let (house, [ann, bo, cy]) = three().await;
    let ask =
        async |token: &str, who: &str| house.put(token, &format!("/v1/me/contacts/{who}"), json!({})).await;
    assert_eq!(ask(&ann, "bo").await.good()["state"], "waiting");
    assert_eq!(ask(&cy, "bo").await.good()["state"], "waiting");
    let asked = house.get(&bo, "/v1/me/contacts?state=asked").await.good();
    assert_eq!(people(&asked, "contacts"), ["ann", "cy"]);
    assert_eq!(ask(&bo, "ann").await.good()["state"], "contact");
    assert_eq!(house.delete(&bo, "/v1/me/contacts/cy").await.status, 204);
    assert_eq!(house.delete(&bo, "/v1/me/contacts/cy").await.problem(), problem(404, "not_found"));
    let first = house.get(&ann, "/v1/me/contacts?limit=1").await.good();
    assert_eq!((people(&first, "contacts"), &first["next"]), (vec!["bo".to_owned()], &Value::Null));
    assert_eq!(house.get(&cy, "/v1/me/contacts").await.good()["contacts"], json!([]));
    for who in ["nobody", "ann"] {
        assert_eq!(ask(&ann, who).await.problem(), problem(404, "not_found"), "{who}");
    }
    let wrong = house.get(&ann, "/v1/me/contacts?state=friend").await;
    assert_eq!(wrong.problem(), problem(400, "bad_request"));
}

#[tokio::test]
async fn who_is_kept_away_meets_nobody() {
    let (house, [ann, bo, _]) = three().await;
    house.put(&ann, "/v1/me/contacts/bo", json!({})).await.good();
    assert_eq!(house.put(&ann, "/v1/me/blocks/bo", json!({})).await.status, 204);
    assert_eq!(people(&house.get(&ann, "/v1/me/blocks").await.good(), "blocks"), ["bo"]);
    let shut = async |there: crate::house::Heard, nowhere: crate::house::Heard| {
        assert_eq!(there.body["detail"], nowhere.body["detail"]);
        assert_eq!(
            (there.problem(), nowhere.problem()),
            (problem(404, "not_found"), problem(404, "not_found"))
        );
    };
    for path in ["/v1/users/"] {
        shut(house.get(&bo, &format!("{path}ann")).await, house.get(&bo, &format!("{path}nobody")).await)
            .await;
    }
    for path in ["/v1/me/contacts/"] {
        let put = async |who| house.put(&bo, &format!("{path}{who}"), json!({})).await;
        shut(put("ann").await, put("nobody").await).await;
    }
    let make = async |who| house.post(&bo, "/v1/rooms", json!({ "members": [who] })).await;
    shut(make("ann").await, make("nobody").await).await;
    house.post(&bo, "/v1/rooms", json!({ "room": "attic" })).await.good();
    let add = async |who| house.post(&bo, "/v1/rooms/attic/members", json!({ "user": who })).await;
    shut(add("ann").await, add("nobody").await).await;
    // Nor does it show when they keep away whom they can't see.
    for who in ["ann", "nobody"] {
        assert_eq!(house.put(&bo, &format!("/v1/me/blocks/{who}"), json!({})).await.status, 204);
    }
    let asks = house.put(&ann, "/v1/me/contacts/bo", json!({})).await;
    assert_eq!(asks.problem(), problem(404, "not_found"), "now bo keeps ann away as well");
    assert_eq!(house.delete(&bo, "/v1/me/blocks/ann").await.status, 204);
    let asks = house.put(&ann, "/v1/me/contacts/bo", json!({})).await;
    assert_eq!(asks.problem(), problem(422, "invalid"), "ann still does");
    assert_eq!(house.delete(&ann, "/v1/me/blocks/bo").await.status, 204);
    assert_eq!(house.delete(&ann, "/v1/me/blocks/bo").await.problem(), problem(404, "not_found"));
    assert_eq!(house.get(&bo, "/v1/users/ann").await.good()["handle"], "ann");
}

#[tokio::test]
async fn one_sets_how_one_is_there_and_others_see_it_as_far_as_they_may() {
    let (house, [ann, bo, cy]) = three().await;
    house.post(&ann, "/v1/rooms", json!({ "room": "tea", "members": ["bo"] })).await.good();
    let set = async |token: &str, what: Value| house.put(token, "/v1/me/presence", what).await;
    assert_eq!(set(&bo, json!({ "text": "at the lake" })).await.status, 204);
    let seen = house.get(&ann, "/v1/users/bo/presence").await.good();
    let expected = json!({ "user": "bo", "state": "offline", "text": "at the lake", "last_seen": null });
    assert_eq!(seen, expected);
    let list =
        house.post(&ann, "/v1/presence", json!({ "users": ["bo", "cy", "nobody", "bo"] })).await.good();
    assert_eq!(list, json!({ "users": [expected] }), "cy is in no room with ann");
    let (hidden, nobody) =
        (house.get(&cy, "/v1/users/bo/presence").await, house.get(&cy, "/v1/users/nobody/presence").await);
    assert_eq!((hidden.problem(), nobody.problem()), (problem(404, "not_found"), problem(404, "not_found")));
    assert_eq!(set(&bo, json!({ "visible_to": "everyone", "text": "" })).await.status, 204);
    assert_eq!(house.get(&cy, "/v1/users/bo/presence").await.good()["text"], Value::Null);
    let own = house.get(&bo, "/v1/me/presence").await.good();
    assert_eq!((&own["visible_to"], &own["state"]), (&json!("everyone"), &json!("offline")));
    assert_eq!(set(&bo, json!({ "visible_to": "nobody" })).await.status, 204);
    assert_eq!(house.get(&ann, "/v1/users/bo/presence").await.problem(), problem(404, "not_found"));
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused() {
    let (house, [ann, ..]) = three().await;
    for wrong in
        [json!({ "state": "asleep" }), json!({}), json!({ "visible_to": "friends" }), json!({ "text": 1 })]
    {
        let heard = house.put(&ann, "/v1/me/presence", wrong.clone()).await;
        assert_eq!(heard.problem(), problem(400, "bad_request"), "{wrong}");
    }
    for text in ["two\nlines".to_owned(), "x".repeat(121)] {
        let heard = house.put(&ann, "/v1/me/presence", json!({ "text": text })).await;
        assert_eq!(heard.problem(), problem(422, "invalid"));
    }
    let many: Vec<String> = (0..101).map(|one| format!("user-{one}")).collect();
    let heard = house.post(&ann, "/v1/presence", json!({ "users": many })).await;
    assert_eq!(heard.problem(), problem(422, "invalid"));
}
