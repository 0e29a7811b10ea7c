//! Messages come, a batch of them in one transaction.

use super::rows;
use crate::failure::error;
use crate::writer::Writer;
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
        rows::write(to.conn()?, &outcome).await?;
        Ok(outcome.taken)
    }
}

async fn sessions(to: &mut Writer, batch: &[SealedMessage]) -> Result<HashSet<i64>, Error> {
    let named = Known::sessions_of(batch);
    if named.is_empty() {
        return Ok(HashSet::new());
    }
    let found = sqlx::query_scalar!("select id from session where id = any($1)", &named);
    Ok(found.fetch_all(to.conn()?).await.map_err(error)?.into_iter().collect())
}

async fn held(to: &mut Writer, batch: &[SealedMessage]) -> Result<HashSet<i64>, Error> {
    let named = Known::packets_of(batch);
    if named.is_empty() {
        return Ok(HashSet::new());
    }
    let found = sqlx::query_scalar!("select id from inbound where id = any($1) and held", &named);
    Ok(found.fetch_all(to.conn()?).await.map_err(error)?.into_iter().collect())
}
