//! What administrators see of the server itself.

use crate::house::{House, problem};
use api::{Config, Host};
use bridge::Registration;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn the_counters_are_told_once_and_as_a_stream() {
    let house = House::open().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    let once = house.get(&ann, "/v1/admin/counters").await.good();
    assert!(once["commits"].as_u64().unwrap() > 0 && once["devices"] == 0, "{once}");
    let path = "/v1/admin/counters/stream";
    assert_eq!(house.get(&bo, path).await.problem(), problem(403, "not_allowed"));
    for wrong in ["every=0", "every=61", "every=x", "often=1"] {
        assert_eq!(
            house.get(&ann, &format!("{path}?{wrong}")).await.problem(),
            problem(400, "bad_request"),
            "{wrong}"
        );
    }
    let mut stream =
        house.request(Method::GET, &format!("{path}?every=1")).bearer_auth(&ann).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    while text.matches("\n\n").count() < 2 {
        let next = tokio::time::timeout(PATIENCE, stream.chunk()).await.expect("an event in time");
        text.push_str(std::str::from_utf8(&next.unwrap().expect("it goes on")).unwrap());
    }
    let event = text.split("\n\n").next().unwrap();
    let data = event.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    assert!(
        event.contains("event: counters") && serde_json::from_str::<Value>(data).unwrap()["users"] == 0,
        "{event}"
    );
    house.post(&ann, "/v1/logout", json!({})).await;
    let ends = async { while let Ok(Some(_)) = stream.chunk().await {} };
    tokio::time::timeout(PATIENCE, ends).await.expect("the stream ends with its token");
}

#[tokio::test]
async fn nobody_is_connected_and_the_settings_are_shown_to_administrators_only() {
    let house = House::open().await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    let list = house.get(&ann, "/v1/admin/connections?user=bo&address=127.0.0.1").await.good();
    assert_eq!((&list["connections"], &list["next"]), (&json!([]), &Value::Null));
    assert_eq!(
        house.get(&ann, "/v1/admin/connections?user=nobody").await.problem(),
        problem(404, "not_found")
    );
    assert_eq!(
        house.get(&ann, "/v1/admin/connections?address=x").await.problem(),
        problem(400, "bad_request")
    );
    for heard in [
        house.get(&ann, "/v1/admin/connections/7").await,
        house.delete(&ann, "/v1/admin/connections/7").await,
    ] {
        assert_eq!(heard.problem(), problem(404, "not_found"));
    }
    for path in [
        "/v1/admin/connections",
        "/v1/admin/settings",
        "/v1/admin/counters",
        "/v1/admin/audit",
        "/v1/admin/reports",
    ] {
        assert_eq!(house.get(&bo, path).await.problem(), problem(403, "not_allowed"), "{path}");
    }
    assert_eq!(house.get(&ann, "/v1/admin/settings").await.good()["settings"], Value::Null);
}

#[tokio::test]
async fn a_name_of_digits_or_of_truth_is_found_by_a_query_as_any_other() {
    let house = House::open().await;
    let ann = house.log_in("ann", "phone").await;
    for name in ["7", "true", "00"] {
        house.bridge.add_user(&chat::Handle::new(name).unwrap(), None, false).await.unwrap();
        let path = format!("/v1/admin/connections?user={name}&limit=5");
        assert_eq!(house.get(&ann, &path).await.good()["connections"], json!([]), "{name}");
    }
    let path = "/v1/media?name=2026";
    let upload = house.request(Method::POST, path).bearer_auth(&ann).body("what there is to drink");
    assert_eq!(house.hear(upload).await.good()["name"], "2026");
}

#[tokio::test]
async fn a_stream_ends_when_the_server_goes() {
    let going = CancellationToken::new();
    let host = Host { going: going.clone(), ..Host::default() };
    let house = House::with(Config { host, ..Config::default() }, Registration::Open).await;
    let ann = house.log_in("ann", "phone").await;
    let path = "/v1/admin/counters/stream?every=60";
    let mut stream = house.request(Method::GET, path).bearer_auth(&ann).send().await.unwrap();
    assert!(stream.chunk().await.unwrap().is_some());
    going.cancel();
    let end = tokio::time::timeout(PATIENCE, stream.chunk()).await.expect("an end in time");
    assert_eq!(end.unwrap(), None);
}
