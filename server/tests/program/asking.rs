//! Commands that ask the API: rooms and tokens, with a server and without, for people and for scripts.

use crate::natter::{Folder, lines_of, next, says, text};
use serde_json::{Value, json};
use std::process::Stdio;

/// A folder with ann (an administrator), bo and cy, and with a server on it or without.
fn both_ways(test: impl Fn(&Folder)) {
    let alone = Folder::new();
    peopled(&alone);
    test(&alone);
    let served = Folder::new();
    let server = served.serve();
    peopled(&served);
    test(&served);
    assert_eq!(server.stop().0, Some(0));
}

fn peopled(folder: &Folder) {
    folder.done(&["user", "add", "ann", "--password", "tea at four", "--admin"]);
    folder.add_user("bo", "tea at five");
    folder.add_user("cy", "tea at six");
}

fn json_of(folder: &Folder, words: &[&str]) -> Value {
    serde_json::from_str(&folder.done(words)).unwrap()
}

#[test]
fn a_room_is_made_shown_and_set() {
    both_ways(|folder| {
        let made = [
            "room",
            "create",
            "tea",
            "--member",
            "bo",
            "cy",
            "--set",
            "name=Tea room",
            "join=open",
            "--json",
        ];
        assert_eq!(json_of(folder, &made)["room"], "tea");
        let shown = folder.done(&["room", "show", "tea"]);
        assert!(says(&shown, "kind", "group") && says(&shown, "settings.name", "Tea room"), "{shown}");
        assert_eq!(folder.done(&["room", "set", "tea", "slow_mode=5", "name="]), "");
        let shown = json_of(folder, &["room", "show", "tea", "--json"]);
        let settings = &shown["settings"];
        assert_eq!(
            (&settings["slow_mode"], &settings["join"], &settings["name"]),
            (&json!(5), &json!("open"), &Value::Null)
        );
        let taken = folder.refused(&["room", "create", "tea", "--as", "bo"]);
        assert!(taken.starts_with("handle_taken"), "{taken}");
        let unknown = folder.refused(&["room", "set", "tea", "dance=5"]);
        assert!(unknown.starts_with("bad_request"), "{unknown}");
        let none = folder.refused(&["room", "show", "cellar"]);
        assert!(none.starts_with("not_found"), "{none}");
    });
}

#[test]
fn who_is_what_in_a_room_is_told_and_changed_in_the_name_of_its_owner() {
    both_ways(|folder| {
        folder.done(&["room", "add", "tea", "--member", "bo", "ann", "cy"]);
        assert_eq!(folder.done(&["room", "role", "tea", "cy", "guest"]), "");
        let members = folder.done(&["room", "members", "tea"]);
        assert_eq!(members, "role    user\nmember  ann\nowner   bo\nguest   cy\n");
        let stranger = folder.refused(&["room", "role", "tea", "bo", "guest", "--as", "cy"]);
        assert!(stranger.starts_with("not_allowed"), "{stranger}");

        folder.done(&["room", "mute", "tea", "cy", "--for", "15m"]);
        let members = json_of(folder, &["room", "members", "tea", "--json"]);
        assert!(members["members"][2]["muted"]["until"].is_string(), "{members}");
        folder.done(&["room", "unmute", "tea", "cy"]);
        let members = json_of(folder, &["room", "members", "tea", "--json"]);
        assert_eq!(members["members"][2]["muted"], Value::Null);

        folder.done(&["room", "owner", "tea", "ann"]);
        folder.done(&["room", "kick", "tea", "bo"]);
        assert_eq!(folder.done(&["room", "members", "tea"]), "role   user\nowner  ann\nguest  cy\n");
        folder.done(&["room", "ban", "tea", "cy"]);
        let bans = folder.done(&["room", "bans", "tea"]);
        assert!(bans.starts_with("at ") && bans.contains("  ann  cy\n"), "{bans}");
        folder.done(&["room", "unban", "tea", "cy"]);
        assert_eq!(folder.done(&["room", "bans", "tea"]), "", "nobody is banned");
    });
}

