//! What has become of messages: edits, signs, answers, pins. Each is one statement for all that are asked for.

use super::read::{Stored, open};
use crate::readers::Readers;
use chat::{Act, Entry, RoomId, Seq, Timestamp, UserId};
use std::collections::BTreeMap;
use store::seal::Keyring;
use store::stored::{number, sign};
use store::{Error, Signed, Upshot};

/// Messages that may be asked about at once.
const MOST: usize = 256;

/// See [`store::Store::upshots`].
pub(crate) async fn upshots(
    readers: &Readers,
    ring: &Keyring,
    room: RoomId,
    messages: &[Seq],
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Upshot>, Error> {
    let asked: Vec<i64> = messages.iter().take(MOST).map(|seq| number(seq.0)).collect();
    let mut found = Found::default();
    for entry in edits(readers, ring, room, &asked, now).await? {
        if let Act::Did(deed) = &entry.act {
            let of = deed.of();
            found.of(of).edit = Some(entry);
        }
    }
    signs(readers, room, &asked, user, &mut found).await?;
    counts(readers, room, &asked, &mut found).await?;
    let mut upshots: Vec<Upshot> = messages.iter().take(MOST).filter_map(|seq| found.0.remove(seq)).collect();
    upshots.retain(|upshot| !upshot.is_nothing());
    Ok(upshots)
}

#[derive(Default)]
struct Found(BTreeMap<Seq, Upshot>);

impl Found {
    fn of(&mut self, seq: Seq) -> &mut Upshot {
        self.0.entry(seq).or_insert_with(|| Upshot::nothing(seq))
    }
}

/// The edits that count. Those of a recalled message are empty and open to nothing.
async fn edits(
    readers: &Readers,
    ring: &Keyring,
    room: RoomId,
    asked: &[i64],
    now: Timestamp,
) -> Result<Vec<Entry>, Error> {
    let rows = sqlx::query_as!(
        Stored,
        r#"select m.room_id, m.seq, m.n, m.sender_id, a.handle, m.origin, m.draft, m.kind, m.sent_at, m.expires_at, m.body
           from unnest($1::bigint[]) j (of_seq)
           join message m on m.room_id = $2 and m.seq =
                (select max(e.seq) from edit e where e.room_id = $2 and e.of_seq = j.of_seq)
           join account a on a.id = m.sender_id
           where m.expires_at is null or m.expires_at > $3"#,
        asked,
        room.0,
        now.0
    );
    open(readers, ring, readers.ask(rows.fetch_all(&readers.pool)).await?).await
}

/// The signs of messages that were not recalled.
async fn signs(
    readers: &Readers,
    room: RoomId,
    asked: &[i64],
    user: UserId,
    found: &mut Found,
) -> Result<(), Error> {
    let rows = sqlx::query!(
        r#"select s.of_seq, s.sign, s.people, o.seq is not null as "own!"
           from message m
           join signed s on s.room_id = m.room_id and s.of_seq = m.seq
           left join sign o on o.room_id = s.room_id and o.of_seq = s.of_seq and o.user_id = $3 and o.sign = s.sign
           where m.seq = any($1) and m.room_id = $2 and m.kind < 31
           order by s.of_seq, s.sign"#,
        asked,
        room.0,
        user.0
    );
    for row in readers.ask(rows.fetch_all(&readers.pool)).await? {
        let signed = Signed { sign: sign(&row.sign)?, people: row.people.cast_unsigned(), own: row.own };
        found.of(Seq(row.of_seq.cast_unsigned())).signs.push(signed);
    }
    Ok(())
}

/// How many answers there are, and what is pinned.
async fn counts(readers: &Readers, room: RoomId, asked: &[i64], found: &mut Found) -> Result<(), Error> {
    let many = i64::from(Upshot::MANY);
    let rows = sqlx::query!(
        r#"select j.of_seq as "of_seq!", p.seq as "pin?",
                  (select count(*) from (select 1 from reply r where r.room_id = $2 and r.of_seq = j.of_seq limit $3) few)
                      as "replies!"
           from unnest($1::bigint[]) j (of_seq)
           left join pin p on p.room_id = $2 and p.of_seq = j.of_seq"#,
        asked,
        room.0,
        many
    );
    for row in readers.ask(rows.fetch_all(&readers.pool)).await? {
        let upshot = found.of(Seq(row.of_seq.cast_unsigned()));
        upshot.replies = u32::try_from(row.replies).unwrap_or(Upshot::MANY);
        upshot.pin = row.pin.map(|seq| Seq(seq.cast_unsigned()));
    }
    Ok(())
}

/// See [`store::Store::replies`].
pub(crate) async fn replies(
    readers: &Readers,
    ring: &Keyring,
    (room, of): (RoomId, Seq),
    (after, to): (Seq, Seq),
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Entry>, Error> {
    let (mut after, limit) = (number(after.0), limit.min(500) as usize);
    let mut page = Vec::new();
    loop {
        let rows = answers(readers, (room, of), (after, number(to.0)), limit, now).await?;
        let (last, is_end) = (rows.last().map(|row| row.seq), rows.len() < limit);
        page.extend(open(readers, ring, rows).await?);
        match last {
            Some(last) if !is_end && page.len() < limit => after = last,
            _ => break,
        }
    }
    page.truncate(limit);
    Ok(page)
}

async fn answers(
    readers: &Readers,
    (room, of): (RoomId, Seq),
    (after, to): (i64, i64),
    limit: usize,
    now: Timestamp,
) -> Result<Vec<Stored>, Error> {
    let (of, limit) = (number(of.0), limit as i64);
    let rows = sqlx::query_as!(
        Stored,
        r#"select m.room_id, m.seq, m.n, m.sender_id, a.handle, m.origin, m.draft, m.kind, m.sent_at, m.expires_at, m.body
           from reply r
           join message m on m.room_id = r.room_id and m.seq = r.seq
           join account a on a.id = m.sender_id
           where r.room_id = $1 and r.of_seq = $2 and r.seq > $3 and r.seq <= $4
                 and (m.expires_at is null or m.expires_at > $5)
           order by r.seq limit $6"#,
        room.0,
        of,
        after,
        to,
        now.0,
        limit
    );
    readers.ask(rows.fetch_all(&readers.pool)).await
}

/// See [`store::Store::pins`].
pub(crate) async fn pins(
    readers: &Readers,
    ring: &Keyring,
    room: RoomId,
    now: Timestamp,
) -> Result<Vec<Entry>, Error> {
    let rows = sqlx::query_as!(
        Stored,
        r#"select m.room_id, m.seq, m.n, m.sender_id, a.handle, m.origin, m.draft, m.kind, m.sent_at, m.expires_at, m.body
           from pin p
           join message m on m.room_id = p.room_id and m.seq = p.of_seq
           join account a on a.id = m.sender_id
           where p.room_id = $1 and (m.expires_at is null or m.expires_at > $2)
           order by m.seq"#,
        room.0,
        now.0
    );
    open(readers, ring, readers.ask(rows.fetch_all(&readers.pool)).await?).await
}
