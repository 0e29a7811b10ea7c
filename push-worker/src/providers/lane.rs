//! One provider of one app.

use super::gate::Gates;
use super::tally::{Count, Tally};
use crate::address::{Address, ProviderName, Target};
use crate::answer::{Answer, Reason, Whose};
use crate::circuit::Health;
use crate::clock::now;
use crate::notification::Notification;
use crate::provider::Provider;
use crate::settings::Settings;
use std::time::Duration;
use tracing::{debug, warn};

/// A provider, and who may go to it.
#[derive(Debug)]
pub(super) struct Lane {
    name: ProviderName,
    provider: Box<dyn Provider>,
    gates: Gates,
    tally: Tally,
}

/// How one provider of one app is.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The app.
    pub app: String,
    /// The provider.
    pub provider: ProviderName,
    /// Calls under way.
    pub under_way: usize,
    /// Circuits that are not closed: 0 or 1; of strangers' servers one each.
    pub open: usize,
    /// The longest time for which one of them is still left alone.
    pub left_alone: Option<Duration>,
    /// What came of what was sent.
    pub counts: Vec<Count>,
}

impl Lane {
    pub(super) fn new(name: ProviderName, provider: Box<dyn Provider>, settings: &Settings) -> Lane {
        let Settings { limits, circuit, rates, .. } = settings;
        let gates = match name {
            ProviderName::Apns => Gates::one(limits, *circuit, rates.apns),
            ProviderName::Fcm => Gates::one(limits, *circuit, rates.fcm),
            ProviderName::Web => Gates::each(limits, *circuit, rates.web_server),
            ProviderName::Log => Gates::one(limits, *circuit, None),
        };
        Lane { name, provider, gates, tally: Tally::default() }
    }

    pub(super) async fn send(&self, to: &Address, what: &Notification) -> Answer {
        let answer = self.try_once(to, what).await;
        self.tally.count(&answer, now());
        let (provider, app, outcome) = (self.name.as_str(), &to.app, answer.outcome());
        let reason = answer.reason().map(Reason::as_str);
        match answer {
            Answer::Misconfigured { .. } | Answer::Broken { .. } => {
                warn!(provider, app, to = ?to.target, id = %what.id, outcome, reason, "a push was refused");
            }
            _ => debug!(provider, app, to = ?to.target, id = %what.id, outcome, reason, "pushed"),
        }
        answer
    }

    async fn try_once(&self, to: &Address, what: &Notification) -> Answer {
        let entered = match self.gates.enter(&server(to)).await {
            Ok(entered) => entered,
            Err(after) => return Answer::Held { after },
        };
        // After the wait for a place, which may have taken long.
        if what.lifetime.left(now()).is_none() {
            return Answer::Dropped { reason: Reason::ours("it is over") };
        }
        let mut answer = self.provider.send(to, what).await;
        if matches!(answer, Answer::TooLarge { .. }) && what.has_content() {
            answer = match self.provider.send(to, &what.without_content()).await {
                Answer::Sent { id, .. } => Answer::Sent { id, whole: false },
                other => other,
            };
        }
        entered.leave(self.health(&answer));
        answer
    }

    fn health(&self, answer: &Answer) -> Health {
        match answer {
            Answer::Later { of: Whose::Provider, after: Some(time), .. } => Health::Hold(*time),
            Answer::Later { of: Whose::Provider, after: None, .. } => Health::Failed,
            // A stranger's server that knows one subscription no more may know the others.
            Answer::Misconfigured { .. } if self.name == ProviderName::Web => Health::Failed,
            Answer::Misconfigured { .. } => Health::Fault,
            // Nobody was asked.
            Answer::Held { .. } | Answer::Dropped { .. } => Health::Unknown,
            Answer::Sent { .. }
            | Answer::Gone { .. }
            | Answer::Disabled { .. }
            | Answer::TooLarge { .. }
            | Answer::Broken { .. }
            | Answer::Later { of: Whose::Device, .. } => Health::Good,
        }
    }

    pub(super) fn condition(&self, app: &str) -> Condition {
        let (under_way, open, left_alone) = self.gates.condition();
        let counts = self.tally.counts();
        Condition { app: app.to_owned(), provider: self.name, under_way, open, left_alone, counts }
    }
}

/// Which server a device's provider has, where it is not always the same.
fn server(to: &Address) -> String {
    match &to.target {
        Target::Web(subscription) => subscription.endpoint.origin().ascii_serialization(),
        Target::Apns(_) | Target::Fcm(_) | Target::Installation(_) | Target::Log(_) => String::new(),
    }
}
