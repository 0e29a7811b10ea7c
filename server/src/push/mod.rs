//! Who tells people that are away: the apps that stand in the settings, with their keys, and the worker that tells them.

mod here; // who is connected

mod alone; // a process that does nothing else

pub(crate) use alone::serve;

use crate::config::{Config, Push, Role};
use crate::house::House;
use anyhow::Context;
use api::PushApp;
use here::AtBridge;
use push_worker::{App, Clock, Limits, OfStore, Pace, ProviderName, Providers, Rules, VapidKey, Worker};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How long what is under way with a provider may still take at the end. What takes longer is told again at the next start.
const FINISH: Duration = Duration::from_secs(10);

/// Those who are asked to tell devices, and what devices may know of them.
pub(crate) struct Pushing {
    providers: Arc<Providers>,
    pace: Pace,
    pub(crate) apps: Vec<PushApp>,
}

/// Reads the keys of all apps. What can't be used ends the start: found out at the first push, it would be found out by
/// somebody who heard nothing.
pub(crate) fn open(push: &Push) -> anyhow::Result<Pushing> {
    let settings = push.settings().context("cannot read what `[push]` names")?;
    let providers = Providers::open(&settings).context("cannot use what `[push]` names")?;
    announce(&providers);
    let apps = settings.apps.iter().map(|app| shown(app, &providers)).collect();
    let pace = Pace { hold: hold(&settings.limits), ..Pace::default() };
    Ok(Pushing { providers: Arc::new(providers), pace, apps })
}

/// How long a push that was taken is nobody else's: as long as three calls can take (a token, the push, and the push without
/// its words), with the wait for a place and what it takes to write down what came of it.
fn hold(limits: &Limits) -> Duration {
    3 * (limits.connect + limits.call) + Duration::from_secs(10)
}

/// What a device may know of an app.
fn shown(app: &App, providers: &Providers) -> PushApp {
    PushApp {
        name: app.name.clone(),
        providers: ProviderName::ALL.into_iter().filter(|name| providers.has(&app.name, *name)).collect(),
        key: app.web.as_ref().and_then(|web| VapidKey::public(&web.key)),
    }
}

/// Says which apps there are.
fn announce(providers: &Providers) {
    let mut apps: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for condition in providers.condition() {
        apps.entry(condition.app).or_default().push(condition.provider.as_str());
    }
    if apps.is_empty() {
        tracing::info!("no app can be pushed to; [push.apps.NAME] in the settings names one");
    }
    for (app, providers) in apps {
        let providers = providers.join(", ");
        tracing::info!(app, providers, "devices of the app {app} can be pushed to by {providers}");
    }
}

/// Begins to decide who is told, since who is connected is known here; and to tell them, if this process does.
pub(crate) fn start(config: &Config, house: &House, pushing: &Pushing) -> Worker {
    let worker = Worker::default();
    if !config.push.has_apps() {
        return worker;
    }
    let rules = Rules { grace: config.push.grace(), ..Rules::default() };
    let here = Arc::new(AtBridge(house.bridge.clone()));
    worker.decide(house.store(), here, rules, Clock::default());
    if config.roles.run(Role::Push) {
        let notes = Arc::new(OfStore(house.store()));
        worker.tell(notes, pushing.providers.clone(), pushing.pace, Clock::default());
    }
    worker
}

/// Lets what is under way come to its end.
pub(crate) async fn end(worker: &Worker) {
    if !worker.drain(FINISH).await {
        tracing::warn!(
            "not every push that was under way ended in time; those are told again at the next start"
        );
    }
}
