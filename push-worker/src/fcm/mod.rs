//! Google's push service: HTTP v1, with OAuth tokens of a service account.

mod account; // the file that Google gives

mod access; // the token that it is good for

mod body; // what is told, in JSON

mod judge; // what its answers mean

use crate::address::{Address, Target};
use crate::answer::{Answer, Reason};
use crate::clock::now;
use crate::notification::{Notification, Words};
use crate::provider::Provider;
use crate::settings::{FcmApp, Settings, SettingsError};
use crate::transport::{Client, Reply};
use access::{Access, Granted};
use account::Account;
use async_trait::async_trait;
use judge::Verdict;
use reqwest::RequestBuilder;

/// One app with Google.
#[derive(Debug)]
pub(crate) struct Fcm {
    client: Client,
    access: Access,
    project: String,
    apple: bool,
    generic: Words,
}

impl Fcm {
    pub(crate) fn new(
        name: &str,
        app: &FcmApp,
        generic: &Words,
        settings: &Settings,
    ) -> Result<Fcm, SettingsError> {
        let wrong = |what| SettingsError::App { app: name.to_owned(), what };
        let account = Account::read(&app.account).map_err(wrong)?;
        let project = app.project.clone().or_else(|| account.project.clone());
        Ok(Fcm {
            client: Client::new("fcm", &settings.fcm, &settings.limits)?,
            access: Access::new(account, &settings.fcm, &settings.limits)?,
            project: project.ok_or_else(|| wrong("`fcm.project` stands neither here nor in the account"))?,
            apple: app.apple,
            generic: generic.clone(),
        })
    }

    async fn attempt(&self, request: &RequestBuilder, granted: &Granted) -> Verdict {
        let Some(request) = request.try_clone() else {
            return Verdict::Final(Answer::Broken { reason: Reason::ours("a body that goes only once") });
        };
        let asked_at = now();
        match Reply::to(request.header("authorization", granted.header())).await {
            Ok(reply) => judge::judge(&reply, asked_at),
            Err(trouble) => Verdict::Final(trouble.answer()),
        }
    }
}

#[async_trait]
impl Provider for Fcm {
    async fn send(&self, to: &Address, what: &Notification) -> Answer {
        let (Target::Fcm(name) | Target::Installation(name)) = &to.target else {
            return Answer::Broken { reason: Reason::ours("not an address of Google's") };
        };
        let by = if matches!(to.target, Target::Fcm(_)) { "token" } else { "fid" };
        let body = match body::message((by, name.whole()), what, &self.generic, self.apple, now()) {
            Ok(body) => body,
            Err(answer) => return answer,
        };
        let path = ["v1", "projects", &self.project, "messages:send"];
        let request = self.client.post(&path).header("content-type", "application/json").body(body);
        let granted = match self.access.granted(None).await {
            Ok(granted) => granted,
            Err(answer) => return answer,
        };
        match self.attempt(&request, &granted).await {
            Verdict::Final(answer) => answer,
            Verdict::Unknown(_) => {
                let fresh = match self.access.granted(Some(&granted)).await {
                    Ok(fresh) => fresh,
                    Err(answer) => return answer,
                };
                match self.attempt(&request, &fresh).await {
                    Verdict::Final(answer) => answer,
                    Verdict::Unknown(reason) => Answer::Misconfigured { reason },
                }
            }
        }
    }
}
