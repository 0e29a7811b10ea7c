//! How somebody is, is told to those who watch them.

use super::Inner;
use super::evaluate::View;
use crate::core::Core;
use crate::session::Session;
use broker::outbound::{Delivery, Offer};
use chat::{Handle, Shown, UserId};
use mqtt::packet::Qos;
use mqtt::{Content, Frame};
use std::sync::Arc;
use topics::payload::presence;
use topics::{Address, Format, Topic};

/// One state of one person, written once for each format in which somebody hears it.
pub(super) struct Written<'a> {
    user: &'a Handle,
    shown: Shown,
    frames: [Option<Arc<Frame>>; Format::ALL.len()],
}

impl<'a> Written<'a> {
    pub(super) fn new(user: &'a Handle, shown: Shown) -> Written<'a> {
        Written { user, shown, frames: Default::default() }
    }

    fn frame(&mut self, format: Format) -> Arc<Frame> {
        let place = usize::from(format.place());
        let (user, shown) = (self.user, &self.shown);
        self.frames[place].get_or_insert_with(|| Arc::new(frame(user, shown, format))).clone()
    }
}

fn frame(user: &Handle, shown: &Shown, format: Format) -> Frame {
    let (payload, user_properties) = presence::write(user, shown, format);
    let topic = Address { format, topic: Topic::Presence(user.clone()) }.to_string();
    let content = Content {
        content_type: Some(format.content_type().to_owned()),
        user_properties,
        ..Content::default()
    };
    Frame::new(topic, payload, content)
}

impl Session {
    /// Offers every copy that its subscriptions ask for; false if the queue is full.
    pub(super) fn hears_of(&self, written: &mut Written<'_>, is_around: bool, retain: bool) -> bool {
        let copies = self.state().routes.presence(written.user, is_around);
        for copy in copies {
            let frame = written.frame(copy.format);
            let delivery = Delivery { retain, ..Delivery::untracked(frame, Qos::AtMostOnce, copy.ids) };
            match self.outbound.offer(delivery) {
                Offer::Taken | Offer::NeverFits => {}
                Offer::Full => return false,
                Offer::Closed => return true,
            }
        }
        self.outbound.wake();
        true
    }
}

impl Core {
    /// Tells those who watch this user how they are now, where it is not what they were told.
    pub(super) fn tell_seers(self: &Arc<Core>, inner: &mut Inner, user: UserId, now: View) {
        let Some(watched) = inner.watch.watched(user) else { return };
        let (handle, before) = (watched.handle.clone(), watched.told.replace(now.clone()));
        watched.is_awaited = false;
        let (mut to_others, mut to_self) =
            (Written::new(&handle, now.by(UserId(0), user)), Written::new(&handle, now.by(user, user)));
        for seer in inner.watch.seers(user) {
            self.presences.step(1);
            if before.as_ref().is_some_and(|before| before.by(*seer, user) == now.by(*seer, user)) {
                continue;
            }
            let is_around = inner.watch.watcher(*seer).is_some_and(|watcher| watcher.is_around(user));
            let written = if *seer == user { &mut to_self } else { &mut to_others };
            for session in self.people.of(*seer) {
                self.presences.step(1);
                self.tell_session(&session, (user, is_around), written);
            }
        }
    }

    /// One device; what its queue does not take, and what it waits for anyway, it hears when there is room, as it is then.
    fn tell_session(
        self: &Arc<Core>,
        session: &Arc<Session>,
        (user, is_around): (UserId, bool),
        written: &mut Written<'_>,
    ) {
        if session.state().unheard.waits_for(user) {
            return;
        }
        if !session.hears_of(written, is_around, false) {
            self.owe(session, [(user, false)]);
        }
    }
}
