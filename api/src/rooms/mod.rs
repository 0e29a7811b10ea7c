//! Rooms: which ones, who is in them, what was said there.

mod list; // the conversation list, and one room

mod own; // what one sets for a room of one's own

mod make; // rooms to be

mod settings; // what is set for them

mod public; // those that strangers find

mod members; // who is in them

mod order; // and who sees to it that all goes well

mod ways; // how others come in

mod messages; // what is said

mod history; // what was said, page by page

mod threads; // and what has become of it

mod receipts; // and who has it

use crate::ask::Ask;
use crate::method::{Access, Method, Rate};
use crate::problem::{Code, Problem};
use crate::words::Name;
use bridge::identity::Scope;
use chat::{Objection, Person, Power, Seq, Standing};
pub(crate) use messages::ThisMessage;
use serde::Deserialize;
use store::{Interval, Readable};
use utoipa::ToSchema;

const LOOK: (Access, Rate) = (Access::Scope(Scope::RoomsRead), Rate::Read);
const CHANGE: (Access, Rate) = (Access::Scope(Scope::RoomsWrite), Rate::Write);
const READ: (Access, Rate) = (Access::Scope(Scope::MessagesRead), Rate::Read);
const SAY: (Access, Rate) = (Access::Scope(Scope::MessagesWrite), Rate::Write);

/// A room.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ThisRoom {
    room: Name,
}

pub(crate) fn methods() -> Vec<Method> {
    let rooms = [list::methods(), own::methods(), make::methods(), settings::methods()];
    let people = [public::methods(), members::methods(), order::methods(), ways::methods()];
    let messages = [messages::methods(), threads::methods(), receipts::methods()];
    rooms.into_iter().chain(people).chain(messages).flatten().collect()
}

/// The room, if the caller is in it. One they are not in looks like one that does not exist.
async fn standing(ask: &Ask, room: &Name) -> Result<Standing, Problem> {
    let found = ask.store().standing(&room.0, ask.caller()?.account.id).await?;
    found.filter(|standing| standing.member.is_some()).ok_or_else(|| Problem::not_found("room"))
}

/// A room of which the caller may read something, though they may have left it.
async fn readable(ask: &Ask, room: &Name) -> Result<Readable, Problem> {
    let found = ask.store().readable(&room.0, ask.caller()?.account.id).await?;
    found.filter(|found| !found.intervals.is_empty()).ok_or_else(|| Problem::not_found("room"))
}

/// Whether an entry lies in one of these stretches.
fn heard(intervals: &[Interval], seq: Seq) -> bool {
    intervals.iter().any(|one| one.from_seq <= seq && one.to_seq.is_none_or(|to| seq <= to))
}

/// The room, if the caller manages it. One they are not in looks like one that does not exist.
async fn managed(ask: &Ask, room: &Name) -> Result<Standing, Problem> {
    let standing = standing(ask, room).await?;
    match standing.member {
        Some(member) if Power::Manage.is_of(member.role, standing.kind, &standing.policy) => Ok(standing),
        _ => Err(Problem::new(Code::NotAllowed, Objection::NotAllowed.to_string())),
    }
}

/// The caller, as a person whom a change is about.
fn me(ask: &Ask) -> Result<Person, Problem> {
    let account = &ask.caller()?.account;
    Ok(Person { id: account.id, handle: account.handle.clone() })
}
