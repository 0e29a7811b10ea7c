//! How it stands with what people are pushed: what waits, what came of it, and where somebody's devices are reached.

use super::users::SomeUser;
use super::{CHANGE, LOOK};
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Method, Nothing, Verb};
use crate::problem::{Code, Problem};
use crate::push::seen::{PushDelivery, PushDeviceSeen, PushDevices, PushLog, handles, lately, only};
use crate::push::test::{PushTests, patience, tried};
use crate::words::{At, Name};
use chat::{Handle, UserId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::stored::now;
use store::{Backlog, Delivery, OutcomeCount, PushDevice};
use utoipa::ToSchema;

/// Some of somebody's devices.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SomePushDevice {
    user: Name,
    /// The MQTT client id.
    device: String,
    /// Only for this app; for all of them without it.
    app: Option<String>,
}

/// A test of somebody's devices.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SomePushTest {
    user: Name,
    /// Only this one, by its MQTT client id.
    device: Option<String>,
    /// Only for this app.
    app: Option<String>,
    /// Seconds to wait for what comes of it, up to 20; 8 without it.
    #[schema(minimum = 0, maximum = 20)]
    wait: Option<u32>,
}

/// A page of what nobody heard.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeadPage {
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// What waits for one provider.
#[derive(Debug, Serialize, ToSchema)]
struct PushBacklog {
    provider: String,
    /// Devices to be told something of a room, each room for itself.
    waiting: u64,
    /// How many of them were tried before.
    retried: u64,
    /// When the oldest of what they are to be told was said.
    oldest_at: Option<At>,
    /// And how long ago that is.
    oldest_age_ms: Option<u64>,
}

/// How often something came of it since the store was made.
#[derive(Debug, Serialize, ToSchema)]
struct PushOutcome {
    app: String,
    provider: String,
    /// See docs/push.md.
    outcome: String,
    /// What the provider said.
    reason: Option<String>,
    times: u64,
    last_at: At,
    /// How long it took on the average from what was said to this.
    average_age_ms: u64,
}

/// How it stands.
#[derive(Debug, Serialize, ToSchema)]
struct PushState {
    backlog: Vec<PushBacklog>,
    outcomes: Vec<PushOutcome>,
}

/// What somebody was to be told and never will be.
#[derive(Debug, Serialize, ToSchema)]
struct DeadPush {
    /// Whose device; absent where they are gone.
    user: Option<Name>,
    #[serde(flatten)]
    delivery: PushDelivery,
}

/// What nobody heard, the last first.
#[derive(Debug, Serialize, ToSchema)]
struct DeadPushes {
    dead: Vec<DeadPush>,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

pub(super) fn methods() -> Vec<Method> {
    let of_user = "/v1/admin/users/{user}/push-devices";
    vec![
        Method::new("admin.push", (Verb::Get, "/v1/admin/push"), LOOK, "How it stands with pushes", state),
        Method::new(
            "admin.dead_pushes",
            (Verb::Get, "/v1/admin/push/dead"),
            LOOK,
            "What was pushed and reached nobody, the last first",
            dead,
        ),
        Method::new(
            "admin.push_devices",
            (Verb::Get, of_user),
            LOOK,
            "Where a user's devices are reached",
            list,
        )
        .may(&[Code::NotFound]),
        Method::new(
            "admin.push_log",
            (Verb::Get, "/v1/admin/users/{user}/push-devices/{device}/log"),
            LOOK,
            "What a user's device was told lately, and what came of it",
            log,
        )
        .may(&[Code::NotFound]),
        Method::new(
            "admin.test_push",
            (Verb::Post, "/v1/admin/users/{user}/push-test"),
            CHANGE,
            "Push something to a user's devices, and tell what came of it",
            test,
        )
        .may(&[Code::NotFound]),
    ]
}

impl PushBacklog {
    fn of(one: Backlog) -> PushBacklog {
        let age = one.oldest.map(|oldest| now().0.saturating_sub(oldest.0).max(0).cast_unsigned());
        let Backlog { provider, waiting, retried, oldest } = one;
        PushBacklog { provider, waiting, retried, oldest_at: oldest.map(At), oldest_age_ms: age }
    }
}

impl PushOutcome {
    fn of(one: OutcomeCount) -> PushOutcome {
        let OutcomeCount { way: (app, provider), outcome, reason, times, last, age } = one;
        let average_age_ms = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
        let reason = Some(reason).filter(|reason| !reason.is_empty());
        PushOutcome { app, provider, outcome, reason, times, last_at: At(last), average_age_ms }
    }
}

async fn state(ask: Ask, _: Nothing) -> Result<PushState, Problem> {
    let pushes = ask.store().pushes();
    Ok(PushState {
        backlog: pushes.backlog().await?.into_iter().map(PushBacklog::of).collect(),
        outcomes: pushes.outcomes().await?.into_iter().map(PushOutcome::of).collect(),
    })
}

async fn dead(ask: Ask, input: DeadPage) -> Result<DeadPushes, Problem> {
    const LIST: &str = "admin.dead_pushes";
    let limit = cursor::limit(input.limit)?;
    let before = cursor::number(LIST, input.after.as_deref())?;
    let pushes = ask.store().pushes();
    let found = pushes.dead_letters(before, limit).await?;
    // A page that is full may be the last one: then the next is empty.
    let next = found.last().filter(|_| found.len() == limit as usize);
    let next = next.map(|last| cursor::after(LIST, &last.number.to_string()));
    let names = names(&ask, &found).await?;
    let handles = handles(pushes, ask.caller()?.account.id, &found, |_| true).await?;
    let seen = |one: Delivery| DeadPush {
        user: names.get(&one.user).cloned().map(Name),
        delivery: PushDelivery::of(one, &handles),
    };
    Ok(DeadPushes { dead: found.into_iter().map(seen).collect(), next })
}

/// The handles of those whose devices these are.
async fn names(ask: &Ask, of: &[Delivery]) -> Result<HashMap<UserId, Handle>, Problem> {
    let mut names = HashMap::new();
    for one in of {
        if !names.contains_key(&one.user)
            && let Some(account) = ask.store().people().account_of(one.user).await?
        {
            names.insert(one.user, account.handle);
        }
    }
    Ok(names)
}

/// The devices of a user.
async fn devices(ask: &Ask, user: &Name) -> Result<Vec<PushDevice>, Problem> {
    let account = ask.store().account(&user.0).await?.ok_or_else(|| Problem::not_found("user"))?;
    Ok(ask.store().pushes().push_devices(account.id).await?)
}

async fn list(ask: Ask, input: SomeUser) -> Result<PushDevices, Problem> {
    let found = devices(&ask, &input.user).await?;
    Ok(PushDevices { devices: found.into_iter().map(PushDeviceSeen::of).collect() })
}

async fn log(ask: Ask, input: SomePushDevice) -> Result<PushLog, Problem> {
    let devices = only(devices(&ask, &input.user).await?, Some(&input.device), input.app.as_deref())?;
    let pushes = ask.store().pushes();
    let found = lately(pushes, &devices).await?;
    let handles = handles(pushes, ask.caller()?.account.id, &found, |_| true).await?;
    Ok(PushLog { deliveries: found.into_iter().map(|one| PushDelivery::of(one, &handles)).collect() })
}

async fn test(ask: Ask, input: SomePushTest) -> Result<PushTests, Problem> {
    let wait = patience(input.wait)?;
    let devices = only(devices(&ask, &input.user).await?, input.device.as_deref(), input.app.as_deref())?;
    tried(&ask, devices, wait).await
}
