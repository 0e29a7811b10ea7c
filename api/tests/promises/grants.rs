//! Who may use the topics of an app, as administrators say it.

use crate::house::{House, problem, text};
use serde_json::{Value, json};

const METER: &str = "/v1/admin/apps/meter/grants";

async fn listed(house: &House, ann: &str, query: &str) -> Vec<(String, String)> {
    let list = house.get(ann, &format!("/v1/admin/grants{query}")).await.good();
    let of = |grant: &Value| (text(&grant["app"]), text(&grant["user"]));
    list["grants"].as_array().unwrap().iter().map(of).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(app, user)| ((*app).to_owned(), (*user).to_owned())).collect()
}

#[tokio::test]
async fn what_was_granted_is_listed_by_app_and_ends_when_it_is_taken_away() {
    let house = House::open().await;
    let ann = house.log_in("ann", "desk").await;
    let of_bo = json!({ "read": ["{user}/#"], "write": ["{user}/{device}/up"] });
    for (app, user) in [("meter", "bo"), ("meter", "*"), ("lamp", "ann"), ("lamp", "bo")] {
        let path = format!("/v1/admin/apps/{app}/grants/{user}");
        assert_eq!(house.put(&ann, &path, of_bo.clone()).await.status, 204);
    }
    let all = pairs(&[("lamp", "ann"), ("lamp", "bo"), ("meter", "*"), ("meter", "bo")]);
    assert_eq!(listed(&house, &ann, "").await, all);
    assert_eq!(listed(&house, &ann, "?app=lamp").await, all[..2]);
    assert_eq!(listed(&house, &ann, "?user=bo").await, pairs(&[("lamp", "bo"), ("meter", "bo")]));
    let first = house.get(&ann, "/v1/admin/grants?limit=3").await.good();
    assert_eq!(
        first["grants"][2],
        json!({ "app": "meter", "user": "*", "read": ["{user}/#"], "write": ["{user}/{device}/up"] })
    );
    let next = format!("?limit=3&after={}", text(&first["next"]));
    assert_eq!(listed(&house, &ann, &next).await, all[3..]);

    assert_eq!(house.put(&ann, &format!("{METER}/bo"), json!({ "read": ["#"] })).await.status, 204);
    let list = house.get(&ann, "/v1/admin/grants?app=meter").await.good();
    assert_eq!(list["grants"][1], json!({ "app": "meter", "user": "bo", "read": ["#"], "write": [] }));
    assert_eq!(house.delete(&ann, &format!("{METER}/bo")).await.status, 204);
    assert_eq!(house.delete(&ann, &format!("{METER}/bo")).await.problem(), problem(404, "not_found"));
    assert_eq!(house.delete(&ann, &format!("{METER}/*")).await.status, 204);
    assert_eq!(listed(&house, &ann, "").await, all[..2]);
}

#[tokio::test]
async fn a_grant_that_makes_no_sense_is_refused_in_words_and_kept_nowhere() {
    let house = House::open().await;
    let ann = house.log_in("ann", "desk").await;
    let why = async |path: &str, body: Value| {
        let refused = house.put(&ann, path, body).await;
        let words = text(&refused.body["detail"]);
        assert_eq!(refused.problem(), problem(422, "invalid"), "{words}");
        words
    };
    let bo = format!("{METER}/bo");
    assert!(why(&bo, json!({ "read": ["a/#/b"] })).await.contains("`a/#/b` is no pattern"));
    assert!(why(&bo, json!({ "write": ["{room}/up"] })).await.contains("only `{user}` and `{device}`"));
    assert!(why(&bo, json!({ "read": [""] })).await.contains("it is empty"));
    assert!(why(&bo, json!({})).await.contains("at least one pattern"));
    assert!(why(&bo, json!({ "read": vec!["x".repeat(512); 9] })).await.contains("4096 bytes"));
    assert!(why("/v1/admin/apps/Meter!/grants/bo", json!({ "read": ["#"] })).await.contains("names no app"));
    let nobody = house.put(&ann, &format!("{METER}/nobody"), json!({ "read": ["#"] })).await;
    assert_eq!(nobody.problem(), problem(404, "not_found"));
    assert_eq!(listed(&house, &ann, "").await, []);
}

