//! What is uploaded, by whom it is seen, and how it goes out.

use crate::house::{Heard, House, problem, text};
use reqwest::{Body, Method, RequestBuilder};
use serde_json::{Value, json};

/// A picture of one point.
pub(crate) const DOT: &[u8] =
    b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\x00\x01\
    \x08\x02\x00\x00\x00\x90\x77\x53\xde\x00\x00\x00\x0c\x49\x44\x41\x54\x78\x9c\x63\xf8\x7f\x80\x01\
    \x00\x04\x81\x01\xc0\x77\xd9\x03\x1d\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82";

impl House {
    fn upload(&self, token: &str, name: &str, bytes: impl Into<Body>) -> RequestBuilder {
        let path = format!("/v1/media{name}");
        self.request(Method::POST, &path).bearer_auth(token).body(bytes)
    }

    async fn uploaded(&self, token: &str, name: &str, bytes: impl Into<Body>) -> Value {
        let heard = self.hear(self.upload(token, name, bytes)).await;
        assert_eq!(heard.status, 201, "{heard:?}");
        heard.body
    }

    /// The file and the headers with which it came.
    async fn file(&self, request: RequestBuilder) -> (u16, reqwest::header::HeaderMap, Vec<u8>) {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        (status, headers, response.bytes().await.unwrap().to_vec())
    }

    async fn sees(&self, token: &str, id: &str) -> bool {
        let path = format!("/v1/media/{id}/content");
        let (status, _, body) = self.file(self.request(Method::GET, &path).bearer_auth(token)).await;
        assert!(status == 200 || (status, body.starts_with(b"{")) == (404, true), "{status}");
        status == 200
    }

    async fn says(&self, token: &str, room: &str, what: Value) -> Heard {
        self.post(token, &format!("/v1/rooms/{room}/messages"), what).await
    }
}

/// Ann and bo in `tea`, and cy, who is not.
async fn people(house: &House) -> [String; 3] {
    house.ask("/v1/accounts", json!({ "handle": "cy", "password": crate::house::PASSWORD })).await.good();
    let tokens = [
        house.log_in("ann", "laptop").await,
        house.log_in("bo", "phone").await,
        house.log_in("cy", "phone").await,
    ];
    house.post(&tokens[0], "/v1/rooms", json!({ "room": "tea", "members": ["bo"] })).await.good();
    tokens
}

#[tokio::test]
async fn what_was_uploaded_comes_back_as_it_was_in_parts_too() {
    let house = House::open().await;
    let ann = house.log_in("ann", "laptop").await;
    let long: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    let media = house.uploaded(&ann, "?name=numbers.bin", long.clone()).await;
    assert_eq!(media["size"], long.len());
    assert_eq!(media["type"], "application/octet-stream");
    let path = format!("/v1/media/{}/content", text(&media["id"]));
    let get = || house.request(Method::GET, &path).bearer_auth(&ann);
    let (status, headers, bytes) = house.file(get()).await;
    assert_eq!((status, &bytes), (200, &long));
    assert_eq!(headers["content-disposition"], "attachment; filename=\"numbers.bin\"");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["accept-ranges"], "bytes");
    assert!(headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
    for (range, part) in [
        ("bytes=0-9", &long[..10]),
        ("bytes=65530-65545", &long[65_530..65_546]),
        ("bytes=700000-", &long[700_000..]),
        ("bytes=-3", &long[long.len() - 3..]),
    ] {
        let (status, headers, bytes) = house.file(get().header("range", range)).await;
        assert_eq!((status, &bytes[..]), (206, part), "{range}");
        assert!(headers["content-range"].to_str().unwrap().ends_with("/1200000"), "{range}");
    }
    let behind = house.hear(get().header("range", "bytes=1200000-")).await;
    assert_eq!(behind.problem(), problem(416, "no_such_range"));
    let tag = headers["etag"].to_str().unwrap();
    let (status, _, bytes) = house.file(get().header("if-none-match", tag)).await;
    assert_eq!((status, bytes.len()), (304, 0));
}

