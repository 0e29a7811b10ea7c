//! Which copies of an entry the subscriptions of a session ask for.
//!
//! JSON, `plain/` and `cbor/` are different topics, so a device that subscribed to two hears an entry twice; two
//! filters of one format that match the same room are one copy with both subscription ids. `[MQTT5-3.3.4-2]`

use chat::Handle;
use mqtt::packet::{Qos, Subscription};
use std::sync::Arc;
use store::SavedSubscription;
use topics::Format;
use topics::filter::{Interest, People, Rooms};
use topics::rpc::ReplyTo;

/// A subscription and what it hears.
#[derive(Debug, Clone)]
pub(crate) struct Subscribed {
    pub(crate) filter: String,
    pub(crate) qos: Qos,
    pub(crate) no_local: bool,
    pub(crate) retain_as_published: bool,
    pub(crate) id: Option<u32>,
    pub(crate) interest: Interest,
}

impl Subscribed {
    /// As granted: at most QoS 1, since `seq` already makes once out of at-least-once.
    pub(crate) fn granted(subscription: &Subscription, id: Option<u32>, interest: Interest) -> Subscribed {
        Subscribed {
            filter: subscription.filter.clone(),
            qos: subscription.qos.min(Qos::AtLeastOnce),
            no_local: subscription.no_local,
            retain_as_published: subscription.retain_as_published,
            id,
            interest,
        }
    }

    pub(crate) fn restored(saved: &SavedSubscription) -> Option<Subscribed> {
        Some(Subscribed {
            filter: saved.filter.clone(),
            qos: Qos::from_number(saved.qos)?,
            no_local: saved.no_local,
            retain_as_published: saved.retain_as_published,
            id: saved.id,
            interest: topics::filter::open_interest(&saved.filter).ok()?,
        })
    }

    pub(crate) fn saved(&self) -> SavedSubscription {
        SavedSubscription {
            filter: self.filter.clone(),
            qos: self.qos as u8,
            no_local: self.no_local,
            retain_as_published: self.retain_as_published,
            id: self.id,
        }
    }

    fn hears(&self, format: Format, room: &Handle) -> bool {
        self.interest.hears_in(format, room)
    }
}

/// How many people a filter names to hear how they are; in several formats each counts once.
pub(crate) fn names(interest: &Interest) -> usize {
    usize::from(interest.presence.iter().any(|(_, people)| matches!(people, People::One(_))))
}

/// One copy of an entry for one session.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Copy {
    pub(crate) format: Format,
    pub(crate) qos: Qos,
    pub(crate) ids: Option<Arc<[u32]>>,
}

/// All subscriptions of a session, and the copies worked out once for rooms that no filter names.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    list: Vec<Subscribed>,
    /// Whether some filter names one room, so that rooms differ.
    names_rooms: bool,
    /// Whether some filter has No Local, so that own and foreign entries differ.
    no_local: bool,
    everywhere: Option<Arc<[Copy]>>,
}

impl Routes {
    pub(crate) fn list(&self) -> &[Subscribed] {
        &self.list
    }

    /// Adds a subscription, or replaces the one of the same filter. `[MQTT5-3.8.4-3]`
    pub(crate) fn put(&mut self, subscribed: Subscribed) {
        let place = self.list.iter().position(|here| here.filter == subscribed.filter);
        match place {
            Some(at) => self.list[at] = subscribed,
            None => {
                // Most devices have one or two, for as long as they are here.
                self.list.reserve_exact(1);
                self.list.push(subscribed);
            }
        }
        self.work_out();
    }

    /// Puts these in the place of all.
    pub(crate) fn set(&mut self, list: Vec<Subscribed>) {
        self.list = list;
        self.work_out();
    }

    /// Takes a subscription out; true if it was there.
    pub(crate) fn take(&mut self, filter: &str) -> bool {
        let before = self.list.len();
        self.list.retain(|here| here.filter != filter);
        self.work_out();
        self.list.len() < before
    }

    /// The filter under which it shares what rooms say, if it does.
    pub(crate) fn shared(&self) -> Option<&str> {
        self.list.iter().find(|one| one.interest.shared).map(|one| one.filter.as_str())
    }

    /// Whether another filter than this one hears rooms.
    pub(crate) fn hears_rooms_besides(&self, filter: &str) -> bool {
        self.list.iter().any(|one| one.filter != filter && !one.interest.said.is_empty())
    }

