//! One message that nobody keeps, to one device. What its queue does not take it does without.

use crate::core::Core;
use crate::session::Copy;
use broker::outbound::{Delivery, Offer};
use bytes::Bytes;
use chat::UserId;
use mqtt::packet::Qos;
use mqtt::{Content, Frame};
use std::sync::Arc;
use topics::payload::Properties;
use topics::{Address, Format, Topic};

/// A message, written once for each format in which somebody hears it.
pub(super) struct Message<'a> {
    pub(super) topic: Topic,
    pub(super) write: &'a (dyn Fn(Format) -> (Bytes, Properties) + Sync),
    pub(super) qos: Qos,
    /// What a bare body is: text where nobody knows better.
    pub(super) is_bytes: bool,
}

impl Core {
    /// Tells the devices of these users that are here. `copies` says which copies a device asks for, and whether it is the one
    /// that said it.
    pub(super) fn pass_around(
        &self,
        users: &[UserId],
        message: &Message<'_>,
        copies: impl Fn(&crate::session::Session) -> Vec<Copy>,
    ) {
        let mut frames: [Option<Arc<Frame>>; Format::ALL.len()] = Default::default();
        for user in users {
            for session in self.people.of(*user) {
                let copies = copies(&session);
                let mut any = false;
                for copy in copies {
                    let place = usize::from(copy.format.place());
                    let frame = frames[place].get_or_insert_with(|| Arc::new(frame(message, copy.format)));
                    let qos = copy.qos.min(message.qos);
                    let delivery = Delivery::untracked(frame.clone(), qos, copy.ids);
                    any |= session.outbound.offer(delivery) == Offer::Taken;
                }
                if any {
                    session.outbound.wake();
                }
            }
        }
    }
}

fn frame(message: &Message<'_>, format: Format) -> Frame {
    let (payload, user_properties) = (message.write)(format);
    let is_bytes = format == Format::Plain && message.is_bytes && std::str::from_utf8(&payload).is_err();
    let content_type = if is_bytes { "application/octet-stream" } else { format.content_type() };
    let content =
        Content { content_type: Some(content_type.to_owned()), user_properties, ..Content::default() };
    Frame::new(Address { format, topic: message.topic.clone() }.to_string(), payload, content)
}
