//! What topics retain.

use crate::readers::Readers;
use chat::Timestamp;
use store::messages::{PAGE_BYTES, StoredRow, in_page, open, topic_key};
use store::seal::Keyring;
use store::{Error, StoredMessage};

/// See [`store::Apps::retained`]. The order is that of the keys; a page of which nothing opens is passed over.
pub(crate) async fn retained(
    readers: &Readers,
    keys: &Keyring,
    after: Option<&str>,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<StoredMessage>, Error> {
    let mut after = after.map(topic_key).unwrap_or_default();
    loop {
        let rows = page(readers, &after, limit, now).await?;
        let Some(last) = rows.last() else { return Ok(Vec::new()) };
        after = topic_key(&last.topic);
        let opened = open(keys.master(), rows)?;
        if !opened.is_empty() {
            return Ok(opened);
        }
    }
}

/// The first one is there whatever its size.
async fn page(readers: &Readers, after: &[u8], limit: u32, now: Timestamp) -> Result<Vec<StoredRow>, Error> {
    let rows = sqlx::query_as!(
        StoredRow,
        r#"select m.id, m.topic, m.body, m.qos::bigint as "qos!", m.at, m.expires_at
           from (select key, size, sum(size) over (order by key rows unbounded preceding) as upto
                 from (select key, length(body) as size from app_retained
                       where key > $1 and (expires_at is null or expires_at > $2)
                       order by key limit $3) l) p
           join app_retained m on m.key = p.key
           where p.upto <= $4::bigint or p.upto = p.size
           order by p.key"#,
        after,
        now.0,
        in_page(limit),
        PAGE_BYTES
    );
    readers.ask(rows.fetch_all(&readers.pool)).await
}
