//! Apple's push service: HTTP/2 with tokens.
//!
//! One connection carries one team only, so all apps of a team share connections and its token ([`Team`]).

mod payload; // what is told, in JSON

mod token; // who we are

mod judge; // what its answers mean

pub(crate) use payload::aps;

use crate::address::{Address, Environment, Target};
use crate::answer::{Answer, Reason};
use crate::clock::{Clock, now, seconds};
use crate::notification::{Form, Lifetime, Notification, Priority, Words};
use crate::provider::Provider;
use crate::settings::{ApnsApp, Settings, SettingsError};
use crate::transport::{Client, Reply};
use async_trait::async_trait;
use judge::Verdict;
use reqwest::RequestBuilder;
use std::sync::Arc;
use token::{Signed, TeamToken};
use uuid::Uuid;

/// Bytes of the largest payload.
const LARGEST: usize = 4096;
/// Bytes of the longest name that later ones replace.
const LONGEST_COLLAPSE: usize = 64;

/// What the apps of a team share.
#[derive(Debug)]
pub(crate) struct Team {
    production: Client,
    sandbox: Client,
    token: TeamToken,
    clock: Clock,
}

impl Team {
    /// For the team and key of this app.
    pub(crate) fn new(name: &str, app: &ApnsApp, settings: &Settings) -> Result<Team, SettingsError> {
        let token = TeamToken::new(&app.team, &app.key_id, &app.key).ok_or(SettingsError::App {
            app: name.to_owned(),
            what: "`apns.key` is no private key of P-256 in PEM, as it stands in Apple's .p8 file",
        })?;
        Ok(Team {
            production: Client::new("apns", &settings.apns, &settings.limits)?,
            sandbox: Client::new("apns sandbox", &settings.apns_sandbox, &settings.limits)?,
            token,
            clock: settings.clock.clone(),
        })
    }
}

/// One app with Apple.
#[derive(Debug)]
pub(crate) struct Apns {
    team: Arc<Team>,
    topic: String,
    generic: Words,
}

impl Apns {
    pub(crate) fn new(team: Arc<Team>, topic: String, generic: Words) -> Apns {
        Apns { team, topic, generic }
    }

    fn request(&self, to: &Address, token: &str, what: &Notification, body: Vec<u8>) -> RequestBuilder {
        let client = match to.environment {
            Environment::Production => &self.team.production,
            Environment::Sandbox => &self.team.sandbox,
        };
        let mut request = client
            .post(&["3", "device", token])
            .header("apns-topic", &self.topic)
            .header("apns-push-type", push_type(what.form))
            .header("apns-priority", priority(what))
            .header("apns-expiration", expiration(what.lifetime))
            .header("apns-id", what.id.hyphenated().to_string())
            .body(body);
        if let Some(collapse) = &what.collapse {
            request = request.header("apns-collapse-id", collapse_id(collapse));
        }
        request
    }

    /// One attempt with one token.
    async fn attempt(&self, request: &RequestBuilder, signed: &Signed) -> Verdict {
        let Some(request) = request.try_clone() else {
            return Verdict::Final(Answer::Broken { reason: Reason::ours("a body that goes only once") });
        };
        match Reply::to(request.header("authorization", signed.header())).await {
            Ok(reply) => judge::judge(&reply, now()),
            Err(trouble) => Verdict::Final(trouble.answer()),
        }
    }
}

#[async_trait]
impl Provider for Apns {
    async fn send(&self, to: &Address, what: &Notification) -> Answer {
        let Target::Apns(token) = &to.target else {
            return Answer::Broken { reason: Reason::ours("not an address of Apple's") };
        };
        let body = payload::payload(what, &self.generic);
        if body.len() > LARGEST {
            return Answer::TooLarge { reason: Reason::ours("over 4096 bytes") };
        }
        let request = self.request(to, token.whole(), what, body);
        let Some(signed) = self.team.token.current(self.team.clock.now()) else {
            return Answer::Broken { reason: Reason::ours("the token could not be signed") };
        };
        match self.attempt(&request, &signed).await {
            Verdict::Final(answer) => answer,
            Verdict::Expired(reason) => {
                // Somebody may have renewed it meanwhile. One that is new already is not what is wrong: clocks are.
                let Some(fresh) = self.team.token.after(&signed, self.team.clock.now()) else {
                    return Answer::Misconfigured { reason };
                };
                match self.attempt(&request, &fresh).await {
                    Verdict::Final(answer) => answer,
                    Verdict::Expired(reason) => Answer::Misconfigured { reason },
                }
            }
        }
    }
}

fn push_type(form: Form) -> &'static str {
    match form {
        Form::Alert | Form::MutableContent => "alert",
        Form::Background => "background",
    }
}

fn priority(what: &Notification) -> &'static str {
    match (what.form, what.priority) {
        // Apple takes no other for these.
        (Form::Background, _) | (_, Priority::Normal) => "5",
        (_, Priority::High) => "10",
        (_, Priority::Low) => "1",
    }
}

fn expiration(lifetime: Lifetime) -> String {
    match lifetime {
        Lifetime::AtOnce => "0".to_owned(),
        // Apple keeps nothing for longer than a month, whatever stands here; four digits of a year are enough.
        Lifetime::Until(end) => seconds(end).clamp(1, 253_402_300_799).to_string(),
    }
}

/// A room's name, or a number made of it where it is too long.
fn collapse_id(room: &str) -> String {
    let is_good =
        !room.is_empty() && room.len() <= LONGEST_COLLAPSE && room.bytes().all(|b| b.is_ascii_graphic());
    if is_good { room.to_owned() } else { Uuid::new_v5(&Uuid::NAMESPACE_OID, room.as_bytes()).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_of_any_name_has_a_name_that_apple_takes() {
        assert_eq!(collapse_id("tea-room"), "tea-room");
        for long in ["x".repeat(65), "茶".to_owned(), String::new()] {
            assert_eq!(collapse_id(&long).len(), 36);
            assert_eq!(collapse_id(&long), collapse_id(&long));
        }
        assert_ne!(collapse_id("茶"), collapse_id("咖啡"));
    }
}
