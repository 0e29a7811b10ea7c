//! Why a publish was not taken, as its sender hears it: on `me/replies`, and beside the PUBACK in MQTT 5.

use super::key::Key;
use super::object::{Notation, Object};
use super::{AnswerProperties, Properties, property};
use crate::{Format, cut};
use bytes::Bytes;
use chat::{Denial, Draft, Objection, Refusal};

/// The most bytes of the client's own topic that are repeated to it: what the broker takes as a topic.
const LONGEST_TOPIC: usize = 512;

/// The refusal as a payload for `me/replies`, with its user properties. `topic`, `draft` and `packet` are
/// what the client sent, so that it knows which of its publishes is meant; a topic is cut to 512 bytes
/// and a draft to [`Draft::MAX_LEN`].
#[must_use]
pub fn write(
    refusal: &Refusal,
    topic: &str,
    draft: Option<&str>,
    packet: Option<u16>,
    format: Format,
) -> (Bytes, Properties) {
    let reply = Reply {
        refusal,
        topic: cut(topic, LONGEST_TOPIC),
        draft: draft.map(|draft| cut(draft, Draft::MAX_LEN)),
        packet,
    };
    let payload = match Notation::of(format) {
        Some(notation) => reply.object(notation),
        None => Bytes::from(refusal.to_string()),
    };
    let properties = match format {
        Format::Json | Format::Plain => reply.properties(),
        Format::Cbor => Vec::new(),
    };
    (payload, properties)
}

/// The user properties of a PUBACK that refuses; its reason string is the refusal's own words.
#[must_use]
pub fn properties(refusal: &Refusal) -> AnswerProperties {
    let mut properties = vec![("refused", refusal.code().to_owned())];
    properties.extend(retry_after_ms(refusal).map(|ms| ("retry_after_ms", ms.to_string())));
    properties
}

/// The MQTT 5 reason code for a refusal, as the page's table has it. All but 0x9A can stand in a PUBACK;
/// 0x9A is a DISCONNECT's. `[MQTT5-3.4.2.1]` `[MQTT5-3.2.2-14]`
#[must_use]
pub const fn reason_code(refusal: &Refusal) -> u8 {
    match refusal {
        // A stranger must not learn which of them it is.
        Refusal::NotAMember | Refusal::NoSuchUser | Refusal::NoSuchTopic | Refusal::NoSuchMedia => 0x87,
        Refusal::Payload(_) | Refusal::TooLarge { .. } => 0x99,
        Refusal::MayNotCallAll => 0x87,
        Refusal::Objected(Objection::NoSuchMessage | Objection::NotYours | Objection::NotAllowed) => 0x87,
        Refusal::Objected(_) | Refusal::DraftReused => 0x83,
        Refusal::Denied(Denial::ReadOnly | Denial::Muted(_) | Denial::Banned | Denial::NotInvited) => 0x87,
        Refusal::Denied(Denial::TooSoon(_)) | Refusal::Quota(_) => 0x97,
        Refusal::Denied(_) => 0x83,
        Refusal::Retained => 0x9A,
    }
}

/// How long to wait, where waiting helps.
fn retry_after_ms(refusal: &Refusal) -> Option<u64> {
    let wait = match refusal {
        Refusal::Quota(wait) => Some(*wait),
        Refusal::Denied(denial) => denial.wait(),
        _ => None,
    };
    wait.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
}

struct Reply<'a> {
    refusal: &'a Refusal,
    topic: &'a str,
    draft: Option<&'a str>,
    packet: Option<u16>,
}

impl Reply<'_> {
    fn object(&self, notation: Notation) -> Bytes {
        let mut reply = Object::with_capacity(notation, 192 + self.topic.len());
        reply.text(Key::Refused, self.refusal.code());
        reply.text(Key::Topic, self.topic);
        if let Some(draft) = self.draft {
            reply.draft_as_written(draft);
        }
        reply.number_if(Key::Packet, self.packet.map(u64::from));
        reply.text(Key::Reason, &self.refusal.to_string());
        match retry_after_ms(self.refusal) {
            Some(ms) => reply.number(Key::RetryAfterMs, ms),
            None => reply.null(Key::RetryAfterMs),
        }
        reply.end()
    }

    fn properties(&self) -> Properties {
        let mut properties = Vec::with_capacity(5);
        properties
            .extend(self::properties(self.refusal).into_iter().map(|(key, value)| property(key, value)));
        properties.push(property("topic", self.topic));
        properties.extend(self.draft.map(|draft| property("draft", draft)));
        properties.extend(self.packet.map(|packet| property("packet", packet)));
        properties
    }
}
