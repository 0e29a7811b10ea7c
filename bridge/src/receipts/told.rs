//! What a listener hears of one person in one room: rendered at most once for each format, however many hear it.

use broker::outbound::Delivery;
use chat::{Handle, RoomId, Seq, UserId};
use mqtt::packet::Qos;
use mqtt::{Content, Frame};
use std::sync::{Arc, OnceLock};
use topics::payload::receipts;
use topics::{Address, Format, Topic};

/// How far somebody is.
#[derive(Debug)]
pub(crate) struct Told {
    pub(super) place: (RoomId, UserId),
    pub(super) room: Handle,
    user: Handle,
    marks: (Seq, Seq),
    frames: [OnceLock<Option<Arc<Frame>>>; Format::ALL.len()],
}

impl Told {
    pub(super) fn new(
        place: (RoomId, UserId),
        (room, user): (Handle, Handle),
        (delivered, read): (Seq, Seq),
    ) -> Told {
        Told { place, room, user, marks: (delivered.max(read), read), frames: Default::default() }
    }

    fn frame(&self, format: Format) -> Option<&Arc<Frame>> {
        self.frames[usize::from(format.place())].get_or_init(|| self.render(format).map(Arc::new)).as_ref()
    }

    fn render(&self, format: Format) -> Option<Frame> {
        let payload = receipts::write(&self.room, &self.user, self.marks, format)?;
        let topic = Address { format, topic: Topic::Receipts(self.room.clone()) };
        let content_type = Some(format.content_type().to_owned());
        Some(Frame::new(topic.to_string(), payload, Content { content_type, ..Content::default() }))
    }

    /// It as it is sent: once, since a newer one makes up for it. Nothing where the format has no such thing.
    pub(super) fn delivery(
        &self,
        format: Format,
        ids: Option<Arc<[u32]>>,
        is_state: bool,
    ) -> Option<Delivery> {
        let frame = self.frame(format)?.clone();
        Some(Delivery { retain: is_state, ..Delivery::untracked(frame, Qos::AtMostOnce, ids) })
    }
}
