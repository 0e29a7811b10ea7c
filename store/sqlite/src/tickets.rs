//! Invitations, and links that set a lost password anew.

use crate::accounts;
use crate::credentials;
use crate::failure::error;
use crate::readers::Readers;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::{Timestamp, UserId};
use store::lane::Write;
use store::stored::{damaged, in_list};
use store::{
    Account, AccountState, Error, NewAccount, NewTicket, Registered, SecretHash, Ticket, TicketId,
    TicketKind, Which,
};

/// See [`store::People::add_ticket`].
pub(crate) struct Add(pub(crate) NewTicket);

/// See [`store::People::end_ticket`].
pub(crate) struct End(pub(crate) TicketId);

/// See [`store::People::register`].
pub(crate) struct Register {
    pub(crate) account: NewAccount,
    pub(crate) invitation: SecretHash,
    pub(crate) now: Timestamp,
}

/// See [`store::People::reset_password`].
pub(crate) struct Reset {
    pub(crate) link: SecretHash,
    pub(crate) password_hash: String,
    pub(crate) now: Timestamp,
}

#[async_trait]
impl Write<Writer> for Add {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let NewTicket { ticket, secret } = &self.0;
        let user = match ticket.kind {
            TicketKind::Invitation => None,
            TicketKind::Reset(user) => Some(user.0),
        };
        let secret = &secret.0[..];
        let insert = sqlx::query!(
            "insert into ticket (id, user_id, made_by, secret_hash, uses_left, created_at, expires_at)
             values (?, ?, ?, ?, ?, ?, ?)",
            ticket.id.0,
            user,
            ticket.by.0,
            secret,
            ticket.uses_left,
            ticket.created_at.0,
            ticket.expires_at.0
        );
        insert.execute(&mut to.conn).await.map(|_| ()).map_err(error)
    }
}

#[async_trait]
impl Write<Writer> for End {
    type Answer = bool;

    async fn write(&self, to: &mut Writer) -> Result<bool, Error> {
        let delete = sqlx::query!("delete from ticket where id = ?", self.0.0);
        Ok(delete.execute(&mut to.conn).await.map_err(error)?.rows_affected() == 1)
    }
}

#[async_trait]
impl Write<Writer> for Register {
    type Answer = Registered;

    async fn write(&self, to: &mut Writer) -> Result<Registered, Error> {
        let secret = &self.invitation.0[..];
        let found = sqlx::query_scalar!(
            "select id from ticket where secret_hash = ? and user_id is null and uses_left > 0 and expires_at > ?",
            secret,
            self.now.0
        );
        let Some(id) = found.fetch_optional(&mut to.conn).await.map_err(error)? else {
            return Ok(Registered::NotInvited);
        };
        if !accounts::add(to, &self.account).await? {
            return Ok(Registered::HandleTaken);
        }
        use_up(to, id).await?;
        Ok(Registered::New)
    }
}

#[async_trait]
impl Write<Writer> for Reset {
    type Answer = Option<Account>;

    async fn write(&self, to: &mut Writer) -> Result<Option<Account>, Error> {
        let secret = &self.link.0[..];
        let found = sqlx::query!(
            r#"select id, user_id as "user_id!" from ticket
               where secret_hash = ? and user_id is not null and uses_left > 0 and expires_at > ?"#,
            secret,
            self.now.0
        );
        let Some(row) = found.fetch_optional(&mut to.conn).await.map_err(error)? else { return Ok(None) };
        let user = UserId(row.user_id);
        let account = accounts::of(&mut to.conn, user).await?;
        if account.is_none_or(|account| account.state != AccountState::Active) {
            return Ok(None);
        }
        use_up(to, row.id).await?;
        accounts::password(to, user, &self.password_hash, None).await?;
        credentials::end(to, user, Which::All).await?;
        accounts::of(&mut to.conn, user).await
    }
}

/// One use less; after the last one the ticket is gone.
async fn use_up(to: &mut Writer, id: i64) -> Result<(), Error> {
    let update = sqlx::query!("update ticket set uses_left = uses_left - 1 where id = ?", id);
    update.execute(&mut to.conn).await.map_err(error)?;
    let delete = sqlx::query!("delete from ticket where id = ? and uses_left = 0", id);
    delete.execute(&mut to.conn).await.map(|_| ()).map_err(error)
}

/// See [`store::People::tickets`].
pub(crate) async fn list(
    readers: &Readers,
    after: Option<TicketId>,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Ticket>, Error> {
    let (after, limit) = (after.map_or(i64::MIN, |id| id.0), in_list(limit));
    let rows = sqlx::query!(
        "select id, user_id, made_by, uses_left, created_at, expires_at from ticket
         where id > ? and expires_at > ? order by id limit ?",
        after,
        now.0,
        limit
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?.into_iter();
    rows.map(|row| {
        Ok(Ticket {
            id: TicketId(row.id),
            kind: row.user_id.map_or(TicketKind::Invitation, |user| TicketKind::Reset(UserId(user))),
            by: UserId(row.made_by),
            uses_left: u32::try_from(row.uses_left).map_err(|_| damaged("count of uses"))?,
            created_at: Timestamp(row.created_at),
            expires_at: Timestamp(row.expires_at),
        })
    })
    .collect()
}
