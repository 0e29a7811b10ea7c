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
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let Some(cursors) = merged(to, self.id, self.epoch, &self.state.cursors).await? else {
            return Ok(());
        };
        let cursors = packed::pack_cursors(&cursors)?;
        let subscriptions = packed::pack(&self.state.subscriptions)?;
        let saved_at = now().0;
        let update = sqlx::query!(
            "update session set subscriptions = ?, cursors = ?, incarnation = ?, saved_at = ? where id = ?",
            subscriptions,
            cursors,
            to.incarnation,
            saved_at,
            self.id.0
        );
        update.execute(&mut to.conn).await.map(|_| ()).map_err(error)
    }
}

#[async_trait]
impl Write<Writer> for SaveCursors {
    type Answer = ();
    const SPARES: bool = true;

    async fn write(&self, to: &mut Writer) -> Result<(), Error> {
        let saved_at = now().0;
        for (id, epoch, moves) in &self.0 {
            let Some((cursors, in_flight)) = moved(to, *id, *epoch, moves).await? else { continue };
            let cursors = packed::pack_cursors(&cursors)?;
            let update = sqlx::query!(
                "update session set cursors = ?, in_flight = ?, incarnation = ?, saved_at = ? where id = ?",
                cursors,
                in_flight,
                to.incarnation,
                saved_at,
                id.0
            );
            update.execute(&mut to.conn).await.map_err(error)?;
        }
        Ok(())
    }
}

#[async_trait]
impl Write<Writer> for Close {
    type Answer = ();
    const SPARES: bool = true;

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
    let cursors = packed::pack_cursors(&cursors)?;
    let key = to.keys.master().session_key(end.id)?;
    let subscriptions = packed::pack(&end.state.subscriptions)?;
    let in_flight = packed::pack(&end.state.in_flight)?;
    let replies = packed::seal_replies(&key, &end.state.replies)?;
    let will = end.will.as_ref().map(|(will, _)| packed::seal_will(&key, will)).transpose()?;
    let will_delay = end.will.as_ref().map(|(will, _)| will.delay);
    let will_due = end.will.as_ref().map(|(_, due)| due.0);
    let expires_at = end.expires_at.map(|at| at.0);
    let update = sqlx::query!(
        "update session set clean = 1, subscriptions = ?, cursors = ?, in_flight = ?, replies = ?, will = ?,
                            will_delay = ?, will_due = ?, expires_at = ?, incarnation = ?, saved_at = ? where id = ?",
        subscriptions,
        cursors,
        in_flight,
        replies,
        will,
        will_delay,
        will_due,
        expires_at,
        to.incarnation,
        end.at.0,
        end.id.0
    );
    update.execute(&mut to.conn).await.map(|_| ()).map_err(error)
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
    let row = sqlx::query!("select cursors, in_flight from session where id = ? and epoch = ?", id.0, epoch);
    let Some(stored) = row.fetch_optional(&mut to.conn).await.map_err(error)? else { return Ok(None) };
    let mut cursors = packed::unpack_cursors(&stored.cursors)?;
    packed::merge(&mut cursors, moves);
    Ok(Some((cursors, packed::in_no_room(&stored.in_flight)?)))
}
