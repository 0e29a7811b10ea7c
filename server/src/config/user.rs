//! What concerns one user, and the log: most of `[limits]`, `[auth]` and `[store]`.

use super::value::{count, never_or, size, time, truth, word};
use super::written::Written;
use super::{ConfigError, DAY, FOREVER, SECOND};
use ::bridge::Registration;
use std::num::NonZeroU32;
use std::time::Duration;

const REGISTRATIONS: [(&str, Registration); 3] = [
    ("open", Registration::Open),
    ("invitation", Registration::Invitation),
    ("closed", Registration::Closed),
];

/// Reads it.
pub(super) fn read(w: &mut Written) -> Result<bridge::Config, ConfigError> {
    let usual = bridge::Config::default();
    let rate =
        w.take("limits.messages_per_user", usual.say_rate.map_or(0, NonZeroU32::get), count(0, 1_000_000))?;
    let burst = w.take("limits.messages_burst", usual.say_burst.get(), count(1, 1_000_000))?;
    let new_rate = w.take("limits.messages_per_new_user", usual.new_rate.get(), count(1, 1_000_000))?;
    let new_burst =
        w.take("limits.messages_burst_of_new_user", usual.new_burst.get(), count(1, 1_000_000))?;
    let mut some = |key, usual: Option<NonZeroU32>| {
        let most = w.take(key, usual.map_or(0, NonZeroU32::get), count(0, 1_000_000))?;
        Ok::<_, ConfigError>(NonZeroU32::new(most))
    };
    let room_rate = some("limits.messages_per_room", usual.room_rate)?;
    let room_burst = some("limits.messages_burst_of_room", Some(usual.room_burst))?;
    let signal_rate = some("limits.signals_per_user", usual.signal_rate)?;
    let signal_burst = some("limits.signals_burst", Some(usual.signal_burst))?;
    let connections_per_user = some("limits.connections_per_user", usual.connections_per_user)?;
    let connects_per_user = some("limits.connects_per_user", usual.connects_per_user)?;
    let connects_per_device = some("limits.connects_per_device", usual.connects_per_device)?;
    let strangers = some("limits.strangers_per_day", usual.strangers)?;
    let new_strangers = some("limits.strangers_per_day_of_new_user", usual.new_strangers)?;
    let expiry = w.take("mqtt.max_session_expiry", None, never_or(time(SECOND, FOREVER)))?;
    Ok(bridge::Config {
        body_limit: w.take("limits.body", usual.body_limit, size(256, 8 << 20))?,
        say_rate: NonZeroU32::new(rate),
        say_burst: NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN),
        new_for: w.take("limits.users_are_new_for", usual.new_for, time(Duration::ZERO, 366 * DAY))?,
        new_rate: NonZeroU32::new(new_rate).unwrap_or(NonZeroU32::MIN),
        new_burst: NonZeroU32::new(new_burst).unwrap_or(NonZeroU32::MIN),
        room_rate,
        room_burst: room_burst.unwrap_or(NonZeroU32::MIN),
        signal_rate,
        signal_burst: signal_burst.unwrap_or(NonZeroU32::MIN),
        signal_size: w.take("limits.signal", usual.signal_size, size(256, 64 << 10))?,
        presence_grace: w.take(
            "mqtt.presence_grace",
            usual.presence_grace,
            time(Duration::ZERO, 300 * SECOND),
        )?,
        connections_per_user,
        connects_per_user,
        connects_per_device,
        connects_at_once: usual.connects_at_once,
        turn_within: usual.turn_within,
        strangers,
        new_strangers,
        quota_patience: w.take(
            "limits.quota_patience",
            usual.quota_patience,
            time(Duration::ZERO, 60 * SECOND),
        )?,
        windows: chat::Windows {
            edit: w.take("limits.edits_end_after", usual.windows.edit, never_or(time(SECOND, FOREVER)))?,
            recall: w.take(
                "limits.recalls_end_after",
                usual.windows.recall,
                never_or(time(SECOND, FOREVER)),
            )?,
        },
        subscriptions: w.take("mqtt.max_subscriptions", usual.subscriptions, count(1, 100_000))?,
        devices: w.take("limits.devices_per_user", usual.devices, count(1, 100_000))?,
        session_expiry_max: expiry.and_then(|time| u32::try_from(time.as_secs()).ok()).unwrap_or(u32::MAX),
        open_topics: w.take("mqtt.open_topics", usual.open_topics, truth)?,
        anonymous: w.take("mqtt.anonymous", usual.anonymous, truth)?,
        anonymous_sessions: w.take(
            "limits.anonymous_sessions",
            usual.anonymous_sessions,
            count(1, 1_000_000),
        )?,
        retained: w.take("limits.retained", usual.retained, count(0, 10_000_000))?,
        retained_bytes: w.take("limits.retained_size", usual.retained_bytes, size(0, 1 << 40))?,
        app_queue: w.take("limits.queued_per_session", usual.app_queue, count(1, u32::MAX))?,
        app_queue_bytes: w.take(
            "limits.queued_size_per_session",
            usual.app_queue_bytes,
            size(1 << 10, 1 << 44),
        )?,
        mqtt_password: w.take("auth.mqtt_password", usual.mqtt_password, truth)?,
        mqtt_strangers: w.take("auth.mqtt_strangers", usual.mqtt_strangers, truth)?,
        registration: w.take("auth.registration", usual.registration, word(&REGISTRATIONS))?,
        access_ttl: w.take("auth.access_ttl", usual.access_ttl, time(SECOND, DAY))?,
        refresh_ttl: w.take("auth.refresh_ttl", usual.refresh_ttl, time(SECOND, 366 * DAY))?,
        logins: w.take("limits.logins_per_user", usual.logins, count(1, 1_000))?,
        device_tokens: w.take("limits.device_tokens_per_user", usual.device_tokens, count(1, 1_000))?,
        contacts: w.take("limits.contacts_per_user", usual.contacts, count(1, 100_000))?,
        blocks: w.take("limits.blocks_per_user", usual.blocks, count(1, 100_000))?,
        api_keys: w.take("limits.keys_per_service", usual.api_keys, count(1, 1_000))?,
        commit_wait: w.take("store.commit_wait", usual.commit_wait, time(SECOND, 300 * SECOND))?,
        lane_depth: w.take("store.queue_length", usual.lane_depth, count(1, 1 << 20))?,
        batch: w.take("store.batch", usual.batch, count(1, 4_096))?,
        cursor_interval: w.take(
            "store.cursor_interval",
            usual.cursor_interval,
            time(SECOND / 10, 300 * SECOND),
        )?,
    })
}
