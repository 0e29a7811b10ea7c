//! What a device leaves behind: a row with its place in every room. No queue hangs on it.

mod open; // a device takes its seat

mod save; // it moves on, and goes

mod end; // it is forgotten

mod wills; // what it wanted said

mod broken; // the process went before it did

pub(crate) use broken::BrokenOff;
pub(crate) use end::{End, Expire, Release, all_of};
pub(crate) use open::{Crowded, Open};
pub(crate) use save::{Close, SaveCursors, SaveSubscriptions};
pub(crate) use wills::TakeWills;
