//! Why not.

use crate::{Denial, Objection};
use std::time::Duration;

/// A request that will never succeed as sent, and why. What might succeed later is not a refusal.
///
/// The words of [`Refusal::code`] are part of the contract: they stand in `topics.md`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not in the room, or there is no such room: a stranger can't tell which.
    #[error("you are not a member of this room")]
    NotAMember,
    /// Nobody of this name can be written to.
    #[error("there is nobody of this name you could write to")]
    NoSuchUser,
    /// The topic is none this client may publish to.
    #[error("nothing may be published to this topic")]
    NoSuchTopic,
    /// The payload can't be read; the text says where.
    #[error("{0}")]
    Payload(String),
    /// More bytes than a message may have.
    #[error("the message has {len} bytes and the limit is {limit}")]
    TooLarge {
        /// What it has.
        len: usize,
        /// What it may have.
        limit: usize,
    },
    /// Only some may call everybody in this room.
    #[error("in this room you may not call everybody: leave `@all` out of `mentions`")]
    MayNotCallAll,
    /// The draft was used for another message of the same sender in the same room.
    #[error("this draft was already used for another message")]
    DraftReused,
    /// The upload that the message names is not there, or not to be seen by its sender.
    #[error("there is no such media, or not for you")]
    NoSuchMedia,
    /// What was to be done to a message can't be done to it.
    #[error(transparent)]
    Objected(#[from] Objection),
    /// The rules of the room say no.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// Too much for too long.
    #[error("too many messages; wait {} ms", .0.as_millis())]
    Quota(Duration),
    /// A retained message was published where nothing is retained.
    #[error("nothing is retained on chat topics")]
    Retained,
}

impl Refusal {
    /// The word for it in payloads, stable for ever.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::NotAMember => "not_a_member",
            Refusal::NoSuchUser => "no_such_user",
            Refusal::NoSuchTopic => "no_such_topic",
            Refusal::Payload(_) => "payload",
            Refusal::TooLarge { .. } => "too_large",
            Refusal::MayNotCallAll => "may_not_call_all",
            Refusal::DraftReused => "draft_reused",
            Refusal::NoSuchMedia => "no_such_media",
            Refusal::Objected(objection) => objection.code(),
            Refusal::Denied(denial) => denial.code(),
            Refusal::Quota(_) => "quota",
            Refusal::Retained => "retained",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_tell_a_room_they_are_not_in_from_one_that_is_not() {
        // One refusal for both: a second one must not be added.
        assert_eq!(Refusal::NotAMember.code(), "not_a_member");
        assert_eq!(Refusal::NotAMember.to_string(), "you are not a member of this room");
    }

    #[test]
    fn a_refusal_says_what_would_help() {
        assert_eq!(
            Refusal::TooLarge { len: 70_000, limit: 65_536 }.to_string(),
            "the message has 70000 bytes and the limit is 65536"
        );
        assert_eq!(
            Refusal::Quota(Duration::from_millis(1500)).to_string(),
            "too many messages; wait 1500 ms"
        );
    }
}
