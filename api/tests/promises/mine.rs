//! One's own account.

use crate::house::{House, PASSWORD, problem};
use serde_json::json;

#[tokio::test]
async fn a_profile_is_seen_by_others_and_cleared_by_leaving_it_out() {
    let house = House::open().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    let profile =
        json!({ "name": "Ann", "about": "tea\nand more tea", "avatar": "https://example.org/ann.png" });
    house.put(&ann, "/v1/me/profile", profile).await.good();
    let seen = house.get(&bo, "/v1/users/ann").await.good();
    assert_eq!((&seen["name"], &seen["about"]), (&json!("Ann"), &json!("tea\nand more tea")));
    assert!(seen["admin"].is_null(), "that is nobody's business");
    house.put(&ann, "/v1/me/profile", json!({})).await.good();
    assert!(house.get(&bo, "/v1/users/ann").await.good()["name"].is_null());
    let program = json!({ "avatar": "javascript:alert(1)" });
    assert_eq!(house.put(&ann, "/v1/me/profile", program).await.problem(), problem(422, "invalid"));
}

#[tokio::test]
async fn another_password_needs_the_one_until_now_and_ends_other_logins() {
    let house = House::open().await;
    let (phone, desk) = (house.log_in("ann", "phone").await, house.log_in("ann", "desk").await);
    let wrong = json!({ "current": "a guess", "new": "coffee at five" });
    assert_eq!(
        house.post(&phone, "/v1/me/password", wrong).await.problem(),
        problem(401, "wrong_credentials")
    );
    let right = json!({ "current": PASSWORD, "new": "coffee at five" });
    assert_eq!(house.post(&phone, "/v1/me/password", right).await.status, 204);
    house.get(&phone, "/v1/me").await.good();
    assert_eq!(house.get(&desk, "/v1/me").await.status, 401);
}

#[tokio::test]
async fn who_deactivates_themselves_is_out_until_an_administrator_lets_them_in() {
    let house = House::open().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    let confirm = json!({ "password": PASSWORD });
    assert_eq!(house.post(&bo, "/v1/me/deactivate", json!({ "password": "x" })).await.status, 401);
    assert_eq!(house.post(&bo, "/v1/me/deactivate", confirm).await.status, 204);
    assert_eq!(house.get(&bo, "/v1/me").await.status, 401);
    let log_in = json!({ "user": "bo", "password": PASSWORD });
    assert_eq!(house.ask("/v1/login", log_in.clone()).await.problem(), problem(403, "deactivated"));
    assert_eq!(house.get(&ann, "/v1/users/bo").await.problem(), problem(404, "not_found"));
    let back = house.post(&ann, "/v1/admin/users/bo/reactivate", json!({})).await.good();
    assert_eq!(back["state"], "active");
    house.ask("/v1/login", log_in).await.good();
}

#[tokio::test]
async fn who_deletes_themselves_is_nobody_and_nobody_can_be_mistaken_for_them() {
    let house = House::open().await;
    let bo = house.log_in("bo", "phone").await;
    assert_eq!(house.post(&bo, "/v1/me/delete", json!({ "password": PASSWORD })).await.status, 204);
    let log_in = json!({ "user": "bo", "password": PASSWORD });
    assert_eq!(house.ask("/v1/login", log_in).await.problem(), problem(401, "wrong_credentials"));
    let again = json!({ "handle": "bo", "password": PASSWORD });
    assert_eq!(house.ask("/v1/accounts", again).await.problem(), problem(409, "handle_taken"));
}
