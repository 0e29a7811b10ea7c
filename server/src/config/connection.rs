//! What concerns one connection, and how many there may be: `[mqtt]`, and of `[limits]` what comes before it is known who it
//! is.

use super::value::{count, hosts, never_or, size, time};
use super::written::Written;
use super::{ConfigError, SECOND};
use std::time::Duration;

/// Reads it.
pub(super) fn read(w: &mut Written) -> Result<broker::Config, ConfigError> {
    let usual = broker::Config::default();
    let packets = mqtt::Limits {
        packet: w.take("mqtt.max_packet", usual.packets.packet, size(8 << 10, 16 << 20))?,
        topic_bytes: w.take("mqtt.max_topic", usual.packets.topic_bytes, count(128, 65_535))?,
        topic_levels: w.take("mqtt.max_topic_levels", usual.packets.topic_levels, count(4, 65_535))?,
        filters: w.take("mqtt.max_filters", usual.packets.filters, count(1, 10_000))?,
        topic_alias_maximum: w.take(
            "mqtt.topic_aliases",
            usual.packets.topic_alias_maximum,
            count(0, 1_000),
        )?,
    };
    Ok(broker::Config {
        packets,
        connect_within: w.take("mqtt.connect_within", usual.connect_within, time(SECOND, 60 * SECOND))?,
        receive_maximum: w.take("mqtt.receive_maximum", usual.receive_maximum, count(1, 65_535))?,
        window: w.take("mqtt.window", usual.window, count(1, 4_096))?,
        queue_bytes: w.take("mqtt.queue_size", usual.queue_bytes, size(64 << 10, 64 << 20))?,
        queue_count: w.take("mqtt.queue_length", usual.queue_count, count(16, 1 << 20))?,
        notices: w.take("mqtt.notices", usual.notices, count(1, 4_096))?,
        maximum_keep_alive: w.take(
            "mqtt.max_keep_alive",
            usual.maximum_keep_alive,
            never_or(count(10, 65_535)),
        )?,
        farewell_within: w.take(
            "mqtt.farewell_within",
            usual.farewell_within,
            time(SECOND / 10, 5 * SECOND),
        )?,
        linger: w.take("mqtt.linger", usual.linger, time(SECOND / 10, 5 * SECOND))?,
        takeover_within: w.take("mqtt.takeover_within", usual.takeover_within, time(SECOND, 60 * SECOND))?,
        connections: w.take("limits.connections", usual.connections, count(1, 10_000_000))?,
        returns_per_second: w.take(
            "limits.returns_per_second",
            usual.returns_per_second,
            count(1, 1_000_000),
        )?,
        new_per_address: w.take("limits.new_per_address", usual.new_per_address, count(1, 100_000))?,
        open_per_address: w.take("limits.open_per_address", usual.open_per_address, count(1, 1_000_000))?,
        turn_within: w.take("limits.turn_within", usual.turn_within, time(Duration::ZERO, 60 * SECOND))?,
        trusted: w.take("limits.trusted", usual.trusted, hosts)?,
        ..broker::Config::default()
    })
}