    fn work_out(&mut self) {
        let said = || self.list.iter().flat_map(|one| &one.interest.said);
        self.names_rooms = said().any(|(_, rooms)| matches!(rooms, Rooms::One(_)));
        self.no_local = self.list.iter().any(|one| one.no_local);
        self.everywhere = None;
        if !self.names_rooms && !self.no_local {
            let all = Format::ALL.iter().filter_map(|format| {
                self.copy_of(*format, |one| one.interest.said.iter().any(|(of, _)| of == format))
            });
            self.everywhere = Some(all.collect());
        }
    }

    fn copy_of(&self, format: Format, hears: impl Fn(&Subscribed) -> bool) -> Option<Copy> {
        let matching = || self.list.iter().filter(|one| hears(one));
        let qos = matching().map(|one| one.qos).max()?;
        let ids: Arc<[u32]> = matching().filter_map(|one| one.id).collect();
        Some(Copy { format, qos, ids: (!ids.is_empty()).then_some(ids) })
    }

    /// The copies of an entry of this room; `own` if it came from this very device.
    pub(crate) fn copies(&self, room: &Handle, own: bool) -> Arc<[Copy]> {
        if let Some(copies) = self.everywhere.as_ref().filter(|_| !room.is_own()) {
            return copies.clone();
        }
        let copies = Format::ALL.iter().filter_map(|format| {
            self.copy_of(*format, |one| one.hears(*format, room) && !(own && one.no_local))
        });
        copies.collect()
    }

    /// The copies of the news that somebody writes in this room; `own` if it came from this very device.
    pub(crate) fn typing(&self, room: &Handle, own: bool) -> Vec<Copy> {
        self.of_now(own, |one, format| one.interest.hears_typing(format, room))
    }

    /// The copies of a signal in this room; `own` if it came from this very device.
    pub(crate) fn signals(&self, room: &Handle, own: bool) -> Vec<Copy> {
        self.of_now(own, |one, format| one.interest.hears_signals(format, room))
    }

    /// The copies of the news how somebody is, who is around this user or not.
    pub(crate) fn presence(&self, user: &Handle, is_around: bool) -> Vec<Copy> {
        self.of_now(false, |one, format| one.interest.hears_presence(format, user, is_around))
    }

    fn of_now(&self, own: bool, hears: impl Fn(&Subscribed, Format) -> bool) -> Vec<Copy> {
        let copy =
            |format: &Format| self.copy_of(*format, |one| hears(one, *format) && !(own && one.no_local));
        Format::ALL.iter().filter_map(copy).collect()
    }

    /// Whether some filter hears how people are.
    pub(crate) fn hears_presence(&self) -> bool {
        self.list.iter().any(|one| !one.interest.presence.is_empty())
    }

    /// How many people filters name, besides this one, to hear how they are.
    pub(crate) fn names_besides(&self, filter: &str) -> usize {
        let others = self.list.iter().filter(|one| one.filter != filter);
        others.map(|one| names(&one.interest)).sum()
    }

    /// Whether entries of this room are for this session at all.
    pub(crate) fn covers(&self, room: &Handle) -> bool {
        self.list.iter().any(|one| one.interest.hears(room))
    }

    /// Whether any room could be.
    pub(crate) fn hears_logs(&self) -> bool {
        self.list.iter().any(|one| one.interest.hears_logs())
    }

    /// Whether a device's PUBACK, and not only the kernel, tells of this room.
    pub(crate) fn is_acknowledged(&self, room: &Handle) -> bool {
        self.copies(room, false).iter().any(|copy| copy.qos > Qos::AtMostOnce)
    }

    /// The copies of what is told of how far members of this room are.
    pub(crate) fn receipts(&self, room: &Handle) -> impl Iterator<Item = Copy> {
        let copy = |format: &Format| self.copy_of(*format, |one| one.interest.hears_receipts(*format, room));
        Format::ALL.iter().filter_map(copy)
    }

    /// Whether it could be told that of any room.
    pub(crate) fn hears_receipts(&self) -> bool {
        self.list.iter().any(|one| !one.interest.receipts.is_empty())
    }

    /// The copies of an answer on `me/replies`.
    pub(crate) fn replies(&self) -> Vec<Copy> {
        Format::ALL
            .iter()
            .filter_map(|format| self.answer(&ReplyTo { format: *format, word: None }))
            .collect()
    }

    /// The copy of an answer that goes there.
    pub(crate) fn answer(&self, to: &ReplyTo) -> Option<Copy> {
        self.copy_of(to.format, |one| one.interest.answers(to))
    }
}
