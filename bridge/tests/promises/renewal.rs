//! A token shown by the method `JWT`, and a fresh one on the same connection. `[MQTT5-4.12]`

use crate::company::{Company, handle};
use crate::credentials::{PASSWORD, ann_and_bo, secret};
use crate::device::{Device, Manner};
use broker::application::{Application, ConnectRefusal, Identity, Introduction};
use bytes::Bytes;
use mqtt::ReasonCode;
use mqtt::packet::{Auth, Connect, Password, Version};
use secrecy::ExposeSecret;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime};

fn showing(client_id: &str, method: &str, token: &str) -> Connect {
    let data = Some(Bytes::copy_from_slice(token.as_bytes()));
    let method = Some(method.to_owned());
    Connect {
        authentication_method: method,
        authentication_data: data,
        ..Connect::new(Version::V5, client_id)
    }
}

impl Company {
    async fn sends(&self, connect: Connect) -> Result<Identity, ConnectRefusal> {
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        self.bridge.authenticate(Introduction { connect: &connect, peer, certified: None }).await
    }

    async fn comes_showing(&self, client_id: &str, token: &str) -> Device {
        let identity = self.sends(showing(client_id, "JWT", token)).await.unwrap();
        self.sit_down(identity, client_id, &Manner::default()).await.unwrap().begin()
    }

    async fn signed(&self, who: &str) -> String {
        self.bridge.token(&handle(who), Duration::from_mins(1)).await.unwrap()
    }
}

impl Device {
    async fn shows(&self, token: &str) -> Result<Option<SystemTime>, ReasonCode> {
        let data = Some(Bytes::copy_from_slice(token.as_bytes()));
        let auth = Auth { method: Some("JWT".into()), data, ..Auth::new(ReasonCode::Reauthenticate) };
        self.bridge.reauthenticate(&self.session, &auth).await
    }
}

#[tokio::test]
async fn a_token_by_its_method_needs_no_user_name() {
    let company = ann_and_bo().await;
    let token = company.signed("ann").await;
    assert_eq!(&*company.sends(showing("phone", "JWT", &token)).await.unwrap().user, "ann");
    let named = Connect { user_name: Some("ann".into()), ..showing("phone", "JWT", &token) };
    assert_eq!(&*company.sends(named).await.unwrap().user, "ann");
    // The token is the proof: what else is said is not one, and takes nothing away.
    let password = Some(Password(Bytes::from_static(b"whatever")));
    let both = Connect { password, ..showing("phone", "JWT", &token) };
    assert_eq!(&*company.sends(both).await.unwrap().user, "ann");
}

#[tokio::test]
async fn what_is_no_good_token_by_its_method_is_refused_as_such() {
    let company = ann_and_bo().await;
    let token = company.signed("ann").await;
    let phones = company.log_in("ann", "phone").await;
    let missing = Connect { authentication_data: None, ..showing("phone", "JWT", "") };
    let bos = Connect { user_name: Some("bo".into()), ..showing("phone", "JWT", &token) };
    let password = Some(Password(Bytes::from_static(PASSWORD.as_bytes())));
    let beside = Connect { user_name: Some("ann".into()), password, ..showing("phone", "JWT", "guess") };
    let cases = [
        (missing, ReasonCode::NotAuthorized),
        (showing("phone", "JWT", &token[..token.len() - 2]), ReasonCode::NotAuthorized),
        (showing("phone", "JWT", PASSWORD), ReasonCode::NotAuthorized),
        (bos, ReasonCode::NotAuthorized),
        (beside, ReasonCode::NotAuthorized),
        (showing("desk", "JWT", phones.access.expose_secret()), ReasonCode::ClientIdentifierNotValid),
        (showing("phone", "jwt", &token), ReasonCode::BadAuthenticationMethod),
        (showing("phone", "SCRAM-SHA-256", &token), ReasonCode::BadAuthenticationMethod),
    ];
    for (connect, code) in cases {
        let said = format!("{connect:?}");
        assert_eq!(company.sends(connect).await.unwrap_err().code, code, "{said}");
    }
    company.bridge.deactivate(&handle("ann")).await.unwrap();
    company.bridge.reactivate(&handle("ann")).await.unwrap();
    assert_eq!(
        company.sends(showing("desk", "JWT", &token)).await.unwrap_err().code,
        ReasonCode::NotAuthorized,
        "it was given before"
    );
}

#[tokio::test]
async fn a_fresh_token_takes_the_place_of_one_that_is_ended() {
    let company = ann_and_bo().await;
    let phone = company.comes_showing("phone", &company.signed("ann").await).await;
    let mut desk = company.comes_showing("desk", &company.signed("ann").await).await;
    let login = company.log_in("ann", "phone").await;
    let access = login.access.expose_secret();
    assert!(phone.shows(access).await.unwrap() > Some(SystemTime::now()));
    // This ends whatever ann came in with before, and keeps the login that asked for it.
    let caller = company.caller(access).await;
    let changed =
        company.bridge.change_password(&caller, &secret(PASSWORD), secret("coffee at five"), false).await;
    changed.unwrap();
    desk.ended().await;
    assert!(!phone.is_ended());
    // And it stands on the fresh one from now on.
    let mut phone = phone;
    company.bridge.log_out(&caller).await.unwrap();
    phone.ended().await;
}

#[tokio::test]
async fn a_fresh_token_is_the_same_users_and_the_same_devices() {
    let company = ann_and_bo().await;
    let phone = company.comes_showing("phone", &company.signed("ann").await).await;
    let desks = company.log_in("ann", "desk").await;
    for token in [&company.signed("bo").await, desks.access.expose_secret(), PASSWORD, ""] {
        assert_eq!(phone.shows(token).await, Err(ReasonCode::NotAuthorized));
    }
    phone.shows(&company.signed("ann").await).await.unwrap();
    // From here on this client id has a token of its own, and comes in by nothing else.
    let phones = company.log_in("ann", "phone").await;
    assert_eq!(phone.shows(&company.signed("ann").await).await, Err(ReasonCode::NotAuthorized));
    phone.shows(phones.access.expose_secret()).await.unwrap();
}