#[tokio::test]
async fn who_can_hear_the_message_sees_what_it_shows() {
    let house = House::open().await;
    let [ann, bo, cy] = people(&house).await;
    let media = house.uploaded(&ann, "?name=dot.png", DOT).await;
    let id = text(&media["id"]);
    assert_eq!(
        (&media["type"], &media["width"], &media["height"]),
        (&json!("image/png"), &json!(1), &json!(1))
    );
    assert!(house.sees(&ann, &id).await && !house.sees(&bo, &id).await);
    let stranger = house.says(&bo, "tea", json!({ "kind": "image", "media": id })).await;
    assert_eq!(stranger.problem(), problem(404, "not_found"));

    let said = house.says(&ann, "tea", json!({ "kind": "image", "media": id, "body": "look" })).await.good();
    assert!(house.sees(&bo, &id).await && !house.sees(&cy, &id).await);
    let page = house.get(&bo, "/v1/rooms/tea/messages").await.good();
    assert_eq!(page["messages"][1]["media"], media);
    // Who heard it may pass it on.
    house.post(&bo, "/v1/rooms", json!({ "room": "milk", "members": ["cy"] })).await.good();
    house.says(&bo, "milk", json!({ "kind": "file", "media": id })).await.good();
    assert!(house.sees(&cy, &id).await);
    // An upload that messages show can't be deleted; a message that is taken back shows nothing.
    assert_eq!(house.delete(&ann, &format!("/v1/media/{id}")).await.problem(), problem(404, "not_found"));
    house.says(&ann, "tea", json!({ "kind": "recall", "of": said["seq"] })).await.good();
    assert!(house.sees(&cy, &id).await && house.sees(&bo, &id).await);
    house.says(&bo, "milk", json!({ "kind": "recall", "of": 2 })).await.good();
    assert!(!house.sees(&cy, &id).await && !house.sees(&bo, &id).await);
}

#[tokio::test]
async fn a_message_shows_what_its_kind_says() {
    let house = House::open().await;
    let [ann, ..] = people(&house).await;
    let picture = text(&house.uploaded(&ann, "", DOT).await["id"]);
    let words = text(&house.uploaded(&ann, "", "the kettle is on").await["id"]);
    for (kind, media, fits) in [
        ("image", &picture, true),
        ("file", &picture, true),
        ("file", &words, true),
        ("sealed", &words, true),
        ("image", &words, false),
        ("video", &picture, false),
        ("text", &picture, false),
    ] {
        let heard = house.says(&ann, "tea", json!({ "kind": kind, "media": media, "body": "look" })).await;
        assert_eq!(heard.status == 201, fits, "{kind}: {heard:?}");
    }
    let unknown = house.says(&ann, "tea", json!({ "kind": "file", "media": "404" })).await;
    assert_eq!(unknown.problem(), problem(404, "not_found"));
    let wrong = house.says(&ann, "tea", json!({ "kind": "file", "media": "kettle.png" })).await;
    assert_eq!(wrong.problem(), problem(422, "invalid"));
}

#[tokio::test]
async fn a_picture_has_a_small_one_and_loses_what_it_tells_of_its_maker() {
    let house = House::open().await;
    let ann = house.log_in("ann", "laptop").await;
    let secret = b"52.5200 N 13.4050 E";
    let mut telling = DOT.to_vec();
    telling.extend(secret);
    let media = house.uploaded(&ann, "", telling).await;
    assert!(media["blurhash"].is_string());
    let id = text(&media["id"]);
    let get = |part: &str| house.request(Method::GET, &format!("/v1/media/{id}/{part}")).bearer_auth(&ann);
    let (_, headers, bytes) = house.file(get("content")).await;
    assert_eq!(bytes, DOT);
    assert_eq!(headers["content-type"], "image/png");
    assert_eq!(headers["content-disposition"], "inline");
    let (status, headers, small) = house.file(get("thumbnail")).await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "image/jpeg");
    assert!(small.starts_with(b"\xff\xd8"));
    let words = text(&house.uploaded(&ann, "", "the kettle is on").await["id"]);
    let none = house.get(&ann, &format!("/v1/media/{words}/thumbnail")).await;
    assert_eq!(none.problem(), problem(404, "not_found"));
}

