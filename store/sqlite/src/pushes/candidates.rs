//! Who might be told of what was said.

use crate::failure::error;
use crate::open::Running;
use crate::writer::json;
use chat::{RoomId, UserId};
use store::plan::Mark;
use store::stored::{StoredCandidate, damaged, number, quiet, seq};
use store::{Candidate, Error, Question};

/// A device, and all that is known of its person and of the room.
struct Row {
    id: i64,
    user_id: i64,
    device: String,
    provider: String,
    hears_from: i64,
    read_seq: i64,
    push_level: Option<i64>,
    muted_until: Option<i64>,
    from_minute: Option<i64>,
    to_minute: Option<i64>,
    zone: Option<String>,
    called: Option<i64>,
    keeps_away: String,
    clean: Option<i64>,
    cursors: Option<Vec<u8>>,
    done_seq: i64,
}

/// See [`store::Pushes::candidates`].
///
/// Marks in arrears are asked after the table: one leaves there only when it is in the file, and a mark that both miss is
/// one that is moved just now.
pub(super) async fn list(running: &Running, question: &Question) -> Result<Vec<Candidate>, Error> {
    let rows = match question.large && !calls_everybody(running, question).await? {
        true => of_few(running, question).await?,
        false => of_all(running, question).await?,
    };
    let told = rows.iter().map(|row| running.arrears.of(UserId(row.user_id), question.room));
    let told: Vec<Option<Mark>> = told.collect();
    rows.into_iter().zip(told).map(|(row, told)| row.candidate(question.room, told)).collect()
}

async fn calls_everybody(running: &Running, question: &Question) -> Result<bool, Error> {
    let (from, to) = (number(question.from.0), number(question.to.0));
    let found = sqlx::query_scalar!(
        r#"select exists (select 1 from mention where user_id = 0 and room_id = ? and seq between ? and ?)
           as "found!: bool""#,
        question.room.0,
        from,
        to
    );
    found.fetch_one(&running.readers).await.map_err(error)
}

/// Asks for the devices of people who come from `$people`, as far as `$those` says; what is told of each is the same.
macro_rules! devices {
    ($running:expr, $question:expr, $people:literal, $those:literal) => {{
        let Question { room, from, to, senders, after, limit, .. } = $question;
        let (from, to, limit) = (number(from.0), number(to.0), (*limit).min(500));
        let senders = json(&senders.iter().map(|user| user.0).collect::<Vec<_>>())?;
        let rows = sqlx::query_as!(
            Row,
            r#"select p.id as "id!", p.user_id as "user_id!", p.device as "device!", p.provider as "provider!",
                  coalesce(m.hears_from, m.from_seq) as "hears_from!: i64", coalesce(c.read_seq, 0) as "read_seq!: i64",
                  v.push_level, v.muted_until, q.from_minute as "from_minute?", q.to_minute as "to_minute?", q.zone as "zone?",
                  (select max(x.seq) from mention x
                   where x.user_id in (p.user_id, 0) and x.room_id = ?1 and x.seq between ?2 and ?3) as "called: i64",
                  (select json_group_array(b.other_id) from json_each(?4) j
                   cross join block b on b.user_id = p.user_id and b.other_id = j.value) as "keeps_away!: String",
                  s.clean as "clean?", s.cursors as "cursors?", coalesce(n.done_seq, 0) as "done_seq!: i64"
           "#
                + $people
                + r#"
           left join cursor c on c.user_id = p.user_id and c.room_id = ?1
           left join conversation v on v.user_id = p.user_id and v.room_id = ?1
           left join push_quiet q on q.user_id = p.user_id
           left join session s on s.user_id = p.user_id and s.client_id = p.device
           left join push_note n on n.device_id = p.id and n.room_id = ?1
           "#
                + $those,
            room.0,
            from,
            to,
            senders,
            after.0.0,
            after.1.0,
            limit
        );
        rows.fetch_all(&$running.readers).await.map_err(error)
    }};
}

/// Of all members, in the order of the table of memberships.
async fn of_all(running: &Running, question: &Question) -> Result<Vec<Row>, Error> {
    devices!(
        running,
        question,
        r#"from membership m
           cross join push_device p on p.user_id = m.user_id"#,
        r#"where m.room_id = ?1 and m.to_seq is null and p.disabled is null and m.user_id >= ?5
                 and (p.user_id, p.id) > (?5, ?6)
           order by m.user_id, p.id limit ?7"#
    )
}

/// Of those who are called, or asked for everything: nobody goes through a hundred thousand members for two.
async fn of_few(running: &Running, question: &Question) -> Result<Vec<Row>, Error> {
    devices!(
        running,
        question,
        r#"from (select user_id from mention where room_id = ?1 and seq between ?2 and ?3
                 union
                 select user_id from conversation where room_id = ?1 and push_level = 1) w
           cross join push_device p on p.user_id = w.user_id
           cross join membership m on m.room_id = ?1 and m.user_id = p.user_id and m.to_seq is null"#,
        r#"where p.disabled is null and (p.user_id, p.id) > (?5, ?6)
           order by p.user_id, p.id limit ?7"#
    )
}

impl Row {
    fn candidate(self, room: RoomId, told: Option<Mark>) -> Result<Candidate, Error> {
        let told = told.map_or(0, |mark| number(mark.seq.0));
        let keeps_away = serde_json::from_str(&self.keeps_away).map_err(|_| damaged("list of blocks"))?;
        let row = StoredCandidate {
            id: self.id,
            user_id: self.user_id,
            device: self.device,
            provider: self.provider,
            hears_from: self.hears_from,
            read_seq: self.read_seq.max(told),
            push_level: self.push_level,
            muted_until: self.muted_until,
            quiet: quiet(self.from_minute, self.to_minute, self.zone),
            called: self.called,
            keeps_away,
            session: self.clean.zip(self.cursors).map(|(clean, cursors)| (clean == 0, cursors)),
            done_seq: self.done_seq,
        };
        debug_assert!(seq(row.hears_from) > chat::Seq::ZERO);
        row.candidate(room)
    }
}
