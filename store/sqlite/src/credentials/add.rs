//! One credential more.

use super::end::tell_ended;
use super::kind_of;
use crate::accounts;
use crate::failure::error;
use crate::writer::Writer;
use async_trait::async_trait;
use store::lane::{Write, Writer as _};
use store::stored::credential_kind;
use store::{AccountState, Added, Credential, CredentialId, CredentialKind, Error, NewCredential, NewEvent};

/// See [`store::People::add_credential`].
pub(crate) struct Add(pub(crate) NewCredential);

#[async_trait]
impl Write<Writer> for Add {
    type Answer = Added;

    async fn write(&self, to: &mut Writer) -> Result<Added, Error> {
        let new = &self.0;
        let account = accounts::of(&mut to.conn, new.credential.user).await?;
        if account.is_none_or(|account| account.state != AccountState::Active) {
            return Ok(Added::NoSuchUser);
        }
        forget_ended(to, &new.credential).await?;
        let mut gone = Vec::new();
        match same_device(to, &new.credential).await? {
            None => {}
            Some((earlier, CredentialKind::Login)) if new.credential.kind == CredentialKind::Login => {
                remove(to, earlier).await?;
                gone.push(earlier);
            }
            Some(_) => return Ok(Added::DeviceTaken),
        }
        match make_room(to, new).await? {
            None => return Ok(Added::TooMany),
            Some(removed) => gone.extend(removed),
        }
        insert(to, new).await?;
        let (user, at) = (new.credential.user, new.credential.created_at);
        tell_ended(to, user, &gone, at);
        to.events().push(NewEvent::new(user, new.credential.added(), at));
        Ok(Added::New(gone))
    }
}

/// What has ended takes no device and no place.
async fn forget_ended(to: &mut Writer, new: &Credential) -> Result<(), Error> {
    let delete = sqlx::query!(
        "delete from credential where user_id = ? and expires_at <= ?",
        new.user.0,
        new.created_at.0
    );
    delete.execute(&mut to.conn).await.map(|_| ()).map_err(error)
}

async fn same_device(
    to: &mut Writer,
    new: &Credential,
) -> Result<Option<(CredentialId, CredentialKind)>, Error> {
    let row = sqlx::query!(
        "select id, kind from credential where user_id = ? and device = ?",
        new.user.0,
        new.device
    );
    let row = row.fetch_optional(&mut to.conn).await.map_err(error)?;
    row.map(|row| Ok((CredentialId(row.id), credential_kind(row.kind)?))).transpose()
}

/// Makes room for one more: a login takes the place of the one not used for longest. Nothing if there is none.
async fn make_room(to: &mut Writer, new: &NewCredential) -> Result<Option<Vec<CredentialId>>, Error> {
    let (user, kind) = (new.credential.user.0, kind_of(new.credential.kind));
    let rows = sqlx::query_scalar!(
        "select id from credential where user_id = ? and kind = ? order by used_at desc, id desc",
        user,
        kind
    );
    let there = rows.fetch_all(&mut to.conn).await.map_err(error)?;
    let most = usize::try_from(new.most.max(1)).unwrap_or(usize::MAX);
    if there.len() < most {
        return Ok(Some(Vec::new()));
    }
    if new.credential.kind != CredentialKind::Login {
        return Ok(None);
    }
    let mut removed = Vec::new();
    for id in there.into_iter().skip(most - 1).map(CredentialId) {
        remove(to, id).await?;
        removed.push(id);
    }
    Ok(Some(removed))
}

async fn remove(to: &mut Writer, id: CredentialId) -> Result<(), Error> {
    let delete = sqlx::query!("delete from credential where id = ?", id.0);
    delete.execute(&mut to.conn).await.map(|_| ()).map_err(error)
}

async fn insert(to: &mut Writer, new: &NewCredential) -> Result<(), Error> {
    let one = &new.credential;
    let (kind, secret) = (kind_of(one.kind), &new.secret.0[..]);
    let family = new.family.as_ref().map(|family| &family.0[..]);
    let expires_at = one.expires_at.map(|at| at.0);
    let insert = sqlx::query!(
        "insert into credential
             (id, user_id, kind, device, label, scopes, secret_hash, family_hash, created_at, used_at, expires_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        one.id.0,
        one.user.0,
        kind,
        one.device,
        one.label,
        one.scopes,
        secret,
        family,
        one.created_at.0,
        one.created_at.0,
        expires_at
    );
    insert.execute(&mut to.conn).await.map_err(error)?;
    to.callers.changes(one.user);
    Ok(())
}
