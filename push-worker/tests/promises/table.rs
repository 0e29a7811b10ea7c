//! The table of docs/push.md: what a provider says, and what we do.

use crate::house::{House, alert};
use providers::{Google, Said, Script};
use push_worker::Address;
use serde_json::json;

const PAGE: &str = include_str!("../../../docs/push.md");
/// What Google has codes for beside the names of statuses.
const CODES: [&str; 7] = [
    "UNREGISTERED",
    "SENDER_ID_MISMATCH",
    "INVALID_ARGUMENT",
    "QUOTA_EXCEEDED",
    "UNAVAILABLE",
    "INTERNAL",
    "THIRD_PARTY_AUTH_ERROR",
];

/// A row: who, what they say, what we make of it, and how many requests that takes.
struct Row {
    provider: String,
    status: u16,
    words: Vec<String>,
    outcome: String,
    requests: usize,
}

fn rows() -> Vec<Row> {
    PAGE.lines().filter_map(row).collect()
}

fn row(line: &str) -> Option<Row> {
    let cells: Vec<&str> =
        line.strip_prefix("| `")?.trim_end_matches('|').split('|').map(str::trim).collect();
    let [provider, said, outcome, requests, _] = cells[..] else { panic!("not a row: {line}") };
    let mut words = said.split('`').skip(1).step_by(2).map(str::to_owned);
    Some(Row {
        provider: provider.trim_end_matches('`').to_owned(),
        status: words.next().expect("a status").parse().expect("a number"),
        words: words.collect(),
        outcome: outcome.trim_matches('`').to_owned(),
        requests: requests.parse().expect("a number"),
    })
}

impl Row {
    fn said(&self) -> Said {
        let word = |at: usize| self.words.get(at).map(String::as_str);
        match self.provider.as_str() {
            "fcm" if self.words.is_empty() => Said::status(self.status).body("<html>Error</html>"),
            "fcm" => {
                let name = word(0).unwrap_or_default();
                let plain = word(1) == Some("no code");
                let code = word(0).filter(|code| CODES.contains(code) && !plain);
                Google::error(self.status, name, code, word(1).filter(|_| !plain))
            }
            _ => match word(0) {
                Some(reason) => Said::json(self.status, &json!({ "reason": reason })),
                None => Said::status(self.status),
            },
        }
    }
}

async fn holds(provider: &str, least: usize) {
    let house = House::open().await;
    let rows: Vec<Row> = rows().into_iter().filter(|row| row.provider == provider).collect();
    assert!(rows.len() >= least, "{} rows", rows.len());
    for row in rows {
        // What was before must not be remembered.
        let providers = house.providers();
        let (script, to): (&Script, Address) = match provider {
            "apns" => (&house.apple.script, house.iphone()),
            "fcm" => (&house.google.script, house.android()),
            _ => (&house.browser.script, house.page()),
        };
        let before = script.heard().len();
        script.next(row.said());
        let answer = providers.send(&to, &alert()).await;
        let what = format!("{provider} {} {:?}: {answer:?}", row.status, row.words);
        assert_eq!(answer.outcome(), row.outcome, "{what}");
        assert_eq!(script.heard().len() - before, row.requests, "{what}");
    }
}

#[tokio::test]
async fn every_answer_of_apples_has_its_consequence() {
    holds("apns", 40).await;
}

#[tokio::test]
async fn every_answer_of_googles_has_its_consequence() {
    holds("fcm", 15).await;
}

#[tokio::test]
async fn every_answer_of_a_browsers_service_has_its_consequence() {
    holds("web", 15).await;
}

/// What the page promises of situations is promised by tests of those names.
#[test]
fn every_situation_on_the_page_is_a_test() {
    let tests = [
        include_str!("worker.rs"),
        include_str!("../../src/worker/decide/judge/tests.rs"),
        include_str!("../../src/worker/outage.rs"),
        include_str!("../../../tests/tests/faults/push/cut.rs"),
        include_str!("../../../tests/tests/faults/push/killed.rs"),
    ];
    let page = include_str!("../../../docs/push.md");
    let table =
        page.split("| situation |").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("a table");
    let names: Vec<&str> = table.lines().skip(2).filter_map(|row| row.split('`').rev().nth(1)).collect();
    assert!(names.len() > 20, "{} situations", names.len());
    for name in names {
        let test = format!("fn {name}()");
        assert!(tests.iter().any(|file| file.contains(&test)), "there is no test `{name}`");
    }
}
