//! How a refusal is told: in the PUBACK where it has words for it, on `me/replies` where it has none.

use crate::lane::Said;
use crate::session::{Copy, Reply as Kept, Session};
use broker::application::Outcome;
use broker::outbound::{Delivery, Offer};
use bytes::Bytes;
use chat::Refusal;
use mqtt::packet::{Qos, Version};
use mqtt::{Content, Frame, ReasonCode};
use std::sync::Arc;
use topics::Address;
use topics::payload::refused;
use topics::payload::say::draft_in;

/// Tells the sender of a publish why it was not taken. Of QoS 0, and of everything in 3.1.1, only
/// `me/replies` can tell.
pub(crate) fn tell(said: Said, refusal: &Refusal) {
    let by_acknowledgement = said.session.outbound.version() == Version::V5 && said.qos > Qos::AtMostOnce;
    let mut notices = match by_acknowledgement {
        true => Vec::new(),
        false => notices(&said, refusal),
    };
    if said.qos == Qos::AtMostOnce {
        notices.into_iter().for_each(|notice| said.session.say_aside(notice));
        said.session.outbound.wake();
        said.answer.give(outcome(refusal));
        return;
    }
    // The last copy leaves with the acknowledgement, just before it.
    let last = notices.pop();
    notices.into_iter().for_each(|notice| said.session.say_aside(notice));
    said.answer.give(Outcome { notice: last, ..outcome(refusal) });
}

fn outcome(refusal: &Refusal) -> Outcome {
    Outcome {
        code: ReasonCode::from_number(refused::reason_code(refusal)).unwrap_or(ReasonCode::UnspecifiedError),
        reason: Some(refusal.to_string().into()),
        user_properties: refused::properties(refusal),
        notice: None,
    }
}

fn notices(said: &Said, refusal: &Refusal) -> Vec<Delivery> {
    let copies = said.session.state().routes.replies();
    let draft = said.draft.clone().or_else(|| {
        let address: Address = said.topic.parse().ok()?;
        draft_in(address.format, &said.payload)
    });
    let notice = |copy: Copy| {
        let (payload, properties) =
            refused::write(refusal, &said.topic, draft.as_deref(), said.packet, copy.format);
        said.session.keep_reply(&copy, &payload, properties)
    };
    copies.into_iter().map(notice).collect()
}

impl Session {
    /// Keeps an answer until its device has it, and makes the delivery of it.
    fn keep_reply(&self, copy: &Copy, payload: &Bytes, properties: Vec<(String, String)>) -> Delivery {
        let kept = self.state().replies.push_refusal(copy.format, payload, properties);
        deliver_reply(&kept, copy)
    }

    /// Puts an answer before everything else in the queue. One that the queue can't take stays kept, and comes
    /// when the device is back.
    pub(crate) fn say_aside(&self, notice: Delivery) {
        let mark = notice.mark;
        if self.outbound.notice(notice) == Offer::NeverFits {
            self.state().replies.acknowledged(mark);
        }
    }
}

/// The delivery of a kept answer.
pub(crate) fn deliver_reply(kept: &Kept, copy: &Copy) -> Delivery {
    let content = Content {
        content_type: kept.content_type().map(str::to_owned),
        correlation_data: kept.correlation.clone().map(Bytes::from_owner),
        user_properties: kept.properties.clone(),
        ..Content::default()
    };
    // A reply of which nobody knows where it goes was not restored.
    let topic = kept.to().map_or_else(String::new, |to| to.to_string());
    Delivery {
        frame: Arc::new(Frame::new(topic, Bytes::from_owner(kept.payload.clone()), content)),
        qos: copy.qos,
        retain: false,
        dup: false,
        subscription_ids: copy.ids.clone(),
        expires_at: None,
        mark: kept.mark(),
    }
}
