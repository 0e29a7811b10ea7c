//! Messages come, a batch of them in one transaction.

use super::rows;
use crate::failure::error;
use crate::writer::{Writer, json};
use async_trait::async_trait;
use std::collections::HashSet;
use store::lane::Write;
use store::messages::{Known, Outcome, SealedMessage};
use store::{Error, Taken};

/// See [`store::Apps::publish`].
pub(crate) struct Publish(pub(crate) Vec<SealedMessage>);

#[async_trait]
impl Write<Writer> for Publish {
    type Answer = Vec<Taken>;

    fn weight(&self) -> usize {
        self.0.iter().map(SealedMessage::weight).sum()
    }

    async fn write(&self, to: &mut Writer) -> Result<Vec<Taken>, Error> {
        let known = Known { sessions: sessions(to, &self.0).await?, held: held(to, &self.0).await? };
        let outcome = Outcome::of(&self.0, &known);
        rows::write(&mut to.conn, &outcome).await?;
        Ok(outcome.taken)
    }
}

async fn sessions(to: &mut Writer, batch: &[SealedMessage]) -> Result<HashSet<i64>, Error> {
    let named = Known::sessions_of(batch);
    if named.is_empty() {
        return Ok(HashSet::new());
    }
    let named = json(&named)?;
    let found = sqlx::query_scalar!(
        r#"select s.id as "id!" from json_each(?) j cross join session s on s.id = j.value"#,
        named
    );
    Ok(found.fetch_all(&mut to.conn).await.map_err(error)?.into_iter().collect())
}

async fn held(to: &mut Writer, batch: &[SealedMessage]) -> Result<HashSet<i64>, Error> {
    let named = Known::packets_of(batch);
    if named.is_empty() {
        return Ok(HashSet::new());
    }
    let named = json(&named)?;
    let found = sqlx::query_scalar!(
        r#"select i.id as "id!" from json_each(?) j cross join inbound i on i.id = j.value where i.held = 1"#,
        named
    );
    Ok(found.fetch_all(&mut to.conn).await.map_err(error)?.into_iter().collect())
}
