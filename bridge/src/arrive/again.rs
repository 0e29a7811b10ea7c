//! What was sent and not acknowledged comes again, with its packet id and DUP; answers that were kept come too.

use crate::apps;
use crate::core::Core;
use crate::heard::Heard;
use crate::refuse::deliver_reply;
use crate::session::{Copy, NOTICE_LOG, Session, copy_bit, delivery};
use broker::outbound::{Delivery, Mark};
use chat::{Entry, Handle, RoomId, Seq};
use mqtt::packet::{PacketId, Qos};
use std::collections::HashMap;
use store::{Error, InFlight, Membership};
use topics::Format;

/// Sent and not acknowledged when the connection ended: the same packet ids, in the same order, with DUP.
pub(super) async fn in_flight(
    core: &Core,
    session: &Session,
    saved: &[InFlight],
    memberships: &[Membership],
) -> Result<Vec<(PacketId, Delivery)>, Error> {
    let places: Vec<(RoomId, Seq)> = saved
        .iter()
        .filter(|one| one.room != NOTICE_LOG && !one.is_in_no_room())
        .map(|one| (RoomId(one.room), Seq(one.seq)))
        .collect();
    let entries: HashMap<(RoomId, Seq), Entry> =
        core.store.pick(&places).await?.into_iter().map(|entry| ((entry.room, entry.seq), entry)).collect();
    let rooms: HashMap<RoomId, &Handle> = memberships.iter().map(|one| (one.room, &one.handle)).collect();
    let mut kept = apps::in_flight(core, session, saved).await?;
    let mut redeliver = Vec::with_capacity(saved.len());
    for one in saved {
        let Some(id) = PacketId::new(one.packet_id) else { continue };
        let mark = Mark { log: one.room, position: one.seq, copy: one.copy };
        let delivery = match one.room {
            NOTICE_LOG => session.kept_reply(mark),
            apps::KEPT_LOG => kept.remove(&one.seq.cast_signed()),
            _ => entries
                .get(&(RoomId(one.room), Seq(one.seq)))
                .and_then(|entry| session.again(entry, rooms.get(&RoomId(one.room))?, (mark, Seq(one.prev)))),
        };
        redeliver.extend(delivery.map(|delivery| (id, Delivery { dup: true, ..delivery })));
    }
    Ok(redeliver)
}

/// Answers that were kept and are not among what is sent again.
pub(super) fn tell_kept_replies(session: &Session, redeliver: &[(PacketId, Delivery)]) {
    let notices: Vec<Delivery> = {
        let state = session.state();
        let again = |mark: Mark| redeliver.iter().any(|(_, delivery)| delivery.mark == mark);
        let kept = state.replies.list().filter(|reply| !again(reply.mark()));
        kept.filter_map(|reply| {
            let copy = state.routes.answer(&reply.to()?)?;
            Some(deliver_reply(reply, &copy))
        })
        .collect()
    };
    notices.into_iter().for_each(|notice| session.say_aside(notice));
}

impl Session {
    /// An entry that was in flight, as the copy it was, whether or not a subscription still asks for it.
    /// `[MQTT5-3.10.4-3]`, `[MQTT3-3.10.4-3]`
    fn again(&self, entry: &Entry, room: &Handle, (mark, prev): (Mark, Seq)) -> Option<Delivery> {
        let heard = Heard::new(entry.clone(), room.clone());
        let copies = self.state().routes.copies(room, entry.origin == Some(self.origin));
        let copy = copies.iter().find(|copy| copy_bit(copy.format) == mark.copy).cloned();
        let unasked = || {
            let format = Format::ALL.into_iter().find(|format| copy_bit(*format) == mark.copy)?;
            Some(Copy { format, qos: Qos::AtLeastOnce, ids: None })
        };
        let copy = copy.or_else(unasked)?;
        self.state().note_path(entry.room, entry.seq, prev);
        Some(delivery(&heard, &copy, prev, mark, true))
    }

    /// An answer that was in flight.
    fn kept_reply(&self, mark: Mark) -> Option<Delivery> {
        let state = self.state();
        let reply = state.replies.list().find(|reply| reply.mark() == mark)?;
        let copy = state.routes.answer(&reply.to()?)?;
        Some(deliver_reply(reply, &copy))
    }
}
