//! What devices come in with, and that they are out when it is over.

use crate::company::{Company, PATIENCE, handle};
use crate::device::{Device, Manner};
use bridge::identity::{Caller, Scope, Scopes};
use bridge::{AccountError, Config, Registration};
use broker::application::{Application, ConnectRefusal, Identity, Introduction};
use bytes::Bytes;
use chat::{Act, Seq, Timestamp};
use mqtt::ReasonCode;
use mqtt::packet::{Connect, Password, Qos, Version, Will, WillProperties};
use secrecy::{ExposeSecret, SecretString};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use store::{Parting, Store as _};

pub(crate) const PASSWORD: &str = "tea at four";

pub(crate) fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

/// Ann and bo with a password, who may log in.
pub(crate) async fn ann_and_bo() -> Company {
    let config = Config { registration: Registration::Open, ..Config::default() };
    let mut company = Company::with(&[], config).await;
    for name in ["ann", "bo"] {
        company.bridge.register(&handle(name), secret(PASSWORD), None).await.unwrap();
    }
    company.know_everybody().await;
    company
}

impl Company {
    pub(crate) async fn introduce(
        &self,
        who: &str,
        client_id: &str,
        proof: &str,
    ) -> Result<Identity, ConnectRefusal> {
        let mut connect = Connect::new(Version::V5, client_id);
        connect.user_name = Some(who.to_owned());
        connect.password = Some(Password(Bytes::copy_from_slice(proof.as_bytes())));
        let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        self.bridge.authenticate(Introduction { connect: &connect, peer, certified: None }).await
    }

    /// The code of the refusal.
    async fn refused(&self, who: &str, client_id: &str, proof: &str) -> ReasonCode {
        self.introduce(who, client_id, proof).await.unwrap_err().code
    }

    /// Connects with this proof.
    pub(crate) async fn come_in(&self, who: &str, client_id: &str, proof: &str) -> Device {
        let identity = self.introduce(who, client_id, proof).await.unwrap();
        self.sit_down(identity, client_id, &Manner::default()).await.unwrap().begin()
    }

    pub(crate) async fn device_token(&self, who: &str, device: &str) -> (store::CredentialId, String) {
        let user = self.bridge.user(&handle(who)).await.unwrap().id;
        let given = self.bridge.add_device_token(user, device.into(), String::new(), None).await.unwrap();
        (given.credential.id, given.secret.expose_secret().to_owned())
    }

    pub(crate) async fn log_in(&self, who: &str, device: &str) -> bridge::LoggedIn {
        let device = Some(device.to_owned());
        self.bridge.log_in(&handle(who), &secret(PASSWORD), device, None).await.unwrap()
    }

    /// A device of ann's is let in by a token that is ended before it has its seat.
    async fn refuse_on_its_way(&self, device: &str, token: &str, id: store::CredentialId, manner: &Manner) {
        let checked = self.introduce("ann", device, token).await.unwrap();
        let ann = self.bridge.user(&handle("ann")).await.unwrap().id;
        self.bridge.end_credential(ann, id).await.unwrap();
        let refused = self.sit_down(checked, device, manner).await.err().unwrap();
        assert_eq!(refused.code, ReasonCode::NotAuthorized);
    }

    /// What was said in a room, as it stands.
    async fn said(&self, room: &str) -> Vec<String> {
        let room = self.room_id(room).await;
        let log = self.store.read(room, Seq(0), Seq(u64::MAX), 100, Timestamp(0)).await.unwrap();
        let said = log.into_iter().filter_map(|entry| match entry.act {
            Act::Said(content) => Some(String::from_utf8(content.body.to_vec()).unwrap()),
            Act::Recalled => Some("recalled".to_owned()),
            _ => None,
        });
        said.collect()
    }

    pub(crate) async fn caller(&self, proof: &str) -> Caller {
        self.bridge.caller(proof).await.unwrap()
    }
}

