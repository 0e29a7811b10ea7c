//! The configuration: what the code may rely on.
//!
//! People write a TOML file, variables `NATTER_SECTION__KEY` and flags; [`written`] lays them over each other and
//! [`Config::check`] turns them into values that make sense together. That is the only check: whoever holds a
//! [`Config`] need not look again. Every setting with its default and its reason stands in `natter.example.toml`,
//! which a test holds to the code: a default stands with the crate that obeys it.
//!
//! Secrets are not settings: the master key comes from its file or from `NATTER_MASTER_KEY`.

mod complaint; // what is wrong, where, and what to do

mod media; // what people may upload

mod ports; // where connections come in

mod tls; // and with which certificate

mod value; // one value at a time

mod shown; // what an administrator may see of it

mod written; // the layers

#[cfg(test)]
mod tests;

pub(crate) use complaint::ConfigError;
pub(crate) use ports::{Listener, Ports};
pub(crate) use tls::{Pair, Tls};
pub(crate) use value::{Listen, duration};
pub(crate) use written::Written;

use self::media::Uploads;
use crate::storage::DATABASE_VARIABLE;
use bridge::Registration;
use secrecy::SecretString;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;
use value::{count, database, hosts, never_or, origins, path, size, time, truth, word};

/// Everything, checked.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Where everything is kept: database, keys, control socket.
    pub(crate) data: PathBuf,
    /// Where connections come in.
    pub(crate) ports: Ports,
    /// What a connection may do.
    pub(crate) broker: broker::Config,
    /// What a user may do.
    pub(crate) bridge: bridge::Config,
    /// What may be asked by HTTP.
    pub(crate) api: api::Config,
    /// How often administrators are told how the server is, below `$SYS`.
    pub(crate) status_interval: Option<Duration>,
    /// How long a token lives if nobody says otherwise.
    pub(crate) token_ttl: Duration,
    /// Which store.
    pub(crate) database: Database,
    /// What people may upload; where it goes, [`Config::media`] says.
    uploads: Uploads,
    /// Bytes kept back on the disk, so that sessions can be saved when it is full; 0 keeps none.
    pub(crate) reserve: u64,
    /// What the program says of itself.
    pub(crate) log: Log,
}

/// Which store everything is kept in.
#[derive(Debug, Clone)]
pub(crate) enum Database {
    /// The embedded one, in the data folder.
    Folder,
    /// A PostgreSQL at this address, which may hold a password.
    Postgres(SecretString),
}

/// `[log]`.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    /// How.
    pub(crate) format: LogFormat,
    /// How much: a level, or a filter such as `info,broker=debug`.
    pub(crate) level: String,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// Pretty on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Pretty,
    /// For machines: one object a line.
    Json,
}

const LOG_FORMATS: [(&str, LogFormat); 3] =
    [("auto", LogFormat::Auto), ("pretty", LogFormat::Pretty), ("json", LogFormat::Json)];

const REGISTRATIONS: [(&str, Registration); 3] = [
    ("open", Registration::Open),
    ("invitation", Registration::Invitation),
    ("closed", Registration::Closed),
];

/// As mosquitto does.
const STATUS: Duration = Duration::from_secs(10);

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(86_400);
/// The longest session expiry that MQTT can say, short of "for ever".
const FOREVER: Duration = Duration::from_secs(u32::MAX as u64 - 1);

/// Enough that a day of closing sessions fits, little enough that nobody misses it.
const RESERVE: u64 = 64 << 20;

/// Room for everything in a PUBLISH that is not the body: topic, properties, the JSON around it.
const ENVELOPE: usize = 4096;

