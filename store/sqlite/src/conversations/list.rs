//! The list: which rooms are on a page, and what is to be told of each.
//!
//! The file is asked who is in which rooms ([`seats`](super::seats)) and what they have of their own there
//! ([`own`](super::own)), for all rooms at once. In what order the rooms come ([`crate::ends`]) and what they show of
//! themselves ([`crate::faces`]) is in memory, as far as somebody asked for it lately.

use super::own::{self, Own};
use super::seats::{self, Seat};
use crate::ends::{self, End};
use crate::faces::{Face, Shown};
use crate::failure::error;
use crate::log;
use crate::open::Running;
use crate::readers::Readers;
use chat::{Handle, RoomId, Seq, Timestamp, UserId};
use std::cmp::Reverse;
use std::collections::HashMap;
use store::stored::{handle, role};
use store::{Conversation, Error, ListPlace, Moment};

/// Rooms of one page at most, and one that tells whether there is more.
const PAGE: u32 = 201;

/// A room of a page: what its person is there, and where its log ends for them.
pub(super) type Spot = (Seat, End);

/// Which rooms are on the page, in their order; a user's own room (with a number below zero) is none of them.
pub(super) async fn page(
    running: &Running,
    user: UserId,
    since: Option<Moment>,
    after: Option<ListPlace>,
    limit: u32,
) -> Result<Vec<Spot>, Error> {
    // Before the first moment nothing was.
    let since = since.unwrap_or(Moment { log: -1, other: -1 });
    let after = after.map_or((i64::MAX, i64::MAX), |(at, room)| (at.0, room.0));
    let seats = seats::all(&running.readers, user, since.other).await?;
    let mut page = spots(running, seats).await?;
    page.retain(|(seat, end)| (end.at, seat.room) < after && (seat.changed || end.id > since.log));
    page.sort_unstable_by_key(|(seat, end)| Reverse((end.at, seat.room)));
    page.truncate(limit.min(PAGE) as usize);
    Ok(page)
}

/// One room, if the person is in it.
pub(super) async fn spot(running: &Running, user: UserId, room: RoomId) -> Result<Vec<Spot>, Error> {
    spots(running, seats::one(&running.readers, user, room).await?).await
}

/// Where the logs of these rooms end for this person: with what everybody was told last, or with their own coming.
async fn spots(running: &Running, seats: Vec<Seat>) -> Result<Vec<Spot>, Error> {
    let mut ends = running.ends.of(&running.readers, seats.iter().map(|seat| RoomId(seat.room))).await?;
    let unheard = |seat: &&Seat| ends.get(&RoomId(seat.room)).is_some_and(|end| end.seq < seat.heard);
    let unheard: Vec<_> = seats.iter().filter(unheard).map(|seat| (seat.room, seat.heard)).collect();
    if !unheard.is_empty() {
        ends.extend(ends::at(&running.readers, &unheard).await?);
    }
    let spots = seats.into_iter();
    Ok(spots.filter_map(|seat| ends.get(&RoomId(seat.room)).map(|end| (seat, *end))).collect())
}

/// The rooms that a user went out of since, and is not in.
pub(super) async fn gone(
    readers: &Readers,
    user: UserId,
    since: Moment,
    limit: u32,
) -> Result<Vec<Handle>, Error> {
    let limit = i64::from(limit.min(1_001));
    let rows = sqlx::query_scalar!(
        r#"select r.handle as "handle!" from conversation v cross join room r on r.id = v.room_id
           where v.user_id = ?1 and v.changed > ?2
                 and not exists (select 1 from membership m where m.room_id = v.room_id and m.user_id = ?1
                                 and m.to_seq is null)
           order by r.handle limit ?3"#,
        user.0,
        since.other,
        limit
    );
    rows.fetch_all(readers).await.map_err(error)?.iter().map(|one| handle(one)).collect()
}

/// What there is to tell of these rooms, in their order.
///
/// Marks in arrears are asked first: one leaves there only when it is in the file.
pub(super) async fn details(
    running: &Running,
    user: UserId,
    spots: &[Spot],
    now: Timestamp,
) -> Result<Vec<Conversation>, Error> {
    let rooms = || spots.iter().map(|(seat, _)| RoomId(seat.room));
    if spots.is_empty() {
        return Ok(Vec::new());
    }
    let told = running.arrears.of_all(user, rooms());
    let asked: Vec<_> = rooms().zip(told).collect();
    let faces = running.faces.of((&running.readers, &running.keys), rooms()).await?;
    let comings = comings(running, spots, &faces).await?;
    let mut own = own::of(running, user, &asked).await?;
    let mut list = Vec::with_capacity(spots.len());
    for (seat, _) in spots {
        let room = RoomId(seat.room);
        if let (Some(face), Some(own)) = (faces.get(&room), own.remove(&room)) {
            let shown = comings.get(&room).unwrap_or(&face.end);
            list.push(conversation((user, seat), face, shown, own, now)?);
        }
    }
    Ok(list)
}

/// What is shown to those who came in after what everybody was told: their own coming.
async fn comings(
    running: &Running,
    spots: &[Spot],
    faces: &HashMap<RoomId, std::sync::Arc<Face>>,
) -> Result<HashMap<RoomId, Shown>, Error> {
    let places = spots.iter().map(|(seat, _)| (RoomId(seat.room), Seq(seat.heard.cast_unsigned())));
    let places: Vec<_> =
        places.filter(|(room, heard)| faces.get(room).is_some_and(|face| face.end.seq < *heard)).collect();
    if places.is_empty() {
        return Ok(HashMap::new());
    }
    let entries = log::pick(&running.readers, &running.keys, &places).await?;
    let shown = |entry: chat::Entry| Shown { seq: entry.seq, n: entry.n, at: entry.at, entry: Some(entry) };
    Ok(entries.into_iter().map(|entry| (entry.room, shown(entry))).collect())
}

fn conversation(
    (user, seat): (UserId, &Seat),
    face: &Face,
    shown: &Shown,
    own: Own,
    now: Timestamp,
) -> Result<Conversation, Error> {
    let others = face.people.iter().find(|(person, _)| *person != user);
    let last = shown.entry.as_ref().filter(|entry| entry.expires_at.is_none_or(|end| end > now));
    Ok(Conversation {
        room: RoomId(seat.room),
        handle: face.handle.clone(),
        kind: face.kind,
        name: face.name.clone(),
        avatar: face.avatar.clone(),
        // Where nobody else is there, it is oneself.
        with: others.or(face.people.first()).map(|(_, name)| name.clone()),
        role: role(seat.role)?,
        last_seq: shown.seq,
        last_at: shown.at,
        last: last.cloned(),
        read_seq: own.read.seq,
        unread: shown.n.saturating_sub(own.read.n),
        mentions: own.mentions,
        settings: own.settings,
        unsaid: own.unsaid,
    })
}
