//! From topic and payload to a command.

use super::{Not, Speaker, Spoken, before, direct, forward, media};
use crate::core::Core;
use crate::identity::Scope;
use crate::lane::{Command, EntryCommand, Judge, ReadCommand, Reply};
use chat::{Ask, Draft, Handle, MessageSaid, Objection, Refusal, RoomId, Say, Standing, UserId};
use mqtt::packet::Version;
use std::sync::Arc;
use std::time::Instant;
use store::{NewAct, NewEntry, ReadMark};
use topics::payload::say::SayProperties;
use topics::payload::{read, say};
use topics::{Address, Format, Topic, access};

/// A command that nobody waits for yet.
pub(super) enum Made {
    Entry { entry: Box<NewEntry>, from: Handle, room: Handle, judge: Judge, deadline: Instant },
    Read { mark: ReadMark, deadline: Instant },
}

impl Made {
    pub(super) fn with(self, reply: Reply) -> Command {
        match self {
            Made::Entry { entry, from, room, judge, deadline } => {
                let entry = *entry;
                Command::entry(EntryCommand { entry, from, room, judge, reply, deadline })
            }
            Made::Read { mark, deadline } => Command::Read(ReadCommand { mark, reply, deadline }),
        }
    }
}

pub(super) async fn command(
    core: &Arc<Core>,
    speaker: &Speaker<'_>,
    spoken: &Spoken<'_>,
) -> Result<(Made, Instant), Not> {
    let address: Address = spoken.topic.parse().map_err(|_| Refusal::NoSuchTopic)?;
    if !access::may_publish(&address.topic) {
        return Err(Refusal::NoSuchTopic.into());
    }
    if speaker.session.is_some_and(|session| !session.rights.has(Scope::MessagesWrite)) {
        return Err(Refusal::from(Objection::NotAllowed).into());
    }
    match address.topic {
        Topic::Say(_) | Topic::SayTo(_) => {
            let said = read_said(address.format, spoken)?;
            match say(core, speaker, spoken, &address.topic, said).await {
                Err(Not::Refused(refusal)) => before::look(core, speaker, spoken, &address, refusal).await,
                other => other,
            }
        }
        Topic::Read(room) => {
            let seq = read::parse(address.format, spoken.payload).map_err(Refusal::from)?;
            let standing = standing(core, &room, speaker.user).await?;
            let mark = ReadMark { user: speaker.user, room: standing.room, seq };
            let turn = turn(core, speaker, spoken, None)?;
            Ok((Made::Read { mark, deadline: turn + core.config.commit_wait }, turn))
        }
        // What nobody keeps does not come here.
        Topic::Typing(_) | Topic::Signal(_) | Topic::MyPresence | Topic::Presence(_) => {
            Err(Refusal::NoSuchTopic.into())
        }
        Topic::Said(_) | Topic::Receipts(_) | Topic::Events | Topic::Replies | Topic::Rpc(_) => {
            Err(Refusal::NoSuchTopic.into())
        }
    }
}

/// Something that is said in a room, or to somebody.
async fn say(
    core: &Arc<Core>,
    speaker: &Speaker<'_>,
    spoken: &Spoken<'_>,
    to: &Topic,
    said: (Option<Draft>, Ask),
) -> Result<(Made, Instant), Not> {
    match to {
        Topic::Say(room) => {
            let standing = standing(core, room, speaker.user).await?;
            let said = match look_up(core, speaker, said).await {
                Err(Not::Refused(refusal)) => {
                    // Who went out meanwhile is told that, and nothing of what they named.
                    core.standings.forget(room, speaker.user);
                    self::standing(core, room, speaker.user).await?;
                    return Err(refusal.into());
                }
                said => said?,
            };
            entry(core, speaker, spoken, standing, said).await
        }
        Topic::SayTo(user) => {
            let said = look_up(core, speaker, said).await?;
            let room = direct::room_with(core, speaker, user).await?;
            let standing = standing(core, &room, speaker.user).await?;
            entry(core, speaker, spoken, standing, said).await
        }
        _ => Err(Refusal::NoSuchTopic.into()),
    }
}

pub(super) fn read_said(format: Format, spoken: &Spoken<'_>) -> Result<(Option<Draft>, Ask), Refusal> {
    let pairs = spoken.user_properties.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let properties = SayProperties::of(pairs)?;
    Ok(say::read(format, spoken.payload, &properties)?)
}

/// The same with the words of the message that is said on, and with what is known of the upload that is named. Who says a
/// message on reads it first: a key that is good for writing only passes nothing on.
async fn look_up(
    core: &Core,
    speaker: &Speaker<'_>,
    (draft, ask): (Option<Draft>, Ask),
) -> Result<(Option<Draft>, Ask), Not> {
    let may_read = speaker.session.is_none_or(|session| session.rights.has(Scope::MessagesRead));
    if matches!(ask, Ask::Forward { .. }) && !may_read {
        return Err(Refusal::from(Objection::NotAllowed).into());
    }
    let ask = forward::worded(core, speaker.user, ask).await?;
    media::look_up(core, speaker.user, (draft, ask)).await
}

