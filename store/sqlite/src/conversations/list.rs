//! The list: which rooms are on a page, and what is to be told of each. Two statements, however many rooms.

use crate::failure::error;
use crate::keys;
use crate::log::Stored;
use crate::open::Running;
use crate::writer::json;
use chat::{Handle, RoomId, Seq, Timestamp, UserId};
use sqlx::SqlitePool;
use store::plan::Mark;
use store::stored::{StoredConversation, damaged, handle, number};
use store::{Conversation, Error, ListPlace, Moment, Settings};

/// Rooms of one page at most, and one that tells whether there is more.
const PAGE: u32 = 201;

/// Both counters at one moment.
pub(super) async fn moment(readers: &SqlitePool) -> Result<Moment, Error> {
    let row = sqlx::query!(
        r#"select (select coalesce(max(id), 0) from message) as "log!: i64", changes as "other!: i64" from meta"#
    );
    let row = row.fetch_one(readers).await.map_err(error)?;
    Ok(Moment { log: row.log, other: row.other })
}

/// Which rooms are on the page, in their order; a user's own room (with a number below zero) is none of them. Every room of the person is looked at: it is the last entry that says
/// where it stands.
pub(super) async fn page(
    readers: &SqlitePool,
    user: UserId,
    since: Option<Moment>,
    after: Option<ListPlace>,
    limit: u32,
) -> Result<Vec<RoomId>, Error> {
    // Before the first moment nothing was.
    let since = since.unwrap_or(Moment { log: -1, other: -1 });
    let (at, room) = after.map_or((i64::MAX, i64::MAX), |(at, room)| (at.0, room.0));
    let limit = i64::from(limit.min(PAGE));
    let rows = sqlx::query_scalar!(
        r#"select e.room_id as "room_id!"
           from membership m
           cross join message e on e.room_id = m.room_id
                and e.seq = (select max(x.seq) from message x where x.room_id = m.room_id)
           left join cursor c on c.user_id = m.user_id and c.room_id = m.room_id
           left join conversation v on v.user_id = m.user_id and v.room_id = m.room_id
           where m.user_id = ?1 and m.room_id > 0 and m.ended_at is null and (e.sent_at, e.room_id) < (?2, ?3)
                 and (e.id > ?4 or coalesce(c.changed, 0) > ?5 or coalesce(v.changed, 0) > ?5)
           order by e.sent_at desc, e.room_id desc limit ?6"#,
        user.0,
        at,
        room,
        since.log,
        since.other,
        limit
    );
    Ok(rows.fetch_all(readers).await.map_err(error)?.into_iter().map(RoomId).collect())
}

