//! What becomes of a batch of entries, worked out in memory.
//!
//! An engine appends a batch in three steps. It reads what its tables know of what the batch asks about ([`Asked`],
//! [`Known`]), the [`Plan`] judges the entries one after another, and the engine writes the rows that came of it. The
//! promise: the same entries in the same order come to the same, on every engine and however they are cut into
//! batches. Nothing here knows a statement.

mod asked; // what a batch asks about

mod known; // what the tables say

mod aim; // to what something is to be done

mod judge; // one entry after another

mod again; // what was sent before

mod deeds; // what is done to what was said

mod counts; // and how many did it

mod mentions; // whom it calls

mod waiting; // what is taken away by saying something

mod changes; // what is done to rooms and to who is in them

pub use aim::{Aim, Standing};
pub use asked::Asked;
pub use changes::Banned;
pub use judge::{About, Joined, Left, Mark, MarkPlace, Named, Packet, Plan, Row};
pub use known::{DraftKey, EntryPlace, Found, Head, Invited, Known, Linked, Ruled, Sits};
pub use waiting::Waiting;
