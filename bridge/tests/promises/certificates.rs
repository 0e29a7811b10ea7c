//! A certificate in place of a password.

use crate::company::{Company, handle};
use crate::credentials::{PASSWORD, ann_and_bo};
use crate::device::{Device, Manner};
use broker::application::{Application, ConnectRefusal, Identity, Introduction};
use broker::port::Certified;
use bytes::Bytes;
use mqtt::ReasonCode;
use mqtt::packet::{Connect, Password, Version};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime};

fn connect(client_id: &str, user: Option<&str>, password: Option<&'static str>) -> Connect {
    let mut connect = Connect::new(Version::V5, client_id);
    connect.user_name = user.map(str::to_owned);
    connect.password = password.map(|text| Password(Bytes::from_static(text.as_bytes())));
    connect
}

fn end() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800)
}

impl Company {
    /// Who sends this, with a certificate that names somebody.
    async fn certified(&self, named: &str, connect: &Connect) -> Result<Identity, ConnectRefusal> {
        let user = (!named.is_empty()).then(|| named.into());
        let certified = Certified { user, expires_at: end() };
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        self.bridge.authenticate(Introduction { connect, peer, certified: Some(&certified) }).await
    }

    async fn comes_certified(&self, named: &str, client_id: &str) -> Device {
        let identity = self.certified(named, &connect(client_id, None, None)).await.unwrap();
        self.sit_down(identity, client_id, &Manner::default()).await.unwrap().begin()
    }
}

#[tokio::test]
async fn a_certificate_is_who_it_names_until_it_ends() {
    let company = ann_and_bo().await;
    for user in [None, Some("ann")] {
        let identity = company.certified("ann", &connect("phone", user, None)).await.unwrap();
        assert_eq!((&*identity.user, identity.known, identity.expires_at), ("ann", true, Some(end())));
    }
    company.bridge.add_service(&handle("bridge")).await.unwrap();
    assert_eq!(&*company.certified("bridge", &connect("x", None, None)).await.unwrap().user, "bridge");
}

#[tokio::test]
async fn a_certificate_lets_nobody_else_in() {
    let company = ann_and_bo().await;
    let (_, _) = company.device_token("ann", "lamp").await;
    company.bridge.deactivate(&handle("bo")).await.unwrap();
    for (named, connect, code) in [
        ("ann", connect("phone", Some("bo"), None), ReasonCode::NotAuthorized),
        ("ann", connect("phone", Some(""), None), ReasonCode::NotAuthorized),
        ("cy", connect("phone", None, None), ReasonCode::NotAuthorized),
        ("An Authority of Ann", connect("phone", None, None), ReasonCode::NotAuthorized),
        ("", connect("phone", None, None), ReasonCode::NotAuthorized),
        ("", connect("phone", Some("ann"), None), ReasonCode::NotAuthorized),
        ("bo", connect("phone", None, None), ReasonCode::Banned),
        // A device with a token comes in by nothing else.
        ("ann", connect("lamp", None, None), ReasonCode::ClientIdentifierNotValid),
    ] {
        let said = format!("{named}: {connect:?}");
        assert_eq!(company.certified(named, &connect).await.unwrap_err().code, code, "{said}");
    }
}

#[tokio::test]
async fn a_password_beside_a_certificate_is_what_counts() {
    let company = ann_and_bo().await;
    let bo = company.certified("ann", &connect("phone", Some("bo"), Some(PASSWORD))).await.unwrap();
    assert_eq!((&*bo.user, bo.expires_at), ("bo", None));
    let wrong = company.certified("ann", &connect("phone", Some("ann"), Some("guess"))).await;
    assert_eq!(wrong.unwrap_err().code, ReasonCode::BadUserNameOrPassword);
}

#[tokio::test]
async fn who_came_by_certificate_is_shown_out_with_the_account() {
    let company = ann_and_bo().await;
    let mut ann = company.comes_certified("ann", "phone").await;
    let bo = company.comes_certified("bo", "phone").await;
    company.bridge.deactivate(&handle("ann")).await.unwrap();
    ann.ended().await;
    assert!(!bo.is_ended());
}
