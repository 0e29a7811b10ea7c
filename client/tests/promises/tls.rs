//! By TLS: whom a client trusts, and how it is told otherwise.

use super::*;
use client::{Content, Tls, TlsError};
use std::path::Path;
use std::sync::Arc;
use tests::{Authority, Settings};

/// Ann and bo in the tea room of a server with TLS, and where that is.
async fn tea_by_tls(authority: &Authority) -> (World, SocketAddr) {
    let mut world = World::by_tls(Settings::default(), authority).await;
    world.room("tea", ["ann", "bo"]).await;
    let mqtts = world.address("mqtts");
    (world, mqtts)
}

fn trusting(ca: &Path) -> Tls {
    Tls::new().ca_file(ca)
}

fn by_tls(world: &World, server: SocketAddr, user: &str, tls: Tls) -> Options {
    at(server, options(world, user, "phone")).tls(tls)
}

#[tokio::test]
async fn by_tls_all_is_heard_once_also_across_a_crash_and_the_server_is_understood() {
    let authority = Authority::new();
    let (mut world, mqtts) = tea_by_tls(&authority).await;
    let connect = async |user| {
        let options = by_tls(&world, mqtts, user, trusting(&authority.file()));
        within(format!("{user} to connect"), Client::connect(options)).await.expect("the server is trusted")
    };
    let (ann, bo) = (connect("ann").await, connect("bo").await);
    let events = bo.said();
    assert!(!is_up(&events).await);
    ann.say(&handle("tea"), Content::text("the kettle is on")).await.unwrap();
    takes(&events, "the kettle is on").await;

    world.kill_9();
    let (why, again) = is_down(&events).await;
    assert!(matches!(why, Offline::Lost(_)) && again.is_some(), "{why}");
    let meanwhile = ann.say(&handle("tea"), Content::text("said meanwhile"));
    world.restart().await;
    meanwhile.await.unwrap();
    takes(&events, "said meanwhile").await;
    let (_, down) = tokio::join!(world.terminate(), is_down(&events));
    assert_eq!(down.0, Offline::Ended("ServerShuttingDown".to_owned()));
    assert!(down.1 >= Some(Duration::from_millis(500)), "it is told how long to stay away: {:?}", down.1);
}

#[tokio::test]
async fn a_large_message_goes_through_tls_whole() {
    let authority = Authority::new();
    let (world, mqtts) = tea_by_tls(&authority).await;
    let options = |user| by_tls(&world, mqtts, user, trusting(&authority.file()));
    let (ann, bo) =
        (Client::connect(options("ann")).await.unwrap(), Client::connect(options("bo")).await.unwrap());
    let words = "x".repeat(60_000);
    let said: Vec<_> = (0..20).map(|_| ann.say(&handle("tea"), Content::text(words.clone()))).collect();
    let events = bo.said();
    for said in said {
        said.await.unwrap();
        takes(&events, &words).await;
    }
}

#[tokio::test]
async fn a_server_that_is_not_to_be_trusted_is_told_by_what_is_wrong_with_it() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (world, mqtts) = tea_by_tls(&authority).await;
    let refused = async |server, tls| {
        let options = at(server, options(&world, "ann", "phone")).tls(tls);
        match within("an answer", Client::connect(options)).await {
            Err(Offline::Tls(why)) => why,
            otherwise => panic!("it must not be trusted, but: {otherwise:?}"),
        }
    };
    assert_eq!(refused(mqtts, trusting(&other.file())).await, TlsError::UnknownAuthority);
    // The system does not trust an authority of a moment.
    assert!(matches!(
        refused(mqtts, Tls::new()).await,
        TlsError::UnknownAuthority | TlsError::NobodyTrusted(_)
    ));
    assert_eq!(refused(world.mqtt, trusting(&authority.file())).await, TlsError::NotSpoken);
    for (name, held) in [("none.pem", None), ("empty.pem", Some("nothing"))] {
        let ca = authority.file().with_file_name(name);
        if let Some(held) = held {
            std::fs::write(&ca, held).unwrap();
        }
        let why = refused(mqtts, trusting(&ca)).await;
        assert!(matches!(&why, TlsError::File { file, .. } if *file == ca), "{why}");
    }
    authority.signs_for(&["elsewhere.example"]);
    world.server().signal("HUP");
    let why = refused(mqtts, trusting(&authority.file())).await;
    assert!(matches!(&why, TlsError::WrongName(words) if words.contains("elsewhere.example")), "{why}");
}

#[tokio::test]
async fn a_client_that_goes_on_is_told_each_time_and_connects_once_the_server_is_trusted() {
    let (authority, other) = (Authority::new(), Authority::new());
    let (world, mqtts) = tea_by_tls(&authority).await;
    let ca = authority.file().with_file_name("trusted.pem");
    std::fs::copy(other.file(), &ca).unwrap();
    let bo = Client::start(by_tls(&world, mqtts, "bo", trusting(&ca))).await.unwrap();
    let events = bo.said();
    for _ in 0..2 {
        let (why, again) = is_down(&events).await;
        assert_eq!((why, again.is_some()), (Offline::Tls(TlsError::UnknownAuthority), true));
    }
    std::fs::copy(authority.file(), &ca).unwrap();
    assert!(!is_up(&events).await);
}

#[tokio::test]
async fn what_was_made_of_the_files_stays_until_they_hold_something_else() {
    let (authority, other) = (Authority::new(), Authority::new());
    let tls = trusting(&authority.file());
    let [first, second] = [tls.config().await.unwrap(), tls.clone().config().await.unwrap()];
    assert!(Arc::ptr_eq(&first, &second), "a reconnect has the tickets of the connection before it");
    std::fs::copy(other.file(), authority.file()).unwrap();
    assert!(!Arc::ptr_eq(&first, &tls.config().await.unwrap()));
}

#[tokio::test]
async fn a_certificate_says_who_a_device_is_and_a_renewed_one_is_shown_by_itself() {
    let authority = Authority::new();
    let listener = format!("[{{listen = \"127.0.0.1:0\", tls = true, client_ca = {:?}}}]", authority.file());
    let settings = Settings::default().certificate(&authority).set("mqtt.listeners", &listener);
    let mut world = World::with(settings).await;
    world.room("tea", ["ann", "bo"]).await;
    let (certificate, key) = authority.client("ann");
    let tls = trusting(&authority.file()).certificate(&certificate, &key);
    let certified = |user| {
        let options = Options::certified(handle(user), tls.clone(), "phone")
            .server("localhost", world.address("mqtt-1").port());
        options.reconnect(COME_BACK, COME_BACK)
    };
    let ann = within("ann to connect", Client::connect(certified("ann"))).await.unwrap();
    let receipt = ann.say(&handle("tea"), Content::text("the kettle is on")).await.unwrap();
    assert!(!receipt.duplicate);
    assert_eq!(Client::connect(certified("bo")).await.err(), Some(Offline::NotAuthorized), "it is ann's");

    let nobody =
        at(world.address("mqtt-1"), options(&world, "ann", "tablet")).tls(trusting(&authority.file()));
    let why = within("an answer", Client::connect(nobody)).await.err();
    assert!(
        matches!(&why, Some(Offline::Tls(TlsError::NotAgreed(_)))),
        "a token opens no such port: {why:?}"
    );

    // In the place of ann's stands bo's.
    let (bos, bos_key) = authority.client("bo");
    std::fs::copy(bos, &certificate).unwrap();
    std::fs::copy(bos_key, &key).unwrap();
    within("bo to connect", Client::connect(certified("bo"))).await.unwrap();
}
