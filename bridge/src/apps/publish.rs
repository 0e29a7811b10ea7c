//! A client's message, or a will: may it be said, who hears it, and must it be on the disk first?

use super::entrance::Command;
use super::message::Message;
use super::published::{InLane, Published, Waits};
use super::rights::{Claims, Holder};
use super::seat;
use crate::core::Core;
use crate::lane::{Reply, Said};
use crate::session::Session;
use broker::application::Outcome;
use broker::outbound::Answer;
use bytes::Bytes;
use chat::{Handle, Refusal, UserId};
use mqtt::ReasonCode;
use mqtt::packet::{Publish, Qos};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use store::{Retain, StoredWill};
use topics::realm::Realm;

/// A client published to a topic that is none of chat's. Returns when it is handed over, or in the lane.
pub(crate) async fn publish(core: &Arc<Core>, session: &Arc<Session>, publish: Publish, answer: Answer) {
    let apps = &core.apps;
    if !may_publish(core, session, &publish.topic) {
        apps.counts.refused();
        return refuse(session, publish, answer);
    }
    let id = publish.packet_id;
    let message = Arc::new(Message::published(publish, core.now()));
    if !apps.retained.has_room_for(&message) {
        apps.counts.refused();
        return answer.give(no_room());
    }
    apps.counts.published();
    let targets = apps.targets(&message, session.subscriber.get());
    let inbound = session.stored.filter(|_| message.qos == Qos::ExactlyOnce);
    let inbound = inbound.and_then(|(session, _)| Some((session, id?.get())));
    let is_kept =
        message.retains() != Retain::No || inbound.is_some() || targets.iter().any(|one| one.waits());
    if is_kept || session.in_lane.load(Ordering::Acquire) > 0 {
        let waits = Some(Waits { answer, _turn: InLane::enter(session) });
        let published = Published { inbound, waits, ..Published::unasked(core, message, targets) };
        return apps.put(Command::Publish(Box::new(published))).await;
    }
    let outcome = outcome(targets.is_empty());
    apps.deliver(&message, targets).await;
    answer.give(outcome);
}

/// A will is said, whatever became of the connection it belonged to.
pub(crate) async fn fire(
    core: &Arc<Core>,
    owner: (UserId, &Handle, &Arc<str>),
    claims: &Claims,
    will: StoredWill,
) {
    let (user, handle, device) = owner;
    let holder = Holder { user, handle: handle.as_str(), device, claims, is_admin: false };
    if !core.apps.may_write(holder, &will.topic) {
        core.apps.counts.refused();
        return tracing::debug!("a will was refused: its owner may not publish there any more");
    }
    let message = Arc::new(Message::willed(will, core.now()));
    if !core.apps.retained.has_room_for(&message) {
        core.apps.counts.refused();
        return tracing::warn!("a will could not be retained: there is no room for more retained messages");
    }
    core.apps.counts.published();
    let targets = core.apps.targets(&message, None);
    let published = Published::unasked(core, message, targets);
    core.apps.put(Command::Publish(Box::new(published))).await;
}

/// What the sender of a message hears that was taken.
pub(super) fn outcome(is_unheard: bool) -> Outcome {
    let code = if is_unheard { ReasonCode::NoMatchingSubscribers } else { ReasonCode::Success };
    Outcome { code, ..Outcome::success() }
}

fn no_room() -> Outcome {
    Outcome {
        code: ReasonCode::QuotaExceeded,
        reason: Some("there is no room for more retained messages".into()),
        ..Outcome::success()
    }
}

fn may_publish(core: &Arc<Core>, session: &Arc<Session>, topic: &str) -> bool {
    let apps = &core.apps;
    session.may_use_topics()
        && match Realm::of(topic) {
            // No right is asked for, so none is worked out.
            Realm::Open => apps.grants.are_topics_open() && !topic.starts_with("$share/"),
            Realm::App(_) => {
                let subscriber = seat::subscriber(core, session);
                apps.grants.may_write(&subscriber.rights(&apps.grants), topic)
            }
            Realm::Chat | Realm::Server => false,
        }
}

impl super::Apps {
    /// Whether somebody who need not be here may publish there.
    pub(crate) fn may_write(&self, holder: Holder<'_>, topic: &str) -> bool {
        self.grants.may_write(&self.grants.of(holder), topic)
    }
}

fn refuse(session: &Arc<Session>, publish: Publish, answer: Answer) {
    let said = Said {
        session: session.clone(),
        answer,
        qos: publish.qos,
        topic: publish.topic,
        packet: publish.packet_id.map(|id| id.get()),
        draft: None,
        payload: Bytes::new(),
    };
    Reply::Client(said).refused(&Refusal::NoSuchTopic);
}
