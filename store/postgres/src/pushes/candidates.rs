//! Who might be told of what was said.

use crate::readers::Readers;
use chat::RoomId;
use store::stored::{StoredCandidate, number, quiet};
use store::{Candidate, Error, Question};

/// A device, and all that is known of its person and of the room.
struct Row {
    id: i64,
    user_id: i64,
    device: String,
    provider: String,
    hears_from: i64,
    read_seq: i64,
    push_level: Option<i16>,
    muted_until: Option<i64>,
    from_minute: Option<i16>,
    to_minute: Option<i16>,
    zone: Option<String>,
    called: Option<i64>,
    keeps_away: Vec<i64>,
    clean: Option<bool>,
    cursors: Option<Vec<u8>>,
    done_seq: i64,
}

/// See [`store::Pushes::candidates`].
pub(super) async fn list(readers: &Readers, question: &Question) -> Result<Vec<Candidate>, Error> {
    let rows = match question.large && !calls_everybody(readers, question).await? {
        true => of_few(readers, question).await?,
        false => of_all(readers, question).await?,
    };
    rows.into_iter().map(|row| row.candidate(question.room)).collect()
}

async fn calls_everybody(readers: &Readers, question: &Question) -> Result<bool, Error> {
    let found = sqlx::query_scalar!(
        r#"select exists (select 1 from mention where user_id = 0 and room_id = $1 and seq between $2 and $3)
           as "found!""#,
        question.room.0,
        number(question.from.0),
        number(question.to.0)
    );
    readers.ask(found.fetch_one(&readers.pool)).await
}

/// Asks for the devices of people who come from `$people`, as far as `$those` says; what is told of each is the same.
macro_rules! devices {
    ($readers:expr, $question:expr, $people:literal, $those:literal) => {{
        let Question { room, from, to, senders, after, limit, .. } = $question;
        let senders: Vec<i64> = senders.iter().map(|user| user.0).collect();
        let rows = sqlx::query_as!(
            Row,
            r#"select p.id, p.user_id, p.device, p.provider, coalesce(m.hears_from, m.from_seq) as "hears_from!",
                  coalesce(c.read_seq, 0) as "read_seq!", v.push_level as "push_level?", v.muted_until as "muted_until?",
                  q.from_minute as "from_minute?", q.to_minute as "to_minute?", q.zone as "zone?",
                  (select max(x.seq) from mention x
                   where x.user_id in (p.user_id, 0) and x.room_id = $1 and x.seq between $2 and $3) as called,
                  array(select b.other_id from block b where b.user_id = p.user_id and b.other_id = any($4)) as "keeps_away!",
                  s.clean as "clean?", s.cursors as "cursors?", coalesce(n.done_seq, 0) as "done_seq!"
           "#
                + $people
                + r#"
           left join cursor c on c.user_id = p.user_id and c.room_id = $1
           left join conversation v on v.user_id = p.user_id and v.room_id = $1
           left join push_quiet q on q.user_id = p.user_id
           left join session s on s.user_id = p.user_id and s.client_id = p.device
           left join push_note n on n.device_id = p.id and n.room_id = $1
           "#
                + $those,
            room.0,
            number(from.0),
            number(to.0),
            &senders,
            after.0.0,
            after.1.0,
            i64::from((*limit).min(500))
        );
        $readers.ask(rows.fetch_all(&$readers.pool)).await
    }};
}

/// Of all members.
async fn of_all(readers: &Readers, question: &Question) -> Result<Vec<Row>, Error> {
    devices!(
        readers,
        question,
        r#"from membership m
           join push_device p on p.user_id = m.user_id"#,
        r#"where m.room_id = $1 and m.to_seq is null and p.disabled is null and m.user_id >= $5
                 and (p.user_id, p.id) > ($5, $6)
           order by p.user_id, p.id limit $7"#
    )
}

/// Of those who are called, or asked for everything: nobody goes through a hundred thousand members for two.
async fn of_few(readers: &Readers, question: &Question) -> Result<Vec<Row>, Error> {
    devices!(
        readers,
        question,
        r#"from (select user_id from mention where room_id = $1 and seq between $2 and $3
                 union
                 select user_id from conversation where room_id = $1 and push_level = 1) w
           join push_device p on p.user_id = w.user_id
           join membership m on m.room_id = $1 and m.user_id = p.user_id and m.to_seq is null"#,
        r#"where p.disabled is null and (p.user_id, p.id) > ($5, $6)
           order by p.user_id, p.id limit $7"#
    )
}

impl Row {
    fn candidate(self, room: RoomId) -> Result<Candidate, Error> {
        let minute = |minute: Option<i16>| minute.map(i64::from);
        let row = StoredCandidate {
            id: self.id,
            user_id: self.user_id,
            device: self.device,
            provider: self.provider,
            hears_from: self.hears_from,
            read_seq: self.read_seq,
            push_level: self.push_level.map(i64::from),
            muted_until: self.muted_until,
            quiet: quiet(minute(self.from_minute), minute(self.to_minute), self.zone),
            called: self.called,
            keeps_away: self.keeps_away,
            session: self.clean.zip(self.cursors).map(|(clean, cursors)| (!clean, cursors)),
            done_seq: self.done_seq,
        };
        row.candidate(room)
    }
}