#[test]
fn a_room_is_opened_to_others_by_invitation_and_by_link() {
    both_ways(|folder| {
        folder.done(&["room", "add", "tea", "--member", "ann"]);
        folder.done(&["room", "invite", "tea", "bo", "--ttl", "1h"]);
        let invited = folder.done(&["room", "invitations", "tea"]);
        assert!(invited.lines().count() == 2 && invited.contains("bo"), "{invited}");
        folder.done(&["ask", "rooms.join", "room=tea", "--as", "bo"]);

        let made = json_of(folder, &["room", "link", "tea", "--uses", "1", "--json"]);
        let (secret, id) = (made["secret"].as_str().unwrap(), made["link"]["id"].as_str().unwrap());
        assert!(folder.done(&["room", "links", "tea"]).contains(id));
        let follow = ["ask", "rooms.follow", "link=-", "--as", "cy"];
        let followed = folder.run_with(&follow, &format!("{secret}\n"));
        assert!(followed.status.success(), "{}", text(&followed.stderr));
        let listed = folder.done(&["room", "list", "--json"]);
        assert_eq!(
            serde_json::from_str::<Value>(&listed).unwrap(),
            json!({"room": "tea", "members": ["ann", "bo", "cy"], "more": false})
        );
        let second = json_of(folder, &["room", "link", "tea", "--json"]);
        folder.done(&["room", "unlink", "tea", second["link"]["id"].as_str().unwrap()]);
        assert!(!folder.done(&["room", "links", "tea"]).contains(second["link"]["id"].as_str().unwrap()));
    });
}

#[test]
fn a_device_gets_a_token_which_is_listed_and_ended() {
    both_ways(|folder| {
        let given = json_of(folder, &["token", "add", "bo", "doorbell", "--label", "at the door", "--json"]);
        assert!(given["secret"].as_str().unwrap().starts_with("nd_"), "{given}");
        let id = given["credential"]["id"].as_str().unwrap();
        let listed = folder.done(&["token", "list", "bo"]);
        assert!(listed.contains(id) && listed.contains("at the door"), "{listed}");
        let again = folder.refused(&["token", "add", "bo", "doorbell"]);
        assert!(again.starts_with("device_taken"), "{again}");
        let of_another = folder.refused(&["token", "end", "cy", id]);
        assert!(of_another.starts_with("not_found"), "{of_another}");
        assert_eq!(folder.done(&["token", "end", "bo", id]), "");
        assert_eq!(folder.done(&["token", "list", "bo"]), "");
        assert!(folder.refused(&["token", "list", "zoe"]).contains("no user `zoe`"));
    });
}

#[test]
fn somebody_who_is_called_like_a_command_has_tokens_too() {
    let folder = Folder::new();
    folder.add_user("list", "tea at four");
    let token = folder.done(&["token", "--", "list"]);
    assert_eq!(token.trim_end().split('.').count(), 3, "{token}");
    assert!(!folder.run(&["token"]).status.success(), "whose?");
}

