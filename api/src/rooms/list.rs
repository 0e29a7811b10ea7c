//! The conversation list: the rooms of the caller in one call, where something was said last, first; or what changed in
//! it since a token was given.

use super::own::Text;
use super::{LOOK, ThisRoom, standing};
use crate::ask::Ask;
use crate::cursor;
use crate::method::{Method, Verb};
use crate::problem::{Code, Problem};
use crate::words::{At, Name};
use chat::{Entry, Handle, RoomId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::stored::now;
use store::{Conversation, Moment, PushLevel, Settings};
use topics::Format;
use topics::payload::said;
use utoipa::ToSchema;

/// Rooms that one has gone out of since a token, at most; with more of them the list is told anew.
const GONE_MOST: usize = 1_000;

/// A page of the conversation list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RoomsPage {
    /// `token` of an earlier list: only what changed since then is told.
    since: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// How many, up to 200; 50 without it.
    #[schema(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A room, as the caller finds it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Room {
    /// Its handle.
    room: Name,
    /// `direct`, `group` or `channel`.
    kind: &'static str,
    /// What people call it.
    name: Option<String>,
    /// Where the picture that stands for it is: an upload (`/v1/media/{media}/thumbnail`) or an https address.
    avatar: Option<String>,
    /// With whom, in a direct room.
    with: Option<Name>,
    /// What the caller is in it: `guest`, `member`, `admin` or `owner`.
    role: &'static str,
    /// The end of its log.
    last_seq: u64,
    /// When that was taken; the list is in the order of this.
    last_at: At,
    /// The last entry, as on `rooms/{room}/said`; absent if it is gone.
    #[schema(value_type = Option<Object>)]
    last: Option<Box<RawValue>>,
    /// Up to where the caller has read it.
    read_seq: u64,
    /// How much they have not read.
    unread: u64,
    /// How many messages call them by name, or everybody, that they have not read.
    mentions: u64,
    /// Whether it shall not ring just now.
    muted: bool,
    /// Until when; absent for ever.
    muted_until: Option<At>,
    /// Whether it stays at the top of the caller's list.
    pinned: bool,
    /// Whether it is out of sight.
    archived: bool,
    /// Whether it shall be shown as unread, though it was read.
    marked_unread: bool,
    /// What of it is pushed to the caller's devices: `all`, `mentions`, `none`, or `usual`, which is all, and mentions in
    /// rooms of more than a thousand.
    push: &'static str,
    /// What the caller began to write in it.
    draft_text: Option<Text>,
}

/// Rooms, where something was said last, first.
#[derive(Debug, Serialize, ToSchema)]
struct Rooms {
    rooms: Vec<Room>,
    /// Rooms that the caller is no longer in; only on the first page after `since`.
    gone: Vec<Name>,
    /// Whether these are all rooms: what is in no page of it is gone. False where it is what changed `since` a token.
    complete: bool,
    /// For `since`, once all pages are read: what changes from the first page on is told then.
    token: String,
    /// For the next page; absent on the last one.
    next: Option<String>,
}

/// Where a page of the list goes on.
struct Course {
    token: Moment,
    since: Option<Moment>,
}

pub(super) fn methods() -> Vec<Method> {
    vec![
        Method::new("rooms.list", (Verb::Get, "/v1/rooms"), LOOK, "My rooms, with what is new in them", list),
        Method::new("rooms.get", (Verb::Get, "/v1/rooms/{room}"), LOOK, "A room of mine", get)
            .may(&[Code::NotFound]),
    ]
}

const LIST: &str = "rooms";
/// What is pushed of a room for which nothing else was said.
const USUAL: &str = "usual";
const TOKEN: &str = "rooms-since";

