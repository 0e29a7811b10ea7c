//! The application behind the broker: a topic becomes a command, a command a commit, a commit what everybody hears.
//!
//! It knows rooms, members, logs and cursors, and meets clients only through the broker's words. What it tells
//! anybody is on the disk first: the answer and the fan-out both ask for the store's proof. Modules stand in
//! the order in which a device and its messages meet them.

mod config; // the bounds, and why

pub mod identity; // who is it

mod arrive; // a device takes its seat

mod subscribe; // what it wants to hear

mod say; // a publish becomes a command, judged

mod ask; // or a request

pub mod requests; // what answers requests

mod memberships; // the rooms of a user

mod standings; // what users are in rooms, remembered

mod pace; // how fast one user may speak

mod lane; // commands become commits, in batches

mod counts; // how many people liked what, in large rooms

mod news; // commits reach those who listen

mod tell; // users hear what is in no room's log

mod attend; // devices begin to listen in a room, and cease to

mod heard; // an entry as receivers hear it

mod hub; // rooms that somebody here listens to

mod session; // a device, and how far it is

mod share; // one of several connections that share what rooms say

mod slots; // things by small numbers

mod slot_set; // such numbers in a list

mod flush; // cursors reach the store

mod receipts; // and what they say of people, others

mod depart; // a device goes

mod wills; // what it left to be said

mod presence; // who is there

mod fleeting; // what nobody keeps

mod apps; // topics that are none of chat's

mod refuse; // how a refusal is told

mod revoke; // a proof that is no longer good

mod renew; // and a fresh one before it runs out

mod accounts; // who may come in, and by what

mod own; // what somebody sets for a room of their own

mod circle; // whom they know, and whom they keep away

mod connections; // who is connected

mod here; // and what they have of a room

mod oversight; // what is reported, and what administrators did

mod by_request; // what is asked and waited for

mod rooms; // rooms are made and changed, by those who may

mod ways; // and those who are not in them come in

mod admin; // users and rooms, by command

mod core; // what all of it shares

mod bridge; // the handle, and the broker's Application

pub use crate::core::Clock;
pub use accounts::{AccountError, Given, LoggedIn, Registration, TicketGiven, TokenTerms};
pub use admin::{AdminError, RoomAdded, UserAdded};
pub use apps::{AppCounts, Granted, GrantsSought};
pub use bridge::{Bridge, LoadError};
pub use config::Config;
pub use connections::{Connection, Gauges, Inspected, Sought};
pub use here::Here;
pub use lane::{Receipt, SayError};
pub use presence::{OwnPresence, PresenceWish};
pub use receipts::DevicePlace;
pub use rooms::{RoomError, RoomWish};
pub use session::Session;
pub use ways::{LinkGiven, Terms};