#[test]
fn a_list_of_many_pages_comes_whole() {
    let folder = Folder::new();
    peopled(&folder);
    let asked = ["ask", "admin.users", "limit=1", "--all", "--json"];
    let pages = folder.done(&asked);
    let handles: Vec<Value> = pages
        .lines()
        .map(|page| serde_json::from_str::<Value>(page).unwrap()["users"][0]["handle"].clone())
        .collect();
    assert_eq!(handles, ["ann", "bo", "cy"]);
    assert_eq!(
        folder.done(&["user", "list", "--json"]).lines().next(),
        Some(r#"{"admin":true,"handle":"ann"}"#)
    );
}

#[test]
fn reports_are_read_and_decided_on_by_command_line() {
    both_ways(|folder| {
        folder.done(&["room", "add", "tea", "--member", "bo", "cy"]);
        folder.done(&["say", "tea", "you are a teapot", "--as", "cy"]);
        let reported =
            ["ask", "reports.message", "room=tea", "seq=2", "reason=unkind", "--as", "bo", "--json"];
        json_of(folder, &reported);
        let reports = json_of(folder, &["ask", "admin.reports", "--json"]);
        let id = format!("id={}", reports["reports"][0]["id"].as_str().unwrap());
        let report = folder.done(&["ask", "admin.report", &id]);
        assert!(report.contains("unkind") && report.contains("teapot"), "{report}");
        folder.done(&["ask", "admin.decide", &id, "decision=upheld"]);
        assert_eq!(folder.done(&["ask", "admin.reports"]), "");
    });
}

#[test]
fn connections_are_listed_and_ended_by_command_line() {
    let folder = Folder::new();
    let server = folder.serve();
    peopled(&folder);
    folder.done(&["room", "add", "tea", "--member", "bo"]);
    let mut listening = folder.command(&["listen", "--as", "bo"]);
    let mut listening = listening.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let remarks = lines_of(listening.stderr.take().unwrap());
    assert!(next(&remarks).contains("bo listens"));
    let connections = json_of(&folder, &["ask", "admin.connections", "--json"]);
    let one = &connections["connections"][0];
    assert_eq!(one["user"], "bo", "{connections}");
    let id = format!("id={}", one["id"].as_str().unwrap());
    let seen = folder.done(&["ask", "admin.connection", &id]);
    assert!(seen.contains("rooms/+/said"), "{seen}");
    folder.done(&["ask", "admin.disconnect", &id]);
    assert!(next(&remarks).contains("trying again"));
    let counters = folder.done(&["ask", "admin.counters"]);
    assert!(counters.lines().count() > 3, "{counters}");
    listening.kill().unwrap();
    listening.wait().unwrap();
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn what_is_done_at_the_machine_is_written_down_without_words_or_secrets() {
    both_ways(|folder| {
        folder.done(&["room", "add", "tea", "--member", "bo", "cy"]);
        folder.done(&["room", "remove", "tea", "--member", "cy"]);
        folder.done(&["token", "bo"]);
        folder.done(&["ask", "messages.say", "room=tea", "body=planted", "--as", "bo"]);
        folder.refused(&["room", "kick", "tea", "zoe"]);
        let audit = folder.done(&["ask", "admin.audit", "--json"]);
        assert!(!audit.contains("planted") && !audit.contains("tea at"), "{audit}");
        let audit: Value = serde_json::from_str(&audit).unwrap();
        let acts = audit["acts"].as_array().unwrap().iter();
        let acts: Vec<Value> = acts
            .filter(|act| act["act"].as_str().unwrap().starts_with("natter "))
            .map(|act| json!([act["by"], act["act"], act["input"], act["status"]]))
            .collect();
        assert_eq!(
            acts[..5],
            [
                json!([null, "natter rooms.kick", {"room": "tea", "user": "zoe"}, 400]),
                json!([null, "natter messages.say", {"as": "bo", "room": "tea"}, 200]),
                json!([null, "natter token", {"as": "bo"}, 200]),
                json!([null, "natter room remove", {"members": ["cy"], "room": "tea"}, 200]),
                json!([null, "natter room add", {"members": ["bo", "cy"], "room": "tea"}, 200]),
            ]
        );
        assert_eq!(acts.len(), 8, "and the three who were added: {acts:?}");
    });
}

#[test]
fn grants_are_given_listed_and_ended_by_command_line() {
    both_ways(|folder| {
        folder.done(&[
            "grant",
            "add",
            "meter",
            "bo",
            "--read",
            "{user}/#",
            "--write",
            "{user}/up",
            "{user}/down",
        ]);
        folder.done(&["grant", "add", "meter", "--everybody", "--read", "news"]);
        folder.done(&["grant", "add", "lamp", "bo", "--write", "#"]);
        let shown = folder.done(&["grant", "list"]);
        let rows: Vec<Vec<&str>> = shown.lines().map(|line| line.split_whitespace().collect()).collect();
        let [head, lamp, everybody, bo] = &rows[..] else { panic!("{shown}") };
        assert_eq!(head, &["app", "read", "user", "write"]);
        assert_eq!(lamp, &["lamp", "bo", "#"]);
        assert_eq!(everybody, &["meter", "news", "*"]);
        assert_eq!(bo, &["meter", "{user}/#", "bo", "{user}/up", "{user}/down"]);
        assert_eq!(folder.done(&["grant", "list", "lamp"]).lines().count(), 2);
        folder.done(&["grant", "end", "meter", "--everybody"]);
        assert_eq!(folder.done(&["grant", "list", "meter"]).lines().count(), 2);
        for (words, why) in [
            (&["grant", "end", "meter", "--everybody"][..], "no such grant"),
            (&["grant", "add", "meter", "bo", "--read", "a/#/b"], "`a/#/b` is no pattern"),
            (&["grant", "add", "meter", "zoe", "--read", "#"], "no such user"),
            (&["token", "bo", "--read", "meter:#/a"], "`#/a` is no pattern"),
        ] {
            let said = folder.refused(words);
            assert!(said.contains(why), "{words:?}: {said}");
        }
        for (words, why) in [
            (&["grant", "add", "meter", "--read", "#"][..], "<USER|--everybody>"),
            (&["grant", "add", "meter", "bo"], "--read"),
            (&["token", "bo", "--read", "meter"], "meter:{device}/#"),
        ] {
            let output = folder.run(words);
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.code() == Some(2) && said.contains(why), "{words:?}: {said}");
        }
        let token = folder.done(&["token", "bo", "--device", "m-7", "--read", "meter:{device}/#", "lamp:#"]);
        assert!(token.starts_with("eyJ"), "{token}");
    });
}