#[tokio::test]
async fn a_link_lets_its_bearer_see_one_upload_for_a_while() {
    let house = House::open().await;
    let [ann, bo, _] = people(&house).await;
    let id = text(&house.uploaded(&ann, "", DOT).await["id"]);
    let other = text(&house.uploaded(&ann, "", DOT).await["id"]);
    let path = format!("/v1/media/{id}/link");
    assert_eq!(house.post(&bo, &path, json!({})).await.problem(), problem(404, "not_found"));
    let link = text(&house.post(&ann, &path, json!({ "expires_in": 60 })).await.good()["url"]);
    let (status, _, bytes) = house.file(house.request(Method::GET, &link)).await;
    assert_eq!((status, &bytes[..]), (200, DOT));
    // Of another upload, of another part, for longer, or made up.
    let (way, signature) = link.rsplit_once('=').unwrap();
    let until = way.split_once("until=").unwrap().1.split_once('&').unwrap().0;
    for wrong in [
        link.replace(&id, &other),
        link.replace("content", "thumbnail"),
        link.replace(until, "9999999999999"),
        format!("{way}=A{}", &signature[1..]),
    ] {
        let heard = house.hear(house.request(Method::GET, &wrong)).await;
        assert_eq!(heard.problem(), problem(404, "not_found"), "{wrong}");
    }
    let past = link.replace(until, "1000");
    assert_eq!(house.hear(house.request(Method::GET, &past)).await.problem(), problem(404, "not_found"));
    let nobody = house.hear(house.request(Method::GET, &format!("/v1/media/{id}/content"))).await;
    assert_eq!(nobody.problem(), problem(401, "no_credentials"));
    let long = house.post(&ann, &path, json!({ "expires_in": 604_801 })).await;
    assert_eq!(long.problem(), problem(422, "invalid"));
}

#[tokio::test]
async fn what_is_not_taken_is_refused_with_the_reason_and_leaves_nothing() {
    let house = House::open().await;
    let ann = house.log_in("ann", "laptop").await;
    let page = house.hear(house.upload(&ann, "", "<html><script>alert(1)</script>")).await;
    assert_eq!(page.problem(), problem(415, "kind_not_taken"));
    assert_eq!(house.hear(house.upload(&ann, "", "")).await.problem(), problem(422, "invalid"));
    let broken = house.hear(house.upload(&ann, "", &DOT[..40])).await;
    assert_eq!(broken.problem(), problem(422, "invalid"));
    let folder = house.hear(house.upload(&ann, "?name=..%2Fkettle", DOT)).await;
    assert_eq!(folder.problem(), problem(422, "invalid"));
    let large = house.upload(&ann, "", vec![0; 8 << 20]).header("content-length", (200 << 20).to_string());
    // A client that hears why before it has sent all of it may see the connection end instead.
    if let Ok(response) = large.send().await {
        assert_eq!(response.status(), 413);
    }
    let stranger = house.hear(house.request(Method::POST, "/v1/media").body(DOT)).await;
    assert_eq!(stranger.problem(), problem(401, "no_credentials"));
    // All of that held nothing: there is room for the whole allowance.
    house.uploaded(&ann, "", DOT).await;
}

#[tokio::test]
async fn an_upload_that_comes_twice_under_one_key_is_one() {
    let house = House::open().await;
    let ann = house.log_in("ann", "laptop").await;
    let upload =
        |bytes: &'static [u8]| house.upload(&ann, "?name=dot.png", bytes).header("idempotency-key", "dot-1");
    let first = house.hear(upload(DOT)).await.good();
    let again = house.hear(upload(DOT)).await;
    assert_eq!((again.header("idempotency-replayed"), &again.body), ("true", &first));
    assert_eq!(house.hear(upload(b"another file")).await.problem(), problem(422, "key_reused"));
}

#[tokio::test]
async fn an_upload_that_nothing_shows_is_its_owners_to_delete() {
    let house = House::open().await;
    let ann = house.log_in("ann", "laptop").await;
    let bo = house.log_in("bo", "phone").await;
    let id = text(&house.uploaded(&ann, "", DOT).await["id"]);
    let path = format!("/v1/media/{id}");
    assert_eq!(house.get(&ann, &path).await.good()["id"], id);
    assert_eq!(house.delete(&bo, &path).await.problem(), problem(404, "not_found"));
    assert_eq!(house.delete(&ann, &path).await.status, 204);
    assert_eq!(house.get(&ann, &path).await.problem(), problem(404, "not_found"));
}

