//! What becomes of a batch of entries, worked out in memory.
//!
//! An engine appends a batch in three steps. It reads what its tables know of what the batch asks about ([`Asked`],
//! [`Known`]), the [`Plan`] judges the entries one after another, and the engine writes the rows that came of it. The
//! promise: the same entries in the same order come to the same, on every engine and however they are cut into
//! batches. Nothing here knows a statement.

mod asked; // what a batch asks about

mod known; // what the tables say

mod aim; // to what something is to be done

mod outcome; // what has to be written

mod judge; // one entry after another

mod members; // who comes and goes

mod row; // what an entry becomes

mod again; // what was sent before

mod deeds; // what is done to what was said

mod counts; // and how many did it

mod mentions; // whom it calls

mod waiting; // what is taken away by saying something

mod changes; // what is done to rooms and to who is in them

mod ways; // and to the ways in

pub use aim::{Aim, Standing};
pub use asked::Asked;
pub use changes::Banned;
pub use known::{DraftKey, EntryPlace, Found, Head, Known, Linked, Ruled, Sits};
pub use outcome::{About, Joined, Left, Mark, MarkPlace, Named, Packet, Plan, Row};
pub use waiting::Waiting;
pub use ways::{Invited, OpenInvitation, OpenLink, OpenRequest};
