//! Credentials that are no longer good, and those that were used.

use crate::failure::error;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Timestamp, UserId};
use store::lane::{Write, Writer as _};
use store::stored::now;
use store::{CredentialId, Error, NewEvent, Which};

/// See [`store::People::end_credentials`].
pub(crate) struct End {
    pub(crate) user: UserId,
    pub(crate) which: Which,
}

/// See [`store::People::touch`].
pub(crate) struct Touch {
    pub(crate) used: Vec<CredentialId>,
    pub(crate) now: Timestamp,
}

#[async_trait]
impl Write<Writer> for End {
    type Answer = Vec<CredentialId>;

    async fn write(&self, to: &mut Writer) -> Result<Vec<CredentialId>, Error> {
        if self.which == Which::All {
            let raise = sqlx::query!(
                "update account set token_version = token_version + 1 where id = $1",
                self.user.0
            );
            raise.execute(to.conn()?).await.map_err(error)?;
        }
        end(to, self.user, self.which).await
    }
}

/// Ends credentials of a user and says which.
pub(crate) async fn end(to: &mut Writer, user: UserId, which: Which) -> Result<Vec<CredentialId>, Error> {
    let (only, but) = match which {
        Which::One(id) => (Some(id.0), None),
        Which::Others(id) => (None, Some(id.0)),
        Which::All => (None, None),
    };
    let delete = sqlx::query!(
        "delete from credential where user_id = $1 and ($2::bigint is null or id = $2) and ($3::bigint is null or id <> $3)
         returning id, device",
        user.0,
        only as Option<i64>,
        but as Option<i64>
    );
    let gone = delete.fetch_all(to.conn()?).await.map_err(error)?;
    for device in gone.iter().filter_map(|row| row.device.as_deref()) {
        crate::pushes::forget_device(to, user, device).await?;
    }
    let gone: Vec<CredentialId> = gone.into_iter().map(|row| CredentialId(row.id)).collect();
    tell_ended(to, user, &gone, now());
    Ok(gone)
}

/// The user is told that these are good no more.
pub(crate) fn tell_ended(to: &mut Writer, user: UserId, gone: &[CredentialId], now: Timestamp) {
    to.events().extend(gone.iter().map(|id| NewEvent::new(user, id.ended(), now)));
}

#[async_trait]
impl Write<Writer> for Touch {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let used: Vec<i64> = self.used.iter().map(|id| id.0).collect();
        let update = sqlx::query!("update credential set used_at = $1 where id = any($2)", self.now.0, &used);
        update.execute(to.conn()?).await.map(drop).map_err(error)
    }
}
