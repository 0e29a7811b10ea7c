//! Clients that say by their certificate who they are.

use rcgen::SanType;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tests::{Authority, Process, Settings, World, mosquitto_at};

/// A port with certificates of clients that `signer` has signed, and `more`.
fn settings(authority: &Authority, signer: &Path, more: &str) -> Settings {
    let listener = format!("[{{listen = \"127.0.0.1:0\", tls = true, client_ca = {signer:?}{more}}}]");
    Settings::default().certificate(authority).set("mqtt.listeners", &listener)
}

/// Says something with a certificate, or without.
fn says(world: &World, authority: &Authority, files: Option<&(PathBuf, PathBuf)>, words: &[&str]) -> Process {
    let ca = authority.file().display().to_string();
    let shown = files.map(|(certificate, key)| {
        [
            "--cert".to_owned(),
            certificate.display().to_string(),
            "--key".to_owned(),
            key.display().to_string(),
        ]
    });
    let shown: Vec<&str> = shown.iter().flatten().map(String::as_str).collect();
    let said = ["--cafile", &ca, "-q", "1", "-t", "rooms/tea/say", "-m", "hello"];
    mosquitto_at(world.address("mqtt-1"), "mosquitto_pub", &[&said[..], &shown, words].concat())
}

/// Whether it was taken.
async fn is_taken(mut said: Process) -> bool {
    said.ends(Duration::from_secs(30)).await.success()
}

#[tokio::test]
async fn a_certificate_takes_the_place_of_user_name_and_password() {
    let authority = Authority::new();
    let mut world = World::with(settings(&authority, &authority.file(), "")).await;
    world.room("tea", ["ann", "bo"]).await;
    let ann = authority.client("ann");
    for version in ["311", "5"] {
        for tls in ["tlsv1.2", "tlsv1.3"] {
            let words = ["-V", version, "--tls-version", tls];
            assert!(is_taken(says(&world, &authority, Some(&ann), &words)).await, "{version} by {tls}");
        }
    }
    assert!(is_taken(says(&world, &authority, Some(&ann), &["-u", "ann"])).await);
    assert!(!is_taken(says(&world, &authority, Some(&ann), &["-u", "bo"])).await, "it is ann's");
    assert!(!is_taken(says(&world, &authority, Some(&authority.client("cy")), &[])).await, "cy is nobody");
    // A better proof counts, and the certificate opens the door all the same.
    let bo = World::password("bo");
    assert!(is_taken(says(&world, &authority, Some(&ann), &["-u", "bo", "-P", &bo])).await);
    // Required: no certificate, or one that somebody else signed, is no handshake.
    let other = Authority::new();
    for files in [None, Some(&other.client("ann"))] {
        assert!(!is_taken(says(&world, &authority, files, &["-u", "bo", "-P", &bo])).await);
    }
}

#[tokio::test]
async fn where_certificates_are_optional_a_password_does() {
    let authority = Authority::new();
    let more = ", client_certificates = \"optional\", user_from = \"san_email\", user_pattern = \"{user}@example.org\"";
    let mut world = World::with(settings(&authority, &authority.file(), more)).await;
    world.room("tea", ["ann", "bo"]).await;
    let bo = World::password("bo");
    assert!(is_taken(says(&world, &authority, None, &["-u", "bo", "-P", &bo])).await);
    assert!(!is_taken(says(&world, &authority, None, &["-u", "bo"])).await);
    let mail = |address: &str| {
        let address = address.to_owned().try_into().expect("an address");
        authority
            .client_with("anybody", |params| params.subject_alt_names = vec![SanType::Rfc822Name(address)])
    };
    assert!(is_taken(says(&world, &authority, Some(&mail("ann@example.org")), &[])).await);
    assert!(!is_taken(says(&world, &authority, Some(&mail("ann@example.com")), &[])).await);
}

#[tokio::test]
async fn who_is_deactivated_is_shown_out_and_an_authority_that_is_taken_away_lets_nobody_in() {
    let authority = Authority::new();
    let signer = authority.file().with_file_name("signer.pem");
    std::fs::copy(authority.file(), &signer).expect("it is copied");
    let mut world = World::with(settings(&authority, &signer, "")).await;
    world.room("tea", ["ann", "bo"]).await;
    world.administrator("root").await;
    let (ann, bo) = (authority.client("ann"), authority.client("bo"));
    let mut listener = listens(world.address("mqtt-1"), &authority, &ann);
    listener.wrote("Subscribed").await;
    world.natter(&["user", "deactivate", "ann"]).await;
    listener.wrote("Received DISCONNECT (152)").await;
    assert!(!is_taken(says(&world, &authority, Some(&ann), &[])).await);
    assert!(is_taken(says(&world, &authority, Some(&bo), &[])).await);

    let other = Authority::new();
    std::fs::copy(other.file(), &signer).expect("it is copied");
    world.server().signal("HUP");
    world.server_mut().wrote("new connections are shown").await;
    assert!(!is_taken(says(&world, &authority, Some(&bo), &[])).await);
    assert!(is_taken(says(&world, &authority, Some(&other.client("bo")), &[])).await);
}

fn listens(at: SocketAddr, authority: &Authority, (certificate, key): &(PathBuf, PathBuf)) -> Process {
    let [ca, certificate, key] = [&authority.file(), certificate, key].map(|file| file.display().to_string());
    let words =
        ["--cafile", &ca, "--cert", &certificate, "--key", &key, "-V", "5", "-d", "-t", "rooms/+/said"];
    mosquitto_at(at, "mosquitto_sub", &words)
}