#[tokio::test]
async fn a_devices_token_lets_that_device_in_and_no_other() {
    let company = ann_and_bo().await;
    let (_, token) = company.device_token("ann", "lamp").await;
    assert_eq!(&*company.introduce("ann", "lamp", &token).await.unwrap().user, "ann");
    assert_eq!(company.refused("ann", "door", &token).await, ReasonCode::ClientIdentifierNotValid);
    assert_eq!(company.refused("bo", "lamp", &token).await, ReasonCode::BadUserNameOrPassword);
    let other = if token.ends_with('A') { 'E' } else { 'A' };
    let guess = format!("{}{other}", &token[..token.len() - 1]);
    assert_eq!(company.refused("ann", "lamp", &guess).await, ReasonCode::BadUserNameOrPassword);
}

#[tokio::test]
async fn nothing_takes_the_place_of_a_device_that_has_a_token() {
    let company = ann_and_bo().await;
    company.device_token("ann", "lamp").await;
    assert_eq!(company.refused("ann", "lamp", PASSWORD).await, ReasonCode::ClientIdentifierNotValid);
    company.introduce("ann", "desk", PASSWORD).await.unwrap();
    company.introduce("bo", "lamp", PASSWORD).await.unwrap();
    let signed = company.bridge.token(&handle("ann"), Duration::from_mins(1)).await.unwrap();
    assert_eq!(company.refused("ann", "lamp", &signed).await, ReasonCode::ClientIdentifierNotValid);
    let taken = company.bridge.log_in(&handle("ann"), &secret(PASSWORD), Some("lamp".into()), None).await;
    assert!(matches!(taken, Err(AccountError::DeviceTaken(_))), "{taken:?}");
}

#[tokio::test]
async fn a_revoked_token_ends_its_connection_and_no_other() {
    let company = ann_and_bo().await;
    let (id, token) = company.device_token("ann", "lamp").await;
    let mut lamp = company.come_in("ann", "lamp", &token).await;
    let desk = company.come_in("ann", "desk", PASSWORD).await;
    let bo = company.come_in("bo", "lamp", PASSWORD).await;
    let ann = company.bridge.user(&handle("ann")).await.unwrap().id;
    company.bridge.end_credential(ann, id).await.unwrap();
    lamp.ended().await;
    assert!(!desk.is_ended() && !bo.is_ended());
    assert_eq!(company.refused("ann", "lamp", &token).await, ReasonCode::BadUserNameOrPassword);
    let again = company.bridge.end_credential(ann, id).await;
    assert!(matches!(again, Err(AccountError::NoSuchCredential)));
}

#[tokio::test]
async fn a_device_whose_token_is_revoked_on_its_way_in_gets_no_seat() {
    let company = ann_and_bo().await;
    let (id, token) = company.device_token("ann", "lamp").await;
    company.refuse_on_its_way("lamp", &token, id, &Manner::default()).await;
}

