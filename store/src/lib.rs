//! The log and what hangs on it: rooms, members, accounts, sessions.
//!
//! The promise: what [`append`] returned as [`Committed`] is on the disk, has the next number of its room and
//! will be read back as it was said, after `kill -9` and after a power cut. An engine (`store/sqlite`) keeps
//! that promise; this crate says what it is, proves it (the contract suite), and does for every engine what needs no
//! table: it gathers writes into batches, plans what becomes of each, and seals bodies. It knows nothing of topics,
//! packets or sockets, and no SQL.

mod error; // what can go wrong

mod log; // entries in, entries out

mod upshot; // what has become of them

mod told; // what users are told

mod committed; // the proof that an entry will survive us

mod account; // who there is

mod credential; // what they come in with

mod ticket; // what lets them in for the first time, or again

mod circle; // whom they know, and whom they keep away

mod presence; // how they show that they are there

mod oversight; // what is reported, and what administrators did

mod request; // what they may ask twice

mod room; // where they meet

mod conversation; // what a room is to one of its people

mod session; // what a device leaves behind when it goes

mod receipt; // how far messages have come

mod work; // what was done for that

mod consumer; // who reads along afterwards

mod media; // what was uploaded, and the part of the trait that knows

mod people; // the part of the trait that knows who may come in

mod rooms; // and the part that knows rooms beyond their logs

mod ways; // and the ways into them

mod message; // what is said on topics that are none of chat's

mod apps; // and the part that knows them

mod push; // who is told when they are away, and the part that knows

mod engine; // the trait an engine implements

pub mod lane; // for engines: everything that writes, one batch after another

pub mod plan; // for engines: what becomes of a batch

pub mod messages; // for engines: what becomes of messages on other topics

pub mod packed; // for engines: lists in one column

pub mod stored; // for engines: what is in the columns

pub mod seal; // bodies that only the owner of the master key can read

#[cfg(feature = "contract")]
pub mod contract; // what every engine is held to

pub use account::{Account, AccountChange, AccountState, NewAccount, Parting, Profile, Registered};
pub use apps::{AppSession, Apps, Grant};
pub use circle::{Befriended, Circle, Contact, Kept, KeptAway, Pair, Person, Tie};
pub use committed::{Committed, append, create_room, direct_room};
pub use consumer::Consumer;
pub use conversation::{Conversation, Conversations, ListPlace, Moment, Settings, SettingsChange, Unsaid};
pub use credential::{
    Added, By, Credential, CredentialId, CredentialKind, Held, NewCredential, Proof, Rotated, Rotation,
    SecretHash, Which,
};
pub use engine::Store;
pub use error::Error;
pub use log::{Fate, Inbound, NewAct, NewEntry, Resend};
pub use media::{Allowance, BegunMedia, MediaState, NewMedia, Portrait, Shelf, StoredMedia, Sweep};
pub use message::{LeftTurn, NewMessage, Queued, Receiver, Retain, StoredMessage, Taken, Turn, Waiting};
pub use oversight::{
    ActId, Audited, Decision, NewDeed, NewReport, Oversight, Report, ReportId, Reported, Verdict,
};
pub use people::People;
pub use presence::{KeptPresence, PresenceChange, Presences};
pub use push::{
    Backlog, Candidate, Delivery, Due, Habits, NewNote, NewPushDevice, Note, NoteContext, Outcome,
    OutcomeCount, PUSH, PUSH_AFTER_GRACE, PushAddress, PushDecision, PushDevice, PushDeviceId, PushLevel,
    PushRegistered, Pushes, Question, Quiet, Seat, Settled, Settling, Take,
};
pub use receipt::{Delivered, DeviceProgress, MemberProgress, Progress, Receipts, RoomSize};
pub use request::{Begun, RequestKey};
pub use room::{
    Ban, Interval, Made, Membership, NewRoom, ReadMark, Readable, Room, RoomCard, RoomHead, Seated, Uncounted,
};
pub use rooms::Rooms;
pub use seal::MasterKey;
pub use session::{
    Cursor, InFlight, Opened, Opening, Reopened, SavedSubscription, SessionEnd, SessionId, SessionState,
    StoredWill,
};
pub use ticket::{NewTicket, Ticket, TicketId, TicketKind};
pub use told::{Moved, NewEvent, Told};
pub use upshot::{Leaf, Signed, Touched, Upshot, Upshots};
pub use ways::{Invitation, Link, Request, Ways};
pub use work::Work;
