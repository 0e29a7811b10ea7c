//! What administrators did.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::UserId;
use store::lane::Write;
use store::stored::{StoredDeed, damaged, in_list};
use store::{ActId, Audited, Error, NewDeed};

type DeedRow = StoredDeed<i16>;

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
            "insert into audit (id, by_id, act, input, at) values ($1, $2, $3, $4, $5)",
            id.0,
            by,
            act,
            input,
            at.0
        );
        insert.execute(to.conn()?).await.map(|_| ()).map_err(error)
    }
}

#[async_trait]
impl Write<Writer> for End {
    type Answer = ();
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let status = i16::try_from(self.status).map_err(|_| damaged("status"))?;
        let update = sqlx::query!("update audit set status = $1 where id = $2", status, self.id.0);
        update.execute(to.conn()?).await.map(|_| ()).map_err(error)
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
        r#"select u.id, u.by_id, a.handle as "handle?", u.act, u.input, u.at, u.status
           from audit u left join account a on a.id = u.by_id
           where u.id < $1 and ($2::bigint is null or u.by_id = $2) order by u.id desc limit $3"#,
        before,
        by as Option<i64>,
        limit
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
    rows.into_iter().map(DeedRow::read).collect()
}
