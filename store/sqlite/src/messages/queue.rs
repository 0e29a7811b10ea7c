//! Messages wait for a session, and leave its queue.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use chat::Timestamp;
use sqlx::SqliteConnection;
use store::lane::Write;
use store::messages::{Left, PAGE_BYTES, StoredRow, WaitingRow, in_page, open_waiting};
use store::seal::Keyring;
use store::{Error, SessionId, Waiting};

/// Messages that are picked with one statement.
const PICKED: usize = 256;

/// See [`store::Apps::done`].
pub(crate) struct Done(pub(crate) Vec<(SessionId, Vec<i64>)>);

/// See [`store::Apps::begun`].
pub(crate) struct Begun(pub(crate) SessionId, pub(crate) Vec<i64>);

struct Row {
    id: i64,
    topic: String,
    body: Vec<u8>,
    qos: i64,
    at: i64,
    expires_at: Option<i64>,
    how: Vec<u8>,
}

/// See [`store::Apps::waiting`]. A page of which nothing opens is passed over.
pub(crate) async fn waiting(
    readers: &Readers,
    keys: &Keyring,
    session: SessionId,
    mut after: i64,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Waiting>, Error> {
    loop {
        let rows = page(readers, (session, after), limit, now).await?;
        let Some(last) = rows.last() else { return Ok(Vec::new()) };
        after = last.id;
        let opened = open_waiting(keys.master(), rows.into_iter().map(WaitingRow::from).collect())?;
        if !opened.is_empty() {
            return Ok(opened);
        }
    }
}

/// The first one is there whatever its size.
async fn page(
    readers: &Readers,
    (session, after): (SessionId, i64),
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Row>, Error> {
    let limit = in_page(limit);
    let rows = sqlx::query_as!(
        Row,
        r#"select m.id as "id!", m.topic as "topic!", m.body as "body!", m.qos as "qos!", m.at as "at!",
                  q.expires_at as "expires_at?: i64", q.how as "how!"
           from (select message, how, expires_at, size,
                        sum(size) over (order by message rows unbounded preceding) as upto
                 from (select message, how, expires_at, size from app_queue
                       where session = ?1 and message > ?2 and (expires_at is null or expires_at > ?3)
                       order by message limit ?4)) q
           cross join app_message m on m.id = q.message
           where q.upto <= ?5 or q.upto = q.size
           order by q.message"#,
        session.0,
        after,
        now.0,
        limit,
        PAGE_BYTES
    );
    rows.fetch_all(readers).await.map_err(error)
}

/// See [`store::Apps::pick`].
pub(crate) async fn pick(
    readers: &Readers,
    keys: &Keyring,
    session: SessionId,
    ids: &[i64],
) -> Result<Vec<Waiting>, Error> {
    let mut picked = Vec::new();
    for ids in ids.chunks(PICKED) {
        let ids = json(&ids)?;
        let rows = sqlx::query_as!(
            Row,
            r#"select m.id as "id!", m.topic, m.body, m.qos, m.at, q.expires_at, q.how
               from json_each(?1) j
               cross join app_queue q on q.session = ?2 and q.message = j.value
               cross join app_message m on m.id = q.message
               order by j.key"#,
            ids,
            session.0
        );
        let rows = rows.fetch_all(readers).await.map_err(error)?;
        picked.extend(open_waiting(keys.master(), rows.into_iter().map(WaitingRow::from).collect())?);
    }
    Ok(picked)
}

#[async_trait]
impl Write<Writer> for Begun {
    type Answer = ();
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let messages = json(&self.1)?;
        let update = sqlx::query!(
            "update app_queue set turn = 0
             where session = ? and turn = 2 and message in (select j.value from json_each(?) j)",
            self.0.0,
            messages
        );
        update.execute(&mut to.conn).await.map(drop).map_err(error)
    }
}

#[async_trait]
impl Write<Writer> for Done {
    type Answer = ();
    /// What a device has would come to it again, and what it has makes room.
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let done = self.0.iter().flat_map(|(session, messages)| messages.iter().map(|id| (session.0, *id)));
        let done = json(&done.collect::<Vec<_>>())?;
        let rows = sqlx::query!(
            r#"delete from app_queue where (session, message) in
                 (select j.value ->> 0, j.value ->> 1 from json_each(?) j)
             returning message as "message!", shared as "shared!""#,
            done
        );
        let mut left = Left::default();
        for row in rows.fetch_all(&mut to.conn).await.map_err(error)? {
            left.push(row.message, row.shared != 0);
        }
        forget(&mut to.conn, left).await
    }
}

/// Deletes the messages of which this was the last queue.
pub(super) async fn forget(conn: &mut SqliteConnection, left: Left) -> Result<(), Error> {
    let last = count_down(conn, &left.fewer()).await?;
    let gone = left.gone(&last);
    if gone.is_empty() {
        return Ok(());
    }
    let gone = json(&gone)?;
    let delete =
        sqlx::query!("delete from app_message where id in (select j.value from json_each(?) j)", gone);
    delete.execute(conn).await.map(drop).map_err(error)
}

/// Says which of these are in no queue any more.
async fn count_down(conn: &mut SqliteConnection, fewer: &[(i64, i64)]) -> Result<Vec<i64>, Error> {
    if fewer.is_empty() {
        return Ok(Vec::new());
    }
    let fewer = json(&fewer)?;
    let update = sqlx::query!(
        "update app_shared set queues = queues - j.less
         from (select value ->> 0 as message, value ->> 1 as less from json_each(?)) j
         where app_shared.message = j.message",
        fewer
    );
    update.execute(&mut *conn).await.map_err(error)?;
    let last = sqlx::query_scalar!(
        "delete from app_shared
         where message in (select j.value ->> 0 from json_each(?) j) and queues <= 0
         returning message",
        fewer
    );
    last.fetch_all(conn).await.map_err(error)
}

impl From<Row> for WaitingRow {
    fn from(row: Row) -> WaitingRow {
        let Row { id, topic, body, qos, at, expires_at, how } = row;
        WaitingRow { message: StoredRow { id, topic, body, qos, at, expires_at }, how }
    }
}
