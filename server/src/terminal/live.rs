//! The loop: what happens goes in, what is wished goes out, and the screen is drawn. It decides nothing.

use super::hands::Hands;
use super::keys;
use super::screen::Screen;
use super::state::{Happening, Link, State, Told, Wish};
use crate::cli::Chat;
use crate::drain::Signals;
use crate::{page, reach};
use chat::Draft;
use client::{Connection, Event, Events, Said};
use crossterm::event::{Event as Input, EventStream};
use futures_util::StreamExt;
use std::time::Duration;
use time::UtcOffset;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use uuid::Uuid;

/// What may happen before it is drawn: whatever came together is drawn together.
const TOGETHER: usize = 256;

/// Runs the chat until the person leaves. Times are shown for this `zone`.
pub(crate) async fn run(chat: &Chat, zone: UtcOffset) -> anyhow::Result<()> {
    Screen::is_there()?;
    let Some(way) = reach::way(&chat.reach, &chat.user, "chat").await? else {
        return Err(reach::no_server(&chat.reach.data.data));
    };
    let place = way.place();
    let client = way.connect().await?;
    let signals = Signals::take()?;
    let (happenings, happened) = channel(TOGETHER);
    let folder = chat.reach.server.is_none().then(|| chat.reach.data.data.clone());
    tokio::spawn(hear(client.said(), happenings.clone()));
    let hands = Hands::new(client, &chat.user, folder, happenings.clone());
    let state = State::new(chat.user.clone(), place, zone, || Draft(Uuid::now_v7()));
    let ended = with_screen(state, &hands, happenings, happened, signals).await;
    let left = hands.leave().await;
    if left > 0 {
        page::remark(&format!("{left} messages were on their way; it is not known whether they were stored"));
    }
    ended
}

/// The screen is given back before anything else is said.
async fn with_screen(
    mut state: State,
    hands: &Hands,
    happenings: Sender<Happening>,
    mut happened: Receiver<Happening>,
    signals: Signals,
) -> anyhow::Result<()> {
    let mut screen = Screen::take()?;
    let (columns, rows) = screen.size()?;
    tokio::spawn(listen_to_keys(happenings.clone()));
    tokio::spawn(listen_to_signals(signals, happenings));
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    let mut together = vec![Happening::Resized(columns, rows)];
    loop {
        for happening in together.drain(..) {
            for wish in state.on(happening) {
                if wish == Wish::Leave {
                    return Ok(());
                }
                hands.fulfil(wish);
            }
        }
        screen.draw(&state)?;
        tokio::select! {
            _ = happened.recv_many(&mut together, TOGETHER) => {}
            _ = seconds.tick() => together.push(Happening::Second),
        }
    }
}

async fn listen_to_keys(happenings: Sender<Happening>) {
    let mut inputs = EventStream::new();
    while let Some(Ok(input)) = inputs.next().await {
        let happening = match input {
            Input::Key(key) => keys::read(key).map(Happening::Key),
            Input::Paste(text) => Some(Happening::Pasted(text)),
            Input::Resize(columns, rows) => Some(Happening::Resized(columns, rows)),
            _ => None,
        };
        if let Some(happening) = happening
            && happenings.send(happening).await.is_err()
        {
            return;
        }
    }
    // Nobody will ever type again.
    happenings.send(Happening::Dismissed).await.ok();
}

async fn listen_to_signals(mut signals: Signals, happenings: Sender<Happening>) {
    signals.next().await;
    happenings.send(Happening::Dismissed).await.ok();
}

/// Entries are taken when they are handed over: the server keeps nothing of this device anyway.
async fn hear(events: Events, happenings: Sender<Happening>) {
    while let Some(event) = events.next().await {
        let happening = match event {
            Event::Said(mut said) => {
                said.taken();
                Happening::Told(told(said))
            }
            Event::Gap(mut gap) => {
                gap.taken();
                Happening::Missing { room: gap.room.clone(), from: gap.from, to: gap.to }
            }
            Event::Connection(Connection::Up { .. }) => Happening::Linked(Link::Up),
            Event::Connection(Connection::Down { why, again }) => {
                let why = why.to_string();
                Happening::Linked(match again {
                    Some(again) => Link::Down { why, again: again.as_secs() },
                    None => Link::Gone(why),
                })
            }
            _ => continue,
        };
        if happenings.send(happening).await.is_err() {
            return;
        }
    }
}

fn told(said: Said) -> Told {
    Told { room: said.room, seq: said.seq, from: said.from, at: said.at, draft: said.draft, what: said.what }
}
