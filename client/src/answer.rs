//! What a PUBACK says: a receipt, or why not.
//!
//! Start at [`receipt`].

use crate::payload::time_of;
use crate::property::property;
use chat::{Handle, Objection, Seq, Timestamp};
use rumqttc::{PubAck, PubAckReason};
use std::time::Duration;

/// The message is on the server's disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The room that has it; where it was said to a user, the direct room with them.
    pub room: Handle,
    /// Its place in the room.
    pub seq: Seq,
    /// When the server took it.
    pub at: Timestamp,
    /// Whether it had been taken before and only its PUBACK was lost; the rest is then that first time's.
    pub duplicate: bool,
}

/// Why a message, or a read mark, has no receipt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SayError {
    /// The server refused it for good. Don't send it again as it is.
    #[error("refused: {0}")]
    Refused(#[from] Refused),
    /// As much as [`Options::outbox`](crate::Options::outbox) allows waits already. Nothing was sent.
    #[error("the outbox is full")]
    OutboxFull,
    /// The outbox file could not be written; in the operating system's words. Nothing was sent. The next message
    /// tries again.
    #[error("the outbox file can't be written: {0}")]
    NotKept(String),
    /// The client was closed first. It is not known whether the server took it. What is in an outbox file is sent by
    /// the next client that opens it.
    #[error("the client was closed")]
    Closed,
    /// The PUBACK says *taken*, but not as what: not a server that keeps `topics.md`.
    #[error("the PUBACK has no readable `{0}`")]
    NoReceipt(&'static str),
}

/// A refusal, as the table of `topics.md` has it. The texts are the server's reason, for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// You are not in this room, or there is none.
    #[error("{0}")]
    NotAMember(String),
    /// There is nobody of this name you could write to.
    #[error("{0}")]
    NoSuchUser(String),
    /// The server has no such topic.
    #[error("{0}")]
    NoSuchTopic(String),
    /// The message says what no message can; the text names the key.
    #[error("{0}")]
    Payload(String),
    /// The message has more bytes than the server takes, or than the outbox ever holds.
    #[error("{0}")]
    TooLarge(String),
    /// Only some may call everybody in this room.
    #[error("{0}")]
    MayNotCallAll(String),
    /// The draft was used for another message.
    #[error("{0}")]
    DraftReused(String),
    /// The upload that the message names is not there, or not for this user.
    #[error("{0}")]
    NoSuchMedia(String),
    /// What should be done to a message can't be done to it.
    #[error("{reason}")]
    Objected {
        /// Why not.
        objection: Objection,
        /// In words.
        reason: String,
    },
    /// Too much for too long.
    #[error("{reason}")]
    Quota {
        /// In words.
        reason: String,
        /// How long to wait before saying more.
        retry_after: Duration,
    },
    /// A refusal this version has no name for.
    #[error("{refused} ({reason})")]
    Other {
        /// The server's word for it, or the name of the reason code.
        refused: String,
        /// In words.
        reason: String,
    },
}

/// Reads the PUBACK of a message.
pub(crate) fn receipt(puback: &PubAck) -> Result<Receipt, SayError> {
    accepted(puback)?;
    let read = |key: &'static str| word(puback, key).ok_or(SayError::NoReceipt(key));
    Ok(Receipt {
        room: Handle::new(read("room")?).map_err(|_| SayError::NoReceipt("room"))?,
        seq: Seq(read("seq")?.parse().map_err(|_| SayError::NoReceipt("seq"))?),
        at: time_of(read("at")?).ok_or(SayError::NoReceipt("at"))?,
        duplicate: read("duplicate")?.parse().map_err(|_| SayError::NoReceipt("duplicate"))?,
    })
}

/// Reads a PUBACK that says no more than yes or no.
pub(crate) fn accepted(puback: &PubAck) -> Result<(), Refused> {
    match puback.reason {
        PubAckReason::Success | PubAckReason::NoMatchingSubscribers => Ok(()),
        code => Err(refused(puback, code)),
    }
}

