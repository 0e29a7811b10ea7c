//! `docs/tutorial.md`: its commands run as they stand, and what they print is what the page shows.
//!
//! The page speaks to `localhost:8080` and to mosquitto's usual port. Where the server of the test really is, `curl` and
//! mosquitto's clients read in their own configuration, so that no command is changed.

use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tests::{Process, Settings, World};

const PAGE: &str = include_str!("../../../docs/tutorial.md");
/// Stands between what one block prints and what the next one does.
const MARK: &str = "── next block";

/// A block of commands, and what it shall print.
struct Step {
    line: usize,
    commands: String,
    printed: Vec<Value>,
}

fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = PAGE.lines().zip(1..);
    while let Some((fence, line)) = lines.find(|(text, _)| text.starts_with("```")) {
        let block: Vec<&str> =
            lines.by_ref().map(|(text, _)| text).take_while(|text| *text != "```").collect();
        let block = block.join("\n");
        match fence {
            "```sh run" => steps.push(Step { line, commands: block, printed: Vec::new() }),
            "```json" => {
                let step = steps.last_mut().expect("an answer stands below its question");
                step.printed = values(&block).unwrap_or_else(|error| panic!("line {line}: {error}"));
            }
            _ => {}
        }
    }
    steps
}

fn values(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    serde_json::Deserializer::from_str(text).into_iter().collect()
}

/// Tells `curl` and mosquitto's clients where the server is.
pub(crate) fn configure(folder: &Path, world: &World) {
    let write = |name: &str, text: String| {
        std::fs::write(folder.join(name), text).expect("a file can be written");
    };
    write(".curlrc", format!("connect-to = \"localhost:8080:{}\"\n", world.http));
    for client in ["mosquitto_pub", "mosquitto_sub", "mosquitto_rr"] {
        write(client, format!("-h {}\n-p {}\n", world.mqtt.ip(), world.mqtt.port()));
    }
}

/// Whether what is shown is what was printed. `…` is the server's choice, and of an object only what is shown counts.
pub(crate) fn is_shown(shown: &Value, printed: &Value) -> bool {
    match (shown, printed) {
        (Value::String(choice), _) if choice == "…" => true,
        (Value::Object(shown), Value::Object(printed)) => {
            shown.iter().all(|(key, value)| printed.get(key).is_some_and(|there| is_shown(value, there)))
        }
        (Value::Array(shown), Value::Array(printed)) => {
            shown.len() == printed.len() && shown.iter().zip(printed).all(|(one, other)| is_shown(one, other))
        }
        _ => shown == printed,
    }
}

#[tokio::test]
async fn the_tutorial_is_what_happens() {
    let world = World::with(Settings::default().set("auth.registration", "open")).await;
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    configure(folder.path(), &world);
    let steps = steps();
    let blocks: Vec<String> =
        steps.iter().map(|step| format!("{}\necho; echo '{MARK}'\n", step.commands)).collect();
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &blocks.concat()]);
    bash.env("CURL_HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path());
    let mut tutorial = Process::start("the tutorial", bash);
    let status = tutorial.ends(Duration::from_secs(60)).await;
    let output = tutorial.output().join("\n");
    assert!(status.success(), "{status}: {output}");

    let printed: Vec<&str> = output.split(MARK).collect();
    assert_eq!(printed.len(), steps.len() + 1, "{output}");
    for (step, printed) in steps.iter().zip(printed) {
        let printed =
            values(printed).unwrap_or_else(|error| panic!("line {}: {error}: {printed}", step.line));
        let are_shown = printed.len() == step.printed.len()
            && step.printed.iter().zip(&printed).all(|(shown, printed)| is_shown(shown, printed));
        assert!(are_shown, "line {} of docs/tutorial.md prints {printed:#?}", step.line);
    }
    assert!(steps.len() >= 15, "the page has lost its commands");
}