#[tokio::test]
async fn only_administrators_grant_and_what_they_granted_is_written_down() {
    let house = House::open().await;
    let (ann, bo) = (house.log_in("ann", "desk").await, house.log_in("bo", "phone").await);
    let path = format!("{METER}/bo");
    let all = json!({ "read": ["#"] });
    assert_eq!(house.put(&bo, &path, all.clone()).await.problem(), problem(403, "not_allowed"));
    assert_eq!(house.delete(&bo, &path).await.problem(), problem(403, "not_allowed"));
    assert_eq!(house.get(&bo, "/v1/admin/grants").await.problem(), problem(403, "not_allowed"));
    let token = house.post(&bo, "/v1/admin/users/ann/tokens", json!({})).await;
    assert_eq!(token.problem(), problem(403, "not_allowed"));
    assert_eq!(house.put(&ann, &path, all).await.status, 204);
    let acts = house.get(&ann, "/v1/admin/audit").await.good();
    let granted = acts["acts"].as_array().unwrap().iter().find(|act| act["act"] == "admin.grant").unwrap();
    assert_eq!(granted["input"], json!({ "app": "meter", "user": "bo", "read": ["#"] }));
    assert_eq!((&granted["by"], &granted["status"]), (&json!("ann"), &json!(204)));
}

#[tokio::test]
async fn who_is_deleted_leaves_no_grant() {
    let house = House::open().await;
    let ann = house.log_in("ann", "desk").await;
    for user in ["bo", "*"] {
        let path = format!("{METER}/{user}");
        assert_eq!(house.put(&ann, &path, json!({ "read": ["#"] })).await.status, 204);
    }
    assert_eq!(house.post(&ann, "/v1/admin/users/bo/delete", json!({})).await.status, 204);
    assert_eq!(listed(&house, &ann, "").await, pairs(&[("meter", "*")]));
}

#[tokio::test]
async fn an_administrator_makes_a_token_for_a_device_and_what_it_grants_must_make_sense() {
    let house = House::open().await;
    let ann = house.log_in("ann", "desk").await;
    let path = "/v1/admin/users/bo/tokens";
    let meter = json!([{ "app": "meter", "read": ["{device}/#"] }]);
    let given = house.post(&ann, path, json!({ "device": "m-7", "expires_in": 60, "apps": meter })).await;
    assert_eq!(given.status, 201);
    let given = given.good();
    assert_eq!(given["expires_in"], 60);
    let token = text(&given["access_token"]);
    assert_eq!(house.get(&token, "/v1/me").await.good()["handle"], "bo");
    let caller = house.bridge.caller(&token).await.unwrap();
    assert_eq!(caller.device.as_deref(), Some("m-7"));
    assert_eq!((caller.grants.len(), caller.grants[0].read[0].as_str()), (1, "{device}/#"));

    for wrong in [
        json!({ "apps": [{ "app": "meter", "read": ["#/a"] }] }),
        json!({ "apps": [{ "app": "meter" }] }),
        json!({ "apps": vec![json!({ "app": "meter", "read": vec!["x".repeat(500); 5] }); 2] }),
        json!({ "device": "" }),
        json!({ "expires_in": 0 }),
    ] {
        assert_eq!(house.post(&ann, path, wrong).await.problem(), problem(422, "invalid"));
    }
    let nobody = house.post(&ann, "/v1/admin/users/nobody/tokens", json!({})).await;
    assert_eq!(nobody.problem(), problem(404, "not_found"));
    let bo = house.log_in("bo", "phone").await;
    assert_eq!(house.post(&bo, "/v1/logout-everywhere", json!({})).await.status, 204);
    assert_eq!(house.get(&token, "/v1/me").await.status, 401);
}
