//! Whether it works: a note of no room for a device, and what came of it.

use super::{CHANGE, registered};
use crate::ask::Ask;
use crate::method::{Method, Verb};
use crate::problem::{Code, Problem};
use chat::{Seq, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::stored::now;
use store::{Delivery, NewNote, Note, PUSH, PushDecision, PushDevice, Pushes};
use tokio::time::{Instant, sleep};
use utoipa::ToSchema;

/// Seconds to wait for an outcome if nobody says otherwise: a request by MQTT has ten for all of it.
const USUAL: u32 = 8;
/// And at most: a call of a provider ends sooner, and an answer by HTTP has thirty.
const MOST: u32 = 20;
/// Tests under way at once, of everybody: each looks at the report now and then as long as it waits.
pub(crate) const AT_ONCE: usize = 16;
/// How often the report is looked at meanwhile.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// What is said where nothing came of it in time.
const WAITING: &str = "nobody has taken it yet; does a server with the role `push` run?";

/// A test of one device.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PushTest {
    /// Its MQTT client id.
    device: String,
    /// Only for this app; for all of them without it.
    app: Option<String>,
    /// Seconds to wait for what comes of it, up to 20; 8 without it.
    #[schema(minimum = 0, maximum = 20)]
    wait: Option<u32>,
}

/// What came of a test for one app.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PushTested {
    device: String,
    app: String,
    provider: String,
    /// See docs/push.md; `waiting` if nothing came of it in time.
    outcome: String,
    /// What the provider said.
    reason: Option<String>,
    /// The provider's number for it.
    id: Option<String>,
}

/// What came of a test.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PushTests {
    tests: Vec<PushTested>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new(
            "push.test",
            (Verb::Post, "/v1/push/devices/{device}/test"),
            CHANGE,
            "Push something to a device of mine, and tell what came of it",
            test,
        )
        .may(&[Code::NotFound]),
    ]
}

async fn test(ask: Ask, input: PushTest) -> Result<PushTests, Problem> {
    let wait = patience(input.wait)?;
    let devices = registered(&ask, &input.device, input.app.as_deref()).await?;
    tried(&ask, devices, wait).await
}

/// How long shall be waited.
pub(crate) fn patience(seconds: Option<u32>) -> Result<Duration, Problem> {
    match seconds.unwrap_or(USUAL) {
        seconds @ 0..=MOST => Ok(Duration::from_secs(seconds.into())),
        _ => Err(Problem::bad_request(format!("`wait` is up to {MOST} seconds"))),
    }
}

/// Has each of these devices told that this is a test. What is not used until it registers again is told nothing.
pub(crate) async fn tried(ask: &Ask, devices: Vec<PushDevice>, wait: Duration) -> Result<PushTests, Problem> {
    let pushes = ask.store().pushes();
    let busy = |_| Problem::unavailable("many others are testing just now; ask again");
    let _place = ask.api.tests.try_acquire().map_err(busy)?;
    let (at, until) = (now(), Instant::now() + wait);
    let seq = Seq(at.0.cast_unsigned());
    let used: Vec<NewNote> =
        devices.iter().filter(|one| one.disabled.is_none()).map(|one| note(one, seq, at)).collect();
    if !used.is_empty() {
        let (kind, room) = (PUSH.kind, Note::TEST);
        let decision =
            PushDecision { kind, room, to: seq, notes: used, again: None, read: Vec::new(), now: at };
        pushes.decide(&[decision]).await?;
    }
    let mut tests = Vec::with_capacity(devices.len());
    for device in devices {
        let outcome = match device.disabled.clone() {
            Some((reason, _)) => ("disabled".to_owned(), reason, String::new()),
            None => outcome(pushes, &device, seq, until).await?,
        };
        tests.push(PushTested::of(device, outcome));
    }
    Ok(PushTests { tests })
}

fn note(device: &PushDevice, seq: Seq, since: Timestamp) -> NewNote {
    let PushDevice { id, user, provider, .. } = device;
    NewNote { device: *id, user: *user, provider: provider.clone(), from: seq, seq, since }
}

/// What came first of this test, or of a later one that took it along.
async fn outcome(
    pushes: &dyn Pushes,
    device: &PushDevice,
    seq: Seq,
    until: Instant,
) -> Result<(String, String, String), Problem> {
    let is_of_this = |one: &Delivery| one.place.0 == Note::TEST && one.place.1 >= seq;
    loop {
        let found = pushes.deliveries(device.id).await?;
        if let Some(first) = found.into_iter().rev().find(is_of_this) {
            return Ok(first.outcome);
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(("waiting".to_owned(), WAITING.to_owned(), String::new()));
        }
        sleep(left.min(LOOK_EVERY)).await;
    }
}

impl PushTested {
    fn of(device: PushDevice, (outcome, reason, id): (String, String, String)) -> PushTested {
        let told = |text: String| Some(text).filter(|text| !text.is_empty());
        let PushDevice { device, app, provider, .. } = device;
        PushTested { device, app, provider, outcome, reason: told(reason), id: told(id) }
    }
}
