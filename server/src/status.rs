//! How the server is, told every few seconds below `$SYS`, with mosquitto's names where it has them.

use bridge::{AppCounts, Bridge, Gauges};
use broker::{Broker, Event, Traffic};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Tells it every `interval`, until the server drains.
pub(crate) async fn run(
    bridge: Arc<Bridge>,
    broker: Broker<Bridge>,
    interval: Duration,
    draining: CancellationToken,
) {
    let mut tick = tokio::time::interval(interval);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => bridge.show(values(&bridge, &broker)),
            () = draining.cancelled() => return,
        }
    }
}

fn values(bridge: &Bridge, broker: &Broker<Bridge>) -> Vec<(String, String)> {
    let named = |(name, value): (&str, String)| (format!("broker/{name}"), value);
    let counters = broker.counters();
    let events = Event::ALL.map(|(event, word)| (format!("broker/events/{word}"), counters.get(event)));
    let reasons = counters.reasons().map(|(code, count)| (format!("broker/reasons/0x{code:02X}"), count));
    let events = events.into_iter().chain(reasons).map(|(name, count)| (name, count.to_string()));
    let numbers = numbers(bridge, broker).into_iter().map(|(name, number)| named((name, number.to_string())));
    let version = named(("version", format!("natter {}", env!("CARGO_PKG_VERSION"))));
    let uptime = named(("uptime", format!("{} seconds", bridge.uptime().as_secs())));
    [version, uptime].into_iter().chain(numbers).chain(events).collect()
}

fn numbers(bridge: &Bridge, broker: &Broker<Bridge>) -> Vec<(&'static str, u64)> {
    let Gauges { devices, users, commits, entries, .. } = bridge.gauges();
    let AppCounts {
        published,
        delivered,
        dropped,
        refused,
        retained,
        retained_bytes,
        subscriptions,
        waiting,
        grants,
    } = bridge.app_counts();
    let counters = broker.counters();
    vec![
        ("clients/connected", devices),
        ("clients/maximum", counters.most_connected()),
        ("connections/socket/count", broker.open() as u64),
        ("bytes/received", counters.traffic(Traffic::BytesReceived)),
        ("bytes/sent", counters.traffic(Traffic::BytesSent)),
        ("messages/received", counters.traffic(Traffic::PacketsReceived)),
        ("publish/messages/received", counters.traffic(Traffic::PublishesReceived)),
        ("publish/messages/sent", counters.traffic(Traffic::PublishesSent)),
        ("publish/messages/dropped", dropped),
        ("retained messages/count", retained),
        ("store/messages/count", waiting),
        ("subscriptions/count", subscriptions),
        ("natter/users", users),
        ("natter/entries", entries),
        ("natter/commits", commits),
        ("natter/topics/published", published),
        ("natter/topics/delivered", delivered),
        ("natter/topics/refused", refused),
        ("natter/topics/retained_bytes", retained_bytes),
        ("natter/topics/grants", grants),
    ]
}
