//! Sessions that were running when the process died. Nobody saw the ends of their connections, so the start after it
//! counts as their end: they expire after their interval, and their wills are due after their delay.

use crate::failure::error;
use crate::writer::Writer;
use async_trait::async_trait;
use store::Error;
use store::lane::Write;
use store::stored::now;

/// Written once, before anything else.
pub(crate) struct BrokenOff;

#[async_trait]
impl Write<Writer> for BrokenOff {
    type Answer = ();

    /// What an earlier start found in this state has its times and keeps them.
    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let update = sqlx::query!(
            "update session
             set expires_at = $1 + outlives * 1000,
                 will_due = case when will is not null
                                 then $1 + least(will_delay, coalesce(outlives, will_delay)) * 1000 end
             where not clean and expires_at is null and will_due is null
               and (outlives is not null or will is not null)",
            now().0
        );
        let ended = update.execute(to.conn()?).await.map_err(error)?.rows_affected();
        if ended > 0 {
            tracing::info!(sessions = ended, "sessions had been running when the store was last left");
        }
        Ok(())
    }
}
