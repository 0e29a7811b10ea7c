//! What nobody keeps: who is writing, signals, and what devices say of being there.
//!
//! It goes past the lane and the log, straight to devices that are here. So it is judged by the rules in force when it is
//! said, asked of the store and not of what is remembered: no commit comes that would find them changed. Who keeps whom away
//! hears nothing of the other here.

mod audience; // who hears it

mod typing; // who is writing

mod signal; // what members tell each other

mod tell; // one message, to one device

pub(crate) use audience::Audiences;
pub(crate) use typing::{Typing, run};

use crate::config::Config;
use crate::core::Core;
use crate::identity::Scope;
use crate::lane::Reply;
use crate::pace::Pace;
use crate::say::{Not, Speaker, Spoken};
use chat::{Handle, Objection, Refusal, Standing, UserId};
use mqtt::packet::Qos;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};
use topics::payload::presence;
use topics::{Address, Topic};

/// Members of a room up to which something fleeting is passed on in it.
const MOST_MEMBERS: u32 = 1_000;
/// How often a user may say that they are writing, or not: more is not looked at.
const TYPING_RATE: NonZeroU32 = NonZeroU32::new(5).expect("5 is not zero");
/// How often they may say how they are there.
const PRESENCE_RATE: NonZeroU32 = NonZeroU32::MIN;
const PRESENCE_BURST: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");

/// What is known of it.
pub(crate) struct Fleeting {
    audiences: Audiences,
    typing: Typing,
    typing_pace: Pace,
    signal_pace: Pace,
    presence_pace: Pace,
}

impl Fleeting {
    pub(crate) fn new(config: &Config) -> Fleeting {
        Fleeting {
            audiences: Audiences::new(),
            typing: Typing::default(),
            typing_pace: Pace::by_second(Some(TYPING_RATE), None),
            signal_pace: Pace::by_second(config.signal_rate, Some(config.signal_burst)),
            presence_pace: Pace::by_second(Some(PRESENCE_RATE), Some(PRESENCE_BURST)),
        }
    }

    /// Somebody came into this room, or went.
    pub(crate) fn room_changed(&self, room: chat::RoomId) {
        self.audiences.room_changed(room);
    }

    /// Somebody keeps somebody away, or no more.
    pub(crate) fn pair_changed(&self) {
        self.audiences.pair_changed();
    }
}

/// The last levels of the topics of which nobody keeps anything.
const LAST: [&str; 3] = ["/typing", "/signal", "/presence"];

/// Whether a topic may be one of them: cheaper than reading it, which every message would pay for.
pub(crate) fn is_fleeting(topic: &str) -> bool {
    LAST.iter().any(|last| topic.ends_with(last))
}

/// Somebody said something of the kind.
pub(crate) async fn take(core: &Arc<Core>, speaker: &Speaker<'_>, spoken: &Spoken<'_>, reply: Reply) {
    match judge(core, speaker, spoken).await {
        Ok(()) => reply.done(),
        Err(Not::Refused(refusal)) => reply.refused(&refusal),
        Err(Not::Now(error)) => {
            tracing::warn!(%error, "what nobody keeps could not be judged: {error}");
            reply.not_now();
        }
    }
}

async fn judge(core: &Arc<Core>, speaker: &Speaker<'_>, spoken: &Spoken<'_>) -> Result<(), Not> {
    let address: Address = spoken.topic.parse().map_err(|_| Refusal::NoSuchTopic)?;
    if speaker.session.is_some_and(|session| !session.rights.has(Scope::MessagesWrite)) {
        return Err(Refusal::from(Objection::NotAllowed).into());
    }
    match &address.topic {
        Topic::Typing(room) => typing::say(core, speaker, (room, address.format), spoken).await,
        Topic::Signal(room) => {
            let qos = if spoken.is_acknowledged { Qos::AtLeastOnce } else { Qos::AtMostOnce };
            signal::say(core, speaker, (room, address.format), spoken, qos).await
        }
        Topic::MyPresence => {
            let shown = presence::read(address.format, spoken.payload).map_err(Refusal::from)?;
            in_time(&core.fleeting.presence_pace, speaker.user)?;
            Ok(core.shows(speaker.user, speaker.session.map_or(&[], std::slice::from_ref), shown).await?)
        }
        _ => Err(Refusal::NoSuchTopic.into()),
    }
}

/// Whether somebody may say it now; nothing of it waits.
fn in_time(pace: &Pace, user: UserId) -> Result<(), Refusal> {
    let turn = pace.turn((user, false), Instant::now(), Some(Duration::ZERO));
    turn.map(drop).map_err(Refusal::Quota)
}

/// A room that somebody is in, as it is now.
async fn standing(core: &Core, room: &Handle, user: UserId) -> Result<Standing, Not> {
    let standing = core.store.standing(room, user).await?;
    Ok(standing.filter(|standing| standing.member.is_some()).ok_or(Refusal::NotAMember)?)
}
