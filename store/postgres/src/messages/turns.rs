//! What sessions that ended were to hear in their turn.

use crate::readers::Readers;
use store::stored::in_list;
use store::{Error, LeftTurn, SessionId};

/// See [`store::Apps::turns`].
pub(crate) async fn turns(
    readers: &Readers,
    (session, message): (SessionId, i64),
    limit: u32,
) -> Result<Vec<LeftTurn>, Error> {
    let rows = sqlx::query!(
        r#"select q.session, q.message, (q.turn = 2 and not e.clean) as "may_be_begun!"
           from app_ended e
           cross join lateral (
               select session, message, turn from app_queue
               where session = e.session and turn > 0 and (session > $1 or message > $2)
               order by message limit $3) q
           where e.session >= $1
           order by q.session, q.message limit $3"#,
        session.0,
        message,
        in_list(limit)
    );
    let rows = readers.ask(rows.fetch_all(&readers.pool)).await?.into_iter();
    let turn = |session, id, may_be_begun| LeftTurn { session: SessionId(session), id, may_be_begun };
    Ok(rows.map(|row| turn(row.session, row.message, row.may_be_begun)).collect())
}
