//! Enhanced authentication: a proof by a method, and a fresh one on the same connection. `[MQTT5-4.12]`

use crate::stage::*;
use broker::application::Farewell;
use mqtt::ReasonCode;
use mqtt::packet::{Auth, Connect, Packet, Version};
use std::time::{Duration, SystemTime};

fn knocking(client_id: &str) -> Connect {
    Connect { authentication_method: Some(METHOD.into()), ..hello(Version::V5, client_id) }
}

fn auth(code: ReasonCode, method: &str) -> Packet {
    let data = Some(bytes::Bytes::from_static(b"knock knock"));
    Packet::Auth(Box::new(Auth { method: Some(method.into()), data, ..Auth::new(code) }))
}

fn again() -> Packet {
    auth(ReasonCode::Reauthenticate, METHOD)
}

/// What a client hears when its fresh proof is good: the method, and nothing of the proof. `[MQTT5-4.12.0-5]`
fn is_good() -> Packet {
    Packet::Auth(Box::new(Auth { method: Some(METHOD.into()), ..Auth::new(ReasonCode::Success) }))
}

#[tokio::test]
async fn a_method_that_nobody_knows_is_refused_as_such() {
    let mut stage = Stage::start().await;
    let connect = Connect { authentication_method: Some("SCRAM-SHA-256".into()), ..knocking("phone") };
    let (mut client, connack) = Client::try_connect(stage.address, connect).await;
    assert_eq!(connack.code, ReasonCode::BadAuthenticationMethod);
    assert_eq!(connack.properties.authentication_method, None);
    client.ends().await;
    assert!(stage.heard_nothing_more());
}

#[tokio::test]
async fn connack_names_the_method_that_connect_named_and_no_other() {
    let stage = Stage::start().await;
    for (connect, method) in [(knocking("phone"), Some(METHOD)), (hello(Version::V5, "desk"), None)] {
        let (_, connack) = Client::try_connect(stage.address, connect).await;
        assert_eq!(connack.code, ReasonCode::Success);
        assert_eq!(connack.properties.authentication_method.as_deref(), method);
    }
}

#[tokio::test]
async fn a_fresh_proof_is_checked_while_messages_go_on() {
    let mut stage = Stage::start().await;
    let (mut client, arrival) = stage.client(knocking("phone")).await;
    client.send_all([again(), Packet::Pingreq]).await;
    let Heard::Reauthenticating(auth, decides) = stage.heard().await else { panic!("not a proof") };
    assert_eq!(auth.data.as_deref(), Some(&b"knock knock"[..]));
    offer(&arrival.outbound, 1..3);
    assert_eq!(position(&client.message().await), 1);
    assert_eq!(position(&client.message().await), 2);
    decides.send(Ok(None)).unwrap();
    assert_eq!(client.next().await, is_good());
    assert_eq!(client.next().await, Packet::Pingresp);
    // And as often as it likes.
    client.send(again()).await;
    let Heard::Reauthenticating(_, decides) = stage.heard().await else { panic!("not a proof") };
    decides.send(Ok(None)).unwrap();
    assert_eq!(client.next().await, is_good());
}

#[tokio::test]
async fn the_connection_ends_with_the_proof_that_came_last() {
    let mut stage =
        Stage::playing(Script { expires_in: Some(Duration::from_mins(5)), ..Script::default() }).await;
    let (mut client, _) = stage.client(knocking("phone")).await;
    client.send(again()).await;
    let Heard::Reauthenticating(_, decides) = stage.heard().await else { panic!("not a proof") };
    decides.send(Ok(Some(SystemTime::now() + Duration::from_millis(200)))).unwrap();
    assert_eq!(client.next().await, is_good());
    client.ends_with(ReasonCode::MaximumConnectTime).await;
}

#[tokio::test]
async fn a_fresh_proof_that_is_not_good_ends_the_connection() {
    let mut stage = Stage::start().await;
    let (mut client, _) = stage.client(Connect { will: will(), ..knocking("phone") }).await;
    client.send(again()).await;
    let Heard::Reauthenticating(_, decides) = stage.heard().await else { panic!("not a proof") };
    decides.send(Err(ReasonCode::NotAuthorized)).unwrap();
    client.ends_with(ReasonCode::NotAuthorized).await;
    let departure = stage.departure().await;
    assert_eq!(departure.farewell, Farewell::Ended(ReasonCode::NotAuthorized));
    assert!(departure.will.is_some());
}

#[tokio::test]
async fn a_proof_that_runs_out_while_a_fresh_one_is_checked_ends_the_connection() {
    let mut stage =
        Stage::playing(Script { expires_in: Some(Duration::from_millis(200)), ..Script::default() }).await;
    let (mut client, _) = stage.client(knocking("phone")).await;
    client.send(again()).await;
    let Heard::Reauthenticating(_, _undecided) = stage.heard().await else { panic!("not a proof") };
    client.ends_with(ReasonCode::MaximumConnectTime).await;
}

#[tokio::test]
async fn auth_out_of_place_breaks_the_protocol() {
    let mut stage = Stage::start().await;
    let cases = [
        // [MQTT5-4.12.0-7]: CONNECT named no method.
        (hello(Version::V5, "phone"), again()),
        // [MQTT5-4.12.1-1]: another method than that of CONNECT.
        (knocking("phone"), auth(ReasonCode::Reauthenticate, "SCRAM-SHA-256")),
        // [MQTT5-4.12.0-3]: it goes on with what nobody asked for.
        (knocking("phone"), auth(ReasonCode::ContinueAuthentication, METHOD)),
        // [MQTT5-3.15.2-1]: this is the server's to say.
        (knocking("phone"), auth(ReasonCode::Success, METHOD)),
        // [MQTT5-3.15.2.2.2]
        (knocking("phone"), Packet::Auth(Box::new(Auth::new(ReasonCode::Reauthenticate)))),
    ];
    for (connect, packet) in cases {
        let (mut client, _) = stage.client(connect).await;
        client.send(packet).await;
        client.ends_with(ReasonCode::ProtocolError).await;
        let Heard::Gone(departure) = stage.heard().await else { panic!("the application was asked") };
        assert_eq!(departure.farewell, Farewell::Broke(ReasonCode::ProtocolError));
    }
}
