//! A request that comes again because its answer was lost.

use crate::house::{Heard, House, problem};
use reqwest::Method;
use serde_json::{Value, json};

impl House {
    async fn keyed(&self, token: &str, key: &str, path: &str, body: &Value) -> Heard {
        let request = self.request(Method::POST, path).bearer_auth(token).header("Idempotency-Key", key);
        self.hear(request.json(body)).await
    }
}

const TOKENS: &str = "/v1/me/device-tokens";

#[tokio::test]
async fn a_request_that_comes_twice_is_done_once_and_answered_alike() {
    let house = House::open().await;
    let bo = house.log_in("bo", "phone").await;
    let lamp = json!({ "device": "lamp" });
    let first = house.keyed(&bo, "k1", TOKENS, &lamp).await;
    let again = house.keyed(&bo, "k1", TOKENS, &lamp).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!((again.status, &again.body), (201, &first.body));
    let other = house.keyed(&bo, "k1", TOKENS, &json!({ "device": "door" })).await;
    assert_eq!(other.problem(), problem(422, "key_reused"));
    let ann = house.log_in("ann", "phone").await;
    let anns = house.keyed(&ann, "k1", TOKENS, &lamp).await;
    assert_ne!(anns.good(), first.body, "ann's keys are ann's");
}

#[tokio::test]
async fn many_at_once_are_one() {
    let house = std::sync::Arc::new(House::open().await);
    let bo = house.log_in("bo", "phone").await;
    let asked = (0..8).map(|_| {
        let (house, bo) = (house.clone(), bo.clone());
        tokio::spawn(async move { house.keyed(&bo, "k1", TOKENS, &json!({ "device": "lamp" })).await })
    });
    let mut made = Vec::new();
    for one in asked.collect::<Vec<_>>() {
        let heard = one.await.unwrap();
        match heard.status {
            201 => made.push(heard.good()),
            _ => assert_eq!(heard.problem(), problem(409, "request_running")),
        }
    }
    assert!(!made.is_empty() && made.iter().all(|one| *one == made[0]), "{made:?}");
}

#[tokio::test]
async fn a_request_that_was_refused_may_come_again_under_its_key() {
    let house = House::open().await;
    let bo = house.log_in("bo", "phone").await;
    let taken = json!({ "device": "phone" });
    assert_eq!(house.keyed(&bo, "k1", TOKENS, &taken).await.problem(), problem(409, "device_taken"));
    assert_eq!(house.keyed(&bo, "k1", TOKENS, &json!({ "device": "lamp" })).await.status, 201);
    for key in ["", "two words", &"x".repeat(256)] {
        assert_eq!(house.keyed(&bo, key, TOKENS, &taken).await.problem(), problem(400, "bad_request"));
    }
}
