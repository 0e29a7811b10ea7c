//! What administrators did.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::UserId;
use store::lane::Write;
use store::stored::{StoredDeed, in_list};
use store::{ActId, Audited, Error, NewDeed};

type DeedRow = StoredDeed<i64>;

/// See [`store::Oversight::begin_act`].
pub(crate) struct Begin(pub(crate) NewDeed);

/// See [`store::Oversight::end_act`].
pub(crate) struct End {
    pub(crate) id: ActId,
    pub(crate) status: u16,
}

#[async_trait]
impl Write<Writer> for Begin {
    type Answer = ();
    // Who looks after a server whose disk is full is not to be locked out.
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let NewDeed { id, by, act, input, at } = &self.0;
        let by = by.map(|by| by.0);
        let insert = sqlx::query!(
            "insert into audit (id, by_id, act, input, at) values (?, ?, ?, ?, ?)",
            id.0,
            by,
            act,
            input,
            at.0
        );
        insert.execute(&mut to.conn).await.map(|_| ()).map_err(error)
    }
}

#[async_trait]
impl Write<Writer> for End {
    type Answer = ();
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let status = i64::from(self.status);
        let update = sqlx::query!("update audit set status = ? where id = ?", status, self.id.0);
        update.execute(&mut to.conn).await.map(|_| ()).map_err(error)
    }
}

/// See [`store::Oversight::acts`].
pub(crate) async fn list(
    readers: &Readers,
    by: Option<UserId>,
    before: Option<ActId>,
    limit: u32,
) -> Result<Vec<Audited>, Error> {
    let (by, before) = (by.map(|by| by.0), before.map_or(i64::MAX, |before| before.0));
    let limit = in_list(limit);
    let rows = sqlx::query_as!(
        DeedRow,
        r#"select u.id as "id!", u.by_id as "by_id?", a.handle as "handle?", u.act as "act!", u.input as "input!",
                  u.at as "at!", u.status
           from audit u left join account a on a.id = u.by_id
           where u.id < ?1 and (?2 is null or u.by_id = ?2) order by u.id desc limit ?3"#,
        before,
        by,
        limit
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?;
    rows.into_iter().map(DeedRow::read).collect()
}
