//! A publish becomes a command, judged.

use crate::core::Core;
use crate::lane::{Command, EntryCommand, Judge, ReadCommand, Reply, RoomCommand, Said};
use crate::session::Session;
use broker::outbound::Answer;
use bytes::Bytes;
use chat::{Content, Draft, Handle, MessageSaid, Refusal, Role, RoomId, RoomKind, Say, Standing, UserId};
use mqtt::ReasonCode;
use mqtt::packet::{Publish, Qos, Version};
use std::sync::Arc;
use std::time::Instant;
use store::{Inbound, NewAct, NewEntry, NewRoom, ReadMark, Resend};
use tokio::sync::oneshot;
use topics::payload::say::SayProperties;
use topics::payload::{read, say};
use topics::{Address, Format, Topic, access};

/// Why a publish led to no command.
pub(crate) enum Not {
    /// It never will: tell the sender.
    Refused(Refusal),
    /// The store can't say now: the sender shall try again.
    Now(store::Error),
}

impl From<Refusal> for Not {
    fn from(refusal: Refusal) -> Not {
        Not::Refused(refusal)
    }
}

impl From<store::Error> for Not {
    fn from(error: store::Error) -> Not {
        Not::Now(error)
    }
}

/// Who says something, from where.
pub(crate) struct Speaker<'a> {
    pub(crate) user: UserId,
    pub(crate) handle: &'a Handle,
    pub(crate) session: Option<&'a Arc<Session>>,
}

/// The parts of a publish that a command is made of.
pub(crate) struct Spoken<'a> {
    pub(crate) topic: &'a str,
    pub(crate) payload: &'a Bytes,
    pub(crate) user_properties: &'a [(String, String)],
    pub(crate) message_expiry: Option<u32>,
    pub(crate) inbound: Option<Inbound>,
    /// Whether a PUBACK or PUBREC says what became of it.
    pub(crate) is_acknowledged: bool,
}

/// A client published. Returns when the command is in the lane.
pub(crate) async fn publish(core: &Arc<Core>, session: &Arc<Session>, publish: Publish, answer: Answer) {
    if publish.retain && session.outbound.version() == Version::V5 {
        // CONNACK said that nothing is retained; 0x9A is a word for DISCONNECT only. [MQTT5-3.2.2-14]
        session.outbound.end(ReasonCode::RetainNotSupported);
        return answer.give_up();
    }
    let spoken = Spoken {
        topic: &publish.topic,
        payload: &publish.payload,
        user_properties: &publish.properties.user_properties,
        message_expiry: publish.properties.message_expiry,
        inbound: inbound(session, &publish),
        is_acknowledged: publish.qos > Qos::AtMostOnce,
    };
    let speaker = Speaker { user: session.user, handle: &session.handle, session: Some(session) };
    let draft = publish.properties.user_properties.iter().find(|(key, _)| key == "draft");
    let said = Said {
        session: session.clone(),
        answer,
        qos: publish.qos,
        topic: publish.topic.clone(),
        packet: publish.packet_id.map(|id| id.get()),
        draft: draft.map(|(_, draft)| draft.clone()),
        payload: publish.payload.clone(),
    };
    put(core, &speaker, &spoken, Reply::Client(said)).await;
}

/// The row by which a second sending of this packet is found, where the session outlives the connection.
fn inbound(session: &Session, publish: &Publish) -> Option<Inbound> {
    let (session, _) = session.stored?;
    let packet_id = publish.packet_id?.get();
    let resend = match (publish.qos, publish.dup) {
        (Qos::ExactlyOnce, _) => Resend::Always,
        (_, true) => Resend::IfSame,
        (_, false) => Resend::New,
    };
    Some(Inbound { session, packet_id, resend })
}

/// Judges what was spoken and puts it in the lane, or says why not.
pub(crate) async fn put(core: &Arc<Core>, speaker: &Speaker<'_>, spoken: &Spoken<'_>, reply: Reply) {
    match command(core, speaker, spoken).await {
        Ok((made, turn)) => core.put_in_turn(speaker.session, turn, made.with(reply)).await,
        Err(Not::Refused(refusal)) => reply.refused(&refusal),
        Err(Not::Now(error)) => {
            tracing::warn!(%error, "a publish could not be judged: {error}");
            reply.not_now();
        }
    }
}

/// A command that nobody waits for yet.
enum Made {
    Entry { entry: Box<NewEntry>, from: Handle, room: Handle, deadline: Instant },
    Read { mark: ReadMark, deadline: Instant },
}

impl Made {
    fn with(self, reply: Reply) -> Command {
        match self {
            Made::Entry { entry, from, room, deadline } => {
                let entry = *entry;
                Command::entry(EntryCommand { entry, from, room, judge: Judge::Member, reply, deadline })
            }
            Made::Read { mark, deadline } => Command::Read(ReadCommand { mark, reply, deadline }),
        }
    }
}

async fn command(
    core: &Arc<Core>,
    speaker: &Speaker<'_>,
    spoken: &Spoken<'_>,
) -> Result<(Made, Instant), Not> {
    let address: Address = spoken.topic.parse().map_err(|_| Refusal::NoSuchTopic)?;
    if !access::may_publish(&address.topic) {
        return Err(Refusal::NoSuchTopic.into());
    }
    match address.topic {
        Topic::Say(room) => {
            let said = read_said(address.format, spoken)?;
            let standing = standing(core, &room, speaker.user).await?;
            entry(core, speaker, spoken, &standing, said)
        }
        Topic::SayTo(user) => {
            let said = read_said(address.format, spoken)?;
            let room = direct_room(core, speaker, &user).await?;
            let standing = standing(core, &room, speaker.user).await?;
            entry(core, speaker, spoken, &standing, said)
        }
        Topic::Read(room) => {
            let seq = read::parse(spoken.payload).map_err(Refusal::from)?;
            let standing = standing(core, &room, speaker.user).await?;
            let mark = ReadMark { user: speaker.user, room: standing.room, seq };
            let turn = turn(core, speaker, spoken)?;
            Ok((Made::Read { mark, deadline: turn + core.config.commit_wait }, turn))
        }
        Topic::Said(_) | Topic::Replies => Err(Refusal::NoSuchTopic.into()),
    }
}

