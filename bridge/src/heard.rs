//! An entry as receivers hear it: rendered at most once for each format, however many they are.

use chat::{Act, Entry, Handle, Kind, Seq, UserId};
use mqtt::{Content, Frame};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};
use topics::payload::{gap, said};
use topics::{Address, Format, Topic};

/// An entry of a room, with the frames made of it so far.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) entry: Entry,
    room: Handle,
    /// Whom it is about, by number, where that is known.
    about: Option<UserId>,
    frames: [OnceLock<Arc<Frame>>; Format::ALL.len()],
}

impl Heard {
    pub(crate) fn new(entry: Entry, room: Handle) -> Heard {
        Heard { entry, room, about: None, frames: Default::default() }
    }

    /// The same, about this user.
    pub(crate) fn about(self, user: Option<UserId>) -> Heard {
        Heard { about: user, ..self }
    }

    /// Whether only those it concerns, and those who manage the room, hear it.
    pub(crate) fn is_for_few(&self) -> bool {
        self.entry.reach.few
    }

    /// Whether it is for this user, of a room that `managers` manage.
    pub(crate) fn is_for(&self, (user, handle): (UserId, &Handle), managers: &[UserId]) -> bool {
        !self.is_for_few()
            || self.entry.sender == user
            || self.entry.act.who() == Some(handle)
            || managers.contains(&user)
    }

    /// Whom it concerns, by number; `None` where that would have to be looked up.
    pub(crate) fn people(&self) -> Option<impl Iterator<Item = UserId>> {
        let is_known = self.about.is_some() || self.entry.act.who().is_none();
        is_known.then(|| [self.entry.sender].into_iter().chain(self.about))
    }

    /// Whether others manage the room from now on.
    pub(crate) fn changes_managers(&self) -> bool {
        matches!(self.entry.act.kind(), Kind::Role | Kind::HandedOver)
    }

    /// Whether nobody hears it: that a user's own room was made is news to no one.
    pub(crate) fn is_silent(&self) -> bool {
        self.room.is_own() && matches!(self.entry.act, Act::Created { .. })
    }

    pub(crate) fn seq(&self) -> Seq {
        self.entry.seq
    }

    /// The frame for a receiver whose path had `prev` before this entry. Almost everybody's path had what everybody was
    /// told last, and those share one frame.
    pub(crate) fn frame(&self, format: Format, prev: Seq) -> Arc<Frame> {
        if prev != self.entry.reach.before {
            return Arc::new(self.render(format, prev));
        }
        self.frames[usize::from(format.place())].get_or_init(|| Arc::new(self.render(format, prev))).clone()
    }

    fn render(&self, format: Format, prev: Seq) -> Frame {
        let payload = said::write(&self.entry, &self.room, format, Some(prev));
        let properties = Content {
            content_type: Some(said::content_type(&self.entry, format).to_owned()),
            user_properties: said::properties(&self.entry, &self.room, format, Some(prev)),
            ..Content::default()
        };
        Frame::new(topic(format, &self.room), payload, properties)
    }

    /// When a receiver need not have it any more.
    pub(crate) fn expires_at(&self) -> Option<SystemTime> {
        let ms = u64::try_from(self.entry.expires_at?.0).unwrap_or(0);
        Some(SystemTime::UNIX_EPOCH + Duration::from_millis(ms))
    }
}

/// The frame that stands for a range nobody will hear.
pub(crate) fn gap_frame(room: &Handle, format: Format, from: Seq, to: Seq) -> Arc<Frame> {
    let (payload, user_properties) = gap::write(room, from, to, format);
    let properties = Content { user_properties, ..Content::default() };
    Arc::new(Frame::new(topic(format, room), payload, properties))
}

fn topic(format: Format, room: &Handle) -> String {
    Address { format, topic: Topic::heard(room) }.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chat::{Content as Said, Reach, RoomId, Timestamp};

    fn heard() -> Heard {
        let ann = Handle::new("ann").unwrap();
        let entry = Entry {
            room: RoomId(7),
            seq: Seq(42),
            n: 40,
            sender: UserId(1),
            from: ann,
            origin: None,
            at: Timestamp(0),
            expires_at: None,
            draft: None,
            act: Act::Said(Said::text("hello")),
            reach: Reach::everybody(Seq(42)),
        };
        Heard::new(entry, Handle::new("tea").unwrap())
    }

    #[test]
    fn an_entry_is_written_once_for_each_format_that_somebody_hears_and_for_no_other() {
        let heard = heard();
        let first = heard.frame(Format::Json, Seq(41));
        assert!(Arc::ptr_eq(&first, &heard.frame(Format::Json, Seq(41))));
        let written =
            |heard: &Heard| Format::ALL.map(|one| heard.frames[usize::from(one.place())].get().is_some());
        assert_eq!(written(&heard), [true, false, false]);
        let small = heard.frame(Format::Cbor, Seq(41));
        assert!(Arc::ptr_eq(&small, &heard.frame(Format::Cbor, Seq(41))));
        assert_eq!(written(&heard), [true, false, true]);
    }

    #[test]
    fn a_way_of_its_own_has_a_frame_of_its_own() {
        let heard = heard();
        let own = heard.frame(Format::Cbor, Seq(7));
        assert!(!Arc::ptr_eq(&own, &heard.frame(Format::Cbor, Seq(41))));
    }
}