#[tokio::test]
async fn a_device_that_gets_no_seat_is_away_as_it_was_before() {
    let company = ann_and_bo().await;
    company.room("tea", &["ann", "bo"]).await;
    let (id, token) = company.device_token("ann", "lamp").await;
    let lamp = company.come_in("ann", "lamp", &token).await;
    lamp.subscribe("plain/rooms/+/said").await;
    lamp.vanish().await;
    company.refuse_on_its_way("lamp", &token, id, &Manner::default()).await;
    company.say("bo", "tea", "are you there?").await;
    let mut lamp = company.come_in("ann", "lamp", PASSWORD).await;
    assert!(lamp.session_present);
    assert_eq!(lamp.take().await.payload, "are you there?");
    lamp.vanish().await;

    let (id, token) = company.device_token("ann", "lamp").await;
    company.refuse_on_its_way("lamp", &token, id, &Manner::default()).await;
    let (id, token) = company.device_token("ann", "door").await;
    company.refuse_on_its_way("door", &token, id, &Manner::default()).await;
    // The lamp's session runs out in its time, and the door never had one.
    let long_after = Timestamp(store::stored::now().0 + 2 * 3_600_000);
    assert_eq!(company.store.expire_sessions(long_after, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_earlier_will_is_said_even_if_who_ended_it_gets_no_seat() {
    let company = ann_and_bo().await;
    company.room("tea", &["ann", "bo"]).await;
    let mut bo = company.come_in("bo", "phone", PASSWORD).await;
    bo.subscribe("plain/rooms/+/said").await;
    let (id, token) = company.device_token("ann", "lamp").await;
    let will = Will {
        topic: "rooms/tea/say".into(),
        payload: "ann is gone".into(),
        qos: Qos::AtLeastOnce,
        retain: false,
        properties: WillProperties::default(),
    };
    let identity = company.introduce("ann", "lamp", &token).await.unwrap();
    let manner = Manner { will: Some(will.into()), ..Manner::default() };
    company.sit_down(identity, "lamp", &manner).await.unwrap().begin().forget();
    company.refuse_on_its_way("lamp", &token, id, &Manner { clean_start: true, ..Manner::default() }).await;
    assert_eq!(bo.take().await.payload, "ann is gone");
}

#[tokio::test]
async fn a_login_gives_tokens_that_are_good_until_it_is_over() {
    let company = ann_and_bo().await;
    let first = company.log_in("ann", "phone").await;
    let access = first.access.expose_secret();
    let mut phone = company.come_in("ann", "phone", access).await;
    assert_eq!(company.refused("ann", "desk", access).await, ReasonCode::ClientIdentifierNotValid);
    let next = company.bridge.refresh(&first.refresh).await.unwrap();
    assert_eq!((next.login, next.device.as_str()), (first.login, "phone"));
    assert!(!phone.is_ended(), "to refresh ends nothing");
    let caller = company.caller(next.access.expose_secret()).await;
    assert_eq!(caller.scopes, Scopes::ALL);
    company.bridge.log_out(&caller).await.unwrap();
    phone.ended().await;
    assert_eq!(company.refused("ann", "phone", access).await, ReasonCode::BadUserNameOrPassword);
    assert!(company.bridge.refresh(&next.refresh).await.is_err());
}

#[tokio::test]
async fn a_refresh_token_that_is_used_twice_ends_its_login_and_its_connection() {
    let company = ann_and_bo().await;
    let first = company.log_in("ann", "phone").await;
    let mut phone = company.come_in("ann", "phone", first.access.expose_secret()).await;
    let tablet = company.log_in("ann", "tablet").await;
    let next = company.bridge.refresh(&first.refresh).await.unwrap();
    assert!(company.bridge.refresh(&first.refresh).await.is_err());
    phone.ended().await;
    assert!(company.bridge.refresh(&next.refresh).await.is_err(), "who had the newer one is out, too");
    company.bridge.refresh(&tablet.refresh).await.unwrap();
}

#[tokio::test]
async fn another_password_shows_out_everybody_but_who_changed_it() {
    let company = ann_and_bo().await;
    let (_, lamps) = company.device_token("ann", "lamp").await;
    let mine = company.log_in("ann", "phone").await;
    let mut lamp = company.come_in("ann", "lamp", &lamps).await;
    let mut desk = company.come_in("ann", "desk", PASSWORD).await;
    let phone = company.come_in("ann", "phone", mine.access.expose_secret()).await;
    let caller = company.caller(mine.access.expose_secret()).await;
    let wrong =
        company.bridge.change_password(&caller, &secret("guess"), secret("coffee at five"), false).await;
    assert!(matches!(wrong, Err(AccountError::NotKnown(_))));
    company
        .bridge
        .change_password(&caller, &secret(PASSWORD), secret("coffee at five"), false)
        .await
        .unwrap();
    lamp.ended().await;
    desk.ended().await;
    assert!(!phone.is_ended());
    company.introduce("ann", "desk", "coffee at five").await.unwrap();
    assert_eq!(company.refused("ann", "desk", PASSWORD).await, ReasonCode::BadUserNameOrPassword);
    company.bridge.refresh(&mine.refresh).await.unwrap();
}

#[tokio::test]
async fn who_is_deactivated_is_out_until_they_are_let_in_again() {
    let company = ann_and_bo().await;
    let (_, token) = company.device_token("ann", "lamp").await;
    let mut lamp = company.come_in("ann", "lamp", &token).await;
    let mut desk = company.come_in("ann", "desk", PASSWORD).await;
    company.bridge.deactivate(&handle("ann")).await.unwrap();
    lamp.ended().await;
    desk.ended().await;
    assert_eq!(company.refused("ann", "desk", PASSWORD).await, ReasonCode::Banned);
    assert_eq!(company.refused("ann", "desk", "guess").await, ReasonCode::BadUserNameOrPassword);
    assert_eq!(company.refused("ann", "lamp", &token).await, ReasonCode::BadUserNameOrPassword);
    company.bridge.reactivate(&handle("ann")).await.unwrap();
    company.introduce("ann", "desk", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn who_is_deleted_leaves_their_rooms_and_is_nobody_from_then_on() {
    let company = ann_and_bo().await;
    company.room("tea", &["ann", "bo"]).await;
    let mut bo = company.connect("bo", "phone").await;
    bo.subscribe("rooms/+/said").await;
    company.bridge.delete(&handle("ann"), false).await.unwrap();
    assert!(bo.take().await.payload.contains("handed_over"), "the room is bo's now");
    assert!(bo.take().await.payload.contains("left"));
    assert_eq!(company.refused("ann", "desk", PASSWORD).await, ReasonCode::BadUserNameOrPassword);
    assert!(matches!(company.bridge.user(&handle("ann")).await, Err(AccountError::NoSuchUser(_))));
    assert_eq!(bo.say("users/ann/say", "are you there?").await.code, ReasonCode::NotAuthorized);
    let taken = company.bridge.register(&handle("ann"), secret(PASSWORD), None).await;
    assert!(matches!(taken, Err(AccountError::HandleTaken(_))));
    company.bridge.delete(&handle("ann"), false).await.unwrap();
}

#[tokio::test]
async fn who_is_erased_takes_along_what_they_said() {
    let company = ann_and_bo().await;
    company.room("tea", &["bo", "ann"]).await;
    company.say("ann", "tea", "the kettle is on").await;
    company.say("bo", "tea", "gladly").await;
    // Without it their words stay; it can be asked for afterwards.
    company.bridge.delete(&handle("ann"), false).await.unwrap();
    assert_eq!(company.said("tea").await, ["the kettle is on", "gladly"]);
    company.bridge.delete(&handle("ann"), true).await.unwrap();
    assert_eq!(company.said("tea").await, ["recalled", "gladly"]);
}

#[tokio::test]
async fn a_going_that_was_interrupted_is_finished_at_the_next_start() {
    let company = ann_and_bo().await;
    company.room("tea", &["bo", "ann"]).await;
    let mut bo = company.come_in("bo", "phone", PASSWORD).await;
    bo.subscribe("rooms/+/said").await;
    let ann = company.bridge.user(&handle("ann")).await.unwrap().id;
    assert!(company.store.people().will_part(Parting { user: ann, erase: true }).await.unwrap());
    company.say("ann", "tea", "the kettle is on").await;
    assert!(bo.take().await.payload.contains("kettle"));
    bo.vanish().await;

    let company = company.crash().await;
    let mut bo = company.come_in("bo", "phone", PASSWORD).await;
    assert!(bo.take().await.payload.contains(r#""kind":"left""#));
    // It waits for what is left of it.
    company.bridge.delete(&handle("ann"), false).await.unwrap();
    assert_eq!(company.said("tea").await, ["recalled"]);
    assert!(company.store.people().partings(1).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_link_gives_a_new_password_to_who_lost_theirs() {
    let company = ann_and_bo().await;
    let bo = company.bridge.user(&handle("bo")).await.unwrap().id;
    let mut desk = company.come_in("ann", "desk", PASSWORD).await;
    let link = company.bridge.link(bo, &handle("ann"), Duration::from_hours(1)).await.unwrap();
    let link = link.secret.expose_secret();
    let short = company.bridge.reset_password(link, secret("short")).await;
    assert!(matches!(short, Err(AccountError::Text { field: "password", .. })));
    company.bridge.reset_password(link, secret("coffee at five")).await.unwrap();
    desk.ended().await;
    company.introduce("ann", "desk", "coffee at five").await.unwrap();
    let twice = company.bridge.reset_password(link, secret("milk at six")).await;
    assert!(matches!(twice, Err(AccountError::NoSuchLink)));
}

#[tokio::test]
async fn registration_is_as_the_configuration_says() {
    for (registration, alone, invited) in [
        (Registration::Open, true, true),
        (Registration::Invitation, false, true),
        (Registration::Closed, false, true),
    ] {
        let company = Company::with(&["ann"], Config { registration, ..Config::default() }).await;
        let ann = company.bridge.user(&handle("ann")).await.unwrap().id;
        let given = company.bridge.invite(ann, 1, Duration::from_hours(1)).await.unwrap();
        let bo = company.bridge.register(&handle("bo"), secret(PASSWORD), None).await;
        assert_eq!(bo.is_ok(), alone, "{registration:?}");
        let invitation = given.secret.expose_secret();
        let cy = company.bridge.register(&handle("cy"), secret(PASSWORD), Some(invitation)).await;
        assert_eq!(cy.is_ok(), invited, "{registration:?}");
        let dee = company.bridge.register(&handle("dee"), secret(PASSWORD), Some(invitation)).await;
        assert!(matches!(dee, Err(AccountError::NotInvited)), "it was for one");
    }
}

#[tokio::test]
async fn a_programs_key_is_good_for_what_it_says() {
    let company = ann_and_bo().await;
    company.bridge.add_service(&handle("robot")).await.unwrap();
    let robot = handle("robot");
    let key = async |scopes: &str| {
        let scopes = scopes.parse().unwrap();
        let given = company.bridge.add_key(&robot, "one".into(), scopes, None).await.unwrap();
        given.secret.expose_secret().to_owned()
    };
    let (reads, connects) = (key("rooms:read").await, key("rooms:read mqtt").await);
    assert_eq!(company.refused("robot", "r1", &reads).await, ReasonCode::NotAuthorized);
    company.introduce("robot", "r1", &connects).await.unwrap();
    let caller = company.caller(&reads).await;
    assert!(caller.scopes.has(Scope::RoomsRead) && !caller.scopes.has(Scope::MessagesRead));
    assert!(!caller.is_admin());
    let to_ann = company.bridge.add_key(&handle("ann"), "one".into(), Scopes::ALL, None).await;
    assert!(matches!(to_ann, Err(AccountError::NotAService(_))));
}

#[tokio::test]
async fn a_programs_key_is_good_for_no_more_by_mqtt() {
    let company = ann_and_bo().await;
    company.bridge.add_service(&handle("robot")).await.unwrap();
    company.room("tea", &["ann", "robot"]).await;
    let key = async |scopes: &str| {
        let scopes = scopes.parse().unwrap();
        let given = company.bridge.add_key(&handle("robot"), "one".into(), scopes, None).await.unwrap();
        given.secret.expose_secret().to_owned()
    };
    let (reads, writes) = (key("mqtt messages:read").await, key("mqtt messages:write").await);
    let reader = company.come_in("robot", "r1", &reads).await;
    assert_eq!(reader.subscribe("rooms/+/said").await, ReasonCode::GrantedQos1);
    assert_eq!(reader.say("rooms/tea/say", "hello").await.code, ReasonCode::NotAuthorized);
    let writer = company.come_in("robot", "r2", &writes).await;
    for filter in ["rooms/+/said", "rooms/tea/said", "+/+/+"] {
        assert_eq!(writer.subscribe(filter).await, ReasonCode::NotAuthorized, "{filter}");
    }
    assert_eq!(writer.say("rooms/tea/say", "hello").await.code, ReasonCode::Success);
    let passed_on = writer.say("rooms/tea/say", r#"{"of_room":"tea","of":2}"#).await;
    assert_eq!(passed_on.code, ReasonCode::NotAuthorized, "what it can't read it passes on to nobody");
    assert_eq!(writer.subscribe("me/#").await, ReasonCode::GrantedQos1);
    // What a better key had subscribed to is not heard by a lesser one.
    reader.vanish().await;
    let mut again = company.come_in("robot", "r1", &writes).await;
    again.subscribe("me/replies").await;
    company.say("ann", "tea", "for readers").await;
    assert_eq!(again.say("rooms/nowhere/say", "hello").await.code, ReasonCode::NotAuthorized);
    assert!(again.next_ready(10).await.iter().all(|got| !got.payload.contains("for readers")));
}

impl Device {
    /// Waits until its connection is ended by the server.
    pub(crate) async fn ended(&mut self) {
        let over = async { while self.is_here().await {} };
        tokio::time::timeout(PATIENCE, over).await.expect("the connection should end");
    }
}
