//! The load of being there: connections that listen while nothing is said.

mod settled; // the memory before

mod websocket; // through a browser's door

use crate::folk::Folk;
use crate::meter::Cost;
use crate::report::{Flaws, Idle as Report};
use crate::settings::Idle;
use crate::target::Target;
use crate::wire::{Broken, EVERYTHING, Guest, Session, Wire};
use crate::{Failed, arrive};
use mqtt::packet::Qos;
use std::time::Duration;
use tokio::time::Instant;

/// A connection that is held.
enum Held {
    Wire(Wire),
    WebSocket(Box<websocket::Connection>),
}

impl Held {
    /// Whether the server still holds it as well.
    fn stands(&mut self) -> Result<(), Broken> {
        match self {
            Held::Wire(wire) => wire.stands().map(drop),
            Held::WebSocket(connection) => connection.stands(),
        }
    }
}

pub(crate) async fn run(idle: &Idle, folk: &Folk, target: Target<'_>) -> Result<Report, Failed> {
    let before = settled::cost(target).await?;
    let mut held = hold(idle, folk, target).await?;
    let stay = Instant::now() + Duration::from_secs(idle.seconds);
    target.lookout.progress.wait("waiting", stay).await;
    let after = Cost::of(target.process)?;
    let connections = held.len();
    let mut flaws = Flaws::default();
    held.iter_mut().for_each(|held| flaws.add_broken(held.stands().err().as_ref()));
    let each = |bytes: u64| bytes / connections.max(1) as u64;
    Ok(Report {
        load: "idle",
        seconds: idle.seconds,
        connections,
        rooms_each: idle.rooms.into(),
        members: idle.members.into(),
        websocket: idle.websocket,
        rss_before: before.map(|cost| cost.rss),
        rss_after: after.map(|cost| cost.rss),
        flaws,
        bytes_each: before.zip(after).map(|(before, after)| each(after.rss.saturating_sub(before.rss))),
    })
}

async fn hold(idle: &Idle, folk: &Folk, target: Target<'_>) -> Result<Vec<Held>, Failed> {
    let people = folk.people.iter().take(idle.connections.into()).enumerate();
    let guest = |(number, person)| Guest::of(person, number, Session::Ends);
    let guests: Vec<Guest> = people.map(guest).collect();
    let stand = |_, guest: Guest| async move {
        if idle.websocket {
            let socket = websocket::listen(target.server, &guest, EVERYTHING).await?;
            return Ok(Held::WebSocket(Box::new(socket)));
        }
        let mut wire = Wire::connect(target.server, &guest).await?;
        wire.listen(&[EVERYTHING], Qos::AtLeastOnce).await?;
        Ok(Held::Wire(wire))
    };
    arrive::everybody(target, &guests, stand).await
}
