//! What a person is promised who writes of apps.

use super::*;
use crate::config::Config;
use push_worker::{ProviderName, Providers, VapidKey};
use secrecy::ExposeSecret;
use tempfile::TempDir;

const EXAMPLE: &str = include_str!("../../../../natter.example.toml");

/// An app with each provider, its keys in these files.
const APP: &str = r#"[push.apps.chat]
title = "Chat"
[push.apps.chat.apns]
topic = "org.example.chat"
team = "ABCDE12345"
key_id = "FGHIJ67890"
key = "a.p8"
[push.apps.chat.web]
key = "vapid.key"
subject = "mailto:ops@example.org"
"#;

fn checked(text: &str) -> Result<Push, String> {
    let mut written = Written::default();
    let config = written.lay_file(Path::new("natter.toml"), text).and_then(|()| Config::check(written));
    config.map(|(config, _)| config.push).map_err(|error| error.to_string())
}

/// What the example shows of an app, as somebody would write it.
fn example() -> String {
    let (_, shown) = EXAMPLE.split_once("#     [push.apps.natter]").expect("an app is shown");
    let lines = shown.lines().map_while(|line| line.strip_prefix('#').or(line.is_empty().then_some("")));
    format!("[push.apps.natter]{}", lines.map(|line| format!("{}\n", line.trim())).collect::<String>())
}

#[test]
fn the_example_of_an_app_has_each_of_its_settings_and_is_taken() {
    let mut written = Written::default();
    written.lay_file(Path::new("natter.toml"), &example()).unwrap();
    let asked = std::cell::RefCell::new(Vec::new());
    let apps = written.take_named("push.apps", |name, w| {
        let app = app::read(name, w)?;
        asked.borrow_mut().extend_from_slice(w.asked());
        Ok(app)
    });
    let words = format!("{:?}", apps.unwrap());
    for part in ["org.example.natter", "AuthKey_FGHIJ67890.p8", "natter-of-example", "NATTER_VAPID_KEY"] {
        assert!(words.contains(part), "{part} {words}");
    }
    assert!(asked.borrow().len() == 6);
    for name in asked.take() {
        let line = [format!("\n{name} = "), format!("\n[push.apps.natter.{name}]")];
        assert!(line.iter().any(|line| example().contains(line)), "{name}");
    }
}

#[test]
fn a_mistake_is_answered_with_its_line_its_app_and_its_setting() {
    let app = "[push.apps.chat]\nlog = true\n";
    for (text, words) in [
        (
            "[push]\napps = 7\n".to_owned(),
            "natter.toml:2: `push.apps` can't be `what is written here`; write a section [push.apps]",
        ),
        (
            "[push.apps]\nchat = 7\n".to_owned(),
            "natter.toml:2: `push.apps.chat` can't be `what is written here`; write a section [push.apps.chat]",
        ),
        (
            "[push.apps.chat]\n".to_owned(),
            "nobody tells devices of the app `chat`; write [push.apps.chat.apns]",
        ),
        ("[push.apps.\"a b\"]\nlog = true\n".to_owned(), "`push.apps` can't have an app `a b`"),
        (
            format!("{app}tilte = \"x\"\n"),
            "natter.toml:3: there is no setting `push.apps.chat.tilte`; did you mean `push.apps.chat.title`?",
        ),
        (
            APP.replace("team", "teem"),
            "`push.apps.chat.apns.team` is missing; write the 10 letters and figures that Apple gave it",
        ),
        (
            format!("{APP}silent = 1\n"),
            "natter.toml:11: `push.apps.chat.web.silent` can't be `1`; write true or false",
        ),
        (
            APP.replace("\"org.example.chat\"", "7"),
            "natter.toml:4: `push.apps.chat.apns.topic` can't be `7`; write the bundle id",
        ),
        (format!("{app}[push.apps.chat.fcm]\n"), "`push.apps.chat.fcm.account` is missing; write the path"),
        (
            APP.replace("mailto:", ""),
            "natter.toml:10: `push.apps.chat.web.subject` can't be `ops@example.org`",
        ),
        (
            "[push]\nfcm_address = \"http://localhost\"\n".to_owned(),
            "natter.toml:2: `push.fcm_address` can't be `http://localhost`; write an address",
        ),
    ] {
        let error = checked(&text).unwrap_err();
        assert!(error.contains(words), "{text}{error}");
    }
}