#[tokio::test]
async fn a_picture_in_a_profile_is_seen_by_everybody() {
    let house = House::open().await;
    let [ann, _, cy] = people(&house).await;
    let id = text(&house.uploaded(&ann, "", DOT).await["id"]);
    let profile = |avatar: String| json!({ "name": "Ann", "avatar": avatar });
    assert!(!house.sees(&cy, &id).await);
    let avatar = format!("/v1/media/{id}/thumbnail");
    house.put(&ann, "/v1/me/profile", profile(avatar.clone())).await.good();
    assert_eq!(house.get(&cy, "/v1/users/ann").await.good()["avatar"], avatar);
    assert!(house.sees(&cy, &id).await);
    // It hangs there, so it can't be deleted; and only its owner's own may hang there.
    assert_eq!(house.delete(&ann, &format!("/v1/media/{id}")).await.problem(), problem(404, "not_found"));
    let words = text(&house.uploaded(&ann, "", "the kettle is on").await["id"]);
    for (token, id) in [(&cy, &id), (&ann, &words), (&ann, &"404".to_owned())] {
        let wrong = house.put(token, "/v1/me/profile", profile(format!("/v1/media/{id}/content"))).await;
        assert_eq!(wrong.problem(), problem(422, "invalid"));
    }
    house.put(&ann, "/v1/me/profile", json!({ "name": "Ann" })).await.good();
    assert!(!house.sees(&cy, &id).await);
}

#[tokio::test]
async fn a_picture_of_a_room_is_seen_by_who_may_see_the_room() {
    let house = House::open().await;
    let [ann, bo, cy] = people(&house).await;
    let id = text(&house.uploaded(&ann, "", DOT).await["id"]);
    let set = async |token: &str, settings: Value| {
        house.post(token, "/v1/rooms/tea/settings", json!({ "settings": settings })).await
    };
    let avatar = format!("/v1/media/{id}/thumbnail");
    assert_eq!(set(&ann, json!({ "avatar": avatar })).await.status, 204);
    assert!(house.sees(&bo, &id).await && !house.sees(&cy, &id).await);
    let shown = [
        house.get(&bo, "/v1/rooms").await.good()["rooms"][0]["avatar"].clone(),
        house.get(&bo, "/v1/rooms/tea").await.good()["avatar"].clone(),
        house.get(&bo, "/v1/rooms/tea/settings").await.good()["settings"]["avatar"].clone(),
    ];
    assert_eq!(shown, [avatar.as_str(); 3]);
    let log = house.get(&bo, "/v1/rooms/tea/messages").await.good();
    assert_eq!(log["messages"][1]["settings"]["avatar"], avatar, "{log}");
    // Strangers see it where they see the room, and nothing else of it.
    assert_eq!(set(&ann, json!({ "listed": true })).await.status, 204);
    assert!(house.sees(&cy, &id).await);
    assert_eq!(house.get(&cy, "/v1/public-rooms").await.good()["rooms"][0]["avatar"], avatar);
    // It stays as long as it stands there; and it is a picture, and its sender's own.
    assert_eq!(house.delete(&ann, &format!("/v1/media/{id}")).await.problem(), problem(404, "not_found"));
    let words = text(&house.uploaded(&ann, "", "the kettle is on").await["id"]);
    let bos = text(&house.uploaded(&bo, "", DOT).await["id"]);
    for wrong in [
        format!("/v1/media/{words}/content"),
        format!("/v1/media/{bos}/content"),
        "/v1/media/404/content".to_owned(),
        "kettle-1".to_owned(),
        "javascript:alert(1)".to_owned(),
    ] {
        let heard = set(&ann, json!({ "avatar": wrong })).await;
        assert_eq!(heard.problem(), problem(422, "invalid"), "{wrong}");
    }
    assert_eq!(set(&ann, json!({ "avatar": "" })).await.status, 204);
    assert!(!house.sees(&cy, &id).await && !house.sees(&bo, &id).await);
    assert_eq!(house.get(&bo, "/v1/rooms").await.good()["rooms"][0]["avatar"], Value::Null);
    // A room is made with one, too.
    let milk = json!({ "room": "milk", "settings": { "avatar": avatar, "listed": true } });
    let made = house.post(&ann, "/v1/rooms", milk).await.good();
    assert_eq!(made["avatar"], avatar);
    assert!(house.sees(&cy, &id).await);
    let wrong = json!({ "room": "cups", "settings": { "avatar": format!("/v1/media/{words}/content") } });
    assert_eq!(house.post(&ann, "/v1/rooms", wrong).await.problem(), problem(422, "invalid"));
}
