//! Which apps tell people who are away, with which keys, and how those are reached who do it for them.
//!
//! A key is no setting: what is written is the file that it lies in, or `${NAME}` for a variable of the environment.

mod app; // one of them

mod secret; // where a key lies

#[cfg(test)]
mod tests;

use super::value::{count, file, networks, none_or, time};
use super::written::{Remedy, Written};
use super::{ConfigError, SECOND};
use app::App;
use push_worker::{Limits, Rates, Reach, Settings};
use secrecy::SecretString;
use secret::KeyError;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::Value;

/// `[push]`, before its keys are read.
#[derive(Debug, Clone)]
pub(crate) struct Push {
    /// The apps; none if nobody is pushed anything.
    apps: Vec<App>,
    /// Who has signed the certificates of those who tell, where it is none whom the system trusts.
    authority: Option<PathBuf>,
    /// Everything else, as it will be.
    rest: Settings,
}

/// The app of a demo.
const DEMO: &str = "demo";

impl Push {
    /// With its keys.
    ///
    /// # Errors
    /// [`KeyError`]: one can't be read.
    pub(crate) fn settings(&self) -> Result<Settings, KeyError> {
        let mut settings = self.rest.clone();
        settings.apps = self.apps.iter().map(App::with_keys).collect::<Result<_, _>>()?;
        if let Some(path) = &self.authority {
            let pem = read_text(path).map_err(|why| KeyError::new("push.ca", why))?;
            for reach in [&mut settings.apns, &mut settings.apns_sandbox, &mut settings.fcm] {
                reach.authority = Some(pem.clone());
            }
            settings.web.authority = Some(pem);
        }
        Ok(settings)
    }

    /// Whether anybody can be pushed to.
    pub(crate) fn has_apps(&self) -> bool {
        !self.apps.is_empty()
    }

    /// How long a device that is connected may take to acknowledge.
    pub(crate) fn grace(&self) -> Duration {
        self.rest.grace
    }

    /// A demo has an app whose pushes stand in the log, if nobody wrote of another.
    pub(crate) fn fit_demo(&mut self) {
        if self.apps.is_empty() {
            self.apps.push(App::for_development(DEMO));
        }
    }
}

/// Reads the section.
pub(super) fn read(w: &mut Written) -> Result<Push, ConfigError> {
    let usual = Settings::default();
    let proxy = w.take_secret("push.proxy", None, none_or(proxy))?;
    let mut reach = |key, usual: Reach| {
        let base = w.take(key, usual.base, address)?;
        Ok::<_, ConfigError>(Reach { base, proxy: proxy.clone(), ..usual })
    };
    let rest = Settings {
        apps: Vec::new(),
        apns: reach("push.apns_address", usual.apns)?,
        apns_sandbox: reach("push.apns_sandbox_address", usual.apns_sandbox)?,
        fcm: reach("push.fcm_address", usual.fcm)?,
        web: push_worker::WebReach {
            networks: w.take("push.private_networks", usual.web.networks, networks)?,
            ..usual.web
        },
        limits: limits(w, usual.limits)?,
        rates: Rates {
            apns: rate(w, "push.apns_rate", usual.rates.apns)?,
            fcm: rate(w, "push.fcm_rate", usual.rates.fcm)?,
            web_server: rate(w, "push.web_rate_per_server", usual.rates.web_server)?,
        },
        grace: w.take("push.grace", usual.grace, time(Duration::ZERO, 300 * SECOND))?,
        ..usual
    };
    let authority = w.take("push.ca", None, none_or(file))?;
    Ok(Push { apps: w.take_named("push.apps", app::read)?, authority, rest })
}

fn limits(w: &mut Written, usual: Limits) -> Result<Limits, ConfigError> {
    let connections = w.take("push.connections", usual.connections.get(), count(1, 64))?;
    Ok(Limits {
        connections: NonZeroUsize::new(connections).unwrap_or(NonZeroUsize::MIN),
        under_way: w.take("push.at_once", usual.under_way, count(1, 100_000))?,
        under_way_web: w.take("push.web_at_once", usual.under_way_web, count(1, 100_000))?,
        under_way_each: w.take("push.web_at_once_per_server", usual.under_way_each, count(1, 100_000))?,
        connect: w.take("push.connect_within", usual.connect, time(SECOND, 60 * SECOND))?,
        call: w.take("push.answer_within", usual.call, time(SECOND, 300 * SECOND))?,
        ping: usual.ping,
    })
}

/// A second; 0 for no limit.
fn rate(
    w: &mut Written,
    key: &'static str,
    usual: Option<NonZeroU32>,
) -> Result<Option<NonZeroU32>, ConfigError> {
    w.take(key, usual.map_or(0, NonZeroU32::get), count(0, 1_000_000)).map(NonZeroU32::new)
}

fn address(value: &Value) -> Result<String, Remedy> {
    let text = value.as_str().filter(|text| text.starts_with("https://"));
    text.map(str::to_owned).ok_or_else(|| "write an address such as \"https://push.example.org\"".to_owned())
}

fn proxy(value: &Value) -> Result<SecretString, Remedy> {
    let text = value.as_str().filter(|text| text.starts_with("http://"));
    text.map(SecretString::from)
        .ok_or_else(|| "write an address such as \"http://proxy.example.org:3128\"".to_owned())
}

fn read_text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
}
