//! What administrators may, and others may not.

use crate::house::{House, PASSWORD, problem, text};
use serde_json::json;

#[tokio::test]
async fn only_administrators_rule() {
    let house = House::open().await;
    let bo = house.log_in("bo", "phone").await;
    for path in ["/v1/admin/users", "/v1/admin/users/ann", "/v1/admin/tickets"] {
        assert_eq!(house.get(&bo, path).await.problem(), problem(403, "not_allowed"), "{path}");
    }
    for path in ["/v1/admin/invitations", "/v1/admin/users/ann/deactivate", "/v1/admin/users/ann/delete"] {
        assert_eq!(house.post(&bo, path, json!({})).await.problem(), problem(403, "not_allowed"), "{path}");
    }
    let admin = json!({ "admin": true });
    assert_eq!(
        house.put(&bo, "/v1/admin/users/bo/admin", admin).await.problem(),
        problem(403, "not_allowed")
    );
}

#[tokio::test]
async fn users_are_listed_page_by_page() {
    let house = House::open().await;
    let ann = house.log_in("ann", "phone").await;
    house.ask("/v1/accounts", json!({ "handle": "cy", "password": PASSWORD })).await.good();
    let mut path = "/v1/admin/users?limit=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = house.get(&ann, &path).await.good();
        seen.extend(page["users"].as_array().unwrap().iter().map(|one| text(&one["handle"])));
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/admin/users?limit=2&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ["ann", "bo", "cy"]);
    for wrong in ["limit=0", "limit=201", "limit=x", "after=x", "before=1"] {
        let path = format!("/v1/admin/users?{wrong}");
        assert_eq!(house.get(&ann, &path).await.problem(), problem(400, "bad_request"), "{wrong}");
    }
}

#[tokio::test]
async fn who_is_deactivated_or_logged_out_by_an_administrator_is_out_at_once() {
    let house = House::open().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    assert_eq!(house.post(&ann, "/v1/admin/users/bo/logout", json!({})).await.status, 204);
    assert_eq!(house.get(&bo, "/v1/me").await.status, 401);
    let bo = house.log_in("bo", "phone").await;
    let out = house.post(&ann, "/v1/admin/users/bo/deactivate", json!({})).await.good();
    assert_eq!(out["state"], "deactivated");
    assert_eq!(house.get(&bo, "/v1/me").await.status, 401);
    assert_eq!(house.post(&ann, "/v1/admin/users/bo/delete", json!({})).await.status, 204);
    assert_eq!(house.get(&ann, "/v1/admin/users/bo").await.good()["state"], "deleted");
    let nobody = house.post(&ann, "/v1/admin/users/nobody/deactivate", json!({})).await;
    assert_eq!(nobody.problem(), problem(404, "not_found"));
}

#[tokio::test]
async fn an_invitation_that_is_taken_back_is_not_good_any_more() {
    let house = House::open().await;
    let ann = house.log_in("ann", "phone").await;
    let given =
        house.post(&ann, "/v1/admin/invitations", json!({ "uses": 5, "expires_in": 60 })).await.good();
    let list = house.get(&ann, "/v1/admin/tickets").await.good();
    assert_eq!(list["tickets"], json!([given["ticket"]]));
    let path = format!("/v1/admin/tickets/{}", text(&given["ticket"]["id"]));
    assert_eq!(house.delete(&ann, &path).await.status, 204);
    assert_eq!(house.delete(&ann, &path).await.problem(), problem(404, "not_found"));
    let invited = json!({ "handle": "cy", "password": PASSWORD, "invitation": given["secret"] });
    assert_eq!(house.ask("/v1/accounts", invited).await.problem(), problem(403, "not_invited"));
    let endless = house.post(&ann, "/v1/admin/invitations", json!({ "expires_in": u64::MAX })).await;
    assert_eq!(endless.problem(), problem(422, "invalid"));
}

