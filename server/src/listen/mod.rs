//! `natter listen`: what is said, one line each, until a signal.
//!
//! A line is the topic, a tab and the payload, as a subscriber gets it. An entry is acknowledged when its line is
//! written. When the connection is lost that is told on standard error, and when it is back it goes on; where entries
//! were not told, a line says so.

mod line; // what a line is

use crate::cli::Listen;
use crate::drain::Signals;
use crate::{page, reach};
use anyhow::bail;
use chat::Handle;
use client::{Connection, Event, Events, Offline};
use std::io::ErrorKind;

/// Listens until a signal, or until nobody reads what it prints.
pub(crate) async fn run(listen: &Listen) -> anyhow::Result<()> {
    let Some(way) = reach::way(&listen.reach, &listen.listener, "listen").await? else {
        return Err(reach::no_server(&listen.reach.data.data));
    };
    let mut signals = Signals::take()?;
    if let Some(room) = &listen.room {
        reach::must_be_in(&listen.reach, &listen.listener, room).await?;
    }
    let client = way.connect().await?;
    let place = listen.room.as_ref().map_or("every room of theirs".to_owned(), |room| format!("room {room}"));
    page::remark(&format!("{} listens to {place}", listen.listener));
    let events = client.said();
    let mut ear = Ear { only: listen.room.as_ref(), lost: None };
    let ended = tokio::select! {
        _ = signals.next() => Ok(None),
        ended = ear.hear_all(&events) => ended,
    };
    client.close().await;
    match ended {
        Ok(None) => Ok(()),
        Ok(Some(why)) => bail!("{why}"),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Who listens.
struct Ear<'a> {
    only: Option<&'a Handle>,
    /// Why there is no connection.
    lost: Option<Offline>,
}

impl Ear<'_> {
    /// Prints everything, until the connection ends for good; says why.
    async fn hear_all(&mut self, events: &Events) -> std::io::Result<Option<Offline>> {
        while let Some(event) = events.next().await {
            self.hear(event)?;
        }
        Ok(self.lost.take())
    }

    fn hear(&mut self, event: Event) -> std::io::Result<()> {
        match event {
            Event::Said(mut said) => {
                if self.means(&said.room) {
                    page::write(&line::said(&said))?;
                }
                said.taken();
            }
            Event::Gap(mut gap) => {
                if self.means(&gap.room) {
                    page::write(&line::gap(&gap.room, gap.from, gap.to))?;
                }
                gap.taken();
            }
            Event::Connection(Connection::Down { why, again }) => {
                if again.is_some() && self.lost.is_none() {
                    page::remark(&format!("{why}; trying again"));
                }
                self.lost = Some(why);
            }
            Event::Connection(Connection::Up { .. }) if self.lost.take().is_some() => {
                page::remark("connected again");
            }
            // Nothing is in an outbox of an earlier run; what a later SDK may tell is not for a script.
            _ => {}
        }
        Ok(())
    }

    fn means(&self, room: &Handle) -> bool {
        self.only.is_none_or(|only| only == room)
    }
}
