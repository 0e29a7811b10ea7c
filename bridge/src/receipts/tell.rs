//! Who hears how far somebody is: in a small room everybody who is in it, in a larger one who said what was passed.

use super::audience::{Audience, Size};
use super::moved::Place;
use super::told::Told;
use crate::core::Core;
use chat::{RoomId, Seq, UserId};
use std::collections::HashMap;
use std::sync::Arc;

/// Rooms looked up in one round; news of others waits for the next. The store has other questions to answer.
const LOOK_UPS: usize = 200;
/// Messages of a room whose senders are looked up at once, the newest.
const PASSED: u32 = 32;
/// Of those that one person passed, the newest so many count.
const CONCERNED: usize = 8;
/// So many more members, and a room is told one round later.
const CROWD: u64 = 30;
/// Rooms in one question.
const AT_ONCE: usize = 500;

/// How far somebody is, and where.
type One = (Place, (Seq, Seq));
/// A room that is not small, and who moved in it.
type Middle<'a> = (RoomId, Arc<Audience>, &'a [One]);

/// Tells what is new since the last round.
pub(super) async fn tell(core: &Core, round: u64) {
    core.receipts.tell_late();
    let news = core.receipts.news.take();
    if core.receipts.listeners.count() == 0 {
        return;
    }
    let (mut middle, mut looked_up) = (Vec::new(), 0);
    for part in news.chunk_by(|one, other| one.0.0 == other.0.0) {
        let Some(((room, _), _)) = part.first() else { continue };
        let audience = match core.known_audience(*room) {
            Some(audience) => audience,
            None if core.receipts.is_large(*room) => continue,
            None if looked_up == LOOK_UPS => {
                core.tell_later(part);
                continue;
            }
            None => {
                looked_up += 1;
                match core.audience(*room).await {
                    Ok(Some(audience)) => audience,
                    Ok(None) => continue,
                    Err(error) => {
                        tracing::warn!(%error, "receipts are told later: {error}");
                        core.tell_later(part);
                        continue;
                    }
                }
            }
        };
        match audience.size {
            Size::Small if !is_turn(*room, &audience, round) => core.tell_later(part),
            Size::Small => core.tell_everybody(&audience, part),
            Size::Middle => middle.push((*room, audience, part)),
            Size::Large => {}
        }
    }
    for part in middle.chunks(AT_ONCE) {
        core.tell_sayers(part).await;
    }
}

impl Core {
    fn tell_later(&self, news: &[One]) {
        for (place, marks) in news {
            self.receipts.news.put(*place, *marks);
        }
    }

    fn tell_everybody(&self, audience: &Audience, news: &[One]) {
        let told: Vec<_> = news.iter().filter_map(|one| told(audience, one)).collect();
        for member in audience.members.keys() {
            for session in self.receipts.listeners.of(*member) {
                let for_them = told.iter().filter(|one| !audience.are_apart(*member, one.place.1));
                for_them.for_each(|one| self.receipts.tell(&session, one));
                session.outbound.wake();
            }
        }
    }

    async fn tell_sayers(&self, rooms: &[Middle<'_>]) {
        let recent = &self.receipts.recent;
        let stretch = |(room, _, news): &Middle<'_>| {
            let befores = news.iter().map(|(place, marks)| recent.before(*place, *marks));
            let after = befores.map(|(delivered, read)| delivered.min(read)).min();
            let upto = news.iter().map(|(_, (delivered, read))| *delivered.max(read)).max();
            (*room, after.unwrap_or_default(), upto.unwrap_or_default())
        };
        let stretches: Vec<_> = rooms.iter().map(stretch).collect();
        let mut sayers: HashMap<RoomId, Vec<(Seq, UserId)>> = HashMap::new();
        match self.store.receipts().sayers(&stretches, PASSED).await {
            Ok(found) => {
                found.into_iter().for_each(|(room, seq, user)| {
                    sayers.entry(room).or_default().push((seq, user));
                });
            }
            // Whoever said something can ask; those who move on are told of next time.
            Err(error) => return tracing::warn!(%error, "receipts are not told: {error}"),
        }
        for (room, audience, news) in rooms {
            let mut said = sayers.remove(room).unwrap_or_default();
            said.sort_unstable_by(|one, other| other.cmp(one));
            for one in *news {
                let (place, marks) = one;
                let before = recent.before(*place, *marks);
                self.tell_concerned(audience, one, &concerned(&said, place.1, before, *marks));
                recent.told(*place, *marks);
            }
        }
    }

    fn tell_concerned(&self, audience: &Audience, one: &One, sayers: &[UserId]) {
        let Some(told) = told(audience, one) else { return };
        let user = told.place.1;
        let in_sight = sayers
            .iter()
            .filter(|sayer| audience.members.contains_key(sayer) && !audience.are_apart(**sayer, user));
        for session in in_sight.flat_map(|sayer| self.receipts.listeners.of(*sayer)) {
            self.receipts.tell(&session, &told);
            session.outbound.wake();
        }
    }
}

/// Whether a room has its turn. Where many are told of many, that is every fourth round at most: each of a hundred who
/// acknowledge is told to a hundred.
fn is_turn(room: RoomId, audience: &Audience, round: u64) -> bool {
    let every = 1 + audience.members.len() as u64 / CROWD;
    (room.0.unsigned_abs().wrapping_add(round)).is_multiple_of(every)
}

/// What is told of one who is in the room.
fn told(audience: &Audience, ((room, user), marks): &One) -> Option<Arc<Told>> {
    let handle = audience.members.get(user)?.clone();
    Some(Arc::new(Told::new((*room, *user), (audience.handle.clone(), handle), *marks)))
}

/// Who said the newest messages that somebody passed, each once; `said` has the newest first. One's own are known to oneself.
fn concerned(said: &[(Seq, UserId)], who: UserId, before: (Seq, Seq), now: (Seq, Seq)) -> Vec<UserId> {
    let passed = |seq: Seq| (before.0 < seq && seq <= now.0) || (before.1 < seq && seq <= now.1);
    let newest = said.iter().filter(|(seq, _)| passed(*seq)).take(CONCERNED);
    let mut users: Vec<UserId> = newest.map(|(_, user)| *user).collect();
    users.retain(|user| *user != who);
    users.sort_unstable();
    users.dedup();
    users
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_said_what_was_passed_is_concerned_and_nobody_else() {
        let said: Vec<(Seq, UserId)> =
            [(9, 1), (8, 2), (7, 1), (5, 3), (2, 4)].map(|(seq, user)| (Seq(seq), UserId(user))).into();
        let concerned = |before: (u64, u64), now: (u64, u64)| {
            let marks = |(delivered, read)| (Seq(delivered), Seq(read));
            let found = concerned(&said, UserId(7), marks(before), marks(now));
            found.into_iter().map(|user| user.0).collect::<Vec<_>>()
        };
        assert_eq!(concerned((5, 2), (8, 2)), [1, 2], "it came to them");
        assert_eq!(concerned((9, 4), (9, 5)), [3], "they read it");
        assert_eq!(concerned((9, 5), (9, 6)), [0; 0], "nothing was said there");
        let many: Vec<(Seq, UserId)> =
            (0..20).rev().map(|seq| (Seq(seq), UserId(seq.cast_signed()))).collect();
        assert_eq!(super::concerned(&many, UserId(-1), (Seq(0), Seq(0)), (Seq(19), Seq(0))).len(), CONCERNED);
    }
}
