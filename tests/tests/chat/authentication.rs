//! Enhanced authentication: a token shown by the method `JWT`, and a fresh one before it runs out.

use bytes::Bytes;
use mqtt::ReasonCode;
use mqtt::packet::{Auth, Packet};
use serde_json::json;
use std::time::Duration;
use tests::{Device, Wire, World, within};

/// The same device, with a token as the data of the method instead of a password.
fn showing(device: Device, token: &str) -> Device {
    let mut device = device;
    (device.hello.user_name, device.hello.password) = (None, None);
    device.hello.authentication_method = Some("JWT".into());
    device.hello.authentication_data = Some(Bytes::copy_from_slice(token.as_bytes()));
    device
}

fn fresh(token: &str) -> Packet {
    let data = Some(Bytes::copy_from_slice(token.as_bytes()));
    Packet::Auth(Box::new(Auth { method: Some("JWT".into()), data, ..Auth::new(ReasonCode::Reauthenticate) }))
}

async fn proves_again(wire: &mut Wire, token: &str) {
    wire.send(fresh(token)).await;
    let good = Auth { method: Some("JWT".into()), ..Auth::new(ReasonCode::Success) };
    assert_eq!(wire.answer().await, Packet::Auth(Box::new(good)));
}

#[tokio::test]
async fn a_connection_lives_on_with_a_fresh_token_and_ends_without_one() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let brief = world.natter(&["token", "ann", "--ttl", "2s"]).await;
    let brief = brief.trim();
    let (mut renews, connack) = showing(world.device("ann", "phone"), brief).arrive().await;
    assert_eq!(connack.properties.authentication_method.as_deref(), Some("JWT"));
    proves_again(&mut renews, &world.token("ann")).await;
    // Came in by the password field: this one may not, and nothing else would prolong it. [MQTT5-4.12.0-7]
    let (mut stays, connack) = world.device("ann", "desk").password(brief).arrive().await;
    assert_eq!(connack.properties.authentication_method, None);
    stays.ends_with(ReasonCode::MaximumConnectTime).await;
    // A connection ends somewhere in the last tenth of its token, so the other one may have had a little longer: until the
    // token is over, which nobody is told.
    let over = async {
        while showing(world.device("ann", "door"), brief).try_arrive().await.expect("a CONNACK").1.code
            != ReasonCode::NotAuthorized
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    within("the token to be over", over).await;
    renews.is_quiet().await;
}

#[tokio::test]
async fn a_token_that_was_replaced_may_be_ended() {
    let mut world = World::start().await;
    world.users(["ann"]).await;
    let mut renews = showing(world.device("ann", "phone"), &world.token("ann")).connect().await;
    let mut stays = showing(world.device("ann", "desk"), &world.token("ann")).connect().await;
    let (old, new) = (World::password("ann"), "ann drinks coffee");
    let asked = json!({"user": "ann", "password": old, "device": "phone"});
    let login = world.asks("ann", "POST", "/v1/login", asked).await;
    let access = login["access_token"].as_str().expect("a token").to_owned();
    proves_again(&mut renews, &access).await;

    let asked = json!({"current": old, "new": new});
    let client = reqwest::Client::new().post(format!("http://{}/v1/me/password", world.http));
    let answer = client.bearer_auth(&access).json(&asked).send().await.expect("the server answers");
    assert!(answer.status().is_success(), "{answer:?}");
    stays.ends_with(ReasonCode::NotAuthorized).await;
    renews.is_quiet().await;
}

#[tokio::test]
async fn who_shows_what_is_no_good_is_out() {
    let mut world = World::start().await;
    world.users(["ann", "bo"]).await;
    for (token, code) in
        [("guess".to_owned(), ReasonCode::NotAuthorized), (world.token("bo"), ReasonCode::NotAuthorized)]
    {
        let mut ann = showing(world.device("ann", "phone"), &world.token("ann")).connect().await;
        ann.send(fresh(&token)).await;
        ann.ends_with(code).await;
    }
    let mut plain = world.device("ann", "phone").connect().await;
    plain.send(fresh(&world.token("ann"))).await;
    plain.ends_with(ReasonCode::ProtocolError).await;
    assert_eq!(showing(world.device("ann", "phone"), "guess").is_refused().await, ReasonCode::NotAuthorized);
    let mut other = showing(world.device("ann", "phone"), &world.token("ann"));
    other.hello.authentication_method = Some("SCRAM-SHA-256".into());
    assert_eq!(other.is_refused().await, ReasonCode::BadAuthenticationMethod);
}
