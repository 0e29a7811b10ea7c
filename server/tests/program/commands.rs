//! Commands do the same with a server and without.

use crate::natter::{Folder, Server, says, text};

/// The folder with a server on it, or without.
fn both_ways(test: impl Fn(&Folder)) {
    let alone = Folder::new();
    test(&alone);
    let served = Folder::new();
    let server: Server = served.serve();
    test(&served);
    assert_eq!(server.stop().0, Some(0));
}

#[test]
fn users_are_added_once_and_listed() {
    both_ways(|folder| {
        assert_eq!(folder.add_user("bo", "cake"), "user bo added\n");
        assert_eq!(folder.done(&["user", "add", "ann", "--password", "tea", "--admin"]), "user ann added\n");
        assert_eq!(folder.done(&["user", "list"]), "ann\tadmin\nbo\n");
        let again = folder.refused(&["user", "add", "ann", "--password", "other"]);
        assert_eq!(again, "there is a user `ann` already; nothing was changed");
    });
}

#[test]
fn rooms_are_made_grow_and_shrink() {
    both_ways(|folder| {
        for user in ["ann", "bo", "cy"] {
            folder.add_user(user, "tea");
        }
        assert_eq!(
            folder.done(&["room", "add", "tea", "--member", "ann", "--member", "bo"]),
            "room tea made with ann, bo\n"
        );
        assert_eq!(folder.done(&["room", "add", "tea", "--member", "bo", "cy"]), "cy joined room tea\n");
        assert_eq!(
            folder.done(&["room", "add", "tea", "--member", "ann"]),
            "room tea has these members already\n"
        );
        assert_eq!(folder.done(&["room", "list"]), "tea\tann bo cy\n");
        assert_eq!(folder.done(&["room", "remove", "tea", "--member", "bo"]), "bo left room tea\n");
        assert_eq!(
            folder.done(&["room", "remove", "tea", "--member", "bo"]),
            "none of these is a member of room tea\n"
        );
        assert_eq!(folder.done(&["room", "list"]), "tea\tann cy\n");
    });
}

#[test]
fn what_does_not_exist_is_named() {
    both_ways(|folder| {
        folder.add_user("ann", "tea");
        assert!(folder.refused(&["room", "add", "tea", "--member", "zoe"]).contains("no user `zoe`"));
        assert_eq!(folder.done(&["room", "list"]), "", "nothing was changed");
        assert!(folder.refused(&["room", "remove", "tea", "--member", "ann"]).contains("no room `tea`"));
        assert!(folder.refused(&["token", "zoe"]).contains("no user `zoe`"));
        assert!(folder.refused(&["say", "tea", "hello", "--as", "zoe"]).contains("no user `zoe`"));
    });
}

#[test]
fn something_said_gets_the_next_number() {
    both_ways(|folder| {
        folder.add_user("ann", "tea");
        folder.done(&["room", "add", "tea", "--member", "ann"]);
        let first = folder.done(&["say", "tea", "the kettle is on", "--as", "ann"]);
        let second = folder.done(&["say", "tea", "it boils", "--as", "ann"]);
        let number = |said: &str| said.split(' ').nth(3).unwrap().parse::<u64>().unwrap();
        assert!(first.ends_with("of room tea\n"), "{first}");
        assert_eq!(number(&first) + 1, number(&second));
    });
}

#[test]
fn who_is_not_in_the_room_says_nothing_in_it() {
    both_ways(|folder| {
        folder.add_user("ann", "tea");
        folder.add_user("eve", "tea");
        folder.done(&["room", "add", "tea", "--member", "ann"]);
        let refused = folder.refused(&["say", "tea", "let me in", "--as", "eve"]);
        assert_eq!(
            refused,
            folder.refused(&["say", "cellar", "let me in", "--as", "eve"]),
            "a room one may not see"
        );
    });
}

#[test]
fn a_token_has_three_parts_and_nothing_else_is_printed() {
    both_ways(|folder| {
        folder.add_user("ann", "tea");
        let token = folder.done(&["token", "ann", "--ttl", "15m"]);
        assert_eq!(token.trim_end().split('.').filter(|part| !part.is_empty()).count(), 3, "{token}");
        assert_eq!(token.lines().count(), 1);
    });
}

#[test]
fn everything_that_the_api_can_do_is_asked_by_command_line_with_and_without_a_server() {
    both_ways(|folder| {
        folder.add_user("bo", "cake");
        let nobody = folder.refused(&["user", "show", "bo"]);
        assert!(nobody.contains("nobody administers this server yet"), "{nobody}");
        assert_eq!(
            folder.done(&["user", "add", "ann", "--password", "tea at four", "--admin"]),
            "user ann added\n"
        );

        let shown = folder.done(&["user", "show", "bo"]);
        assert!(says(&shown, "handle", "bo") && says(&shown, "state", "active"), "{shown}");
        assert!(folder.done(&["user", "deactivate", "bo"]).contains("deactivated"));
        assert!(folder.done(&["user", "reactivate", "bo"]).contains("active"));

        folder.done(&["key", "service", "bot"]);
        let given = folder.done(&["key", "add", "bot", "--label", "ci", "--scope", "mqtt", "--json"]);
        let given: serde_json::Value = serde_json::from_str(&given).unwrap();
        assert!(given["secret"].as_str().unwrap().starts_with("nk_"), "{given}");
        let id = given["credential"]["id"].as_str().unwrap();
        let keys = folder.done(&["key", "list", "bot"]);
        assert!(keys.lines().count() == 2 && keys.contains(id) && keys.contains("ci"), "{keys}");
        assert_eq!(folder.done(&["key", "end", "bot", id]), "");

        folder.done(&["ask", "rooms.create", "room=tea", r#"members=["bo"]"#, "--as", "ann"]);
        let rooms = folder.done(&["ask", "rooms.list", "--as", "bo", "--json"]);
        let rooms: serde_json::Value = serde_json::from_str(&rooms).unwrap();
        assert_eq!(rooms["rooms"][0]["room"], "tea");
        let refused = folder.refused(&["ask", "admin.users", "--as", "bo"]);
        assert!(refused.starts_with("not_allowed"), "{refused}");
        let unknown = folder.refused(&["ask", "rooms.dance"]);
        assert!(unknown.contains("there is no request `rooms.dance`"), "{unknown}");
    });
}

#[test]
fn a_secret_of_a_request_comes_from_standard_input() {
    let folder = Folder::new();
    folder.add_user("ann", "tea at four");
    let asked = ["ask", "account.login", "user=ann", "password=-", "--json"];
    let output = folder.run_with(&asked, "tea at four\n");
    let tokens = text(&output.stdout);
    assert!(tokens.contains("access_token"), "{tokens}");
}
