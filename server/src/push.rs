//! Who tells people that are away: the apps that stand in the settings, with their keys.

use crate::config::Push;
use anyhow::Context;
use push_worker::Providers;
use std::collections::BTreeMap;

/// Reads the keys of all apps. What can't be used ends the start: found out at the first push, it would be found out by
/// somebody who heard nothing.
pub(crate) fn open(push: &Push) -> anyhow::Result<Providers> {
    let settings = push.settings().context("cannot read what `[push]` names")?;
    Providers::open(&settings).context("cannot use what `[push]` names")
}

/// Says which apps there are.
pub(crate) fn announce(providers: &Providers) {
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