impl Config {
    /// Reads the layers, weakest first: the file if there is one, then the environment, then the flags.
    ///
    /// # Errors
    /// [`ConfigError`] for a file that can't be read, a name that is not a setting, a value that can't be meant.
    pub(crate) fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
        flags: &[(&'static str, &'static str, Option<String>)],
    ) -> Result<Config, ConfigError> {
        let mut written = Written::default();
        if let Some(path) = file {
            let unreadable =
                |error: std::io::Error| ConfigError::Unreadable { path: path.into(), why: error.to_string() };
            let text = std::fs::read_to_string(path).map_err(unreadable)?;
            written.lay_file(path, &text)?;
        }
        written.lay_environment(environment);
        for (flag, key, text) in flags {
            if let Some(text) = text {
                written.lay_flag(flag, key, text);
            }
        }
        Config::check(written).map(|(config, _)| config)
    }

    /// The defaults, with another data folder: what a command works with that found no server. Where the database is, it
    /// can only know from the environment.
    pub(crate) fn for_folder(data: &Path) -> Result<Config, ConfigError> {
        let mut written = Written::default();
        let variable = std::env::var(DATABASE_VARIABLE).ok().map(|url| (DATABASE_VARIABLE.to_owned(), url));
        written.lay_environment(variable.into_iter());
        let (config, _) = Config::check(written)?;
        Ok(Config { data: data.to_owned(), ..config })
    }

    /// Turns what is written into what the code may rely on; also returns the names of all settings.
    pub(crate) fn check(mut written: Written) -> Result<(Config, Vec<&'static str>), ConfigError> {
        let shown = shown::shown(&written);
        let w = &mut written;
        let config = Config {
            data: w.take("server.data", PathBuf::from("./natter-data"), path)?,
            ports: ports::read(w)?,
            broker: broker(w)?,
            bridge: bridge(w)?,
            api: api(w)?,
            status_interval: w.take("mqtt.status_interval", Some(STATUS), never_or(time(SECOND, DAY)))?,
            token_ttl: w.take("auth.token_ttl", DAY, time(SECOND, 366 * DAY))?,
            database: w.take_secret("store.database", Database::Folder, database)?,
            uploads: media::read(w)?,
            reserve: w.take("store.reserve", RESERVE, size(0, 1 << 30))?,
            log: Log {
                format: w.take("log.format", LogFormat::Auto, word(&LOG_FORMATS))?,
                level: w.take("log.level", "info".to_owned(), crate::telemetry::level)?,
            },
        };
        let names = written.finish()?;
        config.check_together()?;
        // One list for both doors, and one patience.
        let bridge = bridge::Config { turn_within: config.broker.turn_within, ..config.bridge };
        let host = api::Host { settings: shown, ..api::Host::default() };
        let api = api::Config { trusted: config.broker.trusted.clone(), host, ..config.api };
        let config = Config { api, bridge, ..config };
        Ok((config, names))
    }

    fn check_together(&self) -> Result<(), ConfigError> {
        if self.bridge.anonymous && !self.bridge.open_topics {
            return Err(ConfigError::Unfitting(
                "`mqtt.anonymous` lets clients in that may use open topics only: set `mqtt.open_topics` too"
                    .into(),
            ));
        }
        let (body, packet) = (self.bridge.body_limit, self.broker.packets.packet);
        if body + ENVELOPE > packet as usize {
            return Err(ConfigError::Unfitting(format!(
                "`limits.body` ({body}) does not fit into `mqtt.max_packet` ({packet}), which also holds the topic and \
                 the properties; leave {ENVELOPE} bytes between them",
            )));
        }
        Ok(())
    }
}

/// What concerns one connection, and how many there may be.
fn broker(w: &mut Written) -> Result<broker::Config, ConfigError> {
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

/// What concerns one user, and the log.
fn bridge(w: &mut Written) -> Result<bridge::Config, ConfigError> {
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

/// What concerns requests by HTTP.
fn api(w: &mut Written) -> Result<api::Config, ConfigError> {
    let usual = api::Config::default();
    let mut rate = |each, at_once, (rate, burst): (NonZeroU32, NonZeroU32)| {
        let rate = w.take(each, rate, count(1, 1_000_000))?;
        Ok((rate, w.take(at_once, burst, count(1, 1_000_000))?))
    };
    let reads = rate("limits.reads_per_user", "limits.reads_burst", usual.reads)?;
    let writes = rate("limits.writes_per_user", "limits.writes_burst", usual.writes)?;
    let strangers = rate("limits.requests_per_stranger", "limits.requests_burst", usual.strangers)?;
    Ok(api::Config {
        body_limit: w.take("http.max_body", usual.body_limit, size(1 << 10, 16 << 20))?,
        answer_within: w.take("http.answer_within", usual.answer_within, time(SECOND, 300 * SECOND))?,
        origins: w.take("http.origins", usual.origins, origins)?,
        reads,
        writes,
        strangers,
        trusted: usual.trusted,
        host: usual.host,
    })
}
