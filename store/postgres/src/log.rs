//! What was said: entries go in at the end of their room's log and are read from anywhere.
//!
//! A batch takes three steps. [`known`] locks its rooms and reads what the tables know about its entries,
//! [`store::plan`] judges them one after another in memory, [`rows`] writes what came of it, one statement for each table.

mod known; // what the tables know about a batch

mod rows; // the statements

mod changes; // of what is done to rooms and to who is in them

mod ways; // and to the ways in

mod deeds; // and those of what is done to a message

mod signs; // or put to it

mod counts; // and how many did, where few are told who

mod mentions; // and of whom it calls

mod pins; // and of what everybody shall find

mod read; // pages of a log

mod upshots; // and what has become of messages

use crate::writer::Writer;
pub(crate) use counts::uncounted;
pub(crate) use read::{Stored, pick, place_at, read};
use store::plan::Plan;
use store::{Error, Fate, NewEntry};
pub(crate) use upshots::{pins, replies, upshots};

/// Appends a batch in the running transaction and says what became of each entry, in their order.
pub(crate) async fn append(writer: &mut Writer, batch: &[&NewEntry]) -> Result<Vec<Fate>, Error> {
    let known = known::load(writer, batch).await?;
    let (plan, fates) = Plan::of(known, batch)?;
    rows::write(writer, &plan).await?;
    Ok(fates)
}