async fn list(ask: Ask, input: RoomsPage) -> Result<Rooms, Problem> {
    let limit = cursor::limit(input.limit)?;
    let user = ask.caller()?.account.id;
    let lists = ask.store().conversations();
    let (course, after) = match input.after.as_deref() {
        Some(cursor) => went_on(cursor)?,
        None => (begun(&ask, input.since.as_deref()).await?, None),
    };
    // What went is asked for first: who comes back meanwhile is in the list, and not gone.
    let gone = match course.since.filter(|_| after.is_none()) {
        Some(since) => lists.gone(user, since, GONE_MOST as u32 + 1).await?,
        None => Vec::new(),
    };
    let (course, gone) = match gone.len() > GONE_MOST {
        true => (Course { since: None, ..course }, Vec::new()),
        false => (course, gone),
    };
    let now = now();
    // One more tells whether there is more.
    let mut found = lists.list(user, course.since, after, limit + 1, now).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|last| course.next(last));
    Ok(Rooms {
        rooms: found.into_iter().map(|one| Room::of(one, now)).collect::<Result<_, _>>()?,
        gone: gone.into_iter().map(Name).collect(),
        complete: course.since.is_none(),
        token: token(&ask, course.token),
        next,
    })
}

/// A list begins: what changes from now on is told after its token.
async fn begun(ask: &Ask, since: Option<&str>) -> Result<Course, Problem> {
    let since = match since {
        Some(token) => {
            let [incarnation, log, other] = cursor::numbers(TOKEN, "since", token)?;
            // A token of another life of the log says nothing of this one: everything is told.
            let is_ours = incarnation.cast_unsigned() == ask.store().incarnation();
            is_ours.then_some(Moment { log, other })
        }
        None => None,
    };
    Ok(Course { token: ask.store().conversations().moment().await?, since })
}

fn token(ask: &Ask, moment: Moment) -> String {
    let incarnation = ask.store().incarnation();
    cursor::after(TOKEN, &format!("{incarnation}.{}.{}", moment.log, moment.other))
}

fn went_on(cursor: &str) -> Result<(Course, Option<(Timestamp, RoomId)>), Problem> {
    let [at, room, log, other, since_log, since_other] = cursor::numbers(LIST, "after", cursor)?;
    let since = Moment { log: since_log, other: since_other };
    let course = Course { token: Moment { log, other }, since: (since != ALL).then_some(since) };
    Ok((course, Some((Timestamp(at), RoomId(room)))))
}

/// In a cursor: what changed since then is everything.
const ALL: Moment = Moment { log: -1, other: -1 };

impl Course {
    fn next(&self, last: &Conversation) -> String {
        let Moment { log, other } = self.token;
        let since = self.since.unwrap_or(ALL);
        let (at, room) = (last.last_at.0, last.room.0);
        cursor::after(LIST, &format!("{at}.{room}.{log}.{other}.{}.{}", since.log, since.other))
    }
}

impl Room {
    pub(super) fn of(found: Conversation, now: Timestamp) -> Result<Room, Problem> {
        let Settings { muted_until, pinned, archived, marked, push_level } = found.settings;
        let muted_until = muted_until.filter(|until| *until > now);
        Ok(Room {
            kind: found.kind.word(),
            name: found.name.map(String::from),
            avatar: found.avatar.map(String::from),
            with: found.with.map(Name),
            role: found.role.word(),
            last_seq: found.last_seq.0,
            last_at: At(found.last_at),
            last: found.last.map(|entry| written(&entry, &found.handle)).transpose()?,
            room: Name(found.handle),
            read_seq: found.read_seq.0,
            unread: found.unread,
            mentions: found.mentions,
            muted: muted_until.is_some(),
            muted_until: muted_until.filter(|until| *until != Settings::FOR_EVER).map(At),
            pinned,
            archived,
            marked_unread: marked,
            push: push_level.map_or(USUAL, PushLevel::word),
            draft_text: found.unsaid.map(Text::of),
        })
    }
}

/// An entry as it is heard on `rooms/{room}/said`.
pub(super) fn written(entry: &Entry, room: &Handle) -> Result<Box<RawValue>, Problem> {
    let json = said::write(entry, room, Format::Json, None);
    serde_json::from_slice(&json).map_err(|error| Problem::internal(&error))
}

/// A room of the caller's list.
pub(super) async fn get(ask: Ask, input: ThisRoom) -> Result<Room, Problem> {
    let (standing, now) = (standing(&ask, &input.room).await?, now());
    let user = ask.caller()?.account.id;
    let found = ask.store().conversations().conversation(user, standing.room, now).await?;
    Room::of(found.ok_or_else(|| Problem::not_found("room"))?, now)
}
