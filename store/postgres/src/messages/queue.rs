//! Messages wait for a session, and leave its queue.

use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::Timestamp;
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
    qos: i16,
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
    let rows = sqlx::query_as!(
        Row,
        "select m.id, m.topic, m.body, m.qos, m.at, q.expires_at, q.how
         from (select message, how, expires_at, size,
                      sum(size) over (order by message rows unbounded preceding) as upto
               from (select message, how, expires_at, size from app_queue
                     where session = $1 and message > $2 and (expires_at is null or expires_at > $3)
                     order by message limit $4) l) q
         join app_message m on m.id = q.message
         where q.upto <= $5::bigint or q.upto = q.size
         order by q.message",
        session.0,
        after,
        now.0,
        in_page(limit),
        PAGE_BYTES
    );
    readers.ask(rows.fetch_all(&readers.pool)).await
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
        let rows = sqlx::query_as!(
            Row,
            "select m.id, m.topic, m.body, m.qos, m.at, q.expires_at, q.how
             from unnest($1::bigint[]) with ordinality j (id, place)
             join app_queue q on q.session = $2 and q.message = j.id
             join app_message m on m.id = q.message
             order by j.place",
            ids,
            session.0
        );
        let rows = readers.ask(rows.fetch_all(&readers.pool)).await?;
        picked.extend(open_waiting(keys.master(), rows.into_iter().map(WaitingRow::from).collect())?);
    }
    Ok(picked)
}

#[async_trait]
impl Write<Writer> for Begun {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let update = sqlx::query!(
            "update app_queue set turn = 0 where session = $1 and turn = 2 and message = any($2)",
            self.0.0,
            &self.1
        );
        // Planned each time, for the reason of Writer::plans_anew.
        update.persistent(false).execute(to.conn()?).await.map(drop).map_err(error)
    }
}

#[async_trait]
impl Write<Writer> for Done {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let done = self.0.iter().flat_map(|(session, messages)| messages.iter().map(|id| (session.0, *id)));
        let (sessions, messages): (Vec<i64>, Vec<i64>) = done.unzip();
        let rows = sqlx::query!(
            "delete from app_queue q using unnest($1::bigint[], $2::bigint[]) j (session, message)
             where q.session = j.session and q.message = j.message
             returning q.message, q.shared",
            &sessions,
            &messages
        );
        to.plans_anew(true).await?;
        let mut left = Left::default();
        for row in rows.fetch_all(to.conn()?).await.map_err(error)? {
            left.push(row.message, row.shared);
        }
        forget(to, left).await?;
        to.plans_anew(false).await
    }
}

/// Deletes the messages of which this was the last queue.
pub(super) async fn forget(to: &mut Writer, left: Left) -> Result<(), Error> {
    let last = count_down(to, &left.fewer()).await?;
    let gone = left.gone(&last);
    if gone.is_empty() {
        return Ok(());
    }
    let delete = sqlx::query!("delete from app_message where id = any($1)", &gone);
    delete.execute(to.conn()?).await.map(drop).map_err(error)
}

/// Says which of these are in no queue any more.
async fn count_down(to: &mut Writer, fewer: &[(i64, i64)]) -> Result<Vec<i64>, Error> {
    if fewer.is_empty() {
        return Ok(Vec::new());
    }
    let (messages, less): (Vec<i64>, Vec<i64>) = fewer.iter().copied().unzip();
    let update = sqlx::query!(
        "update app_shared s set queues = s.queues - j.less
         from unnest($1::bigint[], $2::bigint[]) j (message, less) where s.message = j.message",
        &messages,
        &less
    );
    update.execute(to.conn()?).await.map_err(error)?;
    let last = sqlx::query_scalar!(
        "delete from app_shared where message = any($1) and queues <= 0 returning message",
        &messages
    );
    last.fetch_all(to.conn()?).await.map_err(error)
}

impl From<Row> for WaitingRow {
    fn from(row: Row) -> WaitingRow {
        let Row { id, topic, body, qos, at, expires_at, how } = row;
        WaitingRow { message: StoredRow { id, topic, body, qos: i64::from(qos), at, expires_at }, how }
    }
}