/// A room that the user is in; one they are not in looks like one that does not exist.
async fn standing(core: &Core, room: &Handle, user: UserId) -> Result<Arc<Standing>, Not> {
    let standing = core.standings.of(&*core.store, room, user).await?;
    Ok(standing.filter(|standing| standing.member.is_some()).ok_or(Refusal::NotAMember)?)
}

/// What the rules say. What is remembered of them may be over, so nobody is refused by that alone; what is allowed by
/// rules that are over comes back from the commit.
async fn allowed(
    core: &Core,
    standing: Arc<Standing>,
    say: Say,
    at: chat::Timestamp,
) -> Result<(Arc<Standing>, MessageSaid), Not> {
    match standing.say(say.clone(), core.config.body_limit, at) {
        Ok(said) => Ok((standing, said)),
        Err(Refusal::Denied(_) | Refusal::MayNotCallAll) => {
            core.standings.forget(&standing.handle, say.sender);
            let fresh = self::standing(core, &standing.handle, say.sender).await?;
            let said = fresh.say(say, core.config.body_limit, at)?;
            Ok((fresh, said))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn entry(
    core: &Core,
    speaker: &Speaker<'_>,
    spoken: &Spoken<'_>,
    standing: Arc<Standing>,
    (draft, ask): (Option<Draft>, Ask),
) -> Result<(Made, Instant), Not> {
    let at = core.now();
    // What is done to a message doesn't come undone after a while.
    let message_expiry = spoken.message_expiry.filter(|_| matches!(ask, Ask::Say(_)));
    let expires_at = message_expiry.map(|seconds| chat::Timestamp(at.0 + i64::from(seconds) * 1_000));
    let origin = speaker.session.map(|session| session.origin);
    let say = Say { sender: speaker.user, origin, draft, ask, expires_at };
    let (standing, said) = allowed(core, standing, say, at).await?;
    let MessageSaid { room, rules, pause, say } = said;
    let turn = turn(core, speaker, spoken, Some(room))?;
    let inbound = spoken.inbound_beside(draft);
    let entry = NewEntry {
        room,
        rules,
        sender: say.sender,
        origin,
        draft,
        inbound,
        at,
        expires_at,
        pause,
        act: act(core, say.ask, &standing)?,
    };
    let made = Made::Entry {
        entry: Box::new(entry),
        from: speaker.handle.clone(),
        room: standing.handle.clone(),
        judge: Judge::Member,
        deadline: turn + core.config.commit_wait,
    };
    Ok((made, turn))
}

/// What was asked for, with the right to do it where it takes one.
pub(crate) fn act(core: &Core, ask: Ask, standing: &Standing) -> Result<NewAct, Refusal> {
    Ok(match ask {
        Ask::Say(content) => NewAct::Say(content),
        Ask::Do(deed) => NewAct::Do { deed, warrant: standing.warrant(core.config.windows)? },
        // It was given its words before.
        Ask::Forward { .. } => return Err(Objection::NoSuchMessage.into()),
    })
}

/// When the message may be stored, by what its sender may say and what its room may take. One whose turn is too far away is refused, if its sender would understand.
pub(super) fn turn(
    core: &Core,
    speaker: &Speaker<'_>,
    spoken: &Spoken<'_>,
    room: Option<RoomId>,
) -> Result<Instant, Refusal> {
    let version = speaker.session.map(|session| session.outbound.version());
    // Whoever asks by a request is told as well.
    let understands = version.is_none_or(|version| version == Version::V5) && spoken.is_acknowledged;
    let patience = understands.then_some(core.config.quota_patience);
    let now = Instant::now();
    let speaks = (speaker.user, core.is_new(speaker.user));
    let turn = core.pace.turn(speaks, now, patience).map_err(Refusal::Quota)?;
    match room {
        Some(room) => {
            Ok(turn.max(core.room_pace.turn((room, false), now, patience).map_err(Refusal::Quota)?))
        }
        None => Ok(turn),
    }
}

/// A will must be such that its owner could publish it now.
pub(crate) async fn authorise(core: &Core, user: UserId, topic: &str) -> Result<(), Not> {
    let address: Address = topic.parse().map_err(|_| Refusal::NoSuchTopic)?;
    match address.topic {
        Topic::Say(room) | Topic::Read(room) | Topic::Typing(room) | Topic::Signal(room) => {
            standing(core, &room, user).await.map(drop)
        }
        Topic::MyPresence => Ok(()),
        Topic::SayTo(other) => {
            let other = core.store.account(&other).await?.ok_or(Refusal::NoSuchUser)?;
            match core.is_kept_away(user, other.id).await? {
                true => Err(Refusal::NoSuchUser.into()),
                false => Ok(()),
            }
        }
        // Nobody would be there to hear what a request is answered.
        Topic::Said(_)
        | Topic::Receipts(_)
        | Topic::Events
        | Topic::Replies
        | Topic::Presence(_)
        | Topic::Rpc(_) => Err(Refusal::NoSuchTopic.into()),
    }
}
