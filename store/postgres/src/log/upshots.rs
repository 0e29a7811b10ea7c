//! What has become of messages: edits, signs, answers, pins. To most of them nothing was done, and one statement for all
//! that are asked for says so.

use super::read::{Stored, open};
use crate::readers::Readers;
use chat::{Entry, RoomId, Seq, Timestamp, UserId};
use store::seal::Keyring;
use store::stored::{Page, number, sign};
use store::{Error, Signed, Touched, Upshot, Upshots};

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
    let messages = &messages[..messages.len().min(MOST)];
    let asked: Vec<i64> = messages.iter().map(|seq| number(seq.0)).collect();
    let mut found = Upshots::default();
    touched(readers, room, &asked, &mut found).await?;
    if !found.edited.is_empty() {
        let edits = edits(readers, ring, room, &found.edited, now).await?;
        found.edits(edits);
    }
    if !found.signed.is_empty() {
        signs(readers, room, user, &mut found).await?;
    }
    Ok(found.in_order(messages))
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
        r#"select m.room_id, m.seq, m.n, m.sender_id, a.handle, m.origin, m.draft, m.kind, m.sent_at, m.expires_at, m.body,
                  m.few, m.before, null::boolean as touched
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
async fn signs(readers: &Readers, room: RoomId, user: UserId, found: &mut Upshots) -> Result<(), Error> {
    let rows = sqlx::query!(
        r#"select s.of_seq, s.sign, s.people, o.seq is not null as "own!"
           from message m
           join signed s on s.room_id = m.room_id and s.of_seq = m.seq
           left join sign o on o.room_id = s.room_id and o.of_seq = s.of_seq and o.user_id = $3 and o.sign = s.sign
           where m.seq = any($1) and m.room_id = $2 and m.kind < 31
           order by s.of_seq, s.sign"#,
        &found.signed,
        room.0,
        user.0
    );
    for row in readers.ask(rows.fetch_all(&readers.pool)).await? {
        let signed = Signed { sign: sign(&row.sign)?, people: row.people.cast_unsigned(), own: row.own };
        found.of(Seq(row.of_seq.cast_unsigned())).signs.push(signed);
    }
    Ok(())
}

/// To which of them something was done: how many answers there are, what is pinned, what else is to be looked at.
async fn touched(readers: &Readers, room: RoomId, asked: &[i64], found: &mut Upshots) -> Result<(), Error> {
    let many = i64::from(Upshot::MANY);
    let rows = sqlx::query_as!(
        Touched,
        r#"select w.of_seq as "of!", w.pin as "pin?", w.replies as "replies!", w.edited as "edited!",
                  w.signed as "signed!"
           from (select j.of_seq, p.seq as pin,
                        (select count(*) from (select 1 from reply r where r.room_id = $2 and r.of_seq = j.of_seq
                                               limit $3) few) as replies,
                        exists (select 1 from edit e where e.room_id = $2 and e.of_seq = j.of_seq) as edited,
                        exists (select 1 from signed s where s.room_id = $2 and s.of_seq = j.of_seq) as signed
                 from unnest($1::bigint[]) j (of_seq)
                 left join pin p on p.room_id = $2 and p.of_seq = j.of_seq) w
           where w.pin is not null or w.replies > 0 or w.edited or w.signed"#,
        asked,
        room.0,
        many
    );
    readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter().for_each(|row| found.touched(row));
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
    let mut page = Page::new(after, limit);
    loop {
        let rows = answers(readers, (room, of), page.next(), to, now).await?;
        let (count, last) = (rows.len(), rows.last().map(|row| row.seq));
        if page.is_whole(count, last, open(readers, ring, rows).await?) {
            return Ok(page.entries());
        }
    }
}

async fn answers(
    readers: &Readers,
    (room, of): (RoomId, Seq),
    (after, limit): (i64, usize),
    to: Seq,
    now: Timestamp,
) -> Result<Vec<Stored>, Error> {
    let (of, to, limit) = (number(of.0), number(to.0), limit as i64);
    let rows = sqlx::query_as!(
        Stored,
        r#"select m.room_id, m.seq, m.n, m.sender_id, a.handle, m.origin, m.draft, m.kind, m.sent_at, m.expires_at, m.body,
                  m.few, m.before, null::boolean as touched
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
        r#"select m.room_id, m.seq, m.n, m.sender_id, a.handle, m.origin, m.draft, m.kind, m.sent_at, m.expires_at, m.body,
                  m.few, m.before, null::boolean as touched
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