#[tokio::test]
async fn rooms_are_listed_and_an_administrator_says_who_is_in_them() {
    let house = House::open().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    for room in ["attic", "cellar", "tea"] {
        house.post(&bo, "/v1/rooms", json!({ "room": room })).await.good();
    }
    let first = house.get(&ann, "/v1/admin/rooms?limit=2").await.good();
    let seen = &first["rooms"][0];
    assert_eq!((&seen["room"], &seen["members"], &seen["last_seq"]), (&json!("attic"), &json!(1), &json!(1)));
    let rest = house.get(&ann, &format!("/v1/admin/rooms?after={}", text(&first["next"]))).await.good();
    assert_eq!((&rest["rooms"][0]["room"], rest["rooms"].as_array().unwrap().len()), (&json!("tea"), 1));
    let members = async |room: &str| house.get(&ann, &format!("/v1/admin/rooms/{room}/members")).await;
    assert_eq!(members("tea").await.good()["members"], json!(["bo"]));
    assert_eq!(members("nowhere").await.problem(), problem(404, "not_found"));
    let place = "/v1/admin/rooms/tea/members/ann";
    assert_eq!(house.put(&bo, place, json!({})).await.problem(), problem(403, "not_allowed"));
    assert_eq!(house.put(&ann, place, json!({})).await.status, 204);
    assert_eq!(members("tea").await.good()["members"], json!(["ann", "bo"]));
    assert_eq!(house.delete(&ann, place).await.status, 204);
    assert_eq!(house.delete(&ann, place).await.problem(), problem(404, "not_found"));
    for wrong in ["/v1/admin/rooms/tea/members/nobody", "/v1/admin/rooms/nowhere/members/bo"] {
        assert_eq!(house.put(&ann, wrong, json!({})).await.problem(), problem(404, "not_found"), "{wrong}");
    }
}

#[tokio::test]
async fn a_room_of_two_keeps_its_two_people_whoever_rules() {
    let house = House::open().await;
    let (ann, bo) = (house.log_in("ann", "desk").await, house.log_in("bo", "phone").await);
    let room = text(&house.put(&bo, "/v1/direct/ann", json!({})).await.good()["room"]);
    house.ask("/v1/accounts", json!({ "handle": "cy", "password": PASSWORD })).await.good();
    let third = house.put(&ann, &format!("/v1/admin/rooms/{room}/members/cy"), json!({})).await;
    let out = house.delete(&ann, &format!("/v1/admin/rooms/{room}/members/bo")).await;
    for heard in [third, out] {
        assert_eq!(heard.problem(), problem(422, "invalid"));
    }
    house.post(&bo, &format!("/v1/rooms/{room}/messages"), json!({ "body": "still here" })).await.good();
}

#[tokio::test]
async fn a_room_whose_owner_goes_is_handed_on_and_an_administrator_says_who_owns_it() {
    let house = House::open().await;
    for name in ["cy", "di"] {
        house.ask("/v1/accounts", json!({ "handle": name, "password": PASSWORD })).await.good();
    }
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    let (cy, di) = (house.log_in("cy", "phone").await, house.log_in("di", "phone").await);
    let role = async |token: &str| house.get(token, "/v1/rooms/tea").await.good()["role"].clone();
    house.post(&bo, "/v1/rooms", json!({ "room": "tea", "members": ["cy", "di"] })).await.good();
    // An administrator who is not in the room sees bo out.
    assert_eq!(house.delete(&ann, "/v1/admin/rooms/tea/members/bo").await.status, 204);
    assert_eq!((role(&cy).await, role(&di).await), (json!("owner"), json!("member")));
    let log = house.get(&cy, "/v1/rooms/tea/messages").await.good();
    let told: Vec<_> = log["messages"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(told, ["created", "handed_over", "left"]);
    assert_eq!((&log["messages"][1]["from"], &log["messages"][1]["user"]), (&json!("bo"), &json!("cy")));

    let owns = async |token: &str, room: &str, user: &str| {
        house.put(token, &format!("/v1/admin/rooms/{room}/owner"), json!({ "user": user })).await
    };
    assert_eq!(owns(&ann, "tea", "di").await.status, 204);
    assert_eq!((role(&cy).await, role(&di).await), (json!("admin"), json!("owner")));
    assert_eq!(owns(&ann, "tea", "di").await.status, 204, "she is");
    for (room, user) in [("tea", "bo"), ("tea", "nobody"), ("cellar", "cy")] {
        assert_eq!(owns(&ann, room, user).await.problem(), problem(404, "not_found"), "{user} in {room}");
    }
    assert_eq!(owns(&cy, "tea", "cy").await.problem(), problem(403, "not_allowed"));

    // Di's account ends: the admin has the room, and can do what only owners do.
    assert_eq!(house.post(&ann, "/v1/admin/users/di/delete", json!({})).await.status, 204);
    assert_eq!(role(&cy).await, json!("owner"));
    assert_eq!(house.post(&cy, "/v1/rooms/tea/members", json!({ "user": "bo" })).await.status, 204);
    assert_eq!(house.put(&cy, "/v1/rooms/tea/owner", json!({ "user": "bo" })).await.status, 204);
    assert_eq!((role(&cy).await, role(&bo).await), (json!("admin"), json!("owner")));
}
