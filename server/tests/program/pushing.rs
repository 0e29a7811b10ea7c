//! Apps in the settings: which there are, and what is said of keys that are no good.

use crate::natter::{Folder, Server, refusal};
use std::path::PathBuf;

/// Thirty-two bytes that are a key of the curve, for nobody.
const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

fn settings(folder: &Folder, words: &str) -> PathBuf {
    let path = folder.beside("natter.toml");
    std::fs::write(&path, words).unwrap();
    path
}

fn page(key: &str) -> String {
    format!("[push.apps.page.web]\nsubject = \"mailto:ops@example.org\"\nkey = \"{key}\"\n")
}

/// The same, with a key that is one.
fn page_with_key(folder: &Folder) -> String {
    let key = folder.beside("vapid.key");
    std::fs::write(&key, format!("{KEY}\n")).unwrap();
    page(key.to_str().unwrap())
}

fn serve(folder: &Folder, words: &str) -> Server {
    let path = settings(folder, words);
    let ports = ["--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    folder.serve_with(&[&["serve", "--config", path.to_str().unwrap()], &ports[..]].concat())
}

#[test]
fn a_start_tells_which_apps_there_are_and_by_whom() {
    let folder = Folder::new();
    let words = format!("{}[push.apps.bench]\nlog = true\n", page_with_key(&folder));
    let (status, lines) = serve(&folder, &words).stop();
    assert_eq!(status, Some(0));
    for words in ["the app bench can be pushed to by log", "the app page can be pushed to by web"] {
        assert!(lines.iter().any(|line| line.contains(words)), "{words} {lines:#?}");
    }
}

#[test]
fn a_key_that_can_not_be_used_ends_the_start_with_its_app_and_its_setting() {
    let folder = Folder::new();
    let start = |words: &str| {
        let path = settings(&folder, words);
        refusal(&folder.run(&["serve", "--config", path.to_str().unwrap()]))
    };
    let error = start(&page("/no/such.key"));
    assert!(error.contains("`push.apps.page.web.key`: cannot read `/no/such.key`"), "{error}");
    let other = folder.beside("other.key");
    std::fs::write(&other, "planted").unwrap();
    let error = start(&page(other.to_str().unwrap()));
    assert!(error.contains("app `page`: `web.key` is no private key"), "{error}");
    let error = start(&page(KEY));
    assert!(error.contains("natter.toml:3: `push.apps.page.web.key`") && !error.contains(KEY), "{error}");
    assert!(!folder.data().exists(), "nothing was made");
}

#[test]
fn a_demo_has_an_app_whose_pushes_stand_in_the_log() {
    let folder = Folder::new();
    let (status, lines) =
        folder.serve_with(&["serve", "--demo", "--mqtt", "127.0.0.1:0", "--http", "127.0.0.1:0"]).stop();
    assert_eq!(status, Some(0));
    assert!(lines.iter().any(|line| line.contains("the app demo can be pushed to by log")), "{lines:#?}");
}

#[test]
fn a_device_registers_and_a_test_of_it_stands_in_the_log() {
    let folder = Folder::new();
    folder.done(&["user", "add", "ann", "--password", "tea at four", "--admin"]);
    let server = serve(&folder, &format!("{}[push.apps.bench]\nlog = true\n", page_with_key(&folder)));
    let apps = folder.done(&["ask", "push.apps", "--as", "ann", "--json"]);
    let public = "BG_wO5SSQc4drdQ1GeaWDgqFtBppoFwygQOqK84VlMoWPE91OlW_AdxT9sCwx-7ni0DG_30lqW4igrmJzvccFEo";
    assert!(apps.contains(r#""providers":["log"]"#) && apps.contains(r#""providers":["web"]"#), "{apps}");
    assert!(apps.contains(public), "{apps}");
    let phone = ["device=phone", "app=bench", "provider=log", "address=planted-address"];
    folder.done(&[&["ask", "push.register", "--as", "ann"], &phone[..]].concat());
    assert!(folder.done(&["push", "devices", "ann"]).contains("phone"));
    let tested = folder.done(&["push", "test", "ann", "--device", "phone", "--json"]);
    assert!(tested.contains(r#""outcome":"sent""#), "{tested}");
    let state = folder.done(&["push", "status"]);
    assert!(state.contains("bench") && state.contains("sent"), "{state}");
    let (status, lines) = server.stop();
    assert_eq!(status, Some(0));
    assert!(!lines.iter().any(|line| line.contains("planted-address")), "{lines:#?}");
}
