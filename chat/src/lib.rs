//! The rules of conversation: who may say what where, and what becomes of it.
//!
//! Everything here is a plain value or a plain function over values. No socket, clock, random
//! number, SQL or wire format is in reach, so a rule can be tested by calling it. Modules stand
//! in the order in which a message meets them.

mod id; // rooms, users and what they are called

pub mod snowflake; // how ids are made

mod draft; // the name a sender gives a message before it has a number

mod mention; // whom it calls

mod media; // what was uploaded

mod forwarded; // where it was said first

mod content; // what is said

mod sign; // a reaction in one sign

mod deed; // what is done to what was said

mod role; // what people are in a room

mod settings; // what is set for it

mod power; // who may do what there: the one table

mod room; // the rule: Said or Refusal

mod warrant; // by what right something is done to a message

mod event; // what a user is told that is in no room's log

mod seat; // what somebody is in a room

mod way; // how one comes into it

mod change; // what is done to a room and to who is in it

mod case; // and what comes of that

mod denial; // why its rules say no

mod reach; // who is told of an entry

mod entry; // what the log keeps

mod presence; // how somebody shows that they are there

mod refusal; // why not

pub use case::{Case, No, Outcome};
pub use change::{Change, Person};
pub use content::{Attached, Content, Kind};
pub use deed::{Deed, Wording};
pub use denial::Denial;
pub use draft::Draft;
pub use entry::{Act, Entry, Seq};
pub use event::{Event, EventKind};
pub use forwarded::Forwarded;
pub use id::{Handle, NotAHandle, Origin, RoomId, Timestamp, UserId};
pub use media::{Media, MediaId, Picture};
pub use mention::Mention;
pub use power::Power;
pub use presence::{NotAPresenceText, Presence, PresenceText, Shown, Visibility};
pub use reach::{LARGE, Reach};
pub use refusal::Refusal;
pub use role::{Role, RoomKind};
pub use room::{Ask, Member, MessageSaid, RulesVersion, Say, Standing};
pub use seat::Seat;
pub use settings::{About, BadSetting, History, Joining, NewSettings, Policy, Settings};
pub use sign::{NotASign, Sign};
pub use warrant::{Objection, Pins, Signs, Target, Warrant, Windows};
pub use way::{LinkHash, LinkId, NewLink, OpenWays, Plea};
