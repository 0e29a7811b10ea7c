//! What can be asked, as it is published.

use crate::house::{House, text};
use reqwest::Method;
use serde_json::Value;

#[tokio::test]
async fn every_route_of_the_document_is_there_and_wants_to_know_who_asks() {
    let house = House::open().await;
    let document = house.hear(house.request(Method::GET, "/openapi.json")).await.good();
    assert_eq!(document["openapi"], "3.1.0");
    for (path, verbs) in document["paths"].as_object().unwrap() {
        for (verb, operation) in verbs.as_object().unwrap() {
            let path = path.replace("{id}", "1").replace(['{', '}'], "");
            let verb = Method::from_bytes(verb.to_uppercase().as_bytes()).unwrap();
            let heard = house.hear(house.request(verb, &path)).await;
            let expected = if operation["security"] == Value::Array(vec![]) { 400 } else { 401 };
            assert_eq!(heard.status, expected, "{path}");
            assert!(
                operation["responses"][expected.to_string()].is_object(),
                "{path}: {expected} is not documented"
            );
        }
    }
}

#[tokio::test]
async fn the_page_brings_all_it_needs_and_may_do_nothing_else() {
    let house = House::open().await;
    for (path, kind) in
        [("/docs", "text/html"), ("/docs/docs.js", "text/javascript"), ("/docs/docs.css", "text/css")]
    {
        let answer = house.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert!(header("content-type").starts_with(kind));
        assert!(header("content-security-policy").starts_with("default-src 'none'"));
        let body = answer.text().await.unwrap();
        assert!(!body.contains("http://") && !body.contains("https://"), "{path} asks elsewhere");
    }
}

#[tokio::test]
async fn the_keys_that_tokens_are_checked_with_are_published() {
    let house = House::open().await;
    let keys = house.hear(house.request(Method::GET, "/.well-known/jwks.json")).await.good();
    let key = &keys["keys"][0];
    assert_eq!(
        (text(&key["kty"]), text(&key["crv"]), text(&key["alg"])),
        ("OKP".into(), "Ed25519".into(), "EdDSA".into())
    );
    assert!(key["d"].is_null(), "the secret half stays here");
}
