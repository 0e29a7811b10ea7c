//! A refresh token is used: the next one is good, and this one never again.

use super::end::tell_ended;
use crate::accounts;
use crate::failure::error;
use crate::writer::Writer;
use async_trait::async_trait;
use store::lane::Write;
use store::{AccountState, Error, Held, Rotated, Rotation};

/// See [`store::People::rotate`].
pub(crate) struct Rotate(pub(crate) Rotation);

#[async_trait]
impl Write<Writer> for Rotate {
    type Answer = Rotated;

    async fn write(&self, to: &mut Writer) -> Result<Rotated, Error> {
        let Rotation { id, family, used, next, now, expires_at } = self.0;
        let row = sqlx::query!(
            r#"select user_id, kind, device, label, scopes, secret_hash, family_hash, created_at, used_at, expires_at
               from credential where id = ? and (expires_at is null or expires_at > ?)"#,
            id.0,
            now.0
        );
        let row = row.fetch_optional(&mut to.conn).await.map_err(error)?;
        let Some(row) = row.filter(|row| row.family_hash.as_deref() == Some(&family.0[..])) else {
            return Ok(Rotated::Unknown);
        };
        let stored = super::Stored {
            id: id.0,
            user_id: row.user_id,
            kind: row.kind,
            device: row.device,
            label: row.label,
            scopes: row.scopes,
            created_at: row.created_at,
            used_at: now.0,
            expires_at: Some(expires_at.0),
        };
        let credential = stored.credential()?;
        if row.secret_hash != used.0 {
            let delete = sqlx::query!("delete from credential where id = ?", id.0);
            delete.execute(&mut to.conn).await.map_err(error)?;
            to.callers.changes(credential.user);
            tell_ended(to, credential.user, &[id], now);
            return Ok(Rotated::Reused(credential.user));
        }
        let account = accounts::of(&mut to.conn, credential.user).await?;
        let Some(account) = account.filter(|account| account.state == AccountState::Active) else {
            return Ok(Rotated::Unknown);
        };
        let hash = &next.0[..];
        let update = sqlx::query!(
            "update credential set secret_hash = ?, used_at = ?, expires_at = ? where id = ?",
            hash,
            now.0,
            expires_at.0,
            id.0
        );
        update.execute(&mut to.conn).await.map_err(error)?;
        Ok(Rotated::Fresh(Box::new(Held { credential, secret: next, account })))
    }
}