fn read_said(format: Format, spoken: &Spoken<'_>) -> Result<(Option<Draft>, Content), Refusal> {
    let pairs = spoken.user_properties.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let properties = SayProperties::of(pairs)?;
    Ok(say::read(format, spoken.payload, &properties)?)
}

/// A room that the user is in; one they are not in looks like one that does not exist.
async fn standing(core: &Core, room: &Handle, user: UserId) -> Result<Arc<Standing>, Not> {
    let standing = core.standings.of(&*core.store, room, user).await?;
    Ok(standing.filter(|standing| standing.member.is_some()).ok_or(Refusal::NotAMember)?)
}

fn entry(
    core: &Core,
    speaker: &Speaker<'_>,
    spoken: &Spoken<'_>,
    standing: &Standing,
    (draft, content): (Option<Draft>, Content),
) -> Result<(Made, Instant), Not> {
    let at = core.now();
    let expires_at = spoken.message_expiry.map(|seconds| chat::Timestamp(at.0 + i64::from(seconds) * 1_000));
    let origin = speaker.session.map(|session| session.origin);
    let say = Say { sender: speaker.user, origin, draft, content, expires_at };
    let MessageSaid { room, rules, say } = standing.say(say, core.config.body_limit)?;
    let turn = turn(core, speaker, spoken)?;
    // A QoS 1 packet that names its draft is found again by that; QoS 2 needs its row until PUBREL.
    let inbound = spoken.inbound.filter(|inbound| draft.is_none() || inbound.resend == Resend::Always);
    let entry = NewEntry {
        room,
        rules,
        sender: say.sender,
        origin,
        draft,
        inbound,
        at,
        expires_at,
        act: NewAct::Say(say.content),
    };
    let made = Made::Entry {
        entry: Box::new(entry),
        from: speaker.handle.clone(),
        room: standing.handle.clone(),
        deadline: turn + core.config.commit_wait,
    };
    Ok((made, turn))
}

/// When the message may be stored. One whose turn is too far away is refused, if its sender would understand.
fn turn(core: &Core, speaker: &Speaker<'_>, spoken: &Spoken<'_>) -> Result<Instant, Refusal> {
    let version = speaker.session.map(|session| session.outbound.version());
    let understands = version == Some(Version::V5) && spoken.is_acknowledged;
    let patience = understands.then_some(core.config.quota_patience);
    core.pace.turn(speaker.user, Instant::now(), patience).map_err(Refusal::Quota)
}

/// The direct room with this user, made if there is none.
async fn direct_room(core: &Arc<Core>, speaker: &Speaker<'_>, user: &Handle) -> Result<Handle, Not> {
    let other = core.store.account(user).await?.ok_or(Refusal::NoSuchUser)?;
    let pair = (speaker.user.min(other.id), speaker.user.max(other.id));
    if let Some(handle) = core.store.direct(pair).await? {
        return Ok(handle);
    }
    let id = RoomId(core.id()?);
    let mut members = vec![(speaker.user, speaker.handle.clone(), Role::Owner)];
    if other.id != speaker.user {
        members.push((other.id, other.handle, Role::Owner));
    }
    let room = NewRoom {
        id,
        handle: id.handle(),
        kind: RoomKind::Direct,
        by: speaker.user,
        from: speaker.handle.clone(),
        members,
        at: core.now(),
    };
    let made = core.make_room(room, true).await?;
    // Two people who write to each other at once make one room: the other one may have won.
    match made.new {
        true => Ok(id.handle()),
        false => Ok(core.store.direct(pair).await?.ok_or(Refusal::NoSuchUser)?),
    }
}

impl Core {
    /// Makes a room through the lane, so that its first entry is told before any other.
    ///
    /// # Errors
    /// The store's; [`store::Error::Unavailable`] if it took longer than `commit_wait`.
    pub(crate) async fn make_room(
        &self,
        room: NewRoom,
        direct: bool,
    ) -> Result<crate::lane::RoomMade, store::Error> {
        let (reply, made) = oneshot::channel();
        self.lane.put(Command::Room(Box::new(RoomCommand { room, direct, reply }))).await;
        match tokio::time::timeout(self.config.commit_wait, made).await {
            Ok(Ok(made)) => made,
            Ok(Err(_)) | Err(_) => Err(store::Error::Unavailable("the room was not made in time".into())),
        }
    }
}

/// A will must be such that its owner could publish it now.
pub(crate) async fn authorise(core: &Core, user: UserId, topic: &str) -> Result<(), Not> {
    let address: Address = topic.parse().map_err(|_| Refusal::NoSuchTopic)?;
    match address.topic {
        Topic::Say(room) | Topic::Read(room) => standing(core, &room, user).await.map(drop),
        Topic::SayTo(other) => Ok(core.store.account(&other).await?.map(drop).ok_or(Refusal::NoSuchUser)?),
        Topic::Said(_) | Topic::Replies => Err(Refusal::NoSuchTopic.into()),
    }
}
