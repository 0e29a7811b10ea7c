//! The configuration: what the code may rely on.
//!
//! People write a TOML file, variables `NATTER_SECTION__KEY` and flags; [`written`] lays them over each other and
//! [`Config::check`] turns them into values that make sense together. That is the only check: whoever holds a
//! [`Config`] need not look again. Every setting with its default and its reason stands in `natter.example.toml`,
//! which a test holds to the code: a default stands with the crate that obeys it.
//!
//! Secrets are not settings: the master key comes from its file or from `NATTER_MASTER_KEY`, and where a key of an app is
//! wanted, its place is written.

mod complaint; // what is wrong, where, and what to do

mod media; // what people may upload

mod ports; // where connections come in

mod connection; // what one may do, and how many there may be

mod user; // the same of a user

mod tls; // and with which certificate

mod roles; // what this process runs of it

mod push; // who tells people that are away

mod value; // one value at a time

mod shown; // what an administrator may see of it

mod written; // the layers

#[cfg(test)]
mod tests;

pub(crate) use complaint::ConfigError;
pub(crate) use ports::{Listener, Ports};
pub(crate) use push::Push;
pub(crate) use roles::{Role, Roles};
pub(crate) use tls::{Pair, Tls};
pub(crate) use value::{Listen, duration};
pub(crate) use written::Written;

use self::media::Uploads;
use crate::storage::DATABASE_VARIABLE;
use secrecy::SecretString;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;
use value::{count, database, never_or, origins, path, size, time, word};

/// Everything, checked.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Where everything is kept: database, keys, control socket.
    pub(crate) data: PathBuf,
    /// What this process runs.
    pub(crate) roles: Roles,
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
    /// Who tells people that are away.
    pub(crate) push: Push,
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
            roles: w.take("server.roles", Roles::default(), roles::read)?,
            ports: ports::read(w)?,
            broker: connection::read(w)?,
            bridge: user::read(w)?,
            api: api(w)?,
            status_interval: w.take("mqtt.status_interval", Some(STATUS), never_or(time(SECOND, DAY)))?,
            token_ttl: w.take("auth.token_ttl", DAY, time(SECOND, 366 * DAY))?,
            database: w.take_secret("store.database", Database::Folder, database)?,
            uploads: media::read(w)?,
            push: push::read(w)?,
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
        push: usual.push,
    })
}
