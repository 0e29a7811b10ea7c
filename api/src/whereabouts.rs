//! Where a message is: stored, sent to which devices, acknowledged, read, pushed. Who said it is told how many devices of each
//! person it reached; administrators are told which.

use crate::ask::Ask;
use crate::problem::Problem;
use crate::words::{At, Name};
use bridge::DevicePlace;
use chat::{Entry, RoomId, UserId};
use serde::Serialize;
use store::MemberProgress;
use utoipa::ToSchema;

/// People for whom devices are looked up: in larger rooms nobody is told one by one.
const MOST: u32 = 100;

/// Where a message is, as its sender is told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Whereabouts {
    pub(crate) room: Name,
    pub(crate) seq: u64,
    /// When it was stored: since then it can't get lost.
    pub(crate) stored_at: At,
    /// How far it came to each member, by handle; absent in a room of more than 100.
    pub(crate) people: Option<Vec<Reached>>,
}

/// Where a message is, as administrators are told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WhereaboutsByDevice {
    pub(crate) room: Name,
    pub(crate) seq: u64,
    /// When it was stored: since then it can't get lost.
    pub(crate) stored_at: At,
    /// How far it came to each member, by handle; absent in a room of more than 100.
    pub(crate) people: Option<Vec<ReachedByDevice>>,
}

/// How far a message came to somebody, as its sender is told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reached {
    user: Name,
    /// How many devices they have: those that are here, and those that are away and will be told.
    devices: usize,
    /// To how many of them it went, or is about to.
    sent: usize,
    /// How many of them have said that they have it.
    acknowledged: usize,
    /// Whether it has come to one of their devices, of those they have now or of others.
    delivered: bool,
    /// Whether they have read it.
    read: bool,
    /// How many of their devices show a push of it.
    pushed: u32,
    /// How many are still to be told by one.
    to_push: u32,
}

/// The same, as administrators are told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReachedByDevice {
    user: Name,
    devices: Vec<DeviceReached>,
    /// Whether it has come to one of their devices, of those they have now or of others.
    delivered: bool,
    /// Whether they have read it.
    read: bool,
    /// How many of their devices show a push of it.
    pushed: u32,
    /// How many are still to be told by one.
    to_push: u32,
}

/// How far a message came to a device.
#[derive(Debug, Serialize, ToSchema)]
struct DeviceReached {
    /// The client id.
    device: String,
    /// Whether it is here.
    connected: bool,
    /// Whether the message went to it, or is about to.
    sent: bool,
    /// Whether it has said that it has it.
    acknowledged: bool,
}

/// One person and their devices.
pub(crate) struct Person {
    progress: MemberProgress,
    delivered: bool,
    read: bool,
    devices: Vec<DevicePlace>,
    /// Devices that show a push of it, and those that are still to be told by one.
    pushed: (u32, u32),
}

/// Whether a room is one of those in which people are told of one by one.
pub(crate) async fn is_small(ask: &Ask, room: RoomId) -> Result<bool, Problem> {
    let size = ask.store().receipts().sizes(&[room]).await?.pop();
    Ok(size.is_some_and(|size| size.members <= MOST))
}

/// These people, and what their devices have of a message.
pub(crate) async fn people(
    ask: &Ask,
    message: &Entry,
    found: Vec<MemberProgress>,
) -> Result<Vec<Person>, Problem> {
    let users: Vec<UserId> = found.iter().map(|one| one.person.user).take(MOST as usize).collect();
    let mut places = ask.bridge().device_places((message.room, message.seq), &users).await?;
    places.sort_by(|one, other| one.device.cmp(&other.device));
    let pushes = ask.store().pushes().pushed((message.room, message.seq), &users).await?;
    let mut people = Vec::with_capacity(found.len());
    for progress in found {
        let (theirs, others) = places.into_iter().partition(|one| one.user == progress.person.user);
        places = others;
        let (delivered, read) = (progress.delivered >= message.seq, progress.read >= message.seq);
        let pushed = pushes.iter().find(|(user, ..)| *user == progress.person.user);
        let pushed = pushed.map_or((0, 0), |(_, shown, waiting)| (*shown, *waiting));
        people.push(Person { progress, delivered, read, devices: theirs, pushed });
    }
    Ok(people)
}

impl From<Person> for Reached {
    fn from(person: Person) -> Reached {
        let count = |is_so: fn(&DevicePlace) -> bool| person.devices.iter().filter(|one| is_so(one)).count();
        Reached {
            devices: person.devices.len(),
            sent: count(|one| one.sent),
            acknowledged: count(|one| one.acknowledged),
            user: Name(person.progress.person.handle),
            delivered: person.delivered,
            read: person.read,
            pushed: person.pushed.0,
            to_push: person.pushed.1,
        }
    }
}

impl From<Person> for ReachedByDevice {
    fn from(person: Person) -> ReachedByDevice {
        let device = |one: DevicePlace| DeviceReached {
            device: one.device,
            connected: one.connected,
            sent: one.sent,
            acknowledged: one.acknowledged,
        };
        ReachedByDevice {
            user: Name(person.progress.person.handle),
            devices: person.devices.into_iter().map(device).collect(),
            delivered: person.delivered,
            read: person.read,
            pushed: person.pushed.0,
            to_push: person.pushed.1,
        }
    }
}
