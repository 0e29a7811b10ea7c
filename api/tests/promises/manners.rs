//! Problems, limits and headers: the same for every request.

use crate::house::{House, problem, text};
use api::{Config, Origins};
use bridge::Registration;
use reqwest::Method;
use serde_json::json;
use std::num::NonZeroU32;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

#[tokio::test]
async fn who_says_nothing_or_something_wrong_is_asked_who_they_are() {
    let house = House::open().await;
    let nothing = house.hear(house.request(Method::GET, "/v1/me")).await;
    assert_eq!(nothing.header("www-authenticate"), "Bearer");
    assert_eq!(nothing.problem(), problem(401, "no_credentials"));
    for wrong in ["Basic YW5uOnRlYQ==", "Bearer", "Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer nd_AAAA"] {
        let request = house.request(Method::GET, "/v1/me").header("Authorization", wrong);
        assert_eq!(house.hear(request).await.problem(), problem(401, "wrong_credentials"), "{wrong}");
    }
}

#[tokio::test]
async fn every_answer_has_the_number_of_its_request() {
    let house = House::open().await;
    let asked = house.request(Method::GET, "/v1/me").header("X-Request-Id", "from-the-proxy.1");
    let heard = house.hear(asked).await;
    assert_eq!(heard.header("x-request-id"), "from-the-proxy.1");
    assert_eq!(heard.body["request_id"], "from-the-proxy.1");
    let asked = house.request(Method::GET, "/v1/me").header("X-Request-Id", "not fit for a log");
    assert_eq!(house.hear(asked).await.header("x-request-id").len(), 32);
    let ann = house.log_in("ann", "phone").await;
    let heard = house.get(&ann, "/v1/me").await;
    assert_eq!((heard.header("x-request-id").len(), heard.header("cache-control")), (32, "no-store"));
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_like_any_other() {
    let house = House::open().await;
    assert_eq!(house.get("", "/v2/me").await.problem(), problem(404, "not_found"));
    assert_eq!(house.delete("", "/v1/me").await.problem(), problem(405, "method_not_allowed"));
}

#[tokio::test]
async fn a_body_that_is_too_large_or_no_json_is_refused() {
    let house = House::with(Config { body_limit: 100, ..Config::default() }, Registration::Open).await;
    let large = house.ask("/v1/login", json!({ "user": "ann", "password": "x".repeat(200) })).await;
    assert_eq!(large.problem(), problem(413, "too_large"));
    let post = || house.request(Method::POST, "/v1/login");
    let plain = house.hear(post().body("user=ann")).await;
    assert_eq!(plain.problem(), problem(415, "unsupported_media_type"));
    for broken in [r#"{"user":"#, "[]", "1", r#"{"user":"ann"} x"#] {
        let request = post().header("Content-Type", "application/json").body(broken);
        assert_eq!(house.hear(request).await.problem(), problem(400, "bad_request"), "{broken}");
    }
    let secret = house.ask("/v1/login", json!({ "user": "ann", "password": 12_345_678 })).await;
    assert!(!text(&secret.body["detail"]).contains("12345678"));
    assert_eq!(secret.problem(), problem(400, "bad_request"));
}

#[tokio::test]
async fn who_asks_too_often_is_told_when_to_come_back() {
    let few = (NonZeroU32::MIN, NonZeroU32::new(2).unwrap());
    let house = House::with(Config { reads: few, ..Config::default() }, Registration::Open).await;
    let (ann, bo) = (house.log_in("ann", "phone").await, house.log_in("bo", "phone").await);
    for _ in 0..2 {
        house.get(&ann, "/v1/me").await.good();
    }
    let refused = house.get(&ann, "/v1/me").await;
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(refused.problem(), problem(429, "rate_limited"));
    house.get(&bo, "/v1/me").await.good();
}

/// The head of a request with a body that never comes, and the first line of the answer to it.
async fn answer_to_the_head(house: &House, words: &str) -> String {
    let mut socket = TcpStream::connect(house.address).await.unwrap();
    let head = format!(
        "POST {words}\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut first = String::new();
    BufReader::new(socket).read_line(&mut first).await.unwrap();
    first.trim().to_owned()
}

#[tokio::test]
async fn who_may_not_ask_is_told_so_before_a_byte_of_the_body_is_read() {
    let few = (NonZeroU32::MIN, NonZeroU32::MIN);
    let house = House::with(Config { writes: few, ..Config::default() }, Registration::Open).await;
    let bo = house.log_in("bo", "phone").await;
    let stranger = answer_to_the_head(&house, "/v1/rooms HTTP/1.1").await;
    assert_eq!(stranger, "HTTP/1.1 401 Unauthorized");
    let bearer = |path: &str| format!("{path} HTTP/1.1\r\nAuthorization: Bearer {bo}");
    let no_admin = answer_to_the_head(&house, &bearer("/v1/admin/services")).await;
    assert_eq!(no_admin, "HTTP/1.1 403 Forbidden");
    let too_often = answer_to_the_head(&house, &bearer("/v1/rooms")).await;
    assert_eq!(too_often, "HTTP/1.1 429 Too Many Requests");
}

#[tokio::test]
async fn other_sites_may_ask_as_far_as_the_configuration_says() {
    let ours = "https://chat.example.org";
    let origins = Origins::These(vec![ours.to_owned()]);
    let house = House::with(Config { origins, ..Config::default() }, Registration::Open).await;
    let ask = async |origin: &str| {
        let asked = house.request(Method::OPTIONS, "/v1/me").header("Origin", origin);
        let asked = asked.header("Access-Control-Request-Method", "GET");
        house.hear(asked.header("Access-Control-Request-Headers", "authorization")).await
    };
    assert_eq!(ask(ours).await.header("access-control-allow-origin"), ours);
    assert!(!ask("https://elsewhere.example").await.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn long_answers_are_compressed_for_who_takes_that() {
    let house = House::open().await;
    let asked = house.request(Method::GET, "/openapi.json").header("Accept-Encoding", "gzip");
    let answer = asked.send().await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let packed = answer.bytes().await.unwrap();
    let plain = house.request(Method::GET, "/openapi.json").send().await.unwrap().bytes().await.unwrap();
    assert!(packed.len() < plain.len() / 2);
}
