//! Reports and decisions, and what is kept of administrators' acts.

use crate::house::{House, problem, text};
use serde_json::{Value, json};

/// Ann administers; ann and bo have the room `tea`, in which ann said something.
async fn in_tea() -> (House, String, String) {
    let house = House::open().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    house.post(&ann, "/v1/rooms", json!({ "room": "tea", "members": ["bo"] })).await.good();
    house.post(&ann, "/v1/rooms/tea/messages", json!({ "body": "rude words" })).await.good();
    (house, ann, bo)
}

#[tokio::test]
async fn what_somebody_reports_is_decided_by_an_administrator() {
    let (house, ann, bo) = in_tea().await;
    let why = json!({ "reason": "this is rude" });
    let made = house.post(&bo, "/v1/rooms/tea/messages/2/report", why.clone()).await;
    assert_eq!(made.status, 201);
    let id = text(&made.good()["id"]);
    let again = house.post(&bo, "/v1/rooms/tea/messages/2/report", why.clone()).await.good();
    assert_eq!(text(&again["id"]), id, "it waits already");
    house.post(&bo, "/v1/users/ann/report", why.clone()).await.good();
    house.post(&bo, "/v1/rooms/tea/report", why.clone()).await.good();
    for path in [
        "/v1/rooms/tea/messages/1/report",
        "/v1/rooms/tea/messages/9/report",
        "/v1/users/nobody/report",
        "/v1/rooms/attic/report",
    ] {
        assert_eq!(house.post(&bo, path, why.clone()).await.problem(), problem(404, "not_found"), "{path}");
    }
    let nothing = house.post(&bo, "/v1/users/ann/report", json!({ "reason": "" })).await;
    assert_eq!(nothing.problem(), problem(422, "invalid"));

    let about = |list: &Value| -> Vec<String> {
        list["reports"].as_array().unwrap().iter().map(|one| text(&one["about"])).collect()
    };
    let waiting = house.get(&ann, "/v1/admin/reports").await.good();
    assert_eq!(about(&waiting), ["message", "user", "room"]);
    let first = house.get(&ann, "/v1/admin/reports?limit=1").await.good();
    let rest = house.get(&ann, &format!("/v1/admin/reports?after={}", text(&first["next"]))).await.good();
    assert_eq!(about(&rest), ["user", "room"]);
    let opened = house.get(&ann, &format!("/v1/admin/reports/{id}")).await.good();
    assert_eq!(
        (&opened["message"]["body"], &opened["message"]["from"]),
        (&json!("rude words"), &json!("ann"))
    );
    assert_eq!(
        (&opened["report"]["by"], &opened["report"]["reason"]),
        (&json!("bo"), &json!("this is rude"))
    );

    let path = format!("/v1/admin/reports/{id}/decision");
    let ruling = json!({ "decision": "upheld", "note": "told them" });
    assert_eq!(house.post(&bo, &path, ruling.clone()).await.problem(), problem(403, "not_allowed"));
    let decided = house.post(&ann, &path, ruling.clone()).await.good();
    assert_eq!(
        (&decided["decision"]["decision"], &decided["decision"]["by"]),
        (&json!("upheld"), &json!("ann"))
    );
    assert_eq!(house.post(&ann, &path, ruling.clone()).await.problem(), problem(422, "invalid"), "once");
    let nowhere = house.post(&ann, "/v1/admin/reports/1/decision", ruling).await;
    assert_eq!(nowhere.problem(), problem(404, "not_found"));
    assert_eq!(about(&house.get(&ann, "/v1/admin/reports?decided=true").await.good()), ["message"]);
    house.post(&ann, "/v1/rooms/tea/messages", json!({ "kind": "recall", "of": 2 })).await.good();
    let opened = house.get(&ann, &format!("/v1/admin/reports/{id}")).await.good();
    assert_eq!(opened["message"], Value::Null, "it was taken back");
}

#[tokio::test]
async fn what_administrators_do_is_written_down() {
    let (house, ann, bo) = in_tea().await;
    house.post(&ann, "/v1/admin/users/bo/deactivate", json!({})).await.good();
    house.post(&ann, "/v1/admin/users/nobody/deactivate", json!({})).await.problem();
    assert_eq!(house.get(&bo, "/v1/admin/users").await.status, 401);
    house.get(&ann, "/v1/admin/users/bo").await.good();
    let audit = house.get(&ann, "/v1/admin/audit").await.good();
    let acts: Vec<(&str, &Value, &Value)> = audit["acts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["act"].as_str().unwrap(), &one["input"]["user"], &one["status"]))
        .collect();
    assert_eq!(
        acts,
        [
            ("admin.audit", &Value::Null, &Value::Null),
            ("admin.user", &json!("bo"), &json!(200)),
            ("admin.deactivate", &json!("nobody"), &json!(404)),
            ("admin.deactivate", &json!("bo"), &json!(200)),
        ]
    );
    let page = house.get(&ann, "/v1/admin/audit?limit=2").await.good();
    let next = house.get(&ann, &format!("/v1/admin/audit?by=ann&after={}", text(&page["next"]))).await.good();
    assert_eq!(next["acts"][0]["act"], "admin.user", "the page before had the two that looked");
    assert_eq!(house.get(&ann, "/v1/admin/audit?by=bo").await.good()["acts"], json!([]));
    assert_eq!(house.get(&ann, "/v1/admin/audit?by=nobody").await.problem(), problem(404, "not_found"));
}