/// The rooms that a user went out of since, and is not in.
pub(super) async fn gone(
    readers: &SqlitePool,
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

struct Row {
    handle: String,
    kind: i64,
    name: Option<String>,
    avatar: Option<String>,
    role: i64,
    with_handle: Option<String>,
    read_seq: i64,
    read_n: i64,
    mentions: i64,
    muted_until: Option<i64>,
    pinned: bool,
    archived: bool,
    marked: bool,
    unsaid: Option<Vec<u8>>,
    unsaid_at: Option<i64>,
    wrapped_key: Option<Vec<u8>>,
    seq: i64,
    n: i64,
    room_id: i64,
    sender_id: i64,
    sender: String,
    origin: Option<i64>,
    draft: Option<Vec<u8>>,
    entry_kind: i64,
    sent_at: i64,
    expires_at: Option<i64>,
    body: Vec<u8>,
    few: Option<bool>,
    before: Option<i64>,
}

/// What there is to tell of these rooms, in their order; one that the person is not in is left out.
///
/// Marks in arrears are asked first: one leaves there only when it is in the file.
pub(super) async fn details(
    running: &Running,
    user: UserId,
    rooms: &[RoomId],
    now: Timestamp,
) -> Result<Vec<Conversation>, Error> {
    if rooms.is_empty() {
        return Ok(Vec::new());
    }
    let told = running.arrears.of_all(user, rooms);
    let asked = rooms.iter().zip(told);
    let asked: Vec<_> = asked
        .map(|(room, mark)| {
            (room.0, mark.map_or(0, |mark| number(mark.seq.0)), mark.map_or(0, |mark| number(mark.n)))
        })
        .collect();
    let rows = rows(&running.readers, user, &json(&asked)?).await?;
    let rows: Vec<_> = rows.into_iter().map(|row| stored(user, row)).collect::<Result<_, _>>()?;
    let keys = keys::load(&running.keys, &running.readers, StoredConversation::voices(&rows)).await?;
    rows.into_iter().map(|row| row.open(&running.keys, &keys, now)).collect()
}

async fn rows(readers: &SqlitePool, user: UserId, asked: &str) -> Result<Vec<Row>, Error> {
    // A mark's two numbers grow together.
    let rows = sqlx::query_as!(
        Row,
        r#"select r.handle as "handle!", r.kind as "kind!", r.name, r.avatar, m.role as "role!",
                  case when r.kind = 1 then coalesce(
                      (select o.handle from membership o
                       where o.room_id = r.id and o.to_seq is null and o.user_id <> ?1 limit 1), m.handle) end
                      as "with_handle?: String",
                  max(coalesce(c.read_seq, 0), j.value ->> 1) as "read_seq!: i64",
                  max(coalesce(c.read_n, 0), j.value ->> 2) as "read_n!: i64",
                  (select count(*) from mention x where x.user_id = ?1 and x.room_id = r.id
                   and x.seq > max(coalesce(c.read_seq, 0), j.value ->> 1))
                  + (select count(*) from mention x where x.user_id = 0 and x.room_id = r.id
                     and x.seq > max(coalesce(c.read_seq, 0), j.value ->> 1)) as "mentions!: i64",
                  v.muted_until as "muted_until?", coalesce(v.pinned, 0) as "pinned!: bool",
                  coalesce(v.archived, 0) as "archived!: bool", coalesce(v.marked, 0) as "marked!: bool",
                  v.unsaid as "unsaid?", v.unsaid_at as "unsaid_at?",
                  case when v.unsaid is not null then r.wrapped_key end as "wrapped_key?: Vec<u8>",
                  e.seq as "seq!", e.n as "n!", e.room_id as "room_id!", e.sender_id as "sender_id!", a.handle as "sender!",
                  e.origin, e.draft, e.kind as "entry_kind!", e.sent_at as "sent_at!", e.expires_at, e.body as "body!",
                  e.few as "few: bool", e.before
           from json_each(?2) j
           cross join room r on r.id = j.value ->> 0
           cross join membership m on m.room_id = r.id and m.user_id = ?1 and m.to_seq is null
           cross join message e on e.room_id = r.id and e.seq = max(
                (select case when x.few = 1 then coalesce(x.before, x.seq - 1) else x.seq end
                 from message x where x.room_id = r.id order by x.seq desc limit 1),
                coalesce(m.hears_from, m.from_seq))
           cross join account a on a.id = e.sender_id
           left join cursor c on c.user_id = ?1 and c.room_id = r.id
           left join conversation v on v.user_id = ?1 and v.room_id = r.id
           order by j.key"#,
        user.0,
        asked
    );
    rows.fetch_all(readers).await.map_err(error)
}

fn stored(user: UserId, row: Row) -> Result<StoredConversation, Error> {
    let unsaid = match (row.unsaid, row.wrapped_key, row.unsaid_at) {
        (Some(kept), Some(wrapped), Some(at)) => Some((kept, wrapped, Timestamp(at))),
        (None, ..) => None,
        _ => return Err(damaged("text that was begun")),
    };
    let last = Stored {
        room_id: row.room_id,
        seq: row.seq,
        n: row.n,
        sender_id: row.sender_id,
        handle: row.sender,
        origin: row.origin,
        draft: row.draft,
        kind: row.entry_kind,
        sent_at: row.sent_at,
        expires_at: row.expires_at,
        body: row.body,
        few: row.few,
        before: row.before,
    };
    Ok(StoredConversation {
        user,
        handle: row.handle,
        kind: row.kind,
        name: row.name,
        avatar: row.avatar,
        with: row.with_handle,
        role: row.role,
        last: last.entry()?,
        read: Mark { seq: Seq(row.read_seq.cast_unsigned()), n: row.read_n.cast_unsigned() },
        mentions: row.mentions.cast_unsigned(),
        settings: Settings {
            muted_until: row.muted_until.map(Timestamp),
            pinned: row.pinned,
            archived: row.archived,
            marked: row.marked,
        },
        unsaid,
    })
}
