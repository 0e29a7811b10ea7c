//! `[push.apps.NAME]`: one app, as it is found in the stores of Apple and Google and on a page.

use super::secret::{KeyError, Secret, secret};
use crate::config::ConfigError;
use crate::config::value::truth;
use crate::config::written::{Remedy, Written};
use push_worker::{ApnsApp, FcmApp, WebApp, Words};
use toml::Value;

/// What is shown where the words may not be, unless an app has its own.
const TITLE: &str = "Natter";
const BODY: &str = "You have a new message";

/// Letters of the longest name.
const LONGEST_NAME: usize = 64;
/// Letters of a team and of a key of Apple's.
const APPLES: usize = 10;

/// An app, before its keys are read.
#[derive(Debug, Clone)]
pub(super) struct App {
    name: String,
    generic: Words,
    apns: Option<Apns>,
    fcm: Option<Fcm>,
    web: Option<Web>,
    log: bool,
}

#[derive(Debug, Clone)]
struct Apns {
    topic: String,
    team: String,
    key_id: String,
    key: Secret,
}

#[derive(Debug, Clone)]
struct Fcm {
    account: Secret,
    project: Option<String>,
    apple: bool,
}

#[derive(Debug, Clone)]
struct Web {
    key: Secret,
    subject: String,
    silent: bool,
}

impl App {
    /// One whose pushes stand in the log.
    pub(super) fn for_development(name: &str) -> App {
        let generic = Words::new(TITLE, BODY);
        App { name: name.to_owned(), generic, apns: None, fcm: None, web: None, log: true }
    }

    /// With its keys.
    pub(super) fn with_keys(&self) -> Result<push_worker::App, KeyError> {
        let key = |secret: &Secret, setting| secret.read(format!("push.apps.{}.{setting}", self.name));
        let apns = self.apns.as_ref().map(|Apns { topic, team, key_id, key: secret }| {
            let (topic, team, key_id) = (topic.clone(), team.clone(), key_id.clone());
            Ok(ApnsApp { topic, team, key_id, key: key(secret, "apns.key")? })
        });
        let fcm = self.fcm.as_ref().map(|Fcm { account, project, apple }| {
            let (project, apple) = (project.clone(), *apple);
            Ok(FcmApp { account: key(account, "fcm.account")?, project, apple })
        });
        let web = self.web.as_ref().map(|Web { key: secret, subject, silent }| {
            Ok(WebApp { key: key(secret, "web.key")?, subject: subject.clone(), silent: *silent })
        });
        Ok(push_worker::App {
            name: self.name.clone(),
            generic: self.generic.clone(),
            apns: apns.transpose()?,
            fcm: fcm.transpose()?,
            web: web.transpose()?,
            log: self.log,
        })
    }
}

/// Reads the section of the app of this name.
pub(super) fn read(name: &str, w: &mut Written) -> Result<App, ConfigError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(is_plain) {
        return Err(ConfigError::Unfitting(format!(
            "`push.apps` can't have an app `{name}`; its name is 1 to {LONGEST_NAME} letters, figures, `.`, `-` and `_`"
        )));
    }
    let title = w.take("title", TITLE.to_owned(), words)?;
    let body = w.take("body", BODY.to_owned(), words)?;
    let app = App {
        name: name.to_owned(),
        generic: Words::new(&title, &body),
        apns: w.take_table("apns", apns)?,
        fcm: w.take_table("fcm", fcm)?,
        web: w.take_table("web", web)?,
        log: w.take("log", false, truth)?,
    };
    let is_told = app.apns.is_some() || app.fcm.is_some() || app.web.is_some() || app.log;
    is_told.then_some(app).ok_or_else(|| {
        ConfigError::Unfitting(format!(
            "nobody tells devices of the app `{name}`; write [push.apps.{name}.apns], [push.apps.{name}.fcm] or \
             [push.apps.{name}.web], or log = true"
        ))
    })
}

fn apns(w: &mut Written) -> Result<Apns, ConfigError> {
    Ok(Apns {
        topic: needed(w, "topic", topic)?,
        team: needed(w, "team", of_apples)?,
        key_id: needed(w, "key_id", of_apples)?,
        key: needed_key(w, "key")?,
    })
}

fn fcm(w: &mut Written) -> Result<Fcm, ConfigError> {
    Ok(Fcm {
        account: needed_key(w, "account")?,
        project: w.take("project", None, |value| project(value).map(Some))?,
        apple: w.take("apple", false, truth)?,
    })
}

fn web(w: &mut Written) -> Result<Web, ConfigError> {
    Ok(Web {
        key: needed_key(w, "key")?,
        subject: needed(w, "subject", subject)?,
        silent: w.take("silent", false, truth)?,
    })
}

/// A setting without a default.
fn needed<T>(
    w: &mut Written,
    key: &'static str,
    read: impl Fn(&Value) -> Result<T, Remedy>,
) -> Result<T, ConfigError> {
    let found = w.take(key, None, |value| read(value).map(Some))?;
    found.ok_or_else(|| {
        // What it should be, in the words of who reads it.
        let remedy = read(&Value::Boolean(false)).err().unwrap_or_default();
        ConfigError::Unfitting(format!("`{}` is missing; {remedy}", w.whole(key)))
    })
}

/// The same for the place of a key, which is not shown: somebody may have written the key itself.
fn needed_key(w: &mut Written, key: &'static str) -> Result<Secret, ConfigError> {
    needed(w, key, secret).map_err(ConfigError::without_value)
}

fn words(value: &Value) -> Result<String, Remedy> {
    let text = value.as_str().filter(|text| !text.trim().is_empty());
    text.map(str::to_owned).ok_or_else(|| "write a few words, such as \"You have a new message\"".to_owned())
}

fn topic(value: &Value) -> Result<String, Remedy> {
    plain(value, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        .ok_or_else(|| "write the bundle id of the app, such as \"org.example.chat\"".to_owned())
}

fn of_apples(value: &Value) -> Result<String, Remedy> {
    plain(value, |byte| byte.is_ascii_alphanumeric()).filter(|text| text.len() == APPLES).ok_or_else(|| {
        format!("write the {APPLES} letters and figures that Apple gave it, such as \"ABCDE12345\"")
    })
}

fn project(value: &Value) -> Result<String, Remedy> {
    plain(value, |byte| byte.is_ascii_alphanumeric() || byte == b'-')
        .ok_or_else(|| "write the id of a project, such as \"chat-of-example\"".to_owned())
}

fn subject(value: &Value) -> Result<String, Remedy> {
    let text = value.as_str().filter(|text| text.starts_with("mailto:") || text.starts_with("https://"));
    text.map(str::to_owned)
        .ok_or_else(|| "write who can be asked, such as \"mailto:ops@example.org\"".to_owned())
}

fn plain(value: &Value, is_plain: impl Fn(u8) -> bool) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty() && text.bytes().all(is_plain)).map(str::to_owned)
}
