//! What sessions that ended were to hear in their turn.

use crate::failure::error;
use crate::readers::Readers;
use store::stored::in_list;
use store::{Error, LeftTurn, SessionId};

/// See [`store::Apps::turns`].
pub(crate) async fn turns(
    readers: &Readers,
    (session, message): (SessionId, i64),
    limit: u32,
) -> Result<Vec<LeftTurn>, Error> {
    let limit = in_list(limit);
    let rows = sqlx::query!(
        r#"select q.session as "session!", q.message as "message!",
                  (q.turn = 2 and e.clean = 0) as "may_be_begun!: bool"
           from app_ended e cross join app_queue q on q.session = e.session
           where e.session >= ?1 and q.turn > 0 and (e.session > ?1 or q.message > ?2)
           order by e.session, q.message limit ?3"#,
        session.0,
        message,
        limit
    );
    let rows = rows.fetch_all(readers).await.map_err(error)?.into_iter();
    let turn = |session, id, may_be_begun| LeftTurn { session: SessionId(session), id, may_be_begun };
    Ok(rows.map(|row| turn(row.session, row.message, row.may_be_begun)).collect())
}
