//! What a person who writes a configuration is promised.

use super::*;

const EXAMPLE: &str = include_str!("../../../natter.example.toml");

fn checked(
    file: &str,
    environment: &[(&str, &str)],
    flags: &[(&'static str, &'static str, &str)],
) -> Result<Config, String> {
    let mut written = Written::default();
    let read = || {
        written.lay_file(Path::new("natter.toml"), file)?;
        written
            .lay_environment(environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        for (flag, key, text) in flags {
            written.lay_flag(flag, key, text);
        }
        Config::check(written).map(|(config, _)| config)
    };
    read().map_err(|error: ConfigError| error.to_string())
}

fn refusal(file: &str) -> String {
    checked(file, &[], &[]).unwrap_err()
}

#[test]
fn the_example_has_every_setting_and_its_default() {
    let mut written = Written::default();
    written.lay_file(Path::new("natter.example.toml"), EXAMPLE).unwrap();
    let mut in_file = written.names();
    let (from_file, mut known) = Config::check(written).unwrap();
    let (defaults, _) = Config::check(Written::default()).unwrap();
    in_file.sort_unstable();
    known.sort_unstable();
    assert_eq!(in_file, known);
    assert_eq!(format!("{from_file:#?}"), format!("{defaults:#?}"));
}

#[test]
fn every_setting_of_the_example_says_what_it_is() {
    let mut explained = false;
    for line in EXAMPLE.lines() {
        let is_setting = line.contains(" = ") && !line.starts_with('#');
        assert!(!is_setting || explained, "no comment above `{line}`");
        explained = line.starts_with('#');
    }
}

/// What the example shows of a listener, as somebody would write it.
fn example_of_a_listener() -> String {
    let shown = EXAMPLE.lines().filter_map(|line| line.strip_prefix("#     "));
    shown.map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_example_of_a_listener_has_each_of_its_settings_and_is_taken() {
    let mut written = Written::default();
    written.lay_file(Path::new("natter.toml"), &example_of_a_listener()).unwrap();
    let usual = tls::Usual::read(&mut Written::default()).unwrap();
    let asked = std::cell::RefCell::new(Vec::new());
    let listeners = written.take_each("mqtt.listeners", |w| {
        let one = ports::listener(w, &ports::MQTT, &usual)?;
        asked.borrow_mut().extend_from_slice(w.asked());
        Ok(one)
    });
    let listener = listeners.unwrap().remove(0);
    assert_eq!((listener.listen.to_string().as_str(), listener.most), ("[::]:8884", Some(1_000)));
    assert!(listener.tls.unwrap().clients.unwrap().required);
    assert_eq!(listener.balancers.unwrap().len(), 1);
    for name in asked.take() {
        assert!(example_of_a_listener().contains(&format!("\n{name} = ")), "{name}");
    }
}

#[test]
fn listeners_are_numbered_and_may_be_a_variable() {
    let file =
        "[[mqtt.listeners]]\nlisten = \"[::1]:1884\"\n[[mqtt.listeners]]\nlisten = \"unix:/run/x.sock\"\n";
    let names = |config: Config| {
        let ports = config.ports.each().map(|port| format!("{} {}", port.name, port.listen));
        ports.collect::<Vec<_>>()
    };
    assert_eq!(
        names(checked(file, &[], &[]).unwrap()),
        ["mqtt 127.0.0.1:1883", "mqtt-1 [::1]:1884", "mqtt-2 unix:/run/x.sock", "http 127.0.0.1:8080"]
    );
    let variable = [("NATTER_MQTT__LISTENERS", r#"[{listen = "[::1]:1885", max_connections = 5}]"#)];
    let config = checked(file, &variable, &[]).unwrap();
    assert_eq!(config.ports.mqtt[1].most, Some(5));
    assert_eq!(
        names(config),
        ["mqtt 127.0.0.1:1883", "mqtt-1 [::1]:1885", "http 127.0.0.1:8080"],
        "it overrules the file"
    );
}

#[test]
fn a_mistake_in_a_listener_is_answered_with_its_line_or_its_place() {
    let on = "[[mqtt.listeners]]\nlisten = \"127.0.0.1:1884\"\n";
    let tls = format!("[tls]\ncertificate = \"a.pem\"\nkey = \"b.pem\"\n{on}tls = true\n");
    for (file, words) in [
        (
            "[mqtt]\nlisteners = 7\n".to_owned(),
            "natter.toml:2: `mqtt.listeners` can't be `7`; write a section [[mqtt.listeners]]",
        ),
        ("[[mqtt.listeners]]\n".to_owned(), "each [[mqtt.listeners]] says where it is"),
        (
            "[[mqtt.listeners]]\nlisten = 1884\n".to_owned(),
            "natter.toml:2: `listen` can't be `1884`; write an address and a port",
        ),
        (
            "[[mqtt.listeners]]\nlisten = \"unix:\"\n".to_owned(),
            "natter.toml:2: `listen` can't be `unix:`; write a path after it",
        ),
        (
            format!("{on}{on}proxi = \"off\"\n"),
            "natter.toml:5: there is no setting `proxi`; did you mean `proxy`?",
        ),
        (
            format!("{on}proxy = \"on\"\n"),
            "natter.toml:3: `proxy` can't be `on`; write one of \"off\", \"required\"",
        ),
        (format!("{on}proxy_from = [\"home\"]\n"), "natter.toml:3: `proxy_from` can't be"),
        (
            format!("{on}proxy_from = [\"10.0.0.0/8\"]\n"),
            "the listener on 127.0.0.1:1884: `proxy_from` counts only with proxy = \"required\"",
        ),
        (format!("{on}tls = true\n"), "the listener on 127.0.0.1:1884: TLS needs `tls.certificate`"),
        (
            format!("{on}tls = true\ncertificate = \"a.pem\"\n"),
            "set both `certificate` and `key`, or neither",
        ),
        (
            format!("{on}certificate = \"a.pem\"\nkey = \"b.pem\"\n"),
            "certificates count only with tls = true",
        ),
        (format!("{on}client_ca = \"ca.pem\"\n"), "certificates count only with tls = true"),
        (format!("{tls}user_from = \"cn\"\n"), "only with `client_ca`"),
        (
            format!("{tls}client_ca = \"ca.pem\"\nuser_from = \"dn\"\n"),
            "natter.toml:8: `user_from` can't be `dn`",
        ),
        (format!("{tls}client_ca = \"ca.pem\"\nuser_pattern = \"ann\"\n"), "such as \"{user}@example.org\""),
        ("[tls]\ncertificate = \"a.pem\"\n".to_owned(), "both of them"),
        (
            "[[http.listeners]]\nlisten = \"127.0.0.1:1884\"\nclient_ca = \"ca.pem\"\n".to_owned(),
            "natter.toml:3: there is no setting `client_ca`",
        ),
    ] {
        let error = refusal(&file);
        assert!(error.contains(words), "{file}{error}");
    }
    checked(&tls, &[], &[]).unwrap();
}

#[test]
fn the_crates_are_told_their_own_defaults_when_nothing_is_written() {
    let config = Config::for_folder(Path::new("x")).unwrap();
    assert_eq!(format!("{:?}", config.bridge), format!("{:?}", bridge::Config::default()));
    assert_eq!(format!("{:?}", config.broker), format!("{:?}", broker::Config::default()));
}

#[test]
fn the_environment_overrules_the_file_and_a_flag_overrules_both() {
    let file = "[mqtt]\nlisten = \"127.0.0.1:1\"\nmax_filters = 7\n[http]\nlisten = \"127.0.0.1:2\"\n";
    let environment =
        [("NATTER_MQTT__LISTEN", "127.0.0.1:3"), ("NATTER_HTTP__LISTEN", "127.0.0.1:4"), ("NATTER_BIN", "x")];
    let config = checked(file, &environment, &[("--http", "http.listen", "127.0.0.1:5")]).unwrap();
    let [mqtt, http] = [&config.ports.mqtt, &config.ports.http].map(|ports| ports[0].listen.to_string());
    assert_eq!((mqtt.as_str(), http.as_str()), ("127.0.0.1:3", "127.0.0.1:5"));
    assert_eq!(config.broker.packets.filters, 7);
}

#[test]
fn variables_can_say_numbers_truth_texts_and_lists() {
    let environment = [
        ("NATTER_MQTT__MAX_FILTERS", "12"),
        ("NATTER_AUTH__MQTT_PASSWORD", "false"),
        ("NATTER_AUTH__TOKEN_TTL", "15m"),
        ("NATTER_LIMITS__TRUSTED", "10.0.0.7, ::1"),
        ("NATTER_STORE__RESERVE", "0"),
    ];
    let config = checked("", &environment, &[]).unwrap();
    assert_eq!(config.broker.packets.filters, 12);
    assert!(!config.bridge.mqtt_password);
    assert_eq!(config.token_ttl, Duration::from_mins(15));
    assert_eq!(config.broker.trusted.len(), 2);
    assert_eq!(config.reserve, 0);
}

#[test]
fn a_wrong_name_is_refused_with_its_line_and_the_name_that_was_meant() {
    let error = refusal("# hello\n[mqtt]\nlisten = \"127.0.0.1:1\"\nmax_paket = 1000\n");
    assert_eq!(error, "natter.toml:4: there is no setting `mqtt.max_paket`; did you mean `mqtt.max_packet`?");
    let error = refusal("[http]\nmax_packet = 1000\n");
    assert_eq!(
        error,
        "natter.toml:2: there is no setting `http.max_packet`; did you mean `mqtt.max_packet`?"
    );
    let error = refusal("[weather]\nsunshine = true\n");
    assert_eq!(error, "natter.toml:2: there is no setting `weather.sunshine`");
}

#[test]
fn a_wrong_variable_or_flag_is_refused_by_its_name() {
    let error = checked("", &[("NATTER_MQTT__LISTN", "x")], &[]).unwrap_err();
    assert_eq!(
        error,
        "environment variable NATTER_MQTT__LISTN: there is no setting `mqtt.listn`; did you mean `mqtt.listen`?"
    );
    let error = checked("", &[], &[("--mqtt", "mqtt.listen", "here")]).unwrap_err();
    assert!(error.starts_with("flag --mqtt: `mqtt.listen` can't be `here`; write an address"), "{error}");
}

#[test]
fn a_wrong_value_is_refused_with_its_line_and_a_remedy() {
    for (file, remedy) in [
        ("[mqtt]\nlisten = 1883\n", "write an address and a port"),
        ("[mqtt]\nmax_packet = \"huge\"\n", "write a size from 8 KiB to 16 MiB"),
        ("[mqtt]\nmax_packet = -1\n", "write a size"),
        ("[mqtt]\nreceive_maximum = 0\n", "write a whole number from 1 to 65535"),
        ("[mqtt]\nreceive_maximum = 65536\n", "write a whole number from 1 to 65535"),
        ("[mqtt]\nconnect_within = 5\n", "with its unit"),
        ("[mqtt]\nmax_session_expiry = \"0s\"\n", "or \"never\""),
        ("[auth]\nmqtt_password = \"yes\"\n", "write true or false"),
        ("[log]\nformat = \"xml\"\n", "write one of \"auto\", \"pretty\", \"json\""),
        ("[log]\nlevel = \"a=b=c\"\n", "write error, warn, info"),
        ("[log]\nlevel = \"loud\"\n", "write error, warn, info"),
        ("[mqtt]\nmax_keep_alive = 1\n", "write a whole number from 10 to 65535, or \"never\""),
        ("[limits]\ntrusted = [\"home\"]\n", "write a list of addresses"),
        ("[server]\ndata = \"\"\n", "write the path of a folder"),
    ] {
        let error = refusal(file);
        assert!(error.starts_with("natter.toml:2: ") && error.contains(remedy), "{error}");
    }
}

#[test]
fn roles_are_a_list_or_words_with_commas_and_the_broker_is_among_them() {
    let runs_api = |config: Config| config.roles.run(Role::Api);
    assert!(runs_api(checked("", &[], &[]).unwrap()));
    assert!(!runs_api(checked("[server]\nroles = [\"broker\"]\n", &[], &[]).unwrap()));
    assert!(runs_api(checked("", &[], &[("--roles", "server.roles", "api, broker")]).unwrap()));
    for (written, remedy) in [
        ("api", "write \"broker\" as well"),
        ("", "write \"broker\" as well"),
        ("broker,weather", "write a list of roles"),
    ] {
        let error = checked("", &[], &[("--roles", "server.roles", written)]).unwrap_err();
        assert!(
            error.starts_with("flag --roles: `server.roles` can't be") && error.contains(remedy),
            "{error}"
        );
    }
}

#[test]
fn a_database_is_the_folder_or_an_address_and_its_password_is_never_shown() {
    let found = |text: &str| checked(&format!("[store]\ndatabase = \"{text}\"\n"), &[], &[]);
    assert!(matches!(found("folder").unwrap().database, Database::Folder));
    let elsewhere = found("postgres://ann:hunter2@db.example.org/natter").unwrap();
    assert!(matches!(elsewhere.database, Database::Postgres(_)));
    assert!(!format!("{elsewhere:?}").contains("hunter2"));
    let error = found("postgre://ann:hunter2@db.example.org/natter").unwrap_err();
    assert!(
        error.starts_with("natter.toml:2: `store.database` can't be `what is written here`; write"),
        "{error}"
    );
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn what_is_not_toml_is_refused_with_its_line() {
    assert!(refusal("[mqtt]\n\nlisten = = 1\n").starts_with("natter.toml:3: this is not TOML: "));
    assert!(
        refusal("[mqtt]\nmax_filters = 1\nmax_filters = 2\n")
            .starts_with("natter.toml:3: this is not TOML: ")
    );
    assert!(refusal("data = 1\n").starts_with("natter.toml:1: `data` stands outside of the sections"));
}

#[test]
fn settings_that_do_not_go_together_are_refused() {
    let error = refusal("[limits]\nbody = \"256 KiB\"\n");
    assert!(error.contains("`limits.body` (262144) does not fit into `mqtt.max_packet` (262144)"), "{error}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Config::load(Some(Path::new("/no/such.toml")), std::iter::empty(), &[]).unwrap_err();
    assert!(error.to_string().starts_with("cannot read the configuration `/no/such.toml`: "), "{error}");
}

#[test]
fn a_time_has_a_unit_and_does_not_overflow() {
    assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
    assert_eq!(duration("500 ms"), Ok(Duration::from_millis(500)));
    for wrong in ["", "s", "9", "-1s", "1y", "99999999999999999999s", "999999999999999999d"] {
        assert!(duration(wrong).is_err(), "{wrong}");
    }
}
