//! What was said: entries go in at the end of their room's log and are read from anywhere.
//!
//! A batch takes three steps. [`earlier`] reads what the file knows about its entries, [`plan`] judges them one
//! after another in memory, [`rows`] writes what came of it in a handful of statements, however large the batch.

mod earlier; // what the file knows about a batch

mod plan; // one entry after another

mod again; // what was sent before

mod rows; // the statements

mod read; // pages of a log

use crate::writer::Writer;
use earlier::Earlier;
pub(crate) use plan::Mark;
use plan::Plan;
pub(crate) use read::{handle, pick, read};
use store::{Error, Fate, NewEntry};

/// Appends a batch in the running transaction and says what became of each entry, in their order.
pub(crate) async fn append(writer: &mut Writer, batch: &[&NewEntry]) -> Result<Vec<Fate>, Error> {
    let earlier = Earlier::load(writer, batch).await?;
    let mut plan = Plan::new(earlier);
    let fates = batch.iter().map(|entry| plan.judge(entry)).collect::<Result<_, _>>()?;
    rows::write(writer, &plan).await?;
    Ok(fates)
}
