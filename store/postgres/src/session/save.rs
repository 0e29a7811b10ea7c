//! A session moves on, and goes. Whoever comes with an older epoch than the row's writes nothing: another
//! connection has taken the seat.

use crate::failure::error;
use crate::writer::Writer;
use async_trait::async_trait;
use chat::RoomId;
use std::collections::HashSet;
use store::lane::Write;
use store::stored::{now, number};
use store::{Cursor, Error, SessionEnd, SessionId, SessionState, packed};

/// See [`store::Store::save_subscriptions`].
pub(crate) struct SaveSubscriptions {
    pub(crate) id: SessionId,
    pub(crate) epoch: u64,
    pub(crate) state: SessionState,
}

/// See [`store::Store::save_cursors`].
pub(crate) struct SaveCursors(pub(crate) Vec<Moves>);

/// A session, its epoch, and where it is now.
type Moves = (SessionId, u64, Vec<(RoomId, Cursor)>);

/// See [`store::Store::close_sessions`].
pub(crate) struct Close(pub(crate) Vec<SessionEnd>);

#[async_trait]
impl Write<Writer> for SaveSubscriptions {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let Some(cursors) = merged(to, self.id, self.epoch, &self.state.cursors).await? else {
            return Ok(());
        };
        let update = sqlx::query!(
            "update session set subscriptions = $1, cursors = $2, incarnation = $3, saved_at = $4 where id = $5",
            packed::pack(&self.state.subscriptions)?,
            packed::pack_cursors(&cursors)?,
            to.incarnation,
            now().0,
            self.id.0
        );
        update.execute(to.conn()?).await.map(drop).map_err(error)
    }
}

#[async_trait]
impl Write<Writer> for SaveCursors {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        for (id, epoch, moves) in &self.0 {
            let Some((cursors, in_flight)) = moved(to, *id, *epoch, moves).await? else { continue };
            let update = sqlx::query!(
                "update session set cursors = $1, in_flight = $2, incarnation = $3, saved_at = $4 where id = $5",
                packed::pack_cursors(&cursors)?,
                in_flight,
                to.incarnation,
                now().0,
                id.0
            );
            update.execute(to.conn()?).await.map_err(error)?;
        }
        Ok(())
    }
}

#[async_trait]
impl Write<Writer> for Close {
    type Answer = ();

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        for end in &self.0 {
            close(to, end).await?;
        }
        Ok(())
    }
}

async fn close(to: &mut Writer, end: &SessionEnd) -> Result<(), Error> {
    let Some(mut cursors) = merged(to, end.id, end.epoch, &end.state.cursors).await? else { return Ok(()) };
    // A room the session no longer names was left and heard to its end: an old place in it would bring it again.
    let named: HashSet<RoomId> = end.state.cursors.iter().map(|(room, _)| *room).collect();
    cursors.retain(|(room, _)| named.contains(room));
    let key = to.keys.master().session_key(end.id)?;
    let will = end.will.as_ref().map(|(will, _)| packed::seal_will(&key, will)).transpose()?;
    let update = sqlx::query!(
        "update session set clean = true, subscriptions = $1, cursors = $2, in_flight = $3, replies = $4, will = $5,
                            will_delay = $6, will_due = $7, expires_at = $8, incarnation = $9, saved_at = $10
         where id = $11",
        packed::pack(&end.state.subscriptions)?,
        packed::pack_cursors(&cursors)?,
        packed::pack(&end.state.in_flight)?,
        packed::seal_replies(&key, &end.state.replies)?,
        will,
        end.will.as_ref().map(|(will, _)| i64::from(will.delay)),
        end.will.as_ref().map(|(_, due)| due.0),
        end.expires_at.map(|at| at.0),
        to.incarnation,
        end.at.0,
        end.id.0
    );
    update.execute(to.conn()?).await.map(drop).map_err(error)
}

/// The stored places with these moves; `None` if the session is gone or taken over.
async fn merged(
    to: &mut Writer,
    id: SessionId,
    epoch: u64,
    moves: &[(RoomId, Cursor)],
) -> Result<Option<Vec<(RoomId, Cursor)>>, Error> {
    Ok(moved(to, id, epoch, moves).await?.map(|(cursors, _)| cursors))
}

/// The same, and what stays in flight, packed.
async fn moved(
    to: &mut Writer,
    id: SessionId,
    epoch: u64,
    moves: &[(RoomId, Cursor)],
) -> Result<Option<(Vec<(RoomId, Cursor)>, Vec<u8>)>, Error> {
    let epoch = number(epoch);
    let row =
        sqlx::query!("select cursors, in_flight from session where id = $1 and epoch = $2", id.0, epoch);
    let Some(stored) = row.fetch_optional(to.conn()?).await.map_err(error)? else { return Ok(None) };
    let mut cursors = packed::unpack_cursors(&stored.cursors)?;
    packed::merge(&mut cursors, moves);
    Ok(Some((cursors, packed::in_no_room(&stored.in_flight)?)))
}
