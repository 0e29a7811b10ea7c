//! Whatever a person does wrong is answered in one line that says what to do, with exit code 1.

use crate::natter::{Folder, refusal, text};
use std::net::TcpListener;

#[test]
fn a_second_server_on_the_same_folder_is_kept_out() {
    let folder = Folder::new();
    let server = folder.serve();
    let words = folder.refused(&["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
    assert!(words.contains("is in use by another Natter") && words.contains("--data"), "{words}");
    assert_eq!(server.get("/readyz").0, 200, "the first one goes on");
    assert!(folder.data().join("control.sock").exists(), "and can still be reached");
    assert_eq!(folder.done(&["user", "list"]), "");
}

#[test]
fn a_port_in_use_is_answered_with_the_flag_that_changes_it() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let _holder = TcpListener::bind(taken).unwrap();
    let words = folder.refused(&["serve", "--mqtt", &taken.to_string(), "--http", "127.0.0.1:0"]);
    assert!(
        words.contains(&taken.port().to_string()) && words.contains("in use") && words.contains("--mqtt"),
        "{words}"
    );
    let words = folder.refused(&["serve", "--mqtt", "127.0.0.1:0", "--http", &taken.to_string()]);
    assert!(words.contains("in use") && words.contains("--http"), "{words}");
}

#[test]
fn a_listener_that_can_not_be_is_answered_with_its_list() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let _holder = TcpListener::bind(taken).unwrap();
    std::fs::write(folder.beside("diary"), "dear diary").unwrap();
    let with = |list: &str, listen: &str| {
        let mut command = folder.command(&["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
        command.env(list, format!("[{{listen = \"{listen}\"}}]"));
        refusal(&command.output().unwrap())
    };
    for (list, name) in
        [("NATTER_MQTT__LISTENERS", "[[mqtt.listeners]]"), ("NATTER_HTTP__LISTENERS", "[[http.listeners]]")]
    {
        let words = with(list, &taken.to_string());
        assert!(words.contains("in use") && words.contains("`listen`") && words.contains(name), "{words}");
    }
    let words = with("NATTER_MQTT__LISTENERS", "unix:diary");
    assert!(words.contains("`diary` is a file and no socket"), "{words}");
    let words = with("NATTER_MQTT__LISTENERS", "unix:none/mqtt.sock");
    assert!(words.contains("cannot listen on `none/mqtt.sock`"), "{words}");
}

#[test]
fn an_address_that_is_not_ours_is_refused() {
    let folder = Folder::new();
    let words = folder.refused(&["serve", "--mqtt", "192.0.2.1:1883", "--http", "127.0.0.1:0"]);
    assert!(words.contains("192.0.2.1 is not an address of this machine"), "{words}");
}

#[test]
fn a_wrong_setting_is_refused_with_its_line() {
    let folder = Folder::new();
    std::fs::write(folder.beside("natter.toml"), "[mqtt]\n\nlisen = \"127.0.0.1:0\"\n").unwrap();
    let words = folder.refused(&["serve", "--config", "natter.toml"]);
    assert_eq!(words, "natter.toml:3: there is no setting `mqtt.lisen`; did you mean `mqtt.listen`?");
    assert!(!folder.data().exists(), "nothing was made");
}

#[test]
fn a_wrong_variable_or_flag_is_refused_by_its_name() {
    let folder = Folder::new();
    let output = folder.command(&["serve"]).env("NATTER_MQTT__WINDOW", "-1").output().unwrap();
    assert!(refusal(&output).starts_with("environment variable NATTER_MQTT__WINDOW: "));
    let words = folder.refused(&["serve", "--http", "8080"]);
    assert!(
        words.starts_with("flag --http: `http.listen` can't be `8080`; write an address and a port"),
        "{words}"
    );
    assert!(folder.refused(&["serve", "--config", "none.toml"]).contains("none.toml"));
}

#[test]
fn tls_without_a_certificate_or_with_a_broken_one_is_refused() {
    let folder = Folder::new();
    let ports = ["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    let secret = [&ports[..], &["--mqtts", "127.0.0.1:0"]].concat();
    let words = folder.refused(&secret);
    assert!(words.contains("`tls.certificate`") && words.contains("`tls.key`"), "{words}");
    let with = |certificate: &str| {
        let mut command = folder.command(&secret);
        command.env("NATTER_TLS__CERTIFICATE", certificate).env("NATTER_TLS__KEY", "key.pem");
        refusal(&command.output().unwrap())
    };
    assert!(with("none.pem").contains("cannot read `none.pem`"));
    std::fs::write(folder.beside("empty.pem"), "nothing").unwrap();
    std::fs::write(folder.beside("key.pem"), "nothing").unwrap();
    assert!(with("empty.pem").contains("`empty.pem` holds no certificate"));
    let mut command = folder.command(&ports);
    command.env("NATTER_TLS__CERTIFICATE", "empty.pem").env("NATTER_TLS__KEY", "key.pem");
    assert!(refusal(&command.output().unwrap()).contains("nobody listens with `tls.certificate`"));
}

#[test]
fn a_demo_refuses_to_listen_to_other_machines() {
    let folder = Folder::new();
    let words = folder.refused(&["serve", "--demo", "--mqtt", "0.0.0.0:0"]);
    assert!(
        words.contains("0.0.0.0:0") && words.contains("--mqtt") && words.contains("127.0.0.1"),
        "{words}"
    );
    let mut command = folder.command(&["serve", "--demo"]);
    command.env("NATTER_MQTT__LISTENERS", r#"[{listen = "[::]:0"}]"#);
    let words = refusal(&command.output().unwrap());
    assert!(words.contains("[::]:0") && words.contains("mqtt.listeners"), "{words}");
}

#[test]
fn a_folder_that_is_none_of_ours_is_not_made_by_a_question() {
    let folder = Folder::new();
    let words = folder.refused(&["user", "list"]);
    assert!(words.contains("is not a data folder of Natter") && words.contains("--data"), "{words}");
    assert!(!folder.data().exists());
}

#[test]
fn a_data_folder_that_can_not_be_made_is_named() {
    let folder = Folder::new();
    std::fs::write(folder.data(), "a file").unwrap();
    let words = folder.refused(&["serve", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
    assert!(words.contains(folder.data().to_str().unwrap()), "{words}");
}

#[test]
fn nobody_types_a_password_where_nobody_is() {
    let folder = Folder::new();
    assert!(folder.refused(&["user", "add", "ann"]).contains("--password-stdin"));
}

#[test]
fn a_name_that_is_no_handle_is_refused_before_anything_is_made() {
    let folder = Folder::new();
    let output = folder.run(&["user", "add", "Ann!", "--password", "tea"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("`Ann!` is not a handle"), "{}", text(&output.stderr));
    assert!(!folder.data().exists());
}

#[test]
fn it_knows_its_version() {
    let version = Folder::new().done(&["--version"]);
    assert_eq!(version, format!("natter {}\n", env!("CARGO_PKG_VERSION")));
}
