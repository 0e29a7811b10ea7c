//! What devices wanted said when they would be gone.

use crate::failure::error;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Handle, Timestamp, UserId};
use store::lane::Write;
use store::stored::handle;
use store::{Error, SessionId, StoredWill, packed};

/// See [`store::Store::take_due_wills`].
pub(crate) struct TakeWills {
    pub(crate) now: Timestamp,
    pub(crate) limit: u32,
}

#[async_trait]
impl Write<Writer> for TakeWills {
    type Answer = Vec<(UserId, Handle, String, StoredWill)>;

    /// The end of a session is the latest time for its will [MQTT5-3.1.3-9].
    async fn write(&self, to: &mut Writer) -> Result<Self::Answer, Error> {
        let rows = sqlx::query!(
            r#"select s.id, s.user_id, a.handle, s.client_id, s.will as "will!"
               from session s join account a on a.id = s.user_id
               where s.will_due is not null and (s.will_due <= $1 or s.expires_at <= $1)
               order by s.will_due limit $2"#,
            self.now.0,
            i64::from(self.limit)
        );
        let rows = rows.fetch_all(to.conn()?).await.map_err(error)?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let taken = sqlx::query!("update session set will = null, will_due = null where id = any($1)", &ids);
        taken.execute(to.conn()?).await.map_err(error)?;
        let mut wills = Vec::with_capacity(rows.len());
        for row in rows {
            let key = to.keys.master().session_key(SessionId(row.id))?;
            let Some(will) = packed::open_will(&key, row.will)? else { continue };
            wills.push((UserId(row.user_id), handle(&row.handle)?, row.client_id, will));
        }
        Ok(wills)
    }
}
