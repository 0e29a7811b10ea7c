//! Web Push (RFC 8030): services of browsers, and UnifiedPush, whose servers speak the same.
//!
//! What is told is encrypted for the browser alone (RFC 8291), and the service knows us by our key (RFC 8292). The
//! service itself is a stranger.

mod payload; // what is told, in JSON, sealed

mod vapid; // who we are

mod judge; // what its answers mean

use crate::address::{Address, Subscription, Target};
use crate::answer::{Answer, Reason};
use crate::clock::now;
use crate::notification::{Form, Notification, Priority, Words};
use crate::provider::Provider;
use crate::settings::{SettingsError, WebApp};
use crate::transport::{Reply, Strangers};
use async_trait::async_trait;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::RequestBuilder;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;
use vapid::Vapid;

/// How long services keep anything.
const LONGEST: Duration = Duration::from_secs(2_419_200);

/// One app in browsers.
#[derive(Debug)]
pub(crate) struct Web {
    strangers: Arc<Strangers>,
    vapid: Vapid,
    silent: bool,
    generic: Words,
}

impl Web {
    pub(crate) fn new(
        name: &str,
        app: &WebApp,
        generic: &Words,
        strangers: Arc<Strangers>,
    ) -> Result<Web, SettingsError> {
        let vapid = Vapid::new(app).map_err(|what| SettingsError::App { app: name.to_owned(), what })?;
        Ok(Web { strangers, vapid, silent: app.silent, generic: generic.clone() })
    }

    fn request(&self, to: &Subscription, what: &Notification) -> Result<RequestBuilder, Answer> {
        let left = what.lifetime.left(now()).ok_or(Answer::Dropped { reason: Reason::ours("it is over") })?;
        let body = payload::sealed(to, what, &self.generic)?;
        let broken = Answer::Broken { reason: Reason::ours("the token could not be signed") };
        let who = self.vapid.header(&to.endpoint.origin().ascii_serialization(), now()).ok_or(broken)?;
        let forbidden = |_| Answer::Disabled { reason: Reason::ours("a private address") };
        let mut request = self
            .strangers
            .post(&to.endpoint)
            .map_err(forbidden)?
            .header("authorization", who)
            .header("ttl", left.min(LONGEST).as_secs())
            .header("urgency", urgency(what))
            .header("content-encoding", "aes128gcm")
            .header("content-type", "application/octet-stream")
            .body(body);
        if let Some(room) = &what.collapse {
            request = request.header("topic", topic(room));
        }
        Ok(request)
    }
}

#[async_trait]
impl Provider for Web {
    async fn send(&self, to: &Address, what: &Notification) -> Answer {
        let Target::Web(subscription) = &to.target else {
            return Answer::Broken { reason: Reason::ours("not a subscription") };
        };
        if what.form == Form::Background && !self.silent {
            return Answer::Dropped { reason: Reason::ours("browsers want to show something") };
        }
        let request = match self.request(subscription, what) {
            Ok(request) => request,
            Err(answer) => return answer,
        };
        let asked_at = now();
        match Reply::to(request).await {
            Ok(reply) => judge::judge(&reply, asked_at),
            Err(trouble) => trouble.answer(),
        }
    }
}

fn urgency(what: &Notification) -> &'static str {
    match what.priority {
        Priority::High => "high",
        Priority::Normal => "normal",
        Priority::Low => "low",
    }
}

/// At most 32 letters of base64url, which tell the service nothing of the room's name.
fn topic(room: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Uuid::new_v5(&Uuid::NAMESPACE_OID, room.as_bytes()))
}
