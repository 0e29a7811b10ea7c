//! The list: which rooms are on a page, and what is to be told of each. Two statements, however many rooms.

use crate::keys;
use crate::log::Stored;
use crate::open::Running;
use crate::readers::Readers;
use crate::writer::stamp;
use chat::{Handle, RoomId, Seq, Timestamp, UserId};
use store::plan::Mark;
use store::stored::{StoredConversation, damaged, handle, push_level};
use store::{Conversation, Error, ListPlace, Moment, Settings};
use uuid::Uuid;

/// Rooms of one page at most, and one that tells whether there is more.
const PAGE: u32 = 201;

/// The last transaction that was committed: there is one at a time, so what is seen is what its number says.
pub(super) async fn moment(readers: &Readers) -> Result<Moment, Error> {
    let row = sqlx::query!("select epoch, batch from writer");
    let row = readers.ask(row.fetch_one(&readers.pool)).await?;
    let now = stamp(row.epoch, row.batch);
    Ok(Moment { log: now, other: now })
}

/// Which rooms are on the page, in their order; a user's own room (with a number below zero) is none of them. Every room of the person is looked at: it is the last entry that says
/// where it stands.
pub(super) async fn page(
    readers: &Readers,
    user: UserId,
    since: Option<Moment>,
    after: Option<ListPlace>,
    limit: u32,
) -> Result<Vec<RoomId>, Error> {
    // Before the first moment nothing was.
    let since = since.unwrap_or(Moment { log: -1, other: -1 });
    let (at, room) = after.map_or((i64::MAX, i64::MAX), |(at, room)| (at.0, room.0));
    let rows = sqlx::query_scalar!(
        "select e.room_id
         from membership m
         join room r on r.id = m.room_id
         cross join lateral (select x.room_id, x.sent_at from message x
                             where x.room_id = r.id
                                   and x.seq = greatest(r.last_told, coalesce(m.hears_from, m.from_seq))) e
         left join cursor c on c.user_id = m.user_id and c.room_id = m.room_id
         left join conversation v on v.user_id = m.user_id and v.room_id = m.room_id
         where m.user_id = $1 and m.room_id > 0 and m.ended_at is null and (e.sent_at, e.room_id) < ($2, $3)
               and (r.changed > $4 or coalesce(c.changed, 0) > $5 or coalesce(v.changed, 0) > $5)
         order by e.sent_at desc, e.room_id desc limit $6",
        user.0,
        at,
        room,
        since.log,
        since.other,
        i64::from(limit.min(PAGE))
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
    Ok(rows.into_iter().map(RoomId).collect())
}

/// The rooms that a user went out of since, and is not in.
pub(super) async fn gone(
    readers: &Readers,
    user: UserId,
    since: Moment,
    limit: u32,
) -> Result<Vec<Handle>, Error> {
    let rows = sqlx::query_scalar!(
        "select r.handle from conversation v join room r on r.id = v.room_id
         where v.user_id = $1 and v.changed > $2
               and not exists (select 1 from membership m where m.room_id = v.room_id and m.user_id = $1
                               and m.to_seq is null)
         order by r.handle limit $3",
        user.0,
        since.other,
        i64::from(limit.min(1_001))
    );
    readers.ask(rows.fetch_all(&readers.pool)).await?.iter().map(|one| handle(one)).collect()
}

struct Row {
    handle: String,
    kind: i16,
    name: Option<String>,
    avatar: Option<String>,
    role: i16,
    with_handle: Option<String>,
    read_seq: i64,
    read_n: i64,
    mentions: i64,
    muted_until: Option<i64>,
    pinned: bool,
    archived: bool,
    marked: bool,
    push_level: Option<i16>,
    unsaid: Option<Vec<u8>>,
    unsaid_at: Option<i64>,
    wrapped_key: Option<Vec<u8>>,
    seq: i64,
    n: i64,
    room_id: i64,
    sender_id: i64,
    sender: String,
    origin: Option<i64>,
    draft: Option<Uuid>,
    entry_kind: i16,
    sent_at: i64,
    expires_at: Option<i64>,
    body: Vec<u8>,
    few: bool,
    before: Option<i64>,
}

/// What there is to tell of these rooms, in their order; one that the person is not in is left out.
pub(super) async fn details(
    running: &Running,
    user: UserId,
    rooms: &[RoomId],
    now: Timestamp,
) -> Result<Vec<Conversation>, Error> {
    if rooms.is_empty() {
        return Ok(Vec::new());
    }
    let Running { readers, keys: ring, .. } = running;
    let asked: Vec<i64> = rooms.iter().map(|room| room.0).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"select r.handle, r.kind, r.name, r.avatar, m.role,
                  case when r.kind = 1 then coalesce(
                      (select o.handle from membership o
                       where o.room_id = r.id and o.to_seq is null and o.user_id <> $1 limit 1), m.handle) end
                      as with_handle,
                  coalesce(c.read_seq, 0) as "read_seq!", coalesce(c.read_n, 0) as "read_n!",
                  (select count(*) from mention x where x.user_id = $1 and x.room_id = r.id
                   and x.seq > coalesce(c.read_seq, 0))
                  + (select count(*) from mention x where x.user_id = 0 and x.room_id = r.id
                     and x.seq > coalesce(c.read_seq, 0)) as "mentions!",
                  v.muted_until as "muted_until?", coalesce(v.pinned, false) as "pinned!",
                  coalesce(v.archived, false) as "archived!", coalesce(v.marked, false) as "marked!",
                  v.push_level as "push_level?",
                  v.unsaid as "unsaid?", v.unsaid_at as "unsaid_at?",
                  case when v.unsaid is not null then r.wrapped_key end as wrapped_key,
                  e.seq, e.n, e.room_id, e.sender_id, a.handle as sender, e.origin, e.draft, e.kind as entry_kind,
                  e.sent_at, e.expires_at, e.body, e.few, e.before
           from unnest($2::bigint[]) with ordinality j (id, place)
           join room r on r.id = j.id
           join membership m on m.room_id = r.id and m.user_id = $1 and m.to_seq is null
           join message e on e.room_id = r.id
                and e.seq = greatest(r.last_told, coalesce(m.hears_from, m.from_seq))
           join account a on a.id = e.sender_id
           left join cursor c on c.user_id = $1 and c.room_id = r.id
           left join conversation v on v.user_id = $1 and v.room_id = r.id
           order by j.place"#,
        user.0,
        &asked
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
    let rows: Vec<_> = rows.into_iter().map(|row| stored(user, row)).collect::<Result<_, _>>()?;
    let keys = readers.ask_for(keys::load(ring, &readers.pool, StoredConversation::voices(&rows))).await?;
    rows.into_iter().map(|row| row.open(ring, &keys, now)).collect()
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
        touched: None,
    };
    Ok(StoredConversation {
        user,
        handle: row.handle,
        kind: i64::from(row.kind),
        name: row.name,
        avatar: row.avatar,
        with: row.with_handle,
        role: i64::from(row.role),
        last: last.entry(),
        read: Mark { seq: Seq(row.read_seq.cast_unsigned()), n: row.read_n.cast_unsigned() },
        mentions: row.mentions.cast_unsigned(),
        settings: Settings {
            muted_until: row.muted_until.map(Timestamp),
            pinned: row.pinned,
            archived: row.archived,
            marked: row.marked,
            push_level: push_level(row.push_level.map(i64::from))?,
        },
        unsaid,
    })
}
