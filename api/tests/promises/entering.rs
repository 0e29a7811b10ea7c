//! Register, log in, go on, go.

use crate::house::{House, PASSWORD, problem, text};
use api::Config;
use bridge::Registration;
use serde_json::{Value, json};

fn cy() -> Value {
    json!({ "handle": "cy", "password": PASSWORD })
}

#[tokio::test]
async fn who_registers_can_log_in() {
    let house = House::open().await;
    let registered = house.ask("/v1/accounts", cy()).await;
    assert_eq!(registered.status, 201);
    let me = registered.good();
    assert_eq!((&me["handle"], &me["admin"], &me["state"]), (&json!("cy"), &json!(false), &json!("active")));
    let taken = house.ask("/v1/accounts", cy()).await;
    assert_eq!(taken.problem(), problem(409, "handle_taken"));
    let tokens = house.tokens("cy", "phone").await;
    assert_eq!((&tokens["device"], &tokens["token_type"]), (&json!("phone"), &json!("Bearer")));
    let me = house.get(&text(&tokens["access_token"]), "/v1/me").await.good();
    assert_eq!(me["handle"], "cy");
    assert!(me["last_login_at"].is_string());
}

#[tokio::test]
async fn who_must_be_invited_is() {
    let house = House::with(Config::default(), Registration::Invitation).await;
    assert_eq!(house.ask("/v1/accounts", cy()).await.problem(), problem(403, "not_invited"));
    let ann = house.log_in("ann", "phone").await;
    let given = house.post(&ann, "/v1/admin/invitations", json!({})).await.good();
    let with =
        |handle: &str| json!({ "handle": handle, "password": PASSWORD, "invitation": given["secret"] });
    assert_eq!(house.ask("/v1/accounts", with("cy")).await.status, 201);
    assert_eq!(house.ask("/v1/accounts", with("dee")).await.problem(), problem(403, "not_invited"));
    let house = House::with(Config::default(), Registration::Closed).await;
    assert_eq!(house.ask("/v1/accounts", cy()).await.problem(), problem(403, "registration_closed"));
}

#[tokio::test]
async fn a_weak_password_or_a_name_that_is_none_is_told_where_it_stands() {
    let house = House::open().await;
    let weak = house.ask("/v1/accounts", json!({ "handle": "cy", "password": "short" })).await;
    assert!(text(&weak.body["detail"]).contains("password"));
    assert_eq!(weak.problem(), problem(422, "invalid"));
    let name = house.ask("/v1/accounts", json!({ "handle": "Cy!", "password": PASSWORD })).await;
    assert!(text(&name.body["detail"]).contains("Cy!"));
    assert_eq!(name.problem(), problem(400, "bad_request"));
    let key = house.ask("/v1/accounts", json!({ "handle": "cy", "password": PASSWORD, "admin": true })).await;
    assert_eq!(key.problem(), problem(400, "bad_request"));
}

#[tokio::test]
async fn nobody_learns_whether_a_user_is_there_by_logging_in() {
    let house = House::open().await;
    let ask = async |user: &str| house.ask("/v1/login", json!({ "user": user, "password": "a guess" })).await;
    let (there, nowhere) = (ask("ann").await, ask("nobody").await);
    assert_eq!(there.body["detail"], nowhere.body["detail"]);
    assert_eq!(there.problem(), problem(401, "wrong_credentials"));
    assert_eq!(nowhere.problem(), problem(401, "wrong_credentials"));
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_its_second_use_ends_the_login() {
    let house = House::open().await;
    let first = house.tokens("ann", "phone").await;
    let refresh = async |tokens: &Value| {
        house.ask("/v1/refresh", json!({ "refresh_token": tokens["refresh_token"] })).await
    };
    let second = refresh(&first).await.good();
    let access = text(&second["access_token"]);
    house.get(&access, "/v1/me").await.good();
    assert_eq!(refresh(&first).await.problem(), problem(401, "wrong_credentials"));
    assert_eq!(house.get(&access, "/v1/me").await.problem(), problem(401, "wrong_credentials"));
    assert_eq!(refresh(&second).await.problem(), problem(401, "wrong_credentials"));
    assert_eq!(house.ask("/v1/refresh", json!({ "refresh_token": "nr_" })).await.status, 401);
}

#[tokio::test]
async fn who_logs_out_is_out_on_this_device_or_on_all() {
    let house = House::open().await;
    let (phone, tablet) = (house.log_in("ann", "phone").await, house.log_in("ann", "tablet").await);
    assert_eq!(house.post(&phone, "/v1/logout", json!({})).await.status, 204);
    assert_eq!(house.get(&phone, "/v1/me").await.status, 401);
    house.get(&tablet, "/v1/me").await.good();
    let desk = house.log_in("ann", "desk").await;
    assert_eq!(house.post(&tablet, "/v1/logout-everywhere", json!({})).await.status, 204);
    for token in [&tablet, &desk] {
        assert_eq!(house.get(token, "/v1/me").await.problem(), problem(401, "wrong_credentials"));
    }
}

#[tokio::test]
async fn a_device_that_logs_in_again_has_one_login() {
    let house = House::open().await;
    let earlier = house.log_in("ann", "phone").await;
    let later = house.log_in("ann", "phone").await;
    assert_eq!(house.get(&earlier, "/v1/me").await.status, 401);
    let list = house.get(&later, "/v1/me/credentials").await.good();
    assert_eq!(list["credentials"].as_array().unwrap().len(), 1);
    assert_eq!(list["credentials"][0]["current"], true);
}

#[tokio::test]
async fn a_lost_password_is_set_anew_with_an_administrators_link() {
    let house = House::open().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    let given = house.post(&ann, "/v1/admin/users/bo/password-link", json!({})).await.good();
    assert_eq!(
        (&given["ticket"]["kind"], &given["ticket"]["user"]),
        (&json!("password_reset"), &json!("bo"))
    );
    let reset = json!({ "link": given["secret"], "password": "coffee at five" });
    assert_eq!(house.ask("/v1/password-reset", reset.clone()).await.status, 204);
    assert_eq!(house.ask("/v1/password-reset", reset).await.problem(), problem(404, "not_found"));
    assert_eq!(house.get(&bo, "/v1/me").await.status, 401);
    let log_in = json!({ "user": "bo", "password": "coffee at five" });
    house.ask("/v1/login", log_in).await.good();
}
