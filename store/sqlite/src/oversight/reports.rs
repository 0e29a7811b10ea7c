//! What is reported, and what is decided on it.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::UserId;
use store::lane::{Write, Writer as _};
use store::seal::Keyring;
use store::stored::{StoredReport, in_list, places};
use store::{Decision, Error, NewEvent, NewReport, Report, ReportId};

/// See [`store::Oversight::report`].
pub(crate) struct Add(pub(crate) NewReport);

/// See [`store::Oversight::decide`].
pub(crate) struct Decide {
    pub(crate) id: ReportId,
    pub(crate) decision: Decision,
}

#[async_trait]
impl Write<Writer> for Add {
    type Answer = ReportId;

    async fn write(&self, to: &mut Writer) -> Result<ReportId, Error> {
        let NewReport { id, by, what, reason, at } = &self.0;
        let (room, seq, user) = places(what);
        let found = sqlx::query_scalar!(
            "select id from report where by_id = ? and room_id = ? and seq = ? and user_id = ? and verdict is null",
            by.0,
            room,
            seq,
            user
        );
        if let Some(id) = found.fetch_optional(&mut to.conn).await.map_err(error)? {
            return Ok(ReportId(id));
        }
        let reason = to.keys.master().seal_report(*id, "reason", reason)?;
        let insert = sqlx::query!(
            "insert into report (id, by_id, room_id, seq, user_id, reason, at) values (?, ?, ?, ?, ?, ?, ?)",
            id.0,
            by.0,
            room,
            seq,
            user,
            reason,
            at.0
        );
        insert.execute(&mut to.conn).await.map_err(error)?;
        Ok(*id)
    }
}

#[async_trait]
impl Write<Writer> for Decide {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let Decision { by, verdict, note, at } = &self.decision;
        let note = to.keys.master().seal_report(self.id, "note", note)?;
        let number = i64::from(*verdict as u8);
        let update = sqlx::query_scalar!(
            r#"update report set verdict = ?, decided_by = ?, note = ?, decided_at = ?
               where id = ? and verdict is null returning by_id as "by_id!""#,
            number,
            by.user.0,
            note,
            at.0,
            self.id.0
        );
        let Some(reporter) = update.fetch_optional(&mut to.conn).await.map_err(error)? else {
            return Ok(false);
        };
        to.events().push(NewEvent::new(UserId(reporter), self.id.decided(*verdict), *at));
        Ok(true)
    }
}

/// See [`store::Oversight::reports`].
pub(crate) async fn list(
    readers: &Readers,
    keys: &Keyring,
    decided: bool,
    after: Option<ReportId>,
    limit: u32,
) -> Result<Vec<Report>, Error> {
    let (after, limit) = (after.map_or(i64::MIN, |id| id.0), in_list(limit));
    let rows = sqlx::query_as!(
        StoredReport,
        r#"select p.id as "id!", p.by_id as "by_id!", b.handle as "by!", p.room_id as "room_id!", r.handle as "room?",
                  p.seq as "seq!", p.user_id as "user_id!", u.handle as "user?", p.reason as "reason!", p.at as "at!",
                  p.verdict, p.decided_by, d.handle as "decider?", p.note, p.decided_at
           from report p join account b on b.id = p.by_id
           left join room r on r.id = p.room_id left join account u on u.id = p.user_id
           left join account d on d.id = p.decided_by
           where p.id in (
               select id from (select id from report where verdict is null and ?2 = 0 and id > ?1 order by id limit ?3)
               union all
               select id from (select id from report where verdict is not null and ?2 = 1 and id > ?1 order by id limit ?3))
           order by p.id"#,
        after,
        decided,
        limit
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?;
    rows.into_iter().map(|row| row.report(keys.master())).collect()
}

/// See [`store::Oversight::reported`].
pub(crate) async fn one(readers: &Readers, keys: &Keyring, id: ReportId) -> Result<Option<Report>, Error> {
    let row = sqlx::query_as!(
        StoredReport,
        r#"select p.id as "id!", p.by_id as "by_id!", b.handle as "by!", p.room_id as "room_id!", r.handle as "room?",
                  p.seq as "seq!", p.user_id as "user_id!", u.handle as "user?", p.reason as "reason!", p.at as "at!",
                  p.verdict, p.decided_by, d.handle as "decider?", p.note, p.decided_at
           from report p join account b on b.id = p.by_id
           left join room r on r.id = p.room_id left join account u on u.id = p.user_id
           left join account d on d.id = p.decided_by
           where p.id = ?"#,
        id.0
    );
    row.fetch_optional(readers).await.map_err(error)?.map(|row| row.report(keys.master())).transpose()
}
