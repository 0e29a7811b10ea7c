//! The moment at which a store starts; from then on the lane tells it ([`crate::ends`]).

use crate::failure::error;
use sqlx::SqliteConnection;
use store::{Error, Moment};

/// What the file says: the last entry, and how many changes there were that are no entries.
pub(crate) async fn now(conn: &mut SqliteConnection) -> Result<Moment, Error> {
    let row = sqlx::query!(
        r#"select (select coalesce(max(id), 0) from message) as "log!: i64", changes as "other!: i64" from meta"#
    );
    let row = row.fetch_one(conn).await.map_err(error)?;
    Ok(Moment { log: row.log, other: row.other })
}
