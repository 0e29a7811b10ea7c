//! `natter say`: one message, and its number when it is stored.
//!
//! By the SDK, as any client would say it. Where no server runs on the data folder it opens the folder itself, like
//! every command of one line: a script need not know whether the server is up, and what it says is there when people
//! come back.

use crate::cli::Say;
use crate::house::House;
use crate::{page, reach};
use anyhow::{anyhow, bail};
use chat::Seq;
use client::{Content, SayError};
use std::time::Duration;

/// How long the server may take to store one message, reconnects included. Later than this a person asks what is wrong.
const PATIENCE: Duration = Duration::from_secs(30);

/// Says it and prints its number. An error is a refusal in words.
pub(crate) async fn run(say: &Say) -> anyhow::Result<()> {
    let seq = match reach::way(&say.reach, &say.speaker, "say").await? {
        Some(way) => by_server(way, say).await?,
        None => here(say).await?,
    };
    page::write(&format!("stored as message {seq} of room {}", say.room))?;
    Ok(())
}

async fn by_server(way: reach::Way, say: &Say) -> anyhow::Result<Seq> {
    let client = way.connect().await?;
    let said = client.say(&say.room, Content::text(say.text.clone()));
    let receipt = tokio::time::timeout(PATIENCE, said).await;
    client.close().await;
    match receipt {
        Ok(Ok(receipt)) => Ok(receipt.seq),
        Ok(Err(SayError::Refused(why))) => bail!("{why}"),
        Ok(Err(error)) => bail!("it is not known whether this was stored: {error}"),
        Err(_) => Err(anyhow!(
            "the server did not answer within {PATIENCE:?}; it is not known whether this was stored"
        )),
    }
}

async fn here(say: &Say) -> anyhow::Result<Seq> {
    let house = House::visit(&say.reach.data.data, false).await?;
    let said = house.bridge.say(&say.speaker, &say.room, &say.text).await;
    house.close().await?;
    Ok(said?.seq)
}