fn refused(puback: &PubAck, code: PubAckReason) -> Refused {
    let reason = puback.properties.as_ref().and_then(|words| words.reason_string.clone()).unwrap_or_default();
    match word(puback, "refused") {
        Some("not_a_member") => Refused::NotAMember(reason),
        Some("no_such_user") => Refused::NoSuchUser(reason),
        Some("no_such_topic") => Refused::NoSuchTopic(reason),
        Some("payload") => Refused::Payload(reason),
        Some("too_large") => Refused::TooLarge(reason),
        Some("may_not_call_all") => Refused::MayNotCallAll(reason),
        Some("draft_reused") => Refused::DraftReused(reason),
        Some("no_such_media") => Refused::NoSuchMedia(reason),
        Some("quota") => Refused::Quota { reason, retry_after: retry_after(puback) },
        Some(other) => match Objection::ALL.into_iter().find(|objection| objection.code() == other) {
            Some(objection) => Refused::Objected { objection, reason },
            None => Refused::Other { refused: other.to_owned(), reason },
        },
        None => Refused::Other { refused: format!("{code:?}"), reason },
    }
}

/// A server that names no time leaves it to the client: a second.
fn retry_after(puback: &PubAck) -> Duration {
    let ms = word(puback, "retry_after_ms").and_then(|ms| ms.parse().ok());
    Duration::from_millis(ms.unwrap_or(1000))
}

fn word<'a>(puback: &'a PubAck, key: &str) -> Option<&'a str> {
    property(&puback.properties.as_ref()?.user_properties, key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumqttc::PubAckProperties;

    fn puback(reason: PubAckReason, words: &[(&str, &str)]) -> PubAck {
        let user_properties = words.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let properties = PubAckProperties { reason_string: Some("in words".to_owned()), user_properties };
        PubAck { pkid: 1, reason, properties: Some(properties) }
    }

    #[test]
    fn a_receipt_tells_the_place_the_time_and_whether_it_is_the_first() {
        let at = "1970-01-01T00:00:01.500Z";
        let puback = puback(
            PubAckReason::Success,
            &[("seq", "7"), ("room", "tea"), ("at", at), ("duplicate", "true")],
        );
        let room = Handle::new("tea").unwrap();
        let told = Receipt { room, seq: Seq(7), at: Timestamp(1500), duplicate: true };
        assert_eq!(receipt(&puback), Ok(told));
    }

    #[test]
    fn a_puback_without_a_place_is_no_receipt() {
        assert_eq!(receipt(&puback(PubAckReason::Success, &[])), Err(SayError::NoReceipt("room")));
    }

    #[test]
    fn every_refusal_of_the_contract_has_a_name() {
        let words = "in words".to_owned();
        let of = |word| {
            refused(&puback(PubAckReason::NotAuthorized, &[("refused", word)]), PubAckReason::NotAuthorized)
        };
        assert_eq!(of("not_a_member"), Refused::NotAMember(words.clone()));
        assert_eq!(of("no_such_user"), Refused::NoSuchUser(words.clone()));
        assert_eq!(of("no_such_topic"), Refused::NoSuchTopic(words.clone()));
        assert_eq!(of("payload"), Refused::Payload(words.clone()));
        assert_eq!(of("too_large"), Refused::TooLarge(words.clone()));
        assert_eq!(of("may_not_call_all"), Refused::MayNotCallAll(words.clone()));
        assert_eq!(of("draft_reused"), Refused::DraftReused(words.clone()));
        assert_eq!(of("no_such_media"), Refused::NoSuchMedia(words.clone()));
        for objection in Objection::ALL {
            assert_eq!(of(objection.code()), Refused::Objected { objection, reason: words.clone() });
        }
        assert_eq!(of("shy"), Refused::Other { refused: "shy".to_owned(), reason: words });
    }

    #[test]
    fn a_quota_says_how_long_to_wait() {
        let puback = puback(PubAckReason::QuotaExceeded, &[("refused", "quota"), ("retry_after_ms", "2500")]);
        let Err(SayError::Refused(Refused::Quota { retry_after, .. })) = receipt(&puback) else {
            panic!("a quota is refused as such")
        };
        assert_eq!(retry_after, Duration::from_millis(2500));
    }
}
