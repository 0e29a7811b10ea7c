//! A filter is taken up, and given up.
//!
//! What a session keeps is on the disk before its SUBACK. What is retained follows, as the subscription wishes.

use super::entrance::Command;
use super::feed::Feed;
use super::house::parts;
use super::how::How;
use super::seat;
use super::subscriber::{Subscriber, Wanted};
use crate::core::Core;
use crate::session::Session;
use mqtt::ReasonCode;
use mqtt::packet::{Qos, RetainHandling, Subscription};
use std::sync::Arc;
use store::Error;
use topics::realm::Reach;

/// What one filter of a SUBSCRIBE asks of topics that are none of chat's.
#[derive(Debug)]
pub(crate) enum Wants {
    /// Nothing.
    Nothing,
    /// What its subscriber may not have.
    Refused(ReasonCode),
    /// This.
    Granted(Box<Granted>),
}

/// A subscription that is granted and not yet made.
#[derive(Debug)]
pub(crate) struct Granted {
    wanted: Wanted,
    handling: RetainHandling,
}

impl Wants {
    /// Judges one filter.
    pub(crate) fn judge(
        core: &Core,
        session: &Arc<Session>,
        subscription: &Subscription,
        id: Option<u32>,
    ) -> Wants {
        let (group, filter) = parts(&subscription.filter);
        let is_no_group = group.is_none() && filter.starts_with("$share/");
        if is_no_group || !Reach::of(filter).plain {
            return Wants::Nothing;
        }
        let grants = &core.apps.grants;
        let is_allowed =
            session.may_use_topics() && grants.may_subscribe(&seat::rights(core, session), filter);
        if !is_allowed {
            return Wants::Refused(ReasonCode::NotAuthorized);
        }
        let wanted =
            Wanted { filter: subscription.filter.as_str().into(), how: How::asked(subscription, filter, id) };
        Wants::Granted(Box::new(Granted { wanted, handling: subscription.retain_handling }))
    }

    /// Its code in SUBACK, where it decides.
    pub(crate) fn code(&self) -> Option<ReasonCode> {
        match self {
            Wants::Nothing => None,
            Wants::Refused(code) => Some(*code),
            Wants::Granted(granted) => Some(match granted.wanted.how.qos {
                Qos::AtMostOnce => ReasonCode::Success,
                Qos::AtLeastOnce => ReasonCode::GrantedQos1,
                Qos::ExactlyOnce => ReasonCode::GrantedQos2,
            }),
        }
    }
}

/// Makes what is granted; one that would be too many becomes a refusal.
pub(crate) async fn subscribe(
    core: &Arc<Core>,
    session: &Arc<Session>,
    wants: &mut [Wants],
) -> Result<(), Error> {
    if !wants.iter().any(|one| matches!(one, Wants::Granted(_))) {
        return Ok(());
    }
    let subscriber = seat::subscriber(core, session);
    let mut room = core.config.subscriptions.saturating_sub(session.state().routes.list().len());
    let mut changes = Vec::new();
    for one in wants.iter_mut() {
        let Wants::Granted(granted) = one else { continue };
        let wanted = subscriber.wanted.lock();
        let is_new = !wanted.iter().any(|old| old.filter == granted.wanted.filter);
        if is_new && wanted.len() + changes.len() >= room {
            *one = Wants::Refused(ReasonCode::QuotaExceeded);
            continue;
        }
        room += usize::from(!is_new);
        let saved = granted.wanted.how.saved(&subscriber.claims());
        changes.push((granted.wanted.filter.to_string(), Some(saved)));
    }
    save(core, session, &changes).await?;
    for one in wants {
        if let Wants::Granted(granted) = one {
            take_up(core, &subscriber, granted).await;
        }
    }
    Ok(())
}

async fn take_up(core: &Arc<Core>, subscriber: &Arc<Subscriber>, granted: &Granted) {
    let Granted { wanted, handling } = granted;
    let is_new = core.apps.want(subscriber, wanted.clone());
    let (group, filter) = parts(&wanted.filter);
    let wishes = match handling {
        RetainHandling::Always => true,
        RetainHandling::IfNew => is_new,
        RetainHandling::Never => false,
    };
    // A group hears nothing that was said before it. [MQTT5-3.8.4-4] is about each; a share is nobody's own.
    if !wishes || group.is_some() {
        return;
    }
    let feed =
        Feed { subscriber: subscriber.clone(), filter: filter.into(), how: wanted.how.clone(), after: None };
    match feed.waits() {
        true => core.apps.put(Command::Feed(Box::new(feed))).await,
        false => drop(core.tasks.spawn(feed.run(core.clone()))),
    }
}

/// Gives filters up; says of each whether it was there.
pub(crate) async fn unsubscribe(
    core: &Arc<Core>,
    session: &Arc<Session>,
    filters: &[String],
) -> Result<Vec<bool>, Error> {
    let Some(subscriber) = session.subscriber.get() else { return Ok(vec![false; filters.len()]) };
    let were: Vec<bool> = filters.iter().map(|filter| core.apps.unwant(subscriber, filter)).collect();
    let changes: Vec<_> = filters
        .iter()
        .zip(&were)
        .filter(|(_, was)| **was)
        .map(|(filter, _)| (filter.clone(), None))
        .collect();
    save(core, session, &changes).await?;
    Ok(were)
}

async fn save(core: &Core, session: &Session, changes: &[(String, Option<Vec<u8>>)]) -> Result<(), Error> {
    match session.stored {
        Some((id, epoch)) if !changes.is_empty() => core.store.apps().save_filters(id, epoch, changes).await,
        _ => Ok(()),
    }
}
