//! What is retained, for a subscription that was just made. `[MQTT5-3.3.1-9]`, `[MQTT3-3.3.1-6]`
//!
//! A subscriber that keeps its session gets what is sent at least once through the lane, as any other message that it
//! shall not miss. Whoever does not gets it as fast as it reads.

use super::how::How;
use super::message::Message;
use super::published::Published;
use super::retained::Page;
use super::subscriber::{Subscriber, Target};
use crate::core::Core;
use broker::outbound::Offer;
use mqtt::packet::Qos;
use std::sync::Arc;

/// How far one subscription was fed.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    pub(super) subscriber: Arc<Subscriber>,
    pub(super) filter: Box<str>,
    pub(super) how: How,
    pub(super) after: Option<Arc<str>>,
}

impl Feed {
    /// Whether it goes through the lane.
    pub(super) fn waits(&self) -> bool {
        self.subscriber.is_kept() && self.how.qos > Qos::AtMostOnce
    }

    /// The next of them as the lane takes them, and what is left.
    pub(super) fn page(mut self, core: &Core) -> (Vec<Published>, Option<Feed>) {
        let page = core.apps.retained.look().page(&self.filter, self.after.as_ref(), core.now());
        let Page { messages, next } = page;
        let heard = messages.into_iter().filter(|message| self.may_hear(core, message));
        let messages = heard.map(|message| {
            let target = self.target(&message);
            Published::again(core, message, target)
        });
        let messages = messages.collect();
        self.after = next;
        (messages, self.after.is_some().then_some(self))
    }

    fn may_hear(&self, core: &Core, message: &Message) -> bool {
        let grants = &core.apps.grants;
        !self.how.limited || grants.may_read(&self.subscriber.rights(grants), message.topic())
    }

    fn target(&self, message: &Message) -> Target {
        Target {
            subscriber: self.subscriber.clone(),
            qos: message.qos.min(self.how.qos),
            retain: true,
            ids: self.how.ids.clone(),
            share: None,
            passed_on: None,
        }
    }

    /// Offers what matches, as fast as the subscriber reads. While one page is offered no retained message changes,
    /// so that an older one never comes after a newer one.
    pub(super) async fn run(mut self, core: Arc<Core>) {
        let mut offered = None;
        loop {
            match self.offer(&core, &mut offered) {
                Offered::All => return,
                Offered::More => {}
                Offered::Full => match self.subscriber.outbound() {
                    Some(outbound) => outbound.ready().await,
                    None => return,
                },
            }
        }
    }

    fn offer(&mut self, core: &Core, offered: &mut Option<Arc<str>>) -> Offered {
        let looking = core.apps.retained.look();
        let Page { messages, next } = looking.page(&self.filter, self.after.as_ref(), core.now());
        for message in messages {
            // Of a page that was offered in part, the rest.
            if offered.as_deref().is_some_and(|last| message.topic() <= last)
                || !self.may_hear(core, &message)
            {
                continue;
            }
            match self.subscriber.offer(&message, &self.target(&message)) {
                Offer::Full => return Offered::Full,
                Offer::Closed => return Offered::All,
                Offer::Taken | Offer::NeverFits => *offered = Some(message.topic().into()),
            }
        }
        self.after = next;
        if self.after.is_some() { Offered::More } else { Offered::All }
    }
}

/// How far one look came.
enum Offered {
    All,
    More,
    Full,
}
