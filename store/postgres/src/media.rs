//! What was uploaded: whose it is, who may see it, when it can go.

mod taking; // it comes

mod hanging; // where people and rooms are shown

mod naming; // by messages

mod seen; // by whom

mod going; // when nobody names it

pub(crate) use going::{Forget, SweepOut, erase_of};
pub(crate) use hanging::{Hang, hang_first, owned};
pub(crate) use naming::{there, write};
pub(crate) use seen::{find, find_for, unknown};
pub(crate) use taking::{Begin, Drop, Finish};

use chat::MediaId;

fn ids(ids: impl IntoIterator<Item = MediaId>) -> Vec<i64> {
    ids.into_iter().map(|id| id.0).collect()
}