#[test]
fn a_key_that_is_written_where_its_place_should_be_is_refused_and_not_shown() {
    let vapid = VapidKey::generate().private.expose_secret().to_owned();
    for key in [
        "-----BEGIN PRIVATE KEY-----MIGHAgEA",
        "{ \\\"private_key\\\": \\\"planted\\\" }",
        &vapid,
        "planted\\nplanted",
        "${PLANTED KEY}",
        "",
    ] {
        let error = checked(&APP.replace("a.p8", key)).unwrap_err();
        let words =
            "natter.toml:7: `push.apps.chat.apns.key` can't be `what is written here`; write the path";
        assert!(error.starts_with(words), "{error}");
    }
    let error = checked("[push]\nproxy = \"ann:planted@proxy\"\n").unwrap_err();
    assert!(error.contains("`push.proxy`") && !error.contains("planted"), "{error}");
}

#[test]
fn keys_come_from_files_and_variables_and_one_that_does_not_is_told_with_app_and_setting() {
    let folder = TempDir::new().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let vapid = put("vapid.key", &format!("{}\n", VapidKey::generate().private.expose_secret()));
    let web = "[push.apps.page.web]\nsubject = \"mailto:ops@example.org\"\nkey = ";
    let push = checked(&format!("{web}\"{vapid}\"\n")).unwrap();
    let providers = Providers::open(&push.settings().unwrap()).unwrap();
    assert!(providers.has("page", ProviderName::Web) && !providers.has("page", ProviderName::Log));

    let refused =
        |key: &str| checked(&format!("{web}\"{key}\"\n")).unwrap().settings().unwrap_err().to_string();
    let error = refused("/no/such.key");
    assert!(
        error.starts_with("`push.apps.page.web.key`: cannot read `/no/such.key`: No such file"),
        "{error}"
    );
    assert_eq!(
        refused("${NATTER_NO_SUCH_KEY}"),
        "`push.apps.page.web.key`: there is no variable NATTER_NO_SUCH_KEY in the environment"
    );
    // Every environment has it, and it is no key.
    let push = checked(&format!("{web}\"${{PATH}}\"\n")).unwrap();
    let error = Providers::open(&push.settings().unwrap()).unwrap_err().to_string();
    assert!(error.contains("app `page`") && error.contains("`web.key`"), "{error}");
}

#[test]
fn whoever_is_trusted_and_on_the_way_is_so_for_all_who_tell() {
    let folder = TempDir::new().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, "PEM").unwrap();
    let text = format!(
        "[push]\nca = \"{}\"\nproxy = \"http://ann:planted@proxy:3128\"\nprivate_networks = [\"10.0.0.0/8\"]\n\
         apns_address = \"https://localhost:1\"\ngrace = \"3s\"\n",
        ca.display()
    );
    let push = checked(&text).unwrap();
    let settings = push.settings().unwrap();
    for reach in [&settings.apns, &settings.apns_sandbox, &settings.fcm] {
        assert_eq!(reach.authority.as_deref(), Some("PEM"));
        assert!(reach.proxy.is_some());
    }
    assert_eq!(settings.web.authority.as_deref(), Some("PEM"));
    assert_eq!((settings.apns.base.as_str(), settings.web.networks.len()), ("https://localhost:1", 1));
    assert_eq!(settings.grace, Duration::from_secs(3));
    assert!(!format!("{push:?}{settings:?}").contains("planted"));
    let error = checked("[push]\nca = \"/no/such.pem\"\n").unwrap().settings().unwrap_err().to_string();
    assert!(error.starts_with("`push.ca`: cannot read `/no/such.pem`"), "{error}");
}

#[test]
fn without_a_word_nobody_is_told_and_in_a_demo_the_log_is() {
    let mut push = checked("").unwrap();
    assert!(push.settings().unwrap().apps.is_empty());
    push.fit_demo();
    let apps = push.settings().unwrap().apps;
    assert_eq!((apps[0].name.as_str(), apps[0].log, apps.len()), ("demo", true, 1));
    let mut push = checked("[push.apps.chat]\nlog = true\n").unwrap();
    push.fit_demo();
    assert_eq!(push.settings().unwrap().apps[0].name, "chat");
}
