//! `natter listen`: what is said, one line each, until a signal.
//!
//! A line is the topic, a tab and the payload, as a subscriber gets it. An entry is acknowledged when its line is
//! written. When the connection is lost that is told on standard error, and when it is back it goes on where it was;
//! where entries can't be had any more, a line says so.

mod order; // once, and in order

mod line; // what a line is

use crate::cli::Listen;
use crate::drain::Signals;
use crate::{page, reach};
use anyhow::bail;
use chat::{Handle, Seq};
use client::{Client, Connection, Event, Gap, Offline, Said};
use order::{Order, Turn};
use std::io::ErrorKind;

/// Listens until a signal, or until nobody reads what it prints.
pub(crate) async fn run(listen: &Listen) -> anyhow::Result<()> {
    let only = listen.room.as_ref();
    let ends = reach::ends(&listen.reach, &listen.listener, only).await?;
    let Some(way) = reach::way(&listen.reach, &listen.listener, "listen").await? else {
        return Err(reach::no_server(&listen.reach.data.data));
    };
    let mut signals = Signals::take()?;
    let client = way.connect().await?;
    let place = only.map_or("every room of theirs".to_owned(), |room| format!("room {room}"));
    page::remark(&format!("{} listens to {place}", listen.listener));
    let mut ear = Ear { client: client.clone(), only, order: Order::behind(ends), lost: None };
    let ended = tokio::select! {
        _ = signals.next() => Ok(None),
        ended = ear.hear_all() => ended,
    };
    drop(ear);
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
    client: Client,
    only: Option<&'a Handle>,
    order: Order,
    /// Why there is no connection.
    lost: Option<Offline>,
}

impl Ear<'_> {
    /// Prints everything, until the connection ends for good; says why.
    async fn hear_all(&mut self) -> std::io::Result<Option<Offline>> {
        let events = self.client.said();
        while let Some(event) = events.next().await {
            match event {
                Event::Said(said) => self.said(said)?,
                Event::Gap(gap) => self.gap(gap)?,
                Event::Connection(connection) => self.connection(connection),
                // Nothing is in an outbox of an earlier run; what a later SDK may tell is not for a script.
                _ => {}
            }
        }
        Ok(self.lost.take())
    }

    fn said(&mut self, mut said: Said) -> std::io::Result<()> {
        if self.means(&said.room) {
            match self.order.entry(&said.room, said.seq, said.prev) {
                Turn::Tell => page::write(&line::said(&said))?,
                Turn::Skip => {}
                Turn::Ask(since) => self.ask(vec![(said.room.clone(), since)]),
            }
        }
        said.taken();
        Ok(())
    }

    fn gap(&mut self, mut gap: Gap) -> std::io::Result<()> {
        if self.means(&gap.room) {
            match self.order.gap(&gap.room, gap.to) {
                Turn::Tell => page::write(&line::gap(&gap.room, gap.from, gap.to))?,
                Turn::Skip => {}
                Turn::Ask(since) => self.ask(vec![(gap.room.clone(), since)]),
            }
        }
        gap.taken();
        Ok(())
    }

    fn connection(&mut self, connection: Connection) {
        match connection {
            Connection::Down { why, again } => {
                if again.is_some() && self.lost.is_none() {
                    page::remark(&format!("{why}; trying again"));
                }
                self.lost = Some(why);
            }
            Connection::Up { .. } => {
                if self.lost.take().is_some() {
                    page::remark("connected again");
                    self.ask(self.order.places());
                }
            }
        }
    }

    /// One room after the other. A room that the user is not in any more has nothing to tell.
    fn ask(&self, places: Vec<(Handle, Seq)>) {
        let client = self.client.clone();
        tokio::spawn(async move {
            for (room, since) in places {
                client.replay(&room, since).await.ok();
            }
        });
    }

    fn means(&self, room: &Handle) -> bool {
        self.only.is_none_or(|only| only == room)
    }
}
